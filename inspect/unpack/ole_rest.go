package unpack

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// oleRest gathers the stretches of a file that belong to no stream.
type oleRest struct {
	o     *officeOut
	spans []decode.Span
	over  bool // there was no memory for one more
}

func (r *oleRest) add(from, to int64) {
	switch n := len(r.spans); {
	case from >= to:
	case n > 0 && r.spans[n-1].To == from:
		r.spans[n-1].To = to
	case r.o.hold(32):
		r.spans = append(r.spans, decode.Span{From: from, To: to})
	default:
		r.over = true
	}
}

// rest gives out the sectors that belong to no stream, where deleted text may
// stand, and the bytes behind the ends of streams in their last sectors.
func (f *oleFile) rest() {
	r := &oleRest{o: f.o}
	r.add(min(oleHeader, f.size), min(f.sector, f.size))
	for at, i := f.sector, 0; at < f.size && f.o.work(4); at, i = at+f.sector, i+1 {
		if i/64 >= len(f.used) || f.used[i/64]&(1<<(i%64)) == 0 {
			r.add(at, min(at+f.sector, f.size))
		}
	}
	for pos, i := int64(0), 0; pos < f.mini.size && f.o.work(4); pos, i = pos+oleSmall, i+1 {
		if i/64 < len(f.smalls) && f.smalls[i/64]&(1<<(i%64)) != 0 {
			continue
		}
		for n := min(oleSmall, f.mini.size-pos); n > 0; {
			at, k := f.mini.place(pos+min(oleSmall, f.mini.size-pos)-n, n)
			if k <= 0 {
				break
			}
			r.add(at, at+k)
			n -= k
		}
	}
	for i := range f.entries {
		if e := &f.entries[i]; e.size < f.cutoff {
			f.tail(r, e.data, oleSmall)
		} else {
			f.tail(r, e.data, f.sector)
		}
	}
	f.tail(r, f.mini, f.sector)
	if r.over {
		f.o.Miss(inspect.GapLimitBytes, -1)
	}
	whole := &oleStream{r: f.r, size: f.size, runs: []oleRun{{0, 0, f.size}}}
	f.rawSpans(&oleEntry{}, whole, f.filled(r.spans))
	f.structure()
}

// tail adds what lies behind the end of a stream in its last sector.
func (f *oleFile) tail(r *oleRest, s *oleStream, unit int64) {
	if s == nil || len(s.runs) == 0 {
		return
	}
	last := s.runs[len(s.runs)-1]
	if over := s.size % unit; over > 0 {
		end := last.at + last.n
		r.add(min(end, f.size), min(end+unit-over, f.size))
	}
}

// structure gives out UTF-16 text in the tables of the file: names in entries
// of the directory that are not used, and numbers of sectors that are none.
func (f *oleFile) structure() {
	wide := newWideText(f.o, []byte("#structure"), decode.Span{To: f.size})
	var spans []decode.Span
	spans = append(spans, decode.Span{To: min(oleHeader, f.size)})
	for _, s := range f.tables {
		at := (int64(s) + 1) * f.sector
		spans = append(spans, decode.Span{From: at, To: min(at+f.sector, f.size)})
	}
	eachPiece(f.r, spans, f.o, wide.add)
	eachPiece(f.table, []decode.Span{{To: f.table.size}}, f.o, wide.add)
	eachPiece(f.dir, []decode.Span{{From: int64(len(f.entries)) * oleDirEntry, To: f.dir.size}}, f.o, wide.add)
	var b [oleDirEntry]byte
	for i := 0; i < len(f.entries) && f.o.work(200); i++ {
		if n, _ := f.dir.ReadAt(b[:], int64(i)*oleDirEntry); n == len(b) {
			wide.add(b[2*f.entries[i].units : 64])
			wide.add([]byte{0, 0})
			wide.add(b[80:116]) // its class, its times
			wide.add([]byte{0, 0})
		}
	}
	wide.close()
}

// filled leaves out the stretches that are all zeros or all ones.
func (f *oleFile) filled(spans []decode.Span) []decode.Span {
	kept := spans[:0]
	for i := range spans {
		s, empty := spans[i], true
		eachPiece(f.r, spans[i:i+1], f.o, func(p []byte) {
			for _, c := range p {
				empty = empty && (c == 0 || c == 0xff)
			}
		})
		if !empty {
			kept = append(kept, s)
		}
	}
	return kept
}
