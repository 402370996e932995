package vault_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/datacustoms/customs/certs/vault"
)

var errCrash = errors.New("crash")

// stopAt stops at the n-th change of a directory, and notes what it was.
func stopAt(n int, what *string) func(string) error {
	return func(step string) error {
		if n--; n == 0 {
			*what = step
			return errCrash
		}
		return nil
	}
}

// TestProtectCrash stops protect at each of its steps. After each, every key is
// there, in the clear or sealed, and protect can be run to its end.
func TestProtectCrash(t *testing.T) {
	want := map[string]string{"keys/root.key": rootK, "keys/log.key": "log", "ca/00112233445566aa.key": "ca"}
	for n := 1; ; n++ {
		dir, what := begun(t), ""
		o := options(dir, secret)
		o.Step = stopAt(n, &what)
		_, err := vault.Protect(o)
		if what == "" {
			if err != nil {
				t.Fatal(err)
			}
			if n < 12 {
				t.Errorf("only %d steps", n-1)
			}
			break
		}
		if !errors.Is(err, errCrash) {
			t.Fatalf("step %d, %s: %v", n, what, err)
		}
		blind := vault.Blind(options(dir, ""))
		states, err := blind.States()
		if err != nil || len(states) != len(want) {
			t.Fatalf("step %d, %s: %v, %v", n, what, states, err)
		}
		for _, s := range states {
			if got, err := blind.Read(s.Name); !s.Sealed && (err != nil || string(got) != want[s.Name]) {
				t.Errorf("step %d, %s: %s is %q, %v", n, what, s.Name, got, err)
			}
		}
		if _, err := vault.Protect(options(dir, secret)); err != nil {
			t.Fatalf("step %d, %s: run again: %v", n, what, err)
		}
		v := open(t, dir, secret)
		for name, text := range want {
			if got, err := v.Read(name); err != nil || string(got) != text {
				t.Errorf("step %d, %s: %s is %q, %v", n, what, name, got, err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*", "new-*")); len(left) > 0 {
			t.Errorf("step %d, %s: left %v", n, what, left)
		}
	}
}

// TestRewrapCrash wants the old passphrase or the new one to open the keys
// after each step.
func TestRewrapCrash(t *testing.T) {
	for n := 1; ; n++ {
		dir, what := t.TempDir(), ""
		if err := open(t, dir, secret).Create("keys/root.key", []byte(rootK)); err != nil {
			t.Fatal(err)
		}
		o := options(dir, secret)
		o.Step = stopAt(n, &what)
		v, err := vault.Open(o)
		if err == nil {
			err = v.Rewrap([]byte("another passphrase"))
		}
		if what == "" {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		opened := 0
		for _, pass := range []string{secret, "another passphrase"} {
			if v, err := vault.Open(options(dir, pass)); err == nil {
				if got, err := v.Read("keys/root.key"); err != nil || string(got) != rootK {
					t.Errorf("step %d, %s: %q, %v", n, what, got, err)
				}
				opened++
			}
		}
		if opened != 1 {
			t.Errorf("step %d, %s: %d passphrases open the keys", n, what, opened)
		}
	}
}

// TestChangeCrash wants the old key or the new one whole after each step.
func TestChangeCrash(t *testing.T) {
	for n := 1; ; n++ {
		dir, what := begun(t), ""
		o := options(dir, "")
		o.Step = stopAt(n, &what)
		v, err := vault.Open(o)
		if err == nil {
			err = v.Change("keys/log.key", func(old []byte) ([]byte, error) { return append(old, " and more"...), nil })
		}
		got, rerr := open(t, dir, "").Read("keys/log.key")
		if rerr != nil || string(got) != "log" && string(got) != "log and more" {
			t.Errorf("step %d, %s: %q, %v", n, what, got, rerr)
		}
		if what == "" {
			if err != nil || string(got) != "log and more" {
				t.Errorf("Change = %v, %q", err, got)
			}
			break
		}
	}
}

// TestOldKeyIsOverwritten looks at what stood in the file, by a second name.
func TestOldKeyIsOverwritten(t *testing.T) {
	dir := begun(t)
	second := filepath.Join(dir, "second")
	for _, name := range []string{"keys/root.key", "keys/log.key"} {
		os.Remove(second)
		if err := os.Link(filepath.Join(dir, name), second); err != nil {
			t.Skip("no hard links here")
		}
		var err error
		if name == "keys/root.key" {
			_, err = vault.Protect(options(dir, secret))
		} else {
			err = open(t, dir, secret).Remove(name)
		}
		b, rerr := os.ReadFile(second)
		if err = errors.Join(err, rerr); err != nil {
			t.Fatal(err)
		}
		for _, c := range b {
			if c != 0 {
				t.Fatalf("%s is still on the disk: %s", name, fmt.Sprintf("%.8q", b))
			}
		}
	}
}
