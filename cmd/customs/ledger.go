package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Show the persons counted this year, or enter those from before the gateway",
		Long: `The ledger counts the distinct persons of each year against the legal
thresholds. "show" says where an exporter stands; "preset" enters the persons
that were exported before the gateway came, without whom the count is too low.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newLedgerShowCmd(), newLedgerPresetCmd())
	return cmd
}

// standing is one exporter's or filing's count with the limits on it.
type standing struct {
	ledger.Total
	Limits []limitStanding `json:"limits,omitempty"`
}

type limitStanding struct {
	Limit   string  `json:"limit"`
	Count   int64   `json:"count"`
	Max     int64   `json:"max"`
	Percent float64 `json:"percent"`
}

func newLedgerShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the distinct persons of a year and where they stand",
		Long: `show replays the journal beside a running gateway, without its lock. Persons
whose flow is still open are counted. With --in-doubt it lists reservations of
flows that may or may not have left before the gateway stopped.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			if err := checkSelection(cmd); err != nil {
				return err
			}
			view, err := loadLedger(cfg.Data)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if doubt, _ := cmd.Flags().GetBool("in-doubt"); doubt {
				return showInDoubt(cmd.OutOrStdout(), view, format)
			}
			return showStandings(cmd, cfg, view, format)
		},
	}
	cmd.Flags().String("exporter", "", "only this unified social credit code")
	cmd.Flags().Int("year", 0, "calendar year in Asia/Shanghai (default: this year)")
	cmd.Flags().Bool("in-doubt", false, "list reservations that were committed in doubt")
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	return cmd
}

// checkSelection refuses a year or an exporter that cannot be counted: the
// answer would be "nobody", and that would be wrong.
func checkSelection(cmd *cobra.Command) error {
	exporter, _ := cmd.Flags().GetString("exporter")
	if exporter != "" && !check.USCCString(exporter) {
		return exitError{Code: 2, Err: errors.New("--exporter fails the GB 32100 check: copy the 18 characters from the business licence")}
	}
	year, _ := cmd.Flags().GetInt("year")
	if cmd.Flags().Changed("year") {
		return checkYear(year)
	}
	return nil
}

func checkYear(year int) error {
	if last := time.Now().In(policy.Shanghai).Year(); year < firstYear || year > last {
		return exitError{Code: 2, Err: fmt.Errorf("--year %d: give a year from %d to %d", year, firstYear, last)}
	}
	return nil
}

// firstYear is the first with a law that counts.
const firstYear = 2017

// loadLedger reads the ledger of an installation. A folder without a journal
// is a ledger that is gone, and not one that counts nobody.
func loadLedger(data string) (*ledger.View, error) {
	names, err := disk.Files{}.List(filepath.Join(data, ledger.Sub))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "journal-") }) {
		return nil, fmt.Errorf("no ledger in %s; name the installation with --data or --config, or restore it from a backup", data)
	}
	return ledger.Load(disk.Files{}, data)
}

func showStandings(cmd *cobra.Command, cfg *config.Config, view *ledger.View, format string) error {
	exporter, _ := cmd.Flags().GetString("exporter")
	year, _ := cmd.Flags().GetInt("year")
	now := time.Now().In(policy.Shanghai)
	if year == 0 {
		year = now.Year()
	}
	book, err := openBook(cfg)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	rules, err := book.At(now)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	var rows []standing
	for _, t := range view.Totals() {
		if (t.Year != 0 && t.Year != year) || (exporter != "" && t.Entity != exporter) {
			continue
		}
		s := standing{Total: t}
		if t.Filing == "" {
			for _, l := range rules.National {
				n := view.Count(t.Entity, t.Year, l)
				s.Limits = append(s.Limits, limitStanding{l.ID, n, l.Max, float64(n) * 100 / float64(max(l.Max, 1))})
			}
		}
		rows = append(rows, s)
	}
	return printStandings(cmd.OutOrStdout(), rows, format)
}

func printStandings(w io.Writer, rows []standing, format string) error {
	if format == "json" {
		for _, s := range rows {
			if err := writeJSON(w, s); err != nil {
				return err
			}
		}
		return nil
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, "nobody counted")
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "WHO\tYEAR\tNON-SENSITIVE\tSENSITIVE\tEITHER\tBEFORE THE GATEWAY")
	limits := 0
	for _, s := range rows {
		who, year := s.who()
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\n", who, year, s.NS, s.SP, s.Any, s.Opening)
		limits += len(s.Limits)
	}
	if err := tw.Flush(); err != nil || limits == 0 {
		return err
	}
	// A table of its own: its columns mean something else.
	fmt.Fprintln(tw, "\nWHO\tYEAR\tLIMIT\tCOUNTED\tMOST\tUSED")
	for _, s := range rows {
		who, year := s.who()
		for _, l := range s.Limits {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%.1f%%\n", who, year, l.Limit, l.Count, l.Max, l.Percent)
		}
	}
	return tw.Flush()
}

func (s standing) who() (who, year string) {
	who, year = s.Entity, "validity"
	if s.Filing != "" {
		who = "filing " + s.Filing
	}
	if s.Year != 0 {
		year = strconv.Itoa(s.Year)
	}
	return who, year
}

func showInDoubt(w io.Writer, view *ledger.View, format string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	n := 0
	for _, p := range view.Pending() {
		if !p.InDoubt {
			continue
		}
		if format == "json" {
			if err := writeJSON(w, p); err != nil {
				return err
			}
			continue
		}
		if n++; n == 1 {
			fmt.Fprintln(tw, "RESERVATION\tRECORD\tTIME ("+zone+")\tEXPORTER\tFILING\tBASIS\tPERSONS")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", p.ID, p.Flow, p.At.In(policy.Shanghai).Format(time.DateTime), p.Exporter,
			dash(p.Filing), dash(p.Basis), p.Persons)
	}
	if format == "text" && n == 0 {
		fmt.Fprintln(w, "no reservation is in doubt")
	}
	return tw.Flush()
}
