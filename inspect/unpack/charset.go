package unpack

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"

	"github.com/datacustoms/customs/inspect/decode"
)

// Coding is a charset that Charset reads.
type Coding uint8

// The charsets. UTF-8 and UTF-16 are read elsewhere.
const (
	Big5 Coding = iota
	GB18030
	UTF32LE
	UTF32BE
	UTF7      // RFC 2152
	HZ        // HZ-GB-2312, RFC 1843
	ISO2022CN // RFC 1922, its GB 2312 half, and ESC $ A of ISO-2022-JP-2
)

// String names the charset as it stands in a finding's path.
func (c Coding) String() string {
	return [...]string{"big5", "gb18030", "utf-32le", "utf-32be", "utf-7", "hz", "iso-2022-cn"}[c]
}

// Charset turns text in another charset into UTF-8, as decode.UTF16 does: it
// is pushed bytes in pieces of any size and gives a span with every byte.
// What is no character becomes U+FFFD. Memory is fixed. The zero value with a
// Coding is ready.
type Charset struct {
	Coding Coding

	dec   transform.Transformer
	part  [4]byte // a character that is not complete
	n     int
	start int64 // where it began
	shift shift
}

// char is what the bytes at hand stand for: used of them mean text[:n]. More
// says that they are too few to tell.
type char struct {
	text [utf8.UTFMax * 2]byte
	n    int
	used int
	more bool
}

func charOf(r rune, used int) (c char) {
	c.n, c.used = utf8.EncodeRune(c.text[:], r), used
	return c
}

var wantMore = char{more: true}

// Begun returns where a character began that is not complete.
func (c *Charset) Begun() (at int64, ok bool) { return c.start, c.n > 0 }

// Append decodes p, whose first byte stands at the given source offset, and
// appends the bytes and their spans.
func (c *Charset) Append(dst []byte, spans []decode.Span, p []byte, at int64) ([]byte, []decode.Span) {
	table := c.table()
	for i := 0; i < len(p); i++ {
		if c.n == 0 && table != nil {
			o := written{slices.Grow(dst, 3*(len(p)-i)/2+3), slices.Grow(spans, 3*(len(p)-i)/2+3)}
			i += table.pairs(&o, p[i:], at+int64(i))
			if dst, spans = o.text, o.spans; i == len(p) {
				break
			}
		}
		if c.n == 0 {
			c.start = at + int64(i)
		}
		c.part[c.n] = p[i]
		c.n++
		dst, spans = c.give(dst, spans, false)
	}
	return dst, spans
}

// table is that of the pairs of a charset which has ASCII and pairs.
func (c *Charset) table() *pairTable {
	switch c.Coding {
	case Big5:
		return big5Pairs()
	case GB18030:
		return gbPairs()
	}
	return nil
}

// Flush ends the source: what is incomplete becomes U+FFFD.
func (c *Charset) Flush(dst []byte, spans []decode.Span) ([]byte, []decode.Span) {
	dst, spans = c.give(dst, spans, true)
	*c = Charset{Coding: c.Coding, dec: c.dec}
	return dst, spans
}

// give gives out the characters in the part as far as they are complete.
func (c *Charset) give(dst []byte, spans []decode.Span, end bool) ([]byte, []decode.Span) {
	for c.n > 0 {
		x := c.read(c.part[:c.n])
		if x.more && !end {
			break
		}
		if x.more {
			x = charOf(utf8.RuneError, 1)
		}
		to := c.start + int64(x.used)
		dst = append(dst, x.text[:x.n]...)
		from := c.start
		if c.shift.begun && x.n > 0 { // a UTF-7 unit, of several characters
			from, c.shift.begun = c.shift.from, false
		}
		for range x.n {
			spans = append(spans, decode.Span{From: from, To: to})
		}
		copy(c.part[:], c.part[x.used:c.n])
		c.n -= x.used
		c.start = to
	}
	return dst, spans
}

// read reads the character that b begins with.
func (c *Charset) read(b []byte) char {
	switch c.Coding {
	case UTF32LE, UTF32BE:
		return c.utf32(b)
	case UTF7:
		return c.shift.utf7(b[0], c.start)
	case HZ:
		return c.shift.hz(b, c.pair)
	case ISO2022CN:
		return c.shift.iso2022(b, c.pair)
	}
	need := 2
	switch {
	case b[0] < utf8.RuneSelf:
		return charOf(rune(b[0]), 1)
	case len(b) < 2:
		return wantMore
	case c.Coding == GB18030 && b[1] >= '0' && b[1] <= '9':
		need = 4
	}
	if len(b) < need {
		return wantMore
	}
	return c.pair(b[:need])
}

// pair reads one character of Big5, GB 18030 or GB 2312 with the high bits
// set. A byte that ASCII has too is never swallowed by a broken pair.
func (c *Charset) pair(b []byte) (x char) {
	if c.dec == nil {
		c.dec = simplifiedchinese.GB18030.NewDecoder().Transformer
		if c.Coding == Big5 {
			c.dec = traditionalchinese.Big5.NewDecoder().Transformer
		}
	}
	n, used, _ := c.dec.Transform(x.text[:], b, true)
	if used != len(b) || n == len(string(utf8.RuneError)) && string(x.text[:n]) == string(utf8.RuneError) {
		used = 1
		if len(b) > 1 && b[1] >= utf8.RuneSelf {
			used = 2
		}
		return charOf(utf8.RuneError, used)
	}
	x.n, x.used = n, used
	return x
}

func (c *Charset) utf32(b []byte) char {
	if len(b) < 4 {
		return wantMore
	}
	r := rune(b[0]) | rune(b[1])<<8 | rune(b[2])<<16 | rune(b[3])<<24
	if c.Coding == UTF32BE {
		r = rune(b[3]) | rune(b[2])<<8 | rune(b[1])<<16 | rune(b[0])<<24
	}
	if !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	if r == '\ufeff' && c.start == 0 { // what tells the order of bytes is no text
		return char{used: 4}
	}
	return charOf(r, 4)
}
