package unpack

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

// The kinds of pages of a b-tree.
const (
	sqliteIndexInner = 2
	sqliteTableInner = 5
	sqliteIndexLeaf  = 10
	sqliteTableLeaf  = 13
)

// walk goes through the b-tree whose root is page n and calls f with each row
// in order, until f answers false.
func (d *sqliteDB) walk(n int64, depth int, f func(id int64, row []any) bool) bool {
	if depth > 24 || !d.mark(n) {
		d.broken = true
		return true
	}
	b := d.read(n)
	if b == nil {
		return true
	}
	at := 0
	if n == 1 {
		at = 100
	}
	kind, count := b[at], int(binary.BigEndian.Uint16(b[at+3:]))
	head := at + 8
	if kind == sqliteIndexInner || kind == sqliteTableInner {
		head += 4
	} else if kind != sqliteIndexLeaf && kind != sqliteTableLeaf {
		d.broken = true
		d.gap(b)
		return true
	}
	if head+2*count > len(b) {
		d.broken = true
		count = (len(b) - head) / 2
	}
	used := make([][2]int, 0, count+1)
	used = append(used, [2]int{0, head + 2*count})
	for i := range count {
		cell := int(binary.BigEndian.Uint16(b[head+2*i:]))
		if cell < head || cell >= len(b) {
			d.broken = true
			continue
		}
		end, more := d.cell(b, cell, kind, depth, f)
		used = append(used, [2]int{cell, end})
		if !more {
			return false
		}
	}
	d.gaps(b, used)
	if kind == sqliteIndexInner || kind == sqliteTableInner {
		return d.walk(int64(binary.BigEndian.Uint32(b[at+8:])), depth+1, f)
	}
	return true
}

// cell reads one cell, and the child it leads to before its own row.
func (d *sqliteDB) cell(b []byte, i int, kind byte, depth int, f func(int64, []any) bool) (end int, more bool) {
	if kind == sqliteIndexInner || kind == sqliteTableInner {
		if i+4 > len(b) {
			d.broken = true
			return len(b), true
		}
		if !d.walk(int64(binary.BigEndian.Uint32(b[i:])), depth+1, f) {
			return i + 4, false
		}
		i += 4
	}
	if kind == sqliteTableInner {
		_, n := sqliteVarint(b[i:])
		return i + n, true
	}
	size, n := sqliteVarint(b[i:])
	i += n
	var id int64
	if kind == sqliteTableLeaf {
		id, n = sqliteVarint(b[i:])
		i += n
	}
	payload, end := d.payload(b, i, size, kind == sqliteTableLeaf)
	return end, f(id, d.record(payload))
}

// payload gathers the bytes of a row from its page and those it flows over to.
func (d *sqliteDB) payload(b []byte, i int, size int64, leaf bool) (payload []byte, end int) {
	most := d.usable - 35
	if !leaf {
		most = (d.usable-12)*64/255 - 23
	}
	local := size
	if size > most {
		least := (d.usable-12)*32/255 - 23
		if local = least + (size-least)%(d.usable-4); local > most {
			local = least
		}
	}
	if size < 0 || local < 0 || int64(i)+local > int64(len(b)) {
		d.broken = true
		return b[min(i, len(b)):], len(b)
	}
	end = i + int(local)
	payload = b[i:end]
	if size == local {
		return payload, end
	}
	if end+4 > len(b) {
		d.broken = true
		return payload, len(b)
	}
	payload = bytes.Clone(payload)
	for next := int64(binary.BigEndian.Uint32(b[end:])); next != 0 && int64(len(payload)) < size; {
		if int64(len(payload)) > d.l.Memory/4 {
			d.Miss(inspect.GapLimitBytes, size-int64(len(payload)))
			break
		}
		if d.overflow += d.page; d.overflow > 4*d.size || next > d.pages {
			d.broken = true
			break
		}
		d.mark(next)
		p := d.read(next)
		if p == nil {
			break
		}
		next = int64(binary.BigEndian.Uint32(p))
		take := min(size-int64(len(payload)), d.usable-4)
		payload = append(payload, p[4:4+take]...)
		d.gap(p[4+take:])
	}
	return payload, end + 4
}

// sqliteVarint reads a number of up to nine bytes, big end first.
func sqliteVarint(b []byte) (v int64, n int) {
	for n < len(b) && n < 8 {
		c := b[n]
		n++
		v = v<<7 | int64(c&0x7F)
		if c < 0x80 {
			return v, n
		}
	}
	if n < len(b) {
		return v<<8 | int64(b[n]), n + 1
	}
	return v, n
}

// gaps notes the bytes of a page that no cell uses.
func (d *sqliteDB) gaps(b []byte, used [][2]int) {
	slices.SortFunc(used, func(x, y [2]int) int { return x[0] - y[0] })
	at := 0
	for _, u := range used {
		if u[0] > at {
			d.gap(b[at:u[0]])
		}
		at = max(at, u[1])
	}
	if at < len(b) {
		d.gap(b[at:])
	}
}

// gap notes unused bytes, unless they are zeros.
func (d *sqliteDB) gap(b []byte) {
	b = bytes.Trim(b, "\x00")
	if len(b) < 4 {
		return
	}
	if int64(len(d.slack)+len(b)) > d.l.Memory/4 {
		if !d.lost {
			d.lost = true
			d.Miss(inspect.GapLimitBytes, int64(len(b)))
		}
		return
	}
	d.slack = append(append(d.slack, b...), '\n')
}
