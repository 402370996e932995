package unpack

import "bytes"

// tagReader is where Untag is in the markup.
type tagReader struct {
	state   tagState
	from    int64 // where the tag begins
	name    [24]byte
	n       int    // bytes of the name without its prefix, or of what is matched
	prefix  bool   // the name has one
	closing bool   // it is an end tag
	block   bool   // it ends the block
	cdata   bool   // the text is in a CDATA section
	quote   byte   // that ends the value
	last    byte   // that was no white space
	raw     string // ends the script or style that the tag begins, or is ""
}

type tagState uint8

const (
	tagNone    tagState = iota // text
	tagOpen                    // after <
	tagBracket                 // after ] or ]] in a CDATA section
	tagRaw                     // in a script or style
	tagRawEnd                  // in what may be its end
	tagName
	tagAttrs
	tagQuote
	tagBang    // after <!
	tagComment // after <!--
	tagDecl    // to the next >
)

// step reads some of p and says how much. It may be none, if the state changes.
func (u *Untag) step(o *written, p []byte, at int64) int {
	t := &u.tag
	switch t.state {
	case tagNone:
		return u.readText(o, p, at)
	case tagOpen:
		return u.open(o, p[0])
	case tagBracket:
		return u.bracket(o, p[0])
	case tagRaw, tagRawEnd:
		return t.skipRaw(p, at)
	}
	room := t.from + untagTag - at
	if room <= 0 {
		u.end(o)
		t.state, t.raw = tagNone, ""
		return 0
	}
	p = p[:min(int64(len(p)), room)]
	switch t.state {
	case tagName:
		return t.readName(p)
	case tagQuote:
		i := bytes.IndexByte(p, t.quote)
		if i < 0 {
			return len(p)
		}
		t.state = tagAttrs
		return i + 1
	case tagBang:
		return u.bang(p[0])
	case tagComment:
		return u.comment(p)
	case tagDecl:
		i := bytes.IndexByte(p, '>')
		if i < 0 {
			return len(p)
		}
		u.leftOut()
		return i + 1
	}
	return u.attrs(o, p)
}

// leftOut ends what is left out of the text.
func (u *Untag) leftOut() { u.gap, u.tag.state = true, tagNone }

func (u *Untag) readText(o *written, p []byte, at int64) int {
	t := &u.tag
	if t.cdata {
		p = p[:min(len(p), 256)] // it is searched twice
	}
	i := bytes.IndexByte(p, '<')
	state := tagOpen
	if t.cdata {
		q := p
		if i >= 0 {
			q = p[:i]
		}
		if j := bytes.IndexByte(q, ']'); j >= 0 {
			i, state, t.n = j, tagBracket, 1
		}
	}
	if i < 0 {
		u.push(o, p, at)
		return len(p)
	}
	u.push(o, p[:i], at)
	t.state, t.from = state, at+int64(i)
	return i + 1
}

// open reads what follows <.
func (u *Untag) open(o *written, b byte) int {
	t := &u.tag
	t.n, t.prefix, t.closing, t.last = 0, false, b == '/', 0
	switch {
	case b == '/':
		t.state = tagName
	case b == '!':
		t.state = tagBang
	case b == '?': // HTML ends it with the first >, and so do its writers
		t.state = tagDecl
	case b|0x20-'a' < 26 || b >= 0x80 || b == '_':
		t.state = tagName
		return 0
	default:
		t.state = tagNone
		u.push(o, []byte("<"), t.from)
		return 0
	}
	return 1
}

// bracket reads what follows ] in a CDATA section.
func (u *Untag) bracket(o *written, b byte) int {
	t := &u.tag
	switch {
	case b == ']' && t.n == 1:
		t.n = 2
	case b == ']':
		u.push(o, []byte("]"), t.from)
		t.from++
	case b == '>' && t.n == 2:
		t.cdata = false
		u.leftOut()
	default:
		t.state = tagNone
		u.push(o, []byte("]]")[:t.n], t.from)
		return 0
	}
	return 1
}

