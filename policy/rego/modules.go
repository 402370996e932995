package rego

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

//go:embed modules/*.rego
var builtin embed.FS

// The bounds of an operator's directory.
const (
	maxModules     = 256
	maxModuleBytes = 1 << 20
	maxSourceBytes = 16 << 20
)

// module is the source of one Rego file.
type module struct {
	name     string
	text     string
	operator bool
}

// source is all of a policy that is text or data: what an answer depends on
// besides the question and the rule pack.
type source struct {
	modules []module
	tests   []module       // *_test.rego; they answer nothing
	data    map[string]any // of bundles, below data.customs.operator
}

// readSource returns the built-in modules, those of a directory and those of a
// signed bundle, each sorted by name.
func readSource(o Options) (source, error) {
	var src source
	var err error
	if src.modules, _, err = readDir(builtin, "modules", ""); err != nil {
		return source{}, err
	}
	if o.Dir != "" {
		own, tests, err := readDir(os.DirFS(o.Dir), ".", "operator/")
		if err != nil {
			return source{}, fmt.Errorf("read operator modules in %s: %w", o.Dir, err)
		}
		src.modules, src.tests = append(src.modules, own...), tests
	}
	if len(o.Bundle) > 0 {
		b, err := openBundle(o.Bundle, o.Keys)
		if err != nil {
			return source{}, fmt.Errorf("policy bundle: %w", err)
		}
		src.modules, src.tests = append(src.modules, b.modules...), append(src.tests, b.tests...)
		src.data = b.data
	}
	return src, nil
}

// readDir reads the modules of one directory. prefix goes before the names of
// an operator's; without one they are the program's own.
func readDir(fsys fs.FS, dir, prefix string) (modules, tests []module, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	total := 0
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".rego") {
			continue
		}
		info, err := fs.Stat(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		total += int(min(info.Size(), maxSourceBytes+1))
		if info.Size() > maxModuleBytes || len(modules)+len(tests) == maxModules || total > maxSourceBytes {
			return nil, nil, fmt.Errorf("%s: at most %d modules of %d bytes each, %d together", e.Name(), maxModules, maxModuleBytes, maxSourceBytes)
		}
		b, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		m := module{prefix + e.Name(), string(b), prefix != ""}
		if isTest(m.name) {
			tests = append(tests, m)
		} else {
			modules = append(modules, m)
		}
	}
	byName := func(a, b module) int { return strings.Compare(a.name, b.name) }
	slices.SortFunc(modules, byName)
	slices.SortFunc(tests, byName)
	return modules, tests, nil
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }

// parseModules parses all modules and refuses operator modules that claim
// more than theirs.
func parseModules(modules []module) (map[string]*ast.Module, error) {
	caps := capabilities()
	parsed := map[string]*ast.Module{}
	var faults []error
	for _, m := range modules {
		if !utf8.ValidString(m.text) {
			faults = append(faults, fmt.Errorf("policy module %s: is not UTF-8", m.name))
			continue
		}
		mod, err := ast.ParseModuleWithOpts(m.name, m.text, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: caps})
		if err != nil {
			faults = append(faults, fmt.Errorf("policy module %w", err))
			continue
		}
		if mod == nil {
			faults = append(faults, fmt.Errorf("policy module %s: empty", m.name))
			continue
		}
		if m.operator {
			faults = append(faults, checkOperator(m.name, mod)...)
		}
		parsed[m.name] = mod
	}
	return parsed, errors.Join(faults...)
}

// operatorSets are the names through which an operator is heard. Each must be
// a set, since anything else would be silently ignored.
var operatorSets = []string{"deny", "hold", "redact", "require", "relax", "suspect"}

func checkOperator(name string, mod *ast.Module) []error {
	var faults []error
	switch got := mod.Package.Path.String(); {
	case got == "data.customs.operator", strings.HasPrefix(got, "data.customs.operator.lib"):
	case isTest(name) && strings.HasPrefix(got, "data.customs.operator_test"):
	default:
		return []error{fmt.Errorf("policy module %s: package must be customs.operator, or customs.operator.lib… for shared rules and customs.operator_test for tests", name)}
	}
	if mod.Package.Path.String() != "data.customs.operator" {
		return nil
	}
	for _, r := range mod.Rules {
		ref := r.Head.Ref()
		head := ref[0].String()
		if !slices.Contains(operatorSets, head) {
			continue
		}
		if len(ref) != 1 || r.Head.RuleKind() != ast.MultiValue || r.Head.Key == nil || r.Default {
			faults = append(faults, fmt.Errorf("policy module %s:%d: %s must be a set, written `%s contains \"rule-id\" if { … }`",
				name, r.Location.Row, head, head))
		}
	}
	return faults
}

// capabilities are OPA's without anything that reaches outside, tells time or
// throws dice: a decision depends on its question alone.
func capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool {
		for _, p := range []string{"net.", "http.", "rand.", "io.jwt.", "providers.", "uuid."} {
			if strings.HasPrefix(b.Name, p) {
				return true
			}
		}
		return b.Nondeterministic || b.Name == "opa.runtime" || b.Name == "time.now_ns" || b.Name == "print" || b.Name == "trace"
	})
	caps.AllowNet = []string{}
	return caps
}
