package rego

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// query is the one document that is asked for.
const query = "data.customs.decision.verdict"

// program is a compiled policy with a prepared query for each rule pack.
type program struct {
	digest   string
	compiler *ast.Compiler

	mu       sync.Mutex
	prepared map[packKey]*rego.PreparedEvalQuery
}

type packKey struct {
	pack    policy.PackID
	profile string
}

func compile(modules []module) (*program, error) {
	parsed, err := parseModules(modules)
	if err != nil {
		return nil, err
	}
	c := ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1)
	if c.Compile(parsed); c.Failed() {
		return nil, fmt.Errorf("compile policy: %w", c.Errors)
	}
	return &program{digest: digestOf(modules), compiler: c, prepared: map[packKey]*rego.PreparedEvalQuery{}}, nil
}

// under returns the query prepared with a pack as data.pack.
func (p *program) under(ctx context.Context, r *policy.Rules) (*rego.PreparedEvalQuery, error) {
	key := packKey{r.Pack, r.Profile}
	p.mu.Lock()
	defer p.mu.Unlock()
	if pq, ok := p.prepared[key]; ok {
		return pq, nil
	}
	store := inmem.NewFromObjectWithOpts(map[string]any{"pack": r.Data}, inmem.OptReturnASTValuesOnRead(true))
	pq, err := rego.New(rego.Query(query), rego.Compiler(p.compiler), rego.Store(store),
		rego.Capabilities(capabilities()), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare policy: %w", err)
	}
	if len(p.prepared) >= maxPacks {
		clear(p.prepared)
	}
	p.prepared[key] = &pq
	return &pq, nil
}

// ask evaluates the policy on one question.
func (p *program) ask(ctx context.Context, r *policy.Rules, q *policy.Question, canonical []byte) (policy.Verdict, error) {
	// Preparing is done once a pack and is not part of a question's time.
	pq, err := p.under(context.WithoutCancel(ctx), r)
	if err != nil {
		return policy.Verdict{}, err
	}
	input, err := ast.ValueFromReader(bytes.NewReader(canonical))
	if err != nil {
		return policy.Verdict{}, errors.New("question is not JSON")
	}
	rs, err := pq.Eval(ctx, rego.EvalParsedInput(input))
	if err != nil {
		return policy.Verdict{}, place(err)
	}
	if err := ctx.Err(); err != nil {
		return policy.Verdict{}, fmt.Errorf("evaluate policy: %w", err)
	}
	if len(rs) != 1 || len(rs[0].Expressions) != 1 {
		return policy.Verdict{}, errors.New("evaluate policy: no verdict for this question")
	}
	return read(rs[0].Expressions[0].Value, q, r)
}

// place says what kind of error it was and where, without the message, which
// may quote what a client declared.
func place(err error) error {
	var e *topdown.Error
	if !errors.As(err, &e) {
		return errors.New("evaluate policy: the engine gave up")
	}
	if e.Location == nil {
		return fmt.Errorf("evaluate policy: %s", e.Code)
	}
	return fmt.Errorf("evaluate policy: %s at %s:%d", e.Code, e.Location.File, e.Location.Row)
}

// selfCheck asks a few plain questions. It is generous with time: it runs
// once, perhaps while the machine is busy.
func (p *program) selfCheck(r *policy.Rules, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, q := range samples(r, now) {
		b, err := q.Canonical()
		if err != nil {
			return fmt.Errorf("check policy: %w", err)
		}
		if _, err := p.ask(ctx, r, q, b); err != nil {
			return fmt.Errorf("check policy with a sample question: %w", err)
		}
	}
	return nil
}

// samples are questions that walk through each stage of the policy.
func samples(r *policy.Rules, now time.Time) []*policy.Question {
	base := policy.Question{Stage: policy.StagePart, Date: now.In(policy.Shanghai).Format(time.DateOnly),
		Direction: policy.Push, Protocol: "h2", Pack: r.Pack, Profile: r.Profile,
		Destination: policy.AskedPlace{Place: policy.Place{Country: "SG", Source: "table"}, Overseas: true},
		Exporter:    policy.Exporter{USCC: "91310115MA1K3ABC99", CIIO: policy.No},
		Coverage:    policy.AskedCoverage{State: inspect.Full}}
	for _, l := range r.National {
		base.Brackets = append(base.Brackets, policy.Bracket{Limit: l.ID})
	}
	head, small, filed, secret := base, base, base, base
	head.Stage = policy.StageHead
	small.Found = []policy.Found{{Class: inspect.Mobile, Confidence: inspect.High, Magnitude: 1, Personal: true}}
	small.Persons.NonSensitive = true
	filed.Found = []policy.Found{{Class: inspect.BankCard, Confidence: inspect.High, Magnitude: 1, Personal: true, Sensitive: true}}
	filed.Persons.Sensitive = true
	filed.Candidates = []policy.Candidate{{Filing: "sample", Revision: 1, Pathway: policy.SC, Status: "effective",
		Time: "current", Recipient: true, Country: true, Link: true, Purpose: "match",
		Covers: []inspect.Class{inspect.BankCard}, Sensitive: []inspect.Class{inspect.BankCard}}}
	secret.Found = []policy.Found{{Class: inspect.MarkSecret, Level: inspect.Core, Confidence: inspect.High, Magnitude: 1}}
	unread, other := base, base
	unread.Coverage = policy.AskedCoverage{State: inspect.Opaque, Gaps: []inspect.GapReason{inspect.GapEncrypted}}
	unread.Link.Unread = unread.Coverage.Gaps
	other.Content = policy.AskContent([]inspect.Mismatch{{Said: "image/png", Found: "zip"}})
	return []*policy.Question{&head, &base, &small, &filed, &secret, &unread, &other}
}
