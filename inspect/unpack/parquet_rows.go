package unpack

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// group gives out one row group: row by row, if a page of each column fits
// into memory, else column by column.
func (p *parquetFile) group(chunks []parquetChunk, rows int64) {
	var open []*parquetCursor
	var sum int64
	for i := range chunks {
		k, most := p.chunk(&chunks[i], &p.columns[i])
		open = append(open, k)
		sum += most
	}
	if sum <= p.l.Memory/2 && p.hold(sum) {
		p.free(sum)
		p.rows(&p.sheet, open)
	} else {
		p.sheet.flush()
		for i, k := range open {
			if k != nil {
				one := p.sheet
				one.names = []string{p.columns[i].name}
				p.rows(&one, []*parquetCursor{k})
				one.flush()
			}
		}
	}
	for i, k := range open {
		if k == nil {
			continue
		}
		if !p.stopped && (k.want != 0 || k.rows != rows) { // not what the footer says
			k.fail(inspect.GapBroken)
		}
		if p.free(cursorSize); k.bad != "" {
			p.Miss(k.bad, chunks[i].packed)
		}
	}
}

// cursorSize is about what a cursor takes.
const cursorSize = 512

// chunk looks at a chunk and says how much memory it takes. There is no cursor
// for one that cannot be read, which is Missed.
func (p *parquetFile) chunk(h *parquetChunk, c *parquetColumn) (k *parquetCursor, most int64) {
	p.indexes(h, c)
	for _, v := range h.stats {
		p.noteValue(c, v)
	}
	from := h.from()
	switch {
	case len(h.path) > 0: // in another file
		p.Miss(inspect.GapUnknownFormat, 0)
		return nil, 0
	case h.closed:
		p.Miss(inspect.GapEncrypted, h.packed)
		p.known.know(from, from+h.packed)
		return nil, 0
	case !h.told || from < 4 || h.packed < 0 || h.packed > p.size-from || h.kind != c.kind || c.kind < 0 || c.kind > parquetFixed:
		p.Miss(inspect.GapBroken, max(0, h.packed))
		return nil, 0
	}
	k = &parquetCursor{p: p, c: c, codec: h.codec, want: h.values, off: from, end: from + h.packed}
	if !p.hold(cursorSize) {
		p.Miss(inspect.GapLimitBytes, h.packed)
		return nil, 0
	}
	p.known.know(from, k.end)
	var dict, page int64
	for off := from; off < k.end; {
		g, n := p.pageHead(off, k.end)
		if n == 0 {
			break // the cursor says so
		}
		off += n + g.packed
		if need := g.packed + g.size + 64; g.kind == parquetDict {
			dict = max(dict, need+5*min(g.values, g.size))
		} else {
			page = max(page, need)
		}
	}
	return k, dict + page
}

// rows gives out the entries of columns side by side.
func (p *parquetFile) rows(s *sheet, open []*parquetCursor) {
	for _, k := range open {
		if k != nil {
			k.next()
			defer k.close()
		}
	}
	var line []byte
	for !p.stopped {
		line = line[:0]
		more := false
		for i, k := range open {
			if i > 0 {
				line = append(line, '\t')
			}
			if k != nil && k.ready {
				more = true
				line = k.cell(s, line, i)
			}
		}
		if !more || !p.work(int64(100+100*len(open))) {
			return
		}
		if len(bytes.TrimLeft(line, "\t")) > 0 && !s.row(line) {
			return
		}
	}
}

// cellMost is how long a cell may grow before its list goes on in a row of its
// own.
const cellMost = 1 << 20

// cell writes the entries of one row.
func (k *parquetCursor) cell(s *sheet, line []byte, column int) []byte {
	from := len(line)
	for k.ready {
		if k.present {
			if len(line) > from {
				line = append(line, ',')
			}
			if text := k.c.text(k.p.digits[:0], k.value); text != nil {
				k.p.digits = text
				line = append(line, text...)
			} else {
				line = s.value(line, column, k.trim())
			}
		}
		if k.next(); k.rep == 0 || len(line)-from > cellMost || !k.p.work(60) {
			break
		}
	}
	return line
}

