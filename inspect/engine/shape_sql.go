package engine

import "bytes"

// shapeSQL is where in statements that bring rows reading stands.
type shapeSQL struct {
	word   [8]byte // the last word outside of rows, its end
	depth  int
	rows   bool // behind VALUES
	quote  byte
	escape bool
	named  bool // the names of the columns were read
}

// inserts reads the rows of INSERT statements.
func (x *shaper) inserts(p []byte) []byte {
	q, t := &x.sql, &x.table
	for i, c := range p {
		if c == '\n' {
			t.ends++
		}
		switch {
		case q.quote != 0:
			q.text(t, c)
		case c == '\'' || c == '"' || c == '`':
			q.quote = c
		case c == '(':
			if q.depth++; q.depth == 1 {
				q.rows = q.rows || bytes.EqualFold(q.word[2:], []byte("values"))
				t.column, t.n = 0, 0
			}
		case c == ')' && q.depth > 0:
			if q.depth--; q.depth == 0 {
				q.leave(t)
			}
		case c == ',' && q.depth == 1:
			if q.rows {
				t.endCell(true)
				t.column++
			} else {
				q.name(t)
			}
		case c == ';' && q.depth == 0:
			q.rows = false
		case c == '\n' && q.depth == 0 && !x.more():
			return p[i+1:]
		case c > ' ':
			q.text(t, c)
		}
	}
	return nil
}

// text takes a byte of a value, a name or a word.
func (q *shapeSQL) text(t *shapeTable, c byte) {
	switch {
	case q.quote != 0 && q.escape:
		q.escape = false
	case q.quote != 0 && c == '\\':
		q.escape = true
		return
	case q.quote != 0 && c == q.quote:
		q.quote = 0
		return
	}
	switch {
	case q.depth > 0 && q.rows:
		t.put(c)
	case q.depth > 0 && !q.named:
		t.name([]byte{c})
	case q.depth == 0:
		q.rows = false
		copy(q.word[:], q.word[1:])
		q.word[len(q.word)-1] = c
	}
}

func (q *shapeSQL) name(t *shapeTable) {
	if !q.named {
		t.endName()
	}
}

// leave ends a row or the list of names.
func (q *shapeSQL) leave(t *shapeTable) {
	if q.rows {
		t.endCell(true)
		if t.rows == 0 {
			t.columns = t.column + 1
		}
		t.endRow()
		return
	}
	q.name(t)
	q.named = true
}
