package rego

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

//go:embed modules/*.rego
var builtin embed.FS

// The bounds of an operator's directory.
const (
	maxModules     = 256
	maxModuleBytes = 1 << 20
)

// module is the source of one Rego file.
type module struct {
	name     string
	text     string
	operator bool
}

// readModules returns the built-in modules and those of dir, sorted by name.
// Tests (*_test.rego) are left out.
func readModules(dir string) ([]module, error) {
	out, err := readDir(builtin, "modules", false)
	if err != nil || dir == "" {
		return out, err
	}
	own, err := readDir(os.DirFS(dir), ".", true)
	if err != nil {
		return nil, fmt.Errorf("read operator modules in %s: %w", dir, err)
	}
	return append(out, own...), nil
}

func readDir(fsys fs.FS, dir string, operator bool) ([]module, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var out []module
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".rego") || strings.HasSuffix(e.Name(), "_test.rego") {
			continue
		}
		info, err := fs.Stat(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if info.Size() > maxModuleBytes || len(out) == maxModules {
			return nil, fmt.Errorf("%s: at most %d modules of %d bytes each", e.Name(), maxModules, maxModuleBytes)
		}
		b, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		name := e.Name()
		if operator {
			name = "operator/" + name
		}
		out = append(out, module{name, string(b), operator})
	}
	slices.SortFunc(out, func(a, b module) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// digestOf identifies a set of modules by names and texts.
func digestOf(modules []module) string {
	h := sha256.New()
	for _, m := range modules {
		fmt.Fprintf(h, "%d %s %d\n%s", len(m.name), m.name, len(m.text), m.text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// parseModules parses all modules and refuses operator modules that claim
// more than theirs.
func parseModules(modules []module) (map[string]*ast.Module, error) {
	caps := capabilities()
	parsed := map[string]*ast.Module{}
	var faults []error
	for _, m := range modules {
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
var operatorSets = []string{"deny", "hold", "redact", "require"}

func checkOperator(name string, mod *ast.Module) []error {
	var faults []error
	if got := mod.Package.Path.String(); got != "data.customs.operator" && !strings.HasPrefix(got, "data.customs.operator.lib") {
		return []error{fmt.Errorf("policy module %s: package must be customs.operator, or customs.operator.lib… for shared rules", name)}
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
