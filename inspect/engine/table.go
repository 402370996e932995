package engine

import (
	"math"
	"sort"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/record"
)

// maxColumns is how many columns of a table are told apart.
const maxColumns = 64

// title is what the name of a column, or of a row, says of a cell.
type title struct {
	groups check.GroupSet
	forms  []*form // that its words bring
}

// place is a piece of text under a title.
type place struct {
	from, to int64
	title    *title
}

// finder finds tables in one kind of text. What it says of an offset must not
// depend on how the text came.
type finder interface {
	// read goes on in the text, of which all before to can be told.
	read(t *tables, v *view, to int64, last bool)
	// hold is the offset from which it is not told yet whether places have a
	// title; open one before which no later cell begins.
	hold() int64
	open() int64
}

// tables are what the tables within a text say of places in it. A table that
// begins with the text is left to columns. The zero value finds none.
type tables struct {
	engine *Engine
	above  *columns
	finder finder
	keys   []match.Candidate // trigger words, in order
	first  int               // of those in text that is not yet told
	known  []place           // in order, as far as the window reaches
	cell   place             // the open one; its title is nil where there is none
	bound  int64             // the end of the candidate in hand: titles are told up to there
	held   []match.Candidate
}

// begin chooses what may be in a text.
func (t *tables) begin(e *Engine, above *columns, mode record.Mode, kind inspect.PartKind) {
	t.engine, t.above = e, above
	switch {
	case kind == inspect.Head:
	case mode == record.Markup:
		t.finder = &markup{wait: math.MaxInt64}
	case mode == record.Lines:
		t.finder = &lines{}
	}
}

// follow reads on behind the matcher, which has told the trigger words there.
func (t *tables) follow(v *view, last bool) {
	if t.finder == nil {
		return
	}
	t.gather(v.found)
	to := v.matcher.Pos()
	if last {
		to = v.end()
	}
	t.finder.read(t, v, to, last)
	n := 0
	for n < len(t.known) && t.known[n].to < v.base {
		n++
	}
	if n > 0 {
		t.known = t.known[:copy(t.known, t.known[n:])]
	}
}

// ready hands out the candidates whose titles are told.
func (t *tables) ready(v *view, take func(match.Candidate)) {
	hold := t.hold()
	if hold >= v.end() {
		v.ready(false, take)
		return
	}
	rest := v.pending[:0]
	t.held = t.held[:0]
	for _, c := range v.pending {
		if c.To <= hold || untitled(c) {
			rest = append(rest, c)
		} else {
			t.held = append(t.held, c)
		}
	}
	v.pending = rest
	v.ready(false, take)
	v.pending = append(v.pending, t.held...)
}

// untitled reports whether a candidate is of a piece of text that is larger
// than a cell: no title counts for it.
func untitled(c match.Candidate) bool { return c.Kind == headKind || c.Kind == stretch }

func (t *tables) hold() int64 {
	if t.finder == nil {
		return math.MaxInt64
	}
	return t.finder.hold()
}

func (t *tables) open() int64 {
	if t.finder == nil {
		return math.MaxInt64
	}
	return t.finder.open()
}

// at returns the title over an offset, or nil.
func (t *tables) at(at int64) *title {
	if t.cell.title != nil && at >= t.cell.from {
		return t.cell.title
	}
	i := sort.Search(len(t.known), func(i int) bool { return t.known[i].from > at })
	if i == 0 || at >= t.known[i-1].to {
		return nil
	}
	return t.known[i-1].title
}

// over returns the words that the header of a table holds over a value.
func (s *stream) over(v *view, x *value, esc bool) check.GroupSet {
	at := x.from
	if esc {
		at = v.source(x.from, x.to).From
	}
	if x.from < s.tables.bound { // what is behind it may not be told yet
		if title := s.tables.at(at); title != nil {
			return title.groups
		}
	}
	if s.columns.delimiter == 0 {
		return check.GroupSet{}
	}
	return s.columns.of(s.raw.slice(at-rowLen, at))
}

// put notes a cell.
func (t *tables) put(from, to int64, title *title) {
	if title != nil && from < to {
		t.known = append(t.known, place{from, to, title})
	}
}

// queue makes what stands in a cell a candidate for the forms of its title.
func (t *tables) queue(v *view, from, to int64, title *title) {
	if title == nil || title.forms == nil {
		return
	}
	b := v.slice(from, min(to, from+cellLen))
	if i, n := bare(b); n-i > 1 {
		v.pending = append(v.pending, match.Candidate{Kind: titled, From: from + int64(i), To: from + int64(n)})
	}
}
