package unpack

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// wordRow is where paragraphs lie that are in a table, or that end its rows.
type wordRow struct {
	from, to int64
	end      bool
}

// wordLook is where text lies that was changed or is not shown.
type wordLook struct {
	from, to          int64
	deleted, inserted int // 1 when it was
	hidden            bool
}

// Properties of characters and paragraphs (MS-DOC 2.6.1, 2.6.2).
const (
	wordDeleted  = 0x0800 // sprmCFRMarkDel
	wordInserted = 0x0801 // sprmCFRMarkIns
	wordHidden   = 0x083c // sprmCFVanish
	wordInTable  = 0x2416 // sprmPFInTable
	wordRowEnd   = 0x2417 // sprmPFTtp
	wordTable    = 0xd608 // sprmTDefTable, whose size takes two bytes
)

// inTable tells whether the mark at an offset stands in a table, and whether
// it ends a row.
func (d *wordDoc) inTable(at int64) (in, end bool) {
	i := sort.Search(len(d.rows), func(i int) bool { return d.rows[i].to > at })
	if i == len(d.rows) || d.rows[i].from > at {
		return false, false
	}
	return true, d.rows[i].end
}

// lookAt goes to the character at an offset. Where that looks otherwise than
// the text in hand it writes the text.
func (d *wordDoc) lookAt(at int64) {
	if at >= d.look.from && at < d.look.to {
		return
	}
	next := wordLook{from: at, to: at + 1}
	i := sort.Search(len(d.looks), func(i int) bool { return d.looks[i].to > at })
	switch {
	case i == len(d.looks):
		next.to = d.s.size
	case d.looks[i].from > at:
		next.to = d.looks[i].from
	default:
		next = d.looks[i]
	}
	d.flush()
	d.look = next
	d.flush()
}

// findRows reads from the paragraph formatting which marks end a row (MS-DOC
// 2.9.30, 2.9.174). Without it all cells are one row.
func (d *wordDoc) findRows(h []byte) bool {
	ok := d.pages(h, wordPapx, func(page []byte, runs int) {
		for i := range runs {
			off := int(page[4*(runs+1)+13*i]) * 2
			if off == 0 || off >= 511 {
				continue
			}
			n, from := int(page[off])*2-1, off+1
			if page[off] == 0 {
				n, from = int(page[off+1])*2, off+2
			}
			if n < 2 || from+n > 511 {
				continue
			}
			row := wordRow{from: wordPlace(page, i), to: wordPlace(page, i+1)}
			in := false
			eachSprm(page[from+2:from+n], func(id uint16, v byte) {
				in = in || id == wordInTable && v != 0
				row.end = row.end || id == wordRowEnd && v != 0
			})
			if (in || row.end) && d.f.o.hold(32) {
				d.rows = append(d.rows, row)
			}
		}
	}, 13)
	slices.SortFunc(d.rows, func(a, b wordRow) int { return cmp.Compare(a.to, b.to) })
	return ok
}

// findLooks reads from the character formatting (2.9.33) which text is not as
// the others.
func (d *wordDoc) findLooks(h []byte) bool {
	ok := d.pages(h, wordChpx, func(page []byte, runs int) {
		for i := range runs {
			off := int(page[4*(runs+1)+i]) * 2
			if off == 0 || off >= 511 || off+1+int(page[off]) > 511 {
				continue
			}
			l := wordLook{from: wordPlace(page, i), to: wordPlace(page, i+1)}
			eachSprm(page[off+1:off+1+int(page[off])], func(id uint16, v byte) {
				switch id {
				case wordDeleted:
					l.deleted = int(v & 1)
				case wordInserted:
					l.inserted = int(v & 1)
				case wordHidden:
					l.hidden = v&1 != 0
				}
			})
			if (l.deleted > 0 || l.inserted > 0 || l.hidden) && l.from < l.to && d.f.o.hold(48) {
				d.looks = append(d.looks, l)
			}
		}
	}, 1)
	slices.SortFunc(d.looks, func(a, b wordLook) int { return cmp.Compare(a.to, b.to) })
	return ok
}

// wordPlace is the i-th offset on a page of formatting.
func wordPlace(page []byte, i int) int64 {
	return int64(binary.LittleEndian.Uint32(page[4*i:]))
}

// pages calls f for the pages of formatting that a table of the head names,
// and says how many runs are on each; a run takes size bytes beside its place.
func (d *wordDoc) pages(h []byte, where int, f func(page []byte, runs int), size int) bool {
	le := binary.LittleEndian
	at, n := int64(le.Uint32(h[where:])), int64(le.Uint32(h[where+4:]))
	if d.old || n < 12 {
		return true
	}
	if n > d.table.size-at || !d.f.o.hold(int(n)) {
		return false
	}
	defer d.f.o.release(int(n))
	b := make([]byte, n)
	if k, _ := d.table.ReadAt(b, at); k < len(b) {
		return false
	}
	count := (len(b) - 4) / 8
	if count > int(d.s.size/512) { // a page is not named twice
		return false
	}
	var page [512]byte
	for i := 0; i < count && d.f.o.work(1000); i++ {
		pn := int64(le.Uint32(b[4*(count+1)+4*i:]) & (1<<22 - 1))
		if k, _ := d.s.ReadAt(page[:], pn*512); k < len(page) {
			return false
		}
		runs := int(page[511])
		if 4*(runs+1)+size*runs > 511 {
			return false
		}
		f(page[:], runs)
	}
	return true
}

// wordOperand is the size of what follows a property, by the upper three bits
// of its number (MS-DOC 2.2.5.1); 6 has its size in front.
var wordOperand = [8]int{1, 1, 2, 4, 2, 2, -1, 3}

// eachSprm calls f for the properties with the first byte of what they are
// set to.
func eachSprm(p []byte, f func(id uint16, v byte)) {
	for len(p) >= 3 {
		id := binary.LittleEndian.Uint16(p)
		f(id, p[2])
		n := wordOperand[id>>13]
		if n < 0 {
			n = 1 + int(p[2])
			if id == wordTable && len(p) >= 4 {
				n = 1 + int(binary.LittleEndian.Uint16(p[2:]))
			}
		}
		if 2+n > len(p) {
			break
		}
		p = p[2+n:]
	}
}
