package unpack_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// pdfFile is a small writer of PDF files. Object 1 is the catalogue.
type pdfFile struct {
	objs    []string
	trailer string // entries besides Root and Size
	noTable bool
}

// add takes an object in and answers its number.
func (f *pdfFile) add(body string) int {
	f.objs = append(f.objs, body)
	return len(f.objs)
}

// stream takes a stream in; entries are those of its dictionary besides Length.
func (f *pdfFile) stream(entries, data string) int {
	return f.add(fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", entries, len(data), data))
}

func (f *pdfFile) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	offsets := make([]int, len(f.objs))
	for i, o := range f.objs {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	if !f.noTable {
		fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objs)+1)
		for _, off := range offsets {
			fmt.Fprintf(&b, "%010d 00000 n \n", off)
		}
		fmt.Fprintf(&b, "trailer\n<</Root 1 0 R /Size %d %s>>\nstartxref\n%d\n%%%%EOF\n", len(f.objs)+1, f.trailer, start)
	}
	return b.Bytes()
}

const helvetica = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"

// pagePDF makes a file of one page with a font F1: catalogue, pages, page,
// font, content.
func pagePDF(font, entries, content string) *pdfFile {
	f := &pdfFile{}
	f.add("<</Type/Catalog/Pages 2 0 R>>")
	f.add("<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 4 0 R>>>>>>")
	f.add("<</Type/Page/Parent 2 0 R/Contents 5 0 R/MediaBox[0 0 612 792]>>")
	f.add(font)
	f.stream(entries, content)
	return f
}

// textOf gives the text of the pages.
func textOf(c *collect) string { return partsOf(c, "text") }

// partsOf gives all parts of a name, one behind the other.
func partsOf(c *collect, name string) (all string) {
	for _, p := range c.parts {
		if p.name == name {
			all += string(p.data)
		}
	}
	return all
}

func zlibbed(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

// lzwEarly codes as LZWDecode does, whose codes grow one code early.
func lzwEarly(s string) string {
	var out bytes.Buffer
	var acc uint32
	var bits, width uint = 0, 9
	emit := func(code int) {
		acc, bits = acc<<width|uint32(code), bits+width
		for bits >= 8 {
			bits -= 8
			out.WriteByte(byte(acc >> bits))
		}
	}
	table := map[string]int{}
	next := 258
	clear := func() {
		emit(256)
		clearMap(table)
		for i := range 256 {
			table[string([]byte{byte(i)})] = i
		}
		next, width = 258, 9
	}
	clear()
	w := ""
	for i := range len(s) {
		if _, ok := table[w+s[i:i+1]]; ok {
			w += s[i : i+1]
			continue
		}
		emit(table[w])
		table[w+s[i:i+1]] = next
		if next++; next == 512 || next == 1024 || next == 2048 {
			width++
		}
		w = s[i : i+1]
		if next == 4094 {
			emit(table[w])
			w = ""
			clear()
		}
	}
	if w != "" {
		emit(table[w])
		if next++; next == 512 || next == 1024 || next == 2048 {
			width++
		}
	}
	emit(257)
	out.WriteByte(byte(acc << (8 - bits)))
	return out.String()
}

func clearMap(m map[string]int) { clear(m) }

// hexDigits spells bytes in hexadecimal digits.
func hexDigits(s string) string { return strings.ToUpper(fmt.Sprintf("%x", s)) }
