package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	maxFile      = 400 // lines of a file that is not a test
	maxFunction  = 60  // lines of a function that is not a test
	spine        = "proxy"
	spineFiles   = 11 // three of them for flows that leave in parts
	spineLines   = 2100
	clockAllowed = "now is an argument or a field"
)

// TestShape holds the tree to the sizes and habits of the house.
func TestShape(t *testing.T) {
	for _, fault := range shapeFaults(walk(t)) {
		t.Error(fault)
	}
}

// shapeFaults judges the files that are not tests.
func shapeFaults(all []source) []string {
	var out []string
	packages := map[string][]source{}
	for _, s := range all {
		if s.test {
			continue
		}
		packages[s.pkg] = append(packages[s.pkg], s)
		out = append(out, fileFaults(s)...)
	}
	names := make([]string, 0, len(packages))
	for name := range packages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		files := packages[name]
		if !slices.ContainsFunc(files, func(s source) bool { return s.file.Doc != nil }) {
			out = append(out, name+": the package has no doc comment")
		}
		out = append(out, changedVariables(files)...)
		if name == spine {
			out = append(out, spineFaults(files)...)
		}
	}
	return out
}

func spineFaults(files []source) []string {
	var out []string
	lines := 0
	for _, s := range files {
		lines += fileLines(s)
	}
	if len(files) > spineFiles {
		out = append(out, fmt.Sprintf("%s: the spine has %d files, its budget is %d", spine, len(files), spineFiles))
	}
	if lines > spineLines {
		out = append(out, fmt.Sprintf("%s: the spine has %d lines, its budget is %d", spine, lines, spineLines))
	}
	return out
}

func fileLines(s source) int { return s.fset.File(s.file.FileStart).LineCount() - 1 }

func fileFaults(s source) []string {
	var out []string
	if n := fileLines(s); n > maxFile && !ast.IsGenerated(s.file) {
		out = append(out, fmt.Sprintf("%s/%s: %d lines, the limit is %d", s.pkg, s.name, n, maxFile))
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			out = append(out, functionFaults(s, d)...)
		case *ast.GenDecl:
			out = append(out, undocumented(s, d)...)
		}
	}
	if slices.Contains(pure, s.pkg) {
		out = append(out, clockFaults(s)...)
	}
	return out
}

func functionFaults(s source, d *ast.FuncDecl) []string {
	var out []string
	if d.Name.Name == "init" && d.Recv == nil {
		out = append(out, s.at(d.Pos())+": init: assembly is in wire.go")
	}
	if n := s.fset.Position(d.End()).Line - s.fset.Position(d.Pos()).Line + 1; n > maxFunction {
		out = append(out, fmt.Sprintf("%s: %s has %d lines, the limit is %d", s.at(d.Pos()), d.Name.Name, n, maxFunction))
	}
	if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !speaksForItself(d) && s.file.Name.Name != "main" {
		out = append(out, s.at(d.Pos())+": "+d.Name.Name+" has no doc comment")
	}
	return out
}

// speaksForItself is true for methods whose meaning every reader of Go knows: a
// comment could only repeat it.
func speaksForItself(d *ast.FuncDecl) bool {
	return d.Recv != nil && slices.Contains([]string{"Error", "String", "Unwrap"}, d.Name.Name)
}

// exportedReceiver is true for functions, and for methods of exported types.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// undocumented finds exported types, constants and variables without a comment.
// The comment of a group counts for its constants and variables.
func undocumented(s source, d *ast.GenDecl) []string {
	if s.file.Name.Name == "main" {
		return nil
	}
	var out []string
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc == nil && d.Doc == nil {
				out = append(out, s.at(spec.Pos())+": "+spec.Name.Name+" has no doc comment")
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
					out = append(out, s.at(name.Pos())+": "+name.Name+" has no doc comment")
				}
			}
		}
	}
	return out
}

// clockFaults finds the pure set asking the time itself.
func clockFaults(s source) []string {
	var out []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}, sel.Sel.Name) {
			out = append(out, s.at(n.Pos())+": time."+sel.Sel.Name+" in the pure set: "+clockAllowed)
		}
		return true
	})
	return out
}

// emptyImporter answers every import with a package that has nothing in it. That
// is enough to tell a local name from one of the package.
type emptyImporter struct{}

