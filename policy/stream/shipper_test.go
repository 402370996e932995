package stream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/stream"
)

// inBubble runs a test on a clock of its own.
func inBubble(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

func TestEverythingArrivesOnceWhileNothingFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, r := newBook(t, memory(), "d"), newReceiver()
		b.some(700)
		s, _ := run(t, b, r)
		r.wait(t, b.want)
		b.some(40)
		r.wait(t, b.want)
		synctest.Wait()
		for id, n := range r.got {
			if n != 1 {
				t.Errorf("%s arrived %d times", id, n)
			}
		}
		st := s.State()
		if st.Behind != 0 || st.Records+st.Acts != uint64(len(b.want)) || st.Failed != 0 || st.Shipped.IsZero() {
			t.Errorf("state %+v of %d messages", st, len(b.want))
		}
		b.log.Close()
	})
}

// TestFaultyReceivers wants every message once by id, whatever a receiver does.
func TestFaultyReceivers(t *testing.T) {
	tests := []struct {
		name string
		fail func(n int, batch []stream.Message) (int, error)
	}{
		{"fails three times", func(n int, b []stream.Message) (int, error) { return took(n >= 3, len(b), 0) }},
		{"takes a half and fails", func(n int, b []stream.Message) (int, error) { return took(n%3 == 2, len(b), len(b)/2) }},
		{"takes all and loses the answer", func(n int, b []stream.Message) (int, error) { return took(n%2 == 1, len(b), len(b)) }},
		{"takes the first of each", func(n int, b []stream.Message) (int, error) { return took(n%2 == 1, len(b), 1) }},
		{"is down for minutes", func(n int, b []stream.Message) (int, error) { return took(n >= 30, len(b), 0) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				b, r := newBook(t, memory(), "d"), newReceiver()
				r.fail = tt.fail
				b.some(900)
				var told []string
				s, stop := run(t, b, r, func(o *stream.Options) { o.Tell = func(e stream.Event) { told = append(told, e.What) } })
				for i := 0; !r.has(b.want) && i < 1000; i++ {
					time.Sleep(time.Second) // of the bubble's clock
				}
				r.check(t, b.want)
				synctest.Wait()
				if st := s.State(); st.Fault != "" || st.Failed == 0 || st.Behind != 0 {
					t.Errorf("state %+v", st)
				}
				stop()
				if got := strings.Join(told, " "); !strings.HasPrefix(got, "failing recovered") {
					t.Errorf("told %q", got)
				}
				b.log.Close()
			})
		})
	}
}

func took(ok bool, all, part int) (int, error) {
	if ok {
		return all, nil
	}
	return part, errDown
}

func TestReceiverThatBlocksHoldsNothingUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, r := newBook(t, memory(), "d"), newReceiver()
		r.block = make(chan struct{})
		b.some(20)
		s, stop := run(t, b, r)
		synctest.Wait()
		b.some(20) // the log takes them
		if st := s.State(); st.Behind == 0 || st.Seconds < 0 {
			t.Errorf("state %+v", st)
		}
		time.Sleep(40 * time.Second) // of the bubble's clock: above one Send's patience
		synctest.Wait()
		if st := s.State(); st.Fault != stream.ClassTimeout || st.Failed == 0 || st.Seconds < 40 {
			t.Errorf("state %+v", st)
		}
		close(r.block)
		r.wait(t, b.want)
		stop()
		if !r.closed {
			t.Error("the sink was not closed")
		}
		b.log.Close()
	})
}

// A stream tells of a flow in parts what the log tells of it, also over a
// restart in its middle.
func TestGroupsOfAStreamAreThoseOfTheLog(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, r := newBook(t, memory(), "d"), newReceiver()
		id := b.begin(0)
		group := func(question string, held *policy.Reservation) {
			g := groupOf(id, 4)
			g.Group.Reservation = held
			if question != "" {
				g.Group.Question = json.RawMessage(strconv.Quote(question))
			}
			b.append(g)
		}
		group("first", &policy.Reservation{ID: "r1", NewNS: 2})
		group("second", nil)
		_, stop := run(t, b, r)
		b.some(3)
		r.wait(t, b.want)
		stop()
		group("", &policy.Reservation{ID: "r2", NewSP: 1})
		b.end(id)
		_, stop = run(t, b, r)
		r.wait(t, b.want)
		stop()
		want, _, err := audit.Find(bg, audit.Source{Files: b.disk, Dir: "d"}, id)
		if err != nil || string(want.Groups.Question) != `"second"` {
			t.Fatalf("%+v, %v", want.Groups, err)
		}
		var got policy.Record
		if err := json.Unmarshal(r.bodies[id], &got); err != nil || !reflect.DeepEqual(got.Groups, want.Groups) {
			t.Errorf("got %+v, want %+v, %v", got.Groups, want.Groups, err)
		}
		b.log.Close()
	})
}

