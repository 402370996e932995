package unpack

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// ledger takes down which bytes of a container an opener understood, so that
// the others can be given out as they lie.
type ledger struct{ known []decode.Span }

// know takes down [from, to).
func (l *ledger) know(from, to int64) {
	if n := len(l.known); n > 0 && l.known[n-1].To == from {
		l.known[n-1].To = max(from, to)
	} else if from < to {
		l.known = append(l.known, decode.Span{From: from, To: to})
	}
}

// rest calls f for what is left of [0, size), from front to back, until it
// answers false.
func (l *ledger) rest(size int64, f func(from, to int64) bool) {
	slices.SortFunc(l.known, func(a, b decode.Span) int { return cmp.Compare(a.From, b.From) })
	pos := int64(0)
	for _, s := range l.known {
		if s.From > pos && !f(pos, min(s.From, size)) {
			return
		}
		if pos = max(pos, s.To); pos >= size {
			return
		}
	}
	if pos < size {
		f(pos, size)
	}
}

// raw gives out the bytes [from, to) of r as they lie, as a part without a
// name. Zeros in front are padding and left out.
func (m *meter) raw(r io.ReaderAt, from, to int64) bool {
	buf := make([]byte, chunk)
	for open := false; from < to && !m.stopped; {
		b := buf[:min(chunk, to-from)]
		if n, _ := r.ReadAt(b, from); n < len(b) {
			m.Miss(inspect.GapBroken, to-from)
			return !m.stopped
		}
		at := from
		from += int64(len(b))
		if !open {
			text := bytes.TrimLeft(b, "\x00")
			at += int64(len(b) - len(text))
			if b = text; len(b) == 0 {
				continue
			}
			open = m.Begin(nil, decode.Span{From: at, To: to})
		}
		m.Write(b)
	}
	return !m.stopped
}
