package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/rules"
)

func newRulesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "What is looked for: the catalogue, rules of your own, lists of your own records",
	}
	cmd.AddCommand(newRulesListCmd(), newRulesCheckCmd(), newRulesHashCmd())
	return cmd
}

func newRulesListCmd() *cobra.Command {
	var file, lang string
	cmd := &cobra.Command{
		Use:   "list [FILE…]",
		Short: "List the rules in force: the built-in ones, with files of your own over them",
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			if err := wantLang(lang); err != nil {
				return err
			}
			if file != "" {
				cfg, err := config.Load(file)
				if err != nil {
					return exitError{Code: 2, Err: err}
				}
				args = append(cfg.Inspect.Rules, args...)
			}
			c, err := rules.LoadFiles(args...)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("%w\nsee customs rules check", err)}
			}
			return listRules(cmd.OutOrStdout(), c, format, wantChinese(lang))
		},
	}
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().StringVar(&file, "config", "", "configuration whose inspect.rules are in force, too")
	cmd.Flags().StringVar(&lang, "lang", "", "language, en or zh (default: that of the environment)")
	return cmd
}

// ruleLine is a rule in a list.
type ruleLine struct {
	ID         string             `json:"id"`
	Class      inspect.Class      `json:"class"`
	Level      inspect.Level      `json:"level"`
	Confidence inspect.Confidence `json:"confidence"` // on its form, or with its trigger word
	Needs      bool               `json:"needs_context"`
	Confirm    rules.Confirmer    `json:"confirm"`
	Scope      rules.Scope        `json:"scope"`
	Slow       bool               `json:"slow,omitempty"`
	File       string             `json:"file"`
	Own        bool               `json:"own"`
	Source     string             `json:"source"`
	Hits       int                `json:"hit_cases"`
	Misses     int                `json:"miss_cases"`
}

// changeLine is a change in a list.
type changeLine struct {
	Rule   string `json:"change"`
	What   string `json:"what"`
	Why    string `json:"why"`
	File   string `json:"file"`
	Weaker bool   `json:"weaker"`
}

func listRules(w io.Writer, c *rules.Catalogue, format string, chinese bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if format == "text" {
		printWeaker(w, c.Changes(), chinese)
	}
	for _, x := range c.Changes() {
		if format == "json" {
			if err := enc.Encode(changeLine{x.Rule, x.What, x.Why, x.File, x.Weaker}); err != nil {
				return exitError{Code: 2, Err: err}
			}
		}
	}
	for _, r := range c.Rules() {
		var err error
		if format == "json" {
			err = enc.Encode(ruleLine{r.ID, r.Class, r.Level, r.Base, r.Needs, r.Confirm, r.Scope, r.Slow, r.File, r.Own, r.Source, len(r.Hit), len(r.Miss)})
		} else {
			_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d+%d\t%s\t%s\n", r.ID, r.Class, r.Level, r.Base, len(r.Hit), len(r.Miss), r.File, r.Source)
		}
		if err != nil {
			return exitError{Code: 2, Err: err}
		}
	}
	if err := table.Flush(); err != nil {
		return exitError{Code: 2, Err: err}
	}
	return nil
}

// printWeaker says, before all else, what an operator's files take away.
func printWeaker(w io.Writer, changes []rules.Change, chinese bool) {
	for _, x := range changes {
		mark, loud := "changed", "LESS IS FOUND"
		if chinese {
			mark, loud = "已修改", "防护减弱"
		}
		if x.Weaker {
			mark = loud
		}
		fmt.Fprintf(w, "%s: %s: %s: %s", mark, x.File, x.Rule, x.What)
		if x.Why != "" {
			fmt.Fprintf(w, " (%s)", x.Why)
		}
		fmt.Fprintln(w)
	}
}

// loadFaults are the faults of an error, or nil where it is none of the files.
func loadFaults(err error) []rules.Fault {
	var faults *rules.Faults
	if errors.As(err, &faults) {
		return faults.List
	}
	return nil
}
