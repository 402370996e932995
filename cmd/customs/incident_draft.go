package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/tree"
	cosign "github.com/datacustoms/customs/policy/witness"
)

func newIncidentDraftCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "draft ID",
		Short: "Write the report from the audit log, for a person to finish",
		Long: `Write the report: what happened and when, the records with verdicts, classes,
persons, recipients and what had left, what was done, the duties that the rule
pack names, and whether the audit log is whole, which is verified meanwhile. What
the log cannot say is left blank. No value that was found stands in it, and it is
sent to nobody.`,
		Args: oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := openIncidentRun(cmd)
			if err != nil {
				return err
			}
			format, _ := cmd.Flags().GetString("format")
			if format != "md" && format != "json" {
				return r.cannot(errors.New("--format must be md or json"))
			}
			i, err := r.load(args[0])
			if err != nil {
				return err
			}
			d, err := r.draft(i, time.Now())
			if err != nil {
				return r.cannot(err)
			}
			var out bytes.Buffer
			if format == "json" {
				err = writeJSON(&out, d)
			} else {
				err = d.WriteMarkdown(&out, map[bool]string{true: "zh", false: "en"}[bool(r.in)])
			}
			if err != nil {
				return r.cannot(err)
			}
			return r.cannot(r.deliver(out.Bytes()))
		},
	}
	cmd.Flags().String("format", "md", "md (Markdown) or json")
	cmd.Flags().String("out", "", "file to write, which must not be there yet; default: standard output")
	return cmd
}

