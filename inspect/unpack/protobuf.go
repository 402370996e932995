package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Protobuf opens messages of protocol buffers without their schema: one, one
// behind the other with their lengths in front, or in the frames of gRPC. Its
// parts:
//
//   - "fields": a line for each message, its strings and its numbers of 11 to
//     19 digits joined by TAB; a message within stands on a line of its own, and
//     a field that comes again begins a new one. Bytes that are neither text nor
//     a message stand there as they are, and numbers that may be packed in them
//     behind them. Text that could be a message as well is given out as text,
//     and its numbers behind it;
//   - "bytes": each field that begins like something else, such as a picture
//     or compressed text, and each text of many lines.
//
// Where a message breaks off the rest stands there as it is and is Missed as
// broken. A frame of gRPC that is compressed in a way that its bytes do not
// tell is Missed as unknown.
func Protobuf(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() { protobufOpen(m, r, size, l) })
	m.end()
}

func protobufOpen(m *meter, r io.ReaderAt, size int64, l Limits) {
	n := min(size, l.Memory/2)
	if !m.hold(n) {
		m.Miss(inspect.GapLimitBytes, -1)
		return
	}
	b := make([]byte, n)
	k, _ := r.ReadAt(b, 0)
	if !m.Begin([]byte("fields"), decode.Span{To: size}) {
		return
	}
	p := &protobuf{m: m, all: b[:k]}
	done := p.messages(b[:k])
	p.newline()
	if p.flush(); done < k {
		m.Write(b[done:k])
	}
	switch {
	case n < size:
		m.Miss(inspect.GapLimitBytes, size-n)
	case done < k || int64(k) < size:
		m.Miss(inspect.GapBroken, size-int64(done))
	}
	for _, b := range p.aside {
		if m.stopped || !m.Begin([]byte("bytes"), decode.Span{To: size}) || !m.Write(b) {
			return
		}
	}
}

// protobufDepth is how deep messages may stand in each other.
const protobufDepth = 32

// protobuf walks messages and gathers lines.
type protobuf struct {
	m     *meter
	all   []byte
	out   []byte
	begun int      // where the line in hand begins
	used  []uint64 // fields that stand on it
	aside [][]byte
}

func (p *protobuf) flush() bool {
	ok := p.m.Write(p.out)
	p.out, p.begun = p.out[:0], 0
	return ok
}

// newline ends the line in hand, if there is one.
func (p *protobuf) newline() {
	if len(p.out) > p.begun {
		p.out = append(p.out, '\n')
	}
	p.begun, p.used = len(p.out), p.used[:0]
	if len(p.out) > chunk {
		p.flush()
	}
}

// cell begins a cell for a field.
func (p *protobuf) cell(num uint64) {
	if len(p.used) > 64 || slices.Contains(p.used, num) {
		p.newline()
	}
	if len(p.out) > p.begun {
		p.out = append(p.out, '\t')
	}
	p.used = append(p.used, num)
}

// messages writes all messages of b and says how far they go.
func (p *protobuf) messages(b []byte) (done int) {
	if frames(b, 5, grpcFrame) {
		for done < len(b) {
			n := 5 + int(binary.BigEndian.Uint32(b[done+1:]))
			if body := b[done+5 : done+n]; b[done] == 0 {
				if k := p.message(body, 0); k < len(body) {
					return done + 5 + k
				}
			} else {
				p.compressed(body)
			}
			done += n
			p.newline()
		}
		return done
	}
	if !isMessage(b) && frames(b, 1, delimited) {
		for done < len(b) {
			size, n := binary.Uvarint(b[done:])
			p.message(b[done+n:done+n+int(size)], 0)
			done += n + int(size)
			p.newline()
		}
		return done
	}
	return p.message(b, 0)
}

