package rules_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/rules"
)

func TestAnchors(t *testing.T) {
	tests := []struct{ expr, want string }{ // anchors as text@low-high, ~ for either case; or the code of the fault
		{`\bACME-\d{6}\b`, "ACME-@0-0"},
		{`(?i)\bacme-\d{6}`, "~acme-@0-0"},
		{`(?i)\bkiosk\b`, "~kiosk@0-0"},
		{`\bEMP\d{4,8}`, "EMP@0-0"},
		{`EMP\d{4}`, "pattern-border"},
		{`\d{2}EMP\d{4}`, "EMP@2-2"},
		{`\d{2,5}/EMP/[A-Z]{3}`, "/EMP/@2-5"},
		{`[A-Z]{3}\d{4}`, "pattern-anchor"},
		{`\bACME[A-Z]{4}`, "pattern-border"},
		{`\bACME_[A-Z]{4}`, "ACME_@0-0"},
		{`\bPROJECT`, "pattern-border"},
		{`\bPROJECT\b`, "PROJECT@0-0"},
		{`(?m)^Label: \w{1,20}$`, "Label: @0-0"},
		{`工号[:：]?\d{6}`, "工号@0-0"},
		{`第\d{1,4}号`, "第@0-0"},
		{`\d{1,4}号`, "号@1-4"},
		{`\b(?:EMP|CON)-\d{6}`, "EMP-@0-0 CON-@0-0"},
		{`\b(?:ACME-\d{4}|FOO/\d+x{0,2})`, "pattern-endless"},
		{`\b(?:ACME-\d{4}|FOO/\d{1,3})`, "ACME-@0-0 FOO/@0-0"},
		{`\b(?:ACME-\d{4}|\d{9})`, "pattern-anchor"},
		{`x?ACME-\d{4}`, "pattern-border"},
		{`[0-9]?\bACME-\d{4}`, "ACME-@0-1"},
		{`(?:-ACME-){2,3}`, "-ACME-@0-0"},
		{`(?:<abc>\d){1,3}`, "<abc>@0-0"},
		{`^abc$`, "pattern-ends"}, {`\Aabc`, "pattern-ends"}, {`abc\z`, "pattern-ends"},
		{`(abc)?`, "pattern-empty"}, {`abc(`, "pattern-syntax"}, {`\babc(?!d)`, "pattern-syntax"},
		{`\bACME-.*`, "pattern-endless"}, {`\bACME-.{200}`, "pattern-reach"}, {`.{0,150}\bACME\b`, "pattern-reach"},
		{strings.Repeat("a", 600), "pattern-long"}, {`12345678`, "pattern-anchor"},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			if got := anchorsText(tt.expr); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func anchorsText(expr string) string {
	list, _, _, code := rules.Anchors(expr, 0)
	if code != "" {
		return code
	}
	var out []string
	for _, a := range list {
		s := fmt.Sprintf("%s@%d-%d", a.Text, a.Low, a.High)
		if a.Fold {
			s = "~" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// promised holds every match in a text to its anchors: one of them stands at
// its place, and no letter stands beside it where it is one.
func promised(t interface{ Fatalf(string, ...any) }, expr, text string) {
	list, most, compiled, code := rules.Anchors(expr, 100)

	if code != "" {
		return
	}
	written, err := regexp.Compile(expr)
	if err != nil {
		t.Fatalf("%q loads and does not compile: %v", expr, err)
	}
	for at := range len(text) + 1 {
		loc := compiled.FindStringIndex(text[at:])
		if loc == nil {
			return
		}
		// The border before the match is judged by the text before it, of which
		// FindString sees only what begins at a place.
		from, to := at+loc[0], at+loc[1]
		if at > 0 && from == at || to-from > most {
			continue
		}
		if !written.MatchString(text[at:]) {
			t.Fatalf("%q matches %q, which is not what was written", expr, text[from:to])
		}
		if !stands(list, text, from, to) {
			t.Fatalf("%q matches %q without its anchor %s", expr, text[from:to], anchorsText(expr))
		}
	}
}

func stands(list []rules.Anchor, text string, from, to int) bool {
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && regexp.MustCompile(`[A-Za-z]`).MatchString(text[i:i+1])
	}
	for _, a := range list {
		for i := from + a.Low; i <= from+a.High && i+len(a.Text) <= to; i++ {
			j := i + len(a.Text)
			if same := text[i:j] == a.Text || a.Fold && strings.EqualFold(text[i:j], a.Text); !same {
				continue
			}
			if !(letter(i) && letter(i-1)) && !(letter(j-1) && letter(j)) {
				return true
			}
		}
	}
	return false
}

// TestAnchorsHold makes patterns and texts out of the same pieces.
func TestAnchorsHold(t *testing.T) {
	piece := rapid.SampledFrom([]string{`AB`, `cd-`, `号`, `\d`, `[a-c]`, `[xX]`, `.`, `\b`, `\B`, ` `, `(?i:ks-)`, `(?m:^)`, `(?m:$)`, `[^a]`, `\w`, `-`, `工号`, `(?i:[k-m])`, `EMP`})
	repeat := rapid.SampledFrom([]string{"", "", "", "?", "{2}", "{1,3}", "{0,2}"})
	expr := rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			p := piece.Draw(t, "piece")
			if rapid.IntRange(0, 3).Draw(t, "group") == 0 {
				p = "(?:" + p + piece.Draw(t, "second") + "|" + piece.Draw(t, "other") + "EMP-" + ")"
			}
			b.WriteString("(?:" + p + ")" + repeat.Draw(t, "repeat"))
		}
		return b.String()
	})
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ABEMPabcdxXksKS-号工 1\nKſ")), 0, 40, -1)
	rapid.Check(t, func(t *rapid.T) { promised(t, expr.Draw(t, "expr"), text.Draw(t, "text")) })
}

func FuzzAnchor(f *testing.F) {
	f.Add(`\bACME-\d{6}\b`, "no ACME-123456 here")
	f.Add(`(?i)(?:kiosk|号)-[a-z]{1,9}`, "KIOSK-a 号-b")
	f.Add(`\d{1,3}(?:<ab>|<cd>)x*`, "12<ab>xx 3<cd>")
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) < 100 && len(text) < 300 {
			promised(t, expr, text)
		}
	})
}
