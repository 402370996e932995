package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// While the disk is away only what stands is owed to it: refused flows leave
// nothing behind, however many come, and also not after a restart.
func TestRefusedFlowsOweNothing(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	held := must(t, l, count("held", policytest.Persons(0, 1)))
	d.FailAt(0, faultfs.Full)
	for i := range 300 {
		if _, err := l.Reserve(bg, count(fmt.Sprint(i), policytest.Persons(10+i, 3))); !errors.Is(err, policy.ErrLedgerUnavailable) {
			t.Fatalf("Reserve on a full disk = %v", err)
		}
	}
	if n := l.Owed(); n != 0 {
		t.Errorf("%d bytes are owed for flows that were refused", n)
	}
	if err := l.Commit(bg, held.ID, true); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Fatalf("Commit on a full disk = %v", err)
	}
	if n := l.Owed(); n == 0 || n > 200 {
		t.Errorf("%d bytes are owed for one settlement", n)
	}
	d.Heal()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, d)
	open, _ := l.Unsettled(bg)
	if _, pending := l.Show(); len(open) != 0 || len(pending) != 1 || !pending[0].InDoubt {
		t.Errorf("after a restart %d open, %+v", len(open), pending)
	}
}

// A refused flow whose line landed all the same is gone after an orderly end.
func TestARefusedLineThatLandedIsCutOff(t *testing.T) {
	for step := range 3 {
		d := faultfs.New()
		l := open(t, d)
		must(t, l, count("held", policytest.Persons(0, 1)))
		d.FailAt(step, faultfs.Landed)
		_, err := l.Reserve(bg, count("lost", policytest.Persons(1, 1)))
		d.Heal()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		want := 1
		if err == nil {
			want = 2
		}
		left := len(d.Files())
		_ = l.Close() // a second time it writes nothing, whatever it answers
		if n := len(d.Files()); n != left {
			t.Errorf("step %d: a second Close left %d files in place of %d", step, n, left)
		}
		again := openWith(t, options(d))
		if open, _ := again.Unsettled(bg); len(open) != want {
			t.Errorf("step %d: %d reservations are open, want %d", step, len(open), want)
		}
		again.Close()
	}
}

// A settlement that could not be written is durable once the ledger says that
// it is ready again: nobody need wait for the next flow.
func TestReadyWritesWhatIsOwed(t *testing.T) {
	for _, final := range []bool{true, false} {
		d := faultfs.New()
		l := open(t, d)
		r := must(t, l, count("a", policytest.Persons(0, 2)))
		d.FailAt(0, faultfs.Full)
		if err := l.Commit(bg, r.ID, !final); !errors.Is(err, policy.ErrLedgerUnavailable) {
			t.Fatalf("Commit on a full disk = %v", err)
		}
		if err := l.Ready(bg); !errors.Is(err, policy.ErrLedgerUnavailable) {
			t.Errorf("Ready on a full disk = %v", err)
		}
		d.Heal()
		if err := l.Ready(bg); err != nil {
			t.Errorf("Ready on a mended disk = %v", err)
		}
		again := openWith(t, options(d.Crash(faultfs.Power)))
		if open, _ := again.Unsettled(bg); len(open) != 0 {
			t.Errorf("final %t: after a loss of power %+v is open", final, open)
		}
		l.Close()
	}
}

// A base that somebody made up must not keep the program busy for ever.
func TestABaseOfNoHashesIsRefused(t *testing.T) {
	d := empty(t)
	if err := ledger.WriteAlike(d, "data/ledger", 3_000); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Load(d, "data"); err == nil || !strings.Contains(err.Error(), "too many persons are alike") {
		t.Errorf("Load = %v", err)
	}
}

// A person who is sent again and again while nothing is settled costs each flow
// the same.
func TestManyClaimsOnOnePersonCostNoMore(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	var ids []string
	for i := range 60 {
		r := must(t, l, count(fmt.Sprint(i), policytest.Persons(i%2, 3)))
		if ids = append(ids, r.ID); i%3 != 0 {
			settle(t, l, r.ID, true)
		}
	}
	if n := l.MostClaims(); n > 2 {
		t.Errorf("a person has %d claims to go through, want one of each kind", n)
	}
	if drift := l.Recount(); drift != "" {
		t.Error(drift)
	}
	for i, id := range ids {
		var err error
		switch {
		case i%3 == 0:
			err = l.Release(bg, id)
		case i == 59:
			_, err = l.Settle(bg, id, true)
		default:
			_, err = l.Settle(bg, id, false)
		}
		if drift := l.Recount(); err != nil || drift != "" {
			t.Fatal(i, err, drift)
		}
	}
	if got := before(t, l, count("peek", nil, anyone)); got != 3 {
		t.Errorf("%d persons are left, want the three of the flow that was sent", got)
	}
}
