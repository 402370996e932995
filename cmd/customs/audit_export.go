package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

// exportKinds are what can be exported, with the formats of each; the first is
// the one without --format.
var exportKinds = map[string][]string{
	"records": {"json", "csv", "xlsx"}, "provision": {"json", "csv", "xlsx", "md"}, "risk-report": {"md", "json"},
	"pi-audit": {"files"}, "ocsf": {"json"}, "csv": {"csv"}, "syslog": {"text"}, "xlsx": {"xlsx"}, "tiles": {"files"},
}

// kindOrder is how they are listed.
var kindOrder = []string{"records", "provision", "risk-report", "pi-audit", "ocsf", "csv", "syslog", "xlsx", "tiles"}

func newAuditExportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write records, records of provision, reports or an evidence pack",
		Long: `export reads the log and writes, by --kind:

  records      one record a line (json, schema dc.record/1), or a table (csv, xlsx)
  provision    the records of provision that Network Data Regulations art. 12 asks
               to be kept: recipient, purpose, method, types, numbers, filing
  risk-report  the outbound section of the yearly risk assessment (art. 33)
  pi-audit     an evidence pack for a PI compliance audit: a directory, or FILE.zip
  ocsf         one event of OCSF ` + export.OCSFVersion + ` a line
  csv, xlsx    the table of records
  syslog       one message of RFC 5424 a line
  tiles        the Merkle tree in the layout of C2SP tlog-tiles, to publish: a directory

csv is for programs, with the same names in every language; a spreadsheet rounds
its long numbers, so open xlsx. Exports hold what records hold: classes, counts
and pseudonyms, never the data. Sending one abroad is itself an export. --from and --to are days in
Asia/Shanghai, both included, or instants, of which --to is not included.
A file gets its name when it is whole. Exit 1 when --kind pi-audit found that
the log does not verify.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			cmd.SetContext(ctx)
			a, err := wantExport(cmd, time.Now())
			if err != nil {
				return err
			}
			if err := a.run(cmd); err != nil {
				var exit exitError
				if errors.As(err, &exit) {
					return err
				}
				return exitError{Code: 2, Err: fmt.Errorf("audit export: %w", err)}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.String("kind", "records", strings.Join(kindOrder, ", "))
	f.String("format", "", "json, csv, xlsx or md, as the kind allows")
	f.String("from", "", "first day or instant")
	f.String("to", "", "last day, or the instant that ends the period")
	f.Int("year", 0, "this calendar year, instead of --from and --to")
	f.String("exporter", "", "only this unified social credit code")
	f.String("recipient", "", "only this recipient: its id in the filings, or a host")
	f.String("filing", "", "only what was decided by this filing")
	f.String("action", "", "only what was enforced so: block, hold, redact, pass or pass_unread")
	f.String("out", "", "file or directory to write (default: standard output)")
	f.Bool("force", false, "overwrite what is there")
	f.String("lang", "", "language, en or zh (default: that of the environment)")
	return cmd
}

// exportAsk is what is to be written.
type exportAsk struct {
	kind, format, lang, out string
	filter                  export.Filter
	now                     time.Time
	progress                io.WriteCloser
	records                 int64 // that the filter took
}

// wantExport reads the flags.
func wantExport(cmd *cobra.Command, now time.Time) (a *exportAsk, err error) {
	text := func(name string) string { s, _ := cmd.Flags().GetString(name); return s }
	a = &exportAsk{kind: text("kind"), lang: policy.English, out: text("out"), now: now}
	wrong := func(format string, args ...any) (*exportAsk, error) {
		return nil, exitError{Code: 2, Err: fmt.Errorf(format, args...)}
	}
	formats, ok := exportKinds[a.kind]
	if !ok {
		return wrong("--kind must be one of %s", strings.Join(kindOrder, ", "))
	}
	if a.format = cmp.Or(text("format"), formats[0]); !slices.Contains(formats, a.format) {
		return wrong("--kind %s is written as %s", a.kind, strings.Join(formats, ", "))
	}
	if err := wantLang(text("lang")); err != nil {
		return nil, err
	}
	if wantChinese(text("lang")) {
		a.lang = policy.Chinese
	}
	a.filter = export.Filter{Exporter: text("exporter"), Recipient: text("recipient"), Filing: text("filing"), Action: text("action")}
	if a.filter.Action != "" {
		if err := new(policy.Action).UnmarshalText([]byte(a.filter.Action)); err != nil {
			return wrong("--action must be block, hold, redact, pass or pass_unread")
		}
	}
	if a.filter.From, a.filter.To, err = exportPeriod(cmd); err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	switch binary := a.format == "xlsx" || a.format == "files"; {
	case binary && (a.out == "" || a.out == "-"):
		return wrong("--kind %s --format %s needs --out", a.kind, a.format)
	case a.kind == "tiles" && a.filter != (export.Filter{}):
		return wrong("--kind tiles is the whole tree: it takes no period and no filter")
	}
	return a, nil
}

// exportPeriod reads the first instant and the one that is not taken any more.
func exportPeriod(cmd *cobra.Command) (from, to time.Time, err error) {
	first, _ := cmd.Flags().GetString("from")
	last, _ := cmd.Flags().GetString("to")
	if year, _ := cmd.Flags().GetInt("year"); year != 0 {
		if first != "" || last != "" {
			return from, to, errors.New("--year stands in place of --from and --to")
		}
		if year < 2000 || year > 9998 {
			return from, to, errors.New("--year must be a year like 2026")
		}
		return time.Date(year, 1, 1, 0, 0, 0, 0, policy.Shanghai), time.Date(year+1, 1, 1, 0, 0, 0, 0, policy.Shanghai), nil
	}
	if first != "" {
		if from, _, err = readInstant(first); err != nil {
			return from, to, fmt.Errorf("--from: %w", err)
		}
	}
	if last != "" {
		whole := false
		if to, whole, err = readInstant(last); err != nil {
			return from, to, fmt.Errorf("--to: %w", err)
		}
		if whole {
			to = to.AddDate(0, 0, 1)
		}
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, errors.New("--from is not before --to")
	}
	return from, to, nil
}

// each reads the log, counts what the filter takes, and ends with the command.
func (a *exportAsk) each(ctx context.Context, read func(fn func(policy.Record) error) error) export.Each {
	return func(fn func(policy.Record) error) error {
		return read(func(r policy.Record) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if a.filter.Match(&r) {
				a.records++
				_, _ = a.progress.Write([]byte{0}) // one step
			}
			return fn(r)
		})
	}
}
