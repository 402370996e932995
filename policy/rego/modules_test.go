package rego_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// regoTests runs the test rules of the given files beside the policy.
func regoTests(t *testing.T, files ...string) (passed int, failed []string) {
	t.Helper()
	policy, err := filepath.Glob("modules/*.rego")
	if err != nil || len(policy) == 0 {
		t.Fatal("no modules", err)
	}
	modules := map[string]*ast.Module{}
	for _, f := range append(policy, files...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := ast.ParseModuleWithOpts(f, string(b), ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		modules[f] = m
	}
	r, err := openLaw(t).At(noon())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	store := inmem.NewFromObject(map[string]any{"pack": r.Data})
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(ctx, txn)
	ch, err := tester.NewRunner().SetStore(store).SetModules(modules).RaiseBuiltinErrors(true).RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	for res := range ch {
		if res.Error != nil || res.Fail || res.Skip {
			failed = append(failed, res.Package+"."+res.Name)
			continue
		}
		passed++
	}
	return passed, failed
}

func TestRegoTests(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*_test.rego")
	if err != nil {
		t.Fatal(err)
	}
	passed, failed := regoTests(t, files...)
	if len(failed) > 0 || passed < 110 {
		t.Errorf("%d passed, failed: %v", passed, failed)
	}
}

// The runner must be able to fail.
func TestRegoTestsCatch(t *testing.T) {
	t.Parallel()
	f := filepath.Join(t.TempDir(), "wrong_test.rego")
	text := "package wrong_test\ntest_secrets_pass if data.customs.nothing.verdict with input as {\"persons\": {\"sensitive\": true}}"
	if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, failed := regoTests(t, f); len(failed) != 1 {
		t.Errorf("failed: %v, want the one test", failed)
	}
}

// Each module begins with prose, and each that decides names its law, but for
// doubt and what the operator decides.
func TestModulesAreReadable(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("modules/*.rego")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "# ") {
			t.Errorf("%s does not begin with what it is for", f)
		}
		decides := strings.Contains(string(b), "\nverdict := ")
		inLaw := !strings.HasSuffix(f, "_decision.rego") && !strings.HasSuffix(f, "_doubt.rego") && !strings.HasSuffix(f, "_unread.rego")
		if decides && inLaw && !strings.Contains(string(b), "art.") && !strings.Contains(string(b), "指南") {
			t.Errorf("%s decides and names no article", f)
		}
	}
}
