package rules_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
)

// TestBuiltInFiles holds the embedded files to more than the loader asks of
// an operator.
func TestBuiltInFiles(t *testing.T) {
	if bad := rules.Unscoped(); bad != nil {
		t.Errorf("rules without a scope: %q", bad)
	}
	c, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range check.Forms() {
		if c.Rule(rules.Confirmer(f.Name)) == nil {
			t.Errorf("form %s has no rule", f.Name)
		}
	}
	for _, r := range c.Rules() {
		if r.Own || r.File == "" {
			t.Errorf("%s: own %v, file %q", r.ID, r.Own, r.File)
		}
		if r.Class == inspect.MarkSecret && r.Level != inspect.Core {
			t.Errorf("%s: secrecy marks are core data", r.ID)
		}
	}
}

func TestScope(t *testing.T) {
	for text, want := range map[string]string{"": "local(256)", "local(1)": "local(1)", "local(4096)": "local(4096)", "aggregate": "aggregate",
		"local": "", "local()": "", "local(0)": "", "local(4097)": "", "local(-1)": "", "local(1": "", "local(+1)": "", "global": ""} {
		var s rules.Scope
		err := s.UnmarshalText([]byte(text))
		if (err == nil) != (want != "") || err == nil && s.String() != want {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
}

func BenchmarkScore(b *testing.B) {
	c, err := rules.Default()
	if err != nil {
		b.Fatal(err)
	}
	r := c.Rule(rules.Mobile)
	for name, text := range map[string]string{
		"json":  `"status":"ok","items":[{"sku":"A-1","qty":3,"note":"none"},{"created":"2026-01-01","phone":"`,
		"prose": "根据会议安排，请各部门负责同志于下周一上午九点到三楼会议室参加培训，并将名单报办公室，",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Score(r, []byte(text), []byte(text), check.GroupSet{}, 0)
			}
		})
	}
}