// skipRaw looks for the end of a script or style.
func (t *tagReader) skipRaw(p []byte, at int64) int {
	if t.state == tagRaw {
		i := bytes.IndexByte(p, '<')
		if i < 0 {
			return len(p)
		}
		t.state, t.n, t.from = tagRawEnd, 0, at+int64(i)
		return i + 1
	}
	if lowerASCII(p[0]) != t.raw[t.n] {
		t.state = tagRaw
		return 0
	}
	if t.n++; t.n == len(t.raw) {
		t.state, t.raw, t.block, t.last = tagAttrs, "", false, 0
	}
	return 1
}

func lowerASCII(b byte) byte {
	if b-'A' < 26 {
		return b | 0x20
	}
	return b
}

func (t *tagReader) readName(p []byte) int {
	for i, b := range p {
		switch b {
		case ' ', '\t', '\r', '\n', '\f', '/', '>':
			t.named()
			return i
		case ':':
			t.n, t.prefix = 0, true
		default:
			if t.n < len(t.name) {
				t.name[t.n] = lowerASCII(b)
				t.n++
			}
		}
	}
	return len(p)
}

// named judges the name.
func (t *tagReader) named() {
	name := t.name[:t.n]
	t.state, t.block, t.raw = tagAttrs, endsBlock(name), ""
	if t.closing || t.prefix {
		return
	}
	switch string(name) {
	case "script":
		t.raw = "/script"
	case "style":
		t.raw = "/style"
	}
}

func (u *Untag) attrs(o *written, p []byte) int {
	t := &u.tag
	for i, b := range p {
		switch {
		case b == '>':
			u.close(o)
			return i + 1
		case (b == '"' || b == '\'') && t.last == '=':
			t.state, t.quote, t.last = tagQuote, b, b
			return i + 1
		case b > ' ':
			t.last = b
		}
	}
	return len(p)
}

// close ends a tag.
func (u *Untag) close(o *written) {
	t := &u.tag
	if t.block {
		u.end(o)
		t.state = tagNone
	} else {
		u.leftOut()
	}
	if t.raw != "" && t.last != '/' {
		t.state = tagRaw
	}
}

// bang reads what follows <!.
func (u *Untag) bang(b byte) int {
	t := &u.tag
	const comment, cdata = "--", "[CDATA["
	switch {
	case t.n == 0 && b == '[', t.last == '[' && b == cdata[t.n]:
		t.last = '['
		if t.n++; t.n == len(cdata) {
			t.cdata = true
			u.leftOut()
		}
	case t.last != '[' && b == '-':
		if t.n++; t.n == len(comment) {
			t.state = tagComment // and HTML takes --> to end it already here
		}
	default:
		t.state = tagDecl
		return 0
	}
	return 1
}

// comment reads to --> or --!>. The state n counts the hyphens.
func (u *Untag) comment(p []byte) int {
	t := &u.tag
	for i := 0; i < len(p); i++ {
		switch b := p[i]; {
		case b == '-':
			t.n++
		case b == '>' && t.n >= 2:
			u.leftOut()
			return i + 1
		case b == '!' && t.n >= 2:
		default:
			t.n = 0
			if n := bytes.IndexByte(p[i:], '-'); n > 0 {
				i += n - 1
			} else {
				return len(p)
			}
		}
	}
	return len(p)
}

// endsBlock tells whether an element of this local name is no part of a line.
func endsBlock(name []byte) bool {
	switch string(name) {
	case "p", "div", "br", "td", "th", "tr", "li", "ul", "ol", "dl", "dt", "dd", "hr",
		"table", "thead", "tbody", "tfoot", "caption", "colgroup", "col",
		"h1", "h2", "h3", "h4", "h5", "h6", "h", "title", "option", "optgroup", "select",
		"section", "article", "aside", "nav", "main", "header", "footer", "address",
		"html", "head", "body", "meta", "link", "pre", "blockquote", "center", "figure", "figcaption",
		"form", "fieldset", "legend", "input", "textarea", "button", "iframe", "details", "summary",
		"row", "cell", "item", "entry", "data", "record", "para", "paragraph",
		"tab", "tc", "cr", "line-break", "soft-page-break",
		"table-cell", "covered-table-cell", "table-row", "text-box", "list-item":
		return true
	}
	return false
}
