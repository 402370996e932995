package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/datacustoms/customs"

// rank orders the folders: a folder imports only what is below it.
var rank = map[string]int{"certs": 0, "inspect": 0, "policy": 1, "proxy": 2, "bench": 3, "deploy": 3, "cmd": 4}

// siblings are the only edges between parts of one folder.
var siblings = map[string][]string{
	"inspect/engine":     {"inspect/match", "inspect/decode", "inspect/unpack", "inspect/check", "inspect/record", "inspect/rules"},
	"inspect/unpack":     {"inspect/decode"},
	"inspect/rules":      {"inspect/check"},
	"inspect/record":     {"inspect/match"},
	"policy/law":         {"policy/sign"},
	"policy/rego":        {"policy/law", "policy/sign"},
	"policy/registry":    {"policy/law", "policy/sign"},
	"policy/ledger":      {"policy/law", "policy/journal", "policy/disk"},                  // disk for its benchmarks
	"policy/tree":        {"policy/journal", "policy/disk"},                                // disk for its tests
	"policy/audit":       {"policy/law", "policy/journal", "policy/tree", "policy/disk"},   // disk for its tests
	"policy/witness":     {"policy/tree", "policy/journal", "policy/disk", "policy/disk"},  // disk for its tests
	"policy/index":       {"policy/audit", "policy/journal", "policy/disk", "policy/disk"}, // disk for its tests
	"policy/export":      {"policy/audit", "policy/law"},
	"policy/stream":      {"policy/audit", "policy/journal", "policy/export", "policy/disk"},
	"policy/evidence":    {"policy/journal"},
	"policy/incident":    {"policy/journal", "policy/law"},
	"policy/alert":       {"policy/journal"},
	"policy/advise":      {"policy/law"},
	"policy/split":       {"policy/journal"},
	"policy/passthrough": {"policy/journal"},
	"proxy/explicit":     {"proxy/intercept", "proxy/identity", "proxy/sniff", "proxy/refuse", "proxy/upstream"},
	"proxy/transparent":  {"proxy/intercept", "proxy/identity", "proxy/sniff", "proxy/refuse", "proxy/upstream"},
	"proxy/reverse":      {"proxy/intercept", "proxy/identity", "proxy/sniff", "proxy/refuse", "proxy/upstream"},
	"proxy/intercept":    {"proxy/sniff", "proxy/message", "proxy/refuse", "proxy/upstream"},
	"proxy/tap":          {"proxy/sniff", "proxy/message"},
	"proxy/quic":         {"proxy/identity", "proxy/sniff", "proxy/refuse"},
}

// testPackages may be imported by tests, by bench and by each other.
var testPackages = []string{"inspect/inspecttest", "policy/policytest", "proxy/proxytest", "certs/certstest"}

