package rego_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

func newKey(t testing.TB, name string) (sign.Signer, sign.Verifier) {
	t.Helper()
	private, public, err := sign.Generate(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sign.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sign.ParseVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// bundleDir is a policy that denies the countries that its data names.
func bundleDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "countries.rego", own+`deny contains "country" if input.destination.country in data.customs.operator.countries`)
	put(t, dir, "countries_test.rego", "package customs.operator_test\n"+
		`test_listed if "country" in data.customs.operator.deny with input as {"destination": {"country": "SG"}}`)
	put(t, dir, "data.json", `{"customs": {"operator": {"countries": ["SG", "XX"]}}}`)
	put(t, dir, "README.md", "stays behind")
	return dir
}

func signed(t testing.TB, dir string, s sign.Signer) []byte {
	t.Helper()
	b, err := rego.SignBundle(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// untar and retar change the files of a bundle behind its signature.
func untar(t testing.TB, b []byte) map[string]string {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for in := tar.NewReader(gz); ; {
		h, err := in.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(h.Name, "/")] = string(text)
	}
}

func retar(t testing.TB, files map[string]string, more ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	w := tar.NewWriter(gz)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		more = append(more, tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(files[name]))})
	}
	for _, h := range more {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[h.Name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestASignedBundleHoldsBesideTheDirectory(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	s, v := newKey(t, "policy-2026")
	b := signed(t, bundleDir(t), s)
	if again := signed(t, bundleDir(t), s); !bytes.Equal(b, again) {
		t.Error("the same policy makes another bundle")
	}
	info, err := rego.InspectBundle(b, []sign.Verifier{v})
	if err != nil || info.Signer != "policy-2026" || !slices.Equal(info.Modules, []string{"bundle/countries.rego"}) ||
		!slices.Equal(info.Data, []string{"countries"}) || len(info.Tests) != 1 {
		t.Fatalf("got %+v, %v", info, err)
	}
	dir := t.TempDir()
	put(t, dir, "own.rego", own+`deny contains "class" if { some f in input.found; f.class == "pi.name" }`)
	d := open(t, rego.Options{Law: l, Dir: dir, Bundle: b, Keys: []sign.Verifier{v}})
	tests := []struct {
		name  string
		flow  asked
		codes string
	}{
		{"by the bundle", asked{found: mob, ns: 1}, "OPERATOR_DENIED:country"},
		{"by the directory", asked{place: "JP", found: "pi.name", ns: 1}, "OPERATOR_DENIED:class"},
		{"by both", asked{found: "pi.name", ns: 1}, "OPERATOR_DENIED:class OPERATOR_DENIED:country"},
		{"by neither", asked{place: "JP", found: mob, ns: 1}, "EX_SMALL"},
	}
	for _, tt := range tests {
		if v, err := d.Decide(context.Background(), tt.flow.question(t, l)); err != nil || codes(v) != tt.codes {
			t.Errorf("%s: got %s, %v, want %s", tt.name, codes(v), err, tt.codes)
		}
	}
}

type badBundle struct {
	name   string
	bundle []byte
	want   string
}

// badBundles are a good bundle with one thing wrong.
func badBundles(t *testing.T, good []byte) []badBundle {
	other, _ := newKey(t, "policy")
	stranger, _ := newKey(t, "stranger")
	edit := func(change func(map[string]string)) []byte {
		files := untar(t, good)
		change(files)
		return retar(t, files)
	}
	set := func(name, text string) []byte { return edit(func(f map[string]string) { f[name] = text }) }
	drop := func(name string) []byte { return edit(func(f map[string]string) { delete(f, name) }) }
	return []badBundle{
		{"not signed", drop(".signatures.json"), "is not signed"},
		{"signed by a key of the same name", signed(t, bundleDir(t), other), "verify JWT signature"},
		{"signed by a stranger", signed(t, bundleDir(t), stranger), "stranger not found"},
		{"a module was changed", set("countries.rego", own+`deny contains "x" if false`), "countries.rego"},
		{"data was changed", set("data.json", `{"customs": {"operator": {"countries": []}}}`), "data.json"},
		{"the manifest was changed", set(".manifest", `{"roots": ["customs/operator"]}`), ".manifest"},
		{"a file was added", set("more.rego", own+`deny contains "x"`), "not included in bundle signature"},
		{"a file was taken away", drop("countries.rego"), "not found in the target bundle"},
		{"no manifest", drop(".manifest"), ".manifest is missing"},
		{"roots of everything", set(".manifest", `{"roots": [""]}`), "roots must be within"},
		{"roots of the law", set(".manifest", `{"roots": ["customs"]}`), "roots must be within"},
		{"no roots", set(".manifest", `{}`), "roots must be"},
		{"compiled resolvers", set(".manifest", `{"roots": ["customs/operator"], "wasm": []}`), "nothing else"},
		{"an older language", set(".manifest", `{"roots": ["customs/operator"], "rego_version": 0}`), "rego_version must be 1"},
		{"compiled code", set("policy.wasm", "\x00asm"), "nothing else"},
		{"a patch", set("patch.json", `{"data": []}`), "nothing else"},
		{"another kind of data", set("data.yaml", "a: 1"), "nothing else"},
		{"a second manifest", set("customs/.manifest", "{}"), "nothing else"},
		{"a path out", set("../out.rego", own), "entry 1: its name"},
		{"a path from the root", set("//out.rego", own), "its name"},
		{"a path with a control character", set("a\nb.rego", own), "its name"},
		{"a link", retar(t, untar(t, good), tar.Header{Typeflag: tar.TypeSymlink, Name: "x.rego", Linkname: "/etc/passwd"}), "entry 1: is no plain file"},
		{"a file twice", retar(t, untar(t, good), tar.Header{Typeflag: tar.TypeReg, Name: "data.json", Size: int64(len(untar(t, good)["data.json"]))}), "data.json twice"},
		{"no archive", []byte("package customs.operator"), "no tar.gz"},
		{"cut off", good[:len(good)/2], "damaged"},
		{"something behind it", append(bytes.Clone(good), 'x'), "follows"},
		{"too many files", edit(func(f map[string]string) {
			for i := range 600 {
				f["f"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26)+".rego"] = "package customs.operator.lib"
			}
		}), "at most 512"},
		{"a bomb", set("bomb.rego", strings.Repeat("\n", 8<<20+1)), "larger than"},
		{"a bomb of many", edit(func(f map[string]string) {
			for _, n := range []string{"a", "b", "c"} {
				f[n+".rego"] = strings.Repeat("\n", 7<<20)
			}
		}), "more than 16777216 bytes unpacked"},
		{"too large packed", make([]byte, 9<<20), "larger than"},
	}
}

func TestBadBundlesAreRefusedAndTheOldPolicyStays(t *testing.T) {
	t.Parallel()
	s, v := newKey(t, "policy")
	good := signed(t, bundleDir(t), s)
	d := open(t, rego.Options{Bundle: good, Keys: []sign.Verifier{v}})
	old := d.Digest()
	for _, tt := range badBundles(t, good) {
		t.Run(tt.name, func(t *testing.T) {
			err := d.ReloadWith(openLaw(t), tt.bundle)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "policy bundle: ") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if d.Digest() != old {
				t.Error("the old policy is gone")
			}
		})
	}
	if _, err := rego.New(rego.Options{Law: openLaw(t), Bundle: good}); err == nil || !strings.Contains(err.Error(), "no key is trusted") {
		t.Errorf("without keys: %v", err)
	}
	if err := d.ReloadWith(openLaw(t), nil); err != nil || d.Digest() == old {
		t.Errorf("take the bundle away: %v", err)
	}
	if err := d.ReloadWith(openLaw(t), good); err != nil || d.Digest() != old {
		t.Errorf("put it back: %v", err)
	}
	if err := d.Reload(); err != nil || d.Digest() != old {
		t.Errorf("a reload lost the bundle: %v", err)
	}
}

