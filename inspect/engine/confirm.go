package engine

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
)

// kind orders the identifiers that can name a person, the best first.
type kind uint8

const (
	resident kind = iota
	foreigner
	card
	mobile
	email
	nobody
)

var kindNames = [...]string{"resident", "foreign_pr", "bankcard", "mobile", "email", ""}

// value is what a confirmer says of a candidate: the text [from, to), which
// rule it meets, and the canonical form its key is made of.
type value struct {
	rule      *form
	from, to  int64
	lift      int
	kind      kind
	canonical []byte
	minor     bool
	low       bool // never above low
}

// decide confirms a candidate and queues what it is.
func (s *stream) decide(v *view, c match.Candidate, esc bool) {
	if esc && !v.touched(c.From, c.To) {
		return
	}
	switch c.Kind {
	case match.Digits:
		s.numbers(v, c, esc)
	case match.Word:
		s.code(v, c, esc)
	case match.At:
		s.address(v, c, esc)
	case match.Mark:
		s.secret(v, c, esc)
	}
}

// hit scores a value by what stands around it and queues it.
func (s *stream) hit(v *view, x value, esc bool) bool {
	if x.rule == nil {
		return false
	}
	e := s.scan.engine
	column := check.GroupSet(0)
	if s.columns.delimiter != 0 && !esc {
		column = s.columns.of(v.slice(x.from-rowLen, x.from))
	}
	conf, ok := e.opt.Catalogue.Score(x.rule.Rule, v.slice(x.from-context, x.from), v.slice(x.to, x.to+context), column, x.lift)
	if !ok {
		return false
	}
	if x.low {
		conf = inspect.Low
	}
	h := hit{rule: x.rule, conf: conf, kind: x.kind, min: x.minor, esc: esc}
	h.at = decode.Span{From: x.from, To: x.to}
	if esc { // the raw view's text is the stream itself
		h.at = v.source(x.from, x.to)
	}
	h.wire = h.at
	if s.raw.spans != nil {
		h.wire = decode.Span{From: s.raw.source(h.at.From, h.at.From+1).From, To: s.raw.source(h.at.To-1, h.at.To).To}
	}
	if x.kind != nobody && conf >= inspect.Medium {
		h.key = e.subject(kindNames[x.kind], x.canonical)
	}
	s.hits = append(s.hits, h)
	return true
}

// code confirms an 18-character word as a social credit code. A resident
// number that ends in X is such a word too and is never taken for a code.
func (s *stream) code(v *view, c match.Candidate, esc bool) {
	if c.To-c.From > match.WordLen { // its first byte may belong to a character of GBK
		c.From++
	}
	b := check.Upper(s.scan.form[:0], v.slice(c.From, c.To))
	if check.Digits(b) || !check.USCC(b) || !check.OpenLeft(v.slice(c.From-4, c.From)) {
		return
	}
	if _, person := check.ResidentID(b, s.scan.day); !person {
		s.hit(v, value{rule: s.scan.engine.forms.uscc, from: c.From, to: c.To, kind: nobody}, esc)
	}
	clear(b)
}

// around is how much on each side of a short address must look like text: one
// that occurs by chance in binary data stands between control bytes. Nothing
// as long as certain occurs by chance.
const (
	around  = 24
	certain = 12
)

func (s *stream) address(v *view, c match.Candidate, esc bool) {
	from, to, role, ok := check.Email(v.slice(c.From, c.To))
	if !ok || to-from < certain && !check.Printable(v.slice(c.From-around, c.To+around)) {
		return
	}
	x := value{rule: s.scan.engine.forms.email, from: c.From + int64(from), to: c.From + int64(to), kind: email}
	x.low = role || userinfo(v.slice(x.from-context, x.from))
	x.canonical = check.Lower(s.scan.form[:0], v.slice(x.from, x.to))
	s.hit(v, x, esc)
	clear(s.scan.form[:])
}

// userinfo reports whether the text ends inside the authority of a URL, where
// what stands before '@' is a password or a login and not a mailbox.
func userinfo(before []byte) bool {
	if n := len(before); n == 0 || before[n-1] != ':' && before[n-1] != '/' {
		return false
	}
	for i := len(before) - 1; i >= 2; i-- {
		switch c := before[i]; {
		case c == '/': // the authority ends at the next slash, so this is the one before it
			return before[i-1] == '/' && before[i-2] == ':'
		case c <= ' ' || c == '"' || c == '?' || c == '#' || c >= 0x80:
			return false
		}
	}
	return false
}

// secret confirms a level word as a secrecy mark by what follows it.
func (s *stream) secret(v *view, c match.Candidate, esc bool) {
	gb := c.To-c.From == 4
	before := v.slice(c.From-6, c.From)
	for _, w := range notSecret {
		if n := len(before) - len(w); n >= 0 && string(before[n:]) == w {
			return // a trade or work secret, of another class
		}
	}
	m, ok := check.SecretMark(v.slice(c.To, c.To+context), gb)
	if !ok {
		return
	}
	s.hit(v, value{rule: s.scan.engine.forms.mark, from: c.From, to: c.To + int64(m.Length), kind: nobody}, esc)
}

var notSecret = []string{"商业", "商業", "工作", "\xc9\xcc\xd2\xb5", "\xb9\xa4\xd7\xf7"}
