package split_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

const day = 24 * time.Hour

// list is one list of 500 persons in five pieces, changed as a test wants.
func list(change func(i int, p *part)) []part {
	var out []part
	for i := range 5 {
		p := part{from: i * 100, to: i*100 + 100, way: linkA}
		if i%2 == 1 {
			p.way = linkB
		}
		change(i, &p)
		out = append(out, p)
	}
	return out
}

// rows numbers the rows of a piece of a list with names in each piece.
func rows(p *part) { p.columns, p.names, p.first = "customers", true, int64(p.from)+1 }

func whole(w way, left bool) part { return part{from: 0, to: 500, way: w, left: left} }

func pieces(parts ...part) []part { return parts }

// cases say from which part on the set is suspected (0: never), why, and in
// what its pieces differ.
var cases = []struct {
	name  string
	parts []part
	from  int
	why   string
	over  string
}{
	{"rows numbered, two links", list(func(_ int, p *part) { rows(p) }), 2, "numbered", "destination link"},
	{"numbered, the last comes first", reversed(list(func(_ int, p *part) { rows(p) })), 2, "numbered", "destination link"},
	{"raw cut by bytes", list(func(i int, p *part) { p.columns, p.names, p.start, p.end = "customers", i == 0, i > 0, i < 4 }), 2, "cut", "destination link"},
	{"raw cut, one by luck between two rows", list(func(i int, p *part) {
		p.columns, p.names, p.start, p.end = "customers", i == 0, i > 0 && i < 4, i == 1 || i == 2
	}), 2, "cut", "destination link"},
	{"cut between rows, names in the first", list(func(i int, p *part) {
		p.columns, p.names = "customers", i == 0
		p.way = []way{linkA, linkB, linkB, linkB, linkB}[i]
	}), 2, "cut", "destination link"},
	{"whole refused, then pieces with shuffled rows", append(pieces(whole(linkA, false)), list(func(_ int, p *part) { p.way = linkA })...), 3, "subset", ""},
	{"whole sent, then pieces to others", append(pieces(whole(linkA, true)), list(func(_ int, p *part) { p.way = linkB })...), 3, "subset", ""},
	{"whole sent, then a day's orders to another each day", append(pieces(whole(linkA, true)), list(func(_ int, p *part) { p.way, p.after = linkB, 25*time.Hour })...), 0, "", ""},
	{"whole of a big list", append(pieces(part{from: 0, to: 10_000, way: linkA}), part{from: 0, to: 2000}, part{from: 2000, to: 4000}), 3, "subset", ""},
	{"each piece in another coding", append(pieces(part{to: 500, columns: "csv", names: true, first: 1, way: linkA}), list(func(i int, p *part) {
		p.columns = []string{"json", "xlsx", "", "csv", "gz"}[i]
	})...), 3, "subset", "destination link"},
	{"pieces over days", list(func(_ int, p *part) { rows(p); p.after = 3 * day }), 2, "numbered", "destination link time"},
	{"over five recipients", list(func(i int, p *part) { rows(p); p.way = way{host: "x.example.sg", recipient: fmt.Sprint("r", i)} }), 2, "numbered", "recipient"},
	{"over accounts", list(func(i int, p *part) { rows(p); p.way = way{host: "x.example.sg", user: fmt.Sprint("u", i)} }), 2, "numbered", "account"},
	{"over purposes", list(func(i int, p *part) { rows(p); p.way = way{host: "x.example.sg", purpose: fmt.Sprint("p", i)} }), 2, "numbered", "purpose"},
	{"over two exporters of one group", list(func(i int, p *part) {
		rows(p)
		p.way = way{host: "x.example.sg", exporter: []string{motors, sister}[i%2]}
	}), 2, "numbered", "exporter"},
	{"columns apart", pieces(part{to: 100, classes: "pi.contact.mobile", way: linkA}, part{to: 100, classes: "pi.finance.bankcard", way: linkB}), 2, "columns", "destination link"},
	{"columns apart, one row lost", pieces(part{to: 100, classes: "pi.contact.mobile", way: linkA}, part{to: 99, classes: "pi.finance.bankcard", way: linkB}), 2, "columns", "destination link"},
	{"pieces of a text", pieces(part{lines: document("d", 0, 200), way: linkA}, part{lines: document("d", 0, 50), way: linkA}, part{lines: document("d", 100, 150), way: linkA}), 3, "subset", ""},
	{"without persons, important data", list(func(_ int, p *part) { rows(p); p.nobody = true }), 2, "numbered", "destination link"},

	{"a retry", pieces(by(linkA, part{to: 100}), by(linkA, part{to: 100}), by(linkA, part{to: 100})), 0, "", ""},
	{"a retry over another link", pieces(part{to: 100, columns: "c", first: 1, way: linkA}, part{to: 100, columns: "c", first: 1, way: linkB}), 0, "", ""},
	{"nightly increments over one way", list(func(_ int, p *part) { rows(p); p.way = linkA; p.after = day }), 0, "", ""},
	{"nightly increments to two recipients", twice(list(func(_ int, p *part) { rows(p); p.after = day })), 0, "", ""},
	{"unrelated lists of the same size and template", list(func(_ int, p *part) { p.columns, p.names = "customers", true }), 0, "", ""},
	{"unrelated lists, each numbered from one", list(func(_ int, p *part) { rows(p); p.first = 1 }), 0, "", ""},
	{"unrelated lists with texts of one template", list(func(i int, p *part) {
		p.lines = append(document("template", 0, 15), document(fmt.Sprint("d", i), 0, 100)...)
	}), 0, "", ""},
	{"two departments with common customers", pieces(part{to: 100, way: linkA}, part{from: 50, to: 150, way: linkB}), 0, "", ""},
	{"two departments after a list of both", pieces(part{to: 500, way: linkA}, part{from: 400, to: 600, way: linkB}, part{from: 450, to: 700, way: linkA}), 0, "", ""},
	{"the same list whole to a second recipient", pieces(part{to: 100, way: way{recipient: "r1"}}, part{to: 100, way: way{recipient: "r2"}}), 0, "", ""},
	{"fewer columns to a second recipient", pieces(part{to: 100, classes: "pi.finance.bankcard", way: linkA}, part{to: 100, way: linkB}), 0, "", ""},
	{"more columns over the same way", pieces(part{to: 100, classes: "pi.contact.mobile", way: linkA}, part{to: 100, classes: "pi.finance.bankcard", way: linkA}), 0, "", ""},
	{"pages of an interface", list(func(_ int, p *part) { rows(p); p.names, p.way = false, linkA }), 0, "", ""},
	{"small parts", small(), 0, "", ""},
	{"the full list, then changes of it the same way", append(pieces(whole(linkA, true)), list(func(_ int, p *part) { p.way = linkA; p.after = day })...), 0, "", ""},
	{"one piece of a refused list", pieces(whole(linkA, false), part{to: 100, way: linkA}, part{to: 100, way: linkA}), 0, "", ""},
	{"the same people twice out of a refused list", pieces(whole(linkA, false), part{to: 100, way: linkA}, part{from: 10, to: 110, way: linkA}), 0, "", ""},
	{"most of it, and the rest", pieces(whole(linkA, false), part{to: 450, way: linkA}, part{from: 450, to: 500, way: linkA}), 3, "subset", ""},
	{"nearly all of it, and the rest", pieces(whole(linkA, false), part{to: 470, way: linkA}, part{from: 470, to: 500, way: linkA}), 0, "", ""},
	{"lists of which three in four were in a refused one", pieces(whole(linkA, false), part{from: -30, to: 100, way: linkA}, part{from: 400, to: 530, way: linkB}), 0, "", ""},
	{"other data of some of the persons", pieces(part{to: 300, classes: "pi.contact.mobile", way: linkA}, part{to: 100, classes: "pi.finance.bankcard", way: linkB}), 0, "", ""},
	{"other data of more persons", pieces(part{to: 100, classes: "pi.contact.mobile", way: linkA}, part{to: 300, classes: "pi.finance.bankcard", way: linkB}), 0, "", ""},
	{"names left out by habit", pieces(part{to: 50, columns: "c", way: linkB}, part{from: 100, to: 200, columns: "c", names: true, way: linkA, after: 2 * time.Hour}, part{from: 200, to: 300, columns: "c", way: linkB}), 0, "", ""},
	{"cut off, and others a day later", pieces(part{to: 100, columns: "c", end: true, way: linkA}, part{from: 100, to: 200, columns: "c", start: true, way: linkB, after: 25 * time.Hour}), 0, "", ""},
	{"cut off and sent again another way", pieces(part{to: 60, columns: "c", end: true, way: linkA}, part{to: 100, columns: "c", start: true, way: linkB}), 0, "", ""},
	{"numbers of another table", pieces(part{to: 100, columns: "c", first: 1, way: linkA}, part{from: 100, to: 200, columns: "d", first: 101, way: linkB}), 0, "", ""},
	{"a vehicle a row a second, then another", pieces(part{to: 600, nobody: true, columns: "c", names: true, first: 1_700_000_000, lines: document("v1", 0, 100), way: linkA},
		part{to: 600, nobody: true, columns: "c", names: true, first: 1_700_000_600, lines: document("v2", 0, 100), way: linkB}), 0, "", ""},
	{"a month later", pieces(part{to: 100, columns: "c", first: 1, way: linkA}, part{from: 100, to: 200, columns: "c", first: 101, way: linkB, after: 31 * day}), 0, "", ""},
}

