package audit_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

// origin is the identity of the logs of these tests.
const origin = "customs/test-1"

// tomorrow is when logs of these tests are verified.
var tomorrow = policytest.Start.Add(24 * time.Hour)

// chainOnly verifies logs that were made without keys.
var chainOnly = audit.VerifyOptions{Now: tomorrow, ChainOnly: true}

// logKey makes a key that is the same in every run.
func logKey(t testing.TB, name string, n byte) (note.Signer, note.Verifier) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string('a'+rune(n)), ed25519.SeedSize)))
	s, err := tree.NewSigner(name, key)
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func vkey(t testing.TB, n byte) string {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string('a'+rune(n)), ed25519.SeedSize)))
	line, err := tree.VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// written is a log that is written in steps, each with a checkpoint after it.
type written struct {
	t     testing.TB
	d     *faultfs.Disk
	o     audit.Options
	clock *policytest.Clock
	keys  []note.Signer
	log   *audit.Log
	n     int
	heads [][]byte // every checkpoint that was published
}

func newWritten(t testing.TB, segment int64) *written {
	w := &written{t: t, d: faultfs.New(), clock: &policytest.Clock{}}
	s, _ := logKey(t, origin, 0)
	w.keys = []note.Signer{s}
	w.o = audit.Options{Dir: "data", Node: "n1", Files: w.d, Now: w.clock.Now, SegmentBytes: segment, Origin: origin,
		Signers: func() []note.Signer { return w.keys }, Every: time.Hour, Entries: 1 << 30,
		Failed: func(what string, err error) { t.Errorf("%s: %v", what, err) }}
	return w
}

// step opens the log, adds flows and closes it, which signs a checkpoint.
func (w *written) step(flows int, acts ...policy.Admin) {
	w.t.Helper()
	w.during(func() {
		for range flows {
			w.n++
			w.clock.Add(time.Second)
			e := policytest.Intent(fmt.Sprint("f", w.n), policy.Block)
			e.Time = time.Time{}
			add(w.t, w.log, e)
		}
		for _, a := range acts {
			add(w.t, w.log, policy.Entry{Kind: policy.KindAdmin, Admin: &a})
		}
	})
}

func (w *written) during(fn func()) {
	w.t.Helper()
	l, err := audit.Open(w.o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.log = l
	fn()
	if err := l.Close(); err != nil {
		w.t.Fatal(err)
	}
	text, _, err := audit.Checkpoint(source(w.d))
	if err != nil {
		w.t.Fatal(err)
	}
	w.heads = append(w.heads, text)
}

// copy returns the disk as it stands.
func (w *written) copy() *faultfs.Disk {
	c := w.d.Crash(faultfs.Kill)
	w.d = w.d.Crash(faultfs.Kill) // the first stops when it is copied
	w.o.Files = w.d
	return c
}

func (w *written) options(known ...[]byte) audit.VerifyOptions {
	_, v := logKey(w.t, origin, 0)
	return audit.VerifyOptions{Keys: []note.Verifier{v}, Known: known, Now: tomorrow}
}

// wantFault verifies and wants a fault of one of these kinds.
func wantFault(t testing.TB, d *faultfs.Disk, o audit.VerifyOptions, kinds ...audit.Kind) *audit.Fault {
	t.Helper()
	_, err := audit.Verify(context.Background(), source(d), o)
	var f *audit.Fault
	if !errors.As(err, &f) {
		t.Fatalf("Verify = %v, want a fault of %v", err, kinds)
	}
	for _, k := range kinds {
		if f.Kind == k {
			return f
		}
	}
	t.Fatalf("Verify = %s: %v, want a fault of %v", f.Kind, f, kinds)
	return nil
}

func writeFile(t testing.TB, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
