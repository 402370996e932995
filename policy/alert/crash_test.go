package alert_test

import (
	"fmt"
	"testing"

	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// TestCrashAtEveryStep breaks the disk, or stops the program, at every
// operation of raising and delivering, takes the power away, and wants from a
// restart: what Raise promised is there, everything reaches the receiver, and
// it comes a second time only where the program ended between an answer and
// its note.
func TestCrashAtEveryStep(t *testing.T) {
	for _, fault := range []faultfs.Fault{faultfs.Stop, faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full} {
		for _, loss := range []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill} {
			at := 0
			for reached := true; reached; at++ {
				reached = crashOnce(t, fault, loss, at)
			}
			if at < 15 {
				t.Errorf("only %d steps", at)
			}
		}
	}
}

func crashOnce(t *testing.T, fault faultfs.Fault, loss faultfs.Loss, at int) (reached bool) {
	t.Helper()
	d, w := faultfs.New(), newWatch()
	b := &box{name: "a"}
	o := open(t, d, w, b)
	raise(t, o, some("before"))
	first := len(d.Ops())
	d.FailAt(at, fault)
	promised := []string{"before"}
	for i := range 4 {
		object := fmt.Sprint(i)
		if fresh, err := o.Raise(bg, some(object)); err == nil && fresh {
			promised = append(promised, object)
		}
		if i%2 == 1 {
			o.Deliver(bg, "a")
		}
	}
	reached = len(d.Ops()) > first+at
	after := d.Crash(loss)
	o.Close()
	at1 := len(b.got)
	o = open(t, after, w, b)
	defer o.Close()
	for i := range 4 { // as the watchers do: they look again
		raise(t, o, some(fmt.Sprint(i)))
	}
	if _, more := o.Deliver(bg, "a"); more {
		t.Errorf("fault %d at %d, loss %d: something still waits", fault, at, loss)
	}
	times := map[string]int{}
	for _, object := range b.got {
		times[object]++
	}
	for _, object := range []string{"before", "0", "1", "2", "3"} {
		switch n := times[object]; {
		case n == 0:
			t.Errorf("fault %d at %d, loss %d: %s never came; promised %v, got %v", fault, at, loss, object, promised, b.got)
		case n > 2:
			t.Errorf("fault %d at %d, loss %d: %s came %d times", fault, at, loss, object, n)
		case n == 2 && at1 == 0:
			t.Errorf("fault %d at %d, loss %d: %s came twice after one start", fault, at, loss, object)
		}
	}
	if !reached && len(b.got) != 5 {
		t.Errorf("without a fault %d came: %v", len(b.got), b.got)
	}
	return reached
}

// TestAFullDiskDoesNotSilenceItsAlarm wants the alert of a store to go out
// although it cannot be kept, and any other to wait for the next look.
func TestAFullDiskDoesNotSilenceItsAlarm(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	b := &box{name: "a"}
	o := open(t, d, w, b)
	defer o.Close()
	d.FailAt(0, faultfs.Full)
	if _, err := o.Raise(bg, some("x")); err == nil {
		t.Error("an alert that cannot be kept was promised")
	}
	full := alert.StoreOf("audit", "n1", "2026-11-22")
	if fresh, err := o.Raise(bg, full); err != nil || !fresh {
		t.Fatalf("Raise of a store's alert = %v, %v", fresh, err)
	}
	o.Deliver(bg, "a")
	o.Deliver(bg, "a")
	if len(b.got) != 1 || b.got[0] != "audit" {
		t.Errorf("got %v, want the store's alert once", b.got)
	}
	d.Heal()
	if _, more := o.Deliver(bg, "a"); more {
		t.Error("what was owed to the disk was not written")
	}
	list, err := alert.Load(d, "data")
	if err != nil || len(list) != 1 || list[0].Deliveries[0].State != alert.Sent {
		t.Errorf("the disk has %+v, %v", list, err)
	}
}

func TestDamage(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	o := open(t, d, w, &box{name: "a"})
	for i := range 3 {
		raise(t, o, some(fmt.Sprint(i)))
	}
	o.Close()
	text := d.Bytes("data/alerts/outbox")
	text[len(text)/2] ^= 1
	d.Put("data/alerts/outbox", text)
	b := &box{name: "a"}
	o = open(t, d, w, b)
	if o.Damaged() != 1 || len(d.Bytes("data/alerts/outbox.bad")) != len(text) {
		t.Errorf("%d damaged lines, files %v", o.Damaged(), d.Files())
	}
	o.Close()
	d = d.Crash(faultfs.Power)
	o = open(t, d, w, b)
	o.Deliver(bg, "a")
	if o.Damaged() != 0 || len(b.got) != 2 {
		t.Errorf("after mending: %d damaged, got %v", o.Damaged(), b.got)
	}
	o.Close()
	d.Put("data/alerts/outbox", alert.Line(`{"op":"head","schema":"dc.alerts/9"}`))
	if _, err := alert.Open(alert.Options{Dir: "data", Files: d, Now: w.now}); err == nil {
		t.Error("an outbox of another version was taken for an empty one")
	}
}
