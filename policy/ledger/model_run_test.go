package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// machine runs a ledger and its model side by side.
type machine struct {
	m      *model
	l      *ledger.Ledger
	d      *faultfs.Disk
	o      ledger.Options
	over   atomic.Bool // 2026 is over for good
	n      int         // flows so far
	closed map[string]bool
}

func (r *machine) now() time.Time {
	if r.over.Load() {
		return day("2027-02-01T00:00:00Z")
	}
	return firstSecond
}

func day(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The last second of 2026 in Asia/Shanghai, and the first of 2027.
var lastSecond, firstSecond = day("2026-12-31T15:59:59Z"), day("2026-12-31T16:00:00Z")

// fewer makes a test of many steps try a third of the default, unless the
// command line says how often.
func fewer(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if checks == nil || checks.Value.String() != checks.DefValue {
		return
	}
	if err := flag.Set("rapid.checks", "33"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", checks.DefValue) })
}

// TestAgainstModel runs random flows, retries, settlements, crashes and disk
// faults and compares every counter with a model that only lists.
func TestAgainstModel(t *testing.T) {
	fewer(t)
	rapid.Check(t, func(t *rapid.T) {
		r := &machine{m: newModel(), d: faultfs.New(), closed: map[string]bool{}}
		r.o = options(r.d)
		r.o.Wait, r.o.CompactBytes, r.o.Now = -time.Second, 1500, r.now
		var err error
		if r.l, err = ledger.Open(r.o); err != nil {
			t.Fatal(err)
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": r.reserve, "reserve two": r.reserve, "retry": r.retry, "commit": r.commit, "commit two": r.commit,
			"doubt": r.doubt, "release": r.release, "settle": r.settle, "preset": r.preset, "crash": r.crash,
			"year": r.year, "": r.compare,
		})
		r.ended(t)
	})
}

// flow draws one: few persons, so that they meet.
func (r *machine) flow(t *rapid.T) *sent {
	r.n++
	s := &sent{persons: map[int]policy.Counted{}, at: firstSecond,
		entity:  rapid.SampledFrom(members).Draw(t, "exporter"),
		filing:  rapid.SampledFrom([]string{"", "F1", "F2"}).Draw(t, "filing"),
		basis:   rapid.SampledFrom([]string{"SC", "SC", "SA", ""}).Draw(t, "basis"),
		grouped: rapid.Bool().Draw(t, "in the group")}
	if !r.over.Load() && rapid.Bool().Draw(t, "last year") {
		s.at = lastSecond
	}
	for _, n := range rapid.SliceOfN(rapid.IntRange(0, 12), 1, 5).Draw(t, "persons") {
		p := policytest.Persons(n, 1)[0]
		p.NS, p.SP = rapid.Bool().Draw(t, "ns"), rapid.Bool().Draw(t, "sp")
		s.persons[n] = p
	}
	return s
}

func (s *sent) count(flow string, limits ...policy.Limit) policy.Count {
	c := policy.Count{Flow: flow, Entity: s.entity, At: s.at, Basis: s.basis, Filing: s.filing, Limits: limits}
	for _, p := range s.persons {
		c.Persons = append(c.Persons, p)
	}
	return c
}

func (r *machine) reserve(t *rapid.T) {
	s := r.flow(t)
	limit := policy.Limit{ID: "l", Kind: policy.CountNS, Max: int64(rapid.IntRange(5, 12).Draw(t, "limit")), Bases: []string{"SC"}}
	if s.filing != "" && rapid.Bool().Draw(t, "of the filing") {
		limit.Filing, limit.Validity = s.filing, rapid.Bool().Draw(t, "validity")
	}
	asks := s.grouped
	c := s.count(fmt.Sprint(r.n), limit)
	entity := s.entity
	if asks {
		c.Members, entity = slices.Sorted(slices.Values(members)), group
	}
	s.grouped = asks || r.m.begun(s.year())
	fault := rapid.IntRange(0, 5).Draw(t, "fault") == 0
	if fault {
		r.d.FailAt(rapid.OneOf(rapid.IntRange(0, 1), rapid.IntRange(2, 20)).Draw(t, "step"), rapid.SampledFrom([]faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn}).Draw(t, "kind"))
	}
	got, err := r.l.Reserve(bg, c)
	r.d.Heal()
	if errors.Is(err, policy.ErrLedgerUnavailable) && (fault || r.closed[s.filing]) {
		r.m.unsure[s.year()] = r.m.unsure[s.year()] || asks && !r.m.begun(s.year())
		return
	}
	if !r.m.unsure[s.year()] {
		r.judge(t, s, limit, entity, err)
	}
	if err != nil {
		return
	}
	r.m.take(s, asks)
	if s.id = got.ID; s.id == "" {
		r.nobodyLeft(t, s)
		return
	}
	if r.m.settled(s, func(o *sent) bool { return o.fate == isFirm }) && !r.m.unsure[s.year()] {
		t.Fatal("persons who are firm were claimed again")
	}
	r.m.flows = append(r.m.flows, s)
}

