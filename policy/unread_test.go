package policy_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

type gaps = []inspect.GapReason

const (
	locked = inspect.GapEncrypted
	ratio  = inspect.GapLimitRatio
	over   = inspect.GapLimitFindings
)

func TestUnreadGranted(t *testing.T) {
	tests := []struct {
		name    string
		state   inspect.CoverState
		gaps    gaps
		granted gaps
		want    bool
	}{
		{"read in full", inspect.Full, nil, gaps{locked}, false},
		{"nothing granted", inspect.Opaque, gaps{locked}, nil, false},
		{"granted", inspect.Opaque, gaps{locked}, gaps{locked}, true},
		{"granted in part", inspect.Partial, gaps{locked, ratio}, gaps{locked}, false},
		{"all of it granted", inspect.Partial, gaps{locked, ratio}, gaps{locked, ratio}, true},
		{"something else granted", inspect.Partial, gaps{ratio}, gaps{locked}, false},
		{"no reason given", inspect.Opaque, nil, gaps{locked}, false},
		{"persons uncounted", inspect.Partial, gaps{over}, gaps{over}, false},
		{"a state outside the set", inspect.CoverState(9), gaps{locked}, gaps{locked}, false},
	}
	for _, tt := range tests {
		q := policy.Question{Coverage: policy.AskedCoverage{State: tt.state, Gaps: tt.gaps}, Link: policy.AskedLink{Unread: tt.granted}}
		if got := q.UnreadGranted(); got != tt.want {
			t.Errorf("%s: granted = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAskCoverage(t *testing.T) {
	c := policy.AskCoverage(inspect.Coverage{State: inspect.Partial, Gaps: []inspect.Gap{{Reason: ratio, Bytes: 7}, {Reason: locked}}})
	if got := c.String(); got != "partial:encrypted,limit_ratio" {
		t.Errorf("got %s", got)
	}
	if got := policy.AskCoverage(inspect.Coverage{State: inspect.Full}).String(); got != "full" {
		t.Errorf("got %s", got)
	}
}

func TestReasonsTellTheCoverage(t *testing.T) {
	tests := []struct {
		r              policy.Reason
		coverage, line string
	}{
		{policy.Reason{Code: policy.CoverageOpaque, Gaps: gaps{locked}}, "opaque:encrypted", "COVERAGE_OPAQUE:encrypted"},
		{policy.Reason{Code: policy.CoveragePartial, Gaps: gaps{ratio, "unknown_format"}}, "partial:limit_ratio,unknown_format", "COVERAGE_PARTIAL:limit_ratio,unknown_format"},
		{policy.Reason{Code: policy.UnreadAllowed, Gaps: gaps{locked}}, "allowed:encrypted", "UNREAD_ALLOWED:encrypted"},
		{policy.Reason{Code: policy.CoverageOpaque}, "", "COVERAGE_OPAQUE"},
		{policy.Reason{Code: policy.ItemRefused, Class: "pi.name"}, "", "ITEM_REFUSED:pi.name"},
		{policy.Reason{Code: policy.OperatorDenied, Rule: "no-sg"}, "", "OPERATOR_DENIED:no-sg"},
		{policy.Reason{Code: policy.ItemRefused, Gaps: gaps{locked}}, "", "ITEM_REFUSED:encrypted"},
	}
	for _, tt := range tests {
		if got := tt.r.Coverage(); got != tt.coverage {
			t.Errorf("%+v: coverage %q, want %q", tt.r, got, tt.coverage)
		}
		if got := tt.r.String(); got != tt.line {
			t.Errorf("%+v: line %q, want %q", tt.r, got, tt.line)
		}
	}
}

// gapReasons are the constants of inspect/coverage.go.
func gapReasons(t *testing.T) (out gaps) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../inspect/coverage.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "GapReason" {
				s, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				out = append(out, inspect.GapReason(s))
			}
		}
		return true
	})
	if len(out) < 10 {
		t.Fatalf("only %d reasons found", len(out))
	}
	return out
}

