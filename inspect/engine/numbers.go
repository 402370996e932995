package engine

import (
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/match"
)

// number is a joined run of digits in one view, normalised, with where each
// group stands.
type number struct {
	v      *view
	digit  [match.MaxDigits + 1]byte // one more for a check character X
	n      int
	start  [match.MaxDigits]int64 // where each group begins
	group  [match.MaxDigits]int   // index of the first digit of each group
	sep    [match.MaxDigits]byte  // what stands before each group but the first
	groups int
	end    int64
	whole  bool  // nothing but zeros stood behind its point
	x      int64 // where a check character X behind the digits ends, or 0
}

// read normalises a candidate.
func (d *number) read(v *view, c match.Candidate) {
	d.v, d.end, d.n, d.groups, d.x, d.whole = v, c.To, 0, 0, 0, false
	b := v.slice(c.From, c.To)
	i := 0
	if c.From > v.base && v.buf[c.From-v.base-1] >= 0x81 && check.FourByte(v.slice(c.From-3, c.From+1)) {
		i = 1 // the digit is the end of a GB18030 character
	}
	for i < len(b) && d.n < match.MaxDigits {
		if b[i] < '0' || b[i] > '9' {
			i++
			continue
		}
		g := d.groups
		d.group[g], d.start[g] = d.n, c.From+int64(i)
		if g > 0 {
			d.sep[g] = b[i-1]
		}
		d.groups++
		for i < len(b) && b[i] >= '0' && b[i] <= '9' && d.n < match.MaxDigits {
			d.digit[d.n] = b[i]
			d.n++
			i++
		}
	}
	// A number that a table kept as a fraction: 13800138000.0.
	if g := d.groups - 1; g > 0 && d.sep[g] == '.' && d.n-d.group[g] <= 2 && d.group[g]-d.group[g-1] >= 11 && zeros(d.digit[d.group[g]:d.n]) && d.end == d.start[g]+int64(d.n-d.group[g]) {
		d.end, d.n, d.groups = d.start[g]-1, d.group[g], g
		d.whole = true
	}
	if after := v.slice(c.To, c.To+1); len(after) > 0 && (after[0] == 'X' || after[0] == 'x') {
		d.x = c.To + 1
	}
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != '0' {
			return false
		}
	}
	return true
}

// from returns where the digits from group g on begin, with a plus sign.
func (d *number) from(g int) int64 { return d.start[g] }

func (d *number) left(g int) bool {
	if g == 0 {
		from := d.from(0)
		if at := from - d.v.base; at > 0 {
			if c := d.v.buf[at-1]; c < 0x80 && c != '.' && !check.Word(c) {
				return true
			}
		}
		return check.OpenLeft(d.v.slice(from-4, from))
	}
	return d.sep[g] != '.' // behind a separator, not behind a decimal point
}

func (d *number) right(end int64) bool {
	if d.whole && end == d.end {
		return true
	}
	if at := end - d.v.base; at < int64(len(d.v.buf)) {
		if c := d.v.buf[at]; c != '.' {
			return !check.Word(c)
		}
	}
	return check.OpenRight(d.v.slice(end, end+4))
}

// dots reports whether a dot joins the groups from g on, and whether it does so
// in one of the ways in which people write numbers with dots.
func (d *number) dots(g int) (any, usual bool) {
	for i := g + 1; i < d.groups; i++ {
		any = any || d.sep[i] == '.'
	}
	if !any {
		return false, true
	}
	switch d.shape(g) {
	case 344, 2344, 684, 683, 663, 6444, 2661:
		usual = true
	default: // fours, as on cards
		usual = d.n-d.group[g] >= 13 && d.fours(g)
	}
	return true, usual
}

// fours reports whether all groups from g on but the last have four digits, and
// the last at most four.
func (d *number) fours(g int) bool {
	for ; g+1 < d.groups; g++ {
		if d.group[g+1]-d.group[g] != 4 {
			return false
		}
	}
	return d.n-d.group[g] <= 4
}

// shape returns the lengths of the groups from g on as digits of a number:
// 344 for 138-0013-8000.
func (d *number) shape(g int) int {
	out := 0
	for ; g < d.groups; g++ {
		next := d.n
		if g+1 < d.groups {
			next = d.group[g+1]
		}
		if out > 99_999 {
			return -1
		}
		out = out*10 + min(next-d.group[g], 9)
	}
	return out
}