// forTests says whether a package is one of them, or below one.
func forTests(pkg string) bool {
	return slices.ContainsFunc(testPackages, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
}

// pure packages compute: no sockets, no files, no clock, no randomness.
var pure = []string{"inspect", "policy", "inspect/match", "inspect/check", "inspect/decode", "inspect/unpack", "inspect/record", "proxy/sniff"}

// keepers names who may import a dependency. A word that ends in /... stands for
// a folder with everything below; "tests" for _test.go files and test packages;
// "any" for everybody.
var keepers = map[string][]string{
	"github.com/elazarl/goproxy":            {"proxy/intercept"},
	"github.com/google/gopacket":            {"proxy/tap"},
	"github.com/open-policy-agent/opa":      {"policy/rego"},
	"github.com/prometheus/client_golang":   {"proxy/meter"},
	"modernc.org/sqlite":                    {"policy/registry", "policy/index", "tests"},
	"github.com/jackc/pgx":                  {"policy/registry", "policy/ledger", "policy/index"},
	"filippo.io/age":                        {"policy/evidence", "certs/vault", "cmd/..."},
	"github.com/nats-io/nats.go":            {"policy/stream"},
	"github.com/twmb/franz-go":              {"policy/stream"},
	"github.com/leodido/go-syslog":          {"policy/stream", "policy/export"},
	"github.com/santhosh-tekuri/jsonschema": {"tests"},
	"filippo.io/torchwood":                  {"tests"},
	"github.com/oschwald/maxminddb-golang":  {"policy/atlas"},
	"github.com/klauspost/compress":         {"inspect/decode", "inspect/unpack", "policy/audit", "tests"},
	"github.com/andybalholm/brotli":         {"inspect/decode", "inspect/unpack", "tests"},
	"github.com/ulikunitz/xz":               {"inspect/decode", "inspect/unpack", "tests"},
	"github.com/pierrec/lz4":                {"tests"},
	"github.com/parquet-go/parquet-go":      {"tests"},
	"github.com/gabriel-vasile/mimetype":    {"inspect/decode"},
	"github.com/bodgit/sevenzip":            {"inspect/unpack"},
	"github.com/nwaples/rardecode":          {"inspect/unpack"},
	"github.com/goccy/go-yaml":              {"cmd/customs/internal/config", "inspect/rules", "policy/law"},
	"github.com/gobwas/ws":                  {"proxy/message"},
	"github.com/spf13/cobra":                {"cmd/..."},
	"github.com/schollz/progressbar":        {"cmd/..."},
	"go.uber.org/zap":                       {"cmd/...", "proxy/..."},
	"github.com/xuri/excelize":              {"policy/registry", "policy/export", "tests"},
	"golang.org/x/mod":                      {"policy/sign", "policy/tree", "policy/audit", "policy/witness", "cmd/...", "deploy/..."},
	"golang.org/x/crypto":                   {"any"},
	"golang.org/x/net":                      {"any"},
	"golang.org/x/sys":                      {"any"},
	"golang.org/x/term":                     {"cmd/..."},
	"golang.org/x/text":                     {"any"},
	"github.com/chromedp/chromedp":          {"tests"},
	"github.com/rogpeppe/go-internal":       {"tests"},
	"go.uber.org/goleak":                    {"tests"},
	"pgregory.net/rapid":                    {"tests"},
	"github.com/wneessen/go-mail":           {"policy/alert"},
	"github.com/emersion/go-smtp":           {"tests"},

	"google.golang.org/genproto/googleapis/rpc": {"proxy/refuse", "tests"},
	"google.golang.org/protobuf":                {"proxy/refuse", "tests"},
	"google.golang.org/grpc":                    {"tests"},
	"github.com/coder/websocket":                {"tests"},
	"github.com/quic-go/quic-go":                {"tests"},
}

// forbidden returns why package from, a path below the module, may not import
// to, or "". test says that the importing file is a _test.go file.
func forbidden(from, to string, test bool) string {
	if to == module || strings.HasPrefix(to, module+"/") {
		return forbiddenInside(from, strings.TrimPrefix(strings.TrimPrefix(to, module), "/"), test)
	}
	if first, _, _ := strings.Cut(to, "/"); strings.Contains(first, ".") {
		return forbiddenOutside(from, to, test)
	}
	return forbiddenStandard(from, to, test)
}

// forbiddenInside judges an edge within the module.
func forbiddenInside(from, to string, test bool) string {
	fromFolder, _, _ := strings.Cut(from, "/")
	toFolder, _, inner := strings.Cut(to, "/")
	fromRank, known := rank[fromFolder]
	toRank, toKnown := rank[toFolder]
	fromTest, toTest := forTests(from), forTests(to)
	switch {
	case !known || !toKnown:
		return "folders are fixed: this one has no rank"
	case from == to:
		return "" // an external test package
	case toTest && !test && !fromTest && fromFolder != "bench":
		return "test packages are for tests and bench only"
	case fromFolder == toFolder && fromFolder == "cmd":
		return ""
	case fromFolder == toFolder:
		return forbiddenSibling(fromFolder, from, to, test || fromTest)
	case toRank > fromRank:
		return "imports go down only: " + toFolder + " is above " + fromFolder
	case toRank == fromRank:
		return "imports go down only: " + toFolder + " is beside " + fromFolder
	case fromFolder == "bench" || fromFolder == "cmd" || fromFolder == "deploy" && test:
		return "" // they assemble
	case !inner, to == "inspect/check", toTest:
		return ""
	case to == "inspect/synth" && (test || fromTest):
		return ""
	}
	return "across folders only root packages are imported: only cmd and bench assemble"
}

// forbiddenSibling judges an edge within one folder.
func forbiddenSibling(folder, from, to string, test bool) string {
	part := func(p string) string {
		return strings.Join(strings.SplitN(p, "/", 3)[:min(2, strings.Count(p, "/")+1)], "/")
	}
	from, to = part(from), part(to)
	switch {
	case to == folder, from == to:
		return ""
	case test && (forTests(to) || to == "inspect/synth"):
		return ""
	case folder == "bench" || folder == "deploy":
		return ""
	case from == folder:
		return "a root never imports its own parts"
	case from == "inspect/synth" && to == "inspect/check" && !test:
		return "synth is the independent second opinion on check"
	case to == "inspect/check":
		return ""
	case slices.Contains(siblings[from], to):
		return ""
	}
	return "this edge between siblings is not listed"
}

// forbiddenOutside judges an edge to a dependency.
func forbiddenOutside(from, to string, test bool) string {
	for dependency, allowed := range keepers {
		if to != dependency && !strings.HasPrefix(to, dependency+"/") {
			continue
		}
		for _, keeper := range allowed {
			folder, deep := strings.CutSuffix(keeper, "/...")
			switch {
			case keeper == "any", keeper == from:
				return ""
			case keeper == "tests" && (test || forTests(from)):
				return ""
			case deep && (from == folder || strings.HasPrefix(from, folder+"/")):
				return ""
			}
		}
		if test && strings.HasPrefix(from, "cmd/") {
			return "" // tests of the whole program look at what it wrote
		}
		return "one keeper a dependency: " + dependency + " belongs to " + strings.Join(allowed, ", ")
	}
	return "no keeper is named for this dependency"
}

// forbiddenStandard judges an edge to the standard library.
func forbiddenStandard(from, to string, test bool) string {
	folder, _, _ := strings.Cut(from, "/")
	switch {
	case to == "C":
		return "no cgo"
	case test || forTests(from):
		return ""
	case to == "testing" || strings.HasPrefix(to, "testing/"):
		return "testing is for tests only"
	case (to == "log" || to == "log/slog") && rank[folder] < rank["proxy"]:
		return "what is below proxy returns what happened and never logs"
	case !slices.Contains(pure, from):
		return ""
	case to == "net/netip":
		return ""
	case to == "net" || strings.HasPrefix(to, "net/"):
		return "the pure set has no net"
	case to == "os" || strings.HasPrefix(to, "os/") || to == "syscall":
		return "the pure set has no os"
	case to == "crypto/rand" || to == "math/rand" || to == "math/rand/v2":
		return "the pure set is given its randomness"
	}
	return ""
}

// source is one parsed file of the tree.
type source struct {
	pkg  string // path below the module, "cmd/customs"
	name string // file name
	test bool
	file *ast.File
	fset *token.FileSet
}

func (s source) at(p token.Pos) string {
	return fmt.Sprintf("%s/%s:%d", s.pkg, s.name, s.fset.Position(p).Line)
}

func parseSource(fset *token.FileSet, pkg, name string, src []byte) (source, error) {
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, fmt.Errorf("parse %s/%s: %w", pkg, name, err)
	}
	return source{pkg: pkg, name: name, test: strings.HasSuffix(name, "_test.go"), file: f, fset: fset}, nil
}

