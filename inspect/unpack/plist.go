package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Plist opens a binary property list of Apple, "bplist00", in the parts that
// items tells: from the top object on, then objects to which nothing leads. In
// an archive of NSKeyedArchiver what a reference stands for is in its place.
// Bytes that are no object come out without a name, as they lie, and are
// Missed as broken, as are those of two. Where the trailer or an object is not
// sound, all comes out so; of the formats 15 to 17, which have no trailer, it is
// Missed as unknown.
func Plist(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		b := m.load(r, size, l)
		if len(b) == 0 {
			return
		}
		p := &plist{items: &items{meter: m, at: decode.Span{To: size}, most: max(l.Entries, 1<<16)}, b: b}
		switch {
		case !bytes.HasPrefix(b, []byte(plistMagic)):
			m.Miss(inspect.GapUnknownFormat, -1)
		case p.trailer() && p.open():
			return
		default:
			m.Miss(inspect.GapBroken, -1)
		}
		m.raw(r, 0, int64(len(b)))
	})
	m.end()
}

const (
	plistMagic = "bplist00"
	plistDepth = 128
	plistAgain = 64 // a longer text comes out only once, however often it is referred to
)

// plist is an open property list.
type plist struct {
	*items
	b       []byte
	table   int // where the offsets of the objects stand
	wide    int // bytes of an offset
	ref     int // bytes of a number of an object
	count   int
	top     int
	seen    []bool // objects that came out
	objects []byte // the list that references of an archive go into, as numbers of objects
	known   ledger
}

// trailer reads the last 32 bytes.
func (p *plist) trailer() bool {
	n := len(p.b) - 32
	if n < len(plistMagic) {
		return false
	}
	t := p.b[n:]
	p.wide, p.ref = int(t[6]), int(t[7])
	count, top, table := binary.BigEndian.Uint64(t[8:]), binary.BigEndian.Uint64(t[16:]), binary.BigEndian.Uint64(t[24:])
	if p.wide < 1 || p.wide > 8 || p.ref < 1 || p.ref > 8 || table > uint64(n) || count > (uint64(n)-table)/uint64(p.wide) || top >= count {
		return false
	}
	p.count, p.top, p.table = int(count), int(top), int(table)
	p.known.know(0, int64(len(plistMagic)))
	p.known.know(int64(table), int64(p.table+p.count*p.wide))
	p.known.know(int64(n), int64(len(p.b)))
	return true
}

// open gives out all objects. It answers false if one is not sound.
func (p *plist) open() bool {
	if !p.hold(17 * int64(p.count)) {
		p.Miss(inspect.GapLimitBytes, -1)
		return true
	}
	p.seen = make([]bool, p.count)
	if !p.begin() {
		return true
	}
	p.archive()
	ok := p.object(p.top, 0)
	for i := 0; ok && i < p.count && p.work(20); i++ {
		if !p.seen[i] {
			p.newline()
			ok = p.object(i, 0)
		}
	}
	if p.stopped {
		return true
	}
	p.done()
	odd := int64(0)
	p.known.rest(int64(len(p.b)), func(from, to int64) bool {
		if len(bytes.Trim(p.b[from:to], "\x00")) > 0 {
			odd += to - from
		}
		return p.raw(bytes.NewReader(p.b), from, to)
	})
	for i, last := 1, p.known.known[0]; i < len(p.known.known); i++ {
		next := p.known.known[i]
		odd += max(last.To-next.From, 0)
		last = next
	}
	if odd > 0 && ok { // objects stand side by side, if their lengths are right
		p.Miss(inspect.GapBroken, odd)
	}
	return ok
}

// number reads a number of n bytes.
func number(b []byte, n int) (v uint64) {
	for _, c := range b[:n] {
		v = v<<8 | uint64(c)
	}
	return v
}

// find cuts object i: its kind, how many units it has, and where they begin.
func (p *plist) find(i int) (kind byte, n, at int, ok bool) {
	from := number(p.b[p.table+i*p.wide:], p.wide)
	if from < uint64(len(plistMagic)) || from >= uint64(p.table) {
		return 0, 0, 0, false
	}
	at = int(from) + 1
	kind, n = p.b[from]>>4, int(p.b[from]&15)
	if n == 15 && kind > 3 && kind != 8 {
		if p.b[at]>>4 != 1 || p.b[at]&15 > 3 || at+1+1<<(p.b[at]&15) > p.table {
			return 0, 0, 0, false
		}
		k := 1 << (p.b[at] & 15)
		v := number(p.b[at+1:], k)
		if v > uint64(p.table) {
			return 0, 0, 0, false
		}
		n, at = int(v), at+1+k
	}
	unit := 1
	switch kind {
	case 0:
		n = 0
	case 1, 2:
		if n > 4 {
			return 0, 0, 0, false
		}
		n = 1 << n
	case 3:
		n = 8
	case 4, 5, 7:
	case 6:
		unit = 2
	case 8:
		n++
	case 10, 11, 12:
		unit = p.ref
	case 13:
		unit = 2 * p.ref
	default:
		return 0, 0, 0, false
	}
	if n > (p.table-at)/unit {
		return 0, 0, 0, false
	}
	return kind, n, at, true
}

// plistEpoch is the first second of 2001, from which dates count.
const plistEpoch = 978307200

// plistScalar appends what a number or a date stands for.
func plistScalar(dst []byte, kind byte, b []byte) []byte {
	switch {
	case kind == 2 && len(b) == 4:
		return sheetFloat(dst, float64(math.Float32frombits(binary.BigEndian.Uint32(b))), 32)
	case kind == 2 && len(b) == 8:
		return sheetFloat(dst, math.Float64frombits(binary.BigEndian.Uint64(b)), 64)
	case kind == 3:
		v := math.Float64frombits(binary.BigEndian.Uint64(b))
		if a := math.Abs(v); a < 1e11 && (a > 1 || a == 0) {
			return time.Unix(plistEpoch+int64(v), 0).UTC().AppendFormat(dst, time.DateTime)
		}
		return strconv.AppendUint(dst, binary.BigEndian.Uint64(b), 10) // none: it may be a number
	case kind == 1 && len(b) == 8:
		return strconv.AppendInt(dst, int64(binary.BigEndian.Uint64(b)), 10)
	}
	return new(big.Int).SetBytes(b).Append(dst, 10)
}
