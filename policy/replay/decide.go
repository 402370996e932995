package replay

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// maxOpen bounds how many unknown facts are tried out; each doubles the
// questions.
const maxOpen = 4

// open is a fact that the record does not tell. set makes it so or not.
type open struct {
	name string
	set  func(q *policy.Question, yes bool)
}

// decide asks, once for each way in which the unknown facts could be. If all
// answers are the same, they did not matter.
func (b *Rebuilt) decide(ctx context.Context, d policy.Decider, w What) (policy.Verdict, []string, error) {
	if len(b.open) > maxOpen {
		return policy.Verdict{}, b.Unknown(), nil
	}
	var first policy.Verdict
	for ways := range 1 << len(b.open) {
		q := b.Question
		q.Found, q.Brackets, q.Candidates = slices.Clone(q.Found), slices.Clone(q.Brackets), slices.Clone(q.Candidates)
		for i, o := range b.open {
			o.set(&q, ways&(1<<i) != 0)
		}
		v, err := d.Decide(ctx, &q)
		if err != nil {
			return policy.Verdict{}, nil, fmt.Errorf("ask the policy again: %w", err)
		}
		if !w.None() {
			if q.Stage == policy.StageHead && readsOn(&v) {
				return policy.Verdict{}, []string{"content"}, nil // nobody read it then
			}
			if v.Action == policy.Redact {
				v = policy.Refuse(policy.RedactionUnavail)
			}
		}
		if ways == 0 {
			first = v
		}
		first.ValidUntil, v.ValidUntil = policy.Verdict{}.ValidUntil, policy.Verdict{}.ValidUntil
		if !reflect.DeepEqual(first, v) {
			return policy.Verdict{}, b.Unknown(), nil
		}
	}
	return first, nil, nil
}

// Unknown names the facts that the record does not tell.
func (b *Rebuilt) Unknown() []string {
	var out []string
	for _, o := range b.open {
		out = append(out, o.name)
	}
	return out
}

// readsOn reports whether the content would be read after this answer about a
// head: it is not final, or it is none that a head can be held to.
func readsOn(v *policy.Verdict) bool {
	return !v.Final || v.Action == policy.Hold || v.Action.Releases() && v.Action != policy.PassUnread
}
