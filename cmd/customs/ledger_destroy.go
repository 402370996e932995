package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newLedgerDestroyCmd() *cobra.Command {
	var s ledgerScope
	cmd := &cobra.Command{
		Use:   "destroy --year Y [--exporter USCC] | --filing ID",
		Short: "Remove the key of persons whose year or filing is over; the totals stay",
		Long: `A person is counted under a keyed hash. destroy removes the key of a year or of a
filing for good: nobody can then tell any more who was counted, and how many were
counted stays known. Nothing can be counted there again: a filing that is still
used refuses every transfer from then on. What is refused: this year, a filing
under which somebody was counted this year, and what holds reservations that are
open or in doubt.

--exporter may also be the name of a group, as customs ledger show prints it: an
exporter's persons are also counted in the year of its group and in its filings.`,
		Example: `  customs ledger destroy --year 2023 --reason "kept for three years" --by anna --yes
  customs ledger destroy --filing SC-2022-0001 --reason "filing ended in 2024" --by anna --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			in := words(chinese)
			if (s.Filing != "") == (s.Year != 0) {
				return exitError{Code: 2, Err: errors.New("name either --year or --filing")}
			}
			named := in.say(s.String(), scopeZH(s.String()))
			if yes, _ := cmd.Flags().GetBool("yes"); !yes {
				return exitError{Code: 2, Err: fmt.Errorf(in.say("this cannot be undone, not even from a backup of the ledger alone: add --yes to remove the key of %s",
					"此操作不可撤销，仅凭台账备份也无法恢复：如确认移除 %s 的密钥，请加 --yes"), named)}
			}
			o := order{Act: actDestroy, Destroy: &s}
			o.Reason, _ = cmd.Flags().GetString("reason")
			o.By, _ = cmd.Flags().GetString("by")
			a, err := giveOrder(cmd, o)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), in.say("destroyed the keys of %s: sets of persons %d, their totals stay; remove the keys from backups too\n", "已销毁 %s 的密钥：共 %d 组人员，合计数保留；备份中的密钥亦须移除\n"), named, a.Scopes)
			return tellEntries(cmd, a, in)
		},
	}
	f := cmd.Flags()
	f.IntVar(&s.Year, "year", 0, "calendar year that is over")
	f.StringVar(&s.Exporter, "exporter", "", "only of this unified social credit code or group (default: all)")
	f.StringVar(&s.Filing, "filing", "", "filing that is over")
	f.String("reason", "", "why; kept in the audit log")
	f.String("by", "", "who says so; kept in the audit log")
	f.Bool("yes", false, "do it")
	for _, name := range []string{"reason", "by"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
	return cmd
}
