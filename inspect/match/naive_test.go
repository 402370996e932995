package match_test

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect/match"
)

// The reference: what the package promises, looked for in the whole text at
// every place again.

func isDigit(c byte) bool   { return '0' <= c && c <= '9' }
func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }
func isSmall(c byte) bool   { return 'a' <= c && c <= 'z' }
func isLetter(c byte) bool  { return isCapital(c) || isSmall(c) }
func isWord(c byte) bool    { return isLetter(c) || isDigit(c) || c == '_' }
func isHex(c byte) bool     { return isDigit(c) || strings.IndexByte("abcdefABCDEF", c) >= 0 }
func isLocal(c byte) bool   { return isWord(c) || c == '.' || c == '-' || c == '+' }
func isDomain(c byte) bool  { return isLetter(c) || isDigit(c) || c == '.' || c == '-' }
func isIP6(c byte) bool     { return isHex(c) || c == ':' || c == '.' }

type text []byte

// at returns a byte, or 0 outside of the text.
func (p text) at(i int) byte {
	if i < 0 || i >= len(p) {
		return 0
	}
	return p[i]
}

// runs calls take with the bounds of every maximal run.
func (p text) runs(is func(byte) bool, take func(from, to int)) {
	for i := range p {
		if is(p[i]) && !is(p.at(i-1)) {
			to := i
			for is(p.at(to)) {
				to++
			}
			take(i, to)
		}
	}
}

func naiveStream(p text, words []match.Trigger) (out []match.Candidate) {
	add := func(k match.Kind, from, to int) {
		out = append(out, match.Candidate{Kind: k, From: int64(from), To: int64(to)})
	}
	naiveGroups(p, add)
	naiveRuns(p, add)
	naiveSigns(p, add)
	for k, w := range words {
		for i := range p {
			if naiveWord(p, i, w) {
				out = append(out, match.Candidate{Kind: match.Key, Key: uint16(k), From: int64(i), To: int64(i + len(w.Text))})
			}
		}
	}
	naiveOdd(p, add)
	sortAll(out)
	return out
}

