package unpack_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// shown is an Out that keeps all texts and misses.
type shown struct {
	text   bytes.Buffer
	parts  int
	misses []inspect.GapReason
}

func (s *shown) Begin([]byte, decode.Span) bool { s.parts++; s.text.WriteByte('\n'); return true }
func (s *shown) Same([]byte, int64) bool        { return s.Begin(nil, decode.Span{}) }
func (s *shown) Write(p []byte) bool            { s.text.Write(p); return true }
func (s *shown) Miss(r inspect.GapReason, _ int64) {
	s.misses = append(s.misses, r)
}

func openGit(b []byte) *shown {
	out := &shown{}
	unpack.Git(bytes.NewReader(b), int64(len(b)), unpack.Limits{Entries: 10_000, Memory: 64 << 20, Bytes: 64 << 20}, out)
	return out
}

// gitPacks makes a repository of two commits by git itself and returns its pack
// as a whole, and as a push sends it to one who has the first commit.
func gitPacks(t testing.TB) (whole, thin []byte) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	run := func(stdin string, args ...string) []byte {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-C", dir, "-c", "user.name=Test", "-c", "user.email=test@example.invalid"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		cmd.Stdin = strings.NewReader(stdin)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v %s", args, err, &errs)
		}
		return out
	}
	random := rand.New(rand.NewPCG(1, 2))
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("line %d has number %d", i, random.Uint64()))
	}
	run("", "init", "-q", "-b", "main")
	for i, change := range []string{"", "the second version says harbour"} {
		if change != "" {
			lines[200] = change
		}
		if err := os.WriteFile(filepath.Join(dir, "a-file.txt"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		run("", "add", ".")
		run("", "commit", "-q", "-m", fmt.Sprint("commit number ", i))
	}
	whole = run("main\n", "pack-objects", "--stdout", "--revs", "--delta-base-offset", "-q")
	thin = run("main\n^main~1\n", "pack-objects", "--stdout", "--revs", "--thin", "-q")
	return whole, thin
}

// push is what a push sends before a pack.
func push(pack []byte) []byte {
	line := strings.Repeat("0", 40) + " " + strings.Repeat("1", 40) + " refs/heads/a-branch\x00 report-status side-band-64k"
	return append(fmt.Appendf(nil, "%04x%s0000", len(line)+4, line), pack...)
}

func TestGitPack(t *testing.T) {
	whole, thin := gitPacks(t)
	for name, body := range map[string][]byte{"pack": whole, "push": push(whole)} {
		if !unpack.LooksGit(body) {
			t.Errorf("%s is not recognised", name)
		}
		out := openGit(body)
		text := out.text.String()
		if len(out.misses) != 0 {
			t.Errorf("%s: %v", name, out.misses)
		}
		for _, want := range []string{"a-file.txt", "commit number 0", "commit number 1", "test@example.invalid", "second version says harbour", "line 200 has", "line 399 has"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
		if strings.Count(text, "line 399 has") != 2 {
			t.Errorf("%s: a change was not put together", name)
		}
	}
	if !strings.Contains(openGit(push(whole)).text.String(), "refs/heads/a-branch") {
		t.Error("no name of the branch")
	}
	out := openGit(push(thin))
	if len(out.misses) != 0 || !strings.Contains(out.text.String(), "second version says harbour") {
		t.Errorf("a change of what is not there: %v\n%.500s", out.misses, &out.text)
	}
}

// thinPack is a pack of one change of an object that is not in it.
func thinPack(t testing.TB, delta []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(delta); err != nil || z.Close() != nil || len(delta) > 15 {
		t.Fatal(err, len(delta))
	}
	b := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), 7<<4|byte(len(delta)))
	b = append(append(b, make([]byte, 20)...), packed.Bytes()...)
	return append(b, make([]byte, 20)...)
}

// TestGitChangeOfWhatIsNotThere: pieces smaller than git's could spell anything.
func TestGitChangeOfWhatIsNotThere(t *testing.T) {
	for _, tt := range []struct {
		name  string
		delta string
		miss  bool
		text  string
	}{
		{"as git makes it", "\x64\x25\x90\x20\x05hello", false, "hello"},
		{"of single letters", "\x64\x04\x91\x07\x01\x91\x03\x01", true, ""},
		{"of single letters between others", "\x64\x25\x90\x20\x91\x03\x01\x02hi", true, ""},
		{"cut off", "\x64\x25\x90", true, ""},
	} {
		out := openGit(thinPack(t, []byte(tt.delta)))
		if (len(out.misses) > 0) != tt.miss || !strings.Contains(out.text.String(), tt.text) {
			t.Errorf("%s: %v, %q", tt.name, out.misses, out.text.String())
		}
	}
}

// TestGitIsNotBelieved: what is not read is said to be so.
func TestGitIsNotBelieved(t *testing.T) {
	whole, _ := gitPacks(t)
	for name, body := range map[string][]byte{
		"more behind the pack": append(bytes.Clone(whole), "hidden"...),
		"cut":                  whole[:len(whole)-40],
		"fewer than counted":   append(append(bytes.Clone(whole[:8]), 0, 0, 0, 99), whole[12:]...),
		"more than counted":    append(append(bytes.Clone(whole[:8]), 0, 0, 0, 1), whole[12:]...),
		"no line":              []byte("zzzz"),
		"a line too long":      []byte("ffff0000"),
		"another version":      append([]byte("PACK\x00\x00\x00\x07"), whole[8:]...),
	} {
		if out := openGit(body); len(out.misses) == 0 {
			t.Errorf("%s: nothing is missed", name)
		}
	}
	for name, body := range map[string][]byte{"a deletion": push(nil), "nothing": []byte("0000")} {
		if out := openGit(body); len(out.misses) != 0 {
			t.Errorf("%s: %v", name, out.misses)
		}
	}
}

func FuzzGit(f *testing.F) {
	for _, delta := range []string{"\x64\x25\x90\x20\x05hello", "\x64\x04\x91\x07\x01\x91\x03\x01"} {
		f.Add(push(thinPack(f, []byte(delta))))
	}
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02\x35hello\x65\x05"))
	f.Fuzz(func(t *testing.T, b []byte) {
		out := &shown{}
		unpack.Git(bytes.NewReader(b), int64(len(b)), unpack.Limits{Entries: 100, Memory: 1 << 20, Bytes: 1 << 20}, out)
		if out.text.Len() > 2<<20 || out.parts > 100 {
			t.Errorf("%d bytes in %d parts", out.text.Len(), out.parts)
		}
	})
}
