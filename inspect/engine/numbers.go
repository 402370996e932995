package engine

import (
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/match"
)

// number is a joined run of digits in one view, normalised, with where each
// digit and group stands.
type number struct {
	v      *view
	digit  [match.MaxDigits + 1]byte // one more for a check character X
	at     [match.MaxDigits + 1]int64
	n      int
	group  [match.MaxDigits]int // index of the first digit of each group
	groups int
	end    int64
	x      int64 // where a check character X behind the digits ends, or 0
}

// read normalises a candidate.
func (d *number) read(v *view, c match.Candidate) {
	d.v, d.end = v, c.To
	b := v.slice(c.From, c.To)
	fresh, i := true, 0
	if check.FourByte(v.slice(c.From-3, c.From+1)) {
		i = 1 // the digit is the end of a GB18030 character
	}
	for i < len(b) && d.n < match.MaxDigits {
		width, digit := 1, b[i]
		if b[i] == 0xef && i+2 < len(b) {
			width, digit = 3, b[i+2]-0x90+'0'
		}
		if digit < '0' || digit > '9' {
			fresh = true
			i++
			continue
		}
		if fresh {
			d.group[d.groups] = d.n
			d.groups++
			fresh = false
		}
		d.digit[d.n], d.at[d.n] = digit, c.From+int64(i)
		d.n++
		i += width
	}
	after := v.slice(c.To, c.To+4)
	switch {
	case len(after) > 0 && (after[0] == 'X' || after[0] == 'x'):
		d.x = c.To + 1
	case len(after) > 2 && after[0] == 0xef && after[1] == 0xbc && (after[2] == 0xb8 || after[2] == 0x98):
		d.x = c.To + 3
	}
}

// from returns where the digits from group g on begin, with a plus sign.
func (d *number) from(g int) int64 { return d.at[d.group[g]] }

func (d *number) left(g int) bool {
	if g == 0 {
		from := d.from(0)
		return check.OpenLeft(d.v.slice(from-4, from))
	}
	return true // behind a separator
}

func (d *number) right(end int64) bool { return check.OpenRight(d.v.slice(end, end+4)) }

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
	*d = number{}
	d.read(v, c)
	for g := range d.groups {
		// Eleven digits that are a mobile are not taken for the end of a longer
		// number that a separator joins.
		alone := g == d.groups-1 || !d.mobileLast()
		if d.left(g) && (s.document(d, g, esc, alone) || s.phone(d, g, esc) || alone && s.payment(d, g, esc)) {
			break
		}
	}
	*d = number{} // nothing of the value stays behind
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
	x := value{from: d.from(g), to: end, canonical: b}
	day := s.scan.day
	if len(b) == 15 {
		full, birth, ok := check.ResidentID15(b, day)
		if !ok || !alone {
			return false
		}
		x.rule, x.kind, x.canonical = f.resident15, resident, append(s.scan.form[:0], full[:]...)
		x.minor = s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if birth, ok := check.ResidentID(b, day); ok {
		x.rule, x.kind, x.minor = f.resident18, resident, s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if birth, ok := check.ForeignPR(b, day); ok {
		x.rule, x.kind, x.minor = f.foreignPR, foreigner, s.scan.minor(birth)
		return s.hit(d.v, x, esc)
	}
	if d.groups-g == 1 && check.USCC(b) {
		x.rule, x.kind = f.uscc, nobody
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
	x := value{rule: s.scan.engine.forms.mobile, from: from, to: d.end, kind: mobile,
		canonical: check.E164(s.scan.form[:0], national)}
	if d.joined(g, s.scan.day) {
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
	x := value{rule: s.scan.engine.forms.card, from: d.from(g), to: d.end, kind: card, canonical: b}
	if unionPay {
		x.lift++
	}
	if d.joined(g, s.scan.day) {
		x.lift--
	}
	return s.hit(d.v, x, esc)
}
