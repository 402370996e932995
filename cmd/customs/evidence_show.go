package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/evidence"
)

func newEvidenceShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show RECORD",
		Short: "Show the evidence of a record, masked",
		Long: `show prints where something was found and the shape of the text around it:
letters are a, digits #, Han characters 汉, all but the punctuation of JSON and CSV
a dot; the finding stands between » and «. What stood there is seen by two
auditors together: customs evidence approve, then open.`,
		Args: oneArg("RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openEvidencePlace(cmd)
			if err == nil {
				err = wantRecord(cmd, args[0])
			}
			if err != nil {
				return err
			}
			f, _, digest, err := p.read(cmd, args[0])
			if err != nil {
				return err
			}
			if p.json {
				return writeJSON(cmd.OutOrStdout(), shownEvidence(f, digest, p.log != nil))
			}
			p.printHead(cmd.OutOrStdout(), f, digest)
			for i := range f.Masked {
				m := &f.Masked[i]
				printFinding(cmd.OutOrStdout(), i, m, m.Before, m.Match, m.After)
			}
			return nil
		},
	}
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().String("dir", "", "a copy of the data directory, or of its evidence alone")
	return cmd
}

// shownEvidence is a file without what is sealed.
func shownEvidence(f *evidence.File, digest string, compared bool) any {
	auditors := []string{}
	for _, a := range f.Auditors {
		auditors = append(auditors, a.Name)
	}
	return struct {
		Record   string            `json:"record"`
		Time     time.Time         `json:"time"`
		Action   string            `json:"action"`
		Digest   string            `json:"digest"`
		Compared bool              `json:"compared_with_log"`
		Auditors []string          `json:"auditors"`
		Findings []evidence.Masked `json:"findings"`
		Omitted  int               `json:"omitted"`
	}{f.Record, f.Time, f.Action, digest, compared, auditors, f.Masked, f.Omitted}
}

func (p *evidencePlace) printHead(w io.Writer, f *evidence.File, digest string) {
	var names []string
	for _, a := range f.Auditors {
		names = append(names, a.Name)
	}
	fmt.Fprintf(w, p.in.say("record %s, %s, %s\n", "记录 %s，%s，%s\n"), f.Record, f.Action, f.Time.In(policy.Shanghai).Format(time.RFC3339))
	fmt.Fprintf(w, p.in.say("sealed for %s: two of them together can open it\n", "密封给 %s：其中任意两人共同可打开\n"), strings.Join(names, ", "))
	if p.log == nil {
		fmt.Fprintln(w, p.in.say("NOT compared with the log: only the evidence was named", "未与日志核对：只指明了证据目录"))
	} else {
		fmt.Fprintf(w, p.in.say("the log names this file: %s\n", "日志记载的即此文件：%s\n"), digest)
	}
	if f.Omitted > 0 {
		fmt.Fprintf(w, p.in.say("%d more findings of the record are not in it\n", "该记录另有 %d 处发现未收入\n"), f.Omitted)
	}
}

// printFinding prints a finding with the text around it, on one line, safe for
// a terminal.
func printFinding(w io.Writer, i int, m *evidence.Masked, before, match, after string) {
	path := m.Where
	if len(m.Path) > 0 {
		path += " " + strings.Join(m.Path, "/")
	}
	fmt.Fprintf(w, "\n%d  %s  %s  %s+%d  %s (%s)\n", i+1, m.Class, path, fmt.Sprint(m.Offset), m.Length, m.Rule, m.Confidence)
	fmt.Fprintf(w, "   %s»%s«%s\n", oneLineText(before), oneLineText(match), oneLineText(after))
}

// oneLineText shows line breaks as signs and leaves out control characters and
// those that turn the direction of writing or cannot be seen.
func oneLineText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '⏎'
		case r == '\t':
			return '→'
		case r < ' ' || r >= 0x7f && r < 0xa0, unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "·"))
}
