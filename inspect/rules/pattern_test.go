package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/inspect/synth"
)

// own is an operator's file with one rule; lines are added to it.
func own(lines ...string) rules.File {
	text := "version: 1\nrules:\n  - id: acme.x\n    class: x.thing\n    level: general\n    base: medium\n    source: ours\n"
	for _, l := range lines {
		text += "    " + l + "\n"
	}
	return rules.File{Name: "own.yaml", Data: []byte(text)}
}

func extend(t testing.TB, files ...rules.File) *rules.Catalogue {
	t.Helper()
	c, err := rules.Extend(nil, files...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// byID returns a rule of a catalogue.
func byID(t testing.TB, c *rules.Catalogue, id string) *rules.Rule {
	t.Helper()
	for _, r := range c.Rules() {
		if r.ID == id {
			return &r
		}
	}
	t.Fatalf("there is no rule %s", id)
	return nil
}

// matches lists what a rule finds in a text, at the places of its triggers.
func matches(r *rules.Rule, text string) (out []string) {
	s := check.Sight{Text: []byte(text)}
	if r.Slow {
		s.To = len(text)
		r.Match(&s)
	}
	for _, w := range r.Triggers {
		for at := range len(text) {
			end := at + len(w.Text)
			if end <= len(text) && (text[at:end] == w.Text || !w.Exact && strings.EqualFold(text[at:end], w.Text)) {
				s.From, s.To = at, end
				r.Match(&s)
			}
		}
	}
	for _, v := range s.Values {
		out = append(out, text[v.From:v.To])
	}
	return out
}

func TestPatternMatches(t *testing.T) {
	gb := func(s string) string { return string(synth.GB18030([]byte(s))) }
	tests := []struct{ expr, text, want string }{
		{`\bACME-\d{6}\b`, "id ACME-123456.", "ACME-123456"},
		{`\bACME-\d{6}\b`, "ACME-123456", "ACME-123456"},
		{`\bACME-\d{6}\b`, "XACME-123456 ACME-1234567 acme-123456", ""},
		{`\bACME-\d{6}\b`, "ACME-123456,ACME-654321", "ACME-123456|ACME-654321"},
		{`\bACME-\d{6}\b`, gb("号") + "ACME-123456" + gb("号"), "ACME-123456"},
		{`\bACME-\d{6}\b`, "\x81AACME-123456", "ACME-123456"}, // its A is half of a character
		{`\d{2,4}-kx\d`, "a 1234-kx5 b", "1234-kx5"},
		{`\d{2,4}-kx\d`, "99991234-kx5", "1234-kx5"},
		{`工号[:：]?\d{6}`, "他的工号：123456。", "工号：123456"},
		{`工号[:：]?\d{6}`, gb("他的工号：123456。"), gb("工号：123456")},
		{`\b[A-Z]{2}第\d{1,3}号`, gb("见XY第12号文"), gb("XY第12号")},
		{`\b[A-Z]{2}第\d{1,3}号`, gb("aXY第12号文"), ""},
		{`(?m)^Label: \w{1,20}$`, "a\nLabel: secret\nb", "Label: secret"},
		{`(?m)^Label: \w{1,20}$`, "a Label: secret\nb", ""},
		{`(?i)\bkiosk-\d{3}`, "KiOSK-123 \u212aIOSK-123", "KiOSK-123"},
	}
	for _, tt := range tests {
		t.Run(tt.expr+" in "+tt.text, func(t *testing.T) {
			list, _, _, code := rules.Anchors(tt.expr, 0)
			if code != "" {
				t.Fatal(code)
			}
			for _, slow := range []string{"", "slow: true"} {
				if slow != "" && !strings.Contains(tt.expr, "ACME") {
					continue
				}
				c := extend(t, own("confirm: pattern", fmt.Sprintf("pattern: '%s'", tt.expr), slow, `hit: ["`+example(tt.expr)+`"]`, `miss: ["nothing"]`))
				if got := strings.Join(matches(byID(t, c, "acme.x"), tt.text), "|"); got != tt.want {
					t.Errorf("%q: got %q, want %q; anchors %v", slow, got, tt.want, list)
				}
			}
		})
	}
}

// example is a text that one of the patterns above matches.
func example(expr string) string {
	for part, text := range map[string]string{"ACME": "ACME-123456", "kx": "12-kx1", "工号": "工号123456", "第": "AB第1号", "Label": "Label: a", "kiosk": "kiosk-123"} {
		if strings.Contains(expr, part) {
			return text
		}
	}
	return ""
}

// TestPatternBounded shows that text far from the anchor changes nothing, so
// that it does not matter how much of a stream is there.
func TestPatternBounded(t *testing.T) {
	c := extend(t, own("confirm: pattern", `pattern: '\bACME-[A-Z]+'`, "max: 20", `hit: ["ACME-ABC"]`, `miss: ["ACME-1"]`))
	r := byID(t, c, "acme.x")
	for _, n := range []int{15, 16, 99, 4000} {
		text := "ACME-" + strings.Repeat("A", n)
		if got := matches(r, text); (len(got) == 1) != (n == 15) {
			t.Errorf("with %d letters: %q", n, got)
		}
	}
}
