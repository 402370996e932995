package rego_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

const forced = "package customs.decision\n"

// sound is a verdict that a sound policy could return for the question of
// TestNonsenseBlocks; the rows break it in one place each.
const sound = `{"action": "pass", "final": true, "basis": "EX_NO_PI", "reasons": [{"code": "EX_NO_PI"}], "need": "none"}`

func TestNonsenseBlocks(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	edit := func(old, new string) string { return "verdict := " + strings.Replace(sound, old, new, 1) }
	tests := []struct{ name, module, want string }{
		{"undefined", `verdict := 1 if input.stage == "never"`, "no verdict"},
		{"a number", `verdict := 1`, "wrong type, it must be an object"},
		{"null", `verdict := null`, "missing"},
		{"a list", `verdict := [true]`, "wrong type"},
		{"no action", edit(`"action": "pass", `, ``), "missing"},
		{"no final", edit(`"final": true, `, ``), "missing"},
		{"unknown action", edit(`"pass"`, `"allow"`), "field action is of the wrong type"},
		{"unknown field", edit(`"final"`, `"allow": true, "final"`), "unknown field"},
		{"unknown field of a reason", edit(`{"code"`, `{"secret-text": 1, "code"`), "field reasons[] has an unknown field"},
		{"a wrong field of a reason", edit(`{"code"`, `{"class": 1, "code"`), "field reasons[].class is of the wrong type"},
		{"reasons that are none", edit(`[{"code": "EX_NO_PI"}]`, `"EX_NO_PI"`), "field reasons is of the wrong type"},
		{"a reason that is none", edit(`{"code": "EX_NO_PI"}`, `"secret-text"`), "field reasons is of the wrong type"},
		{"a need that there is not", edit(`"none"`, `"luck"`), "field need is of the wrong type"},
		{"a basis that is a list", edit(`"EX_NO_PI", "reasons"`, `["EX_NO_PI"], "reasons"`), "field basis is of the wrong type"},
		{"no reasons", edit(`[{"code": "EX_NO_PI"}]`, `[]`), "no reason"},
		{"improper code", edit(`{"code": "EX_NO_PI"}`, `{"code": "because I say so"}`), "proper code"},
		{"no basis", edit(`"basis": "EX_NO_PI"`, `"basis": ""`), "legal basis"},
		{"a part left unsettled", edit(`"final": true`, `"final": false`), "not settled"},
		{"a filing nobody has", edit(`"basis": "EX_NO_PI"`, `"basis": "SC", "filing": "F9", "revision": 1`), "belong together"},
		{"a pathway without filing", edit(`"basis": "EX_NO_PI"`, `"basis": "SC"`), "belong together"},
		{"a limit nobody set", edit(`"need"`, `"limits": ["x"], "need"`), "limit"},
		{"overseas called domestic", edit(`"basis": "EX_NO_PI"`, `"basis": "NOT_OUTBOUND"`), "domestic"},
		{"unread release of a part", edit(`"action": "pass"`, `"action": "pass_unread"`), "stage"},
		{"built-in error", `verdict := {"x": to_number("no number")}`, "eval_builtin_error"},
		{"conflict", "verdict := 1 if true\nverdict := 2 if true", "eval_conflict_error"},
	}
	d := open(t, rego.Options{Law: l})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := d.Force(forced + tt.module); err != nil {
				t.Fatal(err)
			}
			refused(t, d, asked{}.question(t, l), tt.want)
		})
	}
	if err := d.Force(forced + "verdict := " + sound); err != nil {
		t.Fatal(err)
	}
	t.Run("a release without full coverage", func(t *testing.T) {
		refused(t, d, asked{coverage: "partial"}.question(t, l), "coverage")
	})
	t.Run("the unbroken one passes", func(t *testing.T) {
		if v, err := d.Decide(context.Background(), asked{}.question(t, l)); err != nil || v.Action != policy.Pass {
			t.Errorf("got %s, %v: the rows above prove nothing", v.Action, err)
		}
	})
}

func refused(t *testing.T, d *rego.Decider, q *policy.Question, want string) {
	t.Helper()
	v, err := d.Decide(context.Background(), q)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
	if err != nil && strings.Contains(err.Error(), "secret-text") {
		t.Errorf("the error quotes the policy: %v", err)
	}
	if v.Action != policy.Block || !v.Final || !v.Has(policy.DeciderFailed) || v.Policy != d.Digest() {
		t.Errorf("got %s %s", v.Action, codes(v))
	}
	if d.Cached() != 0 {
		t.Error("a failure was cached")
	}
}

