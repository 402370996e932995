package split

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// The kinds of line.
const (
	opHead    = "head"    // the schema, first in the file
	opPiece   = "piece"   // a piece was seen
	opAgain   = "again"   // the same piece came again, or now belongs to a set
	opLeft    = "left"    // what a flow brought was sent
	opRewrite = "rewrite" // never in a file: asks for a new one
)

const schema = "dc.split/1"

// The bounds of a line. A longer one was not written by this program.
const (
	maxLine    = 128 << 10
	maxClasses = 64
	maxClass   = 80
	maxSet     = 32
)

// line is what the file holds. All values of content are keyed.
type line struct {
	Op       string          `json:"op"`
	Schema   string          `json:"schema,omitempty"`
	Flow     string          `json:"flow,omitempty"`
	Of       string          `json:"of,omitempty"` // the piece that came again
	At       time.Time       `json:"at,omitzero"`
	Exporter string          `json:"exporter,omitempty"`
	Persons  int64           `json:"persons,omitempty"`
	Rows     int64           `json:"rows,omitempty"`
	Lines    int64           `json:"lines,omitempty"`
	CutStart bool            `json:"cut_start,omitempty"`
	CutEnd   bool            `json:"cut_end,omitempty"`
	Habit    bool            `json:"habit,omitempty"`
	Classes  []inspect.Class `json:"classes,omitempty"`
	Fields   uint64          `json:"fields,omitempty"`
	Columns  uint64          `json:"columns,omitempty"`
	Runs     []byte          `json:"runs,omitempty"`
	People   []byte          `json:"people,omitempty"`
	PeopleTo uint64          `json:"people_to,omitempty"`
	Text     []byte          `json:"text,omitempty"`
	TextTo   uint64          `json:"text_to,omitempty"`
	Way      []byte          `json:"way,omitempty"`
	Ways     [][]byte        `json:"ways,omitempty"`
	Left     bool            `json:"left,omitempty"`
	Set      string          `json:"set,omitempty"`
	Within   []string        `json:"within,omitempty"`
	Beside   []string        `json:"beside,omitempty"`
	Again    string          `json:"again,omitempty"`
	Joins    []string        `json:"joins,omitempty"` // pieces that are in Set from now on
}

// words are values as bytes.
func words(list []uint64) []byte {
	var out []byte
	for _, v := range list {
		out = binary.BigEndian.AppendUint64(out, v)
	}
	return out
}

func unwords(b []byte, most int) ([]uint64, error) {
	if len(b)%8 != 0 || len(b)/8 > most {
		return nil, errors.New("values of a wrong length")
	}
	var out []uint64
	for ; len(b) > 0; b = b[8:] {
		out = append(out, binary.BigEndian.Uint64(b))
	}
	return out, nil
}

// line is the piece as it is kept.
func (p *piece) line() line {
	v := &p.view
	l := line{Op: opPiece, Flow: p.flow, At: p.at, Exporter: p.exporter, Persons: p.persons, Rows: p.rows, Lines: p.lines,
		CutStart: p.cutStart, CutEnd: p.cutEnd, Habit: p.habit, Classes: p.classes, Fields: v.fields, Columns: v.columns,
		People: words(v.people.values), PeopleTo: v.people.upTo, Text: words(v.text.values), TextTo: v.text.upTo,
		Left: p.left, Set: p.set, Within: p.within, Beside: p.beside, Again: p.again}
	for _, r := range v.runs {
		l.Runs = append(l.Runs, words([]uint64{r.first, r.next})...)
	}
	for _, w := range p.ways {
		l.Ways = append(l.Ways, words(w[:]))
	}
	return l
}

// piece reads a line of kind piece.
func (l *line) piece() (*piece, error) {
	if l.Flow == "" || l.Exporter == "" || l.At.IsZero() || l.At.Year() < 2000 || l.At.Year() > 9999 || len(l.Ways) == 0 || len(l.Ways) > maxWays ||
		len(l.Flow) > maxFlow || len(l.Exporter) > maxUSCC || l.Persons < 0 || l.Rows < 0 || l.Lines < 0 {
		return nil, errors.New("a piece without its facts")
	}
	p := &piece{flow: l.Flow, at: l.At, year: yearOf(l.At), exporter: l.Exporter, persons: l.Persons, rows: l.Rows, lines: l.Lines,
		cutStart: l.CutStart, cutEnd: l.CutEnd, habit: l.Habit, classes: l.Classes, left: l.Left, set: l.Set, within: l.Within, beside: l.Beside, again: l.Again}
	v := &p.view
	v.fields, v.columns = l.Fields, l.Columns
	var err error
	if v.people, err = unsketch(l.People, l.PeopleTo, keptPersons); err != nil {
		return nil, err
	}
	if v.text, err = unsketch(l.Text, l.TextTo, inspect.MaxText); err != nil {
		return nil, err
	}
	runs, err := unwords(l.Runs, 2*inspect.MaxRuns)
	if err != nil || len(runs)%2 != 0 {
		return nil, errors.New("runs of a wrong length")
	}
	for i := 0; i < len(runs); i += 2 {
		v.runs = append(v.runs, run{runs[i], runs[i+1]})
	}
	for _, b := range l.Ways {
		w, err := unway(b)
		if err != nil {
			return nil, err
		}
		p.ways = append(p.ways, w)
	}
	v.way = p.ways[0]
	return p, nil
}

func unsketch(b []byte, upTo uint64, most int) (sketch, error) {
	values, err := unwords(b, most)
	if err != nil || !slices.IsSorted(values) {
		return sketch{}, errors.New("a sample that is not sorted")
	}
	return sketch{values, upTo}, nil
}

func unway(b []byte) (w way, err error) {
	list, err := unwords(b, len(w))
	if err != nil || copy(w[:], list) != len(w) {
		return w, errors.New("a way of a wrong length")
	}
	return w, nil
}

// check holds for every line.
func (l *line) check() error {
	bad := func(list []string, most int) bool {
		return len(list) > most || slices.ContainsFunc(list, func(s string) bool { return len(s) > maxFlow })
	}
	if len(l.Flow) > maxFlow || len(l.Of) > maxFlow || len(l.Again) > maxFlow || len(l.Set) > maxSet || bad(l.Within, maxKin) || bad(l.Beside, maxKin) ||
		bad(l.Joins, maxJoins) || len(l.Classes) > maxClasses ||
		slices.ContainsFunc(l.Classes, func(c inspect.Class) bool { return len(c) > maxClass }) {
		return errors.New("a name or list that is too long")
	}
	return nil
}

var table = crc32.MakeTable(crc32.Castagnoli)

// append writes a line with its checksum.
func (l *line) append(out []byte) ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return out, err
	}
	out = fmt.Appendf(out, "%08x ", crc32.Checksum(b, table))
	return append(append(out, b...), '\n'), nil
}

// parse reads a line. Its errors quote nothing of it.
func parse(text []byte) (l line, err error) {
	sum, b, ok := bytes.Cut(text, []byte(" "))
	if !ok || fmt.Sprintf("%08x", crc32.Checksum(b, table)) != string(sum) {
		return l, errors.New("the checksum is wrong")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if dec.Decode(&l) != nil || dec.InputOffset() != int64(len(b)) {
		return l, errors.New("it is no line of this program")
	}
	return l, l.check()
}
