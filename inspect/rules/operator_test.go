package rules_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
)

const keyword = "confirm: keyword\n    trigger: {zh: [夜鹰计划], exact: [NJR]}\n    hit: [NJR]\n    miss: [njr]"

func file(text string) rules.File {
	return rules.File{Name: "own.yaml", Data: []byte("version: 1\n" + text)}
}

func TestExtend(t *testing.T) {
	c := extend(t, own(keyword, "context: {en: [engine]}"), file(`
against: {en: [badge]}
changes:
  - {rule: net.email, off: true, why: not wanted}
  - {rule: cn.mobile, level: important, base: low, context: {en: [hotline]}, why: ours}
  - {rule: mark.secret.star, trigger: {zh: [密级]}, why: ours}
`))
	r := byID(t, c, "acme.x")
	if !r.Own || r.File != "own.yaml" || len(r.Triggers) != 3 || r.Scope.String() != "local(256)" {
		t.Errorf("rule %+v", r)
	}
	if c.Rule(rules.Email) != nil || slices.ContainsFunc(c.Rules(), func(r rules.Rule) bool { return r.ID == "net.email" }) {
		t.Error("a rule that is off is in force")
	}
	m := byID(t, c, "cn.mobile")
	conf, why, ok := c.Score(m, []byte("hotline "), nil, check.GroupSet{}, 0)
	if m.Level != inspect.Important || !ok || conf != inspect.Medium || why != inspect.WhyForm|inspect.WhyKey {
		t.Errorf("changed rule: level %v, %v because of %v", m.Level, conf, why)
	}
	var got []string
	for _, ch := range c.Changes() {
		got = append(got, fmt.Sprint(ch.Rule, " ", ch.What, " ", ch.Weaker))
	}
	want := []string{"* against +1 true", "net.email off true", "cn.mobile level +important, base -low, context +1 false", "mark.secret.star trigger +1 false"}
	want[2] = strings.Replace(want[2], "false", "true", 1) // its base is lower
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	d, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	if d.Digest() == c.Digest() || d.Changes() != nil || d.Rule(rules.Mobile).Level != inspect.General {
		t.Error("the built-in catalogue is changed")
	}
}

// TestCaseOfWords shows that a word whose case counts in one rule and not in
// another is one trigger.
func TestCaseOfWords(t *testing.T) {
	c := extend(t, own("confirm: keyword\n    trigger: {exact: [Nightjar], en: [njr plan]}\n    hit: [Nightjar]\n    miss: [nightjar]"), file(`
changes: [{rule: mark.secret.star, trigger: {en: [Nightjar]}, why: w}]`))
	exact := map[string]bool{}
	for _, r := range c.Rules() {
		for _, w := range r.Triggers {
			if e, ok := exact[w.Text]; ok && e != w.Exact {
				t.Errorf("%s is looked for in two ways", w.Text)
			}
			exact[w.Text] = w.Exact
		}
	}
	r := byID(t, c, "acme.x")
	if got := strings.Join(matches(r, "nightjar NJR plan Nightjar NIGHTJAR"), "|"); got != "NJR plan|Nightjar" {
		t.Errorf("got %q", got)
	}
}