func TestAPolicyThatNeverEndsBlocksInTime(t *testing.T) {
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Limit: 20 * time.Millisecond})
	loops := []string{
		`verdict := x if { some i in numbers.range(1, 1000000); some j in numbers.range(1, 1000000); i * j == 0; x := 1 }`,
		`verdict := count([1 | some i in numbers.range(1, 20000000); i > 0])`,
	}
	for _, text := range loops {
		if err := d.Force(forced + text); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		refused(t, d, asked{}.question(t, l), "it ran out of time")
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("it took %s", took)
		}
	}
}

func TestACallerThatGaveUpGetsABlock(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v, err := d.Decide(ctx, asked{}.question(t, l))
	if err == nil || !strings.Contains(err.Error(), "the caller gave up") || v.Action != policy.Block || !v.Has(policy.DeciderFailed) {
		t.Errorf("got %s %s, %v", v.Action, codes(v), err)
	}
}

func TestMalformedQuestionsBlock(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	tests := []struct {
		name   string
		change func(*policy.Question)
		want   policy.Code
	}{
		{"no stage", func(q *policy.Question) { q.Stage = "" }, policy.DeciderFailed},
		{"no date", func(q *policy.Question) { q.Date = "" }, policy.DeciderFailed},
		{"a day without law", func(q *policy.Question) { q.Date, q.Pack.Digest = "2001-01-01", "x" }, policy.LawUnavailable},
		{"another pack", func(q *policy.Question) { q.Pack.Digest = "0" }, policy.LawUnavailable},
		{"another profile", func(q *policy.Question) { q.Profile = "lenient" }, policy.LawUnavailable},
		{"one limit on both sides", func(q *policy.Question) {
			q.Brackets = append(q.Brackets, policy.Bracket{Limit: q.Brackets[0].Limit, Exceeded: true})
		}, policy.DeciderFailed},
	}
	for _, tt := range tests {
		q := asked{found: mob, ns: 1}.question(t, l)
		tt.change(q)
		v, err := d.Decide(context.Background(), q)
		if err == nil || v.Action != policy.Block || !v.Has(tt.want) {
			t.Errorf("%s: got %s %s, %v", tt.name, v.Action, codes(v), err)
		}
	}
	if v, err := d.Decide(context.Background(), nil); err == nil || v.Action != policy.Block {
		t.Errorf("no question: got %s, %v", v.Action, err)
	}
}

// An empty JSON object is the least a policy can be asked; it must not pass.
func TestAnEmptyQuestionIsNotAPass(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	r, err := l.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, rego.Options{Law: l})
	q := &policy.Question{Stage: policy.StagePart, Date: today, Pack: r.Pack, Profile: r.Profile}
	q.Destination.Overseas = true
	v, err := d.Decide(context.Background(), q)
	if err != nil || v.Action != policy.Block || !v.Has(policy.CoverageOpaque) {
		t.Errorf("got %s %s, %v", v.Action, codes(v), err)
	}
	q.Coverage.State = inspect.CoverState(9)
	if v, _ := d.Decide(context.Background(), q); v.Action != policy.Block {
		t.Errorf("a coverage outside the set: %s", v.Action)
	}
}

type brokenLaw struct{ err error }

func (b brokenLaw) At(time.Time) (*policy.Rules, error) { return nil, b.err }

func TestNewNeedsLaw(t *testing.T) {
	t.Parallel()
	if _, err := rego.New(rego.Options{}); err == nil {
		t.Error("a decider without law")
	}
	want := errors.New("no pack")
	if _, err := rego.New(rego.Options{Law: brokenLaw{want}}); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestPoliciesCannotReachOutside(t *testing.T) {
	t.Parallel()
	caps := rego.Capabilities()
	for _, name := range []string{"http.send", "net.lookup_ip_addr", "net.cidr_contains", "opa.runtime",
		"time.now_ns", "rand.intn", "uuid.rfc4122", "io.jwt.decode_verify", "print", "trace"} {
		if caps[name] {
			t.Errorf("%s is available", name)
		}
	}
	for _, name := range []string{"count", "sort", "startswith", "object.get"} {
		if !caps[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
