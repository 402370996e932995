package check

// written is a telephone number as people write it behind its key: digits with
// brackets, blanks and hyphens of all kinds.
type written struct {
	buf  [20]byte
	n    int
	bits uint32 // for each digit that begins a group
	end  int
	odd  bool // what joins the groups makes no candidate of joined digits
}

// number reads a telephone number at the value.
func (t *trail) number() (w written, ok bool) {
	w.end = t.at
	w.odd = t.at > 0 && t.bracket(t.at)
	for w.n < len(w.buf) {
		c, k := narrow(t.text[w.end:])
		if isDigit(c) {
			w.buf[w.n] = c
			w.n, w.end = w.n+1, w.end+k
			continue
		}
		k = joint(t.text[w.end:])
		if k == 0 || w.n == 0 || !followed(t.text[w.end+k:]) {
			break
		}
		w.bits |= 1 << w.n
		w.odd = w.odd || k > 1 || c == ')'
		w.end += k
	}
	c, _ := narrow(t.text[w.end:])
	return w, w.n >= 7 && !Word(c) && OpenRight(t.text[w.end:])
}

// localPhone is the form of telephone numbers behind their key in a notation
// that is no joined number: (010)62345678, or without an area code. Digits
// with an area code that common separators join are left to the form landline.
func localPhone(s *Sight) {
	t := follow(s)
	if !t.sign && !t.tail && latinKey(s) {
		return
	}
	w, ok := t.number()
	if !ok {
		return
	}
	d := w.buf[:w.n]
	if f, ok := fixedLine(d, w.bits|1); ok {
		if s.From = t.at; w.odd {
			s.addFixed(d, f, w.end, false)
		}
		return
	}
	if (w.n == 7 || w.n == 8) && d[0] >= '2' && d[0] <= '8' && w.bits&^(1<<(w.n-4)) == 0 {
		s.Add(t.at, w.end, KindPhone, d)
	}
}

// localMobile is the form of mobiles of Hong Kong, Macao and Taiwan behind
// their key and without a country code: 9123 4567, 0912-345-678.
func localMobile(s *Sight) {
	t := follow(s)
	if !t.sign && !t.tail && latinKey(s) {
		return
	}
	w, ok := t.number()
	if !ok || w.n != 8 && w.n != 10 {
		return
	}
	switch d := w.buf[:w.n]; {
	case w.n == 8 && d[0] >= '5' && w.bits&^(1<<4) == 0:
		s.Add(t.at, w.end, KindPhone, d)
	case w.n == 10 && d[0] == '0' && d[1] == '9' && (w.bits == 0 || w.bits == 1<<4 || w.bits == 1<<4|1<<7):
		var c [13]byte
		s.Add(t.at, w.end, KindPhone, append(append(c[:0], "+886"...), d[1:]...))
	}
}

// bracket reports whether an opening bracket stands before a place.
func (t *trail) bracket(at int) bool {
	return t.text[at-1] == '(' || at > 2 && twinAt(t.text[at-3:], wideGaps[:1]) == 3 ||
		at > 1 && twinAt(t.text[at-2:], wideGaps[:1]) == 2
}

// joints are what joins the groups of a number beside one ASCII character.
var joints = []twin{{"）", "\xa3\xa9"}, {"－", "\xa3\xad"}, {"—", "\xa1\xaa"}, {"–", "\xa8\x43"}, {"‐", "\xa9\x5c"}}

// joint returns the length of what joins two groups of digits, or 0.
func joint(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == ')' && len(b) > 1 && (b[1] == '-' || b[1] == ' '):
		return 2
	case b[0] == ')' || b[0] == '-' || b[0] == ' ':
		return 1
	}
	return twinAt(b, joints)
}

func followed(b []byte) bool {
	c, _ := narrow(b)
	return isDigit(c)
}
