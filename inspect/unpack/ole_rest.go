package unpack

import (
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/decode"
)

// rest gives out the sectors that belong to no stream, where deleted text may
// stand, and the bytes behind the ends of streams in their last sectors.
func (f *oleFile) rest() {
	var spans []decode.Span
	add := func(from, to int64) {
		if n := len(spans); n > 0 && spans[n-1].To == from {
			spans[n-1].To = to
		} else if from < to {
			spans = append(spans, decode.Span{From: from, To: to})
		}
	}
	add(min(oleHeader, f.size), min(f.sector, f.size))
	for at, i := f.sector, 0; at < f.size; at, i = at+f.sector, i+1 {
		if i/64 >= len(f.used) || f.used[i/64]&(1<<(i%64)) == 0 {
			add(at, min(at+f.sector, f.size))
		}
	}
	for i := range f.smalls {
		for bit := 0; bit < 64; bit++ {
			s := i*64 + bit
			if f.smalls[i]&(1<<bit) == 0 && s < len(f.small) && int64(s)*oleSmall < f.mini.size {
				if at, k := f.mini.place(int64(s)*oleSmall, oleSmall); k > 0 {
					add(at, at+k)
				}
			}
		}
	}
	for i := range f.entries {
		f.tail(&f.entries[i], add)
	}
	whole := &oleEntry{}
	f.rawSpans(whole, &oleStream{r: f.r, size: f.size, runs: []oleRun{{0, 0, f.size}}}, f.filled(spans))
}

// tail adds what lies behind the end of a stream in its last sector.
func (f *oleFile) tail(e *oleEntry, add func(from, to int64)) {
	if e.data == nil || len(e.data.runs) == 0 || e.data.broken {
		return
	}
	unit := f.sector
	if e.size < f.cutoff {
		unit = oleSmall
	}
	last := e.data.runs[len(e.data.runs)-1]
	if over := e.size % unit; over > 0 {
		end := last.at + last.n
		add(end, min(end+unit-over, f.size))
	}
}

// filled leaves out the stretches that are all zeros or all ones.
func (f *oleFile) filled(spans []decode.Span) []decode.Span {
	kept := spans[:0]
	for _, s := range spans {
		empty := true
		eachPiece(f.r, []decode.Span{s}, f.o, func(p []byte) {
			for _, c := range p {
				empty = empty && (c == 0 || c == 0xff || c == '\n')
			}
		})
		if !empty {
			kept = append(kept, s)
		}
	}
	return kept
}

// wideText finds UTF-16 text (little endian) in bytes that are something else,
// at even and at odd offsets, and writes each run as a line.
type wideText struct {
	out  *officeText
	runs [2]wideRun
	prev byte
	odd  int
	any  bool
}

// wideRun is a run of characters at one parity.
type wideRun struct {
	text  []byte
	units int
	plain int // of them in ASCII
}

const (
	wideShort = 4 // units of the shortest run with as many in ASCII
	wideOther = 8 // units of the shortest run of others: chance makes few
)

func (w *wideText) add(p []byte) {
	for _, c := range p {
		if w.any {
			w.unit(&w.runs[w.odd], rune(w.prev)|rune(c)<<8)
		}
		w.prev, w.any, w.odd = c, true, w.odd^1
	}
}

func (w *wideText) unit(r *wideRun, c rune) {
	switch {
	case c >= ' ' && c <= '~':
		r.plain++
	case c >= 0x3001 && c <= 0x9fff, c >= 0xff01 && c <= 0xff5e, c >= 0xf900 && c <= 0xfaff, c == '·', c >= 0xa1 && c <= 0x24f:
	default:
		w.end(r)
		return
	}
	r.text = utf8.AppendRune(r.text, c)
	if r.units++; len(r.text) > textChunk {
		w.end(r)
	}
}

func (w *wideText) end(r *wideRun) {
	if r.plain >= wideShort || r.units >= wideOther {
		w.out.add(r.text)
		w.out.addByte('\n')
	}
	r.text, r.units, r.plain = r.text[:0], 0, 0
}

func (w *wideText) close() {
	w.end(&w.runs[0])
	w.end(&w.runs[1])
}
