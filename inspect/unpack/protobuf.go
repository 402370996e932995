package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Protobuf opens a message of protocol buffers without its schema. It gives
// out one part, "fields": each string on its line, each number of 11 to 19
// digits as decimal digits on its line, an empty line behind each message
// within. Bytes that are neither text nor a message stand there as they are, so
// nothing is left out; where the message breaks off the rest stands there raw
// and is Missed as broken. Text that could be a message as well is given out as
// text.
//
// BUG(protobuf): a number in zigzag form (sint64) is given out as it is stored.
// BUG(protobuf): strings and numbers of one person stand on lines of their own.
func Protobuf(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		n := min(size, l.Memory/2)
		b := make([]byte, n)
		k, _ := r.ReadAt(b, 0)
		if !m.Begin([]byte("fields"), decode.Span{To: size}) {
			return
		}
		p := &protobuf{m: m}
		done := p.message(b[:k], 0)
		p.flush()
		if done < k {
			m.Write(b[done:k])
		}
		switch {
		case n < size:
			m.Miss(inspect.GapLimitBytes, size-n)
		case done < k || int64(k) < size:
			m.Miss(inspect.GapBroken, size-int64(done))
		}
	})
}

// protobufDepth is how deep messages may stand in each other.
const protobufDepth = 32

// protobuf walks a message and gathers lines.
type protobuf struct {
	m   *meter
	out []byte
}

func (p *protobuf) flush() bool {
	ok := p.m.Write(p.out)
	p.out = p.out[:0]
	return ok
}

// protoField is one field: its wire type, its number as an integer or its bytes.
type protoField struct {
	num  uint64
	wire byte
	v    uint64
	data []byte
}

// nextField cuts one field off b; n is 0 where none begins there.
func nextField(b []byte) (f protoField, n int) {
	tag, n := binary.Uvarint(b)
	if n <= 0 || tag>>3 == 0 || tag>>3 >= 1<<29 {
		return f, 0
	}
	f.num, f.wire = tag>>3, byte(tag&7)
	rest := b[n:]
	switch f.wire {
	case 0:
		v, k := binary.Uvarint(rest)
		if k <= 0 {
			return f, 0
		}
		f.v = v
		return f, n + k
	case 1:
		if len(rest) < 8 {
			return f, 0
		}
		f.v = binary.LittleEndian.Uint64(rest)
		return f, n + 8
	case 2:
		size, k := binary.Uvarint(rest)
		if k <= 0 || size > uint64(len(rest)-k) {
			return f, 0
		}
		f.data = rest[k : k+int(size)]
		return f, n + k + int(size)
	case 3, 4: // marks around a group
		return f, n
	case 5:
		if len(rest) < 4 {
			return f, 0
		}
		return f, n + 4
	}
	return f, 0
}

// isMessage tells whether all of b is fields.
func isMessage(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	for len(b) > 0 {
		f, n := nextField(b)
		if n == 0 || f.num > 1<<18 {
			return false
		}
		b = b[n:]
	}
	return true
}

// message writes the fields of b and says how far they go.
func (p *protobuf) message(b []byte, depth int) (done int) {
	for done < len(b) && !p.m.stopped {
		f, n := nextField(b[done:])
		if n == 0 {
			return done
		}
		done += n
		switch f.wire {
		case 0, 1:
			// Of the fixed ones those above 1e18 are floating point numbers.
			if f.v >= 1e10 && (f.wire == 0 && f.v < 1e19 || f.v < 1e18) {
				p.out = append(strconv.AppendUint(p.out, f.v, 10), '\n')
			}
		case 2:
			p.bytes(f.data, depth)
		}
		if len(p.out) > chunk && !p.flush() {
			return len(b)
		}
	}
	return done
}

// bytes writes what a field with a length holds.
func (p *protobuf) bytes(b []byte, depth int) {
	switch {
	case len(b) == 0:
	case isPlainText(b):
		p.out = append(append(p.out, b...), '\n')
	case depth < protobufDepth && isMessage(b):
		p.message(b, depth+1)
		p.out = append(p.out, '\n')
	default:
		p.out = append(append(p.out, b...), '\n')
		p.packed(b)
	}
}

// packed writes the long numbers of a packed list.
func (p *protobuf) packed(b []byte) {
	from := len(p.out)
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			p.out = p.out[:from]
			return
		}
		if v >= 1e10 && v < 1e19 {
			p.out = append(strconv.AppendUint(p.out, v, 10), '\n')
		}
		b = b[n:]
	}
}

// isPlainText tells UTF-8 without control characters.
func isPlainText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return utf8.Valid(b)
}

// LooksLikeProtobuf tells a message by its first bytes. There is no mark to
// know it by, so it asks for much: two fields or more with low numbers that
// follow each other to the end of head, text or a message in one of them, and
// something in between that no text has. A short head says less: give 512
// bytes or all there are.
func LooksLikeProtobuf(head []byte) bool {
	if len(head) < 4 || isPlainText(head) || bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	fields, words := 0, 0
	for b := head; len(b) > 0; fields++ {
		f, n := nextField(b)
		if n == 0 {
			// The last field may go on behind the head.
			tag, k := binary.Uvarint(b)
			open := k > 0 && tag&7 == 2 && tag>>3 > 0 && tag>>3 < 256 && len(head) >= 256
			return open && fields >= 3 && words >= 2 || open && fields == 0 && opensMessage(b[k:])
		}
		if f.num > 255 || f.wire == 3 || f.wire == 4 {
			return false
		}
		if f.wire == 2 && len(f.data) > 1 {
			if !isPlainText(f.data) && !isMessage(f.data) {
				return false
			}
			words++
		}
		b = b[n:]
	}
	return fields >= 2 && words >= 1
}

// opensMessage tells a first field whose message goes on behind the head.
func opensMessage(b []byte) bool {
	if _, n := binary.Uvarint(b); n > 0 {
		words := 0
		for b = b[n:]; len(b) > 0; {
			f, n := nextField(b)
			if n == 0 {
				return words >= 2
			}
			if f.num > 255 || f.wire == 3 || f.wire == 4 || f.wire == 2 && len(f.data) > 1 && !isPlainText(f.data) && !isMessage(f.data) {
				return false
			}
			if f.wire == 2 && len(f.data) > 1 {
				words++
			}
			b = b[n:]
		}
		return words >= 2
	}
	return false
}
