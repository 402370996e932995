package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/evidence"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// all says that the log names every flow's evidence; none, that it names none.
func all(_ context.Context, _ uint64, fn func(string)) error {
	for i := range 1000 {
		fn(fmt.Sprintf("flow%d", i))
	}
	return nil
}

func none(context.Context, uint64, func(string)) error { return nil }

// A full store keeps nothing, says so, and takes up again when what is old is
// removed.
func TestAFullStore(t *testing.T) {
	w := newWorld(t, 2)
	w.o.Total = 64 << 10
	w.open()
	kept := 0
	for i := 0; ; i++ {
		s := w.sealing(plainBody)
		s.Client = fmt.Sprint("c-", i)
		if ref := w.store.Keep(context.Background(), s); ref.Fault != "" {
			if ref.Fault != policy.EvidenceFull || ref.Digest != "" || ref.Samples != 0 {
				t.Fatalf("in a full store: %+v", ref)
			}
			break
		}
		kept++
	}
	if used, total := w.store.Used(); kept < 3 || used > total {
		t.Fatalf("%d kept, %d of %d bytes", kept, used, total)
	}
	if err := w.store.Ready(context.Background()); !errors.Is(err, evidence.ErrFull) {
		t.Errorf("Ready = %v", err)
	}
	w.open() // the same after a restart
	if _, ref := w.keep(); ref.Fault != policy.EvidenceFull {
		t.Errorf("after a restart: %+v", ref)
	}
	w.now = w.now.Add(w.o.Keep)
	swept, err := w.store.Sweep(context.Background(), false, all)
	if err != nil || swept.Old != kept {
		t.Fatalf("swept %+v: %v", swept, err)
	}
	if _, ref := w.keep(); ref.Fault != "" || w.store.Ready(context.Background()) != nil {
		t.Errorf("after the sweep: %+v", ref)
	}
}

// One client that tries again and again does not take the room of the others.
func TestAClientsShareOfADay(t *testing.T) {
	w := newWorld(t, 2)
	faults := 0
	for range 100 {
		if _, ref := w.keep(); ref.Fault == policy.EvidenceFull {
			faults++
		}
	}
	if used, total := w.store.Used(); faults == 0 || used > total/16 {
		t.Errorf("one client has %d of %d bytes, %d were refused", used, total, faults)
	}
	s := w.sealing(plainBody)
	s.Client = "c-2"
	if ref := w.store.Keep(context.Background(), s); ref.Fault != "" || w.store.Ready(context.Background()) != nil {
		t.Errorf("another client: %+v", ref)
	}
	w.now = w.now.Add(24 * time.Hour)
	if _, ref := w.keep(); ref.Fault != "" {
		t.Errorf("the next day: %+v", ref)
	}
}

// Every step of a write, failing in every way: what the record says is there
// is there after the crash, and what it does not name is swept.
func TestCrashes(t *testing.T) {
	steps := len(stepsOfKeep(t))
	rows := 0
	for step := range steps {
		for _, fault := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full, faultfs.Stop} {
			for _, loss := range []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill} {
				rows++
				name := fmt.Sprintf("step %d fault %d loss %d", step, fault, loss)
				w := newWorld(t, 2)
				first, _, _, _ := w.kept()
				w.last++ // its entry
				w.disk.FailAt(step, fault)
				flow, ref := w.keep()
				w.disk = w.disk.Crash(loss)
				w.o.Files = w.disk
				w.open()
				named := []string{first}
				if ref.Digest != "" { // then the entry was written
					named = append(named, flow)
				} else if ref.Fault != policy.EvidenceFailed {
					t.Errorf("%s: %+v", name, ref)
				}
				log := func(_ context.Context, seq uint64, fn func(string)) error {
					for _, n := range named {
						fn(n)
					}
					return nil
				}
				if _, err := w.store.Sweep(context.Background(), true, log); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				w.holdsExactly(name, named)
				if ref.Digest == "" {
					continue
				}
				if _, _, digest, err := evidence.Read(w.disk, evidence.Dir("data"), flow); err != nil || digest != ref.Digest {
					t.Errorf("%s: %v, digest %s, the record says %s", name, err, digest, ref.Digest)
				}
			}
		}
	}
	t.Logf("%d rows over %d steps", rows, steps)
}

func stepsOfKeep(t *testing.T) []faultfs.Op {
	w := newWorld(t, 2)
	before := len(w.disk.Ops())
	w.kept()
	return w.disk.Ops()[before:]
}

// holdsExactly wants the evidence of these flows and no other file of a flow.
func (w *world) holdsExactly(name string, flows []string) {
	w.t.Helper()
	var got []string
	for _, file := range w.disk.Files() {
		_, rest, ok := strings.Cut(file, "-flow")
		if ok {
			got = append(got, "flow"+strings.TrimSuffix(rest, ".json"))
		}
	}
	slices.Sort(got)
	slices.Sort(flows)
	if !slices.Equal(got, flows) {
		w.t.Errorf("%s: files of %v, entries of %v", name, got, flows)
	}
	sum := int64(0)
	for _, file := range w.disk.Files() {
		sum += int64(len(w.disk.Bytes(file)))
	}
	if used, _ := w.store.Used(); used != sum {
		w.t.Errorf("%s: %d bytes counted, %d there", name, used, sum)
	}
}