// What is signed can still be nonsense.
func TestSignedNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := newKey(t, "policy")
	tests := []struct{ name, file, text, want string }{
		{"the law's own package", "own.rego", "package customs.decision\nverdict := 1", "not permit"},
		{"a test of another package", "own_test.rego", "package customs.decision\ntest_x if true", "not permit"},
		{"data of the law", "data.json", `{"customs": {"decision": {"x": 1}}}`, "not permit"},
		{"data beside customs", "data.json", `{"pack": {}}`, "not permit"},
		{"data that is no object", "data.json", `{"customs": {"operator": 7}}`, "must be an object"},
		{"data that would speak", "data.json", `{"customs": {"operator": {"deny": ["x"]}}}`, "belongs to modules"},
		{"data that would relax", "data.json", `{"customs": {"operator": {"relax": ["LINK_NOT_FILED"]}}}`, "belongs to modules"},
		{"data where a rule is", "data.json", `{"customs": {"operator": {"limit": 1}}}`, "conflicting rule"},
		{"data that is no JSON", "data.json", `{`, "data.json"},
		{"syntax", "own.rego", own + "deny contains if", "own.rego:2"},
		{"network", "own.rego", own + `deny contains "x" if http.send({})`, "http.send"},
		{"a set that is none", "own.rego", own + `relax := {"x"}`, "relax must be a set"},
		{"another version of the language", "own.rego", own + `deny["x"] { true }`, "own.rego:2"},
		{"not UTF-8", "own.rego", own + "# \xff", "own.rego"},
		{"nothing to sign", "own.txt", "", "neither"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		if tt.file == "data.json" {
			put(t, dir, "own.rego", own+`limit := 1`)
		}
		put(t, dir, tt.file, tt.text)
		if _, err := rego.SignBundle(dir, s); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := rego.SignBundle(bundleDir(t), sign.Signer{}); err == nil {
		t.Error("signed without a key")
	}
	if _, err := rego.SignBundle(filepath.Join(t.TempDir(), "absent"), s); err == nil {
		t.Error("signed an absent directory")
	}
}

// A directory that holds the files of a signed bundle goes the same way.
func TestPackDir(t *testing.T) {
	t.Parallel()
	s, v := newKey(t, "policy")
	dir := t.TempDir()
	for name, text := range untar(t, signed(t, bundleDir(t), s)) {
		put(t, dir, name, text)
	}
	b, err := rego.PackDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Bundle: b, Keys: []sign.Verifier{v}})
	if v, err := d.Decide(context.Background(), asked{found: mob, ns: 1}.question(t, l)); err != nil || v.Action != policy.Block {
		t.Errorf("got %s, %v", v.Action, err)
	}
	put(t, dir, "more.rego", own+`deny contains "x"`)
	if b, err = rego.PackDir(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := rego.InspectBundle(b, []sign.Verifier{v}); err == nil || !strings.Contains(err.Error(), "more.rego not included") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(dir, ".signatures.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := rego.PackDir(dir); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Errorf("got %v", err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.rego")); err == nil {
		if _, err := rego.PackDir(dir); err == nil || !strings.Contains(err.Error(), "no plain file") {
			t.Errorf("a link was followed: %v", err)
		}
	}
}
