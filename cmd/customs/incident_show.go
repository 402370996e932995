package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/incident"
)

func newIncidentShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one incident, its clocks, and whether its steps stand in the audit log",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, format, err := openIncidentList(cmd)
			if err != nil {
				return err
			}
			i, err := r.load(args[0])
			if err != nil {
				return err
			}
			return r.show(i, format, time.Now())
		},
	}
	cmd.Flags().String("format", "text", "text or json")
	return cmd
}

// inLog says how many of the steps stand in the audit log exactly as they are
// in the file: all, some or none.
func (r incidentRun) inLog(ctx context.Context, i *incident.Incident) (string, error) {
	source, err := auditSource(r.cmd)
	if err != nil {
		return "", err
	}
	same := 0
	for n, s := range i.Steps {
		if s.Entry == 0 {
			continue
		}
		entries, err := audit.At(ctx, source, s.Entry)
		if errors.Is(err, audit.ErrNoRecord) || errors.Is(err, audit.ErrNoLog) {
			continue
		}
		if err != nil {
			return "", readFault(source, err)
		}
		if a := entries[0].Admin; a != nil && *a == i.Act(n) {
			same++
		}
	}
	switch same {
	case len(i.Steps):
		return "all", nil
	case 0:
		return "none", nil
	}
	return "some", nil
}

// listedIncident is an incident as a program reads it.
type listedIncident struct {
	*incident.Incident
	Open   bool          `json:"open"`
	States []listedClock `json:"clock_states"`
	InLog  string        `json:"steps_in_log,omitempty"`
}

type listedClock struct {
	incident.ClockState
	Running bool  `json:"running"`
	Left    int64 `json:"seconds_left"`
}

func listedOf(i *incident.Incident, now time.Time) listedIncident {
	out := listedIncident{Incident: i, Open: i.Closed() == nil, States: []listedClock{}}
	for _, c := range i.States(now) {
		out.States = append(out.States, listedClock{c, c.Running() && out.Open, int64(c.Left / time.Second)})
	}
	return out
}

// show prints one incident.
func (r incidentRun) show(i *incident.Incident, format string, now time.Time) error {
	where, err := r.inLog(r.cmd.Context(), i)
	if err != nil {
		return r.cannot(err)
	}
	w := r.cmd.OutOrStdout()
	if format == "json" {
		out := listedOf(i, now)
		out.InLog = where
		return writeJSON(w, out)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(en, zh, value string) { fmt.Fprintf(tw, "%s\t%s\n", r.in.say(en, zh), value) }
	row("incident", "事件", i.ID)
	row("kind", "类型", r.word(string(i.Kind)))
	row("level", "级别", r.word(cmp.Or(i.Level, "unstated")))
	row("discovered", "发现时间", clock(i.Discovered)+" "+zone)
	row("state", "状态", r.word(map[bool]string{true: "open", false: "closed"}[i.Closed() == nil]))
	row("body", "主体", r.word(i.Body))
	for _, e := range i.Exporters {
		row("exporter", "数据处理者", e.USCC+"  "+r.in.say("critical infrastructure: ", "关键信息基础设施：")+r.word("ciio-"+cmp.Or(string(e.CIIO), "unknown")))
	}
	r.printClocks(tw, i, now)
	for n, s := range i.Steps {
		entry := r.in.say("NOT in the audit log yet", "尚未记入审计日志")
		if s.Entry > 0 {
			entry = fmt.Sprintf(r.in.say("entry %d", "条目 %d"), s.Entry)
		}
		text := plain(s.Text)
		if s.To != "" {
			text = "→ " + plain(s.To) + ": " + text
		}
		row(fmt.Sprintf("step %d", n+1), fmt.Sprintf("第 %d 步", n+1), strings.Join([]string{clock(s.At), r.word(s.Act), s.By, text, entry}, "  "))
	}
	if where != "all" && i.Pending() < 0 {
		row("AUDIT LOG", "审计日志", r.in.say("does NOT hold these steps as they stand here: the file was changed, or the log is another one", "与此处所列步骤不符：文件被更改，或日志不是原来的日志"))
	}
	return r.cannot(tw.Flush())
}

func (r incidentRun) printClocks(tw *tabwriter.Writer, i *incident.Incident, now time.Time) {
	states := i.States(now)
	if len(states) == 0 {
		fmt.Fprintf(tw, "%s\t%s\n", r.in.say("clock", "时限"), fmt.Sprintf(r.in.say("rule pack %s has none for it: look it up yourself", "规则包 %s 中没有适用的时限：请人工核对"), i.Pack))
	}
	for _, c := range states {
		fmt.Fprintf(tw, "%s\t%s  %s  %s\n", r.in.say("clock", "时限"), c.ID, fmt.Sprintf(r.in.say("due %s", "最迟 %s"), clock(c.Due)), r.clockWord(i, c))
	}
	if len(states) > 0 {
		verified := ""
		if !i.Verified {
			verified = r.in.say("  (not verified: compare with the text)", "（未核实，请对照原文）")
		}
		fmt.Fprintf(tw, "%s\t%s%s\n", r.in.say("by", "依据"), i.Article, verified)
	}
}

// clockWord says how it stands with a clock.
func (r incidentRun) clockWord(i *incident.Incident, c incident.ClockState) string {
	switch {
	case !c.Running() && c.Late:
		return r.word("late") + " → " + plain(c.To)
	case !c.Running():
		return r.word("reported") + " → " + plain(c.To)
	case c.Late:
		return r.word("over")
	case i.Closed() != nil:
		return r.in.say("not reported when it was closed", "结案时未报告")
	}
	return fmt.Sprintf(r.in.say("%s left", "还剩 %s"), c.Left.Truncate(time.Minute))
}

func (r incidentRun) word(code string) string { return incident.Word(code, bool(r.in)) }

// printList prints all incidents.
func (r incidentRun) printList(list []*incident.Incident, format string, now time.Time) error {
	w := r.cmd.OutOrStdout()
	slices.SortStableFunc(list, func(a, b *incident.Incident) int { return a.Opened().Compare(b.Opened()) })
	if format == "json" {
		for _, i := range list {
			if err := writeJSON(w, listedOf(i, now)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, r.in.say("no incidents", "没有事件"))
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\n", r.in.say("INCIDENT\tKIND\tLEVEL\tDISCOVERED ("+zone+")\tSTATE\tCLOCK\tDUE\tHOW IT STANDS", "事件\t类型\t级别\t发现时间 ("+zone+")\t状态\t时限\t最迟\t进展"))
	for _, i := range list {
		name, due, how := "-", "-", "-"
		for _, c := range i.States(now) {
			if name == "-" || c.Running() {
				name, due, how = c.ID, clock(c.Due), r.clockWord(i, c)
			}
		}
		state := r.word(map[bool]string{true: "open", false: "closed"}[i.Closed() == nil])
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, r.word(string(i.Kind)), r.word(cmp.Or(i.Level, "unstated")), clock(i.Discovered), state, name, due, how)
	}
	return tw.Flush()
}
