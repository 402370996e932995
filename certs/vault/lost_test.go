package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/certs/vault"
)

// TestLostMasterKey wants no second master key beside keys that only the first
// opens.
func TestLostMasterKey(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir, secret).Create("keys/root.key", []byte(rootK)); err != nil {
		t.Fatal(err)
	}
	master := filepath.Join(dir, vault.Master)
	if err := os.Remove(master); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(options(dir, secret)); !errors.Is(err, vault.ErrNoMaster) {
		t.Errorf("Open: %v", err)
	}
	if _, err := vault.Protect(options(dir, secret)); !errors.Is(err, vault.ErrNoMaster) {
		t.Errorf("Protect: %v", err)
	}
	if _, err := os.Lstat(master); err == nil {
		t.Error("there is another master key")
	}
}

// TestPutOverAKeyThatCannotBeRead restores what was damaged.
func TestPutOverAKeyThatCannotBeRead(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"damaged":          func(path string) error { return os.Truncate(path, 40) },
		"open to others":   func(path string) error { return os.Chmod(path, 0o644) },
		"a link somewhere": func(path string) error { return errors.Join(os.Remove(path), os.Symlink("elsewhere", path)) },
	} {
		dir := t.TempDir()
		v := open(t, dir, secret)
		if err := v.Create("keys/root.key", []byte(rootK)); err != nil {
			t.Fatal(err)
		}
		if err := damage(v.Path("keys/root.key")); err != nil {
			t.Skip(err)
		}
		if _, err := v.Read("keys/root.key"); err == nil {
			t.Errorf("%s: it was read", name)
		}
		changed, err := v.Put(vault.Item{Name: "keys/root.key", Bytes: []byte(rootK)})
		got, rerr := v.Read("keys/root.key")
		if err = errors.Join(err, rerr); err != nil || !changed || string(got) != rootK {
			t.Errorf("%s: %v, %q, changed %v", name, err, got, changed)
		}
	}
}

// TestALinkIsNoKey says what is wrong with it.
func TestALinkIsNoKey(t *testing.T) {
	dir := begun(t)
	path := filepath.Join(dir, "keys/log.key")
	if err := os.Rename(path, path+"2"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("log.key2", path); err != nil {
		t.Skip(err)
	}
	if _, err := open(t, dir, "").Read("keys/log.key"); err == nil || !strings.Contains(err.Error(), "no link") {
		t.Errorf("Read: %v", err)
	}
}
