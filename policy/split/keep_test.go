package split_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/split"
)

const sketches = "data/split/sketches"

// What an answer says of the whole set.
func TestAnswer(t *testing.T) {
	w := newWorld(t)
	w.send(whole(linkA, false))
	var last policy.Split
	for _, p := range list(func(_ int, p *part) { rows(p) }) {
		last = w.send(p)
	}
	want := policy.Split{Set: last.Set, Pieces: 5, Persons: 500, Evidence: []policy.SplitEvidence{"numbered", "subset"},
		Over: []string{"destination", "link"}, With: []string{"f5", "f4", "f3", "f2", "f1"}}
	if fmt.Sprint(last) != fmt.Sprint(want) || len(last.Set) != 18 {
		t.Errorf("got  %+v\nwant %+v", last, want)
	}
	again := w.send(list(func(_ int, p *part) { rows(p) })[4]) // a retry is the same piece
	if again.Pieces != 5 || again.Persons != 500 || again.Set != last.Set || again.With[0] != "f5" {
		t.Errorf("a retry: %+v", again)
	}
	p := list(func(_ int, p *part) { rows(p) })[4]
	p.flow = "f7"
	if same := w.send(p); fmt.Sprint(same) != fmt.Sprint(again) {
		t.Errorf("the same flow again: %+v", same)
	}
}

// What was held for a cut is still held when its retry comes a day later.
func TestRetryComesLate(t *testing.T) {
	for name, first := range map[string]part{
		"cut within a row": {to: 100, columns: "c", names: true, end: true, way: linkA},
		"names left out":   {to: 100, columns: "c", names: true, way: linkA},
	} {
		w := newWorld(t)
		w.send(first)
		p := part{from: 100, to: 200, columns: "c", start: first.end, way: linkB, after: time.Minute}
		was := w.send(p)
		for _, after := range []time.Duration{2 * time.Hour, 26 * time.Hour} {
			p.after = after
			if s := w.send(p); !s.Suspected() || s.Set != was.Set {
				t.Errorf("%s: after %v %+v", name, after, s)
			}
		}
	}
}

// Lists that look like one and go the same two ways every day are one set.
func TestEveryDay(t *testing.T) {
	for name, daily := range map[string]func(at, n int) []part{
		"other data of the same persons": func(at, n int) []part {
			return pieces(part{from: at, to: at + n, classes: "pi.finance.bankcard", way: linkA}, part{from: at, to: at + n, classes: "pi.contact.mobile", way: linkB, after: time.Hour})
		},
		"numbered through, by recipient": func(at, n int) []part {
			return pieces(part{from: at, to: at + n, columns: "c", first: 1, way: linkA}, part{from: at + n, to: at + 2*n, columns: "c", first: int64(n) + 1, way: linkB, after: time.Hour})
		},
	} {
		w := newWorld(t)
		sets := map[string]bool{}
		for d := range 45 {
			for _, p := range daily(d*1000, 100+d) {
				if s := w.send(p); s.Suspected() {
					sets[s.Set] = true
				}
			}
			if w.now = w.now.Add(23 * time.Hour); d == 20 {
				w.restart(faultfs.Power)
			}
		}
		if len(sets) != 1 {
			t.Errorf("%s: %d sets, want one", name, len(sets))
		}
	}
}

// Pieces that all belong together are not compared with each other anew: if a
// chain were walked for each piece, this would take minutes and not a second.
func TestManyPieces(t *testing.T) {
	w := newWorld(t)
	for i := range 1500 {
		p := part{from: i * 20, to: i*20 + 20, columns: "c", names: true, first: int64(i*20 + 1), way: []way{linkA, linkB}[i%2]}
		if s := w.look(p); i == 1499 && s.Pieces != 1500 {
			t.Errorf("%+v", s)
		}
	}
}

// What is joined can be asked for after a restart, each set once.
func TestSets(t *testing.T) {
	w := newWorld(t)
	for _, p := range list(func(_ int, p *part) { rows(p) }) {
		w.send(p)
	}
	w.send(part{from: 900, to: 1000, way: linkA})
	for range 2 {
		sets := w.d.Sets()
		if len(sets) != 1 || sets[0].Record != "f5" || sets[0].Exporter != motors {
			t.Fatalf("%+v", sets)
		}
		if s := sets[0].Split; s.Pieces != 5 || s.Persons != 500 || fmt.Sprint(s.Over, s.With) != "[destination link] [f4 f3 f2 f1]" {
			t.Errorf("%+v", s)
		}
		w.restart(faultfs.Power)
	}
}

// Two sets become one when a part belongs with both.
func TestSetsMeet(t *testing.T) {
	w := newWorld(t)
	l := list(func(_ int, p *part) { rows(p) })
	w.send(l[0])
	first := w.send(l[1])
	w.send(l[3])
	second := w.send(l[4])
	if first.Set == second.Set || second.Pieces != 2 {
		t.Fatalf("sets %+v and %+v", first, second)
	}
	if met := w.send(l[2]); met.Set != first.Set || met.Pieces != 5 || met.Persons != 500 {
		t.Errorf("the middle: %+v", met)
	}
}

