package audit_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// reserved is a releasing intent that names a reservation.
func reserved(flow, id string) policy.Entry {
	e := policytest.Intent(flow, policy.Pass)
	e.Intent.Judged, e.Intent.Reservation = policy.JudgedWindow, &policy.Reservation{ID: id, NewNS: 1}
	return e
}

// window is a group of one window, with a reservation of its own.
func window(flow, id string) policy.Entry {
	return policy.Entry{Kind: policy.KindGroup, Flow: flow, Group: &policy.Group{Parts: 1, Bytes: 4, Verdict: policy.Verdict{Action: policy.Pass},
		Question: json.RawMessage(fmt.Sprintf("%q", id)), Reservation: &policy.Reservation{ID: id, NewNS: 2}}}
}

func wantNamed(t *testing.T, l *audit.Log, flow string, want policy.Sent, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if out, ok := l.Settled(flow, id); !ok || out.Sent != want {
			t.Errorf("what was sent of %s: %+v, %v; want %q", id, out, ok, want)
		}
	}
	if out, ok := l.Settled(flow, "never recorded"); !ok || out.Sent != policy.SentNone {
		t.Errorf("of a group that is not in the log: %+v, %v", out, ok)
	}
}

// Each reservation that an entry of a flow names shares its outcome, also those
// of which the log keeps no more in memory.
func TestSettledKnowsEachReservation(t *testing.T) {
	for _, groups := range []int{3, 100} {
		t.Run(fmt.Sprint(groups, " groups"), func(t *testing.T) {
			d := faultfs.New()
			l := open(t, d)
			add(t, l, reserved("a", "r0"))
			var ids []string
			for i := range groups {
				ids = append(ids, fmt.Sprint("r", i+1))
				add(t, l, window("a", ids[i]))
			}
			out := policytest.Outcome("a", policy.SentSome)
			out.Outcome.Late = &policy.Intent{Mode: policy.ModeEnforce, Judged: policy.JudgedWindow, Reservation: &policy.Reservation{ID: "late"}}
			add(t, l, out)
			l.Close()
			l = open(t, d)
			wantNamed(t, l, "a", policy.SentSome, append(ids, "r0", "late")...)
			r, _, err := audit.Find(bg, source(d), "a")
			if ns, _ := r.Reserved(); err != nil || ns != int64(1+2*groups) || r.Groups.Parts != int64(groups) || r.Groups.Bytes != int64(4*groups) {
				t.Errorf("%d persons were new, groups %+v, %v", ns, r.Groups, err)
			}
		})
	}
}

// Groups that stand before the segments that Open reads are written down with
// their reservations: what is not found there was not sent.
func TestReservationsOfAnOldStreamAreNotForgotten(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	clock := &policytest.Clock{}
	o := signedOptions(t, d, s)
	o.SegmentBytes, o.Now = 10_000, clock.Now
	l := openWith(t, o)
	id := ulid(clock.Now(), 0)
	add(t, l, reserved(id, "r0"), window(id, "r1"), window(id, "r2"))
	for i := range 60 {
		clock.Add(10 * time.Minute)
		if _, err := flow(l, ulid(clock.Now(), i+1)); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, s, 123)
	if err := l.Archive(bg); err != nil {
		t.Fatal(err)
	}
	add(t, l, window(id, "r3"))
	l.Close()
	l = openWith(t, o)
	found, err := l.Open(bg)
	if err != nil || len(found) != 1 || found[0].Groups.Parts != 3 || string(found[0].Groups.Question) != `"r3"` || found[0].Groups.Reservation.NewNS != 6 {
		t.Fatalf("open flows %+v, %v", found, err)
	}
	add(t, l, policytest.Outcome(id, policy.SentAll))
	l.Close()
	wantNamed(t, openWith(t, o), id, policy.SentAll, "r0", "r1", "r2", "r3")
}
