package unpack

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Numbers of MS-CFB 2.1 and 2.2.
const (
	oleEnd    = 0xfffffffe // end of a chain
	oleMaxSec = 0xfffffffa // sectors have lower numbers
	oleHeader = 512
	oleSmall  = 64 // bytes of a mini sector
)

var oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// oleFile is a compound file.
type oleFile struct {
	r       io.ReaderAt
	size    int64
	o       *officeOut
	sector  int64 // bytes of one
	cutoff  int64 // streams below lie in mini sectors
	fat     []uint32
	small   []uint32 // the FAT of the mini sectors
	used    []uint64 // bits: the sector belongs to something
	smalls  []uint64 // the same for mini sectors
	mini    *oleStream
	tables  []uint32   // sectors of the FAT and of its list
	table   *oleStream // the FAT of the mini sectors
	dir     *oleStream
	entries []oleEntry
}

// open reads the tables. A reason with entries says that something is broken
// and the rest can be read.
func (f *oleFile) open() (reason inspect.GapReason) {
	var h [oleHeader]byte
	if _, err := f.r.ReadAt(h[:], 0); err != nil || !bytes.HasPrefix(h[:], oleMagic) {
		return inspect.GapBroken
	}
	le := binary.LittleEndian
	shift := le.Uint16(h[30:])
	if shift < 7 || shift > 16 {
		return inspect.GapBroken
	}
	f.sector, f.cutoff = 1<<shift, int64(le.Uint32(h[56:]))
	if le.Uint16(h[28:]) != 0xfffe || le.Uint16(h[32:]) != 6 || f.cutoff != 4096 {
		reason = inspect.GapBroken // no other numbers are allowed
	}
	count := (f.size + f.sector - 1) / f.sector // one more than there are
	if !f.o.hold(int(min(count*30, 1<<40))) {
		return inspect.GapLimitBytes
	}
	f.used = make([]uint64, count/64+1)
	if !f.readFAT(h[:], count) {
		reason = inspect.GapBroken
	}
	f.dir = f.chain(le.Uint32(h[48:]), -1)
	if f.dir.broken {
		reason = inspect.GapBroken
	}
	if r := f.readDirectory(f.dir); r != "" {
		reason = r
	}
	if len(f.entries) == 0 {
		return inspect.GapBroken
	}
	if !f.openMini(le.Uint32(h[60:])) {
		reason = inspect.GapBroken
	}
	return reason
}

// openMini reads the FAT of the mini sectors.
func (f *oleFile) openMini(first uint32) (ok bool) {
	root := &f.entries[0]
	f.mini = f.chain(root.start, root.size)
	f.table = f.chain(first, -1)
	ok = !f.mini.broken && !f.table.broken
	if n := f.mini.size / oleSmall; f.table.size > 0 && n > 0 {
		b := make([]byte, min(f.table.size, (n+1)*4))
		k, _ := f.table.ReadAt(b, 0)
		ok = ok && k == len(b)
		f.small = numbers(b[:k])
	}
	f.smalls = make([]uint64, len(f.small)/64+1)
	return ok
}

// readFAT reads the sectors of the FAT that the header and the DIFAT name.
func (f *oleFile) readFAT(h []byte, count int64) (ok bool) {
	ok = true
	table := numbers(h[76:oleHeader])
	next := binary.LittleEndian.Uint32(h[68:])
	buf := make([]byte, f.sector)
	for {
		for _, s := range table {
			if s >= oleMaxSec || int64(len(f.fat)) >= count {
				continue
			}
			if !f.sectorAt(s, buf) || !f.take(f.used, s) {
				ok = false
				continue
			}
			f.tables = append(f.tables, s)
			f.fat = append(f.fat, numbers(buf)...)
		}
		if next >= oleMaxSec {
			return ok
		}
		if !f.sectorAt(next, buf) || !f.take(f.used, next) {
			return false
		}
		f.tables = append(f.tables, next)
		table = numbers(buf)
		next, table = table[len(table)-1], table[:len(table)-1]
	}
}

// numbers reads 32-bit numbers.
func numbers(b []byte) []uint32 {
	n := make([]uint32, len(b)/4)
	for i := range n {
		n[i] = binary.LittleEndian.Uint32(b[i*4:])
	}
	return n
}

