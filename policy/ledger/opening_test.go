package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestOpeningBalance(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	o := ledger.Opening{ID: "demo", Entity: policytest.Exporter, Year: 2026, Kind: policy.CountNS, Basis: "SC", Persons: 100_000}
	for range 2 {
		if err := l.Preset(bg, o); err != nil {
			t.Fatal(err)
		}
	}
	must(t, l, count("a", policytest.Persons(0, 2)))
	ns := policy.Limit{Kind: policy.CountNS, Bases: []string{"SC"}}
	if got := before(t, l, count("peek", nil, ns)); got != 100_002 {
		t.Errorf("counted %d, want 100002", got)
	}
	if got := before(t, l, count("peek", nil, policy.Limit{Kind: policy.CountSP})); got != 0 {
		t.Errorf("an opening of other data counts %d sensitive persons", got)
	}
	if err := l.Preset(bg, ledger.Opening{Entity: policytest.Exporter}); err == nil || !strings.Contains(err.Error(), "persons") {
		t.Errorf("Preset without a number = %v", err)
	}
	l.Close()
	v, err := ledger.Load(d, "data")
	if err != nil || v.Count(policytest.Exporter, 2026, ns) != 100_002 {
		t.Errorf("Load = %v; counts %d", err, v.Count(policytest.Exporter, 2026, ns))
	}
	if tot := v.Totals(); len(tot) != 1 || tot[0].Opening != 100_000 || tot[0].NS != 100_002 || len(v.Pending()) != 1 {
		t.Errorf("Totals = %+v", tot)
	}
}

// grouped is a count of an exporter in the group of policytest.Exporter and
// partner.
func grouped(entity, flow, filing string, persons []policy.Counted, limits ...policy.Limit) policy.Count {
	c := count(flow, persons, limits...)
	c.Entity, c.Filing, c.Members = entity, filing, slices.Sorted(slices.Values(members))
	return c
}

var (
	anyone = policy.Limit{Kind: policy.CountAny}
	inF1   = policy.Limit{Kind: policy.CountAny, Filing: "F1", Validity: true}
	inF2   = policy.Limit{Kind: policy.CountAny, Filing: "F2", Validity: true}
)

// counted peeks at limits one by one.
func counted(t *testing.T, l *ledger.Ledger, c policy.Count, limits ...policy.Limit) []int64 {
	t.Helper()
	c.Persons, c.Limits = nil, limits
	b, err := l.Peek(bg, c)
	if err != nil {
		t.Fatal(err)
	}
	var out []int64
	for _, bracket := range b {
		out = append(out, bracket.Before)
	}
	return out
}

func TestAPersonOfTwoExportersCountsOnceInTheirGroup(t *testing.T) {
	l := open(t, faultfs.New())
	same := policytest.Persons(7, 1)
	a := must(t, l, grouped(policytest.Exporter, "a", "F1", same))
	b := must(t, l, grouped(partner, "b", "F2", same))
	if a.NewNS != 1 || b.NewNS != 1 {
		t.Errorf("new persons %d and %d: each is new to its exporter's own year", a.NewNS, b.NewNS)
	}
	for _, r := range []policy.Reservation{a, b} {
		if err := l.Commit(bg, r.ID, false); err != nil {
			t.Fatal(err)
		}
	}
	ours := grouped(partner, "peek", "", nil)
	if got := counted(t, l, ours, anyone, inF1, inF2); !slices.Equal(got, []int64{1, 1, 1}) {
		t.Errorf("group, F1 and F2 count %v", got)
	}
	for _, entity := range members {
		c := count("peek", nil)
		c.Entity = entity
		if got := counted(t, l, c, anyone); got[0] != 1 {
			t.Errorf("an exporter's own year counts %d", got[0])
		}
	}
	if r := must(t, l, grouped(partner, "c", "F2", same)); r.ID != "" {
		t.Error("a person who is firm in every scope was claimed again")
	}
	if r := must(t, l, grouped(partner, "d", "F1", same)); r.ID != "" {
		t.Error("a person who is firm in the filing by another exporter was claimed again")
	}
}

// A group that is made in the middle of a year, dissolved and made again never
// counts fewer than its members did, also after a restart.
func TestAGroupMadeInTheYear(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	alone := func(entity, flow string, from, n int) {
		t.Helper()
		c := count(flow, policytest.Persons(from, n))
		c.Entity = entity
		if err := l.Commit(bg, must(t, l, c).ID, false); err != nil {
			t.Fatal(err)
		}
	}
	group := func() int64 { t.Helper(); return counted(t, l, grouped(partner, "peek", "", nil), anyone)[0] }
	alone(policytest.Exporter, "a", 0, 10)
	alone(partner, "b", 5, 10)
	must(t, l, count("open", policytest.Persons(100, 3))) // not settled when the group is made
	if err := l.Preset(bg, ledger.Opening{Entity: partner, Year: 2026, Kind: policy.CountAny, Basis: "SC", Persons: 4}); err != nil {
		t.Fatal(err)
	}
	if got := group(); got != 27 {
		t.Errorf("a group that counted nobody yet counts %d, want its members' 10+10+3+4", got)
	}
	full := policy.Limit{ID: "n", Kind: policy.CountAny, Max: 27}
	if _, err := l.Reserve(bg, grouped(partner, "c", "", policytest.Persons(200, 1), full)); err == nil {
		t.Error("the group's first flow ignored what its members count")
	}
	if got := group(); got != 27 {
		t.Errorf("a refused flow changed the group's count to %d", got)
	}
	must(t, l, grouped(partner, "c", "", policytest.Persons(200, 1)))
	alone(policytest.Exporter, "d", 300, 5) // by a configuration without the group
	if err := l.Preset(bg, ledger.Opening{Entity: partner, Year: 2026, Kind: policy.CountAny, Basis: "SC", Persons: 6}); err != nil {
		t.Fatal(err)
	}
	if got := group(); got != 27+1+5+6 {
		t.Errorf("the group counts %d, want 39", got)
	}
	l.Close()
	l = open(t, d)
	if got := group(); got != 39 {
		t.Errorf("after a restart the group counts %d, want 39", got)
	}
	totals, _ := l.Show()
	i := slices.IndexFunc(totals, func(t ledger.Total) bool { return len(t.Members) > 0 })
	if i < 0 || totals[i].Any != 39 || totals[i].Opening != 33 {
		t.Errorf("totals %+v", totals)
	}
}
