package split

import (
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// differences are what two ways can differ in, in the order of way.
var differences = [...]string{"account", "destination", "exporter", "link", "purpose", "recipient"}

// way is how a part went, as keyed values; an unknown one is zero.
type way [len(differences)]uint64

// run is a column that counts rows: keyed values of the column with its first
// number, and with the number that would come next.
type run struct{ first, next uint64 }

// view is what is remembered of a part's content, under the key of a year.
type view struct {
	way             way
	fields, columns uint64
	runs            []run
	people, text    sketch
}

// piece is a part that is remembered. All but what stands below ways is fixed.
type piece struct {
	flow     string // that brought it first
	at       time.Time
	year     int
	exporter string
	persons  int64
	rows     int64
	lines    int64
	cutStart bool
	cutEnd   bool
	habit    bool // parts without names are usual where it went
	classes  []inspect.Class
	view     view

	ways   []way  // that it went, the first is view.way; replaced, never changed in place
	again  string // the flow that brought it last, if another
	left   bool
	set    string
	within []string // flows of wholes that it is part of; likewise replaced
	beside []string // flows of pieces with other data of the same persons
}

// worth reports whether a part is large enough for anything to be told.
func worth(p *policy.SplitPart) bool {
	if p.Flow.Session.Exporter.USCC == "" || len(p.Flow.ID) > maxFlow || len(p.Flow.Session.Exporter.USCC) > maxUSCC {
		return false // nobody to join it with
	}
	s := &p.Shape
	return len(p.Persons) >= fewest || s.Rows >= fewest && s.Columns != inspect.Subject{} || s.Lines >= fewest
}

func newPiece(p *policy.SplitPart, now time.Time) *piece {
	s := &p.Shape
	return &piece{flow: p.Flow.ID, at: now, year: yearOf(now), exporter: p.Flow.Session.Exporter.USCC,
		persons: int64(len(p.Persons)), rows: s.Rows, lines: s.Lines, cutStart: s.CutStart, cutEnd: s.CutEnd,
		classes: slices.Clone(p.Classes[:min(len(p.Classes), maxClasses)])}
}

// last is the flow that a record is found under.
func (p *piece) last() string {
	if p.again != "" {
		return p.again
	}
	return p.flow
}

// apart reports whether two pieces share no way, so that one went where the
// other never did.
func apart(a, b []way) bool {
	return !slices.ContainsFunc(a, func(w way) bool { return slices.Contains(b, w) })
}

// over adds in what two ways differ.
func over(names []string, a, b way) []string {
	for i, name := range differences {
		if a[i] != b[i] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// lacks reports whether a has a class that b lacks.
func lacks(a, b []inspect.Class) bool {
	return slices.ContainsFunc(a, func(c inspect.Class) bool { return !slices.Contains(b, c) })
}

// with returns a list with one more, shared with nobody.
func with[T comparable](list []T, one T, most int) []T {
	if slices.Contains(list, one) || len(list) >= most {
		return list
	}
	return append(slices.Clone(list), one)
}
