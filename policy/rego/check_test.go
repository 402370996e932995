package rego_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

func TestOperatorsTestTheirRules(t *testing.T) {
	s, v := newKey(t, "policy")
	dir := t.TempDir()
	put(t, dir, "own.rego", own+`deny contains "no-ru" if input.destination.country == "RU"`)
	put(t, dir, "own_test.rego", `package customs.operator_test

test_ru if "no-ru" in data.customs.operator.deny with input as {"destination": {"country": "RU"}}

test_sg_is_denied if "no-ru" in data.customs.operator.deny with input as {"destination": {"country": "SG"}}

test_the_law_is_there if data.customs.secrets.verdict.action == "block" with input as {"found": [{"class": "mark.secret"}]}

test_the_pack_is_there if count(data.pack.thresholds.national) > 0

test_breaks if to_number("secret-text") > 0

test_loops if count([1 | some i in numbers.range(1, 100000000); i > 0]) == 0

todo_test_later if true
`)
	got, err := rego.Test(context.Background(), rego.TestOptions{Law: openLaw(t), Dir: dir, Bundle: signed(t, bundleDir(t), s),
		Keys: []sign.Verifier{v}, Limit: 200 * time.Millisecond, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name    string
		pass    bool
		message string
	}{
		{"test_breaks", false, "eval_builtin_error at operator/own_test.rego:11"},
		{"test_listed", true, ""},
		{"test_loops", false, "eval_cancel_error"},
		{"test_ru", true, ""},
		{"test_sg_is_denied", false, "is not true"},
		{"test_the_law_is_there", true, ""},
		{"test_the_pack_is_there", true, ""},
		{"todo_test_later", false, "skipped"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d results, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i]
		if g.Name != "customs.operator_test."+w.name || g.Pass != w.pass || !strings.Contains(g.Message, w.message) || g.File == "" || g.Line == 0 {
			t.Errorf("got %+v, want %+v", g, w)
		}
		if strings.Contains(g.Message, "secret-text") {
			t.Errorf("%s: the message quotes the policy: %s", w.name, g.Message)
		}
	}
}

func TestTestsNeedAPolicyThatHolds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, want string }{
		{"a module with a fault", "own.rego", own + "deny contains if", "own.rego:2"},
		{"a test with a fault", "own_test.rego", own + "test_x if", "own_test.rego:2"},
		{"a test that changes the law", "own_test.rego", "package customs.decision\nverdict := 1", "package must be"},
		{"a test that reaches outside", "own_test.rego", own + `test_x if http.send({"method": "get", "url": "http://localhost"})`, "http.send"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		put(t, dir, tt.file, tt.text)
		if _, err := rego.Test(context.Background(), rego.TestOptions{Law: openLaw(t), Dir: dir, Now: noon}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := rego.Test(context.Background(), rego.TestOptions{}); err == nil {
		t.Error("tests without law")
	}
	got, err := rego.Test(context.Background(), rego.TestOptions{Law: openLaw(t), Now: noon})
	if err != nil || len(got) != 0 {
		t.Errorf("no tests: %v, %v", got, err)
	}
}
