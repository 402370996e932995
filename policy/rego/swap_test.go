package rego_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// A module may go wrong only at some flows, which no check at its start finds.
// Those flows block, with the place in the error; the others go on.
func TestAModuleThatGoesWrongLater(t *testing.T) {
	const genome = "pi.bio.genomic"
	const when = "some f in input.found\n\tf.class == \"" + genome + "\"\n\t"
	rule := func(head, body string) string { return own + head + " if {\n\t" + when + body + "\n}" }
	tests := []struct{ name, text, want string }{
		{"an error", rule(`deny contains "x"`, `to_number(f.class) > 0`), "eval_builtin_error at operator/own.rego:5"},
		{"a conflict", own + "limit := 1 if true\nlimit := 2 if {\n\t" + when + "f\n}\n" + `deny contains "x" if limit == 3`, "eval_conflict_error at operator/own.rego"},
		{"a loop", rule(`deny contains "x"`, "some i in numbers.range(1, 1000000)\n\tsome j in numbers.range(1, 1000000)\n\ti * j == 0"), "it ran out of time; evaluate policy: eval_cancel_error"},
		{"an id that is a number", rule(`deny contains 7`, `f`), "wrong type"},
		{"an id that is a sentence", rule(`hold contains "Look at this first"`, `f`), "lower case"},
		{"an id out of the flow", rule(`deny contains {"leak": f.class}`, `f`), "wrong type"},
		{"a relaxation that is no code", rule(`relax contains f.class`, `f`), ""},
	}
	l := openLaw(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "own.rego", tt.text)
			d := open(t, rego.Options{Law: l, Dir: dir, Limit: 400 * time.Millisecond})
			v, err := d.Decide(context.Background(), asked{found: genome, sp: 1, filings: one(filing("F1", policy.SA, genomes))}.question(t, l))
			if tt.want == "" {
				if err != nil || v.Action != policy.Pass {
					t.Errorf("got %s %s, %v", v.Action, codes(v), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || v.Action != policy.Block || !v.Has(policy.DeciderFailed) {
				t.Errorf("got %s %s, %v, want %q", v.Action, codes(v), err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), genome) {
				t.Errorf("the error tells of the flow: %v", err)
			}
			if v, err := d.Decide(context.Background(), asked{found: mob, ns: 1}.question(t, l)); err != nil || v.Action != policy.Pass {
				t.Errorf("another flow: %s, %v", v.Action, err)
			}
		})
	}
}

// What goes wrong at one of the plain questions is refused when it is read. The
// error says what, where, and whose part of the policy it is.
func TestModulesAreAskedWhenRead(t *testing.T) {
	const loop = "{\n\tsome i in numbers.range(1, 1000000)\n\tsome j in numbers.range(1, 1000000)\n\ti * j == 0\n}"
	tests := []struct{ name, text, want string }{
		{"an error", `deny contains "x" if to_number(input.found[0].class) > 0`, "eval_builtin_error at operator/own.rego:2"},
		{"a conflict", "limit := 1 if true\nlimit := 2 if input.found[0].sensitive\ndeny contains \"x\" if limit == 3", "eval_conflict_error at operator/own.rego:3"},
		{"an id that is an object", `hold contains {"class": input.found[0].class}`, "field reasons[].rule is of the wrong type"},
		{"an id that is a number", `deny contains 7`, "what deny, hold and require contain must be strings"},
		{"an id in capitals", `deny contains "SG"`, "lower case letters"},
		{"a requirement that is a list", `require contains ["filing"]`, "rego_type_error"},
		{"a loop", `deny contains "x" if ` + loop, "it ran out of time"},
		{"a loop on some flows", `hold contains "x" if input.exporter.zone != ""` + "\n" + `relax contains "x" if ` + loop, "it ran out of time"},
	}
	if rego.SelfCheckTime > 2*time.Second {
		t.Errorf("a module that loops delays a reload by %s", rego.SelfCheckTime)
	}
	l := openLaw(t)
	dir := t.TempDir()
	d := open(t, rego.Options{Law: l, Dir: dir})
	old := d.Digest()
	for _, tt := range tests {
		if strings.HasPrefix(tt.name, "a loop") {
			d.Hurry(50 * time.Millisecond)
		}
		put(t, dir, "own.rego", own+tt.text)
		start := time.Now()
		err := d.Reload()
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasSuffix(err.Error(), "; mend the modules in "+dir) || d.Digest() != old {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: it took %s", tt.name, took)
		}
	}
}

// A fault in what a bundle holds sends its owner to the bundle.
func TestAFaultNamesTheBundle(t *testing.T) {
	t.Parallel()
	s, v := newKey(t, "policy")
	dir := t.TempDir()
	put(t, dir, "own.rego", own+`deny contains 7`)
	bundle := signed(t, dir, s)
	for _, tt := range []struct {
		dir, want string
	}{
		{"", "; mend the modules of the policy bundle and sign it again"},
		{t.TempDir(), " or those of the policy bundle"},
	} {
		_, err := rego.New(rego.Options{Law: openLaw(t), Dir: tt.dir, Bundle: bundle, Keys: []sign.Verifier{v}, Now: noon})
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// With traffic running, each answer is of the one policy or the other, whole,
// and names the one it is of.
func TestASwapUnderTraffic(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	dir := t.TempDir()
	d := open(t, rego.Options{Law: l, Dir: dir})
	texts := []string{own, own + `deny contains "stop"`}
	want := map[string]policy.Action{}
	var digests []string
	for i, text := range texts {
		put(t, dir, "own.rego", text)
		if err := d.Reload(); err != nil {
			t.Fatal(err)
		}
		digests = append(digests, d.Digest())
		want[d.Digest()] = []policy.Action{policy.Pass, policy.Block}[i]
	}
	questions := []*policy.Question{asked{found: mob, ns: 1}.question(t, l), asked{}.question(t, l), asked{found: card, sp: 1, filings: scF}.question(t, l)}
	done := make(chan struct{})
	var traffic sync.WaitGroup
	for i := range 2 {
		traffic.Go(func() {
			for n := i; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				v, err := d.Decide(context.Background(), questions[n%len(questions)])
				if a, known := want[v.Policy]; err != nil || !known || v.Action != a {
					t.Errorf("got %s of %s, %v", v.Action, v.Policy, err)
					return
				}
			}
		})
	}
	for n := range 4 {
		put(t, dir, "own.rego", texts[n%2])
		if err := d.Reload(); err != nil {
			t.Error(err)
		}
		put(t, dir, "own.rego", own+"deny contains if")
		if err := d.Reload(); err == nil || d.Digest() != digests[n%2] {
			t.Errorf("a module with a fault was taken: %v", err)
		}
	}
	close(done)
	traffic.Wait()
}
