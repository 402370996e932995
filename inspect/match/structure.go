package match

// Marks are those of 64 bytes that give JSON its structure, one bit a byte,
// the first in bit 0.
type Marks struct {
	Quote   uint64 // "
	Escape  uint64 // \
	Bracket uint64 // { } [ ]
	Line    uint64 // newline
	String  uint64 // from an opening quote to before a closing one, if no string is open before
}

// Structure tells the marks of each 64 bytes of p, as many as dst holds and p
// is long, and returns how many.
func Structure(dst []Marks, p []byte) int {
	n := min(len(dst), len(p)/64)
	if n > 0 {
		structure(dst[:n], p[:n*64])
	}
	return n
}

// structureGo is the twin of the assembly.
func structureGo(dst []Marks, p []byte) {
	for i := range dst {
		var m Marks
		for k, c := range p[i*64 : i*64+64] {
			bit := uint64(1) << k
			switch c {
			case '"':
				m.Quote |= bit
			case '\\':
				m.Escape |= bit
			case '{', '}', '[', ']':
				m.Bracket |= bit
			case '\n':
				m.Line |= bit
			}
		}
		m.String = m.Quote
		for k := 1; k < 64; k <<= 1 {
			m.String ^= m.String << k
		}
		dst[i] = m
	}
}
