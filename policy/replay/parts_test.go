package replay_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// inWindows is a record of a flow in windows with its end, as it folds: the
// last intent, and the groups that left.
func inWindows(t *testing.T, of ...change) policy.Record {
	of = append([]change{func(in *policy.Intent, q *policy.Question) {
		in.Judged, q.Stage = policy.JudgedWindow, policy.StageWindow
	}}, of...)
	r := sent(t, of...)
	first := record(t, of[0])
	r.Groups = &policy.Group{Parts: 2, Bytes: 9, Question: first.Intent.Question, Reservation: &policy.Reservation{NewNS: 1},
		Verdict: policy.Verdict{Action: policy.Pass, Final: true, Basis: "SC", Filing: "F", Revision: 1, Reasons: []policy.Reason{{Code: policy.FilingCovers, Filing: "F"}}}}
	return r
}

// cut makes a record that of a flow whose last window was refused.
func cut(r *policy.Record) {
	r.Outcome.Sent, r.Outcome.Fault = policy.SentSome, policy.AfterRelease
	r.Intent.Decided = policy.Verdict{Final: true, Need: policy.NeedSCOrCert, Filing: "F", Revision: 1,
		Reasons: []policy.Reason{{Code: policy.AfterRelease}, {Code: policy.VolumeExceeded, Limit: "F.ns", Filing: "F"}}}
}

// Each verdict of a flow in parts is derived again, and what became of it has
// to fit them.
func TestFlowsInPartsAreDerivedAgain(t *testing.T) {
	full := func(in *policy.Intent, q *policy.Question) {
		in.Counters[2].Before, in.Counters[2].After, q.Brackets[2].Exceeded = 48, 51, true
	}
	stopped := func(in *policy.Intent, _ *policy.Question) { in.Stopped = policy.Oversize }
	passed := func(r *policy.Record) { r.Intent.Decided = r.Groups.Verdict }
	tests := []struct {
		name   string
		of     []change
		change func(*policy.Record)
		want   []string
	}{
		{"all of it passed", nil, passed, nil},
		{"a later window was refused", []change{full}, cut, nil},
		{"a later window could not be read", []change{stopped}, func(r *policy.Record) {
			cut(r)
			r.Intent.Decided = policy.Refuse(policy.AfterRelease, policy.Oversize)
		}, nil},
		{"a refusal that does not say that a part had left", []change{full}, func(r *policy.Record) {
			cut(r)
			r.Intent.Decided.Reasons = r.Intent.Decided.Reasons[1:]
		}, []string{"verdict.reasons"}},
		{"a refusal that the outcome does not tell", []change{full}, func(r *policy.Record) { cut(r); r.Outcome.Fault = "" }, []string{"outcome.fault"}},
		{"a pass that says it was cut off", nil, func(r *policy.Record) { passed(r); r.Outcome.Fault = policy.AfterRelease }, []string{"outcome.fault"}},
		{"a cut that was enforced as a block", []change{full}, func(r *policy.Record) { cut(r); r.Intent.Enforced = policy.Block },
			[]string{"reservation", "outcome.sent", "outcome.bytes", "groups"}},
		{"more left than was let go", nil, func(r *policy.Record) { passed(r); r.Outcome.Bytes = 10 }, []string{"outcome.bytes"}},
		{"bytes of no group", nil, func(r *policy.Record) { passed(r); r.Groups = nil }, []string{"groups"}},
		{"nobody was counted", nil, func(r *policy.Record) { passed(r); r.Intent.Reservation, r.Groups.Reservation = nil, nil }, []string{"reservation"}},
		{"counted with a later window", nil, func(r *policy.Record) { passed(r); r.Intent.Reservation = nil }, nil},
		{"another verdict of a group", nil, func(r *policy.Record) { passed(r); r.Groups.Verdict.Filing = "G" }, []string{"groups.verdict.filing"}},
		{"a group of another question", nil, func(r *policy.Record) {
			passed(r)
			r.Groups.Question = json.RawMessage(`{"stage":"part"}`)
		}, []string{"groups.stage", "groups.pack"}},
		{"a group whose question is none", nil, func(r *policy.Record) { passed(r); r.Groups.Question = json.RawMessage(`[]`) }, []string{"groups.question"}},
		{"a group that was refused", nil, func(r *policy.Record) { passed(r); r.Groups.Verdict.Action = policy.Block }, []string{"groups.verdict", "groups.verdict.action"}},
		{"a window judged as a whole", nil, func(r *policy.Record) { passed(r); r.Intent.Judged = policy.JudgedWhole }, []string{"groups.stage", "stage"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := inWindows(t, tt.of...)
			tt.change(&r)
			d := derive(t, newHouse(), r, replay.What{})
			got := namesOf(slices.Concat(d.Differences, replay.CheckOutcome(r, d.Verdict, true), replay.Compare(r.Intent.Decided, d.Verdict, d.Stopped == "")))
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// In messages the policy may want to hold one or take data out of it; in the
// middle of a flow either ends it.
func TestAMessageThatWasHeldEndsTheFlow(t *testing.T) {
	h := newHouse()
	r := sent(t, func(in *policy.Intent, _ *policy.Question) { in.Judged = policy.JudgedMessage })
	h.decider = held{}
	d := derive(t, h, r, replay.What{})
	if d.Verdict.Action != policy.Block || d.Verdict.Reasons[0].Code != policy.HeldForReview {
		t.Errorf("with its first message: %+v", d.Verdict)
	}
	r.Groups = &policy.Group{Parts: 1, Bytes: 9, Verdict: policy.Verdict{Action: policy.Pass}}
	if d := derive(t, h, r, replay.What{}); d.Verdict.Action != policy.Block || d.Verdict.Reasons[0].Code != policy.AfterRelease {
		t.Errorf("after others: %+v", d.Verdict)
	}
	if r.Outcome = nil; derive(t, h, r, replay.What{}).Verdict.Action != policy.Hold {
		t.Error("one that was held before anything left is no hold")
	}
}

func TestStepsOfWindows(t *testing.T) {
	v := func(a policy.Action, codes ...policy.Code) policy.Verdict {
		v := policy.Refuse(codes...)
		v.Action = a
		return v
	}
	for want, verdict := range map[string]policy.Verdict{
		"window": v(policy.Block, policy.AfterRelease, policy.Oversize), "filing": v(policy.Block, policy.Oversize, policy.FilingNotFound),
		"secrets": v(policy.Block, policy.Oversize, policy.StateSecret), "need": v(policy.Block, policy.Oversize, policy.LedgerUnavail),
	} {
		d := replay.Derivation{Verdict: verdict}
		d.Question.Stage = policy.StageWindow
		if got := replay.StepOf(&d).Name; got != want {
			t.Errorf("%+v is decided by %s, want %s", verdict.Reasons, got, want)
		}
	}
	pass := replay.Derivation{Verdict: policy.Verdict{Action: policy.Pass, Basis: "SC"}}
	pass.Question.Stage = policy.StageWindow
	if got := replay.StepOf(&pass).Name; got != "window" {
		t.Errorf("a pass is decided by %s", got)
	}
}

// held holds everything.
type held struct{}

func (held) Digest() string { return "policytest" }

func (held) Decide(context.Context, *policy.Question) (policy.Verdict, error) {
	return policy.Verdict{Action: policy.Hold, Final: true, Reasons: []policy.Reason{{Code: policy.HeldForReview, Rule: "look"}}}, nil
}
