package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
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
name with --id: a name is taken once, so that nobody is counted twice. The
gateway must not be running.`,
		Example: `  customs ledger preset --exporter 91310115MA1K3ABC99 --persons 42000 --id hr-2026
  customs ledger preset --exporter 91310115MA1K3ABC99 --persons 300 --kind sp --filing SC-2026-0001 --id crm-2026`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			o.Kind = policy.CountKind(kind)
			o.Year = cmp.Or(o.Year, time.Now().In(policy.Shanghai).Year())
			if err := checkOpening(o); err != nil {
				return err
			}
			if _, err := os.Stat(filepath.Join(dir, "keys", "root.key")); errors.Is(err, fs.ErrNotExist) {
				return exitError{Code: 2, Err: fmt.Errorf("no installation in %s: name it with --data or --config, or start it once with %s", dir, again(cmd, "customs serve"))}
			}
			if err := checkOpeningFiling(cmd, o); err != nil {
				return err
			}
			return preset(cmd, dir, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Entity, "exporter", "", "unified social credit code")
	f.IntVar(&o.Year, "year", 0, "calendar year (default: this year)")
	f.StringVar(&kind, "kind", "ns", "ns (other data), sp (sensitive data) or any")
	f.StringVar(&o.Basis, "basis", "", "legal basis they went out under: "+strings.Join(openingBases, ", ")+" (default: counts towards every limit)")
	f.StringVar(&o.Filing, "filing", "", "filing they went out under")
	f.Int64Var(&o.Persons, "persons", 0, "how many persons")
	f.StringVar(&o.ID, "id", "", "name of this balance; the same name is entered once")
	for _, name := range []string{"exporter", "persons"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
	return cmd
}

// openingBases are the legal bases that persons can have gone out under.
var openingBases = []string{string(policy.SA), string(policy.SC), string(policy.CERT), string(policy.GBASC), string(policy.FTZList),
	string(policy.ExSmall), string(policy.ExContract), string(policy.ExHR), string(policy.ExEmergency), string(policy.ExLegalDuty),
	string(policy.ExTransit)}

// checkOpening names every flag that cannot be meant.
func checkOpening(o ledger.Opening) error {
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New(text)) }
	if !check.USCCString(o.Entity) {
		fault("--exporter fails the GB 32100 check: copy the 18 characters from the business licence")
	}
	if o.Persons < 1 {
		fault("--persons must be 1 or more")
	}
	if !slices.Contains([]policy.CountKind{policy.CountNS, policy.CountSP, policy.CountAny}, o.Kind) {
		fault("--kind must be ns, sp or any")
	}
	if o.Basis != "" && !slices.Contains(openingBases, o.Basis) {
		fault("--basis must be one of " + strings.Join(openingBases, ", ") + ", or absent")
	}
	if err := checkYear(o.Year); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return exitError{Code: 2, Err: fmt.Errorf("ledger preset: %w", errors.Join(faults...))}
	}
	return nil
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

// preset enters a balance and says what stands then. A balance of a known
// name is not entered again, which must not look like success.
func preset(cmd *cobra.Command, dir string, o ledger.Opening) error {
	keys, err := openKeys(dir)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	l, err := ledger.Open(ledger.Options{Dir: dir, Key: keys.key("ledger"), Files: disk.Files{}, Now: time.Now})
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	before := openingsOf(l, o)
	err = l.Preset(context.WithoutCancel(cmd.Context()), o)
	after := openingsOf(l, o)
	if err = errors.Join(err, l.Close()); err != nil {
		return exitError{Code: 2, Err: err}
	}
	if after == before {
		return exitError{Code: 1, Err: fmt.Errorf("a balance with the id %q was entered before and stays as it was; %s has %d persons from before the gateway in %d in all; to add others, use another --id",
			o.ID, o.Entity, before, o.Year)}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "entered %d persons (%s) for %s in %d; %d from before the gateway in all\n", o.Persons, o.Kind, o.Entity, o.Year, after)
	return err
}

// openingsOf returns how many persons stand in an exporter's year from before the
// gateway.
func openingsOf(l *ledger.Ledger, o ledger.Opening) int64 {
	totals, _ := l.Show()
	for _, t := range totals {
		if t.Entity == o.Entity && t.Filing == "" && t.Year == o.Year {
			return t.Opening
		}
	}
	return 0
}
