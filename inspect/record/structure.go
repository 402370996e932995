package record

import (
	"math/bits"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/match"
)

// container is an open JSON object or array.
type container struct {
	array  bool
	record bool            // it has a record of its own
	key    inspect.Subject // the first key that was an element of it
}

var structural = func() (t [256]bool) {
	for _, c := range []byte("\"\\{}[]\n") {
		t[c] = true
	}
	return t
}()

// objects follows JSON. Brackets in strings do not count. Sixty-four bytes
// without an escape are followed by their marks, all else byte by byte.
func (b *Book) objects(p []byte) {
	var marks [64]match.Marks
	for len(p) >= 64 {
		n := match.Structure(marks[:], p)
		for i := range marks[:n] {
			m := &marks[i]
			inside := m.String // and where a string is open before, the other way round
			if b.quoted {
				inside = ^inside
			}
			// No JSON string spans lines: a line in one is a matter for bytes.
			if b.escape || m.Escape|m.Line&inside != 0 {
				b.bytes(p[i*64 : i*64+64])
				continue
			}
			b.quoted = inside>>63 != 0
			if at := m.Bracket&^inside | m.Line; at != 0 {
				b.marked(at, p[i*64:i*64+64])
			}
		}
		p = p[n*64:]
	}
	b.bytes(p)
}

// marked follows the brackets and lines at the places of 64 bytes.
func (b *Book) marked(at uint64, p []byte) {
	for ; at != 0; at &= at - 1 {
		switch c := p[bits.TrailingZeros64(at)]; c {
		case '\n':
			b.line()
		case '{', '[':
			b.enter(c == '[')
		default:
			b.leave(c == ']')
		}
	}
}

func (b *Book) line() {
	if len(b.stack) == 1 {
		b.renew()
	}
}

// bytes follows JSON byte by byte.
func (b *Book) bytes(p []byte) {
	for i := 0; i < len(p); i++ {
		if b.escape {
			if b.escape = false; p[i] != '\n' {
				continue
			}
		}
		for i < len(p) && !structural[p[i]] {
			i++
		}
		if i == len(p) {
			return
		}
		switch c := p[i]; {
		case c == '\n':
			// No JSON string spans lines: a stray quote must not swallow the rest.
			b.quoted = false
			b.line()
		case c == '"':
			b.quoted = !b.quoted
		case b.quoted:
			b.escape = c == '\\'
		case c == '{' || c == '[':
			b.enter(c == '[')
		case c == '}' || c == ']':
			b.leave(c == ']')
		}
	}
}

// enter opens an object or array. An array that is an element of another is a
// row and a record; any other array belongs to the object it stands in.
func (b *Book) enter(array bool) {
	if len(b.nest) == maxDepth {
		b.deep++
		b.renew()
		return
	}
	n := len(b.nest)
	record := !array || n > 0 && b.nest[n-1].array
	b.nest = append(b.nest, container{array: array, record: record})
	if record {
		b.push()
	}
}

// leave closes the innermost open object or array of the kind and what was
// left open in it.
func (b *Book) leave(array bool) {
	if b.deep > 0 {
		b.deep--
		b.renew()
		return
	}
	n := len(b.nest) - 1
	for n >= 0 && b.nest[n].array != array {
		n--
	}
	for n >= 0 && len(b.nest) > n {
		if b.nest[len(b.nest)-1].record {
			b.pop()
		}
		b.nest = b.nest[:len(b.nest)-1]
	}
}

// listed reports whether a key is the second element of a list that is a key:
// then each stands for a person.
func (b *Book) listed(k Key) bool {
	n := len(b.nest) - 1
	if n < 0 || !b.nest[n].array || b.nest[n].record {
		return false
	}
	c := &b.nest[n]
	if !c.key.Known() {
		c.key = k.Subject
	}
	return c.key != k.Subject
}

// tag is what is known of the tag at hand and the one before it.
type tag struct {
	in     bool   // between < and >
	fresh  bool   // right behind <
	closes bool   // an end tag, or one that closes itself
	naming bool   // the name is not over
	slash  bool   // the last byte was a slash
	name   uint32 // hash of the name, odd once it is over
	key    bool   // a key stands in a tag of this record
	after  uint32 // hash of the name of the last end tag, if nothing opened since
}

// cells are the names of elements that stand beside each other in a row.
var cells = [...]uint32{hash("td"), hash("th"), hash("TD"), hash("TH")}

func hash(s string) (h uint32) {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h | 1
}

// markup follows XML or HTML. A record ends where an element ends that has
// others in it, between two elements of one name, at an element with a key in
// its tag, and at a line.
func (b *Book) markup(p []byte) {
	t := &b.tag
	for _, c := range p {
		switch {
		case c == '\n':
			b.cut()
		case c == '<' && !t.in:
			if t.key {
				b.cut()
			}
			*t = tag{in: true, fresh: true, naming: true, after: t.after}
			continue
		case !t.in:
			continue
		case t.fresh && c == '/':
			t.closes = true
		case c == '>':
			b.named()
			t.in = false
			if t.after = 0; t.closes || t.slash {
				t.after = t.name
			}
		case t.naming && (c <= ' ' || c == '/'):
			b.named()
		case t.naming:
			t.name = (t.name ^ uint32(c)) * 16777619
		}
		t.fresh, t.slash = false, c == '/'
	}
}

// named acts on a tag whose name is known.
func (b *Book) named() {
	t := &b.tag
	if !t.naming {
		return
	}
	t.naming, t.name = false, t.name|1
	switch {
	case t.after == 0:
	case t.closes: // the end of an element with elements in it
		b.cut()
	case t.after == t.name:
		for _, c := range cells {
			if c == t.name {
				return
			}
		}
		b.cut()
	}
}

// cut ends the record at hand if there is anything in it.
func (b *Book) cut() {
	b.tag.key = false
	if r := b.top(); len(r.keys)+len(r.names) > 0 || r.crowded {
		b.renew()
	}
}
