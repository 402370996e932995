package decode

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// Parts walks through a multipart text that is pushed into it and tells which
// of its parts cannot be read as they lie: those that begin as compressed or
// encrypted content, and those with a coding on them.
//
// No boundary is believed. Every line that begins with two hyphens may be a
// delimiter and is followed by header lines up to a blank one, so a boundary
// that is wrong, missing, nested or declared elsewhere hides nothing. What
// this takes for a part by mistake counts only if it begins as content that
// cannot be read. Memory is a fixed head and a fixed line.
type Parts struct {
	// Miss is told of a part: why, its bytes in this text and on the wire.
	Miss func(reason inspect.GapReason, n, wire int64)

	content bool // in content, and not in a delimiter and its header lines
	dashes  int  // how much of "\n--" has just passed
	maybe   bool // in a line that is a delimiter if it ends as text

	line  [96]byte // the header in hand, unfolded, its runs of blanks as one
	nline int
	width int // bytes of the line in hand, without CR
	coded bool
	again bool // headers of a message follow the headers of the part

	open   bool // a part has begun
	begun  bool // and its place on the wire is known
	reason inspect.GapReason
	head   [TarLen]byte
	nhead  int
	start  mark // of the part
	cut    mark // of the line in hand
	end    mark // of all that came
}

// mark is an offset in the text and on the wire.
type mark struct{ text, wire int64 }

// IsParts reports whether a text begins as multipart.
func IsParts(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, "\r\n"), []byte("--"))
}

// Write takes the next bytes, whose first one stands at the given offset. at
// is their place on the wire, nil where text and wire are one.
func (d *Parts) Write(p []byte, at []Span, from int64) {
	place := func(i int) mark {
		if at == nil {
			return mark{from + int64(i), from + int64(i)}
		}
		return mark{from + int64(i), at[i].From}
	}
	for i := 0; i < len(p); {
		n := 1
		if d.content && d.dashes == 0 {
			n = d.skim(p[i:])
			d.hold(p[i:i+n], place(i))
		} else {
			d.hold(p[i:i+1], place(i))
			d.step(p[i], place(i))
		}
		i += n
	}
	if len(p) > 0 {
		d.end = mark{from + int64(len(p)), from + int64(len(p))}
		if at != nil {
			d.end.wire = at[len(at)-1].To
		}
	}
}

// Finish ends the text.
func (d *Parts) Finish() {
	if d.maybe {
		d.end = d.cut
	}
	d.leave(d.end)
}

// skim passes over content up to a line that may be a delimiter and returns
// how many bytes that is.
func (d *Parts) skim(p []byte) int {
	if k := bytes.Index(p, []byte("\n--")); k >= 0 {
		d.dashes = 1
		return k + 1
	}
	switch n := len(p); {
	case p[n-1] == '\n':
		d.dashes = 1
	case n > 1 && p[n-1] == '-' && p[n-2] == '\n':
		d.dashes = 1
		return n - 1
	}
	return len(p)
}

// hold keeps the first bytes of a part.
func (d *Parts) hold(p []byte, m mark) {
	if !d.open {
		return
	}
	if !d.begun {
		d.begun, d.start = true, m
	}
	d.nhead += copy(d.head[d.nhead:], p)
}

// step takes one byte at the start of a line of content, or of a delimiter or
// header.
func (d *Parts) step(c byte, m mark) {
	switch {
	case !d.content:
		d.header(c, m)
	case c == '-' && d.dashes == 1:
		d.dashes, d.cut = 2, m
	case c == '-':
		d.dashes, d.content, d.maybe = 0, false, true
		d.nline, d.width = copy(d.line[:], "--"), 2
	case c == '\n':
		d.dashes = 1
	default:
		d.dashes = 0
	}
}

func (d *Parts) header(c byte, m mark) {
	switch {
	case d.maybe && c < ' ' && c != '\n' && c != '\r' && c != '\t':
		d.maybe, d.content = false, true // binary content that looked like a delimiter
		return
	case c == '\n':
		d.endLine()
		return
	case c == '\r':
		return
	case c == '\t':
		c = ' '
	}
	if d.width == 0 {
		d.cut = m
		if c != ' ' {
			d.nline = 0
		}
	}
	d.width++
	if d.nline < len(d.line) && (c != ' ' || d.nline > 0 && d.line[d.nline-1] != ' ') {
		d.line[d.nline] = c
		d.nline++
	}
}

// endLine looks at a line that is complete.
func (d *Parts) endLine() {
	line, width := d.line[:d.nline], d.width
	d.width = 0
	switch {
	case width == 0 && d.again:
		d.again, d.nline = false, 0
	case width == 0:
		d.content, d.dashes, d.nline = true, 1, 0
		if !d.open {
			d.open, d.begun, d.nhead = true, false, 0
		}
	case bytes.HasPrefix(line, []byte("--")):
		d.leave(d.cut)
		d.maybe, d.coded, d.again, d.nline = false, false, false, 0
		if isEncrypted(line) {
			d.open, d.begun, d.nhead = true, true, 0
			d.start, d.reason = d.cut, inspect.GapEncrypted
		}
	default:
		d.field(line)
	}
}

// field looks at a header. A folded one comes again, longer each time.
func (d *Parts) field(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	name, value = bytes.TrimSpace(name), bytes.ToLower(bytes.TrimSpace(value))
	switch string(bytes.ToLower(name)) {
	case "content-transfer-encoding", "content-encoding":
		switch string(value) {
		case "", "7bit", "8bit", "binary", "identity":
		default:
			d.coded = true
		}
	case "content-type":
		d.again = bytes.HasPrefix(value, []byte("message/")) || bytes.HasPrefix(value, []byte("application/http"))
	}
}

// leave ends a part and tells what of it could not be read.
func (d *Parts) leave(to mark) {
	if !d.open || !d.begun {
		d.open = false
		return
	}
	n, reason := to.text-d.start.text, d.reason
	d.open, d.reason = false, ""
	head := d.head[:min(int64(d.nhead), n)]
	if int64(len(head)) == n { // the line break belongs to the delimiter
		head = bytes.TrimSuffix(bytes.TrimSuffix(head, []byte("\n")), []byte("\r"))
	}
	switch format := Sniff(head); {
	case reason != "":
	case format == Encrypted:
		reason = inspect.GapEncrypted
	case format != Plain, d.coded && len(head) > 0:
		reason = inspect.GapUnknownFormat
	default:
		return
	}
	d.Miss(reason, n, max(to.wire-d.start.wire, 1))
}
