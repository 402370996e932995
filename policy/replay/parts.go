package replay

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/policy"
)

// inParts is a verdict as the gateway takes it in the middle of a flow: there
// is no waiting and no rewriting, and a refusal says that a part had left.
func inParts(r *policy.Record, v policy.Verdict) policy.Verdict {
	if !r.Intent.InParts() || r.Intent.Mode != policy.ModeEnforce || r.Outcome == nil || v.Action.Releases() {
		return v
	}
	v.Action = policy.Block
	if r.Groups != nil {
		v.Reasons = slices.Concat([]policy.Reason{{Code: policy.AfterRelease}}, v.Reasons)
	}
	return v
}

// deriveGroups derives the verdict of the last group again, from the question
// that stands with it.
func deriveGroups(ctx context.Context, r *policy.Record, src Sources, w What) []Difference {
	g := r.Groups
	if g == nil || len(g.Question) == 0 || !w.None() {
		return nil
	}
	var c comparison
	var q policy.Question
	if json.Unmarshal(g.Question, &q) != nil {
		c.text("groups.question", "unreadable", "")
		return c.out
	}
	c.text("groups.stage", string(q.Stage), string(stageOf(&r.Intent)))
	rules, err := src.Rules(q.Pack, q.Profile)
	if err != nil {
		c.text("groups.pack", q.Pack.ID, "a rule pack that is not there")
		return c.out
	}
	d, err := deciderOf(g.Verdict.Policy, rules, src, w)
	if err != nil {
		c.text("groups.policy", g.Verdict.Policy, "a policy that is not there")
		return c.out
	}
	v, err := d.Decide(ctx, &q)
	if err != nil {
		c.text("groups.verdict", g.Verdict.Action.String(), "no answer")
		return c.out
	}
	for _, d := range Compare(g.Verdict, v, true) {
		d.Name = "groups." + d.Name
		c.out = append(c.out, d)
	}
	return c.out
}

// stageOf is the stage of the questions about a record's content.
func stageOf(in *policy.Intent) policy.Stage {
	switch in.Judged {
	case policy.JudgedHead, policy.JudgedUnread:
		return policy.StageHead
	case policy.JudgedWindow:
		return policy.StageWindow
	}
	return policy.StagePart
}

// checkParts is CheckOutcome of a flow that left in parts and has its end.
func checkParts(r *policy.Record, v policy.Verdict, enforced bool) []Difference {
	var c comparison
	in, o := &r.Intent, r.Outcome
	if enforced {
		c.text("enforced", in.Enforced.String(), policy.Pass.String()) // at least its head went
	}
	switch {
	case !v.Action.Releases():
		c.text("outcome.fault", string(o.Fault), string(v.Reasons[0].Code))
	case o.Fault == policy.AfterRelease:
		c.text("outcome.fault", string(o.Fault), "")
	case r.Groups == nil && o.Bytes > 0 && !o.InDoubt:
		c.text("groups", "", strconv.FormatInt(o.Bytes, 10)+" bytes")
	case in.Persons.Total > 0 && r.Groups != nil && in.Reservation == nil && r.Groups.Reservation == nil && anybodyNew(in.Counters):
		c.text("reservation", "", strconv.Itoa(in.Persons.Total)+" persons")
	}
	if g := r.Groups; g != nil {
		if !g.Verdict.Action.Releases() {
			c.text("groups.verdict", g.Verdict.Action.String(), policy.Pass.String())
		}
		if in.Judged == policy.JudgedWindow && o.Bytes > g.Bytes {
			c.text("outcome.bytes", strconv.FormatInt(o.Bytes, 10), "at most "+strconv.FormatInt(g.Bytes, 10))
		}
	}
	return c.out
}
