package unpack

import (
	"encoding/binary"
	"strconv"
)

// sst reads the shared strings (MS-XLS 2.4.265). They run on into the records
// behind; where that cuts the characters of a string, the next record says
// anew how wide they are.
func (b *biffBook) sst() {
	p := b.data[8:]
	s := &b.strings
	s.name, s.span = []byte(b.e.name), b.s.span()
	count := int(binary.LittleEndian.Uint32(b.data[4:]))
	for range count {
		if b.f.o.stopped || s.cut {
			return
		}
		head, ok := b.sstTake(&p, 3)
		if !ok {
			return
		}
		n, flags := int(binary.LittleEndian.Uint16(head)), head[2]
		skip := 0
		if flags&8 != 0 {
			if head, ok = b.sstTake(&p, 2); !ok {
				return
			}
			skip = 4 * int(binary.LittleEndian.Uint16(head))
		}
		if flags&4 != 0 {
			if head, ok = b.sstTake(&p, 4); !ok {
				return
			}
			skip += int(min(binary.LittleEndian.Uint32(head), 1<<24))
		}
		if !b.sstChars(&p, n, flags&1 != 0) {
			return
		}
		s.close(b.aside, b.f.o)
		if len(s.ends) > 64*len(s.used) {
			s.used = append(s.used, 0)
		}
		for skip > 0 {
			k := min(skip, len(p))
			if skip, p = skip-k, p[k:]; skip > 0 && !b.sstMore(&p) {
				return
			}
		}
	}
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

func (b *biffBook) sstChars(p *[]byte, n int, wide bool) bool {
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
		b.strings.add(b.buf, b.aside, b.f.o)
		n, *p = n-k, (*p)[k*size:]
	}
	return true
}

// shared returns the shared string of that number.
func (b *biffBook) shared(i uint32) []byte {
	s := &b.strings
	if int64(i) >= int64(len(s.ends)) {
		return strconv.AppendUint(b.buf[:0], uint64(i), 10)
	}
	s.used[i/64] |= 1 << (i % 64)
	return s.get(int(i))
}
