// Package inspecttest is the conformance suite for any inspect.Inspector. It
// feeds every case at many chunk sizes, wants one and the same report, and
// holds the scan to the laws of Take, Settled and Close.
package inspecttest

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// Sizes are the chunk sizes of the suite; 0 is the whole part at once.
var sizes = [...]int{0, 1, 2, 3, 7, 64, 4096}

// Scan reads data in chunks of n bytes, or at once when n is 0, holds the
// scan to its laws and returns the report.
func Scan(t testing.TB, in inspect.Inspector, m inspect.Meta, data []byte, n int) inspect.Report {
	t.Helper()
	if n <= 0 {
		n = max(len(data), 1)
	}
	var cuts []int
	for i := n; i < len(data); i += n {
		cuts = append(cuts, i)
	}
	return ScanCuts(t, in, m, data, cuts)
}

// ScanCuts is Scan with the cuts given as rising offsets.
func ScanCuts(t testing.TB, in inspect.Inspector, m inspect.Meta, data []byte, cuts []int) inspect.Report {
	t.Helper()
	s, err := in.Open(m, bytes.NewReader(data))
	if err != nil {
		t.Errorf("open: %v", err)
		return inspect.Report{}
	}
	w := watch{t: t, s: s, size: int64(len(data))}
	from := 0
	for _, to := range append(append([]int(nil), cuts...), len(data)) {
		w.write(data[from:to])
		from = to
	}
	return w.close()
}

type watch struct {
	t       testing.TB
	s       inspect.Scan
	size    int64
	written int64
	settled int64
	taken   []inspect.Finding
}

func (w *watch) write(p []byte) {
	w.t.Helper()
	own := bytes.Clone(p)
	if n, err := w.s.Write(own); n != len(p) || err != nil {
		w.t.Errorf("write of %d bytes at %d: %d, %v", len(p), w.written, n, err)
	}
	for i := range own { // the scan keeps no reference
		own[i] = '#'
	}
	w.written += int64(len(p))
	w.take()
	now := w.s.Settled()
	if now < w.settled {
		w.t.Errorf("settled fell from %d to %d", w.settled, now)
	}
	if now > w.written {
		w.t.Errorf("settled is %d when %d bytes were written", now, w.written)
	}
	w.settled = max(w.settled, now)
}

func (w *watch) take() {
	w.t.Helper()
	last := int64(-1)
	for _, f := range w.s.Take() {
		if f.From < w.settled {
			w.t.Errorf("a %s at %d was found after %d bytes were settled", f.Rule, f.From, w.settled)
		}
		if f.From < last {
			w.t.Errorf("taken findings are out of order: %d after %d", f.From, last)
		}
		last = f.From
		w.taken = append(w.taken, f)
	}
}

func (w *watch) close() inspect.Report {
	w.t.Helper()
	r, err := w.s.Close()
	if err != nil {
		w.t.Errorf("close: %v", err)
	}
	for _, f := range r.Findings {
		if f.From < 0 || f.To > w.size || f.From >= f.To {
			w.t.Errorf("a %s lies at [%d, %d) of %d bytes", f.Rule, f.From, f.To, w.size)
		}
	}
	w.take()
	if _, err := w.s.Close(); err == nil {
		w.t.Errorf("a second close is no error")
	}
	if now := w.s.Settled(); now != w.size {
		w.t.Errorf("settled is %d after close of %d bytes", now, w.size)
	}
	if r.Omitted == 0 {
		w.contained(r.Findings)
	}
	var total int64
	for _, t := range r.Tallies {
		total += t.At(inspect.Low)
	}
	if want := int64(len(r.Findings)) + r.Omitted; total != want {
		w.t.Errorf("tallies count %d findings, listed and omitted are %d", total, want)
	}
	return r
}

// contained wants what Take gave out to be exactly what the report lists.
func (w *watch) contained(listed []inspect.Finding) {
	w.t.Helper()
	count := map[string]int{}
	key := func(f inspect.Finding) string { return fmt.Sprintf("%+v", f) }
	for _, f := range listed {
		count[key(f)]++
	}
	for _, f := range w.taken {
		count[key(f)]--
	}
	for _, n := range count {
		if n != 0 {
			w.t.Errorf("the report lists %d findings, taken were %d, and they are not the same", len(listed), len(w.taken))
			return
		}
	}
}

// Same reports whether two reports are equal in everything.
func Same(a, b inspect.Report) bool { return reflect.DeepEqual(normal(a), normal(b)) }

func normal(r inspect.Report) inspect.Report {
	if len(r.Findings) == 0 {
		r.Findings = nil
	}
	if len(r.Persons) == 0 {
		r.Persons = nil
	}
	if len(r.Tallies) == 0 {
		r.Tallies = nil
	}
	return r
}
