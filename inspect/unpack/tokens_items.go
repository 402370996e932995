package unpack

import (
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// items writes the values of a format of values within values as text, in the
// part "items": what stands in one map or one list on one line, joined by TAB,
// values of a map as "key: value". A map or list within another begins a line
// of its own. Values that are no text are gathered and come behind, as "bytes":
// those that are read by their own first bytes each by itself, the others
// together.
type items struct {
	*meter
	at    decode.Span
	most  int // values that may be gathered
	out   []byte
	begun int    // where the line in hand begins
	label []byte // the key of the next value
	aside [][]byte
	lost  int64 // bytes of values that were too many to gather
}

// load reads the container into memory, as far as limits allow. It reports
// what is too much or not there.
func (m *meter) load(r io.ReaderAt, size int64, l Limits) []byte {
	n := min(size, l.Memory/2)
	if n <= 0 || !m.hold(n) {
		m.Miss(inspect.GapLimitBytes, -1)
		return nil
	}
	if n < size {
		m.Miss(inspect.GapLimitBytes, size-n)
	}
	b := make([]byte, n)
	k, _ := r.ReadAt(b, 0)
	if int64(k) < n {
		m.Miss(inspect.GapBroken, n-int64(k))
	}
	return b[:k]
}

// begin starts the part.
func (t *items) begin() bool { return t.Begin([]byte("items"), t.at) }

// newline ends the line in hand, if there is one.
func (t *items) newline() {
	if len(t.out) > t.begun {
		t.out = append(t.out, '\n')
	}
	if t.begun = len(t.out); t.begun > chunk {
		t.flush()
	}
}

func (t *items) flush() {
	t.Write(t.out)
	t.out, t.begun = t.out[:0], 0
}

// cell begins a value, behind its key if it has one.
func (t *items) cell() {
	if len(t.out)-t.begun > chunk {
		t.flush()
	}
	if len(t.out) > t.begun {
		t.out = append(t.out, '\t')
	}
	if len(t.label) > 0 {
		t.out = append(append(t.out, t.label...), ": "...)
		t.label = t.label[:0]
	}
}

// nest begins the line of a map or list.
func (t *items) nest() {
	t.newline()
	if len(t.label) > 0 {
		t.out = append(append(t.out, t.label...), ':')
		t.label = t.label[:0]
	}
}

// value writes bytes: as a cell where they are text that loses nothing by it.
func (t *items) value(b []byte) {
	switch {
	case len(b) == 0:
		t.cell()
	case isCell(b):
		t.cell()
		t.out = asLine(t.out, b)
	default:
		t.cell()
		t.gather(b)
	}
}

// gather keeps bytes for the parts behind the lines.
func (t *items) gather(b []byte) {
	if len(t.aside)&1023 == 0 && !t.hold(1024*32) || len(t.aside) >= t.most {
		t.lost += int64(len(b))
		return
	}
	t.aside = append(t.aside, b)
}

// done ends the lines and gives out what was gathered.
func (t *items) done() {
	t.newline()
	t.flush()
	for _, apart := range []bool{false, true} {
		open := false
		for _, b := range t.aside {
			if alone(b) != apart || t.stopped {
				continue
			}
			if !open || apart {
				open = t.Begin([]byte("bytes"), t.at)
			}
			if t.Write(b); !apart {
				t.Write([]byte{'\n'})
			}
		}
	}
	if t.lost > 0 && !t.stopped {
		t.Miss(inspect.GapLimitEntries, t.lost)
	}
}
