package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestFirmPersonsCostNoDisk(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	persons := policytest.Persons(0, 3)
	limit := policy.Limit{ID: "n", Kind: policy.CountAny, Max: 3}
	if err := l.Commit(bg, must(t, l, count("a", persons, limit)).ID, false); err != nil {
		t.Fatal(err)
	}
	ops := len(d.Ops())
	r := must(t, l, count("b", persons, limit))
	if r.ID != "" || len(r.Brackets) != 1 || r.Brackets[0].After != 3 {
		t.Errorf("reservation of firm persons = %+v", r)
	}
	limit.Max = 2
	var full *policy.LimitError
	if _, err := l.Reserve(bg, count("c", persons, limit)); !errors.As(err, &full) {
		t.Errorf("firm persons above a limit = %v", err)
	}
	if n := len(d.Ops()) - ops; n != 0 {
		t.Errorf("%d operations of the disk for persons who are firm", n)
	}
	part := must(t, l, count("d", policytest.Persons(1, 3))) // one of them is new
	if _, pending := l.Show(); part.NewNS != 1 || len(pending) != 1 || pending[0].Persons != 1 {
		t.Errorf("reservation %+v of one new person; pending %+v", part, pending)
	}
}

// Other flows rely on a commit only when the journal holds it.
func TestACommitThatFailedIsNotReliedOn(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	a := must(t, l, count("a", policytest.Persons(0, 1)))
	d.FailAt(0, faultfs.Lost)
	if err := l.Commit(bg, a.ID, false); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Fatalf("Commit on a bad disk = %v", err)
	}
	if err := l.Release(bg, a.ID); err == nil {
		t.Error("a commit on its way was released")
	}
	b := must(t, l, count("b", policytest.Persons(0, 1)))
	if b.ID == "" {
		t.Fatal("a person was left out whose commit may be lost")
	}
	if c := must(t, l, count("c", policytest.Persons(0, 1))); c.ID != "" {
		t.Error("the late commit did not go along with the next batch")
	}
	crashed := d.Crash(faultfs.Power)
	l.Close()
	again := open(t, crashed)
	if open, _ := again.Unsettled(bg); len(open) != 1 || open[0].ID != b.ID {
		t.Errorf("open after a restart: %+v", open)
	}
}

func TestSettle(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	var ids []string
	for i := range 3 {
		r := must(t, l, count(fmt.Sprint(i), policytest.Persons(10*i, i+1)))
		ids = append(ids, r.ID)
		if i < 2 {
			if err := l.Commit(bg, r.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := l.Settle(bg, ids[2], true); err == nil {
		t.Error("an open reservation was settled")
	}
	if _, err := l.Settle(bg, "nobody", true); err == nil {
		t.Error("an unknown reservation was settled")
	}
	for range 2 { // the second time after a loss of power
		for i, sent := range []bool{true, false} {
			p, err := l.Settle(bg, ids[i], sent)
			if err != nil || p.ID != ids[i] {
				t.Fatalf("Settle = %+v, %v", p, err)
			}
			if _, err := l.Settle(bg, ids[i], !sent); err == nil {
				t.Error("a settlement was turned round")
			}
		}
		if got := before(t, l, count("peek", nil, anyone)); got != 1+3 {
			t.Errorf("counted %d, want the one that was sent and the open ones", got)
		}
		crashed := d.Crash(faultfs.Power)
		l.Close()
		d, l = crashed, open(t, crashed)
	}
}

// What has no room is refused; what was let in can be settled in any order.
func TestStatesHaveRoomOrAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := ledger.Open(options(faultfs.New()))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		var open []string
		refused := 0
		for i := range 40 {
			c := count(fmt.Sprint(i), policytest.Persons(rapid.IntRange(0, 3).Draw(t, "person"), 2))
			c.Basis = rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}).Draw(t, "basis")
			want := before2(t, l)
			r, err := l.Reserve(bg, c)
			switch {
			case errors.Is(err, policy.ErrLedgerUnavailable):
				if refused++; before2(t, l) != want {
					t.Fatal("a refused reservation changed the count")
				}
			case err != nil:
				t.Fatal(err)
			case r.ID != "":
				open = append(open, r.ID)
			}
			l.LimitStates(12)
			if drift := l.Recount(); drift != "" {
				t.Fatal(drift)
			}
		}
		for _, id := range rapid.Permutation(open).Draw(t, "order") {
			switch rapid.IntRange(0, 2).Draw(t, "fate") {
			case 0:
				err = l.Commit(bg, id, false)
			case 1:
				err = l.Release(bg, id)
			default:
				err = l.Commit(bg, id, true)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if drift := l.Recount(); drift != "" {
			t.Fatal(drift)
		}
	})
}

func before2(t *rapid.T, l *ledger.Ledger) int64 {
	b, err := l.Peek(bg, count("peek", nil, anyone))
	if err != nil {
		t.Fatal(err)
	}
	return b[0].Before
}

func TestMoreBasesThanAScopeTakes(t *testing.T) {
	l := open(t, faultfs.New())
	for i := range 32 {
		c := count(fmt.Sprint(i), policytest.Persons(i, 1))
		c.Basis = fmt.Sprint("B", i)
		must(t, l, c)
	}
	c := count("more", policytest.Persons(100, 1))
	c.Basis = "B32"
	if _, err := l.Reserve(bg, c); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Errorf("the 33rd basis = %v", err)
	}
	if err := l.Preset(bg, ledger.Opening{Entity: policytest.Exporter, Year: 2026, Kind: policy.CountAny, Basis: "B32", Persons: 1}); err == nil {
		t.Error("an opening of the 33rd basis was taken")
	}
	if got := before(t, l, count("peek", nil, anyone)); got != 32 {
		t.Errorf("counted %d, want 32", got)
	}
	c = count("nobody's", policytest.Persons(100, 1))
	c.Entity = ""
	if _, err := l.Reserve(bg, c); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Errorf("persons of an unknown exporter = %v", err)
	}
}

// A disk that fails while a group begins loses nothing of what it begins with.
func TestAGroupBeginsOnABadDisk(t *testing.T) {
	for _, kind := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn} {
		for step := range 40 {
			d := faultfs.New()
			l := open(t, d)
			if err := l.Commit(bg, must(t, l, count("a", policytest.Persons(0, 10))).ID, false); err != nil {
				t.Fatal(err)
			}
			d.FailAt(step, kind)
			_, first := l.Reserve(bg, grouped(partner, "b", "", policytest.Persons(20, 1)))
			d.Heal()
			if err := l.Commit(bg, must(t, l, grouped(partner, "c", "", policytest.Persons(21, 1))).ID, false); err != nil {
				t.Fatal(err)
			}
			d = d.Crash(faultfs.Power)
			l.Close()
			l = open(t, d)
			if got := counted(t, l, grouped(partner, "peek", "", nil), anyone)[0]; got < 11 {
				t.Fatalf("step %d: after a fault (%v) and a crash the group counts %d of 11", step, first, got)
			}
			l.Close()
		}
	}
}
