package unpack

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Offsets in the head of a WordDocument stream (MS-DOC 2.5), and those of the
// version before, whose text is in the code page of its system.
const (
	wordHead      = 0x1aa
	wordFlags     = 0x0a
	wordEncrypted = 0x0100
	wordTable1    = 0x0200
	wordComplex   = 0x0004
	wordMin       = 0x18
	wordChpx      = 0xfa
	wordPapx      = 0x102
	wordClx       = 0x1a2
	word6Clx      = 0x160
	word97        = 0xc1 // nFib of Word 97 and later
)

// wordPiece is a piece of text in the stream.
type wordPiece struct {
	from, to int64
	wide     bool // UTF-16, else bytes
}

// wordDoc is a Word document that is being read.
type wordDoc struct {
	f     *oleFile
	s     *oleStream
	table *oleStream
	old   bool      // before Word 97: bytes stay as they are
	rows  []wordRow // paragraphs in tables
	looks []wordLook
	look  wordLook // of the text in hand
	text  []byte   // that text
	flow  *officeFlow
	aside *officeAside

	fields []bool // open fields: their code has ended
	cell   bool   // the last character ended a cell
}

// readWord reads the text of a Word document by its table of pieces, notes,
// headers and text boxes behind the body. Bytes of the stream in no piece, as
// those of deleted text, are given out as stored.
func readWord(f *oleFile, e *oleEntry, s *oleStream) bool {
	h := make([]byte, wordHead)
	n, _ := s.ReadAt(h, 0)
	clear(h[n:])
	le := binary.LittleEndian
	flags, version := le.Uint16(h[wordFlags:]), le.Uint16(h[2:])
	if flags&wordEncrypted != 0 {
		f.o.Miss(inspect.GapEncrypted, s.size)
		return true
	}
	d := &wordDoc{f: f, s: s, old: version < word97}
	pieces, ok := d.pieces(h, flags)
	if magic := le.Uint16(h); !ok || n < 0x20 || magic != 0xa5ec && magic != 0xa5dc {
		f.o.Miss(inspect.GapUnknownFormat, s.size)
		return false
	}
	if !d.findRows(h) || !d.findLooks(h) {
		f.o.Miss(inspect.GapBroken, 0)
	}
	d.aside = newOfficeAside(f.o)
	entry := &officeEntry{data: s.span().From}
	entry.name, entry.packed = []byte(e.name), s.span().To-s.span().From
	d.flow = newOfficeFlow(f.o, entry, d.aside)
	for _, p := range pieces {
		d.piece(p)
	}
	d.flush()
	d.flow.finish()
	d.aside.give(entry)
	if d.aside.lost {
		f.o.Miss(inspect.GapLimitBytes, s.size)
	}
	if !f.o.stopped {
		f.rawSpans(e, s, d.beside(pieces))
	}
	return true
}

// pieces reads the table of pieces.
func (d *wordDoc) pieces(h []byte, flags uint16) ([]wordPiece, bool) {
	le := binary.LittleEndian
	d.table = d.s
	at, n := int64(le.Uint32(h[wordClx:])), int64(le.Uint32(h[wordClx+4:]))
	if d.old {
		at, n = int64(le.Uint32(h[word6Clx:])), int64(le.Uint32(h[word6Clx+4:]))
		if flags&wordComplex == 0 || n == 0 {
			p := wordPiece{from: int64(le.Uint32(h[wordMin:])), to: int64(le.Uint32(h[wordMin+4:]))}
			return []wordPiece{p}, p.from < p.to && p.to <= d.s.size
		}
	} else if d.table = d.tableStream(flags); d.table == nil {
		return nil, false
	}
	if n < 5 || n > d.table.size-at || !d.f.o.hold(int(n)*3) {
		return nil, false
	}
	defer d.f.o.release(int(n))
	b := make([]byte, n)
	if _, err := d.table.ReadAt(b, at); err != nil {
		return nil, false
	}
	for len(b) >= 5 && b[0] == 1 { // formatting, MS-DOC 2.9.38
		skip := 3 + int(le.Uint16(b[1:]))
		if skip > len(b) {
			return nil, false
		}
		b = b[skip:]
	}
	if len(b) < 5+4 || b[0] != 2 || int64(le.Uint32(b[1:])) > int64(len(b)-5) {
		return nil, false
	}
	return d.pieceTable(b[5 : 5+le.Uint32(b[1:])])
}

func (d *wordDoc) tableStream(flags uint16) *oleStream {
	name := "0Table"
	if flags&wordTable1 != 0 {
		name = "1Table"
	}
	for i := range d.f.entries {
		if e := &d.f.entries[i]; e.data == d.s {
			if t := d.f.find(e, name); t != nil {
				return d.f.stream(t)
			}
		}
	}
	return nil
}

// pieceTable reads a PlcPcd (MS-DOC 2.8.35): places in the text, then where
// each piece lies.
func (d *wordDoc) pieceTable(b []byte) (pieces []wordPiece, ok bool) {
	le := binary.LittleEndian
	count := (len(b) - 4) / 12
	sum := int64(0)
	for i := range count {
		chars := int64(le.Uint32(b[4*i+4:])) - int64(le.Uint32(b[4*i:]))
		fc := le.Uint32(b[4*(count+1)+8*i+2:])
		p := wordPiece{from: int64(fc), wide: true}
		if d.old {
			p.wide = false
		} else if fc&(1<<30) != 0 {
			p.wide, p.from = false, int64(fc&^(1<<30))/2
		}
		if p.to = p.from + chars; p.wide {
			p.to += chars
		}
		if sum += p.to - p.from; chars < 0 || p.to > d.s.size || sum > 4*d.s.size {
			return pieces, false
		}
		pieces = append(pieces, p)
	}
	return pieces, count > 0
}

// beside returns the stretches of the stream that are in no piece.
func (d *wordDoc) beside(pieces []wordPiece) (spans []decode.Span) {
	slices.SortFunc(pieces, func(a, b wordPiece) int { return cmp.Compare(a.from, b.from) })
	pos := int64(0)
	for _, p := range pieces {
		if p.from > pos {
			spans = append(spans, decode.Span{From: pos, To: p.from})
		}
		pos = max(pos, p.to)
	}
	return append(spans, decode.Span{From: min(pos, d.s.size), To: d.s.size})
}
