// Package replay derives a decision again from its record.
//
// A record holds the question that the policy was asked. Replay takes it as
// the basis, derives anew what follows from other facts of the record and from
// the pack, the policy and the filings of that time, all found by content, and
// asks the policy again. It never looks at the verdict of the record. With
// What it asks what the verdict would be under another pack, another policy or
// other filings. The promise: a fact that the record does not hold is never
// guessed in favour of a pass; where the answer depends on it, the answer is
// that it cannot be told.
package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// Sources gives what decisions rested on. It is asked by content.
type Sources interface {
	// Rules returns the rules of the pack with that digest.
	Rules(pack policy.PackID, profile string) (*policy.Rules, error)
	// Decider returns the policy of that digest, deciding under the rules. An
	// empty digest is that of a record that does not name its policy.
	Decider(digest string, r *policy.Rules) (policy.Decider, error)
	// Filing returns one revision of a filing.
	Filing(id string, revision int) (policy.Filing, bool)
	// Match compares filings with a flow as the register does.
	Match(filings []policy.Filing, f *policy.Flow) ([]policy.Candidate, error)
}

// What is under what else to ask. A nil field keeps what the record rested on.
type What struct {
	// Rules gives the rules in force on a day written 2006-01-02.
	Rules func(profile, day string) (*policy.Rules, error)
	// Decider gives a policy that decides under the rules.
	Decider func(r *policy.Rules) (policy.Decider, error)
	// Filings are put over those of the record: one of the same id takes its
	// place.
	Filings []policy.Filing
}

// None reports whether nothing else is asked about.
func (w What) None() bool { return w.Rules == nil && w.Decider == nil && len(w.Filings) == 0 }

// Difference is a fact that is not the same twice: in the record, and derived.
type Difference struct {
	Name     string `json:"name"`
	Recorded string `json:"recorded"`
	Derived  string `json:"derived"`
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: the record says %s, derived is %s", d.Name, orNothing(d.Recorded), orNothing(d.Derived))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// Derivation is a decision derived again.
type Derivation struct {
	Question policy.Question
	Rules    *policy.Rules
	Policy   string // digest
	Verdict  policy.Verdict
	// Stopped is the code of a refusal that no policy was asked about.
	Stopped policy.Code
	// Undecided says that the flow was observed and that the program ended
	// before its verdict.
	Undecided bool
	// Differences are facts of the record that contradict each other or what
	// it rested on. A sound record has none.
	Differences []Difference
	// Unknown are facts that the record does not hold and that the answer
	// depends on. With any, Verdict says nothing.
	Unknown []string
	// Assumed are limits of filings that were counted by this flow alone.
	Assumed []string
	// Taken are facts that stand in the recorded question alone, as what
	// reviewers answered: they are neither derived nor compared.
	Taken []string
}

// ErrNoQuestion means that a record has neither a question nor the reason why
// nobody was asked.
var ErrNoQuestion = errors.New("the record holds no question to ask again")

// Derive asks again. An error means that the record cannot be derived.
func Derive(ctx context.Context, r policy.Record, src Sources, w What) (Derivation, error) {
	digest := r.Intent.Policy
	if digest == "" {
		digest = r.Intent.Decided.Policy // which policy it was, not what it said
	}
	r.Intent.Decided, r.Intent.Enforced = policy.Verdict{}, policy.Block
	if stopped := r.Intent.Stopped; stopped != "" && (w.None() || stopped != policy.RedactionUnavail) {
		return Derivation{Stopped: stopped, Verdict: inParts(&r, policy.Refuse(stopped)),
			Differences: slices.Concat(checkStop(&r.Intent), deriveGroups(ctx, &r, src, w))}, nil
	}
	b, err := Rebuild(r, src, w)
	if err != nil {
		return Derivation{}, err
	}
	d := Derivation{Question: b.Question, Rules: b.Rules, Differences: b.Differences, Assumed: b.Assumed, Taken: b.Taken}
	if unjudged(&r.Intent, &b.Question) {
		d.Undecided = true
		return d, nil
	}
	decider, err := deciderOf(digest, b.Rules, src, w)
	if err != nil {
		return d, err
	}
	d.Policy = decider.Digest()
	d.Verdict, d.Unknown, err = b.decide(ctx, decider, w)
	d.Verdict = inParts(&r, d.Verdict)
	d.Differences = append(d.Differences, deriveGroups(ctx, &r, src, w)...)
	return d, err
}

// unjudged reports whether a flow went by in observe mode and the record ends
// before what was found in it.
func unjudged(in *policy.Intent, q *policy.Question) bool {
	return in.Mode == policy.ModeObserve && (in.Judged == policy.JudgedWhole || in.Judged == policy.JudgedMessage) && q.Stage == policy.StageHead
}

func deciderOf(digest string, r *policy.Rules, src Sources, w What) (policy.Decider, error) {
	if w.Decider != nil {
		return w.Decider(r)
	}
	d, err := src.Decider(digest, r)
	if err == nil && digest != "" && d.Digest() != digest {
		return nil, fmt.Errorf("the policy found for digest %s has the digest %s", digest, d.Digest())
	}
	return d, err
}

// Compare says in what two verdicts differ. Until when they hold is not
// compared, nor, for a question asked under another policy, which policy it was.
func Compare(recorded, derived policy.Verdict, samePolicy bool) []Difference {
	var c comparison
	c.text("verdict.action", recorded.Action.String(), derived.Action.String())
	c.same("verdict.reasons", recorded.Reasons, derived.Reasons)
	c.same("verdict.final", recorded.Final, derived.Final)
	c.text("verdict.need", recorded.Need.String(), derived.Need.String())
	c.text("verdict.basis", recorded.Basis, derived.Basis)
	c.text("verdict.filing", recorded.Filing, derived.Filing)
	c.same("verdict.revision", recorded.Revision, derived.Revision)
	c.same("verdict.limits", recorded.Limits, derived.Limits)
	c.same("verdict.uses", recorded.Uses, derived.Uses)
	c.same("verdict.escalate", recorded.Escalate, derived.Escalate)
	if samePolicy {
		c.text("verdict.policy", recorded.Policy, derived.Policy)
	}
	return c.out
}
