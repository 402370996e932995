package vault_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/certs/vault"
)

const (
	secret = "correct horse battery staple"
	rootK  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
)

var errHeld = errors.New("held")

type noLock struct{}

func (noLock) Close() error { return nil }

// options are those of a vault in dir; an empty passphrase keeps keys in the
// clear. The work is the least there is.
func options(dir, pass string) vault.Options {
	o := vault.Options{Data: dir, Work: 1, Lock: func(string) (io.Closer, error) { return noLock{}, nil }, Locked: errHeld}
	if pass != "" {
		o.Passphrase = func() ([]byte, error) { return []byte(pass), nil }
	}
	return o
}

func open(t *testing.T, dir, pass string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(options(dir, pass))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// begun is an installation with a root key, and one of the CA, in the clear.
func begun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	v := open(t, dir, "")
	if err := v.Create("keys/root.key", []byte(rootK)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "ca"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"keys/log.key": "log", "ca/00112233445566aa.key": "ca"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestKeysInTheClear(t *testing.T) {
	dir := begun(t)
	v := open(t, dir, "")
	if got, err := v.Read("keys/root.key"); err != nil || string(got) != rootK || v.Sealed() {
		t.Errorf("Read = %q, %v, sealed %v", got, err, v.Sealed())
	}
	if err := v.Create("keys/root.key", []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a key: %v", err)
	}
	if _, err := v.Read("keys/none.key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of nothing: %v", err)
	}
	path := filepath.Join(dir, "keys/root.key")
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Read("keys/root.key"); err == nil || !strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), rootK[:8]) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestSealedFromTheFirstStart(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir, secret)
	if err := v.Create("keys/root.key", []byte(rootK)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "keys/root.key"))
	if err != nil || !vault.IsSealed(raw) || bytes.Contains(raw, []byte(rootK[:16])) {
		t.Fatalf("the file is %q, %v", raw, err)
	}
	if got, err := open(t, dir, secret).Read("keys/root.key"); err != nil || string(got) != rootK {
		t.Errorf("Read = %q, %v", got, err)
	}
	if _, err := vault.Open(options(dir, "")); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("Open without a passphrase: %v", err)
	}
}

func TestWrongPassphrase(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	open(t, dir, secret)
	open(t, other, "the passphrase of another installation")
	var said []string
	for _, pass := range []string{"a wrong passphrase", secret + " ", "the passphrase of another installation", "x"} {
		_, err := vault.Open(options(dir, pass))
		if !errors.Is(err, vault.ErrPassphrase) || strings.Contains(err.Error(), pass) && len(pass) > 1 {
			t.Errorf("%q: %v", pass, err)
			continue
		}
		said = append(said, err.Error())
	}
	for _, s := range said {
		if s != said[0] {
			t.Errorf("the error is not constant: %q and %q", s, said[0])
		}
	}
	o := options(dir, "")
	o.Passphrase = func() ([]byte, error) { return nil, fs.ErrNotExist }
	if _, err := vault.Open(o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a passphrase that cannot be had: %v", err)
	}
	if _, err := vault.Open(options(t.TempDir(), "short")); err == nil {
		t.Error("a new master key under five bytes")
	}
}

// TestExchangedFiles moves sealed files to each other's place, and between
// installations under one passphrase.
func TestExchangedFiles(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	a, b := open(t, dir, secret), open(t, other, secret)
	for _, name := range []string{"keys/root.key", "keys/pseudonym-2025.key"} {
		if err := errors.Join(a.Create(name, []byte("ours of "+name)), b.Create(name, []byte("theirs of "+name))); err != nil {
			t.Fatal(err)
		}
	}
	swap := func(from, to string) {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, from, to string }{
		{"another key of the installation", filepath.Join(dir, "keys/pseudonym-2025.key"), a.Path("keys/root.key")},
		{"the same key of another installation", filepath.Join(other, "keys/root.key"), a.Path("keys/root.key")},
	}
	for _, tt := range tests {
		swap(tt.from, tt.to)
		if _, err := a.Read("keys/root.key"); err == nil || !strings.Contains(err.Error(), "exchanged") || strings.Contains(err.Error(), "ours of") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	swap(filepath.Join(other, vault.Master), filepath.Join(dir, vault.Master))
	if _, err := open(t, dir, secret).Read("keys/pseudonym-2025.key"); err == nil {
		t.Error("the master key of another installation opens ours")
	}
	if err := os.WriteFile(a.Path("keys/root.key"), []byte("in the clear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read("keys/root.key"); !errors.Is(err, vault.ErrClear) {
		t.Errorf("a clear key among sealed ones: %v", err)
	}
}

func TestRewrap(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir, secret)
	if err := v.Create("keys/root.key", []byte(rootK)); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(v.Path("keys/root.key"))
	if err := v.Rewrap([]byte("another passphrase")); err != nil {
		t.Fatal(err)
	}
	if err := v.Rewrap([]byte("short")); err == nil {
		t.Error("a passphrase of five bytes was taken")
	}
	if _, err := vault.Open(options(dir, secret)); !errors.Is(err, vault.ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	if got, err := open(t, dir, "another passphrase").Read("keys/root.key"); err != nil || string(got) != rootK {
		t.Errorf("Read = %q, %v", got, err)
	}
	if after, _ := os.ReadFile(v.Path("keys/root.key")); !bytes.Equal(before, after) {
		t.Error("the key file changed")
	}
}

func TestLockIsWaitedForAndReported(t *testing.T) {
	o := options(t.TempDir(), "")
	broken := errors.New("no locks on this file system")
	o.Lock = func(string) (io.Closer, error) { return nil, broken }
	v, err := vault.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Create("keys/root.key", []byte(rootK)); !errors.Is(err, broken) {
		t.Errorf("Create = %v", err)
	}
	held := 0
	o.Lock = func(string) (io.Closer, error) {
		if held++; held < 3 {
			return nil, errHeld
		}
		return noLock{}, nil
	}
	if v, err = vault.Open(o); err == nil {
		err = v.Create("keys/root.key", []byte(rootK))
	}
	if err != nil || held != 3 {
		t.Errorf("Create = %v after %d tries", err, held)
	}
}
