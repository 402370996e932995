package check

// mrzGap is how far the next line of a zone may be: line ends, or the key of
// the next field.
const mrzGap = 24

func mrzChar(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '<'
}

// mrzBlock returns the bounds of the characters of zones around i, up to a
// length that no zone has.
func mrzBlock(text []byte, i int) (from, to int) {
	const most = 2*44 + 1
	from, to = i, i
	for from > 0 && i-from <= most && mrzChar(text[from-1]) {
		from--
	}
	for to < len(text) && to-from <= most+1 && mrzChar(text[to]) {
		to++
	}
	return from, to
}

// mrzNext returns the block that begins within mrzGap behind i.
func mrzNext(text []byte, i int) (from, to int) {
	for j := i; j < len(text) && j-i <= mrzGap; j++ {
		if mrzChar(text[j]) && OpenLeft(text[:j]) {
			if from, to = mrzBlock(text, j); to-from >= 30 {
				return from, to
			}
		}
	}
	return 0, 0
}

// mrzHome is the nationality that brings confirmMRZ to a second line: the first
// lines of passports of the mainland begin with PO, which no word does.
const mrzHome = "CHN"

// mrzState is where the nationality stands in a second line.
const mrzState = 10

// confirmMRZ stands at the document code ("P<", "I<"), at the nationality in a
// second line, or at a word such as mrz. One zone is one finding: the
// nationality speaks for its line, the code for the others, and a word for
// what neither brings.
func confirmMRZ(s *Sight) {
	from, to := s.From, s.To
	code := to-from == 2 && s.Text[from+1] == '<'
	switch {
	case code:
		from, to = mrzBlock(s.Text, from)
		if from != s.From {
			return
		}
	case string(s.Text[from:to]) == mrzHome:
		if from, to = mrzBlock(s.Text, from); from == s.From || to == s.To {
			return
		}
		if !OpenLeft(s.Text[:from]) || !OpenRight(s.Text[to:]) {
			return
		}
		if n := to - from; n == 88 || n == 72 {
			from += n / 2
		}
		if s.From-from == mrzState {
			mrzLine(s, from, to)
		}
		return
	default:
		from, _ = s.Near()
		if from, to = mrzNext(s.Text, from); to == 0 || s.Text[from+1] == '<' {
			return
		}
	}
	if n := to - from; n < 30 || n > 90 || !OpenLeft(s.Text[:from]) || !OpenRight(s.Text[to:]) {
		return
	}
	mrzZone(s, from, to)
}

// mrzZone reads the zone of which a block is the first or the second line, or
// the whole without line ends.
func mrzZone(s *Sight, from, to int) {
	first := s.Text[from] == 'P'
	card := s.Text[from] == 'A' || s.Text[from] == 'C' || s.Text[from] == 'I'
	switch n := to - from; n {
	case 44, 36:
		if mrzOther(s, from, to) || !first && !card {
			return
		}
		if a, b := mrzNext(s.Text, to); b-a == n {
			mrzOther(s, a, b)
		}
	case 88, 72:
		if first || card {
			mrzOther(s, from+n/2, to)
		}
	case 30:
		if !card {
			return
		}
		if a, b := mrzNext(s.Text, to); b-a == n {
			mrzCard(s, from, b, s.Text[from:to], s.Text[a:b])
		}
	case 90:
		if card {
			mrzCard(s, from, from+60, s.Text[from:from+30], s.Text[from+30:from+60])
		}
	}
}

// mrzOther is mrzLine for the lines that their nationality does not bring.
func mrzOther(s *Sight, from, to int) bool {
	return string(s.Text[from+mrzState:from+mrzState+len(mrzHome)]) != mrzHome && mrzLine(s, from, to)
}

func mrzLine(s *Sight, from, to int) bool {
	m, ok := PassportLine(s.Text[from:to])
	if ok {
		m.add(s, from, to)
	}
	return ok
}

func mrzCard(s *Sight, from, to int, one, two []byte) {
	if m, ok := CardLines(one, two); ok {
		m.add(s, from, to)
	}
}

// add takes the number of a card for one of a passport, too: both are travel
// documents, and the zone does not tell which others the holder has.
func (m *MRZ) add(s *Sight, from, to int) {
	s.Add(from, to, KindPassport, m.Number[:m.Length])
	v := checked(s)
	v.Birth = m.born(s.Day)
	if m.Whole {
		v.Lift = 1
	}
}
