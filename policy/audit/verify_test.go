package audit_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestVerifyOfASignedLog(t *testing.T) {
	w := newWritten(t, 20000)
	for range 5 {
		w.step(30)
	}
	sum, err := audit.Verify(bg, source(w.d), w.options(w.heads[2]))
	if err != nil || sum.Entries != 150 || sum.Records != 150 || sum.After != 0 || sum.Anchored != 90 || sum.Checkpoint != 150 {
		t.Fatalf("Verify = %+v, %v", sum, err)
	}
	o := w.options()
	o.Now = policytest.Start.Add(20 * time.Second)
	if sum, err := audit.Verify(bg, source(w.d), o); err != nil {
		t.Errorf("clocks that are a little apart: %v %+v", err, sum)
	}
	o.Now = policytest.Start.Add(-10 * time.Minute)
	if f := wantFault(t, w.d, o, audit.FutureDated); f.Seq != 1 {
		t.Errorf("the first entry of the future is 1, not %v", f)
	}
}

// TestRollbackNeedsACheckpointFromElsewhere puts an earlier state of a log in
// its place: the log by itself is sound.
func TestRollbackNeedsACheckpointFromElsewhere(t *testing.T) {
	w := newWritten(t, 20000)
	w.step(30)
	early := w.copy()
	w.step(30)
	sum, err := audit.Verify(bg, source(early), w.options())
	if err != nil || sum.Anchored != 0 {
		t.Fatalf("without a known checkpoint: %+v, %v", sum, err)
	}
	if f := wantFault(t, early, w.options(w.heads[1]), audit.RolledBack); f.Seq != 31 || f.To != 60 {
		t.Errorf("fault %+v", f)
	}
	if sum, err = audit.Verify(bg, source(w.d), w.options(w.heads...)); err != nil || sum.Anchored != 60 {
		t.Errorf("the log itself: %+v, %v", sum, err)
	}
}

// TestForkNeedsACheckpointFromElsewhere writes two continuations of a log with
// the same key.
func TestForkNeedsACheckpointFromElsewhere(t *testing.T) {
	a := newWritten(t, 1<<20) // no rotation, and so no checkpoint between the steps
	a.step(30)
	b := *a
	b.d = a.copy()
	b.o.Files = b.d
	b.n = 5000
	a.step(10)
	b.step(20)
	if _, err := audit.Verify(bg, source(b.d), b.options()); err != nil {
		t.Fatal(err)
	}
	if f := wantFault(t, b.d, b.options(a.heads...), audit.Forked); f.Seq != 31 || f.To != 40 {
		t.Errorf("fault %+v", f)
	}
	if _, err := audit.ProveConsistency(source(b.d), a.heads[1], nil, b.options().Keys...); err == nil {
		t.Error("the two are consistent")
	}
	if c, err := audit.ProveConsistency(source(b.d), a.heads[0], nil, b.options().Keys...); err != nil || len(c.Proof) == 0 {
		t.Errorf("what they have in common: %v %v", c, err)
	}
}

// TestVerifierThatSkipsSignaturesMissesForgery is the twin: without the check
// of signatures the same mutations pass.
func TestVerifierThatSkipsSignaturesMissesForgery(t *testing.T) {
	t.Parallel()
	w, o := richLog(t)
	other, _ := logKey(t, origin, 5)
	blind := audit.VerifyOptions{Now: o.Now, ChainOnly: true}
	missed := 0
	for i := range 6 {
		m := &mutant{d: w.d.Crash(faultfs.Kill), rng: rand.New(rand.NewPCG(uint64(i), 1)), what: "sign anew"}
		if !m.resign(other, true) {
			continue
		}
		if _, err := audit.Verify(bg, source(m.d), blind); err == nil {
			missed++
		}
		wantFault(t, m.d, o, audit.WrongKey)
	}
	if missed == 0 {
		t.Error("a verifier that checks no signature finds forged logs: the mutations do not test what they say")
	}
}

