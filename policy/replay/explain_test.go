package replay_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// fixed is a policy with one answer.
type fixed struct{ v policy.Verdict }

func (f fixed) Decide(context.Context, *policy.Question) (policy.Verdict, error) { return f.v, nil }
func (fixed) Digest() string                                                     { return "fixed" }

func TestExplainShowsWhatTheVerdictRestsOn(t *testing.T) {
	h := newHouse()
	r := record(t, func(in *policy.Intent, q *policy.Question) {
		in.Counters[2].After, q.Brackets[2].Exceeded = 51, true
	})
	d := derive(t, h, r, replay.What{})
	x, err := replay.Explain(r, d, h)
	if err != nil {
		t.Fatal(err)
	}
	if x.Step.Name != "filing" || len(x.Reasons) != 1 || x.Reasons[0].ZH.Remedy == "" || x.Reasons[0].EN.Article == "" || x.Near == nil {
		t.Errorf("reasons: %+v, step %+v, near %v", x.Reasons, x.Step, x.Near)
	}
	if x.NeedArticle != "第八条" || len(x.Pathways) != 1 || x.PackTitle != "a pack" {
		t.Errorf("law: %q %v %q", x.NeedArticle, x.Pathways, x.PackTitle)
	}
	if len(x.Counters) != 3 || x.Counters[0].Reach != 100 || x.Counters[0].Before != 40 || !x.Counters[2].Exceeded {
		t.Errorf("counters: %+v", x.Counters)
	}
	c := x.Clause
	if c == nil || c.Missing || c.Covers || c.Link != "L1" || c.Recipient.ID != "sg" || len(c.Items) != 1 || c.Items[0].Class != inspect.Mobile {
		t.Errorf("clause: %+v", c)
	}
	if len(x.Found) != 1 || x.Found[0].Count != 3 || x.Found[0].ZH == "" {
		t.Errorf("found: %+v", x.Found)
	}
}

func TestStepOf(t *testing.T) {
	pass := func(basis string) policy.Verdict {
		return policy.Verdict{Action: policy.Pass, Final: true, Basis: basis}
	}
	tests := []struct {
		name string
		d    replay.Derivation
		want string
	}{
		{"of the wire", replay.Derivation{Stopped: policy.Oversize}, "stopped"},
		{"observed and cut short", replay.Derivation{Undecided: true}, "observed"},
		{"a head to read on", replay.Derivation{Question: policy.Question{Stage: policy.StageHead}}, "head"},
		{"domestic", replay.Derivation{Verdict: pass("NOT_OUTBOUND")}, "outbound"},
		{"a secret", replay.Derivation{Verdict: policy.Refuse(policy.StateSecret)}, "secrets"},
		{"denied", replay.Derivation{Verdict: policy.Refuse(policy.RecipientDenied)}, "denylist"},
		{"not read", replay.Derivation{Verdict: policy.Refuse(policy.CoveragePartial)}, "doubt"},
		{"unread and let go", replay.Derivation{Verdict: pass("UNREAD_ALLOWED")}, "unread"},
		{"transit", replay.Derivation{Verdict: pass("EX_TRANSIT")}, "transit"},
		{"nothing", replay.Derivation{Verdict: pass("EX_NO_PI")}, "nothing"},
		{"a claim", replay.Derivation{Verdict: pass("EX_HR")}, "exemption"},
		{"a list", replay.Derivation{Verdict: pass("EX_FTZ_OFFLIST")}, "zone"},
		{"small", replay.Derivation{Verdict: pass("EX_SMALL")}, "need"},
		{"not counted", replay.Derivation{Verdict: policy.Refuse(policy.LedgerUnavail, policy.ZoneUnverified)}, "need"},
		{"a row not counted", replay.Derivation{Verdict: policy.Verdict{Reasons: []policy.Reason{{Code: policy.LedgerUnavail, Limit: "list.x.y.1"}}}}, "zone"},
		{"a filing", replay.Derivation{Verdict: pass("SC")}, "filing"},
		{"no filing", replay.Derivation{Verdict: policy.Refuse(policy.FilingNotFound)}, "filing"},
		{"a required filing", replay.Derivation{Verdict: policy.Verdict{Reasons: []policy.Reason{{Code: policy.FilingNotFound, Rule: "require.filing"}}}}, "operator"},
		{"an operator's rule", replay.Derivation{Verdict: policy.Refuse(policy.OperatorDenied)}, "operator"},
		{"held", replay.Derivation{Verdict: policy.Refuse(policy.HeldForReview)}, "review"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := replay.StepOf(&tt.d); got.Name != tt.want || got.ZH == "" || got.EN == "" {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
}

// FuzzDerive feeds records of anybody's making: no panic, and never a pass
// that a policy which blocks did not give.
func FuzzDerive(f *testing.F) {
	whole, err := json.Marshal(record(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"id":"x","intent":{"stopped":"OVERSIZE"}}`))
	f.Add([]byte(`{"id":"x","intent":{"pack":{"digest":"d1"},"question":{"date":"2026-11-22","candidates":[{"filing":"F","revision":1}]}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r policy.Record
		if json.Unmarshal(b, &r) != nil {
			return
		}
		h := newHouse()
		h.decider = fixed{policy.Refuse(policy.FilingNotFound)}
		for _, w := range []replay.What{{}, under(rulesOf("d2", 43, 1, inspect.Mobile)), {Filings: []policy.Filing{filing(2, 1)}}} {
			r.Intent.Policy = ""
			r.Intent.Decided.Policy = ""
			d, err := replay.Derive(context.Background(), r, h, w)
			if err == nil && d.Verdict.Action != policy.Block {
				t.Errorf("a pass that nobody gave: %+v", d.Verdict)
			}
			if err == nil {
				if _, err := replay.Explain(r, d, h); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
