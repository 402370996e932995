package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// content takes a line of a body, or a piece of one, and holds back its line
// break.
func (w *mimeWalk) content(p []byte, start bool) {
	w.release()
	if start && w.marked(p) {
		return
	}
	text, end := cutEnd(p)
	w.body.write(text, w.off)
	w.held, w.heldAt = append(w.held, end...), w.off+int64(len(text))
}

// release lets go of the line break that is held: no delimiter owns it.
func (w *mimeWalk) release() {
	if len(w.held) > 0 {
		w.body.write(w.held, w.heldAt)
		w.held = w.held[:0]
	}
}

// marked looks for lines that say how to read what follows them, within a
// body that is neither coded nor binary. It takes the line if that is one.
func (w *mimeWalk) marked(p []byte) bool {
	switch {
	case w.uu:
		return w.uuLine(p)
	case w.body.armor:
		return w.armorEnd(p)
	case w.body.tr != nil || w.body.binary || len(p) < 8:
		return false
	}
	switch p[0] {
	case 'b':
		return w.uuBegin(p)
	case 'c', 'C':
		return w.headerWithin(p)
	case '=':
		if bytes.HasPrefix(p, []byte("=ybegin ")) {
			w.body.lost = inspect.GapUnknownFormat
		}
	case '(':
		if bytes.HasPrefix(p, []byte("(This file must be converted with BinHex")) {
			w.body.lost = inspect.GapUnknownFormat
		}
	case '-':
		if w.body.size > 0 && decode.Sniff(p) == decode.Encrypted {
			w.body.lost = inspect.GapEncrypted
		}
	}
	return false
}

// headerWithin takes a line that claims a transfer coding where no header has
// to be: in a message within a text, or behind headers that were cut short.
// What it claims is looked for, but nothing is amiss if it is not there.
func (w *mimeWalk) headerWithin(p []byte) bool {
	n := headerName(p)
	if n == 0 || !bytes.EqualFold(bytes.TrimSpace(p[:n]), []byte("content-transfer-encoding")) {
		return false
	}
	name, _ := token(p[n+1:])
	if name != "base64" && name != "quoted-printable" {
		return false
	}
	info := mimeInfo{charset: w.body.info.charset, flowed: w.body.info.flowed, delSp: w.body.info.delSp, soft: true, more: true}
	w.body.end()
	w.info, w.header = info, true
	w.block.begin(w, p)
	return true
}
