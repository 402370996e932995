package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

// keyOf returns a signing key that is the same in every run.
func keyOf(t testing.TB, n byte) (note.Signer, note.Verifier) { return logKey(t, origin, n) }

// seen collects what the background of a log did.
type seen struct {
	mu          sync.Mutex
	checkpoints []tree.Checkpoint
	signed      [][]byte
	faults      []string
	changed     chan struct{} // something was collected
}

func newSeen() *seen { return &seen{changed: make(chan struct{}, 1)} }

func (s *seen) published(signed []byte, c tree.Checkpoint) {
	s.mu.Lock()
	s.checkpoints, s.signed = append(s.checkpoints, c), append(s.signed, signed)
	s.mu.Unlock()
	s.wake()
}

func (s *seen) failed(what string, err error) {
	s.mu.Lock()
	s.faults = append(s.faults, fmt.Sprint(what, ": ", err))
	s.mu.Unlock()
	s.wake()
}

func (s *seen) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// covers waits until a checkpoint covers the entry, or a fault was reported
// after the first that were before.
func (s *seen) covers(ctx context.Context, seq uint64, before int) bool {
	for {
		s.mu.Lock()
		n, faults := len(s.checkpoints), len(s.faults)
		done := n > 0 && uint64(s.checkpoints[n-1].Size) >= seq
		s.mu.Unlock()
		if done || faults > before {
			return done
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return false
		}
	}
}

// signedOptions are those of a log that signs a checkpoint after each batch.
func signedOptions(t testing.TB, d *faultfs.Disk, s *seen) audit.Options {
	t.Helper()
	signer, _ := keyOf(t, 1)
	o := options(d)
	o.Origin, o.Every, o.Entries = origin, time.Hour, 1
	o.Signers = func() []note.Signer { return []note.Signer{signer} }
	o.Published, o.Failed = s.published, s.failed
	return o
}

func waitFor(t testing.TB, s *seen, seq uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(bg, 10*time.Second)
	defer cancel()
	if !s.covers(ctx, seq, len(s.faults)) {
		t.Fatalf("no checkpoint covers entry %d; faults %q", seq, s.faults)
	}
}

// verified verifies a signed log against all checkpoints that were published.
func verified(t testing.TB, d *faultfs.Disk, s *seen) (audit.Summary, error) {
	t.Helper()
	_, key := keyOf(t, 1)
	o := audit.VerifyOptions{Keys: []note.Verifier{key}, Now: policytest.Start, Live: true}
	if s != nil {
		s.mu.Lock()
		o.Known = append(o.Known, s.signed...)
		s.mu.Unlock()
	}
	return audit.Verify(bg, source(d), o)
}

// leavesOf returns the leaf hashes of a log's tree as its newest checkpoint
// covers them, each proved against the root.
func leavesOf(t testing.TB, d *faultfs.Disk) []tree.Hash {
	t.Helper()
	_, key := keyOf(t, 1)
	c, _, err := tree.OpenCheckpoint(d.Bytes("data/audit/checkpoint"), key)
	if err != nil {
		t.Fatal(err)
	}
	tiles := tree.Tiles{Files: d, Dir: "data/audit"}
	var out []tree.Hash
	for i := int64(0); i < c.Size; i += 256 {
		b, err := tiles.Read(0, i/256, int(min(c.Size-i, 256)))
		if err != nil {
			t.Fatal(err)
		}
		for ; len(b) > 0; b = b[32:] {
			out = append(out, tree.Hash(b))
		}
	}
	if root := rootOf(t, out); root != c.Root {
		t.Fatal("tiles do not have the root of the checkpoint")
	}
	return out
}

func rootOf(t testing.TB, leaves []tree.Hash) tree.Hash {
	t.Helper()
	w := tree.NewWriter()
	for _, l := range leaves {
		w.Add(l)
	}
	s, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return s.Root
}

// flow appends a released flow: its intent, and its outcome if that was
// acknowledged.
func flow(l *audit.Log, id string) (got []policy.Receipt, err error) {
	for _, e := range []policy.Entry{policytest.Intent(id, policy.Pass), policytest.Outcome(id, policy.SentAll)} {
		r, err := l.Append(bg, e)
		if err != nil {
			return got, err
		}
		got = append(got, r)
	}
	return got, nil
}