// What belongs with two sets makes one of them, also of what it does not itself
// belong with.
func TestSetsMeetByAThird(t *testing.T) {
	w := newWorld(t)
	for _, p := range []part{{to: 500, way: linkA}, {to: 100, way: linkA}, {from: 100, to: 200, way: linkA},
		{from: 300, to: 800, way: linkA}, {from: 600, to: 700, way: linkA}, {from: 700, to: 800, columns: "c", first: 1, way: linkA},
		{from: 5000, to: 5100, columns: "c", first: 101, way: linkB}} {
		w.send(p)
		w.settle()
	}
	if s := w.send(part{from: 300, to: 400, way: linkA}); s.Pieces != 6 || s.Persons != 1100 {
		t.Errorf("%+v", s)
	}
	w.restart(faultfs.Power)
	if s := w.send(part{from: 200, to: 300, way: linkA}); s.Pieces != 7 || s.Persons != 1100 {
		t.Errorf("after a restart: %+v", s)
	}
}

// Rows that went one way belong to the set once one of them went another.
func TestTheWholeRunJoins(t *testing.T) {
	w := newWorld(t)
	var s policy.Split
	for _, p := range list(func(i int, p *part) {
		if rows(p); i < 4 {
			p.way = linkA
		} else {
			p.way = linkB
		}
	}) {
		s = w.send(p)
	}
	if s.Pieces != 5 || s.Persons != 500 {
		t.Errorf("%+v", s)
	}
}

func TestRestart(t *testing.T) {
	for _, l := range []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill} {
		w := newWorld(t)
		w.send(whole(linkA, false))
		w.settle()
		parts := list(func(_ int, p *part) { p.way = linkA })
		w.send(parts[0])
		w.restart(l)
		first := w.send(parts[1])
		w.settle()
		retry := w.send(parts[0])
		w.restart(l)
		s := w.send(parts[2])
		if !first.Suspected() || s.Set != first.Set || s.Pieces != 3 || s.Persons != 500 || !slices.Contains(s.With, "f4") || !retry.Suspected() {
			t.Errorf("loss %d: %+v, after %+v and %+v", l, s, first, retry)
		}
		if err := w.d.Lost(); err != nil {
			t.Error(err)
		}
	}
}

// What left stays known as such, and so do the ways a piece went.
func TestRestartKeepsWhatIsNoSplitting(t *testing.T) {
	w := newWorld(t)
	w.send(whole(linkA, false))
	w.settle()
	w.d.Left("f1")
	w.send(part{from: 1000, to: 1100, columns: "c", first: 1, way: linkA})
	w.send(part{from: 1000, to: 1100, columns: "c", first: 1, way: linkB})
	w.restart(faultfs.Power)
	for _, p := range list(func(_ int, p *part) { p.way = linkA }) {
		if s := w.send(p); s.Suspected() {
			t.Errorf("suspected: %+v", s)
		}
	}
	if s := w.send(part{from: 1100, to: 1200, columns: "c", first: 101, way: linkB}); s.Suspected() {
		t.Errorf("suspected: %+v", s)
	}
}

// A disk that fails costs no answer; the next write keeps all of it.
func TestDiskFails(t *testing.T) {
	for _, f := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full} {
		for n := range 6 {
			w := newWorld(t)
			parts := list(func(_ int, p *part) { rows(p) })
			w.send(parts[0])
			w.settle()
			w.disk.FailAt(n, f)
			w.look(parts[1])
			w.settle()
			s := w.look(parts[2])
			if s.Pieces != 3 {
				t.Errorf("fault %d at %d: %+v", f, n, s)
			}
			w.disk.Heal()
			w.settle()
			w.look(parts[3])
			w.restart(faultfs.Power)
			if s := w.send(parts[4]); s.Pieces != 5 {
				t.Errorf("fault %d at %d, after a restart: %+v", f, n, s)
			}
		}
	}
}

// look is send where the disk may fail.
func (w *world) look(p part) policy.Split {
	s, err := w.d.Look(context.Background(), w.seen(p))
	if err != nil && !errors.Is(err, faultfs.ErrFault) && !errors.Is(err, faultfs.ErrFull) {
		w.t.Error(err)
	}
	return s
}

// settle waits until what was seen is kept, or was not.
func (w *world) settle() { w.d.Flush() }