// take notes that the group begins with a flow, before it is listed.
func (m *model) take(s *sent, asks bool) {
	if asks && !m.begun(s.year()) {
		m.frozen[s.year()] = m.begins(s.year())
	}
}

// nobodyLeft checks that an empty reservation added nobody.
func (r *machine) nobodyLeft(t *rapid.T, s *sent) {
	final := func(o *sent) bool { return o.fate == isFirm || o.fate == isLate }
	if !r.m.unsure[s.year()] && !r.m.settled(s, final) {
		t.Fatal("persons who are not firm were left out")
	}
}

// judge checks Reserve's answer by the model's count after it.
func (r *machine) judge(t *rapid.T, s *sent, l policy.Limit, entity string, err error) {
	lateness := slices.ContainsFunc(r.m.flows, func(o *sent) bool { return o.fate == isLate })
	after, firm := r.after(s, l, entity, anyFate), r.after(s, l, entity, func(o *sent) bool { return o.fate != isOpen })
	var full *policy.LimitError
	var held *policy.ContendedError
	isFull, isHeld := errors.As(err, &full), errors.As(err, &held)
	switch {
	case after <= l.Max && err != nil, after > l.Max && !isFull && !isHeld:
		t.Fatalf("Reserve to %d of %d = %v", after, l.Max, err)
	case after > l.Max && !lateness && isFull != (firm > l.Max):
		t.Fatalf("Reserve to %d of %d, %d without open ones = %v", after, l.Max, firm, err)
	}
}

func (r *machine) after(s *sent, l policy.Limit, entity string, of func(*sent) bool) int64 {
	persons := r.m.distinct(l, entity, s.year(), of)
	if falls(l.Bases, s.basis) {
		for n, p := range s.persons {
			if counts(l.Kind, p) {
				persons[n] = true
			}
		}
	}
	return int64(len(persons)) + r.m.beside(l, entity, s.year())
}

var kinds = []policy.CountKind{policy.CountNS, policy.CountSP, policy.CountAny}
var unions = [][]string{nil, {"SC"}, {"SA"}, {"SC", "SA"}}

// compare checks every counter of every scope.
func (r *machine) compare(t *rapid.T) {
	if drift := r.l.Recount(); drift != "" {
		t.Fatal(drift)
	}
	for _, at := range []time.Time{lastSecond, firstSecond} {
		for _, entity := range append([]string{group}, members...) {
			c := policy.Count{Entity: entity, At: at}
			if entity == group {
				c.Entity, c.Members = members[0], slices.Sorted(slices.Values(members))
			}
			for _, kind := range kinds {
				for _, bases := range unions {
					c.Limits = append(c.Limits, policy.Limit{Kind: kind, Bases: bases})
					for _, f := range []string{"F1", "F2"} {
						c.Limits = append(c.Limits, policy.Limit{Kind: kind, Bases: bases, Filing: f},
							policy.Limit{Kind: kind, Bases: bases, Filing: f, Validity: true})
					}
				}
			}
			r.same(t, c, entity)
		}
	}
}

func (r *machine) same(t *rapid.T, c policy.Count, entity string) {
	year := c.At.In(policy.Shanghai).Year()
	got, err := r.l.Peek(bg, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range c.Limits {
		want := r.m.count(l, entity, year)
		if entity == group && l.Filing == "" && r.m.unsure[year] {
			all := r.m.distinct(l, members[0], year, anyFate)
			for n := range r.m.distinct(l, members[1], year, anyFate) {
				all[n] = true
			}
			if got[i].Before < int64(len(all)) {
				t.Fatalf("the group counts %d and its members %d", got[i].Before, len(all))
			}
			continue
		}
		if got[i].Before != want {
			t.Fatalf("%s %d %+v counts %d, want %d", entity, year, l, got[i].Before, want)
		}
	}
}
