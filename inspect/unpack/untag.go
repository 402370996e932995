package unpack

import (
	"bytes"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/decode"
)

const (
	untagText = 2 << 10 // the longest text of a block that is held
	untagTag  = 4 << 10 // the longest tag or comment
	untagNear = 128     // as far behind a joint a number may go on
)

// Untag reads HTML, XML and SVG for words that tags divide: it is pushed the
// text in pieces of any size and gives out, with a span for every byte, the
// blocks in which an inline tag, a comment, a processing instruction or the
// border of a CDATA section stands within a word, without those. All other
// text it drops. Each block ends with a line feed. Character references stay
// as they are. Memory is fixed. The zero value is ready.
type Untag struct {
	tag  tagReader
	text []byte // of the block, what is not yet given out or dropped
	runs []untagRun
	next int64 // where the source goes on after text
	prev byte  // the last byte of the block

	gap   bool // since prev, something was left out
	joint int  // one more than the place in text of the last joint; 0 is none
	given bool // some of the block, and no line feed yet
	last  decode.Span
}

// untagRun says that text from n on stands in one piece in the source.
type untagRun struct {
	n  int
	at int64
}

// Append reads p, whose first byte stands at the given source offset, and
// appends what is to be given out and its spans.
func (u *Untag) Append(dst []byte, spans []decode.Span, p []byte, at int64) ([]byte, []decode.Span) {
	o := written{dst, spans}
	for len(p) > 0 {
		n := u.step(&o, p, at)
		p, at = p[n:], at+int64(n)
	}
	return o.text, o.spans
}

// Flush ends the source.
func (u *Untag) Flush(dst []byte, spans []decode.Span) ([]byte, []decode.Span) {
	o := written{dst, spans}
	switch u.tag.state {
	case tagOpen:
		u.push(&o, []byte("<"), u.tag.from)
	case tagBracket:
		u.push(&o, []byte("]]")[:u.tag.n], u.tag.from)
	}
	u.end(&o)
	*u = Untag{text: u.text[:0], runs: u.runs[:0]}
	return o.text, o.spans
}

// Held returns the first source offset of what may still be given out.
func (u *Untag) Held() (at int64, ok bool) {
	switch {
	case len(u.runs) > 0:
		return u.runs[0].at, true
	case u.tag.state == tagOpen || u.tag.state == tagBracket:
		return u.tag.from, true
	}
	return 0, false
}

// push adds text to the block.
func (u *Untag) push(o *written, p []byte, at int64) {
	for len(p) > 0 {
		if len(u.text) == untagText {
			u.overflow(o)
		}
		if u.text == nil {
			u.text = make([]byte, 0, untagText)
		}
		if u.gap && inWord(u.prev) && inWord(p[0]) {
			u.joint = len(u.text) + 1
		}
		u.gap = false
		if len(u.runs) == 0 || u.next != at {
			u.runs = append(u.runs, untagRun{len(u.text), at})
		}
		n := min(len(p), untagText-len(u.text))
		u.text = append(u.text, p[:n]...)
		u.prev = p[n-1]
		p, at = p[n:], at+int64(n)
		u.next = at
	}
}

// inWord tells whether b may be of a word. A character reference may be.
func inWord(b byte) bool {
	return b-'0' < 10 || b|0x20-'a' < 26 || b >= utf8.RuneSelf || b == '&' || b == ';'
}

// end ends the block.
func (u *Untag) end(o *written) {
	if u.joint > 0 {
		u.give(o, len(u.text))
	}
	u.feed(o)
	u.text, u.runs = u.text[:0], u.runs[:0]
	u.joint, u.gap, u.prev = 0, false, 0
}

// feed ends a line that was given out.
func (u *Untag) feed(o *written) {
	if u.given {
		o.text, o.spans = append(o.text, '\n'), append(o.spans, u.last)
		u.given = false
	}
}

// overflow makes room: it gives out most of what is held, or drops half of it
// and keeps the rest as the context of a joint that may come.
func (u *Untag) overflow(o *written) {
	if u.joint == 0 {
		u.feed(o)
		u.discard(cutText(u.text[:untagText/2]))
		return
	}
	n := cutText(u.text)
	u.give(o, n)
	switch {
	case u.joint > n:
		u.joint -= n
	case u.joint+untagNear > n:
		u.joint = 1
	default:
		u.joint = 0
	}
	u.discard(n)
}

// cutText returns where text is best cut: after the last white space, or else
// after the last byte of no ASCII, not far from its end.
func cutText(text []byte) int {
	far := len(text) - 2*untagNear
	if i := bytes.LastIndexAny(text[far:], " \t\r\n"); i >= 0 {
		return far + i + 1
	}
	for i := len(text) - 1; i > far; i-- {
		if text[i-1] >= utf8.RuneSelf && utf8.RuneStart(text[i]) {
			return i
		}
	}
	return len(text)
}

// give gives out the first n bytes of the text.
func (u *Untag) give(o *written, n int) {
	o.text = append(o.text, u.text[:n]...)
	for i, r := range u.runs {
		to := n
		if i+1 < len(u.runs) {
			to = min(n, u.runs[i+1].n)
		}
		for k := r.n; k < to; k++ {
			at := r.at + int64(k-r.n)
			u.last = decode.Span{From: at, To: at + 1}
			o.spans = append(o.spans, u.last)
		}
	}
	u.given = u.given || n > 0
}

// discard forgets the first n bytes of the text.
func (u *Untag) discard(n int) {
	u.text = u.text[:copy(u.text, u.text[n:])]
	keep := u.runs[:0]
	for i, r := range u.runs {
		to := n + len(u.text)
		if i+1 < len(u.runs) {
			to = u.runs[i+1].n
		}
		if skip := max(0, n-r.n); r.n+skip < to {
			keep = append(keep, untagRun{r.n + skip - n, r.at + int64(skip)})
		}
	}
	u.runs = keep
}
