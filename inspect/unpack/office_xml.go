package unpack

import (
	"bytes"
	"io"
)

// xmlToken is what an officeXML stands at.
type xmlToken uint8

const (
	xmlEOF   xmlToken = iota
	xmlText           // text, entities resolved; a long one comes in pieces
	xmlStart          // name and attrs; empty says that the end tag is missing for good
	xmlEnd            // name
	xmlOther          // text of a comment, an instruction or a document type
)

const (
	xmlWindow = 64 << 10
	xmlLong   = 1 << 20 // the longest tag, comment or CDATA section
	xmlDepth  = 4096
)

// officeXML reads XML as it comes. It checks only what a reader of text must
// know: that tags close, and that the end is the end. Names come without
// their prefix; the last one stays. Other slices are good until the next call
// of next.
type officeXML struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool
	depth    int
	rooted   bool // the root element was seen
	fault    bool // something was not well formed, or not understood
	name     []byte
	tagName  []byte // as name, of a start tag, with its prefix
	attrs    []byte
	text     []byte
	empty    bool
	joined   bool     // no tag is between this text and the one before
	tagged   bool     // a tag is the last that came but for comments
	kind     xmlToken // of the last token
}

// newOfficeXML reads XML in the charset that its first bytes tell; nil when
// that charset is not known.
func newOfficeXML(src io.Reader) *officeXML { return newOfficeXMLIn(src, make([]byte, xmlWindow)) }

// newOfficeXMLIn is newOfficeXML with a window to use.
func newOfficeXMLIn(src io.Reader, window []byte) *officeXML {
	r := xmlCharset(src)
	if r == nil {
		return nil
	}
	return &officeXML{src: r, buf: window}
}

// sound tells whether the document was read to its end without a fault.
func (x *officeXML) sound() bool {
	return x.eof && x.pos == x.end && !x.fault && x.rooted && x.depth == 0
}

// next moves to the next token.
func (x *officeXML) next() xmlToken {
	x.kind = x.token()
	switch x.kind {
	case xmlText:
		x.joined, x.tagged = !x.tagged, false
	case xmlStart, xmlEnd:
		x.tagged = true
	}
	return x.kind
}

func (x *officeXML) token() xmlToken {
	for {
		if x.pos == x.end && !x.fill() {
			return xmlEOF
		}
		if x.buf[x.pos] != '<' {
			if x.chars() {
				return xmlText
			}
			continue
		}
		return x.markup()
	}
}

// fill reads more behind what is left in the window. It answers false when
// nothing came.
func (x *officeXML) fill() bool {
	if x.eof {
		return false
	}
	if x.pos > 0 {
		x.end = copy(x.buf, x.buf[x.pos:x.end])
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= xmlLong {
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for tries := 0; tries < 100; tries++ {
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		if err != nil {
			x.eof = true
			x.fault = x.fault || err != io.EOF
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	x.eof, x.fault = true, true
	return false
}

// chars takes the text up to the next tag or the end of the window. An entity
// is not cut. It answers false when there is nothing yet.
func (x *officeXML) chars() bool {
	w := x.buf[x.pos:x.end]
	n := bytes.IndexByte(w, '<')
	if n < 0 {
		n = len(w)
		if i := bytes.LastIndexByte(w, '&'); i >= 0 && len(w)-i < 16 && bytes.IndexByte(w[i:], ';') < 0 && !x.eof {
			if n = i; n == 0 {
				x.fill()
				return false
			}
		}
	}
	var ok bool
	x.text, ok = unescape(w[:n])
	x.fault = x.fault || !ok
	x.pos += n
	return true
}

// until finds mark, from an offset behind pos on, and returns the offset behind
// pos where it begins.
func (x *officeXML) until(from int, mark string) int {
	for {
		if i := bytes.Index(x.buf[min(x.pos+from, x.end):x.end], []byte(mark)); i >= 0 {
			return from + i
		}
		from = max(from, x.end-x.pos-len(mark)+1)
		if !x.fill() {
			return -1
		}
	}
}

// markup takes what begins with '<'.
func (x *officeXML) markup() xmlToken {
	for x.end-x.pos < 9 && x.fill() {
	}
	w := x.buf[x.pos:x.end]
	switch {
	case len(w) > 1 && w[1] != '!' && w[1] != '?':
	case bytes.HasPrefix(w, []byte("<!--")):
		return x.section(4, "-->", xmlOther)
	case bytes.HasPrefix(w, []byte("<![CDATA[")):
		return x.section(9, "]]>", xmlText)
	case bytes.HasPrefix(w, []byte("<?")):
		return x.section(2, "?>", xmlOther)
	case bytes.HasPrefix(w, []byte("<!")):
		kind := x.section(2, ">", xmlOther)
		x.fault = x.fault || bytes.IndexByte(x.text, '[') >= 0 // entities of its own
		return kind
	}
	n := x.tagEnd()
	if n < 0 {
		return x.broken()
	}
	tag := x.buf[x.pos+1 : x.pos+n]
	x.pos += n + 1
	return x.tag(tag)
}

func (x *officeXML) section(head int, mark string, kind xmlToken) xmlToken {
	n := x.until(head, mark)
	if n < 0 {
		return x.broken()
	}
	x.text = x.buf[x.pos+head : x.pos+n]
	x.pos += n + len(mark)
	return kind
}

// broken gives out as text what cannot be understood.
func (x *officeXML) broken() xmlToken {
	x.fault = true
	x.text = x.buf[x.pos:x.end]
	x.pos = x.end
	return xmlOther
}

// tagEnd finds the '>' of a tag, not one in a quoted value.
func (x *officeXML) tagEnd() int {
	w := x.buf[x.pos:x.end]
	if n := bytes.IndexByte(w, '>'); n > 0 && bytes.IndexByte(w[:n], '\'') < 0 && bytes.Count(w[:n], []byte{'"'})%2 == 0 {
		return n
	}
	quote := byte(0)
	for i := 1; ; {
		w := x.buf[x.pos:x.end]
		for ; i < len(w); i++ {
			switch c := w[i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '>':
				return i
			case c == '"' || c == '\'':
				quote = c
			}
		}
		if !x.fill() {
			return -1
		}
	}
}

func (x *officeXML) tag(tag []byte) xmlToken {
	if len(tag) > 0 && tag[0] == '/' {
		tag = bytes.TrimSpace(tag[1:])
		x.fault = x.fault || telling(tag) || bytes.IndexByte(tag, ' ') >= 0
		x.name = append(x.name[:0], localName(tag)...)
		if x.depth--; x.depth < 0 {
			x.depth, x.fault = 0, true
		}
		return xmlEnd
	}
	x.empty = len(tag) > 0 && tag[len(tag)-1] == '/'
	if x.empty {
		tag = tag[:len(tag)-1]
	} else if x.depth++; x.depth > xmlDepth {
		x.fault = true
	}
	n := 0
	for n < len(tag) && tag[n] > ' ' {
		n++
	}
	x.rooted = true
	x.tagName = tag[:n]
	x.name, x.attrs = append(x.name[:0], localName(tag[:n])...), tag[n:]
	return xmlStart
}

func localName(name []byte) []byte {
	return name[bytes.LastIndexByte(name, ':')+1:]
}