// frames reports whether b is frames from end to end, as next tells them; next
// answers 0 where none begins.
func frames(b []byte, least int, next func([]byte) int) bool {
	if len(b) < least {
		return false
	}
	for len(b) > 0 {
		n := next(b)
		if n == 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// grpcFrame is how long the frame is that begins b: a flag, a length, a message.
func grpcFrame(b []byte) int {
	if len(b) < 5 || b[0] > 1 || int64(binary.BigEndian.Uint32(b[1:])) > int64(len(b)-5) {
		return 0
	}
	return 5 + int(binary.BigEndian.Uint32(b[1:]))
}

// delimited is how long the message is that begins b with its length.
func delimited(b []byte) int {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) || size > 0 && !isMessage(b[n:n+int(size)]) {
		return 0
	}
	return n + int(size)
}

// compressed keeps what is read by the mark that it begins with.
func (p *protobuf) compressed(b []byte) {
	if !sniffed(b) {
		p.m.Miss(inspect.GapUnknownFormat, int64(len(b)))
	}
	p.aside = append(p.aside, b)
}

// sniffed tells bytes that begin like something that is opened or refused.
func sniffed(b []byte) bool {
	return len(b) >= 8 && (decode.Sniff(b[:min(len(b), 512)]) != decode.Plain || decode.IsZlib(b) ||
		bytes.HasPrefix(b, []byte("SQLite f")) || bytes.HasPrefix(b, []byte("PAR1")) || bytes.HasPrefix(b, []byte("bplist")))
}

// message writes the fields of b and says how far they go.
func (p *protobuf) message(b []byte, depth int) (done int) {
	for done < len(b) && p.m.work(50) {
		f, n := nextField(b[done:])
		if n == 0 {
			return done
		}
		done += n
		switch f.wire {
		case 0, 1:
			p.number(&f)
		case 2:
			p.bytes(&f, depth)
		}
	}
	if p.m.stopped {
		return len(p.all)
	}
	return done
}

// number writes a number that is long enough for an identifier. Of the fixed
// ones those above 1e18 are floating point numbers; a varint may be that of a
// sint64, which is half of it.
func (p *protobuf) number(f *protoField) {
	switch {
	case f.v >= 1e10 && f.v < 1e18 || f.wire == 0 && f.v >= 1e10 && f.v < 1e19:
		p.cell(f.num)
		if p.out = strconv.AppendUint(p.out, f.v, 10); f.wire == 0 && f.v >= 26e9 && f.v&1 == 0 {
			p.out = strconv.AppendUint(append(p.out, '\t'), f.v/2, 10)
		}
	case f.wire == 1:
		if v := math.Float64frombits(f.v); math.Abs(v) >= 1e9 && math.Abs(v) < 1e19 {
			p.cell(f.num)
			p.out = sheetFloat(p.out, v, 64)
		}
	}
}

// bytes writes what a field with a length holds.
func (p *protobuf) bytes(f *protoField, depth int) {
	b := f.data
	if len(b) == 0 || !p.m.work(10*int64(len(b))) {
		return
	}
	text := isCell(b)
	message := depth < protobufDepth && isMessage(b)
	switch {
	case text && (!message || isPlainText(b)):
		p.cell(f.num)
		p.out = asLine(p.out, b)
		if message && !isASCII(b) {
			p.newline()
			p.message(b, depth+1)
			p.newline()
		}
		p.packed(b, 13e9, 2e10) // longer ones are words in UTF-8
	case isPlainText(b) && !message:
		p.aside = append(p.aside, b)
	case message:
		p.newline()
		if text {
			p.out = append(asLine(p.out, b), '\n')
		}
		p.message(b, depth+1)
		p.newline()
	case sniffed(b):
		p.aside = append(p.aside, b)
		p.packed(b, 1e10, 1e19)
	default:
		p.newline()
		p.out = append(append(p.out, b...), '\n')
		p.packed(b, 1e10, 1e19)
	}
}

// packed writes the numbers from least to most of a packed list, if b may be
// one, each on a line. Of what is a list at least half is such numbers: in a
// digest or a key some would be by chance.
func (p *protobuf) packed(b []byte, least, most uint64) {
	from, size := len(p.out), 0
	for rest := b; len(rest) > 0; {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			size = 0
			break
		}
		if v >= least && v < most {
			p.out = strconv.AppendUint(append(p.out, '\n'), v, 10)
			size += n
		}
		rest = rest[n:]
	}
	if 2*size < len(b) {
		p.out = p.out[:from]
	}
	fixed, size := len(p.out), 0
	for i := 0; len(b)%8 == 0 && i < len(b); i += 8 {
		v := binary.LittleEndian.Uint64(b[i:])
		if f := math.Float64frombits(v); v >= least && v < min(most, 1e18) {
			p.out = strconv.AppendUint(append(p.out, '\n'), v, 10)
			size += 8
		} else if least < 13e9 && f >= 1e10 && f < 1e18 && f == math.Trunc(f) {
			p.out = strconv.AppendFloat(append(p.out, '\n'), f, 'f', 0, 64)
			size += 8
		}
	}
	if 2*size < len(b) {
		p.out = p.out[:fixed]
	}
	if len(p.out) > from {
		p.newline()
	}
}