// Each reason for a gap must tell a person what it is and what to do.
func TestEveryGapHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range append(gapReasons(t), "never_heard") {
		for _, lang := range []string{policy.Chinese, policy.English} {
			r := policy.Reason{Code: policy.CoverageOpaque, Gaps: gaps{g}}
			plain, got := policy.Text(r.Code, lang), policy.ReasonWords(r, lang)
			known := g != "never_heard"
			if told := len(got.Detail) > len(plain.Detail); told != known || seen[got.Detail] {
				t.Errorf("%s in %s: detail %q", g, lang, got.Detail)
			}
			seen[got.Detail] = known
			mends := strings.Contains(got.Remedy, "unread")
			if got.Remedy == "" || mends != policy.MayGoUnread(g) {
				t.Errorf("%s in %s: remedy %q", g, lang, got.Remedy)
			}
		}
	}
}

func TestReasonWords(t *testing.T) {
	both := policy.Reason{Code: policy.CoveragePartial, Gaps: gaps{locked, ratio}}
	w := policy.ReasonWords(both, policy.English)
	for _, part := range []string{"password", "Unpack", "operator can set unread"} {
		if !strings.Contains(w.Remedy, part) {
			t.Errorf("remedy lacks %q: %s", part, w.Remedy)
		}
	}
	if w = policy.ReasonWords(both, policy.Chinese); !strings.Contains(w.Remedy, "密码") || !strings.Contains(w.Remedy, "运营者") {
		t.Errorf("remedy %s", w.Remedy)
	}
	if w = policy.ReasonWords(policy.Reason{Code: policy.UnreadAllowed, Gaps: gaps{locked}}, policy.English); w.Remedy != "" || !strings.Contains(w.Detail, "password") {
		t.Errorf("a ground to pass: %+v", w)
	}
	if w = policy.ReasonWords(policy.Reason{Code: policy.FilingExpired}, policy.English); w != policy.Text(policy.FilingExpired, policy.English) {
		t.Errorf("another reason: %+v", w)
	}
}

func TestMismatchesHoldNoFreeText(t *testing.T) {
	list := []inspect.Mismatch{{Said: "image/", Found: "zip"}, {Path: []string{"zip#2"}, Said: ".png", Found: "7z"}, {Said: "image/", Found: "zip"},
		{Said: "text/plain; name=zhang", Found: "two words"}, {Said: "Zhang San", Found: "张"}}
	told := policy.TellMismatches(list)
	for i, want := range []string{"image/ zip", ".png 7z", "image/ zip", "other other", "other other"} {
		if got := told[i].Said + " " + told[i].Found; got != want {
			t.Errorf("%d: told %q, want %q", i, got, want)
		}
	}
	asked := policy.AskContent(list)
	want := policy.AskedContent{Mismatch: true, Formats: []policy.AskedFormat{{".png", "7z"}, {"image/", "zip"}, {"other", "other"}}}
	if !reflect.DeepEqual(asked, want) {
		t.Errorf("asked %+v", asked)
	}
	if n := len(policy.TellMismatches(make([]inspect.Mismatch, 1000))); n > 16 {
		t.Errorf("%d mismatches in one record", n)
	}
}

// A question without them is as it was before there were any.
func TestQuestionLeavesOutWhatIsNotSet(t *testing.T) {
	q := policy.Question{Content: policy.AskContent(nil)}
	b, err := q.Canonical()
	if err != nil || strings.Contains(string(b), `"content"`) || strings.Contains(string(b), `"link":{}`) {
		t.Errorf("%s, %v", b, err)
	}
	q.Link.Unread, q.Content = gaps{locked}, policy.AskContent([]inspect.Mismatch{{Said: ".png", Found: "zip"}})
	var asked struct {
		Link    struct{ Unread []string }
		Content struct{ Mismatch bool }
	}
	if b, _ = q.Canonical(); json.Unmarshal(b, &asked) != nil || len(asked.Link.Unread) != 1 || !asked.Content.Mismatch {
		t.Errorf("%s", b)
	}
}

func ExampleReasonWords() {
	r := policy.Reason{Code: policy.CoverageOpaque, Gaps: []inspect.GapReason{inspect.GapEncrypted}}
	fmt.Println(r.Coverage())
	fmt.Println(policy.ReasonWords(r, policy.English).Remedy)
	// Output:
	// opaque:encrypted
	// Remove the password or the encryption, then send it. If it must go as it is, the operator can set unread for this destination.
}