// A sweep while flows go on takes no evidence whose entry is still to come, and
// reads the log only since the last one.
func TestASweepMeanwhile(t *testing.T) {
	w := newWorld(t, 2)
	w.last = 10
	orphan, _, _, _ := w.kept()
	w.last = 20
	if s, err := w.store.Sweep(context.Background(), false, none); err != nil || s != (evidence.Swept{}) {
		t.Fatalf("the first sweep removed %+v: %v", s, err)
	}
	w.last = 21
	late, _, _, _ := w.kept()
	w.last = 30
	from := uint64(0)
	s, err := w.store.Sweep(context.Background(), false, func(_ context.Context, seq uint64, _ func(string)) error {
		from = seq
		return nil
	})
	if err != nil || s.Orphans != 1 || from != 11 {
		t.Fatalf("the second removed %+v, reading from %d: %v", s, from, err)
	}
	w.holdsExactly("meanwhile", []string{late})
	if orphan == late {
		t.Fatal("one flow twice")
	}
	// At the next start the log is read from there on and not from its beginning.
	w.open()
	_, err = w.store.Sweep(context.Background(), true, func(_ context.Context, seq uint64, fn func(string)) error {
		from = seq
		fn(late)
		return nil
	})
	if err != nil || from != 22 {
		t.Errorf("reading from %d: %v", from, err)
	}
	w.holdsExactly("start", []string{late})
	w.last = 40
	w.open()
	if _, err = w.store.Sweep(context.Background(), true, func(context.Context, uint64, func(string)) error {
		return errors.New("the log was read for nothing")
	}); err != nil {
		t.Error(err)
	}
	w.holdsExactly("second start", []string{late})
}

// Where evidence is no longer kept, what is there still ends with its time.
func TestOffAgain(t *testing.T) {
	w := newWorld(t, 2)
	w.kept()
	w.o.For, w.o.Auditors = nil, nil
	w.open()
	if _, ref := w.keep(); ref != nil || w.store.Ready(context.Background()) != nil {
		t.Errorf("kept %+v", ref)
	}
	w.now = w.now.Add(w.o.Keep)
	if s, err := w.store.Sweep(context.Background(), true, all); err != nil || s.Old != 1 {
		t.Errorf("swept %+v: %v", s, err)
	}
	w.holdsExactly("off", nil)
}

// What a legal hold is about stays, and so does all when the holds cannot be
// read.
func TestALegalHold(t *testing.T) {
	w := newWorld(t, 2)
	old, _, _, _ := w.kept()
	w.now = w.now.Add(48 * time.Hour)
	later, _, _, _ := w.kept()
	fault := errors.New("made by the test")
	w.o.Held = func(context.Context) (func(time.Time) bool, error) {
		return func(at time.Time) bool { return at.Before(began.Add(time.Hour)) }, fault
	}
	w.open()
	w.now = w.now.Add(w.o.Keep)
	if s, err := w.store.Sweep(context.Background(), false, all); !errors.Is(err, fault) || s.Old != 0 {
		t.Errorf("swept %+v: %v", s, err)
	}
	w.holdsExactly("unreadable holds", []string{old, later})
	fault = nil
	if s, err := w.store.Sweep(context.Background(), false, all); err != nil || s.Old != 1 {
		t.Errorf("swept %+v: %v", s, err)
	}
	w.holdsExactly("a hold", []string{old})
}

// A log that cannot be read costs no evidence.
func TestALogThatCannotBeRead(t *testing.T) {
	w := newWorld(t, 2)
	flow, _, _, _ := w.kept()
	w.open()
	_, err := w.store.Sweep(context.Background(), true, func(context.Context, uint64, func(string)) error { return errors.New("made by the test") })
	if err == nil {
		t.Error("no error")
	}
	w.holdsExactly("unread", []string{flow})
}

func TestApprovals(t *testing.T) {
	w := newWorld(t, 2)
	_, f, h, digest := w.kept()
	dir := evidence.Dir("data")
	a, err := f.Approve(w.ids[0], "a2", digest, w.now, w.now.Add(evidence.ApprovalTime))
	if err != nil {
		t.Fatal(err)
	}
	a.Act = 7
	if err := evidence.Put(w.disk, dir, h, a); err != nil {
		t.Fatal(err)
	}
	list, err := evidence.Approvals(w.disk, dir, h, "a2")
	if err != nil || len(list) != 1 || list[0].Act != 7 {
		t.Fatalf("%d approvals: %v", len(list), err)
	}
	if other, err := evidence.Approvals(w.disk, dir, h, "a1"); err != nil || len(other) != 0 {
		t.Errorf("%d approvals for a1: %v", len(other), err)
	}
	p, err := f.Join(w.ids[1], list[0], digest, w.now)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if _, err := p.Open(); err == nil {
		t.Error("a closed pair opened")
	}
	if err := evidence.Spend(w.disk, dir, h, a); err != nil {
		t.Fatal(err)
	}
	if list, _ := evidence.Approvals(w.disk, dir, h, "a2"); len(list) != 0 {
		t.Error("a used approval is still there")
	}
	if err := evidence.Spend(w.disk, dir, h, a); err == nil {
		t.Error("an approval was used twice")
	}
	if err := evidence.Put(w.disk, dir, h, a); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(evidence.ApprovalTime)
	if s, err := w.store.Sweep(context.Background(), false, all); err != nil || s.Expired != 1 {
		t.Errorf("swept %+v: %v", s, err)
	}
}
