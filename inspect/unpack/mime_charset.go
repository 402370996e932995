package unpack

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"github.com/datacustoms/customs/inspect/decode"
)

// charsetReader turns text in a declared charset into UTF-8 as it comes.
type charsetReader struct {
	set   *Charset
	dec   transform.Transformer // or this one, or neither for text that stays as it is
	off   int64
	spans []decode.Span
	part  []byte // a character that is not complete
}

// asItIs are charsets whose text needs no turning, whatever it really is.
var asItIs = map[string]bool{"": true, "utf-8": true, "utf8": true, "unicode-1-1-utf-8": true, "utf8mb4": true, "us-ascii": true, "ascii": true, "binary": true}

// begin chooses the charset. It answers false for a name that is not known;
// the text then stays as it is.
func (c *charsetReader) begin(name string) bool {
	*c = charsetReader{spans: c.spans, part: c.part[:0]}
	if name = charsetName(name); asItIs[name] {
		return true
	}
	if coding, ok := codings[name]; ok {
		c.set = &Charset{Coding: coding}
		return true
	}
	enc, ok := others[name]
	if !ok {
		var err error
		if enc, err = htmlindex.Get(name); err != nil || enc == encoding.Replacement {
			return false
		}
	}
	c.dec = enc.NewDecoder().Transformer
	return true
}

// read appends what p stands for.
func (c *charsetReader) read(dst, p []byte) []byte {
	switch {
	case c.set != nil:
		for len(p) > 0 {
			n := min(len(p), 256)
			dst, c.spans = c.set.Append(dst, c.spans[:0], p[:n], c.off)
			c.off += int64(n)
			p = p[n:]
		}
		return dst
	case c.dec != nil:
		return c.turn(dst, p, false)
	}
	return append(dst, p...)
}

// end ends the text.
func (c *charsetReader) end(dst []byte) []byte {
	switch {
	case c.set != nil:
		dst, c.spans = c.set.Flush(dst, c.spans[:0])
		return dst
	case c.dec != nil:
		return c.turn(dst, nil, true)
	}
	return dst
}

func (c *charsetReader) turn(dst, p []byte, end bool) []byte {
	c.part = append(c.part, p...)
	src := c.part
	var buf [512]byte
	for {
		n, used, err := c.dec.Transform(buf[:], src, end)
		dst = append(dst, buf[:n]...)
		src = src[used:]
		if err == nil || err == transform.ErrShortSrc && !end || n == 0 && used == 0 {
			break
		}
	}
	if end && len(src) > 0 {
		dst, src = utf8.AppendRune(dst, utf8.RuneError), nil
	}
	c.part = append(c.part[:0], src...)
	return dst
}

// strange reports whether text in a charset that is not known may say anything
// but what its bytes say: it is not all ASCII, or shifts within that, or the
// name is of a family that is no ASCII.
func strange(name string, text []byte) bool {
	name = charsetName(name)
	for _, family := range []string{"iso-2022", "utf", "ucs", "hz", "cp", "ibm", "ebcdic", "csebcdic"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	for _, c := range text {
		if c >= utf8.RuneSelf || isControl(c) || c == escape || c == shiftOut || c == shiftIn {
			return true
		}
	}
	return false
}
