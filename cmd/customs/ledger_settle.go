package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newLedgerSettleCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "settle [RESERVATION] --sent|--not-sent --reason TEXT --by NAME",
		Short: "Say of a flow in doubt whether it left",
		Long: `A gateway that stops while a flow is about to leave cannot know whether it did:
its persons stay counted, in doubt. settle ends that. --sent counts them for
good; --not-sent takes them out, and is right only where it is certain that
nothing of the flow arrived: ask the recipient, or look into its log. What was
said, by whom and why stands in the audit log and cannot be taken back.

--all-of settles all reservations in doubt of one record. The reason stands in
the log for good: it must not hold data of a person.`,
		Example: `  customs ledger show --in-doubt
  customs ledger settle 0123456789abcdef0123456789abcdef --sent --reason "receipt 17 of the recipient" --by anna
  customs ledger settle --all-of 01k9x2m4n6p8q0r2s4t6v8w0y2 --not-sent --reason "the link was down" --by anna`,
		Args: func(cmd *cobra.Command, args []string) error {
			if all, _ := cmd.Flags().GetString("all-of"); all != "" {
				return cobra.NoArgs(cmd, args)
			}
			return oneArg("RESERVATION")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			o, err := settleOrder(cmd, args)
			if err != nil {
				return err
			}
			a, err := giveOrder(cmd, o)
			if err != nil {
				return err
			}
			in := words(chinese)
			how := in.say("not sent: its persons are no longer counted", "未发出：不再计入人数")
			if o.Sent {
				how = in.say("sent: its persons are counted for good", "已发出：人数已最终计入")
			}
			for _, id := range o.Settle {
				fmt.Fprintf(cmd.OutOrStdout(), in.say("settled %s as %s\n", "已了结 %s，%s\n"), id, how)
			}
			return tellEntries(cmd, a, in)
		},
	}
	f := cmd.Flags()
	f.Bool("sent", false, "it left: its persons are counted for good")
	f.Bool("not-sent", false, "nothing of it left: its persons are no longer counted")
	f.String("reason", "", "how this is known; kept in the audit log")
	f.String("by", "", "who says so; kept in the audit log")
	f.String("all-of", "", "settle all reservations in doubt of this record")
	for _, name := range []string{"reason", "by"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
	return cmd
}

func settleOrder(cmd *cobra.Command, args []string) (order, error) {
	o := order{Act: actSettle, Settle: args}
	not, _ := cmd.Flags().GetBool("not-sent")
	if o.Sent, _ = cmd.Flags().GetBool("sent"); o.Sent == not {
		return o, exitError{Code: 2, Err: errors.New("say either --sent or --not-sent")}
	}
	o.Reason, _ = cmd.Flags().GetString("reason")
	o.By, _ = cmd.Flags().GetString("by")
	all, _ := cmd.Flags().GetString("all-of")
	if all == "" {
		return o, nil
	}
	if !reservationForm.MatchString(all) {
		return o, exitError{Code: 2, Err: errors.New("--all-of must be the id of a record; see customs ledger show --in-doubt")}
	}
	dir, err := dataDir(cmd)
	if err != nil {
		return o, err
	}
	view, err := loadLedger(dir)
	if err != nil {
		return o, exitError{Code: 2, Err: err}
	}
	for _, p := range view.Pending() {
		if p.InDoubt && p.Flow == all {
			o.Settle = append(o.Settle, p.ID)
		}
	}
	if len(o.Settle) == 0 {
		return o, exitError{Code: 1, Err: fmt.Errorf("record %s has no reservation in doubt; see %s", all, again(cmd, "customs ledger show --in-doubt"))}
	}
	return o, nil
}

// tellEntries says where the act stands in the log.
func tellEntries(cmd *cobra.Command, a orderAnswer, in words) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), in.say("recorded in the audit log as entry %s; see %s\n", "已记入审计日志，条目 %s；查看：%s\n"),
		a.entriesText(), again(cmd, fmt.Sprintf("customs audit show %d", a.Entries[0])))
	return err
}
