package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/registry"
)

func newLedgerPresetCmd() *cobra.Command {
	var o ledger.Opening
	var kind string
	cmd := &cobra.Command{
		Use:   "preset --exporter USCC --persons N",
		Short: "Enter persons that were exported before the gateway came",
		Long: `preset adds an opening balance to an exporter's year: persons already exported
by other ways, known by their number only. They count beside every person that
the gateway sees. Without --basis they count towards every limit. Give it a
name with --id: a name is taken once, so that nobody is counted twice.`,
		Example: `  customs ledger preset --exporter 91310115MA1K3ABC99 --persons 42000 --id hr-2026
  customs ledger preset --exporter 91310115MA1K3ABC99 --persons 300 --kind sp --filing SC-2026-0001 --id crm-2026`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			now := time.Now()
			o.Kind, o.Year, o.ID = policy.CountKind(kind), cmp.Or(o.Year, yearOf(now)), cmp.Or(o.ID, newID())
			if err := openingFaults(o, now); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("ledger preset: %w", err)}
			}
			if err := checkOpeningFiling(cmd, o); err != nil {
				return err
			}
			given := order{Act: actPreset, Opening: &o}
			given.Reason, _ = cmd.Flags().GetString("reason")
			given.By, _ = cmd.Flags().GetString("by")
			a, err := giveOrder(cmd, given)
			if err != nil {
				return err
			}
			in := words(chinese)
			fmt.Fprintf(cmd.OutOrStdout(), in.say("entered %d persons (%s) for %s in %d; %d from before the gateway in all\n",
				"已登记 %d 人（%s），数据处理者 %s，%d 年；网关启用前合计 %d 人\n"), o.Persons, o.Kind, o.Entity, o.Year, a.Total)
			return tellEntries(cmd, a, in)
		},
	}
	presetFlags(cmd, &o, &kind)
	return cmd
}

func presetFlags(cmd *cobra.Command, o *ledger.Opening, kind *string) {
	f := cmd.Flags()
	f.StringVar(&o.Entity, "exporter", "", "unified social credit code")
	f.IntVar(&o.Year, "year", 0, "calendar year (default: this year)")
	f.StringVar(kind, "kind", "ns", "ns (other data), sp (sensitive data) or any")
	f.StringVar(&o.Basis, "basis", "", "legal basis they went out under: "+strings.Join(openingBases, ", ")+" (default: counts towards every limit)")
	f.StringVar(&o.Filing, "filing", "", "filing they went out under")
	f.Int64Var(&o.Persons, "persons", 0, "how many persons")
	f.StringVar(&o.ID, "id", "", "name of this balance; the same name is entered once")
	f.String("reason", "", "where the number comes from; kept in the audit log")
	f.String("by", "", "who says so; kept in the audit log")
	for _, name := range []string{"exporter", "persons"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
}

// openingBases are the legal bases that persons can have gone out under.
var openingBases = []string{string(policy.SA), string(policy.SC), string(policy.CERT), string(policy.GBASC), string(policy.FTZList),
	string(policy.ExSmall), string(policy.ExContract), string(policy.ExHR), string(policy.ExEmergency), string(policy.ExLegalDuty),
	string(policy.ExTransit)}

// maxPersons is more than anybody can have exported the data of.
const maxPersons = 10_000_000_000

// openingFaults names everything of a balance that cannot be meant.
func openingFaults(o ledger.Opening, now time.Time) error {
	var faults []error
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	fault(!check.USCCString(o.Entity), "--exporter fails the GB 32100 check: copy the 18 characters from the business licence")
	fault(o.Persons < 1, "--persons must be 1 or more")
	fault(o.Persons > maxPersons, "--persons is more than there are")
	fault(!slices.Contains([]policy.CountKind{policy.CountNS, policy.CountSP, policy.CountAny}, o.Kind), "--kind must be ns, sp or any")
	fault(o.Basis != "" && !slices.Contains(openingBases, o.Basis), "--basis must be one of "+strings.Join(openingBases, ", ")+", or absent")
	fault(o.Year < firstYear || o.Year > yearOf(now), fmt.Sprintf("--year %d: give a year from %d to %d", o.Year, firstYear, yearOf(now)))
	fault(!properName(balanceForm, o.ID) && !orderForm.MatchString(o.ID), "--id must be 1 to 64 letters, digits, dots, dashes or underscores, without long numbers")
	fault(o.Filing != "" && !properName(filingForm, o.Filing), "--filing is no id of the register")
	return errors.Join(faults...)
}

// checkOpeningFiling refuses a filing that is not registered, or not for the
// exporter: persons entered under it would count nowhere that is looked at.
func checkOpeningFiling(cmd *cobra.Command, o ledger.Opening) error {
	if o.Filing == "" {
		return nil
	}
	return withRegistry(cmd, false, func(r *registry.Registry) error {
		f, err := r.Show(cmd.Context(), o.Filing, 0)
		if err != nil {
			return filingFault(cmd, "text", fmt.Errorf("--filing: %w", err))
		}
		if f.Exporter.USCC != o.Entity && !slices.Contains(f.Exporter.GroupUSCCs, o.Entity) {
			return exitError{Code: 1, Err: fmt.Errorf("--filing: %s speaks for %s and not for %s", registry.Named(f.ID), f.Exporter.USCC, o.Entity)}
		}
		return nil
	})
}
