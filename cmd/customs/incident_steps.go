package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/index"
)

// stepFlags are those of every command that adds a step.
func stepFlags(cmd *cobra.Command, reason string) {
	cmd.Flags().String("by", "", "who says so")
	cmd.Flags().String("reason", "", reason)
	cmd.Flags().String("format", "text", "text or json")
	for _, name := range []string{"by", "reason"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

// runStep adds what the flags say to the incident and shows it.
func runStep(cmd *cobra.Command, id string, add func(r incidentRun, i *incident.Incident, s incident.Step) error) error {
	r, err := openIncidentRun(cmd)
	if err != nil {
		return err
	}
	format, err := wantFormat(cmd)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Second)
	s := incident.Step{At: now}
	s.By, _ = cmd.Flags().GetString("by")
	s.Text, _ = cmd.Flags().GetString("reason")
	s.To, _ = cmd.Flags().GetString("to")
	if err := r.clean(now, s.Text, s.By, s.To); err != nil {
		return err
	}
	i, err := r.change(id, func(i *incident.Incident) error { return add(r, i, s) })
	if err != nil {
		return err
	}
	return r.show(i, format, time.Now())
}

func newIncidentNoteCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "note ID",
		Short: "Note a finding or a measure",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStep(cmd, args[0], func(_ incidentRun, i *incident.Incident, s incident.Step) error {
				s.Act = incident.ActNote
				return i.Add(s)
			})
		},
	}
	stepFlags(cmd, "what was found or done, in one line without names and numbers of persons")
	return cmd
}

func newIncidentReportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report ID",
		Short: "Say that an authority was told, which stops a clock",
		Long: `Say that an authority was told. It stops the clock that runs; where several do,
name it with --clock as customs incident show prints it. Nothing is sent: the
report itself goes the authority's own way.`,
		Args: oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStep(cmd, args[0], func(r incidentRun, i *incident.Incident, s incident.Step) (err error) {
				s.Clock, _ = cmd.Flags().GetString("clock")
				if text, _ := cmd.Flags().GetString("at"); len(text) == len(time.DateOnly) {
					return errors.New(r.in.say("--at: name the time of day as well, which says whether the report was in time", "--at：请同时写明时刻，以判断是否按时报告"))
				}
				if s.At, err = r.when("at", s.At); err != nil {
					return err
				}
				s.At = s.At.UTC().Truncate(time.Second)
				if s.At.Before(i.Discovered) {
					return errors.New(r.in.say("--at lies before the discovery", "--at 早于发现时间"))
				}
				return i.Report(s)
			})
		},
	}
	stepFlags(cmd, "how it was reported, in one line without names and numbers of persons")
	cmd.Flags().String("to", "", "the authority that was told")
	cmd.Flags().String("clock", "", "the clock that it stops")
	cmd.Flags().String("at", "", "when it was told; default: now")
	if err := cmd.MarkFlagRequired("to"); err != nil {
		panic(err)
	}
	return cmd
}

func newIncidentCloseCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "close ID",
		Short: "End an incident; while a clock runs only with --without-report",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			anyway, _ := cmd.Flags().GetBool("without-report")
			return runStep(cmd, args[0], func(r incidentRun, i *incident.Incident, s incident.Step) error {
				for _, c := range i.States(s.At) {
					if c.Running() && !anyway && i.Closed() == nil {
						return exitError{Code: 1, Err: fmt.Errorf(r.in.say("incident close: clock %s still runs: say that it was reported with %s, or close it with --without-report and the reason why none is owed",
							"incident close：时限 %s 仍在计时：请先用 %s 记录已报告，或者以 --without-report 结案并写明无须报告的理由"), c.ID, again(r.cmd, "customs incident report "+i.ID))}
					}
				}
				s.Act = incident.ActClose
				return i.Add(s)
			})
		},
	}
	stepFlags(cmd, "why it is over, in one line without names and numbers of persons")
	cmd.Flags().Bool("without-report", false, "close it although nobody was told")
	return cmd
}

func newIncidentRecordCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "record ID",
		Short: "Put steps into the audit log that it could not take when they were made",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := openIncidentRun(cmd)
			if err != nil {
				return err
			}
			_, err = r.change(args[0], nil)
			return err
		},
	}
}

func newIncidentListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the incidents with their clocks, the oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, format, err := openIncidentList(cmd)
			if err != nil {
				return err
			}
			list, err := incident.List(disk.Files{}, r.cfg.Data)
			err = errors.Join(err, r.lost())
			if open, _ := cmd.Flags().GetBool("open"); open {
				list = openOnes(list)
			}
			return r.cannot(errors.Join(r.printList(list, format, time.Now()), err))
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	cmd.Flags().Bool("open", false, "only those that are not closed")
	return cmd
}

// lost names the incidents that were opened in the audit log, and neither
// closed there nor in a file here: nobody watches their clocks.
func (r incidentRun) lost() error {
	opened := map[string]uint64{}
	err := r.acts("incident", "", func(a index.Act) {
		switch a.Act {
		case incident.ActOpen:
			opened[a.Object] = a.Seq
		case incident.ActClose:
			delete(opened, a.Object)
		}
	})
	errs := []error{err}
	for _, id := range slices.Sorted(maps.Keys(opened)) {
		if _, err := incident.Load(disk.Files{}, r.cfg.Data, id); errors.Is(err, incident.ErrNone) {
			errs = append(errs, fmt.Errorf(r.in.say("incident %s stands in the audit log (entry %d), but its file is gone and its clocks are not watched: put it back from a backup",
				"事件 %s 已记入审计日志（条目 %d），但其文件不存在，时限无人跟踪：请从备份恢复"), id, opened[id]))
		}
	}
	return errors.Join(errs...)
}

func openOnes(list []*incident.Incident) (out []*incident.Incident) {
	for _, i := range list {
		if i.Closed() == nil {
			out = append(out, i)
		}
	}
	return out
}