// walk parses every Go file of the module.
func walk(t *testing.T) []source {
	t.Helper()
	root, fset := filepath.Join("..", ".."), token.NewFileSet()
	var out []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && p != root || strings.HasPrefix(d.Name(), "_")
		if d.IsDir() && (d.Name() == "testdata" || hidden && d.Name() != "..") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" || hidden {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		s, err := parseSource(fset, filepath.ToSlash(rel), d.Name(), src)
		out = append(out, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A walk that found nothing would find nothing wrong.
	folders := map[string]bool{}
	for _, s := range out {
		folder, _, _ := strings.Cut(s.pkg, "/")
		folders[folder] = true
	}
	if len(out) < 60 || !folders["certs"] || !folders["inspect"] || !folders["policy"] || !folders["proxy"] || !folders["cmd"] {
		t.Fatalf("the walk saw %d files in %v: it does not see the tree", len(out), folders)
	}
	return out
}

func TestImports(t *testing.T) {
	for _, s := range walk(t) {
		for _, spec := range s.file.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := forbidden(s.pkg, to, s.test); why != "" {
				t.Errorf("%s imports %s: %s", s.at(spec.Pos()), to, why)
			}
		}
	}
}

// TestImportsCatches shows that each rule can fail, and that its neighbour passes.
func TestImportsCatches(t *testing.T) {
	const m = module + "/"
	tests := []struct {
		from, to string
		test     bool
		want     string // part of the reason; "" means allowed
	}{
		{"inspect", m + "policy", false, "go down only: policy is above"},
		{"certs", m + "inspect", false, "go down only: inspect is beside"},
		{"inspect", m + "certs", true, "go down only"},
		{"policy/rego", m + "proxy", false, "go down only"},
		{"bench", m + "cmd/customs", false, "go down only"},
		{"policy", m + "inspect", false, ""},
		{"policy", m + "tools", false, "no rank"},
		{"proxy/intercept", m + "certs", false, ""},
		{"proxy", m + "policy/ledger", false, "only root packages"},
		{"proxy/explicit", m + "policy/rego", true, "only cmd and bench assemble"},
		{"policy/registry", m + "inspect/check", false, ""},
		{"policy/registry", m + "inspect/synth", false, "only root packages"},
		{"policy/registry", m + "inspect/synth", true, ""},
		{"cmd/customs", m + "inspect/synth", false, ""},
		{"bench", m + "policy/policytest", false, ""},
		{"cmd/customs", m + "proxy/proxytest", false, "test packages"},
		{"cmd/customs", m + "proxy/proxytest", true, ""},
		{"proxy/explicit", m + "policy/policytest", false, "test packages"},
		{"proxy/explicit", m + "policy/policytest", true, ""},
		{"proxy/proxytest", m + "policy/policytest", false, ""},
		{"policy", m + "policy/law", false, "never imports its own parts"},
		{"policy", m + "policy/policytest", true, ""},
		{"policy/ledger", m + "policy", false, ""},
		{"policy/ledger", m + "policy/law", false, ""},
		{"policy/ledger", m + "policy/journal", false, ""},
		{"policy/registry", m + "policy/journal", false, "not listed"},
		{"policy/ledger", m + "policy/policytest/faultfs", true, ""},
		{"policy/ledger", m + "policy/policytest/faultfs", false, "test packages"},
		{"policy/ledger", m + "policy/registry", false, "not listed"},
		{"policy/law", m + "policy/rego", false, "not listed"},
		{"inspect/engine", m + "inspect/match", false, ""},
		{"inspect/match", m + "inspect/decode", false, "not listed"},
		{"inspect/record", m + "inspect/synth", false, "not listed"},
		{"inspect/record", m + "inspect/synth", true, ""},
		{"inspect/synth", m + "inspect/check", false, "second opinion"},
		{"proxy/explicit", m + "proxy/intercept", false, ""},
		{"proxy/tap", m + "proxy/intercept", false, "not listed"},
		{"cmd/customs", m + "proxy/explicit", false, ""},
		{"cmd/customs", m + "cmd/customs/internal/config", false, ""},
		{"proxy/explicit", "github.com/elazarl/goproxy", false, "one keeper"},
		{"cmd/customs", "github.com/elazarl/goproxy", false, "one keeper"},
		{"proxy/intercept", "github.com/elazarl/goproxy/transport", false, ""},
		{"proxy/sniff", "github.com/google/gopacket/layers", false, "one keeper"},
		{"policy", "github.com/open-policy-agent/opa/v1/rego", false, "one keeper"},
		{"proxy", "github.com/prometheus/client_golang/prometheus", false, "one keeper"},
		{"policy/law", "modernc.org/sqlite", false, "one keeper"},
		{"policy/registry", "github.com/oschwald/maxminddb-golang/v2", false, "one keeper"},
		{"policy/atlas", "github.com/oschwald/maxminddb-golang/v2", false, ""},
		{"proxy/upstream", "github.com/klauspost/compress/zstd", false, "one keeper"},
		{"policy/registry", "github.com/goccy/go-yaml", false, "one keeper"},
		{"cmd/customs", "github.com/goccy/go-yaml", false, "one keeper"},
		{"bench", "github.com/spf13/cobra", false, "one keeper"},
		{"policy/audit", "go.uber.org/zap", false, "one keeper"},
		{"proxy/intercept", "go.uber.org/zap", false, ""},
		{"policy/audit", "pgregory.net/rapid", false, "one keeper"},
		{"policy/audit", "pgregory.net/rapid", true, ""},
		{"policy/audit", "example.com/handy", false, "no keeper is named"},
		{"inspect/match", "net", false, "no net"},
		{"policy", "net/http", false, "no net"},
		{"policy", "net/netip", false, ""},
		{"inspect", "os", false, "no os"},
		{"inspect/decode", "os/exec", false, "no os"},
		{"inspect/decode", "os", true, ""},
		{"proxy/sniff", "crypto/rand", false, "randomness"},
		{"policy/audit", "log", false, "never logs"},
		{"certs", "log/slog", false, "never logs"},
		{"proxy/intercept", "log", false, ""},
		{"proxy", "testing", false, "for tests only"},
		{"inspect/match", "C", false, "no cgo"},
	}
	for _, tt := range tests {
		got := forbidden(tt.from, tt.to, tt.test)
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("forbidden(%s, %s, test %v) = %q, want %q", tt.from, tt.to, tt.test, got, tt.want)
		}
	}
}

