package alert_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	bg    = context.Background()
	start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
)

// watch is a clock that the test turns.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func newWatch() *watch { return &watch{at: start} }

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) turn(d time.Duration) {
	w.mu.Lock()
	w.at = w.at.Add(d)
	w.mu.Unlock()
}

// box takes alerts unless it is told how to fail.
type box struct {
	name string
	fail func(a *alert.Alert) error
	got  []string
}

func (b *box) Name() string { return b.name }

func (b *box) Send(_ context.Context, a *alert.Alert) error {
	if b.fail != nil {
		if err := b.fail(a); err != nil {
			return err
		}
	}
	b.got = append(b.got, a.Object)
	return nil
}

func open(t testing.TB, d *faultfs.Disk, w *watch, receivers ...alert.Receiver) *alert.Outbox {
	t.Helper()
	o, err := alert.Open(alert.Options{Dir: "data", Files: d, Now: w.now, Receivers: receivers})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func some(object string) alert.Alert {
	return alert.Alert{Kind: alert.Volume, Object: object, Mark: "80", Period: "2026"}
}

func raise(t testing.TB, o *alert.Outbox, a alert.Alert, covers ...string) bool {
	t.Helper()
	fresh, err := o.Raise(bg, a, covers...)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestRaisedOnce(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	o := open(t, d, w, &box{name: "a"})
	if !raise(t, o, some("x"), alert.Name(alert.Volume, "y", "80", "2026")) {
		t.Fatal("the first look raised nothing")
	}
	for _, round := range []string{"in the same run", "after a restart", "after the power went"} {
		if raise(t, o, some("x")) || raise(t, o, some("y")) {
			t.Errorf("%s: raised again", round)
		}
		if !o.Known(some("x").Sealed().ID) || o.Known(some("z").Sealed().ID) {
			t.Errorf("%s: what is known is wrong", round)
		}
		if round == "after a restart" {
			d = d.Crash(faultfs.Power)
		}
		o.Close()
		o = open(t, d, w, &box{name: "a"})
	}
	next := some("x")
	next.Period = "2027"
	if !raise(t, o, next) {
		t.Error("another year did not count")
	}
	o.Close()
}

func TestDeliveredInOrderWithPauses(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	down := errors.New("connection refused")
	b := &box{name: "a", fail: func(*alert.Alert) error { return down }}
	o := open(t, d, w, b)
	defer o.Close()
	for i := range 3 {
		raise(t, o, some(fmt.Sprint(i)))
	}
	var pauses []time.Duration
	for range 12 {
		wait, more := o.Deliver(bg, "a")
		if !more {
			t.Fatal("nothing waits any more")
		}
		if again, _ := o.Deliver(bg, "a"); again != wait {
			t.Errorf("tried again before its time: %v, want %v", again, wait)
		}
		pauses = append(pauses, wait)
		w.turn(wait)
	}
	for i, p := range pauses {
		if want := min(time.Second<<i, 15*time.Minute); p != want {
			t.Errorf("pause %d is %v, want %v", i+1, p, want)
		}
	}
	down = nil
	if _, more := o.Deliver(bg, "a"); more || strings.Join(b.got, " ") != "0 1 2" {
		t.Errorf("got %v, want all in order", b.got)
	}
	if n := o.Waiting()["a"]; n != 0 {
		t.Errorf("%d wait", n)
	}
}

func TestOneThatCannotBeTakenLetsOthersBy(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	b := &box{name: "a", fail: func(a *alert.Alert) error {
		if a.Object == "bad" {
			return errors.New("it answered 500")
		}
		return nil
	}}
	o := open(t, d, w, b)
	defer o.Close()
	raise(t, o, some("bad"))
	raise(t, o, some("good"))
	for range 9 {
		wait, _ := o.Deliver(bg, "a")
		w.turn(wait)
	}
	if len(b.got) != 0 {
		t.Errorf("order was given up early: %v", b.got)
	}
	o.Deliver(bg, "a")
	if !slices.Equal(b.got, []string{"good"}) {
		t.Errorf("got %v, want the good one", b.got)
	}
}

func TestEndsWithoutSuccess(t *testing.T) {
	tests := []struct {
		name string
		fail error
		days int
		want alert.Progress
	}{
		{"refused for good", &alert.RefusedError{Why: "550"}, 0, alert.Refused},
		{"put off for six days", errors.New("451"), 6, alert.Waiting},
		{"put off for more than a week", errors.New("451"), 8, alert.Expired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, w := faultfs.New(), newWatch()
			fail := tt.fail
			b := &box{name: "a", fail: func(*alert.Alert) error { return fail }}
			other := &box{name: "b"}
			o := open(t, d, w, b, other)
			raise(t, o, some("x"))
			o.Deliver(bg, "b")
			o.Deliver(bg, "a")
			w.turn(time.Duration(tt.days) * 24 * time.Hour)
			for tried := range 10 { // a clock that was set ahead is no week
				list, err := alert.Load(d, "data")
				if err != nil || tt.want != alert.Refused && list[0].Deliveries[0].State != alert.Waiting {
					t.Fatalf("after %d tries stands as %+v, %v", tried+1, list, err)
				}
				w.turn(time.Hour)
				o.Deliver(bg, "a")
			}
			list, err := alert.Load(d, "data")
			if err != nil || len(list) != 1 || list[0].Deliveries[0].State != tt.want || list[0].Deliveries[0].Fault != fail.Error() {
				t.Fatalf("stands as %+v, %v; want %s", list, err, tt.want)
			}
			o.Close()
			o = open(t, d.Crash(faultfs.Power), w, b, other)
			defer o.Close()
			fail = nil
			o.Retry(some("x").Sealed().ID)
			o.Deliver(bg, "a")
			o.Deliver(bg, "b")
			if len(b.got) != 1 || len(other.got) != 1 {
				t.Errorf("after a retry: %v and %v, want one each", b.got, other.got)
			}
			if o.Retry("al-000000000000000000000000") != 0 {
				t.Error("an alert that is not there was retried")
			}
		})
	}
}

func TestBounds(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	o := open(t, d, w, &box{name: "a"})
	defer o.Close()
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		_, err = o.Raise(bg, some(fmt.Sprint(n)))
	}
	if !errors.Is(err, alert.ErrTooMany) || n != 501 {
		t.Errorf("raised %d in a day, then %v", n-1, err)
	}
	for day := range 3 { // the backlog of a receiver that is away
		w.turn(24 * time.Hour)
		for i := range 400 {
			raise(t, o, some(fmt.Sprint("day ", day, " ", i)))
		}
	}
	if got := o.Waiting()["a"]; got != 1000 {
		t.Errorf("%d wait for one receiver, want 1000", got)
	}
	long := some("x")
	long.Text.EN = strings.Repeat("a", 20_000)
	if _, err := o.Raise(bg, long); err == nil {
		t.Error("an alert without bounds was taken")
	}
	if _, err := o.Raise(bg, some("y"), make([]string, 2001)...); err == nil {
		t.Error("covered ids without bounds were taken")
	}
	if _, err := o.Raise(bg, alert.Alert{Kind: alert.Clock}); err == nil {
		t.Error("an alert about nothing was taken")
	}
}

func TestTwoProcesses(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	o := open(t, d, w)
	if _, err := alert.Open(alert.Options{Dir: "data", Files: d, Now: w.now}); err == nil {
		t.Error("a second process opened the outbox")
	}
	if err := errors.Join(o.Close(), o.Close()); err != nil {
		t.Error(err)
	}
	_, err := alert.Open(alert.Options{Dir: "data", Files: d, Now: w.now, Receivers: []alert.Receiver{&box{name: "a"}, &box{name: "a"}}})
	if err == nil {
		t.Error("two receivers of one name were taken")
	}
}

func TestOldAlertsAreForgotten(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	o := open(t, d, w, &box{name: "a"})
	raise(t, o, some("x"))
	o.Deliver(bg, "a")
	o.Close()
	w.turn(500 * 24 * time.Hour)
	o = open(t, d, w, &box{name: "a"})
	raise(t, o, some("y"))
	o.Close()
	list, err := alert.Load(d, "data")
	if err != nil || len(list) != 1 || list[0].Alert.Object != "y" {
		t.Errorf("kept %+v, %v", list, err)
	}
}
