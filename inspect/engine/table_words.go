package engine

import (
	"slices"

	"github.com/datacustoms/customs/inspect/match"
)

// gather notes the trigger words among candidates, in order.
func (t *tables) gather(found []match.Candidate) {
	t.keys, t.first = t.keys[:copy(t.keys, t.keys[t.first:])], 0
	for _, c := range found {
		if c.Kind != match.Key {
			continue
		}
		t.keys = append(t.keys, c)
		for i := len(t.keys) - 1; i > 0 && t.keys[i-1].From > c.From; i-- {
			t.keys[i-1], t.keys[i] = c, t.keys[i-1]
		}
	}
}

// title reads a name that stands at [from, to), with the trigger words that
// were told there.
func (t *tables) title(name []byte, from, to int64) *title {
	var forms []*form
	for _, c := range t.keys[t.first:] {
		if c.From >= to {
			break
		}
		if c.From < from {
			continue
		}
		for _, f := range t.engine.forms.keys[c.Key] {
			if !slices.Contains(forms, f) {
				forms = append(forms, f)
			}
		}
	}
	return t.told(name, forms)
}

// told is the title that a name is, or nil where no word in it is known.
func (t *tables) told(name []byte, forms []*form) *title {
	if len(name) < 2 || len(name) > nameLen {
		return nil
	}
	x := &title{groups: t.engine.opt.Catalogue.Groups(name), forms: forms}
	if forms == nil && x.groups.Empty() {
		return nil
	}
	return x
}

// worded is how many trigger words begin in [from, to).
func (t *tables) worded(from, to int64) (n int) {
	for _, c := range t.keys[t.first:] {
		if c.From >= to {
			break
		}
		if c.From >= from {
			n++
		}
	}
	return n
}

// key goes to the first trigger word that does not begin before an offset.
func (t *tables) key(from int64) (int64, bool) {
	t.forget(from)
	if t.first == len(t.keys) {
		return 0, false
	}
	return t.keys[t.first].From, true
}

// forget drops the trigger words before an offset.
func (t *tables) forget(before int64) {
	for t.first < len(t.keys) && t.keys[t.first].From < before {
		t.first++
	}
}

// figured reports whether a text holds a number that no name has.
func figured(b []byte) bool {
	n := 0
	for _, c := range b {
		if n++; !digit(c) {
			n = 0
		}
		if n == 5 {
			return true
		}
	}
	return false
}

// bare returns the bounds of a value, or of a name, without what is around it.
func bare(b []byte) (from, to int) {
	for to = len(b); from < to; {
		switch {
		case pads[b[from]]:
			from++
		case pads[b[to-1]]:
			to--
		case to-from > 1 && b[from+1] == '\'' && (b[from] == 'N' || b[from] == 'E'):
			from++
		default:
			n := padded(b[from:to])
			if n == 0 {
				return from, to
			}
			from += max(n, 0)
			to += min(n, 0)
		}
	}
	return from, to
}

// padded is the length of a space of several bytes at the start of a text, or
// less than 0 for one at its end.
func padded(b []byte) int {
	for _, pad := range []string{"\u3000", "\u00a0", "&nbsp;"} {
		if n := len(pad); len(b) >= n {
			if string(b[:n]) == pad {
				return n
			}
			if string(b[len(b)-n:]) == pad {
				return -n
			}
		}
	}
	return 0
}

var pads = func() (t [256]bool) {
	for _, c := range []byte(" \t\r\n\"'`[]") {
		t[c] = true
	}
	return t
}()