// numbers tries every number that ends where the candidate ends and begins
// with one of its groups; the longest that is something wins.
func (s *stream) numbers(v *view, c match.Candidate, esc bool) {
	d := &s.scan.number
	d.read(v, c)
	n := len(s.hits)
	for g := range d.groups {
		many := d.groups-g > mostGroups // a resident ID alone may be written so
		if n := d.n - d.group[g]; many && n != 18 && n != 17 && n != 15 {
			continue
		}
		// Eleven digits that are a mobile are not taken for the end of a longer
		// number that a separator joins.
		alone := g == d.groups-1 || !d.mobileLast()
		if _, usual := d.dots(g); !usual {
			continue
		}
		if !d.left(g) || s.document(d, g, esc, alone) {
			if len(s.hits) > n {
				break
			}
			continue
		}
		if many {
			continue
		}
		s.phone(d, g, esc)
		if alone {
			s.payment(d, g, esc)
		}
		s.numeric(d, g, c, esc)
		if len(s.hits) > n {
			s.prune(n)
			break
		}
	}
	clear(d.digit[:]) // nothing of the value stays behind
}

// mostGroups is how many groups people write a number in.
const mostGroups = 6

// numeric lets the forms for digits look at the digits from group g on.
func (s *stream) numeric(d *number, g int, c match.Candidate, esc bool) {
	if !d.right(d.end) {
		return
	}
	s.digits = d.digit[d.group[g]:d.n]
	some, first := s.fit[:0], s.digits[0]-'0'
	if before := d.v.slice(d.from(g)-1, d.from(g)); len(before) > 0 && before[0] == '+' {
		first = 16
	}
	for _, f := range s.scan.engine.forms.digits {
		if f.counts>>len(s.digits)&1 != 0 && (first == 16 || f.starts>>first&1 != 0) {
			some = append(some, f)
		}
	}
	if len(some) > 0 {
		s.shape = d.shape(g)
		s.look(d.v, match.Candidate{Kind: match.Digits, From: d.from(g), To: c.To}, some, esc)
	}
	s.fit, s.digits = some[:0], nil
}

// document confirms identity numbers and all-digit credit codes.
func (s *stream) document(d *number, g int, esc, alone bool) bool {
	b, end := d.digit[d.group[g]:d.n], d.end
	f := &s.scan.engine.forms
	if len(b) == 17 && d.x > 0 {
		b, end = d.digit[d.group[g]:d.n+1], d.x
		b[17] = 'X'
	}
	if len(b) != 18 && len(b) != 15 || !d.right(end) {
		return false
	}
	x := value{from: d.from(g), to: end, canonical: b, checked: true}
	day := s.scan.day
	if len(b) == 15 {
		full, birth, ok := check.ResidentID15(b, day)
		if !ok || !alone {
			return false
		}
		x.rule, x.kind, x.canonical = f.resident15, check.KindResident, append(s.scan.form[:0], full[:]...)
		x.minor = s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if birth, ok := check.ResidentID(b, day); ok {
		x.rule, x.kind, x.minor = f.resident18, check.KindResident, s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if birth, ok := check.ForeignPR(b, day); ok {
		x.rule, x.kind, x.minor = f.foreignPR, check.KindForeignPR, s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if d.groups-g == 1 && check.USCC(b) {
		x.rule, x.kind, x.checked = f.uscc, check.Nobody, true
		return s.hit(d.v, x, esc)
	}
	return false
}

// phone confirms a mobile number, with or without its country code.
func (s *stream) phone(d *number, g int, esc bool) bool {
	b := d.digit[d.group[g]:d.n]
	from, code := d.from(g), ""
	switch len(b) {
	case 11:
	case 13:
		code = "86"
	case 15:
		code = "0086"
	default:
		return false
	}
	national := b[len(code):]
	if string(b[:len(code)]) != code || !check.Mobile(national) || !d.right(d.end) {
		return false
	}
	switch d.shape(g) {
	case 9: // one group is capped at 9
		if d.archived() {
			return false
		}
	case 344, 38, 74, 443, 56:
	case 2344, 29, 4344, 49, 544, 744, 238, 438:
	default:
		return false
	}
	if code == "86" {
		if p := d.v.slice(from-1, from); len(p) == 1 && p[0] == '+' {
			from--
		}
	}
	x := value{rule: s.scan.engine.forms.mobile, from: from, to: d.end, kind: check.KindMobile, checked: true,
		canonical: check.E164(s.scan.form[:0], national)}
	if d.joined(g, s.scan.day) || code == "" && d.figure(g, true, s.scan.day) {
		x.lift = -1
	}
	return s.hit(d.v, x, esc)
}

// payment confirms a bank card number.
func (s *stream) payment(d *number, g int, esc bool) bool {
	b := d.digit[d.group[g]:d.n]
	plausible, unionPay := check.CardBrand(b)
	if !plausible || !check.Luhn(b) || !d.right(d.end) || d.x > 0 {
		return false
	}
	if !d.cardShape(g) {
		return false
	}
	x := value{rule: s.scan.engine.forms.card, from: d.from(g), to: d.end, kind: check.KindBankCard, canonical: b, checked: true}
	if unionPay {
		x.lift++
	}
	if d.joined(g, s.scan.day) || d.figure(g, false, s.scan.day) {
		x.lift--
	}
	return s.hit(d.v, x, esc)
}
