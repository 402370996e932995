package unpack

import (
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
// in order, until f answers false. The row stands in d.row.
func (d *sqliteDB) walk(n int64, depth int, f func(id int64) bool) bool {
	if depth > 24 || !d.mark(n) {
		d.fail()
		return true
	}
	b := d.read(n)
	if b == nil {
		return true
	}
	inner, more := d.leaf(n, b, depth, f)
	if more && inner && !d.stale {
		at := sqliteHead(n)
		return d.walk(int64(binary.BigEndian.Uint32(b[at+8:])), depth+1, f)
	}
	return more
}

// sqliteHead is where the head of page n begins.
func sqliteHead(n int64) int {
	if n == 1 {
		return 100
	}
	return 0
}

// leaf reads the cells of a page, of whatever kind, and notes its gaps.
func (d *sqliteDB) leaf(n int64, b []byte, depth int, f func(id int64) bool) (inner, more bool) {
	at := sqliteHead(n)
	kind, count := b[at], int(binary.BigEndian.Uint16(b[at+3:]))
	head := at + 8
	inner = kind == sqliteIndexInner || kind == sqliteTableInner
	if inner {
		head += 4
	} else if kind != sqliteIndexLeaf && kind != sqliteTableLeaf {
		d.fail()
		d.gap((n-1)*d.page, n*d.page)
		return false, true
	}
	if head+2*count > int(d.usable) {
		d.fail()
		count = (int(d.usable) - head) / 2
	}
	used := make([][2]int, 0, count+1)
	used = append(used, [2]int{0, head + 2*count})
	sum, cells := head+2*count, 0
	for i := range count {
		cell := int(binary.BigEndian.Uint16(b[head+2*i:]))
		if cell < head || cell >= int(d.usable) {
			d.fail()
			continue
		}
		end, more := d.cell(b[:d.usable], cell, kind, depth, f)
		used = append(used, [2]int{cell, end})
		cells += max(4, end-cell)
		if sum += end - cell; sum > len(b) { // cells that lie over each other
			d.fail()
			break
		}
		if !more {
			return inner, false
		}
	}
	if !d.stale {
		d.gaps((n-1)*d.page, len(b), used)
		start := int(binary.BigEndian.Uint16(b[at+5:]))
		if start == 0 {
			start = 65536
		}
		if start+cells+d.freeBlocks(b, at)+int(b[at+7]) != int(d.usable) { // a row is missing
			d.fail()
		}
	}
	return inner, d.work(int64(100*count) + d.page)
}

// cell reads one cell, and the child it leads to before its own row.
func (d *sqliteDB) cell(b []byte, i int, kind byte, depth int, f func(int64) bool) (end int, more bool) {
	if kind == sqliteIndexInner || kind == sqliteTableInner {
		if i+4 > len(b) {
			d.fail()
			return len(b), true
		}
		if !d.stale && !d.walk(int64(binary.BigEndian.Uint32(b[i:])), depth+1, f) {
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
	d.record(payload)
	more = f(id)
	d.free(d.grown)
	d.grown = 0
	return end, more
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
		d.fail()
		return b[min(i, len(b)):], len(b)
	}
	end = i + int(local)
	payload = b[i:end:end]
	if size == local {
		return payload, end
	}
	if end+4 > len(b) {
		d.fail()
		return payload, len(b)
	}
	return d.overflow(payload, int64(binary.BigEndian.Uint32(b[end:])), size), end + 4
}

// overflow appends the bytes that stand on pages of their own, up to size. A
// page that was reached before is a loop.
func (d *sqliteDB) overflow(payload []byte, next, size int64) []byte {
	for int64(len(payload)) < size {
		if d.stale {
			d.spilt++
		}
		if next == 0 || d.reached(next) || d.spilt > d.pages {
			d.fail()
			break
		}
		if len(payload)+int(d.page) > cap(payload) {
			grow := int64(len(payload)) + d.page
			if int64(len(payload))+grow > d.l.Memory/2 || !d.hold(grow) {
				if !d.stale { // what was deleted comes as it lies, too
					d.Miss(inspect.GapLimitBytes, size-int64(len(payload)))
				}
				break
			}
			d.grown += grow
			payload = slices.Grow(payload, int(grow))
		}
		p := d.read(next)
		if p == nil {
			break
		}
		if !d.stale {
			d.mark(next)
		}
		take := min(size-int64(len(payload)), d.usable-4)
		payload = append(payload, p[4:4+take]...)
		d.gap((next-1)*d.page+4+take, next*d.page)
		next = int64(binary.BigEndian.Uint32(p))
	}
	return payload
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
