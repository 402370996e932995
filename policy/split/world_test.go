package split_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/split"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	motors = "91310115MA1K3ABC99"
	sister = "91330100799655058B"
)

// world is a detector with a clock and a disk in memory.
type world struct {
	t    testing.TB
	d    *split.Detector
	disk *faultfs.Disk
	now  time.Time
	sent int
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, disk: faultfs.New(), now: time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai)}
	w.open()
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	if w.d, err = split.Open(w.options()); err != nil {
		w.t.Fatal(err)
	}
	d := w.d
	w.t.Cleanup(func() { d.Close() })
}

func (w *world) options() split.Options {
	return split.Options{Dir: "data", Key: []byte("0123456789abcdef0123456789abcdef"), Files: w.disk,
		Now: func() time.Time { return w.now }, Rand: rand.NewChaCha8([32]byte{1})}
}

// restart closes the detector and opens it on what a loss of power leaves.
func (w *world) restart(l faultfs.Loss) {
	w.t.Helper()
	if err := w.d.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.disk = w.disk.Crash(l)
	w.open()
}

// part is what a test sends: persons by number, its table, and how it goes.
type part struct {
	from, to   int // persons from..to-1
	classes    string
	names      bool   // the columns' names stand in it
	columns    string // which table; empty for none
	first      int64  // number of the first row; 0 for rows without numbers
	start, end bool   // cut
	lines      []uint64
	flow       string // empty: a new one
	after      time.Duration
	left       bool
	nobody     bool // the rows are of things
	way
}

type way struct{ user, host, link, purpose, recipient, exporter string }

var (
	linkA = way{host: "a.example.sg", link: "L1"}
	linkB = way{host: "b.example.sg", link: "L2"}
)

func by(w way, p part) part { p.way = w; return p }

func token(kind string, n int) inspect.Subject {
	sum := sha256.Sum256([]byte(kind + strconv.Itoa(n)))
	return inspect.Subject(sum[:16])
}

func line(doc string, n int) uint64 {
	s := token(doc, n)
	return binary.BigEndian.Uint64(s[:8])
}

// document are the sampled lines of a text, from..to-1.
func document(doc string, from, to int) []uint64 {
	var out []uint64
	for i := from; i < to; i++ {
		out = append(out, line(doc, i))
	}
	slices.Sort(out)
	return out
}

func (w *world) seen(p part) policy.SplitPart {
	w.sent++
	w.now = w.now.Add(p.after)
	if p.flow == "" {
		p.flow = "f" + strconv.Itoa(w.sent)
	}
	s := &policy.Session{User: p.user, Exporter: policy.Exporter{USCC: motors}}
	if p.exporter != "" {
		s.Exporter.USCC, s.Exporter.Group = p.exporter, []string{motors, sister}
	}
	out := policy.SplitPart{Flow: &policy.Flow{ID: p.flow, Session: s, Destination: policy.Destination{Host: p.host, Port: 443, Recipient: p.recipient},
		Declared: policy.Declared{Link: p.link, Purpose: p.purpose}}}
	for i := p.from; i < p.to && !p.nobody; i++ {
		out.Persons = append(out.Persons, policy.Counted{Subject: token("person", i), NS: true})
	}
	slices.SortFunc(out.Persons, func(a, b policy.Counted) int { return slices.Compare(a.Subject[:], b.Subject[:]) })
	for _, c := range slices.Sorted(slices.Values(append([]string{"pi.id.resident"}, fields(p.classes)...))) {
		out.Classes = append(out.Classes, inspect.Class(c))
	}
	s2 := &out.Shape
	if p.columns != "" {
		s2.Columns, s2.Rows, s2.CutStart, s2.CutEnd = token(p.columns, 0), int64(p.to-p.from), p.start, p.end
		if p.names {
			s2.Fields = token(p.columns, 1)
		}
		if p.first != 0 {
			s2.Runs = []inspect.Run{{Column: 0, First: p.first, Last: p.first + s2.Rows - 1}}
		}
	}
	if s2.Lines = int64(len(p.lines)); s2.Lines > 0 {
		s2.Text = p.lines[:min(len(p.lines), inspect.MaxText)]
	}
	return out
}

func fields(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// send has the detector look at a part.
func (w *world) send(p part) policy.Split {
	w.t.Helper()
	in := w.seen(p)
	s, err := w.d.Look(context.Background(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	if p.left {
		w.d.Left(in.Flow.ID)
	}
	return s
}
