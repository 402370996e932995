package unpack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"io"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// pdfNotes takes what a reader passes over: comments, words out of place,
// long numbers.
type pdfNotes struct {
	b    []byte
	over bool
}

// pdfNotesMost is how many bytes of them are kept.
const pdfNotesMost = 1 << 20

func (n *pdfNotes) add(p []byte) {
	if n == nil || len(p) == 0 {
		return
	}
	if len(n.b)+len(p) > pdfNotesMost {
		n.over = true
		return
	}
	n.b = append(append(n.b, p...), '\n')
}

// debris takes bytes that belong to nothing: they are given out as they lie,
// and the strings in them as text.
func (d *pdfDoc) debris(b []byte) {
	if b = bytes.Trim(b, "\x00\t\n\f\r "); len(b) > 0 {
		d.debrisRaw(b)
		d.note(b)
	}
}

// debrisRaw is debris in which no strings are looked for.
func (d *pdfDoc) debrisRaw(b []byte) {
	if !d.spend(len(b)) {
		return
	}
	if looksZlib(b) {
		d.miss("zlib", inspect.GapBroken, int64(len(b)))
	}
	if d.spare += int64(len(b)); d.spare > d.l.Memory/16 {
		d.miss("debris", inspect.GapLimitBytes, int64(len(b)))
		return
	}
	d.loose = append(d.loose, bytes.Clone(b))
}

// looksZlib tells zlib data where nobody says that it is any.
func looksZlib(b []byte) bool {
	r := bufio.NewReader(bytes.NewReader(b))
	if zlibHead(r) == 0 {
		return false
	}
	var some [64]byte
	n, err := io.ReadFull(flate.NewReader(r), some[:])
	return err == nil || n > 0 && (err == io.EOF || err == io.ErrUnexpectedEOF)
}

// note notes the strings in b.
func (d *pdfDoc) note(b []byte) {
	for x := (pdfLex{b: b, refs: true}); d.spend(1); {
		at := x.i
		v, ok := x.value()
		if !ok {
			return
		}
		d.spend(x.i - at)
		d.aside(&d.notes, v)
	}
}

// aside notes the strings in a value that nothing else gives out, and names.
func (d *pdfDoc) aside(to *pdfNotes, v any) {
	switch v := v.(type) {
	case pdfStr:
		to.add(pdfPlain(v))
	case pdfName:
		d.addName(v)
	case []any:
		for _, e := range v {
			d.aside(to, e)
		}
	case pdfDict:
		for _, k := range sortedKeys(v) {
			d.addName(k)
			d.aside(to, v[k])
		}
	}
}

// pdfNames is how many different names are kept.
const pdfNames = 1 << 15

// addName keeps a name that may say something: names may hold any text, and
// most of them are words of the format and names of glyphs.
func (d *pdfDoc) addName(n pdfName) {
	if len(n) < 4 || d.names[n] {
		return
	}
	if len(d.names) >= pdfNames {
		d.miss("names", inspect.GapLimitEntries, int64(len(n)))
		return
	}
	d.names[n] = true
}

// sieve gives the plain text in bytes that are no text: runs of ASCII, UTF-8 or
// UTF-16 in which six letters or digits stand in a row.
func sieve(dst, b []byte) []byte {
	for i := 0; i < len(b); {
		if n := plainRun(b[i:]); n >= 6 && worded(b[i:i+n]) {
			dst = append(append(dst, b[i:i+n]...), '\n')
			i += n
			continue
		} else if n > 0 {
			i += n
			continue
		}
		i++
	}
	for _, odd := range []int{0, 1} {
		dst = sieveWide(dst, b, odd)
	}
	return dst
}

// worded tells whether six letters or digits stand in a row.
func worded(b []byte) bool {
	n := 0
	for _, c := range b {
		if n++; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80) {
			n = 0
		}
		if n >= 6 {
			return true
		}
	}
	return false
}

// plainRun is how many bytes of text b begins with.
func plainRun(b []byte) (n int) {
	for n < len(b) {
		if c := b[n]; c >= 0x20 && c < 0x7F || c == '\t' {
			n++
			continue
		}
		r, size := utf8.DecodeRune(b[n:])
		if size < 3 || r < 0x2E80 || r > 0xFFEF || r == utf8.RuneError {
			break
		}
		n += size
	}
	return n
}

// sieveWide gives ASCII in UTF-16 whose plain bytes stand at odd or even
// places.
func sieveWide(dst, b []byte, odd int) []byte {
	from := -1
	for i := odd; i <= len(b); i += 2 {
		if i < len(b) && i > 0 && b[i] >= 0x20 && b[i] < 0x7F && b[i-1] == 0 {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 && i-from >= 12 {
			if from > 2 && b[from-2] >= 0x20 && b[from-2] < 0x7F {
				from -= 2 // the plain byte comes first, and stands before the first zero
			}
			for ; from < i; from += 2 {
				dst = append(dst, b[from])
			}
			dst = append(dst, '\n')
		}
		from = -1
	}
	return dst
}
