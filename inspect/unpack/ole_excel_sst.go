package unpack

import (
	"encoding/binary"
	"strconv"

	"github.com/datacustoms/customs/inspect"
)

// sst reads the shared strings (MS-XLS 2.4.265). They run on into the records
// behind; where that cuts the characters of a string, the next record says
// anew how wide they are. How their runs look and are spoken is given out as
// stored.
func (b *biffBook) sst() int {
	p := b.data[8:]
	s := &b.strings
	s.name, s.span = []byte(b.e.name), b.s.span()
	count := int(binary.LittleEndian.Uint32(b.data[4:]))
	sound := true
	for range count {
		if b.f.o.stopped || len(p) == 0 && !b.sstMore(&p) {
			break
		}
		if sound = b.sstString(&p); !sound {
			break
		}
		if len(s.ends) > 64*len(s.used) {
			s.used = append(s.used, 0)
		}
	}
	if !sound || len(s.ends) < count && !s.cut {
		b.f.o.Miss(inspect.GapBroken, int64(len(p)))
	}
	s.used = append(s.used, 0)
	if s.cut {
		s.spill.flush()
		b.flow.main.begun = false // what follows is a part again
	}
	return len(b.data) - len(p)
}

// sstString reads one string.
func (b *biffBook) sstString(p *[]byte) bool {
	head, ok := b.sstTake(p, 3)
	if !ok {
		return false
	}
	n, flags := int(binary.LittleEndian.Uint16(head)), head[2]
	skip := 0
	if flags&8 != 0 {
		if head, ok = b.sstTake(p, 2); !ok {
			return false
		}
		skip = 4 * int(binary.LittleEndian.Uint16(head))
	}
	if flags&4 != 0 {
		if head, ok = b.sstTake(p, 4); !ok {
			return false
		}
		skip += int(min(binary.LittleEndian.Uint32(head), 1<<30))
	}
	add := func(text []byte) { b.strings.add(text, b.aside, b.f.o) }
	if !b.chars(p, n, flags&1 != 0, add) {
		return false
	}
	b.strings.close(b.aside, b.f.o)
	for skip > 0 {
		k := min(skip, len(*p))
		if from := b.pos - int64(len(*p)); k > 0 {
			b.keep(from, from+int64(k))
		}
		*p = (*p)[k:]
		if skip -= k; skip > 0 && !b.sstMore(p) {
			return false
		}
	}
	return true
}

// sstMore goes on in the next record.
func (b *biffBook) sstMore(p *[]byte) bool {
	h, err := b.in.Peek(2)
	if err != nil || binary.LittleEndian.Uint16(h) != biffContinue || !b.next() {
		return false
	}
	*p = b.data
	return true
}

// sstTake takes n bytes; they are good until the next record.
func (b *biffBook) sstTake(p *[]byte, n int) ([]byte, bool) {
	if len(*p) == 0 && !b.sstMore(p) || len(*p) < n {
		return nil, false
	}
	head := (*p)[:n]
	*p = (*p)[n:]
	return head, true
}

// chars reads n characters that may go on in the records behind.
func (b *biffBook) chars(p *[]byte, n int, wide bool, use func([]byte)) bool {
	for n > 0 {
		if len(*p) == 0 {
			if !b.sstMore(p) || len(*p) == 0 {
				return false
			}
			wide = (*p)[0]&1 != 0
			*p = (*p)[1:]
		}
		size := 1
		if wide {
			size = 2
		}
		k := min(n, len(*p)/size)
		if k == 0 {
			return false
		}
		b.buf = biffChars(b.buf[:0], (*p)[:k*size], k, wide)
		use(b.buf)
		n, *p = n-k, (*p)[k*size:]
	}
	return true
}

// shared returns the shared string of that number.
func (b *biffBook) shared(i uint32) []byte {
	s := &b.strings
	if int64(i) >= int64(len(s.ends)) {
		b.dangles = b.dangles || !s.cut
		return strconv.AppendUint(b.buf[:0], uint64(i), 10)
	}
	s.used[i/64] |= 1 << (i % 64)
	return s.get(int(i))
}
