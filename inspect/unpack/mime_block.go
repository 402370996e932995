package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// maxHeader is how long a header may be before it is given out in pieces.
const maxHeader = pieceLen

// maxFolds is how many folds of one header are looked at for a word that they
// split.
const maxFolds = 64

// headerBlock gathers the headers of one part, unfolds them and gives their
// text out. Where the text is read as it lies, too, that is only what decoding
// made of them.
type headerBlock struct {
	line  []byte // the header in hand, unfolded
	at    int64  // where it begins
	folds []int  // places in it where a fold splits a word
	cut   bool   // the line in hand goes on from a piece that was given out
	lost  bool   // and was one that has to be there as a whole
	words wordReader
	text  []byte // of those before it, not yet given out
	from  int64  // where the first of them begins
	open  bool   // a part has been begun for them
	any   bool
	mute  bool // no text is wanted
}

func (h *headerBlock) empty() bool { return !h.any }

// begin takes the first line of a header.
func (h *headerBlock) begin(w *mimeWalk, p []byte) {
	h.flush(w)
	h.any, h.at = true, w.off
	h.line = append(h.line, bytes.TrimRight(p, "\r\n")...)
	h.trim(w)
}

// more takes what continues a header, in a line of its own or not.
func (h *headerBlock) more(w *mimeWalk, p []byte, folded bool) {
	p = bytes.TrimRight(p, "\r\n")
	if rest := bytes.TrimLeft(p, " \t"); folded && len(h.line) > 0 && len(rest) > 0 && len(h.folds) < maxFolds &&
		isWord(h.line[len(h.line)-1]) && isWord(rest[0]) {
		h.folds = append(h.folds, len(h.line))
	}
	h.any = true
	h.line = append(h.line, p...)
	h.trim(w)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// plain takes a line that is no header.
func (h *headerBlock) plain(w *mimeWalk, p []byte) {
	h.flush(w)
	h.any, h.at = true, w.off
	w.info.more = true
	h.line = append(h.line, bytes.TrimRight(p, "\r\n")...)
	h.flush(w)
}

// trim gives out the front of a header that is too long to be held. Of one
// that has parameters not all are known then.
func (h *headerBlock) trim(w *mimeWalk) {
	if len(h.line) <= maxHeader {
		return
	}
	w.info.more = true
	used := len(h.line)
	if n := headerName(h.line); !h.cut && n > 0 && hasFold(h.line, "content-") {
		h.lost = true
		w.info.take(w, h, h.line[:n], h.line[n+1:])
	} else {
		var text []byte
		if text, used = h.words.read(nil, h.line, false); used == 0 {
			text, used = append(text, h.line...), len(h.line)
		}
		h.lost = h.lost || bytes.Contains(h.line[:used], []byte("*="))
		h.add(w, text, !bytes.Equal(text, h.line[:used]))
	}
	h.cut, h.folds = true, h.folds[:0]
	h.line = append(h.line[:0], h.line[used:]...)
}

// flush reads the header in hand.
func (h *headerBlock) flush(w *mimeWalk) {
	n := headerName(h.line)
	switch {
	case h.cut:
		text, _ := h.words.read(nil, h.line, true)
		h.add(w, append(text, '\n'), !bytes.Equal(text, h.line))
		h.words.check(w)
		if h.lost {
			w.miss(inspect.GapLimitBytes, w.off-h.at)
		}
		h.cut, h.lost = false, false
	case len(h.line) == 0:
		return
	case n > 0:
		w.info.take(w, h, h.line[:n], h.line[n+1:])
		h.unfold(w)
	default:
		w.info.more = true
		text := h.words.all(w, h.line)
		h.add(w, append(text, '\n'), !bytes.Equal(text, h.line))
	}
	h.line, h.folds = h.line[:0], h.folds[:0]
}

// unfold gives out a header whose folds split words: as it reads unfolded, and
// without the blanks of the folds where they split numbers or Chinese.
func (h *headerBlock) unfold(w *mimeWalk) {
	if len(h.folds) == 0 {
		return
	}
	if w.beside {
		h.add(w, append(bytes.Clone(h.line), '\n'), true)
	}
	var joined []byte
	from, split := 0, false
	for _, k := range h.folds {
		rest := bytes.TrimLeft(h.line[k:], " \t")
		split = split || isDigit(h.line[k-1]) || isDigit(rest[0]) || h.line[k-1] >= 0x80 && rest[0] >= 0x80
		joined = append(joined, h.line[from:k]...)
		from = len(h.line) - len(rest)
	}
	if joined = append(joined, h.line[from:]...); split {
		h.add(w, append(joined, '\n'), true)
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// add takes text that is to be given out, if it is decoded or all text is.
func (h *headerBlock) add(w *mimeWalk, text []byte, decoded bool) {
	if h.mute || w.beside && !decoded {
		return
	}
	if len(h.text) == 0 {
		h.from = h.at
	}
	h.text = append(h.text, text...)
	if len(h.text) > giveLen {
		h.give(w)
	}
}

// give writes the text so far.
func (h *headerBlock) give(w *mimeWalk) {
	if !h.open {
		h.open = true
		w.begin(nil, h.from)
	}
	w.write(h.text)
	h.text = h.text[:0]
}

// finish ends the headers. Those of a field that has nothing but its name
// say no more than the line that the field becomes.
func (h *headerBlock) finish(w *mimeWalk) {
	h.flush(w)
	if len(h.text) > 0 && (h.open || w.info.more || w.info.named || !w.info.isField()) {
		h.give(w)
	}
	*h = headerBlock{line: h.line[:0], text: h.text[:0], folds: h.folds[:0]}
}