// TestOpenFlowsOutliveARestart stops a stream in the middle of flows, with
// groups before and after.
func TestOpenFlowsOutliveARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b, r := newBook(t, memory(), "d"), newReceiver()
		open := []string{b.begin(0), b.begin(3), b.begin(1)}
		b.some(10)
		_, stop := run(t, b, r)
		r.wait(t, b.want)
		stop()
		p, err := stream.Load(b.disk, "d", "siem")
		if err != nil || len(p.Open) != 3 || p.Needs() != 1 {
			t.Fatalf("position %+v, %v", p, err)
		}
		b.append(groupOf(open[1], 5))
		for _, id := range open {
			b.end(id)
		}
		_, stop = run(t, b, r)
		r.wait(t, b.want)
		stop()
		if body := r.bodies[open[1]]; !bytes.Contains(body, []byte(`"parts":4,"bytes":38`)) {
			t.Errorf("groups are not summed over the restart: %s", body)
		}
		b.log.Close()
	})
}

func TestBacklogIsToldOnceACrossing(t *testing.T) {
	for bound, tight := range map[string]func(*stream.Options){
		"entries": func(o *stream.Options) { o.Entries = 10 },
		"bytes":   func(o *stream.Options) { o.Backlog = 20 << 10 },
	} {
		t.Run(bound, func(t *testing.T) { backlogIsToldOnce(t, tight) })
	}
}

func backlogIsToldOnce(t *testing.T, tight func(*stream.Options)) {
	inBubble(t, func(t *testing.T) {
		b, r := newBook(t, memory(), "d"), newReceiver()
		r.fail = func(int, []stream.Message) (int, error) { return 0, errDown }
		s, stop := run(t, b, r, tight)
		if st, back, err := s.Check(); !st.Over.IsZero() || back || err != nil {
			t.Errorf("an empty stream is over: %+v, %v", st, err)
		}
		b.some(30)
		first, _, err := s.Check()
		time.Sleep(time.Hour) // of the bubble's clock
		again, _, _ := s.Check()
		if first.Over.IsZero() || !first.Over.Equal(again.Over) || err != nil {
			t.Errorf("crossed at %v, then %v: %v", first.Over, again.Over, err)
		}
		stop()
		s, _ = run(t, b, r, tight)
		if st, _, _ := s.Check(); !st.Over.Equal(first.Over) {
			t.Errorf("a restart makes another crossing: %v, before %v", st.Over, first.Over)
		}
		r.mu.Lock()
		r.fail = nil
		r.mu.Unlock()
		r.wait(t, b.want)
		synctest.Wait()
		if st, back, _ := s.Check(); !st.Over.IsZero() || !back {
			t.Errorf("it is not back: %+v", st)
		}
		b.log.Close()
	})
}

func TestNothingIsSentThatIsNotDurable(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory()
		b, r := newBook(t, d, "d"), newReceiver()
		b.some(8)
		run(t, b, r)
		r.wait(t, b.want)
		strike(d)
		if _, err := b.log.Append(bg, policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "reload", Object: "lost"}}); err == nil {
			t.Fatal("the fault did not strike")
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		b.some(8)
		r.wait(t, b.want)
		for id, body := range r.bodies {
			if bytes.Contains(body, []byte(`"lost"`)) {
				t.Errorf("%s was never acknowledged by the log", id)
			}
		}
		b.log.Close()
	})
}

func groupOf(id string, bytes int64) policy.Entry {
	return policy.Entry{Kind: policy.KindGroup, Flow: id, Group: &policy.Group{Parts: 1, Bytes: bytes}}
}

func TestNamesOfActs(t *testing.T) {
	if got := stream.ActID(&policy.Entry{Node: "n1", Seq: 7}); got != fmt.Sprint("n1/", 7) {
		t.Error(got)
	}
}

// strike makes the next write of the log land and be reported as lost.
func strike(d *faultfs.Disk) { d.FailAt(0, faultfs.Landed) }
