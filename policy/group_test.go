package policy_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
)

func windows(parts, bytes int64, question string, held *policy.Reservation) policy.Entry {
	return policy.Entry{Kind: policy.KindGroup, Flow: "a", Group: &policy.Group{Parts: parts, Bytes: bytes,
		Verdict: policy.Verdict{Action: policy.Pass, Basis: question}, Question: json.RawMessage(question), Reservation: held}}
}

func stream(judged string) policy.Entry {
	e := policytest.Intent("a", policy.Pass)
	e.Intent.Judged, e.Intent.Reservation = judged, &policy.Reservation{ID: "r0", NewNS: 3, NewSP: 1}
	return e
}

// A record of windows sums what its groups say, whatever was joined first.
func TestGroupsFold(t *testing.T) {
	one, two := &policy.Reservation{ID: "r1", NewNS: 1}, &policy.Reservation{ID: "r2", NewNS: 1, NewSP: 2}
	groups := []policy.Entry{windows(1, 4, "1", nil), windows(2, 5, "2", one), windows(1, 6, "", nil), windows(4, 7, "", two)}
	left := groups[0].Group.Join(groups[1].Group).Join(groups[2].Group).Join(groups[3].Group)
	right := groups[0].Group.Join(groups[1].Group.Join(groups[2].Group.Join(groups[3].Group)))
	r, err := policy.Fold(append([]policy.Entry{stream(policy.JudgedWindow)}, groups...))
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]*policy.Group{"one by one": left, "from the end": right, "as a record": r.Groups} {
		if g.Parts != 8 || g.Bytes != 22 || g.Verdict.Basis != "" || string(g.Question) != "2" ||
			g.Reservation.ID != "" || g.Reservation.NewNS != 2 || g.Reservation.NewSP != 2 {
			t.Errorf("%s: %+v, reserved %+v", name, g, g.Reservation)
		}
	}
	if ns, sp := r.Reserved(); ns != 5 || sp != 3 {
		t.Errorf("%d and %d persons were new, want 5 and 3", ns, sp)
	}
	if r, _ := policy.Fold([]policy.Entry{stream(policy.JudgedWindow), windows(1, 4, "1", one)}); r.Groups.Reservation.ID != "" || r.Groups.Reservation.NewNS != 1 {
		t.Errorf("one reservation folds to %+v", r.Groups.Reservation)
	}
	if (*policy.Group)(nil).Join(nil) != nil {
		t.Error("nothing joined is something")
	}
}

// The last verdict of a flow in parts takes the place of its first, but what
// was reserved with the first stays with it.
func TestTheLastVerdictOfAStreamIsTheRecords(t *testing.T) {
	late := stream(policy.JudgedWindow).Intent
	late.Decided = policy.Refuse(policy.AfterRelease, policy.Oversize, policy.CategoryNotCovered)
	late.Reservation = &policy.Reservation{ID: "r9", NewNS: 99}
	out := policytest.Outcome("a", policy.SentSome)
	out.Outcome.Late, out.Outcome.Fault, out.Outcome.Bytes = late, policy.AfterRelease, 22
	r, err := policy.Fold([]policy.Entry{stream(policy.JudgedWindow), windows(2, 22, "1", nil), out})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete || !r.CutOff() || !r.Intent.Enforced.Releases() || r.SentBytes() != 22 {
		t.Errorf("%+v", r)
	}
	if ns, _ := r.Reserved(); ns != 3 || r.Intent.Reservation.ID != "r0" {
		t.Errorf("%d persons were new, of %+v", ns, r.Intent.Reservation)
	}
	if v := r.Verdict().Asked(); len(v.Reasons) != 2 || v.Reasons[0].Code != policy.Oversize || !r.Verdict().Has(policy.AfterRelease) {
		t.Errorf("the policy said %+v", v.Reasons)
	}
	for name, change := range map[string]func(*policy.Record){
		"a pass":          func(r *policy.Record) { r.Intent.Decided.Action = policy.Pass },
		"a whole body":    func(r *policy.Record) { r.Intent.Judged = policy.JudgedWhole },
		"observed":        func(r *policy.Record) { r.Intent.Mode = policy.ModeObserve },
		"nothing allowed": func(r *policy.Record) { r.Intent.Enforced = policy.Block },
	} {
		other := r
		change(&other)
		if other.CutOff() {
			t.Errorf("%s: cut off", name)
		}
	}
}

// A flow in parts has several reservations. One whose group is not in the log
// is given back once the flow's end is known, and only then.
func TestRecoverSeveralReservationsOfAFlow(t *testing.T) {
	tests := []struct {
		name    string
		named   int // of the three
		sent    policy.Sent
		counted int64
		want    policy.Recovery
	}{
		{"all named, sent", 3, policy.SentSome, 6, policy.Recovery{}},
		{"the last was never recorded", 2, policy.SentSome, 4, policy.Recovery{Released: 1}},
		{"all named, nothing sent", 3, policy.SentNone, 0, policy.Recovery{Released: 3}},
		{"all named, nobody knows", 3, policy.SentUnknown, 6, policy.Recovery{}},
		{"no end, all named", 3, "", 6, policy.Recovery{InDoubt: 1}},
		{"no end, the last was never recorded", 2, "", 6, policy.Recovery{InDoubt: 1}},
		{"no entry at all", 0, "", 0, policy.Recovery{Released: 3}},
	}
	ctx := context.Background()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, r := &policytest.Ledger{}, &policytest.Recorder{}
			count := policy.Count{Flow: "a", Entity: policytest.Exporter, At: policytest.Start, Limits: []policy.Limit{{ID: "n", Max: 10}}}
			add := func(e policy.Entry) {
				if _, err := r.Append(ctx, e); err != nil {
					t.Fatal(err)
				}
			}
			for i := range 3 {
				count.Persons = policytest.Persons(i*2, 2)
				held, err := l.Reserve(ctx, count)
				if err != nil {
					t.Fatal(err)
				}
				switch e := stream(policy.JudgedWindow); {
				case i >= tt.named:
				case i == 0:
					e.Intent.Reservation = &held
					add(e)
				default:
					add(windows(1, 1, "1", &held))
				}
			}
			if tt.sent != "" {
				add(policytest.Outcome("a", tt.sent))
			}
			got, err := policy.Recover(ctx, l, r, "n1", (&policytest.Clock{}).Now, r.Settled)
			if err != nil || got != tt.want {
				t.Errorf("Recover = %+v, %v; want %+v", got, err, tt.want)
			}
			count.Persons = nil
			if b, _ := l.Peek(ctx, count); b[0].Before != tt.counted {
				t.Errorf("%d persons counted, want %d", b[0].Before, tt.counted)
			}
			if open, _ := l.Unsettled(ctx); len(open) != 0 {
				t.Errorf("%d reservations are still open", len(open))
			}
		})
	}
}
