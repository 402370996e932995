package rego

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// TestOptions say what Test runs.
type TestOptions struct {
	// Law gives the rule pack of Now as data.pack. It is required.
	Law policy.Law
	// Dir and Bundle are as in Options; *_test.rego in either are run.
	Dir    string
	Bundle []byte
	Keys   []sign.Verifier
	// Limit bounds one test. Default 10 s.
	Limit time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// TestResult is one test rule.
type TestResult struct {
	Name     string        `json:"name"` // package and rule
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Pass     bool          `json:"pass"`
	Message  string        `json:"message,omitempty"`
	Duration time.Duration `json:"duration_ns"`
}

// Test runs the operator's test rules beside the policy, and returns them by
// name. A policy that does not compile is an error.
func Test(ctx context.Context, o TestOptions) ([]TestResult, error) {
	if o.Law == nil {
		return nil, errors.New("test policy: rule packs are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	rules, err := o.Law.At(o.Now())
	if err != nil {
		return nil, fmt.Errorf("test policy: %w", err)
	}
	src, err := readSource(Options{Dir: o.Dir, Bundle: o.Bundle, Keys: o.Keys})
	if err != nil {
		return nil, err
	}
	if _, err := compile(src); err != nil {
		return nil, err
	}
	parsed, err := parseModules(append(slices.Clone(src.modules), src.tests...))
	if err != nil {
		return nil, err
	}
	store := inmem.NewFromObject(documents(rules, src.data))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("test policy: %w", err)
	}
	defer store.Abort(ctx, txn)
	ch, err := tester.NewRunner().SetCompiler(newCompiler(src.data)).SetStore(store).SetModules(parsed).
		RaiseBuiltinErrors(true).SetTimeout(cmp.Or(o.Limit, 10*time.Second)).RunTests(ctx, txn)
	if err != nil {
		return nil, fmt.Errorf("test policy: %w", err)
	}
	out := []TestResult{}
	for r := range ch { // to its end, or its sender would wait for ever
		out = append(out, result(r))
	}
	slices.SortFunc(out, func(a, b TestResult) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Line, b.Line))
	})
	return out, ctx.Err()
}

func result(r *tester.Result) TestResult {
	out := TestResult{Name: strings.TrimPrefix(r.Package, "data.") + "." + r.Name, Pass: r.Pass(), Duration: r.Duration}
	if r.Location != nil {
		out.File, out.Line = r.Location.File, r.Location.Row
	}
	switch {
	case r.Error != nil:
		out.Pass, out.Message = false, place(r.Error).Error()
	case r.Skip:
		out.Pass, out.Message = false, "skipped: the name begins with todo_"
	case r.Fail:
		out.Message = "is not true"
		if r.FailedAt != nil && r.FailedAt.Location != nil {
			out.Message = fmt.Sprintf("is not true at line %d", r.FailedAt.Location.Row)
		}
	}
	return out
}

// checkTests parses tests as their modules would be.
func checkTests(tests []module) error {
	_, err := parseModules(tests)
	return err
}

// Eval answers a question given as JSON. A question that names no rule pack is
// asked under the one in force on its day.
func (d *Decider) Eval(ctx context.Context, question []byte) (policy.Verdict, error) {
	q, err := ParseQuestion(question)
	if err != nil {
		return policy.Refuse(policy.DeciderFailed), err
	}
	if q.Pack == (policy.PackID{}) {
		day, _, err := validity(q)
		if err != nil {
			return policy.Refuse(policy.DeciderFailed), err
		}
		rules, err := d.o.Law.At(day)
		if err != nil {
			return policy.Refuse(policy.LawUnavailable), err
		}
		q.Pack, q.Profile = rules.Pack, cmp.Or(q.Profile, rules.Profile)
	}
	return d.Decide(ctx, q)
}
