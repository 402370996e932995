package unpack

import (
	"bytes"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/decode"
)

// fieldLen is the longest value that stands in one line with its name.
const fieldLen = 2 << 10

// mimeText gives out what a body says: the value of a form in a line with its
// name, text in its declared charset and with flowed lines joined, anything
// else as it is.
type mimeText struct {
	walk  *mimeWalk
	info  mimeInfo
	mode  textMode
	held  []byte
	at    int64 // where that stands, or -1
	from  int64 // where the body begins
	begun bool  // its part has
	value []byte
	keep  bool // the value is wanted when all of it was given out
	odd   bool // it could not be read as declared
	known bool // the charset is
	twin  twin
}

type textMode uint8

const (
	textPlain textMode = iota
	textField          // held, as long as it may be a value
	textHead           // held until it is known what it is
	textTwin
)

func (t *mimeText) begin(w *mimeWalk, info *mimeInfo) {
	*t = mimeText{walk: w, info: *info, held: t.held[:0], value: t.value[:0], twin: t.twin, known: true, from: w.off, at: -1}
	switch {
	case info.isField() && w.beside && isPlainCoding(info.coding) && !t.turned():
		t.keep = info.named || string(info.field) == "_charset_"
	case info.isField():
		t.mode = textField
	case t.turned():
		t.mode = textHead
	}
}

// turned reports whether the text is read otherwise than it lies.
func (t *mimeText) turned() bool { return !isNative(t.info.charset) || t.info.flowed }

// write takes the next bytes. at is where they stand, or -1 if they were made
// of a body that begins at from.
func (t *mimeText) write(p []byte, at, from int64) {
	t.from = from
	if t.mode == textField || t.mode == textHead {
		most := fieldLen
		if t.mode == textHead {
			most = probeLen
		}
		if len(t.held) == 0 {
			t.at = at
		}
		k := min(len(p), max(most-len(t.held), 0))
		if t.held = append(t.held, p[:k]...); k == len(p) {
			return
		}
		t.decide()
		if p = p[k:]; at >= 0 {
			at += int64(k)
		}
	}
	if t.keep && len(t.value) <= fieldLen {
		t.value = append(t.value, p[:min(len(p), fieldLen+1-len(t.value))]...)
	}
	if t.mode == textTwin {
		t.odd = t.odd || !t.known && strange(t.info.charset, p)
		t.twin.write(p)
		return
	}
	if !t.known {
		t.odd = t.odd || strange(t.info.charset, p)
	}
	t.open(at)
	t.walk.write(p)
}

// open begins the part.
func (t *mimeText) open(at int64) {
	switch {
	case t.begun:
	case at >= 0:
		t.walk.same(t.info.name(), at)
	default:
		t.walk.coded(t.info.name(), t.from)
	}
	t.begun = true
}

// decide begins to give out what was held: turned, if that makes text of it.
func (t *mimeText) decide() {
	t.mode = textPlain
	if t.turned() && !isOwn(t.held) {
		t.mode = textTwin
		t.known = t.twin.begin(t.walk, &t.info, !t.walk.beside || t.at < 0)
		t.odd = !t.known && strange(t.info.charset, t.held)
		switch {
		case t.known && (anyOrder[charsetName(t.info.charset)] || !isReadable(t.twin.try(t.held))):
			t.mode, t.odd = textPlain, true
		case !t.known && !t.info.flowed:
			t.mode = textPlain
		}
	}
	if t.mode == textTwin {
		t.walk.begin(t.info.name(), t.from)
		t.begun = true
		t.twin.write(t.held)
		return
	}
	t.open(t.at)
	t.walk.write(t.held)
}

// anyOrder are charsets that do not say in which order the bytes of a
// character stand, where those do not show it.
var anyOrder = map[string]bool{"utf-16": true, "utf-32": true, "ucs-2": true, "csunicode": true, "iso-10646-ucs-2": true, "unicode": true}

// end gives out what is held.
func (t *mimeText) end() {
	if t.mode == textField {
		t.endField()
	} else if len(t.held) > 0 && t.mode == textHead {
		t.decide()
	}
	if t.mode == textTwin {
		t.twin.end()
	}
	v := t.value
	if t.info.named && len(v) > 0 && len(v) <= fieldLen && !t.own(v) {
		t.line(v, false)
	}
	if string(t.info.field) == "_charset_" {
		t.walk.charset = string(bytes.TrimSpace(append(v, t.held...)))
	}
	t.mode, t.keep, t.value, t.held = textPlain, false, v[:0], t.held[:0]
}

// endField gives out a value: in one line with its name, as it lies and as it
// reads, or by itself where it is no such text.
func (t *mimeText) endField() {
	text := t.held
	if t.turned() {
		t.known = t.twin.begin(t.walk, &t.info, false)
		t.odd = !t.known && strange(t.info.charset, t.held)
		text = t.twin.try(t.held)
	}
	lines := bytes.IndexByte(text, '\n') >= 0
	if t.own(text) || lines && t.turned() {
		t.decide()
		return
	}
	if lines {
		t.walk.begin(t.info.name(), t.from)
	}
	t.line(text, lines)
	if !bytes.Equal(text, t.held) && (!t.walk.beside || t.at < 0) {
		t.line(t.held, false)
	}
}

// line gives out a value with its name, in a part that has been begun for it
// or in that of the fields before it.
func (t *mimeText) line(v []byte, begun bool) {
	w := t.walk
	if !begun && !w.fields {
		w.begin(nil, t.from)
		w.fields = true
	}
	w.write(t.info.field)
	w.write([]byte(": "))
	w.write(v)
	w.write([]byte("\n"))
}

// own reports whether a value is no text, or is text with a form of its own.
func (t *mimeText) own(v []byte) bool {
	return hasControl(v) || decode.Sniff(v) != decode.Plain || decode.IsJSON(v) || decode.IsMarkup(v)
}

// isOwn reports whether a text begins as a format that no charset applies to.
func isOwn(head []byte) bool {
	return decode.Sniff(head) != decode.Plain || bytes.HasPrefix(head, []byte("SQLite format 3\x00")) || bytes.HasPrefix(head, []byte("PAR1"))
}

// isReadable reports whether next to all of b is characters.
func isReadable(b []byte) bool {
	bad, all := 0, 0
	for i, r := range string(b) {
		all++
		if r == utf8.RuneError {
			bad++
		}
		if r < ' ' && isControl(b[i]) {
			return false
		}
	}
	return bad*8 <= all
}