// TestKeepersCoverGoMod wants a keeper for every direct requirement, so that a
// new dependency is a decision and not an accident.
func TestKeepersCoverGoMod(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`) // indirect ones end in a comment
	found := line.FindAllStringSubmatch(string(data), -1)
	if len(found) < 10 {
		t.Fatalf("only %d requirements found in go.mod", len(found))
	}
	for _, m := range found {
		if why := forbiddenOutside("nowhere", m[1], false); strings.HasPrefix(why, "no keeper") {
			t.Errorf("%s: %s", m[1], why)
		}
	}
}

// TestTopLevel keeps the top of the tree to its fixed names and to what
// .gitignore names.
func TestTopLevel(t *testing.T) {
	root := filepath.Join("..", "..")
	fixed := []string{"cmd", "proxy", "inspect", "policy", "certs", "bench", "deploy", "go.mod", "go.sum", "README.md", "LICENSE"}
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if !topLevelAllowed(e.Name(), fixed, strings.Fields(string(ignored))) {
			t.Errorf("%s: the top level is fixed: %s", e.Name(), strings.Join(fixed, " "))
		}
	}
	if topLevelAllowed("util", fixed, nil) {
		t.Error("a folder named util would be allowed")
	}
}

func topLevelAllowed(name string, fixed, ignored []string) bool {
	if strings.HasPrefix(name, ".") || slices.Contains(fixed, name) {
		return true
	}
	return slices.ContainsFunc(ignored, func(pattern string) bool {
		ok, err := path.Match(strings.Trim(pattern, "/"), name)
		return ok && err == nil
	})
}
