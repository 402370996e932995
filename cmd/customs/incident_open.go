package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

func newIncidentOpenCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open",
		Short: "Mark an incident and start its clocks",
		Long: `Mark an incident. The clocks run from --at, when it was discovered. Name the
records by --records, or those of a time by --from and --to, with --exporter,
--recipient and --class if you know them; what nobody knows yet can be left out
and noted later. Without an exporter all that the installation knows count. A
level that is not stated counts as the highest.`,
		Example: `  customs incident open --kind leak --at "2026-11-22 08:30" --records 0k3v… --by anna --reason "recipient published the export"
  customs incident open --kind bypass --from 2026-11-20 --to 2026-11-22 --exporter 91310115MA1K3ABC99 --by anna --reason "direct route found"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, format, err := openIncidentList(cmd)
			if err != nil {
				return err
			}
			i, err := r.fill(time.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			kept, err := r.create(i)
			if kept {
				err = errors.Join(r.show(i, format, time.Now()), err)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.String("kind", "", "leak, bypass or loss")
	f.String("at", "", "when it was discovered, as 2026-11-22T08:30:00+08:00 or 2026-11-22 08:30 (Asia/Shanghai); default: now")
	f.StringSlice("records", nil, "ids of the records, separated by commas")
	f.String("from", "", "records from this time on")
	f.String("to", "", "records until this time; a date includes its day")
	f.String("exporter", "", "only of this exporter (USCC)")
	f.String("recipient", "", "only to this recipient of the register")
	f.String("class", "", "only with this class of data")
	f.String("level", "", strings.Join(law.IncidentLevels(), ", ")+"; absent: not stated")
	f.Bool("central", false, "a central Party or state organ is concerned")
	f.String("by", "", "who says so")
	f.String("reason", "", "what happened, in one line without names and numbers of persons")
	f.String("format", "text", "text or json")
	for _, name := range []string{"kind", "by", "reason"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	return cmd
}

// fill makes the incident that the flags describe.
func (r incidentRun) fill(now time.Time) (*incident.Incident, error) {
	text := func(name string) string { s, _ := r.cmd.Flags().GetString(name); return s }
	at, err := r.when("at", now)
	if err != nil {
		return nil, err
	}
	i := &incident.Incident{Schema: incident.Schema, ID: newIncidentID(now), Kind: incident.Kind(text("kind")), Level: text("level"), Discovered: at.UTC().Truncate(time.Second)}
	i.Scope = incident.Scope{Exporter: text("exporter"), Recipient: text("recipient"), Class: text("class")}
	i.Scope.Records, _ = r.cmd.Flags().GetStringSlice("records")
	slices.Sort(i.Scope.Records)
	i.Scope.Records = slices.Compact(i.Scope.Records)
	if err := errors.Join(r.parse("from", &i.Scope.From, false), r.parse("to", &i.Scope.To, true)); err != nil {
		return nil, err
	}
	i.Steps = []incident.Step{{At: now, Act: incident.ActOpen, By: text("by"), Text: text("reason")}}
	i.Body = law.BodyOther // until the exporters are known
	if s := i.Scope.Exporter; s != "" && !check.USCCString(s) {
		return nil, r.cannot(errors.New("--exporter is no unified social credit code: copy the 18 characters from the business licence"))
	}
	if err := i.Sound(); err != nil {
		return nil, r.cannot(err)
	}
	if err := r.clean(now, i.Steps[0].Text, i.Steps[0].By, i.Scope.Recipient); err != nil {
		return nil, err
	}
	for _, id := range append(slices.Clone(i.Scope.Records), i.Scope.Class) {
		if len(id) != len(newID()) && longDigits(id) {
			return nil, r.cannot(errors.New(r.in.say("--records or --class holds a number that is no id of a record", "--records 或 --class 中含有并非记录编号的号码")))
		}
	}
	if i.Exporters, err = r.concerned(i); err != nil {
		return nil, err
	}
	book, err := filingTerms(r.cmd)
	if err != nil {
		return nil, err
	}
	central, _ := r.cmd.Flags().GetBool("central")
	terms, pack := book.Incidents(i.Discovered.In(policy.Shanghai).Format(time.DateOnly))
	i.Start(terms, pack, central)
	return i, nil
}

// concerned returns the exporters of an incident with their status: the one
// named, those of the records, or all that the installation knows.
func (r incidentRun) concerned(i *incident.Incident) ([]incident.Exporter, error) {
	codes, found := map[string]bool{}, 0
	if i.Scope.Exporter != "" {
		codes[i.Scope.Exporter] = true
	} else if err := r.records(r.cmd.Context(), &i.Scope, func(rec *policy.Record) error {
		if found++; i.Scope.Covers(rec) {
			codes[cmp.Or(rec.Intent.Exporter, "unknown")] = true
		}
		return nil
	}); err != nil && !errors.Is(err, audit.ErrNoLog) {
		return nil, r.cannot(err)
	}
	if n := len(i.Scope.Records) - found; n > 0 {
		codes["unknown"] = true // whose they are nobody knows
		fmt.Fprintf(r.cmd.ErrOrStderr(), r.in.say("%d of the records named are not in the log: the incident is opened all the same\n", "指明的记录中有 %d 条不在日志中：仍予登记\n"), n)
	}
	known, err := r.statuses()
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		for code := range known {
			codes[code] = true
		}
	}
	out := []incident.Exporter{}
	for code := range codes {
		out = append(out, incident.Exporter{USCC: code, CIIO: known[code]})
	}
	slices.SortFunc(out, func(a, b incident.Exporter) int { return strings.Compare(a.USCC, b.USCC) })
	return out, nil
}

// statuses are those of the exporters in configuration and register. Where both
// name one and differ, it is not stated.
func (r incidentRun) statuses() (map[string]policy.Tri, error) {
	out := map[string]policy.Tri{}
	for _, e := range r.cfg.Exporters {
		out[e.USCC] = e.CIIO
	}
	if _, err := os.Stat(filepath.Join(r.cfg.Data, registryFile)); err != nil {
		return out, nil
	}
	err := withRegistry(r.cmd, false, func(reg *registry.Registry) error {
		docs, err := reg.Exporters(r.cmd.Context())
		for _, d := range docs {
			if was, ok := out[d.USCC]; ok && was != d.CIIO {
				out[d.USCC] = policy.Unknown
			} else {
				out[d.USCC] = d.CIIO
			}
		}
		return err
	})
	return out, r.cannot(err)
}

// create keeps a new incident and puts it into the audit log. kept says that
// it is on the disk, also where the log could not take it.
func (r incidentRun) create(i *incident.Incident) (kept bool, err error) {
	store, err := r.store()
	if err != nil {
		return false, err
	}
	defer store.Close()
	for { // an id that is there already stays what it is
		if _, err := incident.Load(disk.Files{}, r.cfg.Data, i.ID); errors.Is(err, incident.ErrNone) {
			break
		}
		i.ID = newIncidentID(i.Opened())
	}
	if err := store.Save(i); err != nil {
		return false, r.cannot(err)
	}
	return true, r.record(store, i, 0)
}

// missingRecord reports whether the log has no such record.
func missingRecord(err error) bool { return errors.Is(err, audit.ErrNoRecord) }
