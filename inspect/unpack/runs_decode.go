package unpack

import "github.com/datacustoms/customs/inspect/decode"

// runKind is an alphabet.
type runKind uint8

const (
	notRun runKind = iota
	runBase64
	runBase64URL
	runBase32
	runBase32Hex
	runHex
)

func (k runKind) String() string {
	return [...]string{"", "base64", "base64url", "base32", "base32hex", "hex"}[k]
}

// bits is how many a character of the alphabet stands for.
func (k runKind) bits() uint { return [...]uint{0, 6, 6, 5, 5, 4}[k] }

// runValue gives the value of a character in each alphabet, or a number above
// all of them.
var runValue = func() (t [6][256]byte) {
	for k := range t {
		for c := range t[k] {
			t[k][c] = 0xff
		}
	}
	for c := range 256 {
		if v := base64Value[c]; v < 64 {
			t[runBase64][c], t[runBase64URL][c] = v, v
		}
		t[runHex][c] = hexNibble[c]
	}
	fill := func(k runKind, alphabet string) {
		for i, c := range []byte(alphabet) {
			t[k][c] = byte(i)
			if c >= 'A' {
				t[k][c|0x20] = byte(i)
			}
		}
	}
	fill(runBase32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	fill(runBase32Hex, "0123456789ABCDEFGHIJKLMNOPQRSTUV")
	return t
}()

// The classes of bytes that the search needs.
const (
	isRun  = 1 << iota // of any alphabet
	isHex              // hexadecimal
	isPair             // may stand in delimited hexadecimal
	isGap              // may stand between its pairs
	isUpper
	isLower
	isSign // '+', '/', '-', '_'
	isSeam // may stand within a run
)

var runClass = func() (t [256]byte) {
	for c := range 256 {
		if runValue[runBase64][c] < 64 {
			t[c] |= isRun
		}
		if hexNibble[c] < 16 {
			t[c] |= isHex | isPair
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= isLower
		t[c-'a'+'A'] |= isUpper
	}
	for _, c := range []byte("+/-_") {
		t[c] |= isSign
	}
	for _, c := range []byte("\\\r\n\"'%& ") {
		t[c] |= isSeam
	}
	for _, c := range []byte(" :-,;._|+\t\r\n") {
		t[c] |= isPair | isGap
	}
	for _, c := range []byte(`\xX`) {
		t[c] |= isPair
	}
	return t
}()

// decodeHead decodes the characters of a run until dst is full.
func decodeHead(dst, head []byte, kind runKind) []byte {
	var acc uint32
	var have uint
	values, per := &runValue[kind], kind.bits()
	n := 0
	if per == 6 {
		for len(head) >= 4 && n+3 <= len(dst) {
			v := uint32(values[head[0]])<<18 | uint32(values[head[1]])<<12 | uint32(values[head[2]])<<6 | uint32(values[head[3]])
			dst[n], dst[n+1], dst[n+2] = byte(v>>16), byte(v>>8), byte(v)
			head, n = head[4:], n+3
		}
	}
	for _, c := range head {
		if n == len(dst) {
			break
		}
		acc, have = acc<<per|uint32(values[c]), have+per
		if have >= 8 {
			have -= 8
			dst[n] = byte(acc >> have)
			n++
		}
	}
	return dst[:n]
}

// chars decodes a run from i on.
func (r *Runs) chars(p []byte, i int, end bool) int {
	values, per := &runValue[r.kind], r.kind.bits()
	for i < len(p) {
		if per == 6 && r.have == 0 {
			if i += r.groups(p[i:], values, int64(i)); i == len(p) {
				break
			}
		}
		if v := values[p[i]]; v < 64 {
			r.add(uint32(v), per, int64(i)+1)
			i++
			continue
		}
		s := breakAt(p[i:])
		switch {
		case p[i] == '.' && per < 6:
			s = labelAt(p[i:], values, end)
		case p[i] == ' ':
			s = blankAt(p[i:], end)
		}
		switch {
		case s.n < 0 && !end:
			return ^i
		case s.joins(r.width):
			r.width = 0
			i += s.n
			continue
		case s.n > 0 && s.c != 0 && values[s.c] < 64:
			i += s.n
			r.add(uint32(values[s.c]), per, int64(i))
			continue
		}
		r.finish(r.off + int64(i))
		return i
	}
	return i
}

// groups decodes groups of four characters, and says how much it took.
func (r *Runs) groups(p []byte, values *[256]byte, at int64) (i int) {
	for ; i+4 <= len(p); i += 4 {
		a, b, c, d := values[p[i]], values[p[i+1]], values[p[i+2]], values[p[i+3]]
		if a|b|c|d > 63 {
			break
		}
		v := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
		o := r.out[r.nout : r.nout+3]
		o[0], o[1], o[2] = byte(v>>16), byte(v>>8), byte(v)
		if r.nout += 3; r.nout == len(r.out) {
			r.flush(r.off + at + int64(i) + 4)
		}
	}
	r.width += i
	return i
}

// add takes the bits of one character that ends before the given place.
func (r *Runs) add(v uint32, per uint, to int64) {
	r.width++
	r.bits, r.have = r.bits<<per|v, r.have+per
	if r.have >= 8 {
		r.have -= 8
		r.put(byte(r.bits>>r.have), r.off+to)
	}
}

// put gives out a byte whose source ends at the given offset.
func (r *Runs) put(c byte, to int64) {
	r.out[r.nout] = c
	if r.nout++; r.nout == len(r.out) {
		r.flush(to)
	}
}

// flush gives out what is decoded.
func (r *Runs) flush(to int64) {
	r.emit(r.kind.String(), decode.Span{From: r.from, To: to}, r.out[:r.nout], false)
	r.from, r.nout = to, 0
}

// finish ends the run before the given offset.
func (r *Runs) finish(to int64) {
	r.emit(r.kind.String(), decode.Span{From: r.from, To: max(to, r.from)}, r.out[:r.nout], true)
	r.mode, r.nout = runIdle, 0
}
