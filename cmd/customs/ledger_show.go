package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the distinct persons of a year and where they stand",
		Long: `show reads the ledger beside a running gateway, without its lock. Persons whose
flow is still open are counted. Exporters that file together are counted as a
group besides: limits are then those of the group. With --in-doubt it lists
reservations of flows that may or may not have left before the gateway stopped;
customs ledger settle ends them.

MOST is the largest count that a limit bears: the legal number less one for a
limit called national, the filed volume for one of a filing. Limits called scale
count for what a catalogue calls important, in the scenarios that it names
(customs pack show).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showLedger(cmd) },
	}
	cmd.Flags().String("exporter", "", "only this unified social credit code, with its group and without filings")
	cmd.Flags().Int("year", 0, "calendar year in Asia/Shanghai (default: this year)")
	cmd.Flags().Bool("in-doubt", false, "list reservations that were committed in doubt")
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	return cmd
}

// showLedger reads the ledger as it stands on the disk.
func showLedger(cmd *cobra.Command) error {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return err
	}
	format, err := wantFormat(cmd)
	if err != nil {
		return err
	}
	chinese, err := ledgerLang(cmd)
	if err == nil {
		err = checkSelection(cmd)
	}
	if err != nil {
		return err
	}
	view, err := loadLedger(cfg.Data)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	if n := view.Behind(); n > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), words(chinese).say("note: %d MiB of the journal are not folded, and each start reads them: see the gateway's log; it needs room on the disk for a second base\n",
			"提示：日志有 %d MiB 尚未折叠，每次启动都要重新读取：请查看网关日志；磁盘须留有再写一份基线的空间\n"), n>>20)
	}
	if doubt, _ := cmd.Flags().GetBool("in-doubt"); doubt {
		return showInDoubt(cmd, view, format, words(chinese))
	}
	exporter, _ := cmd.Flags().GetString("exporter")
	year, _ := cmd.Flags().GetInt("year")
	w, err := openWorld(cmd.Context(), cfg)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	rows, err := w.standings(view, exporter, cmp.Or(year, nowShanghai().Year()))
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	return printStandings(cmd.OutOrStdout(), rows, format, words(chinese))
}

// standing is one exporter's, group's or filing's count with the limits on it.
type standing struct {
	ledger.Total
	// Group is the name that the exporter's group is counted under.
	Group string `json:"group,omitempty"`
	// Sum says that the group was not counted yet as one: it stands at the sum
	// of its members, which may hold a person twice.
	Sum bool `json:"sum_of_members,omitempty"`
	// Past says of a group that exporters form another one now.
	Past bool `json:"other_members_now,omitempty"`
	// Doubt is how many persons are in doubt; some may be counted all the same.
	Doubt  int64           `json:"in_doubt,omitempty"`
	Limits []limitStanding `json:"limits,omitempty"`
}

type limitStanding struct {
	Limit   string  `json:"limit"`
	Count   int64   `json:"count"`
	Max     int64   `json:"max"`
	Left    int64   `json:"left"` // until the limit is reached; below zero beyond it
	Percent float64 `json:"percent"`
}

func (s *standing) limit(l policy.Limit, n int64) {
	s.Limits = append(s.Limits, limitStanding{l.ID, n, l.Max, l.Max - n, float64(n) * 100 / float64(max(l.Max, 1))})
}

// standings lists the exporters, groups and filings of a year.
func (w *world) standings(view *ledger.View, exporter string, year int) ([]standing, error) {
	rules, err := w.rulesOf(year)
	if err != nil {
		return nil, err
	}
	pending := view.Pending()
	var rows []standing
	counted := map[string]bool{}
	for _, t := range view.Totals() {
		counted[t.Entity] = counted[t.Entity] || t.Filing == "" && t.Year == year
		if (t.Year != 0 && t.Year != year) || !w.concerns(t, exporter) {
			continue
		}
		s := standing{Total: t, Group: w.groupOf[t.Entity]}
		s.Past = len(t.Members) > 0 && w.members[t.Entity] == nil
		for _, p := range pending {
			if p.InDoubt && claimsIn(p, t) {
				s.Doubt += int64(p.Persons)
			}
		}
		w.limits(&s, view, rules, year)
		rows = append(rows, s)
	}
	return append(rows, w.uncounted(view, rules, counted, exporter, year)...), nil
}

// limits fills in where a count stands. Limits of an exporter that counts in a
// group are the group's, this year; of the years before nobody kept the groups.
func (w *world) limits(s *standing, view *ledger.View, rules *policy.Rules, year int) {
	if s.Filing != "" {
		for _, l := range w.filings[s.Filing] {
			if l.Validity == (s.Year == 0) {
				s.limit(l, countOf(view, s.Total, l))
			}
		}
		return
	}
	if rules == nil || s.Group != "" && year == nowShanghai().Year() {
		return
	}
	for _, l := range rules.Limits(w.facts[s.Entity]) {
		s.limit(l, view.Count(s.Entity, s.Year, l))
	}
}

// countOf is how many persons of a filing a limit counts.
func countOf(view *ledger.View, t ledger.Total, l policy.Limit) int64 {
	switch {
	case len(l.Bases) > 0:
		return view.Count(t.Entity, t.Year, l)
	case l.Kind == policy.CountNS:
		return t.NS
	case l.Kind == policy.CountSP:
		return t.SP
	}
	return t.Any
}

// uncounted lists the groups that have no count of their own in this year yet:
// until then they stand at the sum of their members.
func (w *world) uncounted(view *ledger.View, rules *policy.Rules, counted map[string]bool, exporter string, year int) []standing {
	if year != nowShanghai().Year() {
		return nil
	}
	var rows []standing
	for id, members := range w.members {
		if counted[id] || exporter != "" && exporter != id && w.groupOf[exporter] != id || !slices.ContainsFunc(members, func(u string) bool { return counted[u] }) {
			continue
		}
		s := standing{Total: ledger.Total{Entity: id, Members: members, Year: year, Bases: []ledger.BasisTotal{}}, Sum: true}
		for _, t := range view.Totals() {
			if t.Filing == "" && t.Year == year && slices.Contains(members, t.Entity) {
				s.NS, s.SP, s.Any, s.Opening = s.NS+t.NS, s.SP+t.SP, s.Any+t.Any, s.Opening+t.Opening
			}
		}
		for _, l := range rules.Limits(policy.Exporter{}) {
			n := int64(0)
			for _, u := range members {
				n += view.Count(u, year, l)
			}
			s.limit(l, n)
		}
		rows = append(rows, s)
	}
	slices.SortFunc(rows, func(a, b standing) int { return cmp.Compare(a.Entity, b.Entity) })
	return rows
}

// rulesOf returns the rules of a year's last day, or of today. A past year that
// no pack knows has no limits.
func (w *world) rulesOf(year int) (*policy.Rules, error) {
	if now := nowShanghai(); year == now.Year() {
		return w.book.At(now)
	}
	rules, err := w.book.At(time.Date(year, 12, 31, 12, 0, 0, 0, policy.Shanghai))
	if err != nil {
		return nil, nil
	}
	return rules, nil
}
