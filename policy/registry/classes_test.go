package registry_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

// TestEveryClassCanBeFiled compares the known classes with the constants of
// inspect: one that can be found and not be filed could never be let pass.
func TestEveryClassCanBeFiled(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../inspect/class.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	terms, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		typed, ok := v.Type.(*ast.Ident)
		lit, text := v.Values[0].(*ast.BasicLit)
		if !ok || !text || typed.Name != "Class" {
			return true
		}
		name, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		f := contract("F", func(f *policy.Filing) { f.Items[0].Categories = []inspect.Class{inspect.Class(name)} })
		if err := registry.Validate(f, terms); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return true
	})
	if found < 40 {
		t.Errorf("only %d classes found in class.go", found)
	}
}
