package engine

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
)

// Kinds of candidate that the engine makes itself, beyond those of match.
const (
	headKind match.Kind = 0xff - iota // the first bytes of the stream
	cell                              // a cell under a column whose header holds a trigger word; Key is the column
	again                             // where a form wants to read on; Key is its order
	titled                            // a cell under a title of tables
	stretch                           // so much of the text, for the forms that see all of it
)

// reach is how much of the head is waited for before head forms look at it,
// and stretchLen how much of the text slow forms look at once.
const (
	reach      = 512
	stretchLen = 1024
)

// value is what a confirmer says of a candidate: the text [from, to), which
// rule it meets, and the canonical form its key is made of.
type value struct {
	rule      *form
	from, to  int64
	lift      int
	kind      check.Kind
	canonical []byte
	minor     bool
	low       bool // never above low
	checked   bool
	point     check.Point
}

// What looking at a candidate costs, and each form that looks at it, in about
// nanoseconds.
const (
	decideWork = 300
	formWork   = 60
)

// decide confirms a candidate and queues what it is.
func (s *stream) decide(v *view, c match.Candidate, esc bool) {
	if esc && !s.esc.plus && !v.touched(c.From, c.To, s.esc.lead) {
		return
	}
	f := &s.scan.engine.forms
	if s.tables.bound = c.To; untitled(c) {
		s.tables.bound = 0
	}
	n := len(s.hits)
	s.scan.work(decideWork)
	switch c.Kind {
	case match.Digits:
		s.numbers(v, c, esc)
		return
	case match.At:
		s.address(v, c, esc)
		return
	case match.Word:
		s.code(v, c, esc)
		s.run(v, c, f.word, esc)
	case match.Serial:
		s.run(v, c, f.serial, esc)
	case cell:
		s.look(v, c, s.columns.cells[c.Key], esc)
	case titled:
		if x := s.tables.at(c.From); x != nil {
			s.look(v, c, x.forms, esc)
		}
	case again:
		s.look(v, c, f.all[c.Key:c.Key+1], esc)
	default:
		s.look(v, c, f.brought(c), esc)
	}
	s.prune(n)
}

// run lets forms look at a run of word bytes. Its first byte may be the second
// of a character in GBK.
func (s *stream) run(v *view, c match.Candidate, forms []*form, esc bool) {
	n := len(s.hits)
	s.look(v, c, forms, esc)
	if len(s.hits) > n {
		return
	}
	if before := v.slice(c.From-4, c.From+1); len(before) > 1 && before[len(before)-2] >= 0x81 && check.OpenLeft(before) {
		c.From++
		s.look(v, c, forms, esc)
	}
}

// look lets forms look at a candidate and queues what they take for a value.
func (s *stream) look(v *view, c match.Candidate, forms []*form, esc bool) {
	g := &s.scan.sight
	c.From = max(c.From, c.To-maxRun)
	low := max(c.From-context, v.base)
	text := v.slice(low, c.To+context)
	g.Text, g.Day = text, s.scan.day
	from, to := int(c.From-low), int(c.To-low)
	switch c.Kind {
	case headKind:
		to = from
	case cell, titled:
		g.Cell, to = to, from
	case again:
		g.Again = true
	case match.Digits:
		g.Digits, g.Shape = s.digits, s.shape
	}
	s.scan.work(int64(len(forms)) * formWork)
	for _, f := range forms {
		g.From, g.To = from, to // whatever the form before made of them
		if f.confirm(g); len(g.Values)+g.Next == 0 {
			continue
		}
		for i := range g.Values {
			s.hit(v, s.valued(f, &g.Values[i], low), esc)
		}
		if next := low + int64(g.Next); g.Next > 0 && next > c.From {
			v.later = append(v.later, match.Candidate{Kind: again, Key: f.order, From: next, To: next})
		}
		g.Drop()
	}
	g.Text, g.Digits, g.Cell, g.Again = nil, nil, 0, false
}

// maxRun is the most of a candidate that is looked at.
const maxRun = 1024

func (s *stream) valued(f *form, x *check.Value, low int64) value {
	return value{rule: f, from: low + int64(x.From), to: low + int64(x.To), lift: x.Lift, kind: x.Kind,
		canonical: x.Canonical, low: x.Low, checked: x.Checked, point: x.Point,
		minor: !x.Birth.IsZero() && s.scan.minor(x.Birth)}
}

// prune leaves, of hits from n on that lie over one another, the surest.
func (s *stream) prune(n int) {
	out := s.hits[:n]
	for i := n; i < len(s.hits); i++ {
		h, keep := s.hits[i], true
		for k := n; k < len(out); k++ {
			o := &out[k]
			if h.at.From >= o.at.To || o.at.From >= h.at.To || h.rule.Own != o.rule.Own {
				continue
			}
			if keep = false; h.conf > o.conf {
				*o = h
			}
			break
		}
		if keep {
			out = append(out, h)
		}
	}
	s.hits = out
}

// hit scores a value by what stands around it and queues it.
func (s *stream) hit(v *view, x value, esc bool) bool {
	if x.rule == nil || x.from >= x.to || !esc && coded(v.slice(x.from-1, x.to)) {
		return false
	}
	e := s.scan.engine
	conf, why, ok := e.opt.Catalogue.Score(x.rule.Rule, v.slice(x.from-context, x.from), v.slice(x.to, x.to+context), s.over(v, &x, esc), x.lift)
	if !ok {
		return false
	}
	if x.low && conf > inspect.Low {
		conf, why = inspect.Low, why|inspect.WhyCapped
	}
	if x.checked {
		why |= inspect.WhyCheck
	}
	h := hit{rule: x.rule, conf: conf, why: why, kind: x.kind, min: x.minor, esc: esc, point: x.point}
	h.at = decode.Span{From: x.from, To: x.to}
	if esc { // the raw view's text is the stream itself
		h.at = v.source(x.from, x.to)
	}
	h.wire = h.at
	if s.path != nil {
		h.wire = s.marks.wire(h.at)
	}
	if x.kind == check.Nobody || conf < inspect.Medium {
		h.sum = e.sum(v.slice(x.from, x.to))
	} else {
		h.key = e.subject(x.kind.String(), x.canonical)
	}
	s.hits = append(s.hits, h)
	return true
}

// code confirms an 18-character word as a social credit code. A resident
// number that ends in X is such a word too and is never taken for a code.
func (s *stream) code(v *view, c match.Candidate, esc bool) {
	if c.To-c.From > check.USCCLen { // its first byte may belong to a character of GBK
		c.From++
	}
	text := v.slice(c.From, c.To)
	if len(text) < 8 || !check.Digits(text[2:8]) { // the division
		return
	}
	b := check.Upper(s.scan.form[:0], text)
	if check.Digits(b) || !check.USCC(b) || !check.OpenLeft(v.slice(c.From-4, c.From)) {
		return
	}
	if _, person := check.ResidentID(b, s.scan.day); !person {
		s.hit(v, value{rule: s.scan.engine.forms.uscc, from: c.From, to: c.To, kind: check.Nobody, checked: true}, esc)
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
	x := value{rule: s.scan.engine.forms.email, from: c.From + int64(from), to: c.From + int64(to), kind: check.KindMail}
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

// coded reports whether a text holds an escape that stands for a character:
// the escaped view judges what it says.
func coded(b []byte) bool {
	for i := range len(b) - 1 {
		if b[i] == '\\' && (b[i+1] == 'u' || b[i+1] == 'x') {
			return true
		}
	}
	return false
}
