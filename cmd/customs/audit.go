package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

func newAuditCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read and verify the audit log",
		Long: `The log holds one record a flow: what was found, what was decided and why, and
what left. These commands only read, also beside a running gateway.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newAuditListCmd(), newAuditShowCmd(), newAuditVerifyCmd())
	return cmd
}

func auditSource(cmd *cobra.Command) (audit.Source, error) {
	dir, err := dataDir(cmd)
	return audit.Source{Files: disk.Files{}, Dir: dir}, err
}

// wantFormat reads --format and refuses what is not offered.
func wantFormat(cmd *cobra.Command) (string, error) {
	f, _ := cmd.Flags().GetString("format")
	if f != "text" && f != "json" {
		return "", exitError{Code: 2, Err: errors.New("--format must be text or json")}
	}
	return f, nil
}

func newAuditListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the records, one line each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := auditSource(cmd)
			if err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			limit, _ := cmd.Flags().GetInt("limit")
			if limit < 0 {
				return exitError{Code: 2, Err: errors.New("--limit must be 0 (all) or more")}
			}
			if acts, _ := cmd.Flags().GetBool("acts"); acts {
				return auditActs(cmd, s, format, limit)
			}
			return auditList(cmd, s, format, limit)
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	cmd.Flags().Int("limit", 0, "only the newest N records (0: all)")
	cmd.Flags().Bool("acts", false, "list acts instead of flows: changes of the register, reloads, orders of the ledger")
	return cmd
}

func auditList(cmd *cobra.Command, s audit.Source, format string, limit int) error {
	tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	put := func(r policy.Record) error { return writeJSON(cmd.OutOrStdout(), r) }
	if format == "text" {
		fmt.Fprintln(tw, "TIME ("+zone+")\tRECORD\tACTION\tREASON\tEXPORTER\tDESTINATION\tFILING\tPERSONS\tSENT")
		put = func(r policy.Record) error { return recordLine(tw, r) }
	}
	var newest []policy.Record
	err := audit.Records(cmd.Context(), s, func(r policy.Record) error {
		if limit <= 0 {
			return put(r)
		}
		if newest = append(newest, r); len(newest) > 2*limit {
			newest = append(newest[:0], newest[len(newest)-limit:]...)
		}
		return nil
	})
	if n := len(newest); limit > 0 && n > limit {
		newest = newest[n-limit:]
	}
	for _, r := range newest {
		err = errors.Join(err, put(r))
	}
	if err = errors.Join(err, tw.Flush()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", readFault(s, err))}
	}
	return nil
}

func recordLine(w io.Writer, r policy.Record) error {
	v := r.Verdict()
	var codes []string
	for _, reason := range v.Reasons {
		reason.Class = "" // the list is wide enough
		codes = append(codes, reason.String())
	}
	sent := "-"
	if r.Outcome != nil {
		sent = fmt.Sprintf("%s %d", r.Outcome.Sent, r.Outcome.Bytes)
	} else if !r.Complete {
		sent = "open"
	}
	place := r.Intent.Place.Country
	if place == "" {
		place = "??"
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s (%s)\t%s\t%d\t%s\n", r.Time.In(policy.Shanghai).Format(time.DateTime), r.ID,
		actionText(r), dash(strings.Join(codes, ",")), dash(r.Intent.Exporter), r.Intent.Host, place, dash(v.Filing),
		r.Intent.Persons.Total, sent)
	return err
}

// actionText is what was done, and in brackets what enforcing would have done.
func actionText(r policy.Record) string {
	if would := r.Verdict().Action; would != r.Intent.Enforced {
		return fmt.Sprintf("%s (%s)", r.Intent.Enforced, would)
	}
	return r.Intent.Enforced.String()
}

// zone is the time zone of what a person is shown.
const zone = "Asia/Shanghai"

// readFault tells a log that may not be read from one that is not there.
func readFault(s audit.Source, err error) error {
	if !errors.Is(err, audit.ErrNoLog) {
		return err
	}
	for _, dir := range []string{filepath.Join(s.Dir, audit.Sub), s.Dir} {
		if _, lerr := s.Files.List(dir); errors.Is(lerr, fs.ErrPermission) {
			return fmt.Errorf("the log cannot be read: %w; run this as the user of the gateway", lerr)
		}
	}
	return err
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func newAuditShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show RECORD",
		Short: `Show one record with its entries, by its id, an entry's number or "last"`,
		Args:  oneArg("RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := auditSource(cmd)
			if err != nil {
				return err
			}
			r, entries, err := audit.Find(cmd.Context(), s, args[0])
			if errors.Is(err, audit.ErrNoRecord) {
				return exitError{Code: 1, Err: fmt.Errorf("audit show: %w; see %s", err, again(cmd, "customs audit list"))}
			}
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit show: %w", readFault(s, err))}
			}
			out := struct {
				Record  *policy.Record `json:"record,omitempty"`
				Entries []policy.Entry `json:"entries"`
			}{Entries: entries}
			if r.ID != "" {
				out.Record = &r
			}
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(out)
		},
	}
	return cmd
}

func newAuditVerifyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every byte of the log and name the first faulty entry",
		Long: `verify recomputes the hash chain over every entry. It needs no lock and no
keys, and works on a copy of the log's directory (--dir). Exit 1 when an entry
was changed, removed, moved or cut, or when the log is empty.

A chain by itself cannot show that whole entries were removed at the very end,
or that the whole log was written anew: note the head that verify prints and
compare it later.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := audit.Source{Files: disk.Files{}}
			if s.Dir, _ = cmd.Flags().GetString("dir"); s.Dir == "" {
				var err error
				if s, err = auditSource(cmd); err != nil {
					return err
				}
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			return auditVerify(cmd, s, format)
		},
	}
	cmd.Flags().String("dir", "", "a copy of the log instead of the installation's own")
	cmd.Flags().String("format", "text", "text or json")
	return cmd
}

func auditVerify(cmd *cobra.Command, s audit.Source, format string) error {
	sum, err := audit.Verify(cmd.Context(), s)
	var fault *audit.Fault
	if err != nil && !errors.As(err, &fault) {
		return exitError{Code: 2, Err: fmt.Errorf("audit verify: %w", readFault(s, err))}
	}
	w := cmd.OutOrStdout()
	empty := fault == nil && sum.Entries == 0
	if format == "json" {
		out := struct {
			OK    bool          `json:"ok"`
			Fault *audit.Fault  `json:"fault,omitempty"`
			Log   audit.Summary `json:"log"`
		}{fault == nil && !empty, fault, sum}
		if err := writeJSON(w, out); err != nil {
			return err
		}
	}
	if fault != nil {
		return exitError{Code: 1, Err: fmt.Errorf("audit verify: the log is not what was written: %w", fault)}
	}
	if empty {
		return exitError{Code: 1, Err: fmt.Errorf("audit verify: the log in %s is empty: nothing was verified", s.Dir)}
	}
	if format == "json" {
		return nil
	}
	fmt.Fprintf(w, "log verified: %d entries in %d segments, %d flows without an outcome\n", sum.Entries, sum.Segments, sum.Open)
	fmt.Fprintf(w, "from %s to %s (%s)\n", sum.First.In(policy.Shanghai).Format(time.DateTime), sum.Last.In(policy.Shanghai).Format(time.DateTime), zone)
	fmt.Fprintf(w, "head %s\nremoval of entries at the very end, or of the whole log, is not excluded: compare the head with one noted before\n", sum.Head)
	return nil
}