func sortAll(c []match.Candidate) {
	slices.SortFunc(c, func(a, b match.Candidate) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
}

// naiveGroups finds Digits and IP4, which are made of runs of digits.
func naiveGroups(p text, add func(match.Kind, int, int)) {
	type group struct{ from, to int }
	var all []group
	p.runs(isDigit, func(from, to int) { all = append(all, group{from, to}) })
	for i, g := range all {
		sum, from := 0, -1
		for k := i; k >= 0; k-- {
			if k < i && !(all[k].to+1 == all[k+1].from && strings.IndexByte(" -.", p[all[k].to]) >= 0) {
				break
			}
			if sum += all[k].to - all[k].from; sum > match.MaxDigits {
				break
			}
			if sum >= match.MinDigits {
				from = all[k].from
			}
		}
		if from >= 0 {
			add(match.Digits, from, g.to)
		}
		four := i >= 3
		for k := i; four && k > i-4; k-- {
			four = all[k].to-all[k].from <= 3 && (k == i || all[k].to+1 == all[k+1].from && p[all[k].to] == '.')
		}
		if four {
			add(match.IP4, all[i-3].from, g.to)
		}
	}
}

var (
	serial = regexp.MustCompile(`^[A-Za-z]{1,3}[0-9]{6,9}$`)
	chain  = regexp.MustCompile(`[0-9A-Fa-f]:([0-9A-Fa-f]{1,4}:){5,}[0-9A-Fa-f]`)
)

// naiveRuns finds what is a maximal run of some bytes.
func naiveRuns(p text, add func(match.Kind, int, int)) {
	p.runs(isWord, func(from, to int) {
		w := p[from:to]
		if n := to - from; n >= 17 && n <= 19 && bytes.IndexFunc(w, func(r rune) bool { return isDigit(byte(r)) }) >= 0 &&
			bytes.IndexFunc(w, func(r rune) bool { return isLetter(byte(r)) }) >= 0 {
			add(match.Word, from, to)
		}
		if serial.Match(w) {
			add(match.Serial, from, to)
		}
	})
	p.runs(isLetter, func(from, to int) {
		if to-from >= 48 {
			add(match.Letters, max(from, to-4096), to)
		}
	})
	p.runs(isIP6, func(from, to int) {
		w := p[from:to]
		long := to-from > 45
		none := bytes.IndexFunc(w, func(r rune) bool { return isHex(byte(r)) }) < 0
		inside := isWord(p.at(to)) || isWord(p.at(from-1)) && p.at(from-2) < 0x80
		if !long && !none && !inside && (bytes.Contains(w, []byte("::")) || chain.Match(w)) {
			add(match.IP6, from, to)
		}
	})
}

// naiveSigns finds what is known by a sign at a place.
func naiveSigns(p text, add func(match.Kind, int, int)) {
	unit := func(i int, sign byte) bool {
		return p.at(i) == sign && isHex(p.at(i-2)) && isHex(p.at(i-1)) && isHex(p.at(i+1)) && isHex(p.at(i+2))
	}
	words := func(i, n int) bool {
		for k := range n {
			if !isWord(p.at(i + k)) {
				return false
			}
		}
		return true
	}
	for i, c := range p {
		if c == '@' {
			from, to := i, i+1
			for isLocal(p.at(from - 1)) {
				from--
			}
			for isDomain(p.at(to)) {
				to++
			}
			if i > from && i-from <= match.MaxLocal && to-i > 3 {
				add(match.At, from, min(to, i+1+match.MaxDomain))
			}
		}
		if (c == ':' || c == '-') && !unit(i-3, c) {
			n := 0
			for unit(i+3*n, c) {
				n++
			}
			if n >= 5 {
				add(match.MAC, i-2, i+15)
			}
		}
		if !isCapital(c) {
			continue
		}
		if !isWord(p.at(i-1)) && isCapital(p.at(i+1)) && isDigit(p.at(i+2)) && isDigit(p.at(i+3)) &&
			(words(i+4, 8) || p.at(i+4) == ' ' && words(i+5, 4) && p.at(i+9) == ' ' && words(i+10, 4)) {
			add(match.IBAN, i, i+4)
		}
		if p.at(i-1) >= 0x80 && (words(i+1, 4) || words(i+2, 4) || words(i+3, 4) || words(i+4, 4)) {
			add(match.Plate, max(i-3, 0), i+1)
		}
	}
}

// naiveWord reports whether a trigger word stands at i.
func naiveWord(p text, i int, w match.Trigger) bool {
	n := len(w.Text)
	if i+n > len(p) {
		return false
	}
	for k := range n {
		a, b := p[i+k], w.Text[k]
		if a != b && (w.Exact || !isLetter(a) || !isLetter(b) || a|0x20 != b|0x20) {
			return false
		}
	}
	inside := func(a, b byte) bool { return isLetter(a) && isLetter(b) && !(isSmall(a) && isCapital(b)) }
	return !inside(p.at(i-1), p[i]) && (w.Exact && fourLetters.MatchString(w.Text) || !inside(p[i+n-1], p.at(i+n)))
}

// naiveOdd finds Odd, of which there is one in a group of 64 bytes.
func naiveOdd(p text, add func(match.Kind, int, int)) {
	for g := 0; g < len(p); g += 64 {
		from, to := -1, -1
		for i := g; i < min(g+64, len(p)); i++ {
			if n := naiveOddAt(p, i); n > 0 {
				if from < 0 {
					from = i
				}
				to = i + n
			}
		}
		if from >= 0 {
			add(match.Odd, from, to)
		}
	}
}

var (
	alwaysOdd   = regexp.MustCompile(`^(?:\\[ux](?:[0-9A-Fa-f]|$)|\\$|%[0-9A-Fa-f]?$|&#[0-9xX]|&#$)`)
	fourLetters = regexp.MustCompile(`(?:^|[^A-Za-z])[A-Za-z]{4}`)
	// What lies between characters counts in text alone.
	percent     = regexp.MustCompile(`^%[0-9A-Fa-f]{2}`)
	shortEscape = regexp.MustCompile(`^\\[nrtbf"\\/]`)
	entity      = regexp.MustCompile(`^&[A-Za-z][A-Za-z0-9]{0,7};`)
)

func hasControl(p text) bool {
	return slices.ContainsFunc(p, func(c byte) bool { return c < 0x20 && strings.IndexByte("\t\n\r", c) < 0 || c == 0x7f || c == 0xff })
}

func naiveOddAt(p text, i int) int {
	rest := p[i:]
	if m := alwaysOdd.Find(rest); m != nil {
		if m[0] == '\\' {
			return min(len(m), 2)
		}
		return len(m)
	}
	if percent.Match(rest) && (isDigit(p.at(i-1)) || isDigit(p.at(i+3)) || p.at(i+3) == '%' || p.at(i-3) == '%' || !hasControl(p[max(i-8, 0):min(i+16, len(p))])) {
		return 3
	}
	if shortEscape.Match(rest) && !hasControl(p[max(i-8, 0):min(i+16, len(p))]) {
		return 2
	}
	wide := func(i int) rune { // of the full-width character at i
		if p.at(i) == 0xef && (p.at(i+1) == 0xbc && p.at(i+2) >= 0x81 && p.at(i+2) <= 0xbf || p.at(i+1) == 0xbd && p.at(i+2) >= 0x80 && p.at(i+2) <= 0x9e) {
			return rune(p.at(i+1)-0xbc)*64 + rune(p.at(i+2)) - 0x60
		}
		return 0
	}
	wideDigit := func(i int) bool { return isDigit(byte(wide(i))) }
	before := isDigit(p.at(i-1)) || wideDigit(i-3)
	after := func(n int) bool { return isDigit(p.at(i+n)) || wideDigit(i+n) }
	if m := entity.Find(rest); m != nil && (before || after(len(m))) {
		return len(m)
	}
	if n := naiveScript(p, i); n > 0 {
		return n
	}
	if w := wide(i); w != 0 && (!strings.ContainsRune("，：；（）！？", w+0xfee0) || before && after(3)) {
		return 3
	}
	if bytes.HasPrefix(rest, []byte("\u3000")) && before && after(3) {
		return 3
	}
	if len(rest) >= 4 && rest[0] == 0xa3 && rest[1] >= 0xb0 && rest[1] <= 0xb9 && rest[2] == 0xa3 && rest[3] >= 0xb0 && rest[3] <= 0xb9 {
		return 4
	}
	if n := max(naiveNumeral(p, i), naiveFormal(p, i)); n > 0 {
		return n
	}
	return naiveGB(p, i)
}

// naiveNumeral returns 3 if a Chinese numeral stands at i in a run of eight.
func naiveNumeral(p text, i int) int {
	is := func(i int) bool {
		return i >= 0 && i+3 <= len(p) && strings.Contains("〇零一二三四五六七八九", string(p[i:i+3])) && p[i] >= 0xe3
	}
	n := 0
	for k := i; is(k); k -= 3 {
		n++
	}
	if n == 0 {
		return 0
	}
	for k := i + 3; is(k); k += 3 {
		n++
	}
	if n < 8 {
		return 0
	}
	return 3
}
