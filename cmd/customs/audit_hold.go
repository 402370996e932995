package main

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/index"
)

func newAuditHoldCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hold",
		Short: "Keep records from being deleted, for a case",
		Long: `A hold keeps the records of a time, of one exporter or of all, from being deleted
by retention, until it is released. Both stand in the audit log, with who said
so and why, and a hold is nothing but what the log says.`,
	}
	cmd.PersistentFlags().String("lang", "", "language of the answer: en or zh (default: the environment's)")
	cmd.AddCommand(newHoldAddCmd(), newHoldListCmd(), newHoldReleaseCmd())
	return cmd
}

func needFlags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined
		}
	}
}

func newHoldAddCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "add --from TIME --to TIME --by NAME --reason TEXT",
		Short:   "Hold the records of a time",
		Example: `  customs audit hold add --from 2026-01-01 --to 2026-03-31 --case 2026-17 --by anna --reason "inquiry of the authority"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			in := words(chinese)
			h, err := wantedHold(cmd)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit hold add: %w", err)}
			}
			seq, err := recordAct(cmd, policy.Admin{Act: actHoldAdd, Actor: h.By, Object: h.object(), Note: h.Reason})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), in.say("hold %s: nothing from %s until %s is deleted; entry %d of the audit log\n",
				"已设保全 %s：%s 至 %s 的记录不会被删除；审计日志条目 %d\n"), h.ID, clock(h.From), clock(h.To), seq)
			return nil
		},
	}
	f := cmd.Flags()
	f.String("from", "", "first time that is held: RFC 3339, or a date in "+zone)
	f.String("to", "", "until this time; a date includes its day")
	f.String("exporter", "", "only the records of this exporter (USCC), and those of nobody known")
	f.String("case", "", "number of the case")
	f.String("by", "", "who says so; kept in the audit log")
	f.String("reason", "", "why; kept in the audit log")
	needFlags(cmd, "from", "to", "by", "reason")
	return cmd
}

// wantedHold reads the flags and names everything that is wrong with them.
func wantedHold(cmd *cobra.Command) (h hold, err error) {
	text := func(name string) string { s, _ := cmd.Flags().GetString(name); return s }
	h = hold{ID: newID(), Exporter: text("exporter"), Case: text("case"), By: text("by"), Reason: text("reason")}
	var faults []error
	for name, into := range map[string]*time.Time{"from": &h.From, "to": &h.To} {
		var err error
		if *into, err = index.ParseTime(text(name), name == "to"); err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w", name, err))
		}
		*into = into.Truncate(time.Second)
	}
	slices.SortFunc(faults, func(a, b error) int { return len(a.Error()) - len(b.Error()) })
	if len(faults) == 0 && !h.From.Before(h.To) {
		faults = append(faults, errors.New("--from must be before --to"))
	}
	if h.Exporter != "" && !check.USCCString(h.Exporter) {
		faults = append(faults, errors.New("--exporter fails the GB 32100 check: copy the 18 characters from the business licence"))
	}
	if h.Case != "" && !properName(caseForm, h.Case) {
		faults = append(faults, errors.New("--case must be 1 to 64 letters, digits, dots, dashes or underscores, without long numbers"))
	}
	return h, errors.Join(faults...)
}

func newHoldReleaseCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "release ID --by NAME --reason TEXT",
		Short: "End a hold",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			if !orderForm.MatchString(args[0]) {
				return exitError{Code: 2, Err: errors.New("audit hold release: ID must be that of a hold; see customs audit hold list")}
			}
			by, _ := cmd.Flags().GetString("by")
			reason, _ := cmd.Flags().GetString("reason")
			seq, err := recordAct(cmd, policy.Admin{Act: actHoldRelease, Actor: by, Object: "hold " + args[0], Note: reason})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), words(chinese).say("hold %s is released; entry %d of the audit log\n", "保全 %s 已解除；审计日志条目 %d\n"), args[0], seq)
			return nil
		},
	}
	cmd.Flags().String("by", "", "who says so; kept in the audit log")
	cmd.Flags().String("reason", "", "why; kept in the audit log")
	needFlags(cmd, "by", "reason")
	return cmd
}

func newHoldListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the holds",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			s, err := auditSource(cmd)
			if err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			r := lookIndex(s)
			defer r.Close()
			holds, err := readHolds(cmd.Context(), r)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit hold list: %w", readFault(s, err))}
			}
			if all, _ := cmd.Flags().GetBool("all"); !all {
				holds = slices.DeleteFunc(holds, func(h hold) bool { return !h.open() })
			}
			return printHolds(cmd, holds, format, words(chinese))
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	cmd.Flags().Bool("all", false, "also holds that were released")
	return cmd
}

func printHolds(cmd *cobra.Command, holds []hold, format string, in words) (err error) {
	w := cmd.OutOrStdout()
	if format == "json" {
		for _, h := range holds {
			err = errors.Join(err, writeJSON(w, h))
		}
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, in.say("HOLD\tFROM ("+zone+")\tTO\tEXPORTER\tCASE\tBY\tENTRY\tRELEASED\tREASON", "保全\t起（"+zone+"）\t止\t数据处理者\t案号\t操作人\t条目\t解除\t理由"))
	for _, h := range holds {
		released := "-"
		if !h.open() {
			released = fmt.Sprintf("%s %s", clock(h.ReleasedAt), h.ReleasedBy)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", h.ID, clock(h.From), clock(h.To), dash(h.Exporter), dash(h.Case), h.By, h.Entry, released, plain(h.Reason))
	}
	return tw.Flush()
}
