package decode

import (
	"slices"
	"unicode/utf8"
)

// Escapes gives a text in one notation: percent, JSON and JavaScript escapes
// and character references are undone, and what they yield as well as what
// stands plain is folded: full-width forms, separators and Chinese numerals
// to ASCII, invisible characters left out. All else stays as it is.
//
// It is pushed bytes in pieces of any size and appends what they mean, never
// more bytes than it was given. The span of a byte is what stands for it in
// the source, with the invisible characters before it. The zero value is
// ready; Plus makes '+' a space, as in forms.
type Escapes struct {
	Plus bool

	part  [maxEscape]byte // an escape that is not complete
	n     int
	start int64 // where it began
	fold  fold
}

// Begun returns the first source offset that is read and not yet given out.
func (e *Escapes) Begun() (at int64, ok bool) {
	if at, ok = e.fold.begun(); ok {
		return at, true
	}
	return e.start, e.n > 0
}

// Append decodes p, whose first byte stands at the given source offset, and
// appends the bytes and their spans.
func (e *Escapes) Append(dst []byte, spans []Span, p []byte, at int64) ([]byte, []Span) {
	o := output{dst, spans}
	for i := 0; i < len(p); i++ {
		if e.n == 0 && e.fold.idle() {
			if i += e.fold.plain(&o, p[i:], at+int64(i), e.leads()); i == len(p) {
				break
			}
		}
		if e.n == 0 {
			if e.start = at + int64(i); !e.leads()[p[i]] {
				e.fold.put(&o, p[i], Span{e.start, e.start + 1})
				continue
			}
			if x := e.read(p[i:min(i+maxEscape, len(p))], false); !x.more {
				i += e.give(&o, x, p[i]) - 1
				continue
			}
		}
		e.part[e.n] = p[i]
		e.n++
		e.step(&o, false)
	}
	return o.text, o.spans
}

// Flush ends the source: what is incomplete stands as it is.
func (e *Escapes) Flush(dst []byte, spans []Span) ([]byte, []Span) {
	o := output{dst, spans}
	e.step(&o, true)
	e.fold.flush(&o)
	*e = Escapes{Plus: e.Plus}
	return o.text, o.spans
}

// step gives out the escapes in the part as far as they are decided.
func (e *Escapes) step(o *output, end bool) {
	for e.n > 0 {
		x := e.read(e.part[:e.n], end)
		if x.more && !end {
			return
		}
		if x.more {
			x = escape{}
		}
		e.drop(e.give(o, x, e.part[0]))
		// What was read ahead and cannot begin an escape is plain.
		for e.n > 0 && !e.leads()[e.part[0]] {
			e.fold.put(o, e.part[0], Span{e.start, e.start + 1})
			e.drop(1)
		}
	}
}

// give gives out what an escape stands for, or its first byte where there is
// none, and returns how many bytes it took.
func (e *Escapes) give(o *output, x escape, lead byte) int {
	if x.used == 0 {
		x = escape{r: rune(lead), raw: true, used: 1}
	}
	b, n := [utf8.UTFMax]byte{byte(x.r)}, 1
	if !x.raw && x.r >= utf8.RuneSelf {
		n = utf8.EncodeRune(b[:], x.r)
	}
	for _, c := range b[:n] {
		e.fold.put(o, c, Span{e.start, e.start + int64(x.used)})
	}
	return x.used
}

func (e *Escapes) drop(k int) {
	copy(e.part[:], e.part[k:e.n])
	e.n -= k
	e.start += int64(k)
}

// leads is the set of bytes at which an escape may begin.
func (e *Escapes) leads() *byteSet {
	if e.Plus {
		return &leadsPlus
	}
	return &leads
}

type byteSet [256]bool

func setOf(s string) (t byteSet) {
	for _, c := range []byte(s) {
		t[c] = true
	}
	return t
}

var leads, leadsPlus = setOf(`\%&`), setOf(`\%&+`)

// output is a text with the span of each of its bytes.
type output struct {
	text  []byte
	spans []Span
}

func (o *output) add(c byte, s Span) { o.text, o.spans = append(o.text, c), append(o.spans, s) }

// copy adds source bytes that stand for themselves.
func (o *output) copy(p []byte, at int64) {
	o.text = append(o.text, p...)
	n := len(o.spans)
	o.spans = slices.Grow(o.spans, len(p))[:n+len(p)]
	for i, tail := 0, o.spans[n:]; i < len(tail); i++ {
		tail[i] = Span{at + int64(i), at + int64(i) + 1}
	}
}
