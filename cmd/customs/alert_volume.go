package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/proxy/meter"
)

// volumeMarks are the parts of a limit at which somebody is told, the highest
// first, in percent.
var volumeMarks = [...]int64{100, 90, 80}

// volume is how far one count has come to one limit.
type volume struct {
	object   string   // who is counted: a code, a group or a filing
	exporter string   // of a filing
	members  []string // of a group
	limit    policy.Limit
	count    int64
	full     int64 // at which 100 % are reached
	period   string
}

// reached returns the highest mark, or 0. A volume of nobody is full with the
// first person.
func (v *volume) reached() int64 {
	for _, m := range volumeMarks {
		if v.count > 0 && v.count*100 >= v.full*m {
			return m
		}
	}
	return 0
}

func (v *volume) percent() float64 { return float64(v.count) * 100 / float64(max(v.full, 1)) }

func (v *volume) alert(mark int64) alert.Alert {
	f := alert.Facts{Exporter: v.exporter, Filing: v.limit.Filing, Limit: v.limit.ID, Count: v.count, Max: v.full, Percent: int(mark)}
	if v.limit.Filing == "" {
		f.Exporter = v.object
	}
	return alert.VolumeOf(v.object, f, v.period, v.limit.Filing != "").Counting(v.members).Sealed()
}

// raiseVolume tells of the highest mark that is reached. The marks below it
// need no alert of their own then: whoever crosses two at once is told once,
// of the higher.
func (h *house) raiseVolume(ctx context.Context, v *volume) error {
	top := v.reached()
	if top == 0 {
		return nil
	}
	a := v.alert(top)
	if h.outbox.Known(a.ID) {
		return nil
	}
	var below []string
	for _, m := range volumeMarks {
		if m < top {
			below = append(below, v.alert(m).ID)
		}
	}
	return h.raise(ctx, a, below...)
}

// lastYear returns a time of the year before, in January: what was counted in the
// last second of a year, or before a stop that lasted over its end, is told of
// still. The ledger seals a year after that.
func lastYear(now time.Time) (time.Time, bool) {
	at := now.In(policy.Shanghai)
	return time.Date(at.Year()-1, time.December, 31, 12, 0, 0, 0, policy.Shanghai), at.Month() == time.January
}

// volumes returns how far every count has come: of each exporter and group to
// the national limits this year, of each filing to its volumes.
func (h *house) volumes(ctx context.Context, now time.Time) ([]volume, error) {
	rules, err := h.law.At(now)
	if err != nil {
		return nil, err
	}
	year := strconv.Itoa(now.In(policy.Shanghai).Year())
	var out []volume
	counts, err := h.countings(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		c.Limits = rules.National
		brackets, err := h.ledger.Peek(ctx, c)
		if err != nil {
			return nil, err
		}
		for i, b := range brackets {
			l := rules.National[i]
			// A national limit is the number from which on more is needed.
			out = append(out, volume{object: c.Counting(), members: c.Members, limit: l, count: b.Before, full: l.Max + 1, period: year})
		}
	}
	filings, err := h.registry.List(ctx)
	if err != nil {
		return nil, err
	}
	for i := range filings {
		more, err := h.filingVolumes(ctx, &filings[i], now, year)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// countings are those that the national limits count: each exporter of
// configuration and register that counts alone, each group, and whoever else
// the ledger has this year.
func (h *house) countings(ctx context.Context, now time.Time) ([]policy.Count, error) {
	docs, err := h.registry.Exporters(ctx)
	if err != nil {
		return nil, err
	}
	own := configured(h.inForce.Load())
	groups := groupsOf(own, docs)
	all := map[string]policy.Count{}
	add := func(uscc string) {
		c := policy.Count{Entity: uscc, Members: groups[uscc], At: now}
		all[c.Counting()] = c
	}
	for _, e := range own {
		add(e.Exporter.USCC)
	}
	for _, d := range docs {
		add(d.USCC)
	}
	totals, _ := h.ledger.Show()
	for _, t := range totals {
		if t.Filing == "" && t.Year == now.In(policy.Shanghai).Year() && !strings.HasPrefix(t.Entity, "group-") {
			add(t.Entity)
		}
	}
	out := make([]policy.Count, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[k])
	}
	return out, nil
}

// filingVolumes returns how far a filing in force has come.
func (h *house) filingVolumes(ctx context.Context, f *policy.Filing, now time.Time, year string) ([]volume, error) {
	limits := filingLimits(f)
	if f.Status != statusEffective || len(limits) == 0 {
		return nil, nil
	}
	brackets, err := h.ledger.Peek(ctx, policy.Count{Entity: f.Exporter.USCC, Filing: f.ID, At: now, Limits: limits})
	if err != nil {
		return nil, err
	}
	out := make([]volume, 0, len(limits))
	for i, b := range brackets {
		v := volume{object: f.ID, exporter: f.Exporter.USCC, limit: limits[i], count: b.Before, full: limits[i].Max, period: year}
		if limits[i].Validity {
			v.period = alert.ByValidity
		}
		out = append(out, v)
	}
	return out, nil
}

// filingLimits are the volumes that a filing states, under the names that the
// register gives them. One of nobody is left out: it is nothing to use up.
func filingLimits(f *policy.Filing) []policy.Limit {
	var out []policy.Limit
	add := func(name string, kind policy.CountKind, n int64, validity bool) {
		if n > 0 {
			out = append(out, policy.Limit{ID: f.ID + "." + name, Kind: kind, Max: n, Filing: f.ID, Validity: validity})
		}
	}
	add("ns", policy.CountNS, f.Volume.NSPerYear, false)
	add("sp", policy.CountSP, f.Volume.SPPerYear, false)
	add("total", policy.CountAny, f.Volume.TotalOverValidity, true)
	return out
}

// showVolumes gives the metrics how far the counts have come.
func (h *house) showVolumes(list []volume) {
	uses := make([]meter.Use, 0, len(list))
	for i := range list {
		v := &list[i]
		u := meter.Use{Limit: v.limit.ID, Exporter: v.object, Percent: v.percent()}
		if v.limit.Filing != "" {
			u = meter.Use{Limit: strings.TrimPrefix(v.limit.ID, v.limit.Filing+"."), Filing: v.limit.Filing, Percent: v.percent()}
		}
		uses = append(uses, u)
	}
	h.meter.Volumes(uses)
}

// raiseDoubt tells of reservations that somebody has to settle: one alert for
// all that are new, since a stop leaves many at once.
func (h *house) raiseDoubt(ctx context.Context) error {
	_, pending := h.ledger.Show()
	var fresh []ledger.Pending
	for _, p := range pending {
		if p.InDoubt && !h.outbox.Known(doubtID(p)) && len(fresh) < maxDoubts {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var records, covers []string
	var persons int64
	for _, p := range fresh {
		covers = append(covers, doubtID(p))
		persons += int64(p.Persons)
		if len(records) < maxShown && !slices.Contains(records, p.Flow) {
			records = append(records, p.Flow)
		}
	}
	return h.raise(ctx, alert.DoubtOf(fresh[0].ID, records, len(fresh), persons), covers[1:]...)
}

const (
	maxDoubts = 1000 // told by one alert
	maxShown  = 20   // named in it
)

func doubtID(p ledger.Pending) string { return alert.Name(alert.InDoubt, p.ID, "", "") }

// yearMonth is the period of what may be told once a month.
func yearMonth(now time.Time) string {
	y, m, _ := now.In(policy.Shanghai).Date()
	return fmt.Sprintf("%d-%02d", y, m)
}
