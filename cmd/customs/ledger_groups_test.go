package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

// What the log says of reservations, for counting again: each that an entry of
// a flow names, once, with the outcome of the flow.
func TestReservationsThatALogNames(t *testing.T) {
	held := func(id string) *policy.Reservation { return &policy.Reservation{ID: id, Commitment: "c-" + id} }
	intent := func(flow, id string, a policy.Action) policy.Entry {
		e := policy.Entry{Kind: policy.KindIntent, Flow: flow, Intent: &policy.Intent{Enforced: a, Judged: policy.JudgedWindow}}
		if id != "" {
			e.Intent.Reservation = held(id)
		}
		return e
	}
	group := func(flow, id string) policy.Entry {
		e := policy.Entry{Kind: policy.KindGroup, Flow: flow, Group: &policy.Group{Parts: 1}}
		if id != "" {
			e.Group.Reservation = held(id)
		}
		return e
	}
	outcome := func(flow string, sent policy.Sent, late *policy.Intent) policy.Entry {
		return policy.Entry{Kind: policy.KindOutcome, Flow: flow, Outcome: &policy.Outcome{Sent: sent, Late: late, InDoubt: sent == policy.SentUnknown}}
	}
	settled := policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actSettle, Object: "b2", Note: "sent"}}
	tests := []struct {
		name    string
		entries []policy.Entry
		want    string
	}{
		{"one body", []policy.Entry{intent("a", "a1", policy.Pass), outcome("a", policy.SentAll, nil)}, "a1:all"},
		{"three windows, one with nobody new", []policy.Entry{intent("a", "a1", policy.Pass), group("a", ""), group("a", "a2"), group("a", "a3"),
			outcome("a", policy.SentSome, &policy.Intent{Reservation: held("a1")})}, "a1:some a2:some a3:some"},
		{"two flows mixed", []policy.Entry{intent("a", "", policy.Pass), intent("b", "b1", policy.Pass), group("a", "a1"), group("b", "b2"),
			outcome("b", policy.SentNone, nil), outcome("a", policy.SentAll, nil)}, "b1:none b2:none a1:all"},
		{"observed", []policy.Entry{intent("a", "", policy.Pass), outcome("a", policy.SentAll, &policy.Intent{Reservation: held("a1")})}, "a1:all"},
		{"in doubt, one settled", []policy.Entry{intent("b", "b1", policy.Pass), group("b", "b2"), outcome("b", policy.SentUnknown, nil), settled},
			"b1:unknown? b2:unknown?=all"},
		{"no end", []policy.Entry{intent("b", "b1", policy.Pass), group("b", "b2")}, "b1: b2:"},
		{"the log failed with the last window", []policy.Entry{intent("a", "a1", policy.Pass), group("a", "a2"),
			outcome("a", policy.SentSome, &policy.Intent{Stopped: policy.RecorderUnavail})}, "a1:some a2:some~"},
		{"refused", []policy.Entry{intent("a", "a1", policy.Block)}, "a1:none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			f := &intentFold{open: map[string][]ledger.Intent{}, settled: map[string]policy.Sent{}, yield: func(in ledger.Intent, _ error) bool {
				text := fmt.Sprintf("%s:%s", in.ID, in.Sent)
				for mark, set := range map[string]bool{"?": in.InDoubt, "~": in.Unsure} {
					if set {
						text += mark
					}
				}
				if in.Settled != "" {
					text += "=" + string(in.Settled)
				}
				if in.Commitment != "c-"+in.ID || !strings.HasPrefix(in.ID, in.Flow) {
					t.Errorf("reservation %+v", in)
				}
				got = append(got, text)
				return true
			}}
			for _, e := range tt.entries {
				if err := f.entry(e); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.rest(); err != nil || !slices.Equal(got, strings.Fields(tt.want)) {
				t.Errorf("got %v, want %s, %v", got, tt.want, err)
			}
		})
	}
}
