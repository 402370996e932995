package audit_test

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// TestAnArchiveThatDoesNotReadBack is made on a disk that changes a byte and
// says nothing: the segment stays until an archive of it is good.
func TestAnArchiveThatDoesNotReadBack(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.SegmentBytes = 10_000
	struck := d.FailWhen("write", "segment-00000001.jsonl.zst*", 0, faultfs.Rotten)
	l := openWith(t, o)
	for i := range 40 {
		if _, err := flow(l, fmt.Sprint("f", i)); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, s, 80)
	for l.Archive(bg) != nil { // one of it and of the log's own work meets the fault
	}
	writes := 0
	for _, op := range d.Ops() {
		switch {
		case op.Kind == "write" && strings.HasPrefix(path.Base(op.Name), "segment-00000001.jsonl.zst"):
			writes++
		case op.Kind == "remove" && path.Base(op.Name) == "segment-00000001.jsonl" && writes < 2:
			t.Error("the segment went before its archive was good")
		}
	}
	if !struck() || writes < 2 || d.Bytes(firstSegment) != nil {
		t.Errorf("the byte was changed: %v, the archive written %d times", struck(), writes)
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Errorf("Verify = %v", err)
	}
}

// TestNoActBeforeWhatIsLeft fails each step of making the .gone file durable:
// no act may say that a segment was deleted of which nothing would be left.
func TestNoActBeforeWhatIsLeft(t *testing.T) {
	for _, step := range []struct {
		kind, name string
		n          int
	}{{"create", "segment-00000001.gone*", 0}, {"write", "segment-00000001.gone*", 0}, {"sync", "segment-00000001.gone*", 0},
		{"rename", "segment-00000001.gone*", 0}, {"syncdir", "audit", 0}} {
		t.Run(step.kind, func(t *testing.T) {
			d, s := faultfs.New(), newSeen()
			l := droppable(t, d, s)
			add(t, l, policytest.Outcome("long", policy.SentAll))
			waitFor(t, s, 62)
			l.Close() // so that nobody else writes
			l = openWith(t, signedOptions(t, d, s))
			struck := d.FailWhen(step.kind, step.name, step.n, faultfs.Lost)
			err := l.Drop(bg, 1, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{Actor: "anna"} })
			if err == nil || !struck() || errors.Is(err, audit.ErrNotDroppable) {
				t.Fatalf("Drop = %v, the fault struck: %v", err, struck())
			}
			l.Close()
			for _, e := range entries(t, d) {
				if e.Admin != nil && strings.HasPrefix(e.Admin.Act, audit.DropAct) {
					t.Errorf("entry %d says that %s", e.Seq, e.Admin.Object)
				}
			}
			if _, err := verified(t, d, s); err != nil {
				t.Errorf("Verify = %v", err)
			}
		})
	}
}

// TestADeletionNobodySigned takes back the checkpoints from before the act on:
// without the key anybody could have appended it.
func TestADeletionNobodySigned(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	l := droppable(t, d, s)
	add(t, l, policytest.Outcome("long", policy.SentAll))
	waitFor(t, s, 62)
	old := map[string][]byte{}
	for _, name := range d.Files() {
		if strings.Contains(name, "checkpoint") {
			old[name] = d.Bytes(name)
		}
	}
	if err := drop(l); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil {
		t.Fatalf("signed: %v", err)
	}
	for _, name := range d.Files() {
		if !strings.Contains(name, "checkpoint") {
			continue
		}
		if b, ok := old[name]; ok {
			d.Put(name, b)
		} else if err := d.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	var fault *audit.Fault
	if _, err := verified(t, d, nil); !errors.As(err, &fault) || !strings.Contains(fault.Segment, "segment-00000001.gone") {
		t.Errorf("not signed: %v", err)
	}
}