func reversed(l []part) []part { slices.Reverse(l); return l }

// twice sends each part to two recipients.
func twice(l []part) (out []part) {
	for _, p := range l {
		p.way = way{recipient: "r1"}
		out = append(out, p)
		p.way, p.after = way{recipient: "r2"}, 0
		out = append(out, p)
	}
	return out
}

// small are parts of one to five persons out of a list, in any order.
func small() []part {
	out := pieces(whole(linkA, false))
	for i := range 60 {
		at := (i * 37) % 490
		p := part{from: at, to: at + 1 + i%5, way: linkA}
		if i%2 == 1 {
			p.way = linkB
		}
		out = append(out, p)
	}
	return out
}

func TestSplitting(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			for i, p := range tt.parts {
				s := w.send(p)
				want := tt.from > 0 && i+1 >= tt.from
				if s.Suspected() != want {
					t.Errorf("part %d: suspected %t, want %t: %+v", i+1, s.Suspected(), want, s)
				}
				if want && (said(s.Evidence) != tt.why || tt.over != strings.Join(s.Over, " ")) {
					t.Errorf("part %d: evidence %s over %v, want %s over %s", i+1, said(s.Evidence), s.Over, tt.why, tt.over)
				}
			}
		})
	}
}

func said(list []policy.SplitEvidence) string {
	var out []string
	for _, e := range list {
		out = append(out, string(e))
	}
	return strings.Join(out, " ")
}