func (emptyImporter) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, filepath.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// changedVariables finds package variables that a function assigns to. It does
// not see changes through pointers or methods.
func changedVariables(files []source) []string {
	list := make([]*ast.File, len(files))
	for n, s := range files {
		list[n] = s.file
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: emptyImporter{}, Error: func(error) {}, FakeImportC: true}
	// Errors are expected, because the imports are empty; names of this package
	// resolve all the same.
	pkg, _ := conf.Check(files[0].pkg, files[0].fset, list, info)
	if pkg == nil {
		return []string{files[0].pkg + ": the package cannot be resolved"}
	}
	var out []string
	for _, s := range files {
		report := func(target ast.Expr) {
			id := rootName(target)
			if v, ok := info.Uses[id].(*types.Var); id != nil && ok && v.Parent() == pkg.Scope() {
				out = append(out, s.at(target.Pos())+": the package variable "+id.Name+" changes after start")
			}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				ast.Inspect(f.Body, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.AssignStmt:
						if n.Tok != token.DEFINE {
							for _, target := range n.Lhs {
								report(target)
							}
						}
					case *ast.IncDecStmt:
						report(n.X)
					case *ast.CallExpr:
						if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
							report(n.Args[0])
						}
					}
					return true
				})
			}
		}
	}
	return out
}

// rootName returns x of x.y[z], or nil.
func rootName(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// TestShapeCatches feeds one fault at a time, and the same without the fault.
func TestShapeCatches(t *testing.T) {
	long := strings.Repeat("\t_ = 0\n", maxFunction)
	tests := []struct {
		name, pkg, src, want string
	}{
		{"nothing wrong", "certs", "// Package p is documented.\npackage p\n\n// F does.\nfunc F() {}\n", ""},
		{"function too long", "certs", "// Package p is.\npackage p\nfunc f() {\n" + long + "}\n", "f has 62 lines"},
		{"function just short enough", "certs", "// Package p is.\npackage p\nfunc f() {\n" + strings.Repeat("\t_ = 0\n", maxFunction-2) + "}\n", ""},
		{"file too long", "certs", "// Package p is.\npackage p\n" + strings.Repeat("//\n", maxFile), "the limit is 400"},
		{"package without a comment", "certs", "package p\n", "no doc comment"},
		{"exported function", "certs", "// Package p is.\npackage p\nfunc F() {}\n", "F has no doc comment"},
		{"exported method", "certs", "// Package p is.\npackage p\n\n// T is.\ntype T struct{}\nfunc (*T) M() {}\n", "M has no doc comment"},
		{"method of a private type", "certs", "// Package p is.\npackage p\ntype t struct{}\nfunc (*t) M() {}\n", ""},
		{"method that every reader knows", "certs", "// Package p is.\npackage p\n\n// T is.\ntype T struct{}\nfunc (T) String() string { return \"\" }\n", ""},
		{"exported type", "certs", "// Package p is.\npackage p\ntype T int\n", "T has no doc comment"},
		{"exported constant", "certs", "// Package p is.\npackage p\nconst C = 1\n", "C has no doc comment"},
		{"group with a comment", "certs", "// Package p is.\npackage p\n\n// The letters.\nconst (\n\tA = 1\n\tB = 2\n)\n", ""},
		{"init", "certs", "// Package p is.\npackage p\nfunc init() {}\n", "init: assembly"},
		{"clock in the pure set", "inspect/match", "// Package p is.\npackage p\nimport \"time\"\nvar t = time.Now\n", "time.Now in the pure set"},
		{"clock elsewhere", "certs", "// Package p is.\npackage p\nimport \"time\"\nvar t = time.Now\n", ""},
		{"variable assigned", "certs", "// Package p is.\npackage p\nvar v int\nfunc f() { v = 1 }\n", "variable v changes"},
		{"variable counted", "certs", "// Package p is.\npackage p\nvar v struct{ n int }\nfunc f() { v.n++ }\n", "variable v changes"},
		{"map of the package", "certs", "// Package p is.\npackage p\nvar m = map[int]int{}\nfunc f() { m[1] = 2; delete(m, 3) }\n", "variable m changes"},
		{"local of the same name", "certs", "// Package p is.\npackage p\nvar v int\nfunc f() { v := v; v = 1; _ = v }\n", ""},
		{"spine too long", spine, "// Package p is.\npackage p\n" + strings.Repeat("//\n", spineLines), "its budget is 2100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseSource(token.NewFileSet(), tt.pkg, "f.go", []byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(shapeFaults([]source{s}), "\n")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
			s.test = true
			if got := shapeFaults([]source{s}); len(got) != 0 {
				t.Errorf("the same in a test: %q", got)
			}
		})
	}
}
