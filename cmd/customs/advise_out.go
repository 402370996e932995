package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
	"github.com/datacustoms/customs/policy/registry"
)

// checkDrafts takes back drafts that the register would not import, and says
// so: a record may hold a name that no filing can.
func (d *adviceData) checkDrafts(ctx context.Context, a *advise.Advice) {
	for i := range a.Exporters {
		for j := range a.Exporters[i].Ways {
			w := &a.Exporters[i].Ways[j]
			if w.Draft == nil {
				continue
			}
			err := registry.Validate(*w.Draft, d.book)
			if err == nil && d.register != nil {
				err = d.register.Check(ctx, *w.Draft)
			}
			if err != nil {
				w.TakeBack(faultFields(err))
			}
		}
	}
}

// faultFields are the fields of a filing that were refused, without what
// stands in them.
func faultFields(err error) []string {
	var faults *registry.FaultError
	if !errors.As(err, &faults) {
		return []string{"?"}
	}
	var out []string
	for _, f := range faults.Faults {
		out = append(out, f.Field+" "+f.What)
	}
	return out
}

// writeAdvice writes to where --out says.
func writeAdvice(cmd *cobra.Command, format, lang string, a *advise.Advice) error {
	out, _ := cmd.Flags().GetString("out")
	info, err := os.Stat(out)
	switch {
	case err == nil && info.IsDir() || strings.HasSuffix(out, "/"):
		return adviceDir(cmd, out, a)
	case out != "" && out != "-":
		return exportFile(cmd, out, func(w io.Writer) error { return adviceTo(w, format, lang, a) })
	case format == "xlsx" && out == "" && isTerminal(cmd.OutOrStdout()):
		return errors.New("standard output is a terminal or a device; name a file with --out")
	}
	return adviceTo(cmd.OutOrStdout(), format, lang, a)
}

func adviceTo(w io.Writer, format, lang string, a *advise.Advice) error {
	switch format {
	case "json":
		return writeIndented(w, a)
	case "md":
		return a.WriteMarkdown(w, lang)
	case "xlsx":
		return registry.Export{Filings: a.Drafts()}.WriteXLSX(w)
	case "filings":
		return registry.Export{Filings: a.Drafts()}.WriteJSON(w)
	}
	return a.WriteText(w, lang)
}

// adviceDir writes every format, and the advice in both languages.
func adviceDir(cmd *cobra.Command, dir string, a *advise.Advice) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, f := range []struct{ name, format, lang string }{
		{"advice.zh.txt", "text", policy.Chinese}, {"advice.en.txt", "text", policy.English}, {"advice.json", "json", ""},
		{"advice.zh.md", "md", policy.Chinese}, {"advice.en.md", "md", policy.English},
		{"filings.xlsx", "xlsx", ""}, {"filings.json", "filings", ""}} {
		if err := exportFile(cmd, filepath.Join(dir, f.name), func(w io.Writer) error { return adviceTo(w, f.format, f.lang, a) }); err != nil {
			return err
		}
	}
	return nil
}
