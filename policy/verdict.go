package policy

import (
	"context"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Verdict is the answer to a Question. The zero value blocks.
type Verdict struct {
	Action  Action   `json:"action"`
	Reasons []Reason `json:"reasons"`
	// Final on a head question ends the flow there; without it the gateway
	// goes on to read. It has no meaning on a part question.
	Final bool   `json:"final,omitempty"`
	Need  Need   `json:"need"`
	Basis string `json:"basis,omitempty"` // legal basis it passes under: EX_SMALL, SC, ...
	// Filing and Revision name the filing that covers the part, or came
	// nearest to it.
	Filing   string `json:"filing,omitempty"`
	Revision int    `json:"revision,omitempty"`
	// Limits must hold when the persons are reserved.
	Limits []string `json:"limits,omitempty"`
	// Uses are the ticket and the exceptions that the verdict rests on; their
	// quota is taken before anything leaves.
	Uses []string `json:"uses,omitempty"`
	// Escalate asks for a person at once (state secrets, core data).
	Escalate bool `json:"escalate,omitempty"`
	// ValidUntil bounds reuse of this verdict for an equal question.
	ValidUntil time.Time `json:"valid_until,omitzero"`
	Policy     string    `json:"policy,omitempty"` // digest of the policy that answered
}

// Reason is one ground of a verdict.
type Reason struct {
	Code Code `json:"code"`
	// Class, Limit and Filing narrow the code down: which class is not
	// covered, which limit is full, in which filing.
	Class  string `json:"class,omitempty"`
	Limit  string `json:"limit,omitempty"`
	Filing string `json:"filing,omitempty"`
	// Gaps say why content was not read, sorted; only for codes of coverage.
	Gaps []inspect.GapReason `json:"gaps,omitempty"`
	// Rule is the id of an operator's own rule, or of an entry of the pack.
	Rule string `json:"rule,omitempty"`
	// Of is the reason that this one lifts, and By the ticket or exception by
	// which it does.
	Of Code   `json:"of,omitempty"`
	By string `json:"by,omitempty"`
}

// Refuse returns a Block verdict with the given codes.
func Refuse(codes ...Code) Verdict {
	v := Verdict{Final: true}
	for _, c := range codes {
		v.Reasons = append(v.Reasons, Reason{Code: c})
	}
	return v
}

// Has reports whether the verdict names a code.
func (v *Verdict) Has(c Code) bool {
	for _, r := range v.Reasons {
		if r.Code == c {
			return true
		}
	}
	return false
}

// Decider answers questions. It is safe for concurrent use.
type Decider interface {
	// Decide answers within its own time limit. With an error the verdict is
	// a Block that says so; callers must not pass anything on error.
	Decide(ctx context.Context, q *Question) (Verdict, error)
	// Digest identifies the policy in force.
	Digest() string
}
