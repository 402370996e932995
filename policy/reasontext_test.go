package policy_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/datacustoms/customs/policy"
)

// codesOf returns the constants of type Code in a Go file.
func codesOf(t *testing.T, name string, src any) []policy.Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []policy.Code
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		lit, ok := v.Values[0].(*ast.BasicLit)
		id, typed := v.Type.(*ast.Ident)
		if ok && typed && id.Name == "Code" {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, policy.Code(s))
		}
		return true
	})
	return out
}

// untold says what a code's words lack.
func untold(c policy.Code, lang string, releases bool) string {
	w := policy.Text(c, lang)
	switch {
	case w.Title == string(c) || w.Title == "":
		return "no title"
	case w.Detail == "":
		return "no detail"
	case !releases && w.Remedy == "":
		return "no remedy"
	case releases && w.Remedy != "":
		return "a remedy for a ground to pass"
	case lang == policy.Chinese && !strings.ContainsFunc(w.Title+w.Detail, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return "Chinese words without a Chinese character"
	case lang == policy.English && strings.ContainsFunc(w.Title+w.Detail+w.Remedy+w.Article, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return "English words in Chinese"
	}
	return ""
}

var grounds = map[policy.Code]bool{policy.NotOutbound: true, policy.ExNoPI: true, policy.ExTransit: true,
	policy.ExContract: true, policy.ExHR: true, policy.ExEmergency: true, policy.ExLegalDuty: true,
	policy.ExSmall: true, policy.FilingCovers: true, policy.RegisteredUnread: true, policy.UnreadAllowed: true,
	policy.ExTreaty: true, policy.ExZoneOfflist: true, policy.ExZoneBelow: true, policy.ExZoneGeneral: true,
	policy.Relaxed: true, policy.ReviewApproved: true, policy.ExceptionApplied: true}

func TestEveryCodeHasWords(t *testing.T) {
	codes := codesOf(t, "reason.go", nil)
	if len(codes) < 50 {
		t.Fatalf("only %d codes found in reason.go", len(codes))
	}
	for _, c := range codes {
		for _, lang := range []string{policy.Chinese, policy.English} {
			if lack := untold(c, lang, grounds[c]); lack != "" {
				t.Errorf("%s in %s: %s", c, lang, lack)
			}
		}
	}
}

func TestEveryCodeHasWordsCatches(t *testing.T) {
	codes := codesOf(t, "x.go", "package policy\nconst (\n\tNewCode Code = \"BRAND_NEW\"\n\tOther = 1\n)")
	if len(codes) != 1 || untold(codes[0], policy.English, false) != "no title" {
		t.Errorf("a code without words goes unnoticed: %v", codes)
	}
}

// The gateway approves nothing, and no wording may sound as if it did.
func TestNoWordingApproves(t *testing.T) {
	for c := range grounds {
		for _, lang := range []string{policy.Chinese, policy.English} {
			w := policy.Text(c, lang)
			for _, bad := range []string{"approved", "批准通过", "准予"} {
				if strings.Contains(w.Title+w.Detail, bad) {
					t.Errorf("%s in %s says %q", c, lang, bad)
				}
			}
		}
	}
}

// A remedy must be something that can be done now: no filing lets a link pass
// unread.
func TestRemediesOfTheUnread(t *testing.T) {
	for _, c := range []policy.Code{policy.CoverageOpaque, policy.UpgradeNotRead, policy.NotTLS} {
		zh, en := policy.Text(c, policy.Chinese), policy.Text(c, policy.English)
		if strings.Contains(en.Remedy, "register") || strings.Contains(zh.Remedy, "登记") {
			t.Errorf("%s: %q %q", c, en.Remedy, zh.Remedy)
		}
	}
	opaque := policy.Text(policy.CoverageOpaque, policy.English).Remedy
	for _, form := range []string{"plain text", "JSON", "CSV", "form", "gzip"} {
		if !strings.Contains(opaque, form) {
			t.Errorf("the remedy does not name %s: %q", form, opaque)
		}
	}
	if w := policy.Text(policy.UpgradeNotRead, policy.English); strings.Contains(w.Detail+w.Title, "encrypted") {
		t.Errorf("an upgrade is not encrypted: %q", w.Detail)
	}
}

func ExampleText() {
	fmt.Println(policy.Text(policy.FilingExpired, policy.English).Title)
	fmt.Println(policy.Text(policy.FilingExpired, policy.Chinese).Remedy)
	fmt.Println(policy.Text("NEVER_HEARD", policy.English).Title)
	// Output:
	// Filing has expired
	// 办理延期或重新申报，并登记新的有效期。
	// NEVER_HEARD
}
