package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
)

func TestZeroValuesAreSafe(t *testing.T) {
	var v policy.Verdict
	if v.Action != policy.Block || v.Action.Releases() {
		t.Error("an empty verdict does not block")
	}
	if policy.Action(200).Releases() || policy.Action(200).String() != "block" {
		t.Error("an action outside the set is not a block")
	}
	a := policy.Pass
	if err := a.UnmarshalText([]byte("allow")); err == nil || a != policy.Block {
		t.Errorf("an unknown action became %v, %v", a, err)
	}
	if !(policy.Place{}).Overseas() || (policy.Place{Country: "CN"}).Overseas() || !(policy.Place{Country: "HK"}).Overseas() {
		t.Error("an unknown place is not overseas, or the mainland is")
	}
	if (policy.Exporter{}).Known() {
		t.Error("nobody is a known exporter")
	}
	var need policy.Need
	if need != policy.NeedUnknown {
		t.Error("an unset need is not unknown")
	}
	if r := policy.Refuse(policy.ScanFailed); r.Action != policy.Block || !r.Final || !r.Has(policy.ScanFailed) || r.Has(policy.Oversize) {
		t.Errorf("Refuse = %+v", r)
	}
}

func TestActionsAndNeedsKeepTheirNames(t *testing.T) {
	for _, a := range []policy.Action{policy.Block, policy.Hold, policy.Redact, policy.Pass, policy.PassUnread} {
		b, err := json.Marshal(a)
		var back policy.Action
		if err != nil || json.Unmarshal(b, &back) != nil || back != a {
			t.Errorf("%v → %s → %v", a, b, back)
		}
	}
	for n := policy.NeedUnknown; n <= policy.NeedSAHard; n++ {
		b, err := json.Marshal(n)
		var back policy.Need
		if err != nil || json.Unmarshal(b, &back) != nil || back != n {
			t.Errorf("%v → %s → %v", n, b, back)
		}
	}
}

func group(flow string, bytes int64) policy.Entry {
	return policy.Entry{Kind: policy.KindGroup, Flow: flow, Group: &policy.Group{Parts: 1, Bytes: bytes}}
}

func TestFold(t *testing.T) {
	late := policytest.Outcome("a", policy.SentAll)
	late.Outcome.Late = &policy.Intent{Mode: "observe", Judged: "whole"}
	tests := []struct {
		name     string
		entries  []policy.Entry
		complete bool
		bytes    int64 // of groups
		want     string
	}{
		{"nothing", nil, false, 0, "no entries"},
		{"a block is complete by itself", []policy.Entry{policytest.Intent("a", policy.Block)}, true, 0, ""},
		{"a hold too", []policy.Entry{policytest.Intent("a", policy.Hold)}, true, 0, ""},
		{"a pass waits for its outcome", []policy.Entry{policytest.Intent("a", policy.Pass)}, false, 0, ""},
		{"outcome completes", []policy.Entry{policytest.Intent("a", policy.PassUnread), policytest.Outcome("a", policy.SentAll)}, true, 0, ""},
		{"groups add up", []policy.Entry{policytest.Intent("a", policy.Pass), group("a", 3), group("a", 4)}, false, 7, ""},
		{"late verdict takes the intent's place", []policy.Entry{policytest.Intent("a", policy.PassUnread), late}, true, 0, ""},
		{"begins with an outcome", []policy.Entry{policytest.Outcome("a", policy.SentAll)}, false, 0, "begins with outcome"},
		{"intent without content", []policy.Entry{{Kind: policy.KindIntent, Flow: "a"}}, false, 0, "begins with"},
		{"second intent", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Intent("a", policy.Pass)}, false, 0, "unexpected intent"},
		{"another flow", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Outcome("b", policy.SentAll)}, false, 0, "another flow"},
		{"after the end", []policy.Entry{policytest.Intent("a", policy.Block), policytest.Outcome("a", policy.SentAll)}, false, 0, "after flow was complete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := policy.Fold(tt.entries)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("error = %v, want one with %q", err, tt.want)
				}
				return
			}
			if err != nil || r.Complete != tt.complete || r.ID != "a" {
				t.Fatalf("Fold = %+v, %v", r, err)
			}
			if tt.bytes > 0 && r.Groups.Bytes != tt.bytes {
				t.Errorf("groups hold %d bytes, want %d", r.Groups.Bytes, tt.bytes)
			}
		})
	}
	r, err := policy.Fold([]policy.Entry{policytest.Intent("a", policy.PassUnread), late})
	if err != nil || r.Intent.Mode != "observe" || r.Outcome.Late != nil {
		t.Errorf("late verdict folded to %+v", r.Intent)
	}
}

