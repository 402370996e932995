package unpack

import "bytes"

// skimLen is how much is worth to be passed over at once.
const skimLen = 512

// skim passes on what has come of a binary body up to a line that may be a
// delimiter: no other line of it means anything. It reports whether there was
// enough of it.
func (w *mimeWalk) skim() bool {
	if w.header || w.mbox || w.uu || w.body.armor || !w.body.binary || w.body.tr != nil {
		return false
	}
	b := w.lines.buf[w.lines.from:w.lines.to]
	if len(b) < skimLen || w.start && b[0] == '-' {
		return false
	}
	n := len(b) - 3 // the rest may be the beginning of such a line
	if k := bytes.Index(b, []byte("\n--")); k >= 0 {
		n = k
	}
	if k := bytes.Index(b[:n+2], []byte("\r--")); k >= 0 {
		n = k
	}
	if n < skimLen/2 {
		return false
	}
	if b[n-1] == '\r' {
		n-- // with what follows, it may be one end of a line
	}
	w.release()
	w.body.write(b[:n], w.off)
	w.lines.from += n
	w.lines.seen = 0
	w.off += int64(n)
	w.start = b[n-1] == '\n' || b[n-1] == '\r'
	return true
}
