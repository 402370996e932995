package vault_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/certs/vault"
)

func TestPassphraseSources(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good", secret+"\r\n", 0o600)
	wide, short, long := file("wide", secret, 0o644), file("short", "12345678901\n", 0o600), file("long", strings.Repeat("x", 2000), 0o600)
	sh := func(text string) []string { return []string{"/bin/sh", "-c", text} }
	run := func(args []string) ([]byte, error) { return vault.PassphraseCommand(context.Background(), args) }
	tests := []struct {
		name string
		ask  func() ([]byte, error)
		want string // part of the error; empty: the passphrase
	}{
		{"a file", func() ([]byte, error) { return vault.PassphraseFile(good) }, ""},
		{"a file that others can read", func() ([]byte, error) { return vault.PassphraseFile(wide) }, "chmod 600"},
		{"a short one", func() ([]byte, error) { return vault.PassphraseFile(short) }, "12 to 1024"},
		{"a long one", func() ([]byte, error) { return vault.PassphraseFile(long) }, "12 to 1024"},
		{"a directory", func() ([]byte, error) { return vault.PassphraseFile(dir) }, ""},
		{"a credential", func() ([]byte, error) { return vault.PassphraseCredential(dir, "good") }, ""},
		{"a credential outside of its unit", func() ([]byte, error) { return vault.PassphraseCredential("", "good") }, "LoadCredentialEncrypted=good"},
		{"a credential that is not passed", func() ([]byte, error) { return vault.PassphraseCredential(dir, "none") }, "no such file"},
		{"a program", func() ([]byte, error) { return run(sh("printf '%s\n' '" + secret + "'")) }, ""},
		{"a program that fails", func() ([]byte, error) { return run(sh("echo " + secret + " >&2; exit 3")) }, "exit status 3"},
		{"a program that talks much", func() ([]byte, error) { return run(sh("yes | head -c 100000")) }, "more than 1024|short write|exit"},
		{"a program that says nothing", func() ([]byte, error) { return run(sh(":")) }, "12 to 1024"},
		{"no program", func() ([]byte, error) { return run(nil) }, "no program"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.ask()
			if tt.name == "a directory" {
				if err == nil {
					t.Error("a directory is a passphrase")
				}
				return
			}
			if tt.want == "" && (err != nil || string(got) != secret) {
				t.Errorf("got %q, %v", got, err)
			}
			if tt.want == "" {
				return
			}
			told := false
			for _, w := range strings.Split(tt.want, "|") {
				told = told || err != nil && strings.Contains(err.Error(), w)
			}
			if !told || strings.Contains(err.Error(), secret) {
				t.Errorf("error %v, want %q and nothing of the passphrase", err, tt.want)
			}
		})
	}
}