func TestDamage(t *testing.T) {
	w := newWorld(t)
	parts := list(func(_ int, p *part) { rows(p) })
	for _, p := range parts[:4] {
		w.send(p)
		w.settle()
	}
	good := w.disk.Bytes(sketches)
	w.d.Close()
	ends := bytes.SplitAfter(good, []byte("\n"))
	damage := map[string][]byte{
		"a byte changed":   bytes.Replace(good, []byte(`"flow":"f4"`), []byte(`"flow":"fX"`), 1),
		"not ours":         []byte("hello\n"),
		"another schema":   []byte(strings.Replace(string(good), "dc.split/1", "dc.split/9", 1)),
		"no head":          bytes.Join(ends[1:], nil),
		"a line too long":  append(bytes.Clone(good), append(bytes.Repeat([]byte("x"), 200<<10), '\n')...),
		"nothing but zero": make([]byte, 4096),
	}
	for name, b := range damage {
		w.disk.Put(sketches, b)
		d, err := split.Open(w.options())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if lost := d.Lost(); (lost == nil) != (name == "nothing but zero") { // a torn line is none
			t.Errorf("%s: lost %v", name, lost)
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nothing of persons stands in the files.
func TestNothingInClear(t *testing.T) {
	w := newWorld(t)
	p := w.seen(part{to: 100, columns: "c", first: 123456789, way: way{user: "zhang.san", host: "sub.example.sg", purpose: "payroll"}})
	key := p.Persons[3].Subject
	if _, err := w.d.Look(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.settle()
	for _, name := range w.disk.Files() {
		b := w.disk.Bytes(name)
		for _, clear := range []string{"zhang", "example", "payroll", "123456789", string(key[:8])} {
			if bytes.Contains(b, []byte(clear)) {
				t.Errorf("%s holds %q", name, clear)
			}
		}
	}
}

func TestYears(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 12, 28, 10, 0, 0, 0, policy.Shanghai)
	parts := list(func(_ int, p *part) { rows(p) })
	w.send(parts[0])
	if err := w.d.Destroy(2026); err == nil {
		t.Error("the key in use was destroyed")
	}
	w.now = w.now.Add(10 * day)
	if s := w.send(parts[1]); s.Pieces != 2 {
		t.Errorf("over the turn of the year: %+v", s)
	}
	w.restart(faultfs.Power)
	if s := w.send(parts[2]); s.Pieces != 3 {
		t.Errorf("over the turn of the year, restarted: %+v", s)
	}
	if err := w.d.Destroy(2026); err != nil {
		t.Fatal(err)
	}
	if w.disk.Bytes(filepath.ToSlash("data/split/keys/2026.key")) != nil || w.disk.Bytes("data/split/keys/2027.key") == nil {
		t.Error("keys", w.disk.Files())
	}
	if s := w.send(parts[3]); s.Pieces != 3 { // the second to the fourth
		t.Errorf("after the key is gone: %+v", s)
	}
	w.now = w.now.Add(400 * day)
	w.restart(faultfs.Power)
	if w.disk.Bytes("data/split/keys/2027.key") != nil {
		t.Error("the key of a year of which nothing is left stays")
	}
}

// Without the key of a year nobody can tell whom its samples are of, and they
// are not kept.
func TestKeyRemoved(t *testing.T) {
	w := newWorld(t)
	parts := list(func(_ int, p *part) { rows(p) })
	w.send(parts[0])
	w.settle()
	if err := w.disk.Remove("data/split/keys/2026.key"); err != nil {
		t.Fatal(err)
	}
	w.restart(faultfs.Kill)
	w.send(parts[2])
	w.settle()
	if n := bytes.Count(w.disk.Bytes(sketches), []byte(`"op":"piece"`)); n != 1 {
		t.Errorf("%d pieces are kept, want the new one", n)
	}
}

// A flood of small parts takes the place of small parts, not of the whole.
func TestFlood(t *testing.T) {
	w := newWorld(t)
	w.send(whole(linkA, false))
	for i := range split.MaxExporter + 100 {
		w.send(part{from: 10_000 + 20*i, to: 10_020 + 20*i, way: linkB})
		if i%100 == 0 {
			w.settle()
		}
	}
	w.send(part{to: 100, way: linkA})
	if s := w.send(part{from: 100, to: 200, way: linkA}); !s.Suspected() {
		t.Error("the whole is forgotten")
	}
	w.settle()
	if n := bytes.Count(w.disk.Bytes(sketches), []byte(`"op":"piece"`)); n > 2*split.MaxExporter {
		t.Errorf("%d pieces are kept", n)
	}
}

// Many at once: every piece is in the one set at the end.
func TestConcurrent(t *testing.T) {
	w := newWorld(t)
	w.send(part{to: 2000, way: linkA})
	var parts []policy.SplitPart
	for i := range 20 {
		parts = append(parts, w.seen(part{from: i * 100, to: i*100 + 100, way: linkB}))
	}
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			if _, err := w.d.Look(context.Background(), parts[i]); err != nil {
				t.Error(err)
			}
			w.d.Left(parts[i].Flow.ID)
		})
	}
	wg.Wait()
	for restarted := range 2 {
		if s, err := w.d.Look(context.Background(), parts[7]); err != nil || s.Pieces != 20 || s.Persons != 2000 {
			t.Errorf("restart %d: %+v, %v", restarted, s, err)
		}
		w.restart(faultfs.Power)
	}
}
