package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

var reps = flag.Int("reps", 3, "repetitions of races")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = bytes.Repeat([]byte{7}, 32)

func options(d *faultfs.Disk) ledger.Options {
	// A long wait: on a busy machine a race is to be decided by places, not by time.
	return ledger.Options{Dir: "data", Key: key, Files: d, Now: (&policytest.Clock{}).Now, Wait: time.Minute}
}

func open(t testing.TB, d *faultfs.Disk) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(options(d))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestConformance(t *testing.T) {
	policytest.RunLedger(t, func(t *testing.T) policy.Ledger {
		o := options(faultfs.New())
		o.Wait = time.Second // the suite also asks for places that nobody gives back
		l, err := ledger.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	})
}

var bg = context.Background()

func count(flow string, persons []policy.Counted, limits ...policy.Limit) policy.Count {
	return policy.Count{Flow: flow, Entity: policytest.Exporter, At: policytest.Start, Basis: "SC", Persons: persons, Limits: limits}
}

func must(t testing.TB, l *ledger.Ledger, c policy.Count) policy.Reservation {
	t.Helper()
	r, err := l.Reserve(bg, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func before(t testing.TB, l *ledger.Ledger, c policy.Count) int64 {
	t.Helper()
	b, err := l.Peek(bg, c)
	if err != nil {
		t.Fatal(err)
	}
	return b[0].Before
}

func TestLimitsAddUpTheirBases(t *testing.T) {
	l := open(t, faultfs.New())
	sensitive := policytest.Persons(0, 4)
	for i := range sensitive {
		sensitive[i].SP = i < 2
	}
	c := count("a", sensitive)
	c.Filing = "F1"
	must(t, l, c)
	c = count("b", policytest.Persons(3, 4)) // one of them is in "a" too
	c.Basis = "EX_CONTRACT"
	must(t, l, c)
	tests := []struct {
		name  string
		limit policy.Limit
		want  int64
	}{
		{"all bases", policy.Limit{Kind: policy.CountAny}, 7},
		{"one basis", policy.Limit{Kind: policy.CountNS, Bases: []string{"SC"}}, 4},
		{"sensitive only", policy.Limit{Kind: policy.CountSP}, 2},
		{"union of bases counts a person once", policy.Limit{Kind: policy.CountNS, Bases: []string{"SC", "EX_CONTRACT"}}, 7},
		{"a basis that nobody used", policy.Limit{Kind: policy.CountNS, Bases: []string{"SA"}}, 0},
		{"filing's year", policy.Limit{Kind: policy.CountAny, Filing: "F1"}, 4},
		{"filing's validity", policy.Limit{Kind: policy.CountSP, Filing: "F1", Validity: true}, 2},
		{"another filing", policy.Limit{Kind: policy.CountAny, Filing: "F2"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := before(t, l, count("peek", nil, tt.limit)); got != tt.want {
				t.Errorf("counted %d, want %d", got, tt.want)
			}
		})
	}
}

func TestPeekAsksForEveryFiling(t *testing.T) {
	l := open(t, faultfs.New())
	c := count("a", policytest.Persons(0, 5), policy.Limit{ID: "n", Kind: policy.CountNS, Max: 7, Bases: []string{"SC"}},
		policy.Limit{ID: "f", Kind: policy.CountAny, Max: 4, Filing: "F1"})
	c.Basis = ""
	b, err := l.Peek(bg, c)
	if err != nil || b[0].Exceeded || b[0].After != 5 || !b[1].Exceeded || b[1].After != 5 {
		t.Errorf("Peek without basis and filing = %+v, %v", b, err)
	}
	c.Basis = "EX_CONTRACT"
	if b, _ = l.Peek(bg, c); b[0].After != 0 {
		t.Errorf("an exempt basis counts towards a limit of others: %+v", b[0])
	}
}

func TestTheSameFlowTwiceIsOneReservation(t *testing.T) {
	l := open(t, faultfs.New())
	a := must(t, l, count("a", policytest.Persons(0, 3)))
	b := must(t, l, count("a", policytest.Persons(0, 3)))
	c := must(t, l, count("a", policytest.Persons(2, 3)))
	if a.ID != b.ID || a.Commitment != b.Commitment || c.ID == a.ID || a.NewNS != 3 || c.NewNS != 2 {
		t.Errorf("reservations %+v %+v %+v", a, b, c)
	}
}

func TestContention(t *testing.T) {
	d := faultfs.New()
	o := options(d)
	o.Wait = time.Millisecond
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	one := policy.Limit{ID: "one", Kind: policy.CountAny, Max: 1}
	a := must(t, l, count("a", policytest.Persons(0, 1), one))
	var held *policy.ContendedError
	if _, err := l.Reserve(bg, count("b", policytest.Persons(1, 1), one)); !errors.As(err, &held) || held.Limit != "one" {
		t.Fatalf("Reserve of a place held by an open flow = %v", err)
	}
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if _, err := l.Reserve(ctx, count("b", policytest.Persons(1, 1), one)); err == nil {
		t.Error("Reserve after the end of its context succeeded")
	}
	if err := l.Commit(bg, a.ID, true); err != nil {
		t.Fatal(err)
	}
	var full *policy.LimitError
	if _, err := l.Reserve(bg, count("b", policytest.Persons(1, 1), one)); !errors.As(err, &full) {
		t.Errorf("a place in doubt is not waited for: %v", err)
	}
}

func TestAWaitingReservationGetsAFreedPlace(t *testing.T) {
	o := options(faultfs.New())
	o.Wait = time.Minute
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	one := policy.Limit{ID: "one", Kind: policy.CountAny, Max: 1}
	a := must(t, l, count("a", policytest.Persons(0, 1), one))
	got := make(chan error)
	go func() {
		_, err := l.Reserve(bg, count("b", policytest.Persons(1, 1), one))
		got <- err
	}()
	if err := l.Release(bg, a.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("Reserve after a release = %v", err)
	}
}

// TestRaceForTheLastPlaces lets 64 senders race for the last 100 places of a
// filing. Some give back what they got, some ask twice, and some stay in doubt.
func TestRaceForTheLastPlaces(t *testing.T) {
	for range *reps {
		race(t)
	}
}

func race(t *testing.T) {
	l, err := ledger.Open(options(faultfs.New()))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	limit := policy.Limit{ID: "f.any", Kind: policy.CountAny, Max: 1000, Filing: "F1"}
	reserve := func(flow string, persons []policy.Counted) (policy.Reservation, error) {
		c := count(flow, persons, limit)
		c.Filing = "F1"
		return l.Reserve(bg, c)
	}
	old, err := reserve("old", policytest.Persons(1e6, 900))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(bg, old.ID, false); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	passed := make(chan int, 64*4)
	for i := range 64 {
		wg.Go(func() {
			for j := range 4 {
				flow, persons := fmt.Sprint(i, "/", j), policytest.Persons(4*i+j, 1)
				r, err := reserve(flow, persons)
				if err != nil {
					var full *policy.LimitError
					if !errors.As(err, &full) {
						t.Error(err)
					}
					continue
				}
				switch {
				case i%8 == 0 && j == 0:
					err = l.Release(bg, r.ID)
				case i%8 == 1:
					if again, err := reserve(flow, persons); err != nil || again.ID != r.ID {
						t.Errorf("a retry got %q of %q: %v", again.ID, r.ID, err)
					}
					fallthrough
				default:
					err = l.Commit(bg, r.ID, i%8 == 2)
					passed <- i
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(passed) != 100 {
		t.Fatalf("%d passed, want exactly the last 100 places", len(passed))
	}
	c := count("peek", nil, limit)
	if got := before(t, l, c); got != 1000 {
		t.Fatalf("the filing counts %d of 1000", got)
	}
}

func TestNothingStoredTellsASubject(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	persons := policytest.Persons(0x1122334455, 3)
	must(t, l, count("a", persons))
	l.Close()
	for _, name := range d.Files() {
		for _, p := range persons {
			if bytes.Contains(d.Bytes(name), p.Subject[:]) || bytes.Contains(d.Bytes(name), fmt.Appendf(nil, "%x", p.Subject)) {
				t.Errorf("%s holds a subject", name)
			}
		}
	}
}

// Who went out in observe mode is known as such after a crash: the log may know
// nothing of the flow, and it left all the same.
func TestAnObservedReservationIsKnownAsSuch(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	c := count("a", policytest.Persons(0, 2))
	c.Observe = true
	must(t, l, c)
	must(t, l, count("b", policytest.Persons(2, 2)))
	again := open(t, d.Crash(faultfs.Power))
	held, err := again.Unsettled(bg)
	if err != nil || len(held) != 2 || !held[0].Observed || held[1].Observed {
		t.Errorf("Unsettled = %+v, %v", held, err)
	}
}
