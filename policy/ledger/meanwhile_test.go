package ledger_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// onRead is a source of randomness that does something before it answers: the
// id of a reservation is drawn after its persons were looked up and before they
// are claimed.
type onRead struct{ do func() }

func (r *onRead) Read(b []byte) (int, error) {
	if do := r.do; do != nil {
		r.do = nil
		do()
	}
	return rand.Read(b)
}

// What a member is given while its group begins is part of what it begins with.
func TestAnOpeningComesWhileAGroupBegins(t *testing.T) {
	d := faultfs.New()
	o := options(d)
	random := &onRead{}
	o.Rand = random
	l := openWith(t, o)
	settle(t, l, must(t, l, count("a", policytest.Persons(0, 10))).ID, false)
	must(t, l, grouped(partner, "warm", "", policytest.Persons(900, 1)))
	at := noon(2025, 6, 1) // a year in which the group counted nobody yet
	c := grouped(partner, "b", "", policytest.Persons(20, 1))
	c.At = at
	must(t, l, func() policy.Count { w := count("w", policytest.Persons(0, 1)); w.Entity, w.At = partner, at; return w }())
	random.do = func() {
		opening := ledger.Opening{ID: "late", Entity: policytest.Exporter, Year: 2025, Kind: policy.CountAny, Basis: "SC", Persons: 50}
		if err := l.Preset(bg, opening); err != nil {
			t.Error(err)
		}
	}
	must(t, l, c)
	if random.do != nil {
		t.Fatal("nothing was drawn")
	}
	peek := grouped(partner, "peek", "", nil)
	peek.At = at
	for _, when := range []string{"at once", "after a restart"} {
		if got := counted(t, l, peek, anyone)[0]; got != 52 {
			t.Errorf("%s the group counts %d, want 1+50 that its members had and 1", when, got)
		}
		l.Close()
		l = openWith(t, o)
	}
}