func TestRecover(t *testing.T) {
	tests := []struct {
		name    string
		entries []policy.Entry // of flow "a", which holds a reservation
		counted int64
		want    policy.Recovery
	}{
		{"reserved only", nil, 0, policy.Recovery{Released: 1}},
		{"observed, with the log away", nil, 2, policy.Recovery{}},
		{"blocked", []policy.Entry{policytest.Intent("a", policy.Block)}, 0, policy.Recovery{Released: 1}},
		{"about to leave", []policy.Entry{policytest.Intent("a", policy.Pass)}, 2, policy.Recovery{InDoubt: 1}},
		{"sent all", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Outcome("a", policy.SentAll)}, 2, policy.Recovery{}},
		{"sent some", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Outcome("a", policy.SentSome)}, 2, policy.Recovery{}},
		{"sent none", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Outcome("a", policy.SentNone)}, 0, policy.Recovery{Released: 1}},
		{"an answer nobody knows", []policy.Entry{policytest.Intent("a", policy.Pass), policytest.Outcome("a", "")}, 2, policy.Recovery{}},
	}
	ctx := context.Background()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, r := &policytest.Ledger{}, &policytest.Recorder{}
			c := policy.Count{Flow: "a", Entity: policytest.Exporter, At: policytest.Start, Persons: policytest.Persons(0, 2),
				Limits: []policy.Limit{{ID: "n", Max: 10}}, Observe: strings.HasPrefix(tt.name, "observed")}
			held, err := l.Reserve(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range tt.entries {
				if e.Intent != nil && e.Intent.Enforced.Releases() {
					e.Intent.Reservation = &held
				}
				if _, err := r.Append(ctx, e); err != nil {
					t.Fatal(err)
				}
			}
			got, err := policy.Recover(ctx, l, r, "n1", (&policytest.Clock{}).Now, r.Settled)
			if err != nil || got != tt.want {
				t.Errorf("Recover = %+v, %v; want %+v", got, err, tt.want)
			}
			c.Persons = nil
			if b, _ := l.Peek(ctx, c); b[0].Before != tt.counted {
				t.Errorf("%d persons counted, want %d", b[0].Before, tt.counted)
			}
			if held, _ := l.Unsettled(ctx); len(held) != 0 {
				t.Errorf("%d reservations are still open", len(held))
			}
			if open, err := r.Open(ctx); err != nil || len(open) != 0 {
				t.Errorf("%d flows are still open, %v", len(open), err)
			}
		})
	}
}

func TestRecoverStopsAtTheFirstFault(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("broken")
	l, r := &policytest.Ledger{}, &policytest.Recorder{}
	if _, err := r.Append(ctx, policytest.Intent("a", policy.Pass)); err != nil {
		t.Fatal(err)
	}
	l.Fault = func(op string) error { return broken }
	if _, err := policy.Recover(ctx, l, r, "n1", (&policytest.Clock{}).Now, r.Settled); !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Errorf("Recover over a broken ledger = %v", err)
	}
	l.Fault, r.Fault = nil, func(policy.Entry) error { return broken }
	if _, err := policy.Recover(ctx, l, r, "n1", (&policytest.Clock{}).Now, r.Settled); !errors.Is(err, policy.ErrRecorderUnavailable) {
		t.Errorf("Recover over a broken log = %v", err)
	}
	r.Fault = nil
	if got, err := policy.Recover(ctx, l, r, "n1", (&policytest.Clock{}).Now, r.Settled); err != nil || got.InDoubt != 1 {
		t.Errorf("the second try = %+v, %v", got, err)
	}
}

func TestQuestionHasNoExactCounts(t *testing.T) {
	q := policy.Question{Stage: policy.StagePart, Brackets: []policy.Bracket{{Limit: "n", Before: 4711, After: 4712, Max: 9}}}
	b, err := q.Canonical()
	if err != nil || strings.Contains(string(b), "471") {
		t.Errorf("canonical question = %s, %v", b, err)
	}
}
