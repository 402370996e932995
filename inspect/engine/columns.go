package engine

import (
	"bytes"
	"math"
	"slices"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/match"
)

const (
	headerLen = 2048 // a first line longer than this is no header
	rowLen    = 2048 // how far into a row columns are told
	nameLen   = 48   // a field longer than this is no name of a column
	cellLen   = 512  // a cell longer than this is looked at so far
)

// columns are what the first line of a table says of the columns below it.
// The zero value waits for that line.
type columns struct {
	read      bool
	delimiter byte // 0 where the first line is no header
	groups    []check.GroupSet
	cells     [][]*form // the forms that the words in the header bring; nil where none does
	useful    bool      // some are not nil
	from      int64     // where the rows begin
}

// rows are where one view of a table has been read.
type rows struct {
	pos    int64 // up to where
	column int   // of the open cell; negative where it is not known
	quoted bool
	begun  int64 // where the open cell begins
	queued bool  // so much of it came that it need not end
}

// header looks for the first line in the text so far, of which b is the start.
func (t *columns) header(e *Engine, b []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 && len(b) < headerLen {
		return
	}
	t.read = true
	if i < 0 || i >= headerLen {
		return
	}
	line, most := bytes.TrimRight(b[:i], "\r"), 0
	for _, d := range []byte("\t,;|") {
		if n := bytes.Count(line, []byte{d}); n > most {
			most, t.delimiter = n, d
		}
	}
	told := false
	if most > 0 {
		for name := range bytes.SplitSeq(line, []byte{t.delimiter}) {
			g, f := check.GroupSet{}, []*form(nil)
			if len(name) <= nameLen {
				g, f = e.opt.Catalogue.Groups(name), e.forms.named(name)
			}
			told = told || g != check.GroupSet{} || f != nil
			t.useful = t.useful || f != nil
			t.groups, t.cells = append(t.groups, g), append(t.cells, f)
		}
	}
	if !told {
		*t = columns{read: true}
		return
	}
	t.from = int64(i + 1)
}

// named returns the forms that words in the name of a column bring.
func (f *forms) named(name []byte) (out []*form) {
	m := match.NewStream(f.words, 0)
	for _, c := range m.Find(nil, name, 0, true) {
		if c.Kind != match.Key {
			continue
		}
		for _, x := range f.keys[c.Key] {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	return out
}

// follow queues the cells of the rows that came, in the columns that bring a
// form.
func (r *rows) follow(t *columns, v *view) {
	if !t.useful {
		return
	}
	from := r.pos
	r.pos = v.end()
	for i, c := range v.slice(from, r.pos) {
		switch {
		case c == '"':
			r.quoted = !r.quoted
		case c == '\n':
			r.cell(t, v, from+int64(i))
			r.column, r.quoted = 0, false
			r.begun = from + int64(i) + 1
		case c == t.delimiter && !r.quoted && r.column >= 0:
			r.cell(t, v, from+int64(i))
			r.column++
			r.begun = from + int64(i) + 1
		}
	}
	if r.pos-r.begun > cellLen && !r.queued {
		r.cell(t, v, r.pos)
		r.queued = true
	}
}

// open is the offset before which no later cell begins.
func (r *rows) open(t *columns) int64 {
	if !t.useful || r.queued {
		return math.MaxInt64
	}
	return r.begun
}

// end queues the last cell.
func (r *rows) end(t *columns, v *view) {
	if t.useful {
		r.cell(t, v, v.end())
	}
}

// cell queues the open cell, which ends at an offset.
func (r *rows) cell(t *columns, v *view, end int64) {
	if r.queued {
		r.queued = false
		return
	}
	if b := v.slice(end-1, end); len(b) > 0 && b[0] == '\r' {
		end--
	}
	if r.column >= 0 && r.column < len(t.cells) && t.cells[r.column] != nil && end > r.begun {
		v.pending = append(v.pending, match.Candidate{Kind: cell, Key: uint16(r.column), From: r.begun, To: min(end, r.begun+cellLen)})
	}
}

// of returns the words over the column in which a text ends. A delimiter in
// quotes does not count.
func (t *columns) of(before []byte) check.GroupSet {
	i := bytes.LastIndexByte(before, '\n')
	if i < 0 {
		return check.GroupSet{}
	}
	column, quoted := 0, false
	for _, c := range before[i+1:] {
		switch {
		case c == '"':
			quoted = !quoted
		case c == t.delimiter && !quoted:
			column++
		}
	}
	if column >= len(t.groups) {
		return check.GroupSet{}
	}
	return t.groups[column]
}
