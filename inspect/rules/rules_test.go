package rules_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
)

const good = `version: 1
against: {zh: [订单号], en: [order_no]}
rules:
  - id: x.mobile
    class: pi.contact.mobile
    level: general
    confirm: mobile
    base: medium
    doubtable: true
    context: {zh: [手机], en: [phone]}
    source: a standard
    hit: ["a"]
    miss: ["b"]
`

func TestDefault(t *testing.T) {
	c, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Digest()) != 64 || len(c.Rules()) < 8 {
		t.Errorf("digest %q, %d rules", c.Digest(), len(c.Rules()))
	}
	if r := c.Rule(rules.SecretMark); r == nil || r.Level != inspect.Core {
		t.Errorf("secrecy marks are not core data: %+v", r)
	}
}

func TestLoadRefuses(t *testing.T) {
	if _, err := rules.Load([]byte(good)); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, new, want string }{
		{"unknown key", "source:", "sauce:", "sauce"},
		{"no hit cases", `hit: ["a"]`, `hit: []`, "hit and miss"},
		{"no miss cases", "    miss: [\"b\"]\n", "", "hit and miss"},
		{"no source", "source: a standard", `source: ""`, "source is missing"},
		{"bad id", "id: x.mobile", "id: X", "id must be"},
		{"a number of a person as id", "id: x.mobile", "id: x.13800138000", "id must be"},
		{"bad class", "class: pi.contact.mobile", "class: PI", "class must be"},
		{"bad level", "level: general", "level: high", "level must be one of"},
		{"bad base", "base: medium", "base: sure", "confidence must be one of"},
		{"bad confirmer", "confirm: mobile", "confirm: telepathy", "confirm must be one of"},
		{"words for a form that digits bring", "context:", "trigger: {en: [tel]}\n    context:", "trigger words do not bring"},
		{"no words for a form that words bring", "confirm: mobile", "confirm: secret_mark", "trigger is missing"},
		{"bad scope", "source:", "scope: global\n    source:", "scope must be"},
		{"changes of no other catalogue", "rules:", "changes: [{rule: a.b, off: true, why: w}]\nrules:", "there are no rules"},
		{"a rule of one's own without a list", "confirm: mobile", "confirm: exact\n    list: a\n    trigger: {en: [abc]}", "cannot be read here"},
		{"other version", "version: 1", "version: 2", "version is 2"},
		{"short word", "en: [phone]", "en: [p]", "2 to 64 bytes"},
		{"no YAML", good, "\t{", "mend the YAML"},
		{"a tag on which the library panics", good, "A: \nrules: !000 00", "no YAML that can be read"},
		{"nothing", good, "version: 1", "no rules"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(good, tt.old, tt.new, 1)
			if _, err := rules.Load([]byte(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
	twice := good + good[strings.Index(good, "  - id"):]
	if _, err := rules.Load([]byte(twice)); err == nil || !strings.Contains(err.Error(), "id is taken") || !strings.Contains(err.Error(), "has a rule already") {
		t.Errorf("two rules with one id: %v", err)
	}
}

func TestScore(t *testing.T) {
	c, err := rules.Load([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		before, after string
		lift          int
		want          inspect.Confidence
	}{
		{"", "", 0, inspect.Medium}, {"手机：", "", 0, inspect.High}, {`"phone":"`, "", 0, inspect.High}, {"", " is my phone", 0, inspect.High},
		{"phone\n", "", 0, inspect.Medium}, {`"order_no":"`, `","phone":"`, 0, inspect.Low}, {`"order_no":"1","phone":"`, "", 0, inspect.High},
		{`"phone":"1","order_no":"`, "", 0, inspect.Low}, {"", "", -1, inspect.Low}, {"", "", 1, inspect.High}, {"手机", "", 5, inspect.High},
		{"手机" + strings.Repeat("，无", 40), "", 0, inspect.Medium}, {"手机" + strings.Repeat("无", 38), "", 0, inspect.High},
	}
	for _, tt := range tests {
		got, _, ok := c.Score(c.Rule(rules.Mobile), []byte(tt.before), []byte(tt.after), check.GroupSet{}, tt.lift)
		if !ok || got != tt.want {
			t.Errorf("between %q and %q: %v, want %v", tt.before, tt.after, got, tt.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("version: 1\nrules: [{id: a}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := rules.Load(data)
		if (c == nil) == (err == nil) {
			t.Fatalf("catalogue %v with error %v", c, err)
		}
	})
}