func TestEndThatNothingSignedCovers(t *testing.T) {
	t.Parallel()
	w := newWritten(t, 1<<20)
	w.step(5)
	checkpoint := w.d.Bytes("data/audit/checkpoint")
	tiles := w.copy()
	w.step(5)
	d := w.copy()
	d.Put("data/audit/checkpoint", bytes.Clone(checkpoint))
	sum, err := audit.Verify(bg, source(d), w.options())
	if err != nil || sum.After != 5 || sum.Checkpoint != 5 {
		t.Errorf("entries after the checkpoint: %+v, %v", sum, err)
	}
	// The copy took the segment first and the tiles later.
	d.Put(firstSegment, bytes.Clone(tiles.Bytes(firstSegment)))
	wantFault(t, d, w.options(), audit.Truncated)
	o := w.options()
	o.Live = true
	if sum, err = audit.Verify(bg, source(d), o); err != nil || sum.Warned != 1 {
		t.Errorf("a copy of a log that was written: %+v, %v", sum, err)
	}
	d.Put(firstSegment, append(bytes.Clone(tiles.Bytes(firstSegment)), `{"chain":`...))
	wantFault(t, d, w.options(), audit.Truncated)
	if sum, err = audit.Verify(bg, source(d), o); err != nil || sum.Warned != 2 {
		t.Errorf("with a torn line: %+v, %v", sum, err)
	}
	// Nothing excuses what a checkpoint covers.
	d.Put("data/audit/checkpoint", bytes.Clone(w.d.Bytes("data/audit/checkpoint")))
	wantFault(t, d, o, audit.Truncated)
}

func TestIntentsWithoutOutcomeAreNamed(t *testing.T) {
	w := newWritten(t, 1<<20)
	w.during(func() {
		for _, id := range []string{"a", "b", "c"} {
			add(t, w.log, policytest.Intent(id, policy.Pass))
		}
		add(t, w.log, policytest.Outcome("b", policy.SentAll))
	})
	sum, err := audit.Verify(bg, source(w.d), w.options())
	if err != nil || sum.Open != 2 || len(sum.OpenIDs) != 2 || sum.OpenIDs[0] != "a" || sum.OpenIDs[1] != "c" {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestKeyIsTakenOnlyFromAnEntryUnderATrustedOne(t *testing.T) {
	w, o := richLog(t)
	_, second := logKey(t, origin, 1)
	o.Keys = []note.Verifier{second} // the successor does not vouch for what came before it
	wantFault(t, w.d, o, audit.WrongKey)
	_, first := logKey(t, origin, 0)
	o.Keys = []note.Verifier{second, first}
	if _, err := audit.Verify(bg, source(w.d), o); err != nil {
		t.Errorf("both keys: %v", err)
	}
	// The old key signs once more after it was replaced.
	old, _ := logKey(t, origin, 0)
	_, c, err := audit.Checkpoint(source(w.d))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := c.Sign(old)
	if err != nil {
		t.Fatal(err)
	}
	w.d.Put("data/audit/checkpoint", signed)
	wantFault(t, w.d, o, audit.WrongKey)
}

// TestActsOutliveTheirSegment deletes the segments that hold the rotation of a
// key and an act of deletion: both still count.
func TestActsOutliveTheirSegment(t *testing.T) {
	w, o := richLog(t)
	w.during(func() {
		if err := w.log.Archive(bg); err != nil {
			t.Fatal(err)
		}
		for n := 3; n <= 10; n++ {
			if err := w.log.Drop(bg, n, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{Actor: "dpo"} }); err != nil {
				t.Fatal(err)
			}
		}
	})
	sum, err := audit.Verify(bg, source(w.d), o)
	if err != nil || sum.Gone != 10 || len(sum.Keys) != 2 || sum.Warned != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	found := false
	for _, name := range logFiles(w.d) {
		if b := w.d.Bytes(name); bytes.Contains(b, []byte("key.rotate")) {
			found = true
			w.d.Put(name, bytes.Replace(b, []byte("yearly"), []byte("weekly"), 1))
			wantFault(t, w.d, o, audit.Edited)
			w.d.Put(name, b)
		}
	}
	if !found {
		t.Error("the rotation is not where it was looked for")
	}
}
