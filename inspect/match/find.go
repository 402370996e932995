package match

// Classes of bytes. The low bits say to which runs a byte belongs.
const (
	inWord   = 1 << iota // ASCII letter, digit, underscore
	inLocal              // local part of an address
	inDomain             // domain of an address
	isDigit
	isSpace // a separator inside numbers
	isSpecial
	letter = inWord | inLocal | inDomain
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = letter | isDigit
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			t[c] = letter
		}
	}
	t['_'] = inWord | inLocal
	t['.'] = inLocal | inDomain
	t['-'] = inLocal | inDomain | isSpace
	t['+'] = inLocal
	t[' '] = isSpace
	t['@'] = isSpecial
	t[0xef] = isSpecial // first byte of a full-width digit
	t[0x86] = isSpecial // last byte of 密 in UTF-8
	t[0xdc] = isSpecial // last byte of 密 in GB18030
	return t
}()

// stop marks the bytes that need a closer look outside of numbers, words and
// addresses.
var stop = func() (t [256]bool) {
	for c := range t {
		t[c] = class[c]&(isDigit|isSpecial) != 0
	}
	return t
}()

// Find takes the next bytes of the stream and appends the candidates that
// ended in them.
func (f *Finder) Find(dst []Candidate, p []byte) []Candidate {
	base := f.pos
	for i := 0; i < len(p); i++ {
		if f.state == idle && f.wide == 0 && f.sign == 0 && f.word == 0 {
			i = f.pass(p, i)
			if i == len(p) {
				break
			}
		}
		c := class[p[i]]
		if c&isDigit == 0 || f.wide > 0 {
			dst = f.other(dst, p, i, c)
			continue
		}
		j := i + 1
		for j < len(p) && class[p[j]]&isDigit != 0 {
			j++
		}
		if class[f.back(p, i, 1)]&isDigit == 0 {
			f.run = base + int64(i) + 1
		}
		f.digit(base + int64(i))
		f.grow(j - i - 1)
		i = j - 1
	}
	f.pos = base + int64(len(p))
	f.keep(p)
	if f.sign > 0 && f.pos-f.sign > MaxDomain {
		dst = f.closeAt(dst, f.pos)
	}
	return dst
}

// pass goes over the bytes that need no closer look and the short numbers
// that nothing joins, and returns where it stopped.
func (f *Finder) pass(p []byte, i int) int {
	for {
		for i < len(p) && !stop[p[i]] {
			i++
		}
		if i == len(p) || class[p[i]]&isDigit == 0 {
			return i
		}
		j := i + 1
		for j < len(p) && class[p[j]]&isDigit != 0 {
			j++
		}
		switch {
		case j-i >= MinDigits || j == len(p) || p[j] == 0xef:
			return i
		case class[p[j]]&isSpace != 0 && (j+1 == len(p) || class[p[j+1]]&isDigit != 0 || p[j+1] == 0xef):
			return i
		case j-i >= wordDigits:
			if f.opens(p, i, f.pos+int64(i), f.pos+int64(j)); f.word > 0 {
				return j
			}
		}
		i = j
	}
}

// back returns the byte n places before p[i]; n is at most the length of the
// tail. Before the first byte stand zeros.
func (f *Finder) back(p []byte, i, n int) byte {
	if i >= n {
		return p[i-n]
	}
	return f.tail[len(f.tail)+i-n]
}

// opens notes that a word may be open in which digits stand at [run, end):
// p[i] is the byte at the offset run, or would be if p went back so far.
func (f *Finder) opens(p []byte, i int, run, end int64) {
	n := int64(0)
	for n <= wordLead && class[f.back(p, i, int(n)+1)]&inWord != 0 {
		n++
	}
	if n <= wordLead && end-run+n <= WordLen+1 {
		f.word = run - n + 1
	}
}

// local returns how many bytes of a local part stand before p[i], up to one
// more than there may be.
func (f *Finder) local(p []byte, i int) int {
	n := 0
	for n <= MaxLocal && class[f.back(p, i, n+1)]&inLocal != 0 {
		n++
	}
	return n
}

// digit notes one digit that starts at pos.
func (f *Finder) digit(pos int64) {
	if f.state != inside {
		if f.state == idle {
			f.n = 0
		}
		if f.n == len(f.groups) {
			copy(f.groups[:], f.groups[1:])
			f.n--
		}
		f.groups[f.n] = group{from: pos}
		f.n++
		f.state = inside
	}
	f.grow(1)
}

