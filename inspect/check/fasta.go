package check

// The lengths of sequences: of a line that counts, of one that belongs to
// others, and of one that is telling by itself.
const (
	minSequence  = 60
	minLine      = 48
	longSequence = 200
	seenLine     = 20
)

// base marks the letters of nucleotides: 1 to 4 for A, C, G and T or U, 5 for
// any of them.
var base = func() (t [256]uint8) {
	for i, pair := range []string{"Aa", "Cc", "Gg", "TtUu", "Nn"} {
		for _, c := range []byte(pair) {
			t[c] = uint8(i + 1)
		}
	}
	return t
}()

// Nucleotides reports whether b could be a sequence that was read from a
// living being: all four bases, none of them rare, and T or U but not both.
// Long runs of one letter, as base64 makes of zeros, are none.
func Nucleotides(b []byte) bool {
	var count [6]int
	u := 0
	for _, c := range b {
		k := base[c]
		if k == 0 {
			return false
		}
		count[k]++
		if c|0x20 == 'u' {
			u++
		}
	}
	least := max(2, len(b)/25)
	for _, n := range count[1:5] {
		if n < least {
			return false
		}
	}
	return count[5]*2 <= len(b) && (u == 0 || u == count[4])
}

// onlyBases reports whether b holds letters of nucleotides only.
func onlyBases(b []byte) bool {
	for _, c := range b {
		if base[c] == 0 {
			return false
		}
	}
	return len(b) > 0
}

// fasta confirms a run of letters as a nucleotide sequence: alone it says
// little; a header line before it and more lines of the kind speak for it.
// The lines of one sequence are one finding, at the first.
func fasta(s *Sight) {
	run := s.Candidate()
	if len(run) < minLine || base[run[0]] == 0 || base[run[1]] == 0 || base[run[len(run)/2]] == 0 {
		s.protein(run)
		return
	}
	if !Nucleotides(run) || s.To < len(s.Text) && Word(s.Text[s.To]) {
		return
	}
	// Of a very long run only the end is the candidate.
	if len(run) < longSequence && !OpenLeft(s.Text[:s.From]) {
		return
	}
	before, after := s.textBefore(), s.textAfter()
	header, more := headerLine(before, '>'), onlyBases(nextLine(after))
	if prev, ok := lastLine(before); ok && len(prev) >= minLine && onlyBases(prev) {
		return
	}
	if len(run) < minSequence && !header && !more {
		return
	}
	v := s.Add(s.From, s.To, Nobody, nil)
	if header || len(run) >= longSequence {
		v.Lift++
	}
	if more {
		v.Lift++
	}
}

// protein confirms a line of amino acids below a header. It tells of nobody's
// genes, as they are excluded from what the genes of people are, and stays low.
func (s *Sight) protein(run []byte) {
	before := s.textBefore()
	if !headerLine(before, '>') || s.To < len(s.Text) && s.Text[s.To] != '\n' && s.Text[s.To] != '\r' {
		return
	}
	for _, c := range run {
		if c < 'A' || c > 'Z' || c == 'O' || c == 'J' {
			return
		}
	}
	s.Add(s.From, s.To, Nobody, nil).Low = true
}

// fastq confirms a run of letters as the sequence of a read: a line with '@'
// before it, one with '+' behind it, and as many qualities as letters.
func fastq(s *Sight) {
	run := s.Candidate()
	if len(run) < minLine || base[run[0]] == 0 || !headerLine(s.textBefore(), '@') {
		return
	}
	after, ok := cutLine(s.textAfter())
	if !ok || len(after) == 0 || after[0] != '+' || !onlyBases(run) {
		return
	}
	i := 0
	for i < len(after) && after[i] != '\n' {
		i++
	}
	if i == len(after) {
		return
	}
	n := 0
	for after = after[i+1:]; n < len(after) && after[n] > ' ' && after[n] < 0x7f; {
		n++
	}
	// The window may end within the qualities, the stream may not.
	cut := n == len(after) && s.To+ReachBytes <= len(s.Text)
	if n == len(run) && !cut || cut && n > 0 && n <= len(run) {
		s.Add(s.From, s.To, Nobody, nil).Checked = true
	}
}

// cutLine steps over the end of a line with which b begins.
func cutLine(b []byte) (rest []byte, ok bool) {
	if len(b) > 0 && b[0] == '\r' {
		b = b[1:]
	}
	if len(b) == 0 || b[0] != '\n' {
		return nil, false
	}
	return b[1:], true
}

// nextLine returns as much of the line behind b's end of line as is in sight.
func nextLine(b []byte) []byte {
	b, ok := cutLine(b)
	if !ok {
		return nil
	}
	n := 0
	for n < len(b) && b[n] != '\n' && b[n] != '\r' {
		n++
	}
	if n < seenLine {
		return nil
	}
	return b[:n]
}

// lastLine returns what is in sight of the line that ends where b ends.
func lastLine(b []byte) (line []byte, ok bool) {
	n := len(b)
	if n == 0 || b[n-1] != '\n' {
		return nil, false
	}
	if n--; n > 0 && b[n-1] == '\r' {
		n--
	}
	i := n
	for i > 0 && b[i-1] != '\n' {
		i--
	}
	return b[i:n], true
}

// headerLine reports whether the line that ends where b ends is a header with
// the given mark. What is out of sight is not believed.
func headerLine(b []byte, mark byte) bool {
	line, ok := lastLine(b)
	return ok && len(line) > 0 && line[0] == mark
}
