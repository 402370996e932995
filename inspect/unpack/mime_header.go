package unpack

import (
	"bytes"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// mimeInfo is what the headers of a part say of its body. No word of it is
// trusted: each only adds a way to read.
type mimeInfo struct {
	kind        string // the media type, in small letters
	charset     string
	flowed      bool // format=flowed, RFC 3676
	delSp       bool
	coding      string // Content-Transfer-Encoding
	content     string // Content-Encoding and Transfer-Encoding
	disposition string
	field, file []byte
	named       bool // field or file do not stand plainly in the text
	boundaries  []string
	more        bool // there are headers beside Content-Disposition
	soft        bool // the coding is claimed where no header has to be
	torn        bool // claims contradict each other
	partial     bool // the body is a piece of something
}

// name is what the part is called.
func (m *mimeInfo) name() []byte {
	if len(m.file) > 0 {
		return m.file
	}
	return m.field
}

// holdsMail reports whether the body is said to begin with headers of its own.
func (m *mimeInfo) holdsMail() bool {
	return isMailKind(m.kind)
}

// isMailKind tells the media types of messages.
func isMailKind(kind string) bool {
	return strings.HasPrefix(kind, "message/") || kind == "application/http" || kind == "text/rfc822-headers"
}

// again reports whether the body goes on with headers.
func (m *mimeInfo) again() bool {
	return isPlainCoding(m.coding) && m.content == "" && m.holdsMail()
}

// nests reports whether parts lie under a coding.
func (m *mimeInfo) nests() bool {
	return !isPlainCoding(m.coding) && (m.holdsMail() || strings.HasPrefix(m.kind, "multipart/") || len(m.boundaries) > 0)
}

// isField reports whether the part is a value of a form that is no file.
func (m *mimeInfo) isField() bool {
	return m.disposition == "form-data" && len(m.field) > 0 && m.file == nil &&
		m.content == "" && len(m.boundaries) == 0 && (m.kind == "" || m.kind == "text/plain")
}

// take reads one header and gives its text: its line, and a line for each
// parameter that does not stand plainly in it.
func (m *mimeInfo) take(w *mimeWalk, h *headerBlock, name, value []byte) {
	value = bytes.TrimSpace(value)
	text := h.words.all(w, value)
	line := append(append(bytes.Clone(name), ": "...), text...)
	h.add(w, append(line, '\n'), !bytes.Equal(text, value))
	key := strings.ToLower(string(bytes.TrimSpace(name)))
	m.more = m.more || key != "content-disposition"
	first, _ := token(value)
	switch key {
	case "content-transfer-encoding":
		m.claimCoding(value)
		return
	case "content-encoding", "transfer-encoding":
		m.claimContent(value)
		return
	case "content-range":
		m.partial = m.partial || !wholeRange(value)
		return
	case "content-type":
		if !isMailKind(m.kind) {
			m.kind = first
		}
		m.partial = m.partial || first == "message/partial"
		if first == "multipart/encrypted" {
			w.miss(inspect.GapEncrypted, w.off-h.at)
		}
	case "content-disposition":
		m.disposition = first
	}
	if !bytes.Contains(value, []byte("=")) {
		return
	}
	for _, p := range params(&h.words, value) {
		if p.coded {
			h.add(w, slices.Concat([]byte(p.name), []byte(": "), p.value, []byte("\n")), true)
		}
		m.param(w, h, key, p)
	}
	h.words.check(w)
}

// param takes in a parameter.
func (m *mimeInfo) param(w *mimeWalk, h *headerBlock, header string, p mimeParam) {
	value := string(p.value)
	switch header + ";" + p.name {
	case "content-type;boundary":
		m.claimBoundary(w, value)
		if raw := string(p.raw); raw != value {
			m.claimBoundary(w, raw)
		}
	case "content-type;charset":
		switch {
		case isNative(m.charset):
			m.charset = value
		case !isNative(value) && charsetName(value) != charsetName(m.charset):
			m.torn = true
		}
	case "content-type;format":
		m.flowed = m.flowed || strings.EqualFold(value, "flowed")
	case "content-type;delsp":
		m.delSp = strings.EqualFold(value, "yes")
	case "content-type;name", "content-disposition;filename":
		m.file = append([]byte{}, p.value...)
		m.percent(w, h, p)
	case "content-disposition;name":
		m.field = p.value
		m.named = m.named || p.coded || !bytes.Equal(p.raw, p.value)
		m.percent(w, h, p)
	}
}

// percent gives out a name that is percent-coded without saying so.
func (m *mimeInfo) percent(w *mimeWalk, h *headerBlock, p mimeParam) {
	if plain := unpercent(p.value); !p.coded && !bytes.Equal(plain, p.value) {
		m.named = true
		h.add(w, slices.Concat([]byte(p.name), []byte(": "), raw8(plain), []byte("\n")), true)
	}
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
