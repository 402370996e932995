package audit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// droppable returns a signed log in several archives. The flow "long" is open
// from the first segment on.
func droppable(t *testing.T, d *faultfs.Disk, s *seen) *audit.Log {
	t.Helper()
	o := signedOptions(t, d, s)
	o.SegmentBytes = 6000
	l := openWith(t, o)
	add(t, l, policytest.Intent("long", policy.Pass))
	for i := range 30 {
		if _, err := flow(l, fmt.Sprint("f", i)); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, s, 61)
	if err := l.Archive(bg); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDropLeavesATreeThatVerifies(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := droppable(t, d, s)
	if err := drop(l); !errors.Is(err, audit.ErrNotDroppable) {
		t.Fatalf("a segment with an open flow was dropped: %v", err)
	}
	add(t, l, policytest.Outcome("long", policy.SentAll))
	waitFor(t, s, 62)
	if err := drop(l); err != nil {
		t.Fatal(err)
	}
	if err := drop(l); !errors.Is(err, audit.ErrNotDroppable) {
		t.Errorf("a segment was dropped twice: %v", err)
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Errorf("Verify = %v", err)
	}
	all, err := audit.Segments(bg, source(d))
	if err != nil || all[0].State != audit.Gone || all[0].Last == 0 {
		t.Fatalf("Segments = %+v, %v", all[0], err)
	}
	if d.Bytes(firstSegment+".zst") != nil || len(d.Bytes("data/audit/segment-00000001.gone")) == 0 {
		t.Error("the archive is there, or nothing is")
	}
	first := uint64(0)
	if err := audit.Read(bg, source(d), func(e policy.Entry) error {
		if first == 0 {
			first = e.Seq
		}
		return nil
	}); err != nil || first != all[0].Last+1 {
		t.Errorf("Read begins with entry %d: %v", first, err)
	}
	if err := audit.Records(bg, source(d), func(policy.Record) error { return nil }); err != nil {
		t.Errorf("Records = %v", err)
	}
	if _, err := audit.At(bg, source(d), 1); !errors.Is(err, audit.ErrNoRecord) {
		t.Errorf("At of a deleted entry = %v", err)
	}
}

func TestDropWantsItsOwnAct(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := droppable(t, d, s)
	add(t, l, policytest.Outcome("long", policy.SentAll))
	waitFor(t, s, 62)
	err := l.Drop(bg, 1, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{Digest: "of something else"} })
	if err == nil || l.Last() != 62 {
		t.Errorf("Drop with another digest = %v", err)
	}
	if err := l.Drop(bg, 99, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{} }); err == nil {
		t.Error("a segment that is not there was dropped")
	}
	all, err := audit.Segments(bg, source(d))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Drop(bg, all[len(all)-1].Ordinal, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{} }); !errors.Is(err, audit.ErrNotDroppable) {
		t.Errorf("Drop of the open segment = %v", err)
	}
}

func TestATreeIsRebuiltAroundADeletedSegment(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := droppable(t, d, s)
	add(t, l, policytest.Outcome("long", policy.SentAll))
	waitFor(t, s, 62)
	if err := drop(l); err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		add(t, l, policytest.Intent(fmt.Sprint("more", i), policy.Block))
	}
	l.Close()
	o := signedOptions(t, d, s)
	d.Put("data/audit/tile/1/000.p/1", make([]byte, 32))
	l = openWith(t, o)
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Errorf("Verify after the rebuilding = %v", err)
	}
	if err := d.Remove("data/audit/tile/0/000"); err != nil { // holds what nothing else does
		t.Fatal(err)
	}
	d.Put("data/audit/tile/1/000.p/1", make([]byte, 32))
	_, err := audit.Open(o)
	var fault *audit.Fault
	if !errors.As(err, &fault) || fault.Seq != 1 {
		t.Errorf("Open without the leaf hashes of a deleted segment = %v", err)
	}
}
