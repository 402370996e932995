package rego

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/datacustoms/customs/policy"
)

// query is the one document that is asked for.
const query = "data.customs.decision.verdict"

// program is a compiled policy with a prepared query for each rule pack.
type program struct {
	digest   string
	snapshot []byte
	compiler *ast.Compiler
	data     map[string]any // below data.customs.operator

	mu       sync.Mutex
	prepared map[packKey]*rego.PreparedEvalQuery
}

type packKey struct {
	pack    policy.PackID
	profile string
}

func compile(src source) (*program, error) {
	parsed, err := parseModules(src.modules)
	if err != nil {
		return nil, err
	}
	if err := checkData(src.data); err != nil {
		return nil, err
	}
	b, err := src.snapshot()
	if err != nil {
		return nil, err
	}
	c := newCompiler(src.data)
	if c.Compile(parsed); c.Failed() {
		return nil, fmt.Errorf("compile policy: %w", c.Errors)
	}
	return &program{digest: digestOf(b), snapshot: b, compiler: c, data: src.data,
		prepared: map[packKey]*rego.PreparedEvalQuery{}}, nil
}

// newCompiler refuses, besides what is no Rego, rules at a place where there
// is data.
func newCompiler(data map[string]any) *ast.Compiler {
	return ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1).
		WithPathConflictsCheck(func(path []string) (bool, error) {
			if len(path) < 3 || path[0] != "customs" || path[1] != "operator" {
				return false, nil
			}
			_, there := data[path[2]]
			return there, nil
		})
}

// checkData refuses data that would be taken for what a module said.
func checkData(data map[string]any) error {
	for _, name := range append(slices.Clone(operatorSets), "lib") {
		if _, there := data[name]; there {
			return fmt.Errorf("data of a policy bundle: customs.operator.%s belongs to modules; use another name", name)
		}
	}
	return nil
}

// documents are what data is during an evaluation.
func documents(r *policy.Rules, data map[string]any) map[string]any {
	out := map[string]any{"pack": r.Data}
	if data != nil {
		out["customs"] = map[string]any{"operator": data}
	}
	return out
}

// under returns the query prepared with a pack as data.pack.
func (p *program) under(ctx context.Context, r *policy.Rules) (*rego.PreparedEvalQuery, error) {
	key := packKey{r.Pack, r.Profile}
	p.mu.Lock()
	defer p.mu.Unlock()
	if pq, ok := p.prepared[key]; ok {
		return pq, nil
	}
	store := inmem.NewFromObjectWithOpts(documents(r, p.data), inmem.OptReturnASTValuesOnRead(true))
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
	if cause := ctx.Err(); cause != nil {
		return policy.Verdict{}, late(cause, err)
	}
	if err != nil {
		return policy.Verdict{}, place(err)
	}
	if len(rs) != 1 || len(rs[0].Expressions) != 1 {
		return policy.Verdict{}, errors.New("evaluate policy: no verdict for this question")
	}
	return read(rs[0].Expressions[0].Value, q, r)
}

// late says that an evaluation was cut short, and where if that is known.
func late(cause, err error) error {
	out := errors.New("evaluate policy: it ran out of time")
	if errors.Is(cause, context.Canceled) {
		out = errors.New("evaluate policy: the caller gave up")
	}
	if err != nil {
		out = fmt.Errorf("%w; %w", out, place(err))
	}
	return out
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
