package rules_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/rules"
)

func TestLoadFiles(t *testing.T) {
	d, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := rules.LoadFiles(); err != nil || c.Digest() != d.Digest() {
		t.Errorf("without files: %v", err)
	}
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list, _ := made(t, "1000123")
	put("a.list", list)
	rule := own("confirm: exact", "list: a.list", "trigger: {en: [abc]}").Data
	first, second := put("a.yaml", rule), put("b.yaml", []byte(strings.Replace(string(rule), "acme.x", "acme.y", 1)))
	c, err := rules.LoadFiles(first, second)
	if err != nil {
		t.Fatal(err)
	}
	if byID(t, c, "acme.x").File != first || byID(t, c, "acme.y").File != second {
		t.Error("rules do not name their files")
	}
	other, _ := made(t, "1000124")
	put("a.list", other)
	if again, err := rules.LoadFiles(first, second); err != nil || again.Digest() == c.Digest() {
		t.Errorf("another list, and the same digest: %v", err)
	}
	put("a.list", list[:50])
	tests := []struct {
		paths []string
		want  []string
	}{
		{[]string{filepath.Join(dir, "no.yaml"), dir}, []string{"no.yaml: cannot be read: no such file", "cannot be read: is not a file"}},
		{[]string{put("large.yaml", make([]byte, rules.MaxSize+1))}, []string{"at most 4194304 are read"}},
		{[]string{first, first}, []string{"list a.list: is cut off", "the id is taken"}},
	}
	for _, tt := range tests {
		_, err := rules.LoadFiles(tt.paths...)
		var faults *rules.Faults
		if !errors.As(err, &faults) {
			t.Fatalf("%q: error %v, want faults", tt.paths, err)
		}
		for _, w := range tt.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("error %v, want one that says %q", err, w)
			}
		}
	}
}
