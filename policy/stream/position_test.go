package stream_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/stream"
)

var all = flag.Bool("all", false, "every fault with every loss at every step")

func sample() *stream.Position {
	return &stream.Position{Stream: "siem", Scanned: 90, Records: 12, Open: []stream.OpenFlow{{First: 3}, {First: 40, Group: 50, Parts: 2, Bytes: 9}}}
}

func TestPositionsThatAreRefused(t *testing.T) {
	good, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	if p, err := stream.DecodePosition("siem", good); err != nil || p.Needs() != 3 {
		t.Fatalf("a good one: %+v, %v", p, err)
	}
	changed := func(f func(*stream.Position)) []byte {
		p := sample()
		f(p)
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"cut short", good[:len(good)-2]},
		{"another number", bytes.Replace(good, []byte(`"scanned":90`), []byte(`"scanned":91`), 1)},
		{"something behind it", append(bytes.Clone(good), ' ')},
		{"another stream", changed(func(p *stream.Position) { p.Stream = "lake" })},
		{"an open flow ahead of it", changed(func(p *stream.Position) { p.Open[1].First = 91 })},
		{"open flows out of order", changed(func(p *stream.Position) { p.Open[0], p.Open[1] = p.Open[1], p.Open[0] })},
		{"a group before its flow", changed(func(p *stream.Position) { p.Open[1].Group = 39 })},
		{"parts without a group", changed(func(p *stream.Position) { p.Open[0].Parts = 1 })},
	}
	for _, tt := range tests {
		if _, err := stream.DecodePosition("siem", tt.b); err == nil {
			t.Errorf("%s was taken", tt.name)
		}
	}
}

// TestEveryWriteOfThePosition crashes at each step that a stream takes on the
// disk, in each way, and wants every message after the restart. Without -all it
// takes each fault at each step with one of the losses in turn.
func TestEveryWriteOfThePosition(t *testing.T) {
	rows := 0
	for fn, f := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full, faultfs.Stop} {
		for ln, loss := range []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill} {
			for step := range 10 {
				if !*all && (fn+ln+step)%3 != 0 {
					continue
				}
				rows++
				synctest.Test(t, func(t *testing.T) { crashAt(t, f, loss, step) })
			}
		}
	}
	t.Logf("%d crashes", rows)
}

func crashAt(t *testing.T, f faultfs.Fault, loss faultfs.Loss, step int) {
	d := memory()
	b, r := newBook(t, d, "d"), newReceiver()
	b.some(40)
	late := b.begin(2)
	r.fail = func(n int, batch []stream.Message) (int, error) { return took(n != 1, len(batch), len(batch)/2) }
	s, stop := run(t, b, r)
	d.FailAt(step, f)
	time.Sleep(3 * time.Second) // of the bubble's clock
	if kept := s.Needs(); kept == 0 {
		t.Errorf("needs %d", kept)
	}
	stop()
	b.log.Close()

	b.disk = d.Crash(loss)
	b.open()
	b.end(late)
	_, stop = run(t, b, r)
	for i := 0; !r.has(b.want) && i < 300; i++ {
		time.Sleep(time.Second)
	}
	stop()
	r.check(t, b.want)
	b.log.Close()
}

func TestDamagedPositionBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := memory()
		b, r := newBook(t, d, "d"), newReceiver()
		b.some(40)
		_, stop := run(t, b, r)
		r.wait(t, b.want)
		stop()
		d.Put("d/streams/siem", []byte("{}"))
		var told []string
		_, stop = run(t, b, r, func(o *stream.Options) { o.Tell = func(e stream.Event) { told = append(told, e.What) } })
		time.Sleep(time.Second)
		stop()
		for id := range b.want {
			if r.got[id] != 2 {
				t.Errorf("%s arrived %d times", id, r.got[id])
			}
		}
		if strings.Join(told, " ") != "damaged" || d.Bytes("d/streams/siem.bad") == nil {
			t.Errorf("told %v of %v", told, d.Files())
		}
		b.log.Close()
	})
}

func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := memory()
		b, r := newBook(t, d, "d"), newReceiver()
		early := b.begin(1)
		b.some(30)
		from := b.log.Last()
		b.end(early)
		b.some(30)
		s, stop := run(t, b, r)
		r.wait(t, b.want)
		source := audit.Source{Files: d, Dir: "d"}
		back, err := stream.Before(bg, source, b.log.Last(), func(seq uint64, _ time.Time) bool { return seq > from })
		if err != nil || back.Scanned != from || len(back.Open) != 1 {
			t.Fatalf("Before = %+v, %v", back, err)
		}
		if err := stream.Order(d, "d", "siem", back); err != nil {
			t.Fatal(err)
		}
		if p, err := stream.Ordered(d, "d", "siem"); err != nil || p.Needs() != 1 {
			t.Errorf("Ordered = %+v, %v", p, err)
		}
		time.Sleep(5 * time.Second)
		stop()
		if r.got[early] != 2 {
			t.Errorf("a flow that was open there arrived %d times", r.got[early])
		}
		again := 0
		for _, n := range r.got {
			if n == 2 {
				again++
			}
		}
		if again != 31 {
			t.Errorf("%d arrived again, want 31", again)
		}
		if _, err := stream.Ordered(d, "d", "siem"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the order stands there yet: %v", err)
		}
		if st := s.State(); st.Behind != 0 || st.Records+st.Acts != uint64(len(b.want)+31) {
			t.Errorf("state %+v", st)
		}
		d.Put("d/streams/siem.replay", []byte("x"))
		_, stop = run(t, b, r)
		time.Sleep(2 * time.Second)
		stop()
		if d.Bytes("d/streams/siem.replay.bad") == nil {
			t.Errorf("a bad order is not kept aside: %v", d.Files())
		}
		b.log.Close()
	})
}

// TestLogThatLostItsEnd is a stream whose position is ahead of the log.
func TestLogThatLostItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := memory()
		b, r := newBook(t, d, "d"), newReceiver()
		b.some(20)
		p := &stream.Position{Stream: "siem", Scanned: b.log.Last() + 10, Open: []stream.OpenFlow{{First: b.log.Last() + 2}}}
		text, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		d.Put("d/streams/siem", text)
		_, stop := run(t, b, r)
		time.Sleep(time.Second)
		old := b.want
		b.want = map[string][]byte{}
		b.some(8)
		for id := range old {
			if r.got[id] > 0 {
				t.Errorf("%s was before the position", id)
			}
		}
		r.wait(t, b.want)
		stop()
		b.log.Close()
	})
}

func FuzzPosition(f *testing.F) {
	good, err := sample().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"position":{},"sum":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := stream.DecodePosition("siem", b)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil || !bytes.Equal(again, b) || p.Needs() > p.Scanned+1 {
			t.Errorf("%q is taken for %+v", b, p)
		}
	})
}
