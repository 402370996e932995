package unpack

import "bytes"

// officeAside keeps what stands beside the text of an XML part until the text
// has ended: values of attributes, each once, comments, and text of elements
// that no reader knows.
type officeAside struct {
	o    *officeOut
	buf  []byte
	seen map[string]struct{}
	held int
	over bool // something was left out that the raw XML has as well
	lost bool // something was left out that must be put together to be seen

	name []byte // of the element whose characters come
	text []byte // those characters
}

const (
	// asideMost is the most an aside holds; more than that the raw XML shows.
	asideMost = 4 << 20
	// asideText is the longest text of one element that is put together.
	asideText = 64 << 10
)

func newOfficeAside(o *officeOut) *officeAside {
	return &officeAside{o: o, seen: map[string]struct{}{}}
}

// token takes what a reader has no use for.
func (a *officeAside) token(x *officeXML) {
	switch x.kind {
	case xmlStart:
		a.attrs(x)
	case xmlOther:
		if !declares(x.text) {
			a.value(nil, x.text)
		}
	case xmlText:
		a.chars(x)
	}
}

// chars takes characters. Those that only a comment or the border of a CDATA
// section parts are one text.
func (a *officeAside) chars(x *officeXML) {
	if !x.joined {
		a.element()
		a.name = append(a.name[:0], x.name...)
	}
	if len(a.text) == 0 && isBlank(x.text) {
		return
	}
	if len(a.text)+len(x.text) > asideText {
		a.over = true
		a.element()
	}
	a.text = append(a.text, x.text...)
}

// element ends the text of an element.
func (a *officeAside) element() {
	if len(a.text) > 0 {
		a.value(a.name, a.text)
		a.text = a.text[:0]
	}
}

// declares tells whether an instruction is the declaration of every document.
func declares(p []byte) bool {
	return bytes.HasPrefix(p, []byte("xml version=")) && len(p) < 80 && digitRun(p) < 5 && !bytes.Contains(p, []byte{'@'})
}

// attrs takes the attributes of a start tag, and names that hold what no name
// of the format does. It changes them in place.
func (a *officeAside) attrs(x *officeXML) {
	a.element()
	if oddName(x.tagName) {
		a.value(nil, x.tagName)
	}
	rest := x.attrs
	for {
		name, value, r, ok := nextAttr(rest)
		if !ok {
			break
		}
		if oddName(name) {
			a.value(nil, name)
		}
		if name = localName(name); !plainValue(name, value) {
			a.value(name, value)
		}
		rest = r
	}
	if !isBlank(rest) {
		x.fault = true
	}
}

// value takes one value.
func (a *officeAside) value(name, value []byte) {
	if isBlank(value) {
		return
	}
	if _, ok := a.seen[string(value)]; ok {
		return
	}
	if !a.room(len(name) + 2*len(value) + 64) {
		a.over = true
		return
	}
	a.seen[string(value)] = struct{}{}
	a.line(name, value)
}

// paragraph takes lines that were put together from runs.
func (a *officeAside) paragraph(p []byte) {
	a.element()
	if isBlank(p) {
		return
	}
	if !a.room(len(p) + 1) {
		a.lost = true
		return
	}
	a.buf = append(append(a.buf, p...), '\n')
}

func (a *officeAside) line(name, value []byte) {
	if len(name) > 0 {
		a.buf = append(append(a.buf, name...), ": "...)
	}
	at := len(a.buf)
	a.buf = append(a.buf, value...)
	flatten(a.buf[at:])
	a.buf = append(a.buf, '\n')
}

func (a *officeAside) room(n int) bool {
	if a.held+n > asideMost || !a.o.hold(n) {
		return false
	}
	a.held += n
	return true
}

// give writes what was kept as a part of its own.
func (a *officeAside) give(e *officeEntry) {
	a.element()
	if len(a.buf) > 0 && a.o.Begin(append(bytes.Clone(e.name), "#aside"...), e.span()) {
		a.o.Write(a.buf)
	}
	a.o.release(a.held)
	a.buf, a.seen, a.held = nil, nil, 0
}
