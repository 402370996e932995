package law_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/sign"
)

// An operator's file counts only with a signature of a trusted key beside it.
func TestSignatures(t *testing.T) {
	tests := []struct {
		name  string
		files func(t *testing.T, dir string)
		want  []string // of the error; none is no error
	}{
		{"signed", func(t *testing.T, dir string) { write(t, dir, "own.yaml", ownList) }, nil},
		{"signed by two, one of them trusted", func(t *testing.T, dir string) {
			put(t, dir, "own.yaml", ownList)
			a, b := signed(t, stranger(), sign.Pack, ownList), signed(t, operator(), sign.Pack, ownList)
			_, line, _ := strings.Cut(b, "\n\n")
			put(t, dir, "own.yaml.sig", a+line)
		}, nil},
		{"an empty directory", func(*testing.T, string) {}, nil},
		{"files of other kinds", func(t *testing.T, dir string) {
			put(t, dir, "README.md", "ours")
			put(t, dir, ".own.yaml", "schema: [")
		}, nil},
		{"no signature", func(t *testing.T, dir string) { put(t, dir, "own.yaml", ownList) },
			[]string{"own.yaml", "no signature own.yaml.sig", "customs pack sign"}},
		{"signed by a stranger", func(t *testing.T, dir string) {
			put(t, dir, "own.yaml", ownList)
			put(t, dir, "own.yaml.sig", signed(t, stranger(), sign.Pack, ownList))
		}, []string{"own.yaml", "no trusted key", "law.keys"}},
		{"changed after it was signed", func(t *testing.T, dir string) {
			write(t, dir, "own.yaml", ownList)
			put(t, dir, "own.yaml", ownList+"\n")
		}, []string{"own.yaml", "other content", "sign the file again"}},
		{"signed as a bundle", func(t *testing.T, dir string) {
			put(t, dir, "own.yaml", ownList)
			put(t, dir, "own.yaml.sig", signed(t, operator(), sign.Bundle, ownList))
		}, []string{"own.yaml", "another kind"}},
		{"a damaged signature", func(t *testing.T, dir string) {
			write(t, dir, "own.yaml", ownList)
			put(t, dir, "own.yaml.sig", "signature")
		}, []string{"own.yaml", "damaged"}},
		{"a signature without end", func(t *testing.T, dir string) {
			write(t, dir, "own.yaml", ownList)
			put(t, dir, "own.yaml.sig", strings.Repeat("x", 2<<20))
		}, []string{"own.yaml", "larger than"}},
		{"a signature of nothing", func(t *testing.T, dir string) { put(t, dir, "gone.yaml.sig", "x") },
			[]string{"gone.yaml.sig", "there is no gone.yaml"}},
		{"a name that is not read", func(t *testing.T, dir string) { put(t, dir, "own.yml", ownList) },
			[]string{"own.yml", "end in .yaml"}},
		{"a directory for a file", func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "own.yaml"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, []string{"own.yaml", "is not a file"}},
		{"larger than the bound", func(t *testing.T, dir string) { write(t, dir, "own.yaml", strings.Repeat("# more\n", 1<<18)) },
			[]string{"own.yaml", "larger than 524288"}},
		{"several faults at once", func(t *testing.T, dir string) {
			put(t, dir, "a.yaml", ownList)
			put(t, dir, "b.yaml.sig", "x")
			write(t, dir, "c.yaml", "schema: dc.list/1\nid: X\ntype: neutral\n")
			put(t, dir, "d.yaml", "schema: dc.catalogue/1\nid: X\n")
		}, []string{"a.yaml: has no signature", "b.yaml.sig: signs nothing", "c.yaml: type", "c.yaml: covers", "d.yaml: effective_from", "d.yaml: has no signature"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.files(t, dir)
			_, err := open(dir)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("the error has no %q: %v", w, err)
				}
			}
		})
	}
}

func TestADirectoryWithoutTrustedKeysIsRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "own.yaml", ownList)
	_, err := law.Open(law.Options{Dir: dir})
	for _, w := range []string{"customs keygen", "customs pack sign", "law.keys", dir} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("got %v, want an error with %q", err, w)
		}
	}
}

// What an unsigned or stranger's file holds never comes into force by a reload.
func TestReloadTakesNothingUnsigned(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "own.yaml", ownList)
	b, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Lists()
	put(t, dir, "own.yaml", strings.Replace(ownList, "1000000", "9000000", 1))
	if err := b.Reload(); err == nil {
		t.Fatal("an unsigned change was taken")
	}
	if after := b.Lists(); len(after) != len(before) || after[len(after)-1] != before[len(before)-1] {
		t.Error("the lists in force changed all the same")
	}
}

func TestInspect(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cn-2024.yaml", builtinPack(t))
	write(t, dir, "list.yaml", ownList)
	put(t, dir, "unsigned.yaml", ownGeneral)
	write(t, dir, "wrong.yaml", "schema: dc.list/2\n")
	byName := map[string]law.FileStatus{}
	builtIn := 0
	for _, s := range law.Inspect(dir, []sign.Verifier{operator().public}) {
		if s.BuiltIn {
			builtIn++
			if s.Err != nil || s.Replaced != (s.ID == "cn-2024") || s.Signer != "" {
				t.Errorf("built-in %s: %+v", s.Name, s)
			}
			continue
		}
		byName[s.Name] = s
	}
	if builtIn < 18 {
		t.Errorf("only %d built-in files are shown", builtIn)
	}
	l := byName["list.yaml"]
	if l.Err != nil || l.ID != "CN-SH-TEST" || l.Signer != "operator" || l.From != "2026-01-01" || l.To != "2026-12-31" ||
		l.Type != "negative" || len(l.Zones) != 2 || l.Entries != 3 || l.Verified != 3 || len(l.Digest) != 64 || l.Schema != law.ListSchema {
		t.Errorf("list: %+v", l)
	}
	if s := byName["unsigned.yaml"]; s.Err == nil || s.ID != "CN-SH-GENERAL" || !strings.Contains(s.Err.Error(), "no signature") {
		t.Errorf("unsigned: %+v", s)
	}
	if s := byName["wrong.yaml"]; s.Err == nil || s.Signer != "operator" || !strings.Contains(s.Err.Error(), "dc.catalogue/1") {
		t.Errorf("wrong schema: %+v", s)
	}
	if all := law.Inspect("", nil); len(all) != builtIn {
		t.Errorf("without a directory %d files, want %d", len(all), builtIn)
	}
	if all := law.Inspect(dir, nil); len(all) != builtIn+1 || all[builtIn].Err == nil {
		t.Error("a directory without keys shows no fault")
	}
	if s := law.Check("x.yaml", []byte(ownCatalogue)); s.Err != nil || s.ID != "OWN" {
		t.Errorf("Check: %+v", s)
	}
}
