package engine

import (
	"bytes"
	"sync"

	"github.com/datacustoms/customs/inspect"
)

const (
	shapeHead = 4096 // how much is seen before it is said what a text is
	shapeTail = 2048 // how much of its end is looked at again
	shapeRows = 64   // rows whose cells are read at the beginning of a table
	shapeLook = 8    // and where nothing comes of it
)

// shaper tells the layout of one text. It reads the first rows of a table and
// the last; those between are counted. What it says does not hang on how the
// text came. It holds bytes of the text until it is given back.
type shaper struct {
	keys  *shapeKeys
	state shapeState
	kind  shapeState // of table
	html  bool
	text  shapeText
	table shapeTable
	csv   shapeCells
	json  shapeObjects
	page  shapePage
	sql   shapeSQL

	head   []byte
	before []byte       // of the head, what is of a row that began before the text
	found  []shapeFound // in the head
	tail   []byte
	rest   int64 // bytes behind the rows that were read
}

type shapeState uint8

const (
	shapeWaits   shapeState = iota // for enough to say what it is
	shapePlain                     // no table
	shapeLines                     // rows are lines of cells
	shapeJSON                      // rows are objects
	shapeMarkup                    // rows are elements
	shapeInserts                   // rows are those of statements
	shapeCounts                    // rows are counted only
)

// shapeFound is a finding in the head.
type shapeFound struct {
	at   int
	mark string
}

var shapers = sync.Pool{New: func() any {
	return &shaper{head: make([]byte, 0, shapeHead), tail: make([]byte, 0, 4*shapeTail),
		text:  shapeText{open: make([]byte, 0, textMost), low: make([]uint64, 0, 2*inspect.MaxText)},
		table: shapeTable{cols: new([maxColumns]shapeColumn)}}
}}

// newShaper starts a text.
func newShaper(k *shapeKeys, html bool) *shaper {
	x := shapers.Get().(*shaper)
	x.keys, x.html = k, html
	x.text.limit, x.text.far = 1<<64-1, textFar
	return x
}

// giveBack forgets the text: one flow's bytes must not lie about for another.
func (x *shaper) giveBack() {
	x.table.clear()
	x.text.clear()
	clear(x.head)
	clear(x.tail[:min(x.rest, int64(cap(x.tail)))])
	clear(x.json.marker[:cap(x.json.marker)])
	x.head, x.tail, x.found = x.head[:0], x.tail[:0], x.found[:0]
	x.csv, x.page, x.sql, x.json = shapeCells{}, shapePage{}, shapeSQL{}, shapeObjects{marker: x.json.marker[:0]}
	x.state, x.kind, x.rest, x.keys, x.before = shapeWaits, shapeWaits, 0, nil, nil
	shapers.Put(x)
}

// write takes the next bytes of the text.
func (x *shaper) write(p []byte) {
	x.read(p) // first: it tells how far lines are looked at
	x.text.write(x.keys, p)
}

func (x *shaper) read(p []byte) {
	for len(p) > 0 {
		switch x.state {
		case shapeWaits:
			n := min(len(p), shapeHead-len(x.head))
			x.head = append(x.head, p[:n]...)
			if p = p[n:]; len(x.head) == shapeHead {
				x.decide(false)
			}
		case shapeLines:
			p = x.lines(p)
		case shapeJSON:
			p = x.objects(p)
		case shapeMarkup:
			p = x.elements(p)
		case shapeInserts:
			p = x.inserts(p)
		case shapeCounts:
			x.count(p)
			return
		default:
			return
		}
	}
}

// hit notes a finding that begins with the next byte. mark is what tells its
// class where it is found without the name of its column too, or empty.
func (x *shaper) hit(mark string) {
	switch x.state {
	case shapeWaits:
		if len(x.found) < 2*shapeRows {
			x.found = append(x.found, shapeFound{len(x.head), mark})
		}
	case shapeLines, shapeJSON, shapeMarkup, shapeInserts:
		x.table.hit(mark)
	}
}

// replay reads the head from an offset on, now that it is known what it is.
func (x *shaper) replay(from int) {
	at := from
	for _, f := range x.found {
		if f.at >= at {
			x.read(x.head[at:f.at])
			x.hit(f.mark)
			at = f.at
		}
	}
	x.read(x.head[at:])
}

// more goes over to counting once enough rows were read.
func (x *shaper) more() bool {
	if !x.table.enough() {
		return true
	}
	x.table.counted, x.state = x.table.rows, shapeCounts
	return false
}

// many reports whether the head, which is the whole text, may hold as many rows
// as make a table: small bodies are the most, and few of them do.
func (x *shaper) many() bool {
	for _, row := range []string{"\n", "{", "<", "("} {
		if bytes.Count(x.head, []byte(row)) >= shapeLook-1 {
			return true
		}
	}
	return false
}

// shape is the layout of the text, of which all has come.
func (x *shaper) shape() (out inspect.Shape) {
	if x.state == shapeWaits && x.many() {
		x.decide(true)
	}
	out.Text = x.text.end(x.keys)
	out.Lines = x.text.lines
	if x.state == shapePlain || x.state == shapeWaits {
		return out
	}
	x.finish()
	t := &x.table
	if t.rows == 0 && len(t.names) == 0 {
		return out
	}
	out.Rows = t.rows
	out.Runs = t.runs(x.before)
	out.CutStart, out.CutEnd = t.cutStart, t.cutEnd
	if len(t.names) > 0 {
		out.Fields = x.keys.digest(1, t.names)
	}
	out.Columns = x.keys.digest(2, t.layout())
	return out
}
