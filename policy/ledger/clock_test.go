package ledger_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// A flow without a time is counted in the year of the time that is written
// down, also when the year turns while it is counted.
func TestTheYearTurnsInTheMiddleOfAFlow(t *testing.T) {
	d := faultfs.New()
	var mu sync.Mutex
	looks, turn := 0, 0
	o := options(d)
	o.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		if looks++; looks > turn {
			return time.Date(2027, 1, 1, 0, 0, 0, 0, policy.Shanghai)
		}
		return time.Date(2026, 12, 31, 23, 59, 59, 999, policy.Shanghai)
	}
	years := []policy.Count{count("peek", nil), count("peek", nil)}
	years[0].At, years[1].At = noon(2026, 6, 1), noon(2027, 6, 1)
	standing := func(l *ledger.Ledger) []int64 {
		return append(counted(t, l, years[0], anyone), counted(t, l, years[1], anyone)...)
	}
	for turn = range 6 {
		l := openWith(t, o)
		mu.Lock()
		looks = 0
		mu.Unlock()
		c := count("a", policytest.Persons(10*turn, 10))
		c.At = time.Time{}
		settle(t, l, must(t, l, c).ID, false)
		before := standing(l)
		l.Close()
		l = openWith(t, o)
		if after := standing(l); !slices.Equal(before, after) {
			t.Errorf("turn after %d looks: counted %v, started again %v", turn, before, after)
		}
		l.Close()
	}
}

// Sealing cannot be undone: a clock that is years ahead for some hours must
// not end the year that flows are counted in.
func TestAClockThatIsWrongForHoursSealsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := closedYear(t)
		ahead := true
		var mu sync.Mutex
		o := options(d)
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			if ahead {
				return noon(2031, 6, 1)
			}
			return noon(2026, 6, 1)
		}
		set := func(to bool) { mu.Lock(); ahead = to; mu.Unlock() }
		l, err := ledger.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { l.Close() }()
		look := func(sealed bool, name string) {
			t.Helper()
			if err := l.FoldSoon(bg); err != nil {
				t.Fatal(err)
			}
			if got := total(t, l, ""); got.Sealed != sealed {
				t.Errorf("%s: sealed %t", name, got.Sealed)
			}
		}
		look(false, "at start")
		time.Sleep(12 * time.Hour)
		look(false, "half a day later")
		set(false)
		look(false, "set right")
		time.Sleep(36 * time.Hour)
		set(true)
		look(false, "wrong again")
		if _, err := l.Reserve(bg, count("b", policytest.Persons(50, 1))); err != nil {
			t.Errorf("Reserve in the year that goes on = %v", err)
		}
		l.Close()
		if l, err = ledger.Open(o); err != nil {
			t.Fatal(err)
		}
		look(false, "started again")
	})
}

// A year that is over is sealed by itself, a day or two late.
func TestAYearIsSealedByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := ledger.Open(at(closedYear(t), noon(2027, 3, 1)))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		time.Sleep(49 * time.Hour)
		synctest.Wait()
		if !total(t, l, "").Sealed {
			t.Error("it is still open after two days")
		}
	})
}
