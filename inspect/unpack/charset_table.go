package unpack

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/datacustoms/customs/inspect/decode"
)

// A pair is a byte from 0x81 on and one from 0x40 on.
const (
	leadMin, trailMin = 0x81, 0x40
	leads, trails     = 0xff - leadMin, 0xff - trailMin
)

// pairTable gives the UTF-8 of each pair of a charset: up to three bytes, and
// how many in the highest one. It is 0 for what is no character and for the
// few that need four bytes, which the decoder of x/text knows.
type pairTable [leads * trails]uint32

var (
	big5Pairs = sync.OnceValue(func() *pairTable { return pairsOf(traditionalchinese.Big5) })
	gbPairs   = sync.OnceValue(func() *pairTable { return pairsOf(simplifiedchinese.GB18030) })
)

func pairsOf(enc encoding.Encoding) *pairTable {
	t := new(pairTable)
	dec := enc.NewDecoder().Transformer
	for i := range t {
		var out [8]byte
		src := [2]byte{byte(leadMin + i/trails), byte(trailMin + i%trails)}
		n, used, err := dec.Transform(out[:], src[:], true)
		if r, k := utf8.DecodeRune(out[:n]); err == nil && used == 2 && k == n && n < 4 && r != utf8.RuneError {
			t[i] = uint32(out[0]) | uint32(out[1])<<8 | uint32(out[2])<<16 | uint32(n)<<24
		}
	}
	return t
}

// pairs decodes what p begins with of ASCII and pairs that the table knows. It
// returns how many bytes that are.
func (t *pairTable) pairs(o *written, p []byte, at int64) (i int) {
	for i < len(p) {
		if k := plainLen(p[i:]); k > 0 {
			o.plain(p[i:i+k], at+int64(i))
			if i += k; i == len(p) {
				break
			}
		}
		if i+1 == len(p) || p[i] < leadMin || p[i] == 0xff || p[i+1] < trailMin || p[i+1] == 0xff {
			break
		}
		c := t[int(p[i]-leadMin)*trails+int(p[i+1]-trailMin)]
		if c == 0 {
			break
		}
		o.pair(c, at+int64(i))
		i += 2
	}
	return i
}

// written is text with the spans of its bytes, and room for more.
type written struct {
	text  []byte
	spans []decode.Span
}

func (o *written) plain(p []byte, at int64) {
	o.text = append(o.text, p...)
	n := len(o.spans)
	o.spans = o.spans[:n+len(p)]
	for i, tail := 0, o.spans[n:]; i < len(tail); i++ {
		tail[i] = decode.Span{From: at + int64(i), To: at + int64(i) + 1}
	}
}

// pair writes an entry of the table.
func (o *written) pair(c uint32, at int64) {
	k, n := len(o.text), int(c>>24)
	text := o.text[k : k+3]
	text[0], text[1], text[2] = byte(c), byte(c>>8), byte(c>>16)
	o.text = o.text[:k+n]
	s := decode.Span{From: at, To: at + 2}
	k = len(o.spans)
	spans := o.spans[k : k+3]
	spans[0], spans[1], spans[2] = s, s, s
	o.spans = o.spans[:k+n]
}
