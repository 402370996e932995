package engine

import (
	"bytes"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
)

const (
	headerLen = 2048 // a first line longer than this is no header
	rowLen    = 2048 // how far into a row columns are told
	nameLen   = 48   // a field longer than this is no name of a column
)

// columns are what the first line of a table says of the columns below it.
// The zero value waits for that line.
type columns struct {
	read      bool
	delimiter byte // 0 where the first line is no header
	groups    []check.GroupSet
}

// header looks for the first line in the text so far, of which b is the start.
func (t *columns) header(c *rules.Catalogue, b []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 && len(b) < headerLen {
		return
	}
	t.read = true
	if i < 0 || i >= headerLen {
		return
	}
	line, most := b[:i], 0
	for _, d := range []byte("\t,;|") {
		if n := bytes.Count(line, []byte{d}); n > most {
			most, t.delimiter = n, d
		}
	}
	useful := false
	if most > 0 {
		for name := range bytes.SplitSeq(line, []byte{t.delimiter}) {
			g := check.GroupSet(0)
			if len(name) <= nameLen {
				g = c.Groups(name)
			}
			useful = useful || g != 0
			t.groups = append(t.groups, g)
		}
	}
	if !useful {
		*t = columns{read: true}
	}
}

// of returns the words over the column in which a text ends. A delimiter in
// quotes does not count.
func (t *columns) of(before []byte) check.GroupSet {
	i := bytes.LastIndexByte(before, '\n')
	if i < 0 {
		return 0
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
		return 0
	}
	return t.groups[column]
}
