package main

import (
	"context"
	"net/netip"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// stampedInto is a recorder that keeps the last entry.
type stampedInto struct {
	policy.Recorder
	last policy.Entry
}

func (k *stampedInto) Append(_ context.Context, e policy.Entry) (policy.Receipt, error) {
	k.last = e
	return policy.Receipt{}, nil
}

type mapped struct{}

func (mapped) Place(string, netip.Addr) policy.Place   { return policy.Place{} }
func (mapped) Unread(*policy.Flow) []inspect.GapReason { return nil }
func (mapped) Digest() string                          { return "d1" }

func TestRecordsSayHowTheClockWas(t *testing.T) {
	for _, tt := range []struct {
		name   string
		state  syncState
		source string
		clock  string
		places string
	}{
		{"a clock that is kept right", syncYes, "filing", "synced", ""},
		{"a clock that is not", syncNo, "table", "unsynced", "d1"},
		{"nobody can be asked", syncUnknown, "config", "unknown", "d1"},
		{"an unknown place", syncYes, "", "synced", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &stampedInto{}
			s := newStamped(k, &clockWatch{ask: func() syncState { return tt.state }}, mapped{})
			in := policy.Intent{Place: policy.Place{Country: "SG", Source: tt.source}}
			late := in
			for _, e := range []policy.Entry{{Kind: policy.KindIntent, Intent: &in}, {Kind: policy.KindOutcome, Outcome: &policy.Outcome{Late: &late}}} {
				if _, err := s.Append(context.Background(), e); err != nil {
					t.Fatal(err)
				}
			}
			for _, got := range []policy.Intent{in, late} {
				if got.Clock != tt.clock || got.Places != tt.places {
					t.Errorf("clock %q, places %q; want %q, %q", got.Clock, got.Places, tt.clock, tt.places)
				}
			}
			if _, err := s.Append(context.Background(), policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "reload"}}); err != nil || k.last.Admin == nil {
				t.Errorf("an act: %v", err)
			}
		})
	}
}
