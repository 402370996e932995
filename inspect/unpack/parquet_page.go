package unpack

import (
	"encoding/binary"
	"math/bits"

	"github.com/datacustoms/customs/inspect"
)

// parquetCursor goes through the pages of a chunk, entry by entry. An entry is
// a value or the lack of one.
type parquetCursor struct {
	p       *parquetFile
	c       *parquetColumn
	codec   int64
	off     int64 // the next page
	end     int64
	dict    *parquetDictionary
	held    int64 // for the page in hand
	reps    parquetRuns
	defs    parquetRuns
	values  parquetValues
	want    int64 // entries that the footer says are still to come
	rows    int64 // begun
	left    int64 // entries of the page
	rep     int64 // of the entry in hand
	present bool
	value   []byte
	ready   bool // an entry is in hand
	bad     inspect.GapReason
}

// next takes the next entry in hand.
func (k *parquetCursor) next() {
	for k.ready = false; !k.ready; {
		if k.left == 0 {
			k.endPage()
			if k.bad != "" && k.bad != inspect.GapBroken || k.off >= k.end || k.p.stopped {
				return
			}
			k.load()
			continue
		}
		k.left--
		if k.ready = k.entry(); !k.ready { // the others of the page cannot be told
			k.fail(inspect.GapBroken)
			k.left = 0
		}
	}
}

// entry reads one entry of the page.
func (k *parquetCursor) entry() (ok bool) {
	ok, k.rep, k.present = true, 0, true
	if k.c.reps > 0 {
		k.rep, ok = k.level(&k.reps)
	}
	if k.c.defs > 0 && ok {
		var def int64
		def, ok = k.level(&k.defs)
		k.present = def == k.c.defs
	}
	if k.present && ok {
		k.value, ok = k.values.next()
	}
	if k.want--; k.rep == 0 {
		k.rows++
	}
	return ok
}

func (k *parquetCursor) level(r *parquetRuns) (int64, bool) {
	v, ok := r.next()
	return int64(v), ok
}

// fail notes why not all of the chunk was read.
func (k *parquetCursor) fail(reason inspect.GapReason) {
	if k.bad == "" {
		k.bad = reason
	}
}

// endPage looks for what stands behind the values and lets the page go.
func (k *parquetCursor) endPage() {
	if k.values != nil {
		if rest := k.values.rest(); len(rest) > 8 {
			k.p.note(rest)
		}
	}
	k.p.free(k.held)
	k.held, k.values = 0, nil
}

// close lets all go; values of the dictionary that nobody used are noted.
func (k *parquetCursor) close() {
	k.left = 0
	k.endPage()
	k.dropDict()
}

func (k *parquetCursor) dropDict() {
	if d := k.dict; d != nil {
		for i, used := range d.used {
			if v, ok := d.value(uint64(i)); ok && !used {
				k.p.noteValue(k.c, v)
			}
		}
		k.p.free(d.held)
		k.dict = nil
	}
}

// pageHead reads the head of the page at off, and how long it is; 0 if it
// cannot be read.
func (p *parquetFile) pageHead(off, end int64) (h pageHead, n int64) {
	for size := int64(512); ; size *= 32 {
		if !p.work(2 * size) {
			return h, 0
		}
		b := make([]byte, min(size, end-off))
		k, _ := p.r.ReadAt(b, off)
		t := thriftWalk{b: b[:k], most: 1 << 16}
		if h = t.pageHead(); t.bad == "" {
			n = int64(t.i)
			if h.packed < 0 || h.size < 0 || h.values < 0 || h.reps < 0 || h.defs < 0 || h.packed > end-off-n || h.reps+h.defs > h.packed {
				return h, 0
			}
			return h, n
		}
		if size > end-off || size > 1<<20 {
			return h, 0
		}
	}
}

// load reads the next page.
func (k *parquetCursor) load() {
	h, n := k.p.pageHead(k.off, k.end)
	if n == 0 {
		k.fail(inspect.GapBroken)
		k.off = k.end
		return
	}
	from := k.off + n
	k.off = from + h.packed
	for _, v := range h.stats {
		k.p.noteValue(k.c, v)
	}
	levels := h.reps + h.defs
	most := h.packed + h.size + 64
	if most > k.p.l.Memory/2 || !k.p.hold(most) {
		k.fail(inspect.GapLimitBytes)
		return
	}
	k.held = most
	b := make([]byte, h.packed)
	if got, _ := k.p.r.ReadAt(b, from); int64(got) < h.packed {
		k.fail(inspect.GapBroken)
		return
	}
	front, b := b[:levels], b[levels:]
	if k.codec != parquetUnpacked && !h.plain && (len(b) > 0 || h.size > levels) {
		var reason inspect.GapReason
		if b, reason = k.p.unpack(k.codec, b, max(0, h.size-levels)); reason != "" {
			k.fail(reason)
		}
	}
	switch h.kind {
	case parquetDict:
		k.dictionary(b, h.values)
	case parquetPage:
		k.page(&h, b)
	case parquetPageV2:
		k.reps = parquetRuns{b: front[:h.reps], width: uint(bits.Len64(uint64(k.c.reps)))}
		k.defs = parquetRuns{b: front[h.reps:], width: uint(bits.Len64(uint64(k.c.defs)))}
		k.begin(&h, b)
	default:
		k.p.note(b)
	}
}

// page takes the levels in front of a page of the first version.
func (k *parquetCursor) page(h *pageHead, b []byte) {
	for i, most := range []int64{k.c.reps, k.c.defs} {
		if most == 0 {
			continue
		}
		if h.defEncoding != parquetRLE || len(b) < 4 || int64(binary.LittleEndian.Uint32(b)) > int64(len(b)-4) {
			k.fail(inspect.GapBroken)
			k.p.note(b)
			return
		}
		n := int(binary.LittleEndian.Uint32(b))
		runs := parquetRuns{b: b[4 : 4+n], width: uint(bits.Len64(uint64(most)))}
		b = b[4+n:]
		if i == 0 {
			k.reps = runs
		} else {
			k.defs = runs
		}
	}
	k.begin(h, b)
}

// begin opens the values of a page.
func (k *parquetCursor) begin(h *pageHead, b []byte) {
	values, reason := k.c.values(h.encoding, b, h.values, k.dict)
	if reason != "" {
		if h.values > 0 {
			k.fail(reason)
		}
		k.p.note(b)
		return
	}
	k.values, k.left = values, h.values
}

// dictionary takes the values of a dictionary page.
func (k *parquetCursor) dictionary(b []byte, n int64) {
	k.dropDict()
	d := &parquetDictionary{b: b, width: k.c.width, held: k.held}
	k.held = 0
	k.dict = d
	list := parquetPlainList{b: b, width: k.c.width}
	n = min(n, int64(len(b)))
	if !k.p.hold(5 * n) {
		k.fail(inspect.GapLimitBytes)
		return
	}
	d.held += 5 * n
	for range n {
		at := len(b) - len(list.b)
		if _, ok := list.next(); !ok {
			k.fail(inspect.GapBroken)
			break
		}
		d.used = append(d.used, false)
		if d.width == 0 {
			d.at = append(d.at, uint32(at))
		}
	}
	if len(list.b) > 0 {
		k.p.note(list.b)
	}
}
