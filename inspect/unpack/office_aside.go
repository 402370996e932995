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
}

// asideMost is the most an aside holds; more than that the raw XML shows.
const asideMost = 4 << 20

// asideShort is the shortest value that is kept. Below are flags, colours and
// measures, and no identifier but such as need a word beside them.
const asideShort = 9

func newOfficeAside(o *officeOut) *officeAside {
	return &officeAside{o: o, seen: map[string]struct{}{}}
}

// asideNames are attributes that people write, kept at any length.
var asideNames = map[string]bool{
	"author": true, "creator": true, "descr": true, "title": true, "tooltip": true, "display": true,
	"displayName": true, "displayText": true, "alias": true, "userName": true, "userId": true,
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
		a.over = a.over || x.partial
		a.value(x.name, x.text)
	}
}

// declares tells whether an instruction is the declaration of every document.
func declares(p []byte) bool {
	return bytes.HasPrefix(p, []byte("xml version=")) && len(p) < 80 && digitRun(p) < 5 && !bytes.Contains(p, []byte{'@'})
}

// attrs takes the attributes of a start tag. It changes them in place.
func (a *officeAside) attrs(x *officeXML) {
	rest := x.attrs
	for {
		name, value, r, ok := nextAttr(rest)
		if !ok {
			break
		}
		a.value(name, value)
		rest = r
	}
	if !isBlank(rest) {
		x.fault = true
	}
}

// value takes one value, if it may be of interest.
func (a *officeAside) value(name, value []byte) {
	if !telling(value) && !(len(value) > 0 && asideNames[string(name)]) {
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

// text takes lines that were put together from runs.
func (a *officeAside) text(p []byte) {
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
	if len(a.buf) > 0 && a.o.Begin(append(bytes.Clone(e.name), "#aside"...), e.span()) {
		a.o.Write(a.buf)
	}
	a.o.release(a.held)
	a.buf, a.seen, a.held = nil, nil, 0
}

// vocabularies are the hosts of the namespaces that every document names.
var vocabularies = [][]byte{
	[]byte("http://schemas.openxmlformats.org/"), []byte("http://schemas.microsoft.com/"),
	[]byte("http://www.w3.org/"), []byte("http://purl.org/"), []byte("http://docs.oasis-open.org/"),
	[]byte("http://openoffice.org/"), []byte("urn:oasis:names:tc:opendocument:"), []byte("urn:schemas-microsoft-com:"),
	[]byte("http://www.wps.cn/"), []byte("http://purl.oclc.org/ooxml/"),
}

// telling tells whether a value may say more than what documents are made of.
func telling(v []byte) bool {
	if len(v) < asideShort {
		for _, c := range v {
			if c >= 0x80 || c == '@' {
				return true
			}
		}
		return false
	}
	if isBlank(v) {
		return false
	}
	for _, p := range vocabularies {
		if bytes.HasPrefix(v, p) {
			return digitRun(v[len(p):]) > 4 || bytes.ContainsAny(v, "@%") || len(v) > 120
		}
	}
	return true
}

// digitRun is the length of the longest run of digits.
func digitRun(p []byte) (most int) {
	run := 0
	for _, c := range p {
		if run++; c < '0' || c > '9' {
			run = 0
		}
		most = max(most, run)
	}
	return most
}
