package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// life is a log that comes to every write point, with everything that it
// promised on the way.
type life struct {
	t     *testing.T
	d     *faultfs.Disk
	seen  *seen
	log   *audit.Log
	acked map[uint64]string // leaf hashes by number
	flows map[string]int    // acknowledged entries by flow
	n     int
	what  string
}

func newLife(t *testing.T) *life {
	return &life{t: t, d: faultfs.New(), seen: newSeen(), acked: map[uint64]string{}, flows: map[string]int{}}
}

func (w *life) open() error {
	o := signedOptions(w.t, w.d, w.seen)
	o.SegmentBytes = 3500
	var err error
	w.log, err = audit.Open(o)
	return err
}

// flows appends released flows and waits until they are signed, or a fault was
// reported. It reports whether all were acknowledged.
func (w *life) append(count int) bool {
	good := true
	for range count {
		w.n++
		id := fmt.Sprint("f", w.n)
		got, err := flow(w.log, id)
		if err != nil {
			if !errors.Is(err, policy.ErrRecorderUnavailable) {
				w.t.Errorf("%s: Append = %v", w.what, err)
			}
			good = false
		}
		for _, r := range got {
			w.acked[r.Seq] = r.Hash
			w.flows[id]++
		}
	}
	return good
}

// signed waits until a checkpoint covers all entries, or there were more
// faults than before.
func (w *life) signed(before int) {
	if w.log.Last() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(bg, 5*time.Second)
	defer cancel()
	if !w.seen.covers(ctx, w.log.Last(), before) && ctx.Err() != nil {
		w.t.Fatalf("%s: neither a checkpoint nor a fault", w.what)
	}
}

func drop(l *audit.Log) error {
	return l.Drop(bg, 1, func(audit.SegmentInfo, string) policy.Admin {
		return policy.Admin{Actor: "auditor", Note: "three years"}
	})
}

// live walks through a life with one fault in it and checks what is left. It
// reports whether the fault found something to strike.
func (w *life) live(p point, f faultfs.Fault, at int, loss faultfs.Loss) bool {
	w.what = fmt.Sprintf("%s, fault %d at %d, loss %d", p.name, f, at, loss)
	struck := w.d.FailWhen(p.kind, p.pattern, at, f)
	w.faulty()
	if !struck() {
		w.end()
		return false
	}
	if f != faultfs.Stop && f != faultfs.After {
		w.heals()
	}
	crashed := w.d.Crash(loss)
	w.end()
	w.d = crashed
	w.again()
	return true
}

func (w *life) end() {
	if w.log != nil {
		w.log.Close()
	}
}

// faulty is the part of the life that a fault may strike.
func (w *life) faulty() {
	if w.open() != nil {
		w.log = nil
		return
	}
	for range 4 {
		w.append(2)
		w.signed(0)
	}
	_ = w.log.Archive(bg)
	_ = drop(w.log)
	w.log.Close() // a restart without a crash
	if w.open() != nil {
		w.log = nil
		return
	}
	w.append(2)
	_ = drop(w.log)
}

// heals wants the running log to go on by itself once the disk works.
func (w *life) heals() {
	w.d.Heal()
	w.seen.mu.Lock()
	before := len(w.seen.faults)
	w.seen.mu.Unlock()
	if w.log == nil {
		if err := w.open(); err != nil {
			w.t.Errorf("%s: Open of the healed disk = %v", w.what, err)
			return
		}
	}
	if !w.append(2) {
		w.t.Errorf("%s: the log did not recover", w.what)
	}
	w.signed(before)
	if err := w.log.Ready(bg); err != nil {
		w.t.Errorf("%s: Ready = %v", w.what, err)
	}
	if err := w.log.Archive(bg); err != nil {
		w.t.Errorf("%s: Archive = %v", w.what, err)
	}
	if err := drop(w.log); err != nil && !errors.Is(err, audit.ErrNotDroppable) {
		w.t.Errorf("%s: Drop = %v", w.what, err)
	}
	if *positions == 1 {
		return // what a crash leaves of it is verified
	}
	if _, err := verified(w.t, w.d, w.seen); err != nil {
		w.t.Errorf("%s: Verify of the running log = %v", w.what, err)
	}
}

// again opens what a crash left.
func (w *life) again() {
	if err := w.open(); err != nil {
		w.t.Errorf("%s: Open after the crash = %v", w.what, err)
		return
	}
	before := w.log.Last()
	if !w.append(2) || w.log.Last() != before+4 {
		w.t.Errorf("%s: the log takes no entries after the crash", w.what)
	}
	if err := w.log.Archive(bg); err != nil {
		w.t.Errorf("%s: Archive after the crash = %v", w.what, err)
	}
	w.log.Close()
	if _, err := verified(w.t, w.d, w.seen); err != nil {
		w.t.Errorf("%s: Verify after the crash = %v", w.what, err)
		return
	}
	w.check()
}

// check compares the log with everything that was promised.
func (w *life) check() {
	leaves := leavesOf(w.t, w.d)
	for seq, hash := range w.acked {
		if seq > uint64(len(leaves)) || audit.Hash(leaves[seq-1]).String() != hash {
			w.t.Errorf("%s: acknowledged entry %d is not in the tree", w.what, seq)
		}
	}
	for _, c := range w.seen.checkpoints {
		if c.Size > int64(len(leaves)) || rootOf(w.t, leaves[:c.Size]) != c.Root {
			w.t.Errorf("%s: the tree is not consistent with the checkpoint of %d entries", w.what, c.Size)
		}
	}
	if w.seen.checkpoints[len(w.seen.checkpoints)-1].Size != int64(len(leaves)) {
		w.t.Errorf("%s: Close left entries unsigned", w.what)
	}
	gone := uint64(0)
	all, err := audit.Segments(bg, source(w.d))
	if err != nil {
		w.t.Errorf("%s: Segments = %v", w.what, err)
	}
	for _, s := range all {
		if s.State == audit.Gone {
			gone = max(gone, s.Last)
		}
	}
	w.checkRecords(gone)
}

func (w *life) checkRecords(gone uint64) {
	records := map[string]int{}
	at := map[uint64]policy.Entry{}
	err := audit.Read(bg, source(w.d), func(e policy.Entry) error { at[e.Seq] = e; return nil })
	if err != nil {
		w.t.Errorf("%s: Read = %v", w.what, err)
	}
	err = audit.Records(bg, source(w.d), func(r policy.Record) error { records[r.ID]++; return nil })
	if err != nil {
		w.t.Errorf("%s: Records = %v", w.what, err)
	}
	for id, n := range records {
		if n != 1 {
			w.t.Errorf("%s: flow %s has %d records", w.what, id, n)
		}
	}
	for seq := range w.acked {
		e, ok := at[seq]
		switch {
		case seq <= gone && ok:
			w.t.Errorf("%s: entry %d of a deleted segment is there", w.what, seq)
		case seq > gone && !ok:
			w.t.Errorf("%s: acknowledged entry %d is missing", w.what, seq)
		case seq > gone && e.Kind == policy.KindIntent && records[e.Flow] != 1:
			w.t.Errorf("%s: acknowledged flow %s has no record", w.what, e.Flow)
		}
	}
}
