package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Show the persons counted this year against the thresholds",
		Args:  cobra.NoArgs,
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
			view, err := ledger.Load(disk.Files{}, cfg.Data)
			if errors.Is(err, fs.ErrNotExist) {
				err = fmt.Errorf("no ledger in %s; name the installation with --data or --config", cfg.Data)
			}
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

func showStandings(cmd *cobra.Command, cfg *config.Config, view *ledger.View, format string) error {
	exporter, _ := cmd.Flags().GetString("exporter")
	year, _ := cmd.Flags().GetInt("year")
	now := time.Now().In(policy.Shanghai)
	if year == 0 {
		year = now.Year()
	}
	book, err := law.Open(cfg.Law.Packs, cfg.Law.SPI)
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
	fmt.Fprintln(tw, "WHO\tYEAR\tNON-SENSITIVE\tSENSITIVE\tEITHER\tOF THEM BEFORE THE GATEWAY")
	for _, s := range rows {
		who, year := s.Entity, "validity"
		if s.Filing != "" {
			who = "filing " + s.Filing
		}
		if s.Year != 0 {
			year = strconv.Itoa(s.Year)
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\n", who, year, s.NS, s.SP, s.Any, s.Opening)
		for _, l := range s.Limits {
			fmt.Fprintf(tw, "  %s\t\t%d of %d\t%.1f%%\n", l.Limit, l.Count, l.Max, l.Percent)
		}
	}
	return tw.Flush()
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
			fmt.Fprintln(tw, "RESERVATION\tRECORD\tTIME\tEXPORTER\tFILING\tBASIS\tPERSONS")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", p.ID, p.Flow, p.At.In(policy.Shanghai).Format(time.DateTime), p.Exporter,
			dash(p.Filing), dash(p.Basis), p.Persons)
	}
	if format == "text" && n == 0 {
		fmt.Fprintln(w, "no reservation is in doubt")
	}
	return tw.Flush()
}

func newLedgerPresetCmd() *cobra.Command {
	var o ledger.Opening
	var kind string
	cmd := &cobra.Command{
		Use:   "preset",
		Short: "Enter persons that were exported before the gateway came",
		Long: `preset adds an opening balance to an exporter's year: persons already exported
by other ways, known by their number only. They count beside every person that
the gateway sees. The gateway must not be running.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			o.Kind = policy.CountKind(kind)
			if o.Year == 0 {
				o.Year = time.Now().In(policy.Shanghai).Year()
			}
			keys, err := openKeys(dir)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			l, err := ledger.Open(ledger.Options{Dir: dir, Key: keys.key("ledger"), Files: disk.Files{}, Now: time.Now})
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if err := errors.Join(l.Preset(cmd.Context(), o), l.Close()); err != nil {
				return exitError{Code: 2, Err: err}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "entered %d persons (%s) for %s in %d\n", o.Persons, o.Kind, o.Entity, o.Year)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Entity, "exporter", "", "unified social credit code")
	f.IntVar(&o.Year, "year", 0, "calendar year (default: this year)")
	f.StringVar(&kind, "kind", "ns", "ns, sp or any")
	f.StringVar(&o.Basis, "basis", "", "legal basis they went out under, as SC (default: counts towards every limit)")
	f.StringVar(&o.Filing, "filing", "", "filing they went out under")
	f.Int64Var(&o.Persons, "persons", 0, "how many")
	f.StringVar(&o.ID, "id", "", "name of this balance; the same name is entered once")
	return cmd
}
