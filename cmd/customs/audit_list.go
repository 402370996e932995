package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/index"
)

func newAuditListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the records, one line each",
		Long: `list prints the records that all the flags let through: the oldest first and
those that are still open last, or with --newest the newest first. A time is
RFC 3339 or a date, which means the whole day in Asia/Shanghai; --to is not
included when it has a time of day.

With --limit and --newest it prints a page, and says at its end what asks for
the next one. The index under the data directory makes it fast; without one, and
for what the index does not hold yet, the log itself is read, and the answer is
the same (customs audit reindex makes the index again).`,
		Example: `  customs audit list --from 2026-03-01 --to 2026-03-31 --exporter 91310115MA1K3ABC99 --reason FILING_NOT_FOUND
  customs audit list --action block --newest --limit 50
  customs audit list --acts --act hold --by anna`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := auditSource(cmd)
			if err != nil {
				return err
			}
			l := lister{cmd: cmd, src: s, out: cmd.OutOrStdout()}
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			l.in = words(wantChinese(lang))
			if l.format, err = wantFormat(cmd); err != nil {
				return err
			}
			if l.f, err = listFilter(cmd); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", err)}
			}
			if acts, _ := cmd.Flags().GetBool("acts"); acts {
				return l.acts()
			}
			if cmd.Flags().Changed("act") || cmd.Flags().Changed("by") {
				return exitError{Code: 2, Err: errors.New("audit list: --act and --by go with --acts")}
			}
			return l.list()
		},
	}
	f := cmd.Flags()
	f.String("format", "text", "text or json (one object a line)")
	f.Int("limit", 0, "only the newest N records (0: all)")
	f.Bool("acts", false, "list acts instead of flows: changes of the register, reloads, orders, keys, holds, deletions, incidents, alerts")
	addFilterFlags(cmd)
	f.Bool("newest", false, "the newest first")
	f.Uint64("before", 0, "with --newest: only what began before this entry, for the next page")
	f.String("act", "", "with --acts: only this act, or this kind of acts (hold, key, retention)")
	f.String("by", "", "with --acts: only acts of this person")
	f.String("lang", "", "language of the table: en or zh (default: the environment's)")
	return cmd
}

// addFilterFlags gives a command the flags that choose records.
func addFilterFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("from", "", "only from this time on")
	f.String("to", "", "only until this time; a date includes its day")
	f.String("exporter", "", "only of this exporter (USCC)")
	f.String("recipient", "", "only to this recipient of the register")
	f.String("country", "", "only to this country (two letters)")
	f.String("action", "", "only what was decided so: block, hold, redact, pass or pass_unread")
	f.String("enforced", "", "only what was done so")
	f.String("reason", "", "only with this reason code")
	f.String("class", "", "only with this class of data, or one below it (pi.id)")
	f.String("filing", "", "only under this filing")
	f.Bool("open", false, "only what has no outcome yet")
	f.Bool("in-doubt", false, "only what may or may not have left")
}

// listFilter reads the flags and names everything that is wrong with them.
func listFilter(cmd *cobra.Command) (f index.Filter, err error) {
	var faults []error
	text := func(name string) string { s, _ := cmd.Flags().GetString(name); return s }
	when := func(name string, end bool) (t time.Time) {
		if s := text(name); s != "" {
			var err error
			if t, err = index.ParseTime(s, end); err != nil {
				faults = append(faults, fmt.Errorf("--%s: %w", name, err))
			}
		}
		return t
	}
	action := func(name string) *policy.Action {
		if text(name) == "" {
			return nil
		}
		a := new(policy.Action)
		if err := a.UnmarshalText([]byte(text(name))); err != nil {
			faults = append(faults, fmt.Errorf("--%s must be block, hold, redact, pass or pass_unread", name))
		}
		return a
	}
	f = index.Filter{From: when("from", false), To: when("to", true), Exporter: text("exporter"), Recipient: text("recipient"),
		Country: strings.ToUpper(text("country")), Action: action("action"), Enforced: action("enforced"), Reason: text("reason"),
		Class: text("class"), Filing: text("filing")}
	f.Open, _ = cmd.Flags().GetBool("open")
	f.InDoubt, _ = cmd.Flags().GetBool("in-doubt")
	f.Limit, _ = cmd.Flags().GetInt("limit")
	f.Before, _ = cmd.Flags().GetUint64("before")
	newest, _ := cmd.Flags().GetBool("newest")
	f.Oldest = !newest
	if f.Limit < 0 {
		faults = append(faults, errors.New("--limit must be 0 (all) or more"))
	}
	if f.Before > 0 && f.Oldest {
		faults = append(faults, errors.New("--before goes with --newest"))
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		faults = append(faults, errors.New("--from must be before --to"))
	}
	return f, errors.Join(faults...)
}

