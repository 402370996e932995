package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/tree"
)

// steppedRing opens the keys of the log with a function that can stop each
// change, and a clock.
func steppedRing(t *testing.T, data string, step func(string) error, now func() time.Time) *logRing {
	t.Helper()
	o := vaultOptions(&config.Config{Data: data})
	o.Step = step
	v, err := vault.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := openLogRing(v, now, newOutside(nil))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(list []note.Signer) (out []uint32) {
	for _, s := range list {
		out = append(out, s.KeyHash())
	}
	return out
}

// TestRotateLogCrash stops a rotation at each change of the directory. Before
// its act is recorded nothing but the old key signs; run again, it goes on with
// the key that was recorded.
func TestRotateLogCrash(t *testing.T) {
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return start }
	for n := 1; ; n++ {
		data, left, what := t.TempDir(), 0, ""
		step := func(s string) error {
			if left--; left == 0 {
				what = s
				return errors.New("crash")
			}
			return nil
		}
		r := steppedRing(t, data, step, clock)
		old := names(r.signers())
		left = n
		line, err := r.prepare()
		act := ""
		if err == nil {
			act = line
			err = r.succeed(line, start.Add(time.Hour))
		}
		again := steppedRing(t, data, nil, clock)
		got := names(again.signers())
		if len(got) == 0 || got[len(got)-1] != old[0] || len(got) > 1 && act == "" {
			t.Errorf("step %d, %s: %x sign, recorded %q", n, what, got, act)
		}
		if what == "" {
			if err != nil || len(got) != 2 {
				t.Fatalf("a rotation without a crash: %v, %x sign", err, got)
			}
			break
		}
		if len(got) == 1 {
			second, err := again.prepare()
			if err != nil || act != "" && second != act {
				t.Errorf("step %d, %s: run again it names %q, recorded was %q, %v", n, what, second, act, err)
			}
			if err := again.succeed(second, start.Add(time.Hour)); err != nil {
				t.Errorf("step %d, %s: run again: %v", n, what, err)
			}
		}
		if pub, err := os.ReadFile(again.vault.Path(logPubName)); err != nil || strings.Count(string(pub), "\n") != 2 {
			t.Errorf("step %d, %s: public keys %q, %v", n, what, pub, err)
		}
	}
}

// TestRotateLogOverlap follows a running gateway's ring while another process
// rotates, and until the old key is destroyed.
func TestRotateLogOverlap(t *testing.T) {
	data, now := t.TempDir(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	r := steppedRing(t, data, nil, clock)
	name := r.origin()
	publish := func() {
		t.Helper()
		text, err := tree.Checkpoint{Origin: name, Size: 1}.Sign(r.signers()...)
		if err == nil {
			err = os.MkdirAll(r.vault.Path("audit"), 0o700)
		}
		if err == nil {
			err = os.WriteFile(r.vault.Path("audit/checkpoint"), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	publish()
	other := steppedRing(t, data, nil, clock)
	line, err := other.prepare()
	if err != nil {
		t.Fatal(err)
	}
	if got := names(r.signers()); len(got) != 1 {
		t.Errorf("a key signs before its act is recorded: %x", got)
	}
	if err := other.succeed(line, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	if got := names(r.signers()); len(got) != 2 || r.origin() != name {
		t.Errorf("over its time, but the new key has signed nothing: %x sign for %s", got, r.origin())
	}
	publish()
	if got := names(r.signers()); len(got) != 1 {
		t.Errorf("the old key signs after its time: %x", got)
	}
	keys, err := r.vault.Read(logKeyName)
	if err != nil || strings.Count(string(keys), `"seed"`) != 1 {
		t.Errorf("the old private key is still there, %v", err)
	}
	if pub, _ := os.ReadFile(r.vault.Path(logPubName)); strings.Count(string(pub), "\n") != 2 {
		t.Errorf("public keys %q", pub)
	}
}

// TestLostLogKey wants no second identity for a log that has one.
func TestLostLogKey(t *testing.T) {
	data := t.TempDir()
	r := steppedRing(t, data, nil, time.Now)
	if err := os.Remove(r.vault.Path(logKeyName)); err != nil {
		t.Fatal(err)
	}
	if _, err := openLogRing(r.vault, time.Now, newOutside(nil)); err == nil || !strings.Contains(err.Error(), "keys restore") {
		t.Errorf("openLogRing = %v", err)
	}
}

func TestLogName(t *testing.T) {
	for node, want := range map[string]string{
		"GW-1.Example": "customs/gw-1.example-t", "网关": "customs/node-t", "a b+c\n": "customs/abc-t", strings.Repeat("x", 90): "customs/" + strings.Repeat("x", 40) + "-t",
	} {
		if got := logName(node, "t"); got != want {
			t.Errorf("logName(%q) = %q, want %q", node, got, want)
		}
	}
}

// TestRotateRootCrash wants, after each step, the keys that persons are
// counted under, and in the end another key for everything else.
func TestRotateRootCrash(t *testing.T) {
	for n := 1; ; n++ {
		data, what := t.TempDir(), ""
		k := keysIn(t, data)
		counted, order := k.key("ledger"), k.key("order")
		next, err := k.nextRoot()
		if err != nil {
			t.Fatal(err)
		}
		o, left := vaultOptions(&config.Config{Data: data}), n
		o.Step = func(s string) error {
			if left--; left == 0 {
				what = s
				return errors.New("crash")
			}
			return nil
		}
		if k.vault, err = vault.Open(o); err != nil {
			t.Fatal(err)
		}
		err = k.takeNext(next)
		again := keysIn(t, data)
		if string(again.key("ledger")) != string(counted) {
			t.Fatalf("step %d, %s: persons are counted under another key", n, what)
		}
		if what == "" {
			if err != nil || string(again.key("order")) == string(order) {
				t.Errorf("a rotation without a crash: %v", err)
			}
			break
		}
		if next, err = again.nextRoot(); err == nil {
			err = again.takeNext(next)
		}
		last := keysIn(t, data)
		if err != nil || string(last.key("ledger")) != string(counted) || string(last.key("order")) == string(order) {
			t.Errorf("step %d, %s: run again: %v", n, what, err)
		}
	}
}
