package audit_test

import (
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// An archive stays until a checkpoint covers the act that deletes it: without a
// key to sign with nothing is deleted, and with one the deletion is finished.
func TestDropWaitsForASignedAct(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := droppable(t, d, s)
	add(t, l, policytest.Outcome("long", policy.SentAll))
	waitFor(t, s, 62)
	l.Close()

	o := signedOptions(t, d, s)
	o.SegmentBytes = 6000
	var away atomic.Bool
	signers := o.Signers
	o.Signers = func() []note.Signer {
		if away.Load() {
			return nil
		}
		return signers()
	}
	l = openWith(t, o)
	away.Store(true)
	if err := drop(l); err == nil || d.Bytes(firstSegment+".zst") == nil {
		t.Fatalf("a segment was deleted by an act that nobody signed: %v", err)
	}
	away.Store(false)
	if err := drop(l); err != nil || d.Bytes(firstSegment+".zst") != nil {
		t.Errorf("the deletion was not finished: %v", err)
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Errorf("Verify = %v", err)
	}
}

// A segment whose name is taken away under a running log takes no more entries.
func TestASegmentThatWasMovedAwayTakesNothing(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := openWith(t, signedOptions(t, d, s))
	defer l.Close()
	add(t, l, policytest.Intent("a", policy.Block))
	if err := d.Rename(firstSegment, firstSegment+"-away"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(bg, policytest.Intent("b", policy.Block)); err == nil {
		t.Error("an entry was acknowledged that nobody would find")
	}
	for range 3 { // nor does a new segment begin beside what is gone
		if _, err := l.Append(bg, policytest.Intent("c", policy.Block)); err == nil {
			t.Fatal("the log went on without its segments")
		}
	}
	if err := d.Rename(firstSegment+"-away", firstSegment); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(bg, policytest.Intent("d", policy.Block)); err != nil {
		t.Errorf("the log does not go on when its segment is back: %v", err)
	}
}
