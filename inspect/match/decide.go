package match

import "math/bits"

// maxLetters is how far back a Letters candidate begins at most.
const maxLetters = 4096

// ending returns the 64 bits that end with bit e of place i, the last one
// highest.
func (b *bitmap) ending(i, e int) uint64 { return b[i]<<(63-e) | b[i-1]>>(e+1) }

// leading counts the ones from the highest bit down.
func leading(x uint64) int64 { return int64(bits.LeadingZeros64(^x)) }

// decide appends the candidates of the group at place i, kind by kind.
func (s *Stream) decide(dst []Candidate, m *maps, i int, r *reader) []Candidate {
	if x := m.digits[i]; x != 0 {
		dst = digits(dst, m, i, r.from)
	}
	if m.words[i]|m.serials[i] != 0 {
		dst = words(dst, m, i, r.from)
	}
	if m.at[i] != 0 || s.at >= 0 {
		dst = s.addresses(dst, m, i, r)
	}
	if m.macs[i]|m.ip4s[i]|m.ibans[i]|m.plates[i] != 0 {
		dst = r.marks(dst, m, i)
	}
	if x := m.ip6s[i] | m.ip6s[i-1]; x != 0 {
		dst = s.ip6s(dst, m, i, r)
	}
	for x := m.letters[i]; x != 0; x &= x - 1 {
		dst = s.run(dst, m, i, bits.TrailingZeros64(x), r.from)
	}
	if m.keyed[i] != 0 {
		dst = s.words.keys(dst, m, i, r)
	}
	if m.odds[i] != 0 {
		dst = r.odd(dst, m.odds[i])
	}
	return dst
}

// digits decides Digits.
func digits(dst []Candidate, m *maps, i int, base int64) []Candidate {
	for x := m.digits[i]; x != 0; x &= x - 1 {
		e := trailing(x)
		d := m.digit.ending(i, e)
		taken := leading(d)
		if m.join.ending(i, e)<<taken>>63 != 0 {
			taken = joined(m, i, e, d)
		} else if taken > MaxDigits {
			continue
		}
		if taken >= MinDigits {
			to := base + int64(e) + 1
			dst = append(dst, Candidate{Kind: Digits, From: to - taken, To: to})
		}
	}
	return dst
}

// joined returns the length of the Digits candidate that ends at bit e, or 0
// for none; d has the digits there, the last one highest.
func joined(m *maps, i, e int, d uint64) int64 {
	all := pair(&m.digit, i).or(pair(&m.join, i).beside(&m.digit, i))
	run := leading(all.x<<(63-e) | all.p>>(e+1))
	if bits.OnesCount64(d>>(64-run)) < MinDigits {
		return 0
	}
	var total, taken int64
	for at := int64(0); at < run; at++ { // one step a group, the separator in between
		n := leading(d << at)
		if total+n > MaxDigits {
			break
		}
		total += n
		at += n
		taken = at
	}
	if total < MinDigits {
		return 0
	}
	return taken
}

// words decides Word and Serial.
func words(dst []Candidate, m *maps, i int, base int64) []Candidate {
	for x := m.words[i]; x != 0; x &= x - 1 {
		e := bits.TrailingZeros64(x)
		n := leading(m.word.ending(i, e))
		if n < 17 || n > 19 {
			continue
		}
		if m.digit.ending(i, e)>>(64-n) != 0 && m.letter.ending(i, e)>>(64-n) != 0 {
			to := base + int64(e) + 1
			dst = append(dst, Candidate{Kind: Word, From: to - n, To: to})
		}
	}
	for x := m.serials[i]; x != 0; x &= x - 1 {
		e := bits.TrailingZeros64(x)
		d := leading(m.digit.ending(i, e))
		l := leading(m.letter.ending(i, e) << d)
		if d >= 6 && d <= 9 && l >= 1 && l <= 3 && leading(m.word.ending(i, e)) == d+l {
			to := base + int64(e) + 1
			dst = append(dst, Candidate{Kind: Serial, From: to - d - l, To: to})
		}
	}
	return dst
}

// marks decides MAC, IP4, IBAN and Plate.
func (r *reader) marks(dst []Candidate, m *maps, i int) []Candidate {
	for x := m.macs[i]; x != 0; x &= x - 1 {
		if to := r.from + int64(bits.TrailingZeros64(x)) + 1; r.mac(to) {
			dst = append(dst, Candidate{Kind: MAC, From: to - macLen, To: to})
		}
	}
	for x := m.ip4s[i]; x != 0; x &= x - 1 {
		to := r.from + int64(bits.TrailingZeros64(x)) + 1
		if from := r.ip4(to); from < to {
			dst = append(dst, Candidate{Kind: IP4, From: from, To: to})
		}
	}
	for x := m.ibans[i]; x != 0; x &= x - 1 {
		if from := r.from + int64(bits.TrailingZeros64(x)); r.iban(from + 4) {
			dst = append(dst, Candidate{Kind: IBAN, From: from, To: from + 4})
		}
	}
	for x := m.plates[i]; x != 0; x &= x - 1 {
		at := r.from + int64(bits.TrailingZeros64(x))
		dst = append(dst, Candidate{Kind: Plate, From: max(at-3, r.start), To: at + 1})
	}
	return dst
}

// run decides Letters for the run that ends at bit e.
func (s *Stream) run(dst []Candidate, m *maps, i, e int, base int64) []Candidate {
	to := base + int64(e) + 1
	from := s.letters
	if n := leading(m.letter[i] << (63 - e)); n <= int64(e) {
		from = to - n
	} else {
		for k := i - 1; k > 0; k-- {
			if n := leading(m.letter[k]); n < groupLen {
				from = base - int64(i-1-k)*groupLen - n
				break
			}
		}
	}
	return append(dst, Candidate{Kind: Letters, From: max(from, to-maxLetters), To: to})
}
