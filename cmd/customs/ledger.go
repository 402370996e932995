package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Show the persons counted this year, settle those in doubt, enter those from before",
		Long: `The ledger counts the distinct persons of each year against the legal
thresholds. "show" says where an exporter or a group stands, "settle" says of a
flow in doubt whether it left, "preset" enters the persons that were exported
before the gateway came, "rebuild" counts everything again from the journal, and
"destroy" removes the key of persons whose year or filing is over.

settle, preset and destroy work beside a running gateway, which does them within
a second, and without one. Each of them stands in the audit log.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newLedgerShowCmd(), newLedgerSettleCmd(), newLedgerPresetCmd(), newLedgerExportCmd(), newLedgerRebuildCmd(), newLedgerDestroyCmd())
	return cmd
}

// checkSelection refuses a year or an exporter that cannot be counted: the
// answer would be "nobody", and that would be wrong.
func checkSelection(cmd *cobra.Command) error {
	exporter, _ := cmd.Flags().GetString("exporter")
	if exporter != "" && !check.USCCString(exporter) && !groupForm.MatchString(exporter) {
		return exitError{Code: 2, Err: errors.New("--exporter fails the GB 32100 check: copy the 18 characters from the business licence")}
	}
	year, _ := cmd.Flags().GetInt("year")
	if cmd.Flags().Changed("year") {
		return checkYear(year)
	}
	return nil
}

func checkYear(year int) error {
	if last := yearOf(time.Now()); year < firstYear || year > last {
		return exitError{Code: 2, Err: fmt.Errorf("--year %d: give a year from %d to %d", year, firstYear, last)}
	}
	return nil
}

// firstYear is the first with a law that counts.
const firstYear = 2017

// loadLedger reads the ledger of an installation.
func loadLedger(data string) (*ledger.View, error) {
	if err := ledgerThere(data); err != nil {
		return nil, err
	}
	return ledger.Load(disk.Files{}, data)
}

// ledgerThere refuses a folder without a journal: it is a ledger that is gone,
// and not one that counts nobody.
func ledgerThere(data string) error {
	names, err := disk.Files{}.List(filepath.Join(data, ledger.Sub))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ledger: %w", err)
	}
	if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "journal-") }) {
		return fmt.Errorf("no ledger in %s; name the installation with --data or --config, or restore it from a backup", data)
	}
	return nil
}

// ledgerLang reads --lang.
func ledgerLang(cmd *cobra.Command) (chinese bool, err error) {
	lang, _ := cmd.Flags().GetString("lang")
	return wantChinese(lang), wantLang(lang)
}

// words chooses between two texts.
type words bool

func (chinese words) say(en, zh string) string {
	if chinese {
		return zh
	}
	return en
}

// nowShanghai is where the year is counted.
func nowShanghai() time.Time { return time.Now().In(policy.Shanghai) }
