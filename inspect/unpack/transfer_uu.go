package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// uuHeader reads the line that begins a uuencoded file, "begin 644 name", or
// one in base64, "begin-base64 644 name".
func uuHeader(p []byte) (name []byte, base64, ok bool) {
	rest, ok := bytes.CutPrefix(p, []byte("begin "))
	if !ok {
		rest, base64 = bytes.CutPrefix(p, []byte("begin-base64 "))
	}
	mode, name, named := bytes.Cut(rest, []byte(" "))
	if !ok && !base64 || !named || len(mode) < 3 || len(mode) > 4 {
		return nil, false, false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return nil, false, false
		}
	}
	return bytes.TrimSpace(name), base64, true
}

// LooksUU reports whether a text begins as a uuencoded file, which Multipart
// opens as it does one within a body.
func LooksUU(head []byte) bool {
	line, rest, whole := cutLine(head)
	_, base64, ok := uuHeader(line)
	next, _, _ := cutLine(rest)
	return whole && ok && (base64 && len(next) > 0 && (&transferBase64{}).fits(next) || !base64 && uuFits(next))
}

// uuAhead is how much shows whether lines of the coding follow.
const uuAhead = 128

// uuBegin takes the line that begins a file. Only where a line of the coding
// follows is it that.
func (w *mimeWalk) uuBegin(p []byte) bool {
	name, base64, ok := uuHeader(p)
	if !ok {
		return false
	}
	next, _, _ := cutLine(w.lines.peek(uuAhead))
	info := w.body.info
	info.file, info.disposition = bytes.Clone(name), ""
	switch {
	case base64 && (&transferBase64{}).fits(next) && len(next) > 0:
		info.coding = "base64"
		w.startBody(info)
		w.body.armor = true
	case !base64 && uuFits(next):
		w.startBody(info)
		w.uu = true
	case !base64 && xxFits(next):
		w.body.lost = inspect.GapUnknownFormat
		return false
	default:
		return false
	}
	w.body.uuSeen = true
	return true
}

// uuLine takes a line of a file. What is no more of the coding is read as it
// lies.
func (w *mimeWalk) uuLine(p []byte) bool {
	line, _ := cutEnd(p)
	switch {
	case string(line) == "end":
		w.uuEnd()
		return true
	case len(line) == 0, string(line) == "`", string(line) == " ":
		return true
	case !uuFits(line):
		w.body.foreign += int64(len(p))
		w.uuEnd()
		return false
	}
	b := &w.body
	if b.size == 0 {
		b.from = w.off
	}
	b.size += int64(len(p))
	b.buf = uuDecode(b.buf[:0], line)
	b.give(b.buf, -1)
	return true
}

// armorEnd takes the line that ends a file in base64.
func (w *mimeWalk) armorEnd(p []byte) bool {
	line, _ := cutEnd(p)
	if string(line) != "====" {
		return false
	}
	w.uuEnd()
	return true
}

// uuEnd goes on with the body around a file.
func (w *mimeWalk) uuEnd() {
	w.uu = false
	info := w.body.info
	info.file, info.coding = nil, w.body.around
	w.startBody(info)
	w.body.uuSeen = true
}

// startBody ends the body in hand and begins another of the same part.
func (w *mimeWalk) startBody(info mimeInfo) {
	b := &w.body
	deep, around := b.tooDeep, b.info.coding
	b.uuSeen = true
	b.end()
	b.begin(&info)
	b.tooDeep, b.around = deep, around
}

// uuFits reports whether a line has the length that its first character says
// and none but characters of the coding. Blanks at its end may be lost.
func uuFits(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || len(line) > 1+84+1 || line[0] <= ' ' || line[0] > '`' {
		return false
	}
	for _, c := range line {
		if c < ' ' || c > '`' {
			return false
		}
	}
	n := int(line[0]-' ') & 63
	full := 1 + (n+2)/3*4
	return len(line) <= full+1 && len(line) >= full-4
}

func uuDecode(dst, line []byte) []byte {
	n := int(line[0]-' ') & 63
	start := len(dst)
	line = line[1:]
	for i := 0; len(dst)-start < n; i += 4 {
		var q [4]byte
		for k := range q {
			if i+k < len(line) {
				q[k] = (line[i+k] - ' ') & 63
			}
		}
		dst = append(dst, q[0]<<2|q[1]>>4, q[1]<<4|q[2]>>2, q[2]<<6|q[3])
	}
	return dst[:start+n]
}

// xxFits reports whether a line may be of xxencode, which has another alphabet.
func xxFits(line []byte) bool {
	if len(line) < 5 || len(line)%4 != 1 {
		return false
	}
	for _, c := range line {
		if !isWord(c) && c != '+' && c != '-' || c >= 0x80 {
			return false
		}
	}
	return true
}
