package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/rules"
)

func newRulesCheckCmd() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Show every fault of files of rules at once, and run their cases",
		Long: "Check reads files of rules as a gateway would, over the built-in ones, and scans\n" +
			"their cases: each hit must be found at medium or above, no miss may be.\n" +
			"Exit status: 0 all is well, 1 there are faults, 2 a file could not be read.",
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err == nil {
				err = wantLang(lang)
			}
			if err == nil && len(args) == 0 {
				err = exitError{Code: 2, Err: fmt.Errorf("FILE is missing: write %s", cmd.UseLine())}
			}
			if err != nil {
				return err
			}
			return checkRules(cmd.OutOrStdout(), args, format == "json", wantChinese(lang))
		},
	}
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().StringVar(&lang, "lang", "", "language, en or zh (default: that of the environment)")
	return cmd
}

func checkRules(w io.Writer, files []string, asJSON, chinese bool) error {
	c, err := rules.LoadFiles(files...)
	faults := loadFaults(err)
	if err != nil && faults == nil {
		return exitError{Code: 2, Err: err}
	}
	var notes []rules.Fault
	if err == nil {
		if faults, notes, err = runCases(c); err != nil {
			return exitError{Code: 2, Err: err}
		}
	}
	if asJSON {
		err = printRulesJSON(w, c, faults, notes, chinese)
	} else {
		err = printRules(w, c, faults, notes, chinese)
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	for _, f := range faults {
		if f.Code == "unreadable" {
			return exitError{Code: 2}
		}
	}
	if len(faults) > 0 {
		return exitError{Code: 1}
	}
	return nil
}

// runCases scans the cases of all rules. Those of the operator's own must
// hold; what no longer holds of a built-in one is a note.
func runCases(c *rules.Catalogue) (faults, notes []rules.Fault, err error) {
	key := make([]byte, engine.KeySize) // no subject leaves the reports
	with, err := engine.New(engine.Options{Key: key, Catalogue: c})
	if err != nil {
		return nil, nil, err
	}
	without, err := engine.New(engine.Options{Key: key})
	if err != nil {
		return nil, nil, err
	}
	for _, r := range c.Rules() {
		for i, text := range append(append([]string(nil), r.Hit...), r.Miss...) {
			hit, n := i < len(r.Hit), i+1
			if !hit {
				n -= len(r.Hit)
			}
			if found, err := finds(with, r.ID, text); err != nil || found == hit {
				if err != nil {
					return nil, nil, err
				}
				continue
			}
			fault := rules.CaseFault(r.File, r.ID, hit, n)
			if r.Own {
				faults = append(faults, fault)
			} else if found, err := finds(without, r.ID, text); err != nil || found == hit {
				notes = append(notes, fault)
			}
		}
	}
	return faults, notes, nil
}

// finds reports whether a rule is found in a text at medium or above.
func finds(e *engine.Engine, rule, text string) (bool, error) {
	s, err := e.Open(inspect.Meta{Size: int64(len(text)), Time: rules.CaseTime()}, nil)
	if err != nil {
		return false, fmt.Errorf("scan a case of rule %s: %w", rule, err)
	}
	_, werr := s.Write([]byte(text))
	r, cerr := s.Close()
	for _, f := range r.Findings {
		if f.Rule == rule && f.Confidence >= inspect.Medium {
			return true, errors.Join(werr, cerr)
		}
	}
	return false, errors.Join(werr, cerr)
}

func printRules(w io.Writer, c *rules.Catalogue, faults, notes []rules.Fault, chinese bool) (err error) {
	line := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	for _, f := range faults {
		line("%s", f.Text(chinese))
	}
	for _, f := range notes {
		if chinese {
			line("提示：内置规则 %s", f.Text(true))
		} else {
			line("note: built-in rule %s", f.Text(false))
		}
	}
	if c != nil {
		printWeaker(w, c.Changes(), chinese)
	}
	switch n := len(faults); {
	case n > 0 && chinese:
		line("共 %d 处错误", n)
	case n == 1:
		line("1 fault")
	case n > 1:
		line("%d faults", n)
	case chinese:
		line("通过：共 %d 条规则，其中自有 %d 条", len(c.Rules()), ownRules(c))
	default:
		line("ok: %d rules, %d of your own", len(c.Rules()), ownRules(c))
	}
	return err
}

func ownRules(c *rules.Catalogue) (n int) {
	for _, r := range c.Rules() {
		if r.Own {
			n++
		}
	}
	return n
}

type faultLine struct {
	File string `json:"file"`
	Rule string `json:"rule,omitempty"`
	Code string `json:"code"`
	What string `json:"what"`
	Mend string `json:"mend,omitempty"`
}

// printRulesJSON gives the faults, the notes and the changes, an object a
// line, and last whether all is well.
func printRulesJSON(w io.Writer, c *rules.Catalogue, faults, notes []rules.Fault, chinese bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var lines []any
	for _, f := range faults {
		lines = append(lines, map[string]faultLine{"fault": {f.File, f.Rule, f.Code, f.What(chinese), f.Mend(chinese)}})
	}
	for _, f := range notes {
		lines = append(lines, map[string]faultLine{"note": {f.File, f.Rule, f.Code, f.What(chinese), f.Mend(chinese)}})
	}
	if c != nil {
		for _, x := range c.Changes() {
			lines = append(lines, changeLine{x.Rule, x.What, x.Why, x.File, x.Weaker})
		}
	}
	for _, l := range append(lines, map[string]any{"ok": len(faults) == 0, "faults": len(faults)}) {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
