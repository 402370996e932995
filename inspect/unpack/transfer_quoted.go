package unpack

// transferQuoted reads quoted-printable. What is no escape stands as it is,
// as every reader of mail has it; only bytes that no such text holds are
// foreign.
type transferQuoted struct {
	part   [2]byte // an equals sign and what follows it
	n      int
	blanks int // behind an equals sign: a line that ends so goes on
	cr     bool
	allow  int
}

func (t *transferQuoted) fits(head []byte) bool { return !hasControl(head) }

func isControl(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != escape
}

func (t *transferQuoted) pass(n int) { t.allow = n }

func (t *transferQuoted) decode(dst, p []byte) ([]byte, int) {
	for i, c := range p {
		if isControl(c) && i >= t.allow {
			t.allow = 0
			return dst, i
		}
		dst = t.step(dst, c)
	}
	t.allow = max(t.allow-len(p), 0)
	return dst, len(p)
}

func (t *transferQuoted) step(dst []byte, c byte) []byte {
	switch {
	case t.cr:
		t.cr = false
		if c == '\n' {
			return dst
		}
	case t.n == 0:
	case t.n == 2:
		t.n = 0
		if hexNibble[c] < 16 {
			return append(dst, hexNibble[t.part[1]]<<4|hexNibble[c])
		}
		dst = append(dst, t.part[:2]...)
	case t.blanks == 0 && hexNibble[c] < 16:
		t.part[1], t.n = c, 2
		return dst
	case c == ' ' || c == '\t':
		t.blanks++
		return dst
	case c == '\n' || c == '\r': // a soft line break
		t.n, t.blanks, t.cr = 0, 0, c == '\r'
		return dst
	default:
		dst = t.plain(dst)
	}
	if c == '=' {
		t.part[0], t.n = c, 1
		return dst
	}
	return append(dst, c)
}

// plain gives out an equals sign that was none of the coding.
func (t *transferQuoted) plain(dst []byte) []byte {
	dst = append(dst, '=')
	for ; t.blanks > 0; t.blanks-- {
		dst = append(dst, ' ')
	}
	t.n = 0
	return dst
}

func (t *transferQuoted) end(dst []byte) ([]byte, bool) {
	if t.n == 2 {
		dst = append(dst, t.part[:2]...)
	}
	*t = transferQuoted{allow: t.allow} // an equals sign alone is a soft break whose end the boundary took
	return dst, true
}
