package unpack

import (
	"bytes"
	"unicode/utf8"
)

const (
	twinLen = 1 << 10 // of a line that is given out in one piece
	tailLen = 128     // that is said again in the next piece
)

// twin gives out text as it reads: turned from its charset, and with flowed
// lines joined. With both, every line that this changes comes as it lies, too,
// for the charset may be a wrong claim. Of a long line each piece says the end
// of the one before again, so that nothing is cut in two.
type twin struct {
	walk   *mimeWalk
	info   *mimeInfo
	chars  charsetReader
	flow   flowReader
	flowed bool
	both   bool

	raw, text         []byte // the piece in hand
	rawTail, textTail []byte
	split             bool // the line in hand has been given out in both ways
	turned            []byte
}

// begin answers false for a charset that is not known.
func (t *twin) begin(w *mimeWalk, info *mimeInfo, both bool) bool {
	*t = twin{walk: w, info: info, chars: t.chars, flowed: info.flowed, both: both, raw: t.raw[:0], text: t.text[:0],
		rawTail: t.rawTail[:0], textTail: t.textTail[:0], turned: t.turned[:0]}
	t.flow.delSp = info.delSp
	name := info.charset
	if isNative(name) { // whoever reads it finds that out
		name = ""
	}
	return t.chars.begin(name)
}

// try returns what head reads as, before anything was written.
func (t *twin) try(head []byte) []byte {
	text := t.last(t.read(nil, head))
	t.begin(t.walk, t.info, t.both)
	return text
}

func (t *twin) read(dst, p []byte) []byte {
	if !t.flowed {
		return t.chars.read(dst, p)
	}
	t.turned = t.chars.read(t.turned[:0], p)
	return t.flow.read(dst, t.turned)
}

func (t *twin) last(dst []byte) []byte {
	t.turned = t.chars.end(t.turned[:0])
	if !t.flowed {
		return append(dst, t.turned...)
	}
	return t.flow.end(t.flow.read(dst, t.turned))
}

func (t *twin) write(p []byte) {
	if !t.both {
		t.text = t.read(t.text[:0], p)
		t.walk.write(t.text)
		return
	}
	for len(p) > 0 {
		k := min(len(p), twinLen-len(t.raw))
		if n := bytes.IndexByte(p[:k], '\n'); n >= 0 {
			k = n + 1
		}
		t.raw = append(t.raw, p[:k]...)
		t.text = t.read(t.text, p[:k])
		p = p[k:]
		if len(t.raw) == twinLen || bytes.HasSuffix(t.raw, []byte("\n")) && bytes.HasSuffix(t.text, []byte("\n")) {
			t.give()
		}
	}
}

func (t *twin) end() {
	if !t.both {
		t.walk.write(t.last(t.text[:0]))
		return
	}
	if t.text = t.last(t.text); len(t.raw)+len(t.text) > 0 {
		t.give()
	}
}

// give gives out the piece in hand.
func (t *twin) give() {
	same := bytes.Equal(t.raw, t.text)
	if t.split {
		t.walk.write(t.textTail)
	}
	t.walk.write(t.text)
	if !same || t.split {
		t.endLine(t.text)
		t.walk.write(t.rawTail)
		t.walk.write(t.raw)
		t.endLine(t.raw)
	}
	if bytes.HasSuffix(t.text, []byte("\n")) {
		t.split, t.rawTail, t.textTail = false, t.rawTail[:0], t.textTail[:0]
	} else {
		t.split = t.split || !same
		t.rawTail = tailOf(append(t.rawTail, t.raw...), false)
		t.textTail = tailOf(append(t.textTail, t.text...), true)
	}
	t.raw, t.text = t.raw[:0], t.text[:0]
}

func (t *twin) endLine(b []byte) {
	if !bytes.HasSuffix(b, []byte("\n")) {
		t.walk.write([]byte("\n"))
	}
}

// tailOf moves the end of b to its front. It begins with a character in UTF-8
// where runes says that b is that.
func tailOf(b []byte, runes bool) []byte {
	k := max(len(b)-tailLen, 0)
	for runes && k < len(b) && !utf8.RuneStart(b[k]) {
		k++
	}
	return b[:copy(b, b[k:])]
}