// TestFaults has a row for each fault that an operator can make.
func TestFaults(t *testing.T) {
	const pattern = "confirm: pattern\n    hit: [ACME-1]\n    miss: [x]\n    "
	change := func(s string) rules.File { return file("changes: [{why: w, " + s + "}]") }
	tests := []struct {
		name string
		file rules.File
		code string
	}{
		{"no YAML", file("\t{"), "yaml"},
		{"unknown key", own(keyword, "triger: 1"), "yaml"},
		{"other version", rules.File{Name: "own.yaml", Data: []byte("version: 2\nagainst: {en: [abc]}")}, "version"},
		{"nothing in it", file(""), "empty"},
		{"a confirmer of the engine", own("confirm: mobile\n    hit: [a]\n    miss: [b]"), "confirm-own"},
		{"an unknown confirmer", own("confirm: telepathy\n    hit: [a]\n    miss: [b]"), "confirm-own"},
		{"a class that nobody knows", file("rules: [{id: a.b, class: pi.contact.moblie, level: general, base: low, source: s, confirm: keyword, trigger: {en: [abc]}, hit: [a], miss: [b]}]"), "class-own"},
		{"an id that is taken", file("rules: [{id: cn.mobile, class: x.thing, level: general, base: low, source: s, confirm: keyword, trigger: {en: [abc]}, hit: [a], miss: [b]}]"), "id-taken"},
		{"a keyword without words", own("confirm: keyword\n    hit: [a]\n    miss: [b]"), "trigger"},
		{"a word of digits", own("confirm: keyword\n    trigger: {en: ['123']}\n    hit: [a]\n    miss: [b]"), "word"},
		{"no context where it is needed", own(keyword, "needs_context: true"), "needs"},
		{"exact context", own(keyword, "context: {exact: [abc]}"), "word-exact"},
		{"a pattern on a keyword", own(keyword, "pattern: abc"), "foreign"},
		{"a person on a keyword", own(keyword, "person: true"), "foreign"},
		{"no cases", own("confirm: keyword\n    trigger: {en: [abc]}"), "cases"},
		{"no pattern", own(pattern), "pattern"},
		{"words with a pattern", own(pattern + "pattern: '\\bACME-1'\n    trigger: {en: [abc]}"), "foreign"},
		{"no regular expression", own(pattern + "pattern: ACME-(1"), "pattern-syntax"},
		{"no border", own(pattern + `pattern: 'ACME[A-Z1]'`), "pattern-border"},
		{"no anchor", own(pattern + `pattern: '[A-Z]{9}'`), "pattern-anchor"},
		{"no bound", own(pattern + `pattern: '\bACME-1+'`), "pattern-endless"},
		{"a long slow pattern", own(pattern + "pattern: 'ACME-.{200}'\n    slow: true"), "pattern-reach"},
		{"a case that the pattern does not match", own(pattern + `pattern: '\bACME-2'`), "pattern-hit"},
		{"no list", own("confirm: exact"), "list"},
		{"a list that is not there", own("confirm: exact\n    list: a.list"), "list-file"},
		{"a change of what is not there", change("rule: a.b, off: true"), "change-rule"},
		{"nothing is changed", change("rule: cn.mobile"), "change-none"},
		{"off and more", change("rule: cn.mobile, off: true, base: low"), "change-off"},
		{"a lower level", change("rule: mark.secret.star, level: general"), "change-level"},
		{"an unknown level", change("rule: cn.mobile, level: high"), "value"},
		{"triggers for a form", change("rule: cn.mobile, trigger: {en: [abc]}"), "trigger-unused"},
		{"no reason", file("changes: [{rule: cn.mobile, off: true}]"), "change-why"},
		{"changed twice", file("changes: [{rule: cn.mobile, off: true, why: a}, {rule: cn.mobile, off: true, why: a}]"), "change-twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rules.Extend(nil, tt.file)
			var faults *rules.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error %v, want faults", err)
			}
			var codes []string
			for _, f := range faults.List {
				codes = append(codes, f.Code)
				if text := f.Text(true) + f.Text(false); strings.Contains(text, "%!") || f.File != "own.yaml" {
					t.Errorf("text %q", text)
				}
			}
			if !slices.Equal(codes, []string{tt.code}) {
				t.Errorf("faults %q, want %q alone", codes, tt.code)
			}
		})
	}
	if bad := rules.Texts(); bad != nil {
		t.Errorf("faults without both languages: %q", bad)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := rules.Extend(nil, own("confirm: keyword"), own("confirm: pattern", "pattern: 'a('", "hit: [a]", "miss: [b]"), file("changes: [{rule: a.b}]"))
	want := []string{"acme.x: hit and miss", "acme.x: trigger is missing", "the id is taken", "no regular expression", `no built-in rule "a.b"; see customs rules list`}
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v, want one that says %q", err, w)
		}
	}
}

func FuzzExtend(f *testing.F) {
	f.Add([]byte(own(keyword).Data))
	f.Add([]byte(`version: 1
changes: [{rule: cn.mobile, level: core, why: a}]
rules: [{id: a.b, class: x.thing, level: general, base: low, source: s, confirm: pattern, pattern: '\bAB-\d', hit: [AB-1], miss: [b]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := rules.Extend(nil, rules.File{Name: "f", Data: data})
		var faults *rules.Faults
		if (c == nil) == (err == nil) || err != nil && !errors.As(err, &faults) {
			t.Fatalf("catalogue %v with error %v", c, err)
		}
	})
}
