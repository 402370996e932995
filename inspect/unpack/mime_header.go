package unpack

import (
	"bytes"
	"strings"
)

// mimeInfo is what the headers of a part say of its body. No word of it is
// trusted: each only adds a way to read.
type mimeInfo struct {
	kind        string // the media type, in small letters
	charset     string
	flowed      bool // format=flowed, RFC 3676
	delSp       bool
	coding      string // Content-Transfer-Encoding
	content     string // Content-Encoding
	disposition string
	field, file []byte
	boundaries  []string
	more        bool // there are headers beside Content-Disposition
}

// name is what the part is called.
func (m *mimeInfo) name() []byte {
	if len(m.file) > 0 {
		return m.file
	}
	return m.field
}

// again reports whether the body begins with headers of its own.
func (m *mimeInfo) again() bool {
	return m.isPlainCoding() && (m.kind == "message/rfc822" || m.kind == "message/global" || m.kind == "message/news" ||
		m.kind == "message/delivery-status" || m.kind == "message/disposition-notification" || m.kind == "message/http" || m.kind == "application/http" ||
		m.kind == "text/rfc822-headers" || m.kind == "message/partial" || m.kind == "message/external-body")
}

func (m *mimeInfo) isPlainCoding() bool {
	switch m.coding {
	case "", "7bit", "8bit", "binary":
		return true
	}
	return false
}

// isField reports whether the part is a plain value of a form.
func (m *mimeInfo) isField() bool {
	return m.disposition == "form-data" && len(m.field) > 0 && m.file == nil && m.isPlainCoding() &&
		m.content == "" && isNative(m.charset) && (m.kind == "" || m.kind == "text/plain")
}

// take reads one header and appends it as text to dst: its line, and a line
// for each parameter that does not stand plainly in it.
func (m *mimeInfo) take(dst, name, value []byte) []byte {
	value = bytes.TrimSpace(value)
	dst = append(dst, headerText(name)...)
	dst = append(append(append(dst, ": "...), headerText(value)...), '\n')
	key := strings.ToLower(string(bytes.TrimSpace(name)))
	first := strings.ToLower(string(firstToken(value)))
	m.more = m.more || key != "content-disposition"
	switch key {
	case "content-transfer-encoding":
		if m.isPlainCoding() {
			m.coding = first
		}
		return dst
	case "content-encoding":
		m.content = strings.ToLower(string(value))
		return dst
	case "content-type":
		m.kind = first
	case "content-disposition":
		m.disposition = first
	}
	if !bytes.Contains(value, []byte("=")) {
		return dst
	}
	for _, p := range params(value) {
		if p.coded {
			dst = append(dst, p.name...)
			dst = append(append(append(dst, ": "...), p.value...), '\n')
		}
		m.param(key, p)
	}
	return dst
}

// param takes in a parameter.
func (m *mimeInfo) param(header string, p mimeParam) {
	value := string(p.value)
	switch header + ";" + p.name {
	case "content-type;boundary":
		m.boundaries = addBoundary(m.boundaries, value)
	case "content-type;charset":
		m.charset = value
	case "content-type;format":
		m.flowed = strings.EqualFold(value, "flowed")
	case "content-type;delsp":
		m.delSp = strings.EqualFold(value, "yes")
	case "content-type;name", "content-disposition;filename":
		m.file = append([]byte{}, p.value...)
	case "content-disposition;name":
		m.field = p.value
	}
}

// firstToken is the value before its parameters and comments.
func firstToken(value []byte) []byte {
	value = bytes.Trim(value, "\" \t")
	if k := bytes.IndexAny(value, ";, \t(\""); k >= 0 {
		value = value[:k]
	}
	return value
}

// maxClaims is how many boundaries one header may claim: each line of hyphens
// is held against all of them.
const maxClaims = 4

// maxBoundary is the longest boundary that is looked for. RFC 2046 allows 70.
const maxBoundary = 1000

func addBoundary(list []string, b string) []string {
	b = strings.TrimRight(b, " \t")
	if b == "" || len(b) > maxBoundary || len(list) >= maxClaims {
		return list
	}
	return append(list, b)
}

// headerName returns the length of the name of a header that line begins
// with, 0 if it does not look like one.
func headerName(line []byte) int {
	colon := bytes.IndexByte(line[:min(len(line), 128)], ':')
	if colon < 1 {
		return 0
	}
	for _, c := range bytes.TrimRight(line[:colon], " \t") {
		if c <= ' ' || c == 0x7f {
			return 0
		}
	}
	return colon
}
