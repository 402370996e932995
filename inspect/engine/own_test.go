package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/rules"
)

// withOwn makes an engine with one more rule of an operator.
func withOwn(t testing.TB, rule string) (*engine.Engine, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "own.yaml")
	text := "version: 1\nrules:\n  - {id: own.one, class: x.own, level: general, base: high, source: test, " + rule + "}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := rules.LoadFiles(path)
	if err != nil {
		return nil, err
	}
	return engine.New(engine.Options{Key: make([]byte, engine.KeySize), Catalogue: c})
}

// TestOwnRuleHidesNothing holds that an operator's rule for the same piece of
// text leaves the built-in finding and its person.
func TestOwnRuleHidesNothing(t *testing.T) {
	e, err := withOwn(t, `confirm: pattern, pattern: '\b[0-9]{11,18}\b', max: 20, slow: true, hit: ["13800138000"], miss: ["1"]`)
	if err != nil {
		t.Fatal(err)
	}
	r := scan(t, e, inspect.Meta{}, []byte("手机 13800138000，身份证号 310115198808081237"), 0)
	if r.Count(inspect.Mobile, inspect.Medium) != 1 || r.Count(inspect.ResidentID, inspect.Medium) != 1 || len(r.Persons) == 0 {
		t.Errorf("tallies %+v, %d persons", r.Tallies, len(r.Persons))
	}
}

// TestOwnKeywordBesideEveryForm scans the cases of the catalogue with each
// trigger word of a built-in rule as an operator's keyword, so that two forms
// look at one candidate.
func TestOwnKeywordBesideEveryForm(t *testing.T) {
	c, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range c.Rules() {
		for _, w := range r.Triggers[:min(len(r.Triggers), 2)] {
			if w.GB || w.Exact || seen[w.Text] {
				continue
			}
			seen[w.Text] = true
			e, err := withOwn(t, fmt.Sprintf("confirm: keyword, trigger: {en: [%q]}, hit: [%q], miss: [\"-\"]", w.Text, w.Text))
			if err != nil {
				t.Fatalf("%s: %v", w.Text, err)
			}
			for _, text := range r.Hit {
				scan(t, e, inspect.Meta{}, []byte(text), 0)
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d words were tried", len(seen))
	}
	e, err := withOwn(t, `confirm: keyword, trigger: {en: [tel]}, hit: ["tel"], miss: ["hotel"]`)
	if err != nil {
		t.Fatal(err)
	}
	scan(t, e, inspect.Meta{}, []byte(`{"tel":"010-62345678"}`), 0)
}
