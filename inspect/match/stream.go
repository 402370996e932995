package match

// Lookahead is how many bytes behind Pos a Stream leaves unread until more
// text comes, and groupLen how many it reads at once.
const (
	Lookahead = 64
	groupLen  = 64
	history   = 128 // what a window holds before Pos
)

// level says which instructions a Stream may use.
type level uint8

const (
	inGo level = iota // no assembly
	inAVX2
	inAVX512
)

// Stream is the state of one stream.
type Stream struct {
	words      *Words
	start, pos int64
	at, sign   int64  // where the open address begins, or -1, and the byte behind its '@'
	letters    int64  // where the run of letters begins that ends at pos
	ip6        int64  // the end of the run last looked at for an address
	colons     uint64 // what the last group had in maps.ip6s
	level      level  // of the processor
	runs       bool   // Run is reported
}

// NewStream returns a Stream whose first byte stands at the given offset. The
// words may be nil.
func NewStream(w *Words, offset int64) Stream {
	return Stream{words: w, start: offset, pos: offset, at: -1, letters: offset, ip6: -1, level: best}
}

// Pos returns the offset up to which the text was read.
func (s *Stream) Pos() int64 { return s.pos }

// Open returns an offset before which no later candidate begins.
func (s *Stream) Open() int64 {
	low := min(s.pos-MaxTrigger-8, max(s.letters, s.pos-maxLetters))
	if s.at >= 0 {
		low = min(low, s.at)
	}
	return max(low, s.start)
}

// Find reads on from Pos as far as it can and appends the candidates that end
// in what it read: whole groups of 64 bytes counted from the stream's first
// offset, behind which Lookahead bytes are known or the text ends. The window
// win is the text from offset base on; it holds at least 128 bytes before Pos,
// or all there is, and everything behind it that has come so far.
func (s *Stream) Find(dst []Candidate, win []byte, base int64, last bool) []Candidate {
	end := base + int64(len(win))
	if !last && end-s.pos < groupLen+Lookahead || end <= s.pos {
		return dst
	}
	var m maps
	r := reader{win: win, base: base, start: s.start, end: end}
	for s.pos+groupLen+Lookahead <= end {
		n := min(int((end-s.pos-Lookahead)/groupLen), batch)
		dst = s.read(dst, &m, &r, n)
	}
	if !last || s.pos == end {
		return dst
	}
	// The last bytes, with zeros behind them.
	var buf [history + 4*groupLen]byte
	from := max(base, s.pos-history)
	copy(buf[:], win[from-base:])
	r.win, r.base = buf[:], from
	dst = s.read(dst, &m, &r, int(end-s.pos+groupLen-1)/groupLen)
	s.pos = end
	return dst
}

// read reads n groups, behind which there is another one in the window.
func (s *Stream) read(dst []Candidate, m *maps, r *reader, n int) []Candidate {
	s.classify(m, r, n)
	m.ip6s[0] = s.colons
	s.combine(m, n)
	s.colons = m.ip6s[n]
	src := r.win[s.pos-r.base:]
	f := filter{m: m, src: src, n: n, level: s.level}
	f.sieve(&m.odds, &oddSieve)
	f.scripts()
	if s.words != nil {
		s.words.probe(&f)
	}
	ip6s, keyed, odds, gates := m.ip6s[:n], m.keyed[1:n+1], m.odds[1:n+1], m.gates[1:n+1]
	for i, x := range m.any[1 : n+1] {
		x |= ip6s[i] | keyed[i] | odds[i]
		if x|gates[i] == 0 && s.at < 0 {
			continue
		}
		r.from = s.pos + int64(i)*groupLen
		if x != 0 || s.at >= 0 {
			dst = s.decide(dst, m, i+1, r)
		}
		if s.runs && gates[i] != 0 {
			dst = r.gate(dst, m, i+1)
		}
	}
	k := n
	for k > 0 && m.letter[k] == ^uint64(0) {
		k--
	}
	if k > 0 {
		s.letters = s.pos + int64(k)*groupLen - leading(m.letter[k])
	}
	s.pos += int64(n) * groupLen
	return dst
}

// classify fills the places 0 to n+1.
func (s *Stream) classify(m *maps, r *reader, n int) {
	at, first := 1, int(s.pos-r.base)
	if s.pos == s.start {
		m.clearFirst()
	} else {
		at, first = 0, first-groupLen
	}
	src := r.win[first:]
	n += 2 - at
	if len(src) >= n*groupLen+8 {
		s.fill(m, at, src, n)
		return
	}
	s.fill(m, at, src, n-1)
	var next [groupLen + 8]byte
	copy(next[:], src[(n-1)*groupLen:])
	s.fill(m, at+n-1, next[:], 1)
}

// clearFirst makes the place 0 that of bytes of no class.
func (m *maps) clearFirst() {
	for _, b := range []*bitmap{&m.digit, &m.letter, &m.capital, &m.word, &m.high, &m.join, &m.mark, &m.sign, &m.at,
		&m.odd, &m.han, &m.tell, &m.near, &m.numeral} {
		b[0] = 0
	}
}