// A member that sends by itself while another begins their group is counted in
// the group all the same, whichever of them is first.
func TestAGroupBeginsWhileAMemberCounts(t *testing.T) {
	const alone = 3000
	for i := range 12 {
		l, err := ledger.Open(options(faultfs.New()))
		if err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		send := func(c policy.Count) {
			both.Go(func() {
				r, err := l.Reserve(bg, c)
				if err == nil {
					err = l.Commit(bg, r.ID, false)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		send(count("alone", policytest.Persons(0, alone)))
		send(grouped(partner, "together", "", policytest.Persons(5000, 1+200*i)))
		both.Wait()
		if got := counted(t, l, grouped(partner, "peek", "", nil), anyone)[0]; got != alone+1+200*int64(i) {
			t.Errorf("round %d: the group counts %d, want %d", i, got, alone+1+200*i)
		}
		l.Close()
	}
}

// A group whose first flow met a bad disk begins with its next flow, also where
// that comes by a configuration that does not name the group any more.
func TestAGroupThatBeganBadly(t *testing.T) {
	for step := range 24 {
		d := faultfs.New()
		l := open(t, d)
		settle(t, l, must(t, l, count("a", policytest.Persons(0, 10))).ID, false)
		d.FailAt(step, faultfs.Lost)
		_, first := l.Reserve(bg, grouped(partner, "b", "", policytest.Persons(20, 1)))
		d.Heal()
		c := count("c", policytest.Persons(21, 1))
		c.Entity = partner
		settle(t, l, must(t, l, c).ID, false)
		peek := grouped(partner, "peek", "", nil)
		want := counted(t, l, peek, anyone)[0]
		if want < 11 {
			t.Errorf("step %d (%v): the group counts %d of 11", step, first, want)
		}
		crashed := d.Crash(faultfs.Power)
		l.Close()
		l = open(t, crashed)
		settle(t, l, must(t, l, grouped(partner, "d", "", policytest.Persons(22, 1))).ID, false)
		if got := counted(t, l, peek, anyone)[0]; got != want+1 {
			t.Errorf("step %d (%v): the group counted %d, and %d after a restart and one more", step, first, want, got)
		}
		l.Close()
	}
}

// A flow is refused by whichever of its limits is full, and waits for any that
// is only held.
func TestEveryLimitIsJudged(t *testing.T) {
	o := options(faultfs.New())
	o.Wait = -1
	l := openWith(t, o)
	settle(t, l, must(t, l, count("a", policytest.Persons(0, 3))).ID, false)
	limits := func(max ...int64) (out []policy.Limit) {
		for i, m := range max {
			out = append(out, policy.Limit{ID: fmt.Sprint(i), Kind: policy.CountAny, Max: m})
		}
		return out
	}
	for full := range 3 {
		max := []int64{9, 9, 9}
		max[full] = 3
		var e *policy.LimitError
		if _, err := l.Reserve(bg, count("b", policytest.Persons(10, 1), limits(max...)...)); !errors.As(err, &e) || e.Bracket.Limit != fmt.Sprint(full) {
			t.Errorf("limit %d is full: %v", full, err)
		}
	}
	must(t, l, count("open", policytest.Persons(20, 1)))
	for held := range 3 {
		max := []int64{9, 9, 9}
		max[held] = 4
		var e *policy.ContendedError
		if _, err := l.Reserve(bg, count("c", policytest.Persons(10, 1), limits(max...)...)); !errors.As(err, &e) || e.Limit != fmt.Sprint(held) {
			t.Errorf("limit %d is held: %v", held, err)
		}
	}
	var e *policy.LimitError // what is full for good comes before what is held
	if _, err := l.Reserve(bg, count("d", policytest.Persons(10, 1), limits(4, 9, 3)...)); !errors.As(err, &e) || e.Bracket.Limit != "2" {
		t.Errorf("one held and one full: %v", err)
	}
}

// What an operator said of a reservation in doubt survives a loss of power at
// once, also where it had to be said twice.
func TestAnOperatorsWordIsDurable(t *testing.T) {
	ways := map[string]func(l *ledger.Ledger, d *faultfs.Disk, id string) error{
		"release": func(l *ledger.Ledger, _ *faultfs.Disk, id string) error { return l.Release(bg, id) },
		"settle again after a fault": func(l *ledger.Ledger, d *faultfs.Disk, id string) error {
			d.FailAt(0, faultfs.Lost)
			if _, err := l.Settle(bg, id, false); !errors.Is(err, policy.ErrLedgerUnavailable) {
				t.Errorf("Settle on a bad disk = %v", err)
			}
			d.Heal()
			_, err := l.Settle(bg, id, false)
			return err
		},
	}
	for name, say := range ways {
		d := faultfs.New()
		l := open(t, d)
		id := must(t, l, count("a", policytest.Persons(0, 2))).ID
		settle(t, l, id, true)
		if err := say(l, d, id); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		crashed := d.Crash(faultfs.Power)
		l.Close()
		l = open(t, crashed)
		if _, pending := l.Show(); len(pending) != 0 || before(t, l, count("peek", nil, anyone)) != 0 {
			t.Errorf("%s: after a loss of power pending %+v", name, pending)
		}
	}
}

// The key of what was destroyed is not made anew by a flow that comes late.
func TestADestroyedKeyStaysAway(t *testing.T) {
	d := closedYear(t)
	l := openWith(t, at(d, noon(2027, 5, 1)))
	for _, ref := range []ledger.ScopeRef{{Entity: policytest.Exporter, Year: 2026}, {Filing: "F1"}} {
		if err := l.Destroy(bg, ref); err != nil {
			t.Fatal(err)
		}
	}
	late := count("late", policytest.Persons(500, 1))
	late.Filing = "F1"
	for range 2 {
		if _, err := l.Reserve(bg, late); !errors.Is(err, policy.ErrLedgerUnavailable) {
			t.Errorf("Reserve into what was destroyed = %v", err)
		}
		if k := keys(d); len(k) > 0 {
			t.Errorf("keys %v are back", k)
		}
		l.Close()
		l = openWith(t, at(d, noon(2027, 5, 1)))
	}
}

// A year is over when it is over in Shanghai, for who destroys and for who seals.
func TestYearsEndInShanghai(t *testing.T) {
	for _, tt := range []struct {
		now               string
		destroyed, sealed bool
	}{
		{"2026-12-31T15:59:59Z", false, false}, {"2026-12-31T16:00:00Z", true, false},
		{"2027-01-31T15:59:59Z", true, false}, {"2027-01-31T16:00:00Z", true, true},
	} {
		l := openWith(t, at(closedYear(t), day(tt.now)))
		if err := l.FoldNow(bg); err != nil {
			t.Fatal(err)
		}
		if got := total(t, l, "").Sealed; got != tt.sealed {
			t.Errorf("%s: sealed %t", tt.now, got)
		}
		err := l.Destroy(bg, ledger.ScopeRef{Entity: policytest.Exporter, Year: 2026})
		if (err == nil) != tt.destroyed {
			t.Errorf("%s: Destroy = %v", tt.now, err)
		}
		l.Close()
	}
}

// A flow gets its own open reservation again, and no other: one in doubt is the
// operator's, and one under another basis counts elsewhere.
func TestARetryTakesNoOtherReservation(t *testing.T) {
	l := open(t, faultfs.New())
	persons := policytest.Persons(0, 2)
	doubt := must(t, l, count("a", persons))
	settle(t, l, doubt.ID, true)
	again := must(t, l, count("a", persons))
	if again.ID == "" || again.ID == doubt.ID {
		t.Errorf("a retry got %q, and %q is in doubt", again.ID, doubt.ID)
	}
	if err := l.Release(bg, again.ID); err != nil {
		t.Fatal(err)
	}
	if got := before(t, l, count("peek", nil, anyone)); got != 2 {
		t.Errorf("%d of the 2 persons in doubt are counted after a retry was refused", got)
	}
	first := must(t, l, count("b", policytest.Persons(10, 3)))
	c := count("b", policytest.Persons(10, 3))
	c.Basis = "SA"
	if other := must(t, l, c); other.ID == first.ID {
		t.Error("another basis got the reservation of the first")
	}
	if got := before(t, l, count("peek", nil, policy.Limit{Kind: policy.CountAny, Bases: []string{"SA"}})); got != 3 {
		t.Errorf("the other basis counts %d, want 3", got)
	}
}

// An orderly end writes a commit that the disk did not take before.
func TestAnOrderlyEndWritesLateCommits(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	r := must(t, l, count("a", policytest.Persons(0, 2)))
	d.FailAt(0, faultfs.Lost)
	if err := l.Commit(bg, r.ID, false); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Fatalf("Commit on a bad disk = %v", err)
	}
	d.Heal()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, d.Crash(faultfs.Power))
	if _, pending := l.Show(); len(pending) != 0 || before(t, l, count("peek", nil, anyone)) != 2 {
		t.Errorf("started again: pending %+v", pending)
	}
}

// Under another root key everybody would be new.
func TestAnotherRootKeyIsRefused(t *testing.T) {
	for name, d := range map[string]*faultfs.Disk{"segments": history(t, 1), "a base": folded(t)} {
		o := options(d)
		o.Key = make([]byte, 32)
		if l, err := ledger.Open(o); err == nil || !strings.Contains(err.Error(), "another root key") {
			t.Errorf("%s: Open = %v, %v", name, l, err)
		}
		openWith(t, options(d)).Close()
	}
}