func (f *Finder) grow(n int) {
	g := &f.groups[f.n-1]
	g.n = int32(min(int(g.n)+n, MaxDigits+1))
}

// other handles every byte that is not an ASCII digit, and all bytes while a
// full-width digit is being read.
func (f *Finder) other(dst []Candidate, p []byte, i int, c uint8) []Candidate {
	b, pos := p[i], f.pos+int64(i)
	dst = f.runs(dst, p, i, c)
	switch {
	case f.wide == 1 && b == 0xbc:
		f.wide = 2
		return dst
	case f.wide == 2 && b >= 0x90 && b <= 0x99:
		f.wide = 0
		f.digit(pos - 2)
		return dst
	case f.wide > 0: // it was no digit: what was open ended before it
		dst = f.closeDigits(dst, pos-int64(f.wide))
		f.wide, f.state, f.n = 0, idle, 0
		if c&isDigit != 0 {
			f.run = pos + 1
			f.digit(pos)
			return dst
		}
	}
	if b == 0xef {
		f.wide = 1
		return dst
	}
	if f.state == inside {
		dst = f.closeDigits(dst, pos)
		if c&isSpace != 0 {
			f.state = between
			return dst
		}
	}
	f.state, f.n = idle, 0
	return dst
}

// runs keeps the open word, address and mark.
func (f *Finder) runs(dst []Candidate, p []byte, i int, c uint8) []Candidate {
	pos := f.pos + int64(i)
	if f.run > 0 {
		f.closeRun(p, i)
	}
	if f.word > 0 {
		if c&inWord == 0 {
			dst = f.closeWord(dst, pos)
		} else if pos-f.word > WordLen {
			f.word = 0
		}
	}
	if c&inDomain == 0 {
		dst = f.closeAt(dst, pos)
	}
	if p[i] == '@' {
		if n := f.local(p, i); n > 0 && n <= MaxLocal {
			f.at, f.sign = pos-int64(n), pos+1
		}
	}
	switch p[i] {
	case 0x86:
		dst = f.mark(dst, p, i, 6)
	case 0xdc:
		dst = f.mark(dst, p, i, 4)
	}
	return dst
}

// closeRun ends the open run of ASCII digits before p[i].
func (f *Finder) closeRun(p []byte, i int) {
	run, end := f.run-1, f.pos+int64(i)
	f.run = 0
	if n := end - run; n >= wordDigits && n <= WordLen+1 && f.word == 0 {
		f.opens(p, i-int(n), run, end)
	}
}

func (f *Finder) closeWord(dst []Candidate, pos int64) []Candidate {
	if from := f.word - 1; f.word > 0 && uint64(pos-from-WordLen) <= 1 {
		dst = append(dst, Candidate{Word, from, pos})
	}
	f.word = 0
	return dst
}

func (f *Finder) closeAt(dst []Candidate, pos int64) []Candidate {
	if f.sign > 0 {
		// A longer run of domain bytes may still begin with a domain.
		if n := pos - f.sign; n > 2 {
			dst = append(dst, Candidate{At, f.at, min(pos, f.sign+MaxDomain)})
		}
		f.sign = 0
	}
	return dst
}

// closeDigits ends the open group at pos and appends a candidate when enough
// digits are joined there.
func (f *Finder) closeDigits(dst []Candidate, pos int64) []Candidate {
	if f.state != inside {
		return dst
	}
	total, first := int32(0), f.n
	for first > 0 && total+f.groups[first-1].n <= MaxDigits {
		first--
		total += f.groups[first].n
	}
	if total >= MinDigits {
		dst = append(dst, Candidate{Digits, f.groups[first].from, pos})
	}
	return dst
}

// mark looks back from the last byte of 密 for one of the level words.
func (f *Finder) mark(dst []Candidate, p []byte, i, n int) []Candidate {
	var w [6]byte
	for k := range n {
		w[k] = f.back(p, i, n-1-k)
	}
	switch string(w[:n]) {
	case "绝密", "机密", "秘密", "絕密", "機密", "\xbe\xf8\xc3\xdc", "\xbb\xfa\xc3\xdc", "\xc3\xd8\xc3\xdc":
		end := f.pos + int64(i) + 1
		dst = append(dst, Candidate{Mark, end - int64(n), end})
	}
	return dst
}

// keep stores the last bytes of p for what straddles two pieces.
func (f *Finder) keep(p []byte) {
	if n := len(f.tail); len(p) >= n {
		copy(f.tail[:], p[len(p)-n:])
	} else {
		copy(f.tail[:], f.tail[len(p):])
		copy(f.tail[n-len(p):], p)
	}
}
