package unpack

import "bytes"

// maxHeader is how long a header may be before it is given out in pieces.
const maxHeader = 64 << 10

// maxBlock is how much of the text of headers is held before it is given out.
const maxBlock = 16 << 10

// headerBlock gathers the headers of one part, unfolds them and gives their
// text out.
type headerBlock struct {
	line []byte // the header in hand, unfolded
	text []byte // of those before it
	open bool   // a part has been begun for them
	any  bool
}

func (h *headerBlock) empty() bool { return !h.any }

// begin takes the first line of a header.
func (h *headerBlock) begin(w *mimeWalk, p []byte) {
	h.flush(w)
	h.any = true
	h.more(w, p)
}

// more takes what continues a header.
func (h *headerBlock) more(w *mimeWalk, p []byte) {
	h.any = true
	for len(p) > 0 && (p[len(p)-1] == '\n' || p[len(p)-1] == '\r') {
		p = p[:len(p)-1]
	}
	h.line = append(h.line, p...)
	if len(h.line) > maxHeader {
		h.flush(w)
	}
}

// plain takes a line that is no header.
func (h *headerBlock) plain(w *mimeWalk, p []byte) {
	h.flush(w)
	h.any = true
	w.info.more = true
	h.words(w, bytes.TrimRight(p, "\r\n"))
}

// flush reads the header in hand.
func (h *headerBlock) flush(w *mimeWalk) {
	if len(h.line) == 0 {
		return
	}
	if n := headerName(h.line); n > 0 {
		h.add(w, w.info.take(nil, h.line[:n], h.line[n+1:]))
	} else {
		w.info.more = true
		h.words(w, h.line)
	}
	h.line = h.line[:0]
}

// words adds a line that is no header.
func (h *headerBlock) words(w *mimeWalk, line []byte) {
	h.add(w, headerText(line))
	h.text = append(h.text, '\n')
}

func (h *headerBlock) add(w *mimeWalk, text []byte) {
	h.text = append(h.text, text...)
	if len(h.text) > maxBlock {
		h.give(w)
	}
}

// give writes the text so far.
func (h *headerBlock) give(w *mimeWalk) {
	if !h.open {
		h.open = true
		w.body.fields = false
		w.begin(nil)
	}
	w.write(h.text)
	h.text = h.text[:0]
}

// finish ends the headers. Those of a field that has nothing but its name
// say no more than the line that the field becomes.
func (h *headerBlock) finish(w *mimeWalk) {
	h.flush(w)
	if len(h.text) > 0 && (h.open || w.info.more || !w.info.isField()) {
		h.give(w)
	}
	*h = headerBlock{line: h.line[:0], text: h.text[:0]}
}