// lister is one run of audit list.
type lister struct {
	cmd    *cobra.Command
	src    audit.Source
	f      index.Filter
	format string
	in     words
	out    io.Writer
}

// read opens the log's reader.
func (l *lister) read() *index.Reader { return lookIndex(l.src) }

// lookIndex reads a log with the index that stands beside it.
func lookIndex(s audit.Source) *index.Reader { return index.Look(index.Path(s.Dir), s) }

func (l *lister) list() (err error) {
	r := l.read()
	defer func() { err = errors.Join(err, r.Close()) }()
	if l.format == "json" {
		err = l.records(r)
	} else {
		err = l.table(r)
	}
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", readFault(l.src, err))}
	}
	if why := r.Why(); why != nil && !errors.Is(why, fs.ErrNotExist) {
		fmt.Fprintln(l.cmd.ErrOrStderr(), l.in.say("the index could not be used, so the log was read; the answer is whole; run customs audit reindex",
			"索引无法使用，已改读日志，结果完整；请运行 customs audit reindex"))
	}
	return nil
}

// records prints the records themselves, those that are open at the end.
func (l *lister) records(r *index.Reader) error {
	var open []policy.Record
	put := func(rec policy.Record) error {
		if !rec.Complete && l.f.Oldest {
			open = append(open, rec)
			return nil
		}
		return writeJSON(l.out, rec)
	}
	var err error
	if l.f.All() && l.f.Oldest {
		err = audit.Records(l.cmd.Context(), l.src, put) // in one go
	} else {
		err = r.Records(l.cmd.Context(), l.f, put)
	}
	for _, rec := range open {
		if err == nil {
			err = writeJSON(l.out, rec)
		}
	}
	return err
}

func (l *lister) table(r *index.Reader) error {
	tw := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, l.in.say("TIME ("+zone+")\tRECORD\tACTION\tREASON\tEXPORTER\tDESTINATION\tFILING\tPERSONS\tSENT",
		"时间（"+zone+"）\t记录\t处置\t原因\t数据处理者\t目的地\t备案\t人数\t发出"))
	var open []index.Row
	n, last := 0, uint64(0)
	err := r.Query(l.cmd.Context(), l.f, func(row index.Row) error {
		if n, last = n+1, row.First; n%1000 == 0 {
			if err := tw.Flush(); err != nil {
				return err
			}
		}
		if !row.Complete && l.f.Oldest {
			open = append(open, row)
			return nil
		}
		return rowLine(tw, row)
	})
	for _, row := range open {
		if err == nil {
			err = rowLine(tw, row)
		}
	}
	err = errors.Join(err, tw.Flush())
	if err == nil && !l.f.Oldest && l.f.Limit > 0 && n == l.f.Limit {
		fmt.Fprintf(l.cmd.ErrOrStderr(), l.in.say("the next page: --before %d\n", "下一页：--before %d\n"), last)
	}
	return err
}

func rowLine(w io.Writer, r index.Row) error {
	sent := "-"
	if r.Sent != "" {
		sent = fmt.Sprintf("%s %d", r.Sent, r.Bytes)
	} else if !r.Complete {
		sent = "open"
	}
	place := r.Country
	if place == "" {
		place = "??"
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s (%s)\t%s\t%d\t%s\n", r.Time.In(policy.Shanghai).Format(time.DateTime), r.ID,
		actionText(r), dash(strings.Join(r.Reasons, ",")), dash(r.Exporter), r.Host, place, dash(r.Filing), r.Persons, sent)
	return err
}

// actionText is what was done, and in brackets what enforcing would have done.
// What was refused after a part had left is both.
func actionText(r index.Row) string {
	if r.Enforced.Releases() && len(r.Reasons) > 0 && r.Reasons[0] == string(policy.AfterRelease) {
		return fmt.Sprintf("%s, then %s", r.Enforced, r.Action)
	}
	if r.Action != r.Enforced {
		return fmt.Sprintf("%s (%s)", r.Enforced, r.Action)
	}
	return r.Enforced.String()
}