// take marks a sector as used. It answers false when there is no such sector
// or it was used before: no sector belongs to two chains.
func (f *oleFile) take(bits []uint64, s uint32) bool {
	i, bit := int(s/64), uint64(1)<<(s%64)
	if i >= len(bits) || bits[i]&bit != 0 {
		return false
	}
	bits[i] |= bit
	return true
}

func (f *oleFile) sectorAt(s uint32, buf []byte) bool {
	at := (int64(s) + 1) * f.sector
	n, _ := f.r.ReadAt(buf, at)
	clear(buf[n:])
	return n > 0 && int64(n) == min(f.sector, f.size-at)
}

// oleStream is the bytes of a chain of sectors.
type oleStream struct {
	r      io.ReaderAt
	runs   []oleRun
	size   int64
	broken bool // the chain ended too early
}

// oleRun is a run of bytes of the file: from at on it holds the stream from
// pos on.
type oleRun struct{ at, pos, n int64 }

func (s *oleStream) add(at, n int64) {
	if k := len(s.runs); k > 0 && s.runs[k-1].at+s.runs[k-1].n == at {
		s.runs[k-1].n += n
	} else {
		s.runs = append(s.runs, oleRun{at, s.size, n})
	}
	s.size += n
}

// span covers the runs of a stream that is in one piece, else the first.
func (s *oleStream) span() decode.Span {
	if len(s.runs) == 0 {
		return decode.Span{}
	}
	return decode.Span{From: s.runs[0].at, To: s.runs[0].at + s.runs[0].n}
}

// ReadAt reads from the stream.
func (s *oleStream) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	lo, hi := 0, len(s.runs)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; s.runs[mid].pos <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	for ; lo < len(s.runs) && n < len(p); lo++ {
		run := s.runs[lo]
		skip := off + int64(n) - run.pos
		want := min(int64(len(p)-n), run.n-skip)
		k, err := s.r.ReadAt(p[n:int64(n)+want], run.at+skip)
		n += k
		if int64(k) < want {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// chain follows a chain of sectors of the file. size < 0 takes all of them.
func (f *oleFile) chain(start uint32, size int64) *oleStream {
	s := &oleStream{r: f.r}
	next := start
	for ; next < oleMaxSec && (size < 0 || s.size < size) && f.o.work(10); next = f.fat[next] {
		at := (int64(next) + 1) * f.sector
		n := min(f.sector, f.size-at)
		if n <= 0 || int64(next) >= int64(len(f.fat)) || !f.take(f.used, next) {
			s.broken = true
			break
		}
		s.add(at, n)
	}
	f.trim(s, size)
	if size < 0 && next != oleEnd && start < oleMaxSec {
		s.broken = true
	}
	return s
}

// trim cuts a stream to its size.
func (f *oleFile) trim(s *oleStream, size int64) {
	if size < 0 {
		return
	}
	if s.size < size {
		s.broken = true
		return
	}
	for over := s.size - size; over > 0; {
		last := &s.runs[len(s.runs)-1]
		n := min(over, last.n)
		last.n -= n
		s.size, over = s.size-n, over-n
		if last.n == 0 {
			s.runs = s.runs[:len(s.runs)-1]
		}
	}
}

// smallChain follows a chain of mini sectors.
func (f *oleFile) smallChain(start uint32, size int64) *oleStream {
	s := &oleStream{r: f.r}
	for next := start; next < oleMaxSec && s.size < size && f.o.work(20); next = f.small[next] {
		pos := int64(next) * oleSmall
		if int64(next) >= int64(len(f.small)) || pos >= f.mini.size || !f.take(f.smalls, next) {
			s.broken = true
			break
		}
		for n := min(oleSmall, f.mini.size-pos); n > 0; {
			at, k := f.mini.place(pos, n)
			if k <= 0 {
				break
			}
			s.add(at, k)
			pos, n = pos+k, n-k
		}
	}
	f.trim(s, size)
	return s
}

// place tells where in the file a piece of the stream lies.
func (s *oleStream) place(pos, n int64) (at, k int64) {
	lo, hi := 0, len(s.runs)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; s.runs[mid].pos <= pos {
			lo = mid
		} else {
			hi = mid
		}
	}
	if lo >= len(s.runs) {
		return 0, 0
	}
	run := s.runs[lo]
	return run.at + pos - run.pos, min(n, run.n-(pos-run.pos))
}