// deliver writes a draft where it was asked for.
func (r incidentRun) deliver(b []byte) error {
	name, _ := r.cmd.Flags().GetString("out")
	if name == "" {
		_, err := r.cmd.OutOrStdout().Write(b)
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf(r.in.say("%s is there already and stays: name another file", "%s 已存在，未覆盖：请另指定文件"), name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// draft puts the draft together.
func (r incidentRun) draft(i *incident.Incident, now time.Time) (*incident.Draft, error) {
	g := incident.NewGather(&i.Scope)
	err := r.records(r.cmd.Context(), &i.Scope, func(rec *policy.Record) error { g.Add(rec); return nil })
	if err != nil && !errors.Is(err, audit.ErrNoLog) {
		return nil, err
	}
	facts := g.Facts()
	if facts.Deleted, err = r.deleted(&i.Scope); err != nil {
		return nil, err
	}
	state, err := r.logState(now)
	if err != nil {
		return nil, err
	}
	if state.Steps, err = r.inLog(r.cmd.Context(), i); err != nil {
		return nil, err
	}
	book, err := filingTerms(r.cmd)
	if err != nil {
		return nil, err
	}
	terms, _ := book.Incidents(i.Discovered.In(policy.Shanghai).Format(time.DateOnly))
	return incident.NewDraft(i, facts, terms, state, nodeName(), now), nil
}

// logState verifies the log with the keys of the installation.
func (r incidentRun) logState(now time.Time) (s incident.LogState, err error) {
	source, err := auditSource(r.cmd)
	if err != nil {
		return s, err
	}
	text, err := os.ReadFile(filepath.Join(r.cfg.Data, "keys", "log.pub"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	keys, err := tree.ParseKeys(string(text))
	if err != nil {
		return s, fmt.Errorf("keys/log.pub: %w", err)
	}
	sum, err := audit.Verify(r.cmd.Context(), source, audit.VerifyOptions{Keys: keys, Now: now, Live: true, ChainOnly: len(keys) == 0})
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		s.Fault = fault.Error()
	case errors.Is(err, audit.ErrNoLog), errors.Is(err, audit.ErrNoKey):
		s.Fault = err.Error()
	case err != nil:
		return s, err
	default:
		s.Verified = true
	}
	s.Entries = sum.Entries
	dir := filepath.Join(r.cfg.Data, audit.Sub)
	if signed, err := readSmall(disk.Files{}, filepath.Join(dir, "checkpoint"), tree.MaxCheckpoint); err == nil {
		if c, _, err := tree.OpenCheckpoint(signed, keys...); err == nil {
			s.Checkpoint, s.Size = string(signed), c.Size
		}
	}
	if signed, err := readSmall(disk.Files{}, filepath.Join(dir, cosign.File), tree.MaxCheckpoint); err == nil {
		if c, _, err := cosign.Verify(signed, keys, r.witnessKeys()); err == nil {
			s.Witnessed = c.Size
		}
	}
	return s, nil
}

// witnessKeys are those of the configuration, which was checked.
func (r incidentRun) witnessKeys() (out []note.Verifier) {
	for _, w := range r.cfg.Audit.Witnesses {
		if v, err := tree.ParseCosigner(w.Key); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// deleted counts the segments that retention took and that may have held
// records of a scope by time. Of records by id it is known which are missing.
func (r incidentRun) deleted(s *incident.Scope) (n int, err error) {
	if s.From.IsZero() {
		return 0, nil
	}
	source, err := auditSource(r.cmd)
	if err != nil {
		return 0, err
	}
	list, err := audit.Segments(r.cmd.Context(), source)
	if errors.Is(err, audit.ErrNoLog) {
		return 0, nil
	}
	for _, x := range list {
		if x.State == audit.Gone && x.From.Before(s.To) && !x.To.Before(s.From) {
			n++
		}
	}
	return n, readFault(source, err)
}

func newIncidentCandidatesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "candidates",
		Short: "List records that may be an incident nobody marked",
		Long: `List the records of a time in which a verdict came when part of a body had left
(BLOCKED_AFTER_RELEASE), and those of which nobody knows whether they left. They
are no incidents by themselves: a person looks at them, and opens one if so.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, format, err := openIncidentList(cmd)
			if err != nil {
				return err
			}
			return r.candidates(format)
		},
	}
	cmd.Flags().String("from", "", "from this time on (default: the last 30 days)")
	cmd.Flags().String("to", "", "until this time; a date includes its day (default: now)")
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	return cmd
}

// candidate is a record as a program reads it.
type candidate struct {
	Why policy.Code `json:"why"`
	incident.Line
}

func (r incidentRun) candidates(format string) error {
	s, err := r.span(time.Now())
	if err != nil {
		return err
	}
	w := r.cmd.OutOrStdout()
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	n := 0
	err = r.records(r.cmd.Context(), &s, func(rec *policy.Record) error {
		why := incident.Candidate(rec)
		if why == "" {
			return nil
		}
		l := incident.LineOf(rec)
		if n++; format == "json" {
			return writeJSON(w, candidate{why, l})
		}
		if n == 1 {
			fmt.Fprintln(tw, r.in.say("RECORD\tTIME ("+zone+")\tWHY\tEXPORTER\tRECIPIENT\tCOUNTRY\tSENT\tBYTES\tPERSONS", "记录\t时间 ("+zone+")\t原因\t数据处理者\t接收方\t国家\t发出\t字节\t人数上限"))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, clock(l.Time), r.word(string(why)), dash(l.Exporter), dash(l.Recipient), dash(l.Country), r.word("sent-"+string(l.Sent)), l.Bytes, l.People())
		return nil
	})
	if err == nil && n == 0 && format == "text" {
		_, err = io.WriteString(w, r.in.say("no candidates\n", "没有可疑记录\n"))
	}
	return r.cannot(errors.Join(err, tw.Flush()))
}

// span reads --from and --to.
func (r incidentRun) span(now time.Time) (s incident.Scope, err error) {
	s = incident.Scope{From: now.AddDate(0, 0, -30), To: now}
	if err := r.parse("from", &s.From, false); err != nil {
		return s, err
	}
	if err := r.parse("to", &s.To, true); err != nil {
		return s, err
	}
	if s.To.Before(s.From) {
		return s, r.cannot(errors.New(r.in.say("--from must be before --to", "--from 必须早于 --to")))
	}
	return s, nil
}
