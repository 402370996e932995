package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// keysIn opens the keys of a data directory in the clear.
func keysIn(t *testing.T, data string) *keyRing {
	t.Helper()
	k, err := openKeys(&config.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.close() })
	return k
}

func yearKeys(t *testing.T, data string) (out []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "keys", "pseudonym-*.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		out = append(out, filepath.Base(f))
	}
	return out
}

// TestPseudonymsOverTheEndOfAYear crosses midnight in China, which is 16:00 in
// UTC.
func TestPseudonymsOverTheEndOfAYear(t *testing.T) {
	data := t.TempDir()
	k := keysIn(t, data)
	now := time.Date(2031, 12, 31, 15, 59, 59, 0, time.UTC)
	made := k.pseudonym(false)
	p := func(kind, value string) string { return made(now, kind, value) }
	client, user, ticket := p("client", "10.0.0.1"), p("user", "zhao"), p("ticket", "digest")
	now = now.Add(time.Second)
	if p("client", "10.0.0.1") == client || p("user", "zhao") == user {
		t.Error("a pseudonym outlives its year")
	}
	if p("ticket", "digest") != ticket {
		t.Error("a ticket of last year is not recognised")
	}
	if got := made(now.Add(-time.Second), "client", "10.0.0.1"); got != client {
		t.Errorf("a flow of 2031 that ends in 2032 is of %s, was %s", got, client)
	}
	again := keysIn(t, data)
	if got := again.pseudonym(false)(now.Add(-time.Second), "client", "10.0.0.1"); got != client {
		t.Errorf("after a restart the client of 2031 is %s, was %s", got, client)
	}
	if err := k.vault.Remove(nameKeyName(2031)); err != nil {
		t.Fatal(err)
	}
	if got := keysIn(t, data).pseudonym(false)(now.Add(-time.Second), "client", "10.0.0.1"); got == client {
		t.Error("the pseudonym can be made again after its key was destroyed")
	}
	if got := k.pseudonym(true)(now, "client", "10.0.0.1"); got != "10.0.0.1" {
		t.Errorf("in clear the client is %q", got)
	}
	if list := strings.Join(yearKeys(t, data), " "); !strings.Contains(list, "pseudonym-2031") || !strings.Contains(list, "pseudonym-2032") {
		t.Errorf("key files %s", list)
	}
}

// TestPseudonymsOfAnOlderInstallation has a root key and no key of a year.
func TestPseudonymsOfAnOlderInstallation(t *testing.T) {
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeTest(t, filepath.Join(data, "keys", "root.key"), string(newRoot()))
	if err := os.Chmod(filepath.Join(data, "keys", "root.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := keysIn(t, data)
	have, err := k.names.read(yearOf(time.Now()))
	if err != nil || string(have.Key) != string(k.key("pseudonym")) || have.Derived == "" {
		t.Errorf("the key of this year is derived %q, %v", have.Derived, err)
	}
	next := time.Now().AddDate(1, 0, 0)
	if string(k.names.of(next)) == string(have.Key) {
		t.Error("next year has the same key")
	}
}

// TestPseudonymsWhileKeysCannotBeWritten wants one key a year also then, and
// that it is written when that works.
func TestPseudonymsWhileKeysCannotBeWritten(t *testing.T) {
	data, full := t.TempDir(), true
	o := vaultOptions(&config.Config{Data: data})
	o.Step = func(string) error {
		if full {
			return errors.New("no space left on device")
		}
		return nil
	}
	v, err := vault.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	n, now := newNameKeys(v), time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)
	first := string(n.of(now))
	if len(first) != rootKeyLen || string(n.of(now.Add(2*time.Second))) != first || len(yearKeys(t, data)) > 0 {
		t.Error("the key changes while it cannot be written")
	}
	full = false
	if string(n.of(now.Add(2500*time.Millisecond))) != first || string(n.of(now.Add(5*time.Second))) != first {
		t.Error("the key changed when it was written")
	}
	if k, err := n.read(2030); err != nil || string(k.Key) != first {
		t.Errorf("the file holds another key, %v", err)
	}
}