// trim takes the filling off a value of fixed width.
func (k *parquetCursor) trim() []byte {
	if k.c.kind == parquetFixed {
		return bytes.TrimRight(k.value, "\x00")
	}
	return k.value
}

// text writes a value that is no bytes; nil where it is.
func (c *parquetColumn) text(dst, v []byte) []byte {
	if c.kind != parquetBytes && c.kind != parquetBool && int64(len(v)) != c.width {
		return nil
	}
	switch {
	case c.kind == parquetBool && len(v) > 0:
		return strconv.AppendBool(dst, v[0]&1 == 1)
	case c.kind == parquetInt32:
		n := int64(int32(binary.LittleEndian.Uint32(v)))
		if c.logic == parquetDate {
			return time.Unix(n*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
		}
		return c.point(strconv.AppendInt(dst, n, 10))
	case c.kind == parquetInt64:
		return c.point(strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(v)), 10))
	case c.kind == parquetInt96:
		dst = strconv.AppendUint(dst, binary.LittleEndian.Uint64(v), 10)
		return strconv.AppendUint(append(dst, ' '), uint64(binary.LittleEndian.Uint32(v[8:])), 10)
	case c.kind == parquetFloat:
		return sheetFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(v))), 32)
	case c.kind == parquetDouble:
		n := binary.LittleEndian.Uint64(v)
		if n>>52 == 0 { // so small that it is an integer in a place for others
			return strconv.AppendUint(dst, n, 10)
		}
		return sheetFloat(dst, math.Float64frombits(n), 64)
	case c.logic == parquetDecimal && len(v) > 0 && len(v) <= 64:
		n := new(big.Int).SetBytes(v)
		if v[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
		}
		return c.point(n.Append(dst, 10))
	case c.logic == parquetUUID && len(v) == 16:
		const digits = "0123456789abcdef"
		for i, b := range v {
			if i == 4 || i == 6 || i == 8 || i == 10 {
				dst = append(dst, '-')
			}
			dst = append(dst, digits[b>>4], digits[b&15])
		}
		return dst
	}
	return nil
}

// point sets the decimal point into the digits of a number.
func (c *parquetColumn) point(b []byte) []byte {
	n := int(c.scale)
	if c.logic != parquetDecimal || c.scale <= 0 || c.scale > 64 {
		return b
	}
	sign := 0
	if b[0] == '-' {
		sign = 1
	}
	for len(b)-sign <= n {
		b = append(b[:sign], append([]byte{'0'}, b[sign:]...)...)
	}
	at := len(b) - n
	return append(b[:at:at], append([]byte{'.'}, b[at:]...)...)
}

// noteValue notes a value that no row has.
func (p *parquetFile) noteValue(c *parquetColumn, v []byte) {
	if text := c.text(nil, v); text != nil {
		v = text
	}
	p.note(v)
}

// indexes takes the index of pages, which repeats the least and the largest
// values, and passes over the one of places.
func (p *parquetFile) indexes(h *parquetChunk, c *parquetColumn) {
	read := func(from, size int64) *thriftWalk {
		if from < 4 || size <= 0 || size > p.size-from || size > p.l.Memory/8 || !p.work(20*size) {
			return nil
		}
		b := make([]byte, size)
		if n, _ := p.r.ReadAt(b, from); int64(n) < size || checkThrift(b, size) != "" {
			return nil
		}
		return &thriftWalk{b: b, most: size}
	}
	if t := read(h.columnIndex, h.columnSize); t != nil {
		t.structure(0, func(id int64, kind byte) bool {
			if id != 2 && id != 3 || kind != thriftList {
				return false
			}
			t.list(thriftBinary, func() { p.noteValue(c, t.bytes()) })
			return true
		})
		if t.bad == "" {
			p.known.know(h.columnIndex, h.columnIndex+int64(t.i))
		}
	}
	if t := read(h.offsetIndex, h.offsetSize); t != nil {
		if t.structure(0, nil); t.bad == "" {
			p.known.know(h.offsetIndex, h.offsetIndex+int64(t.i))
		}
	}
}
