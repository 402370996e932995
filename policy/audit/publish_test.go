package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestCheckpointsFollowTheEntries(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.SegmentBytes = 3000
	l := openWith(t, o)
	var receipts []policy.Receipt
	for i := range 300 {
		r := add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
		if receipts = append(receipts, r); r.Seq%100 == 0 {
			waitFor(t, s, r.Seq)
		}
	}
	l.Close()
	if sum, err := verified(t, d, s); err != nil || sum.Entries != 300 {
		t.Fatalf("Verify = %+v, %v", sum, err)
	}
	leaves := leavesOf(t, d)
	for _, r := range receipts {
		if got := audit.Hash(leaves[r.Seq-1]).String(); got != r.Hash {
			t.Fatalf("leaf of entry %d is %s; its receipt says %s", r.Seq, got, r.Hash)
		}
	}
	partial, kept := 0, 0
	for _, name := range d.Files() {
		if strings.Contains(name, ".p/") {
			partial++
		}
		if strings.Contains(name, "/checkpoints/") {
			kept++
		}
	}
	if partial != 2 || kept < 3 {
		t.Errorf("%d partial tiles and %d checkpoints are kept", partial, kept)
	}
}

func TestWithoutASignerThereIsNoTree(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	add(t, l, policytest.Intent("a", policy.Block))
	l.Close()
	if got := fmt.Sprint(d.Files()); got != "["+firstSegment+"]" {
		t.Errorf("files %s", got)
	}
}

func TestAnUnsignedLogIsUpgraded(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := options(d)
	o.SegmentBytes = 3000
	l := openWith(t, o)
	for i := range 600 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	so := signedOptions(t, d, s)
	so.SegmentBytes = 3000
	l = openWith(t, so)
	add(t, l, policytest.Intent("new", policy.Block))
	waitFor(t, s, 601)
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Error(err)
	}
}

func TestRollbackIsRefused(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := openWith(t, signedOptions(t, d, s))
	add(t, l, policytest.Intent("a", policy.Block), policytest.Intent("b", policy.Block))
	old := d.Bytes(firstSegment)
	add(t, l, policytest.Intent("c", policy.Block))
	waitFor(t, s, 3)
	l.Close()
	d.Put(firstSegment, old)
	_, err := audit.Open(signedOptions(t, d, newSeen()))
	var fault *audit.Fault
	if !errors.As(err, &fault) || fault.Seq != 3 || fault.Kind != audit.RolledBack {
		t.Errorf("Open of a log that lost an entry = %v", err)
	}
}

func TestDamagedTilesAreMadeAgain(t *testing.T) {
	for _, what := range []string{"removed", "changed"} {
		d, s := faultfs.New(), newSeen()
		o := signedOptions(t, d, s)
		l := openWith(t, o)
		for i := range 520 {
			add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
		}
		l.Close()
		for _, name := range d.Files() {
			if !strings.Contains(name, "/tile/") {
				continue
			}
			if b := d.Bytes(name); what == "removed" {
				if err := d.Remove(name); err != nil {
					t.Fatal(err)
				}
			} else {
				b[0] ^= 1
				d.Put(name, b)
			}
		}
		l = openWith(t, o)
		l.Close()
		if _, err := verified(t, d, s); err != nil {
			t.Errorf("tiles %s: %v", what, err)
		}
	}
}

func TestEntriesThatWereNotSignedAreRefused(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := openWith(t, signedOptions(t, d, s))
	for i := range 3 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	other := faultfs.New()
	l = open(t, other)
	for i := range 3 {
		add(t, l, policytest.Intent(fmt.Sprint("other", i), policy.Block))
	}
	d.Put(firstSegment, other.Bytes(firstSegment))
	_, err := audit.Open(signedOptions(t, d, newSeen()))
	var fault *audit.Fault
	if !errors.As(err, &fault) {
		t.Errorf("Open of other entries = %v", err)
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	d := faultfs.New()
	l := openWith(t, signedOptions(t, d, newSeen()))
	add(t, l, policytest.Intent("a", policy.Block))
	l.Close()
	o := signedOptions(t, d, newSeen())
	other, _ := keyOf(t, 2)
	o.Signers = func() []note.Signer { return []note.Signer{other} }
	_, err := audit.Open(o)
	var fault *audit.Fault
	if !errors.As(err, &fault) || fault.Segment != "checkpoint" {
		t.Errorf("Open with another key = %v", err)
	}
}

func TestTooManyUnsignedEntriesBlock(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := audit.WithBehind(signedOptions(t, d, s), 10)
	o.Entries = 1000
	l := openWith(t, o)
	for range 1000 { // more often than it is tried
		d.FailWhen("create", "*.p/*.new", 0, faultfs.Lost)
	}
	n := 0
	for ; n < 30; n++ {
		if _, err := l.Append(bg, policytest.Intent(fmt.Sprint(n), policy.Block)); err != nil {
			if !errors.Is(err, policy.ErrRecorderUnavailable) {
				t.Errorf("Append = %v", err)
			}
			break
		}
	}
	if n != 10 || l.Ready(bg) == nil {
		t.Errorf("%d entries were taken without a checkpoint; Ready = %v", n, l.Ready(bg))
	}
	d.Heal() // it goes on by itself
	for {
		if _, err := l.Append(bg, policytest.Intent("again", policy.Block)); err == nil {
			break
		}
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Error(err)
	}
}

func TestKeysOverlapAndAreKept(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	one, v1 := keyOf(t, 1)
	two, v2 := keyOf(t, 2)
	o := signedOptions(t, d, s)
	signers := make(chan []note.Signer, 1)
	signers <- []note.Signer{one}
	o.Signers = func() []note.Signer { now := <-signers; signers <- now; return now }
	l := openWith(t, o)
	add(t, l, policytest.Intent("a", policy.Block))
	waitFor(t, s, 1)
	<-signers
	signers <- []note.Signer{two, one}
	add(t, l, policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "key.rotate", Actor: "ops", Object: vkey(t, 2), Note: "yearly"}})
	waitFor(t, s, 2)
	<-signers
	signers <- []note.Signer{two}
	add(t, l, policytest.Intent("b", policy.Block))
	waitFor(t, s, 3)
	l.Close()
	if sum, err := verified(t, d, nil); err != nil || len(sum.Keys) != 2 {
		t.Errorf("with the first key alone: %+v, %v", sum, err)
	}
	for _, v := range []note.Verifier{v1, v2} {
		if _, err := note.Open(d.Bytes("data/audit/checkpoints/00000000000000000002"), note.VerifierList(v)); err != nil {
			t.Errorf("the kept checkpoint of the change: %v", err)
		}
	}
}
