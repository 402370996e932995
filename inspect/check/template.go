package check

// A template is worth the name from 64 bytes on: so many characters of
// base64, or so many numbers of a vector.
const (
	templateText    = 86
	templateNumbers = 8
	templateVector  = 64
)

// bioTemplate confirms a key of biometric features by its value: base64 or
// hexadecimal text, or an array of fractions. Under a key that could mean
// anything, as fingerprint does, only a template of ISO/IEC 19794 counts.
func bioTemplate(s *Sight) {
	at, firm := s.valueAt()
	end := s.reach()
	if s.Cell > 0 {
		end = s.cellEnd()
	} else if !firm || s.Text[at-1] == '(' {
		return
	}
	if at >= end {
		return
	}
	text := s.Text[at:end]
	if starts(text, "data:") {
		return // a picture, which is no template
	}
	n := encoded(text)
	if n == 0 && !s.vague() {
		n = vector(text)
	}
	if n == 0 || s.vague() && isoHead(text) == 0 {
		return
	}
	v := s.Add(at, at+n, Nobody, nil)
	if isoHead(text) > 0 {
		v.Lift = 1
	}
}

// vague reports whether the key names a print that need not be a body's.
func (s *Sight) vague() bool {
	switch key := s.Candidate(); len(key) {
	case len("fingerprint"):
		return startsFold(key, "fingerprint")
	case len("指纹"), len("\xd6\xb8\xce\xc6"):
		return string(key) == "指纹" || string(key) == "\xd6\xb8\xce\xc6"
	}
	return false
}

// encoded returns the length of a text in base64 or hexadecimal digits that
// is long enough and is no sentence, word or filler, or 0.
func encoded(b []byte) int {
	n, kinds := 0, uint64(0)
	for n < len(b) && base64Byte(b[n]) {
		kinds |= 1 << (b[n] & 63)
		n++
	}
	if n < templateText {
		return 0
	}
	digits := false
	for _, c := range b[:n] {
		digits = digits || digit(c)
	}
	if count := ones(kinds); count < 6 || !digits {
		return 0
	}
	return n
}

func ones(x uint64) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

func base64Byte(c byte) bool { return Word(c) || c == '+' || c == '/' || c == '-' || c == '=' }

// vector returns how much of b is an array of fractions such as a network
// gives for a face, or 0.
func vector(b []byte) int {
	numbers, n := 0, 0
	for n < len(b) {
		i := n
		if b[i] == '-' || b[i] == '+' {
			i++
		}
		whole := i
		for i < len(b) && digit(b[i]) {
			i++
		}
		if i-whole > 3 || i >= len(b) || b[i] != '.' {
			break
		}
		point := i
		for i++; i < len(b) && digit(b[i]); {
			i++
		}
		if i-point < 4 {
			break
		}
		if i+1 < len(b) && b[i]|0x20 == 'e' {
			for i += 2; i < len(b) && digit(b[i]); {
				i++
			}
		}
		numbers, n = numbers+1, i
		for i < len(b) && (b[i] == ',' || b[i] <= ' ') {
			i++
		}
		if i == n || i >= len(b) {
			break
		}
		n = i
	}
	if numbers < templateNumbers || n < templateVector {
		return 0
	}
	return n
}

// isoHeads begin a record of ISO/IEC 19794: finger minutiae (part 2), finger
// image (4), face (5), iris (6), in base64.
var isoHeads = [...]string{"Rk1S", "RklS", "RkFD", "SUlS"}

func isoHead(b []byte) int {
	for _, h := range isoHeads {
		if starts(b, h) && len(b) > len(h) && b[len(h)] == 'A' {
			return len(h)
		}
	}
	return 0
}

// bioRecord confirms the head of such a record as bytes: a format identifier
// and a version, each ending in zero.
func bioRecord(s *Sight) {
	switch string(s.Candidate()) {
	case "FMR", "FIR", "FAC", "IIR":
	default:
		return
	}
	b := s.textAfter()
	if len(b) < 5 || b[0] != 0 || b[4] != 0 || b[1] != ' ' && b[1] != '0' || !digit(b[2]) || !digit(b[3]) {
		return
	}
	s.Add(s.From, s.To+5, Nobody, nil).Checked = true
}