// Lists of the size of a piece, numbered from one like all of that template, are
// no pieces of the list that went before; a second list in pieces is found.
func TestPlaceTaken(t *testing.T) {
	w := newWorld(t)
	send := func(name string, at, first int, to way, want bool) policy.Split {
		t.Helper()
		s := w.send(part{from: at, to: at + 100, columns: "customers", names: true, first: int64(first), way: to, after: time.Hour})
		if s.Suspected() != want {
			t.Errorf("%s: %+v", name, s)
		}
		return s
	}
	send("the first piece", 0, 1, linkA, false)
	one := send("the second", 100, 101, linkB, true)
	for i := range 4 {
		send("another list", 1000+i*100, 1, []way{linkA, linkB}[i%2], false)
	}
	if s := send("the third piece", 200, 201, linkA, true); s.Set != one.Set || s.Pieces != 3 || s.Persons != 300 {
		t.Errorf("the third piece: %+v", s)
	}
	send("the first piece of a second list", 5000, 1, linkA, false)
	if s := send("its second", 5100, 101, linkB, true); s.Set == one.Set || s.Pieces != 2 {
		t.Errorf("the second list: %+v", s)
	}
	send("its third", 5200, 201, linkA, true)
}

// A group that is told of one of the two only is no group.
func TestExportersOfNoGroup(t *testing.T) {
	w := newWorld(t)
	p := part{to: 100, columns: "c", first: 1, way: linkA}
	q := w.seen(part{from: 100, to: 200, columns: "c", first: 101, way: linkB})
	q.Flow.Session.Exporter.USCC = sister
	w.send(p)
	if s, err := w.d.Look(t.Context(), q); err != nil || s.Suspected() {
		t.Errorf("Look = %+v, %v", s, err)
	}
}

// Lists whose numbers begin anywhere in a range of a million do not meet.
func TestChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	w := newWorld(t)
	suspected := 0
	for i := range 400 {
		p := part{from: i * 50, to: i*50 + 50, columns: "c", names: true, first: 1 + r.Int64N(1_000_000), way: linkA}
		if i%2 == 1 {
			p.way = linkB
		}
		if s := w.send(p); s.Suspected() {
			suspected++
		}
		if i%100 == 0 {
			w.settle()
		}
	}
	if suspected > 0 {
		t.Errorf("%d of 400 unrelated lists are suspected", suspected)
	}
}
