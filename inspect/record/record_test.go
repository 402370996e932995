package record_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/record"
)

func key(n uint32, rank uint8) record.Key {
	k := record.Key{Rank: rank, Class: rank}
	binary.LittleEndian.PutUint32(k.Subject[:], n+1)
	return k
}

// play follows a text in which a letter a..z is a key of rank 0 and A..Z the
// key of the same person of rank 1, 1..9 a name, in pieces of n bytes.
func play(mode record.Mode, max int, text string, n int) (*record.Set, []int64) {
	set := record.NewSet(max)
	b := record.NewBook(set, mode)
	var ids []int64
	for len(text) > 0 {
		p := text[:min(n, len(text))]
		text = text[len(p):]
		for i := range len(p) {
			switch c := p[i]; {
			case c >= 'a' && c <= 'z':
				b.Note(key(uint32(c-'a'), 0))
				ids = append(ids, b.Record())
			case c >= 'A' && c <= 'Z':
				b.Note(key(uint32(c-'A')+100, 1))
				ids = append(ids, b.Record())
			case c >= '1' && c <= '9':
				k := key(uint32(c-'0')+200, 2)
				k.Name = true
				b.Note(k)
			}
			b.Advance([]byte(p[i : i+1]))
		}
	}
	b.End()
	return set, ids
}

func TestJoining(t *testing.T) {
	tests := []struct {
		name            string
		mode            record.Mode
		text            string
		persons, linked int
	}{
		{"one object, two kinds", record.Objects, `[{aA}]`, 1, 1},
		{"two objects", record.Objects, `[{aA},{bB}]`, 2, 2},
		{"a kind twice in an object", record.Objects, `{abA}`, 3, 3},
		{"the same key twice is one", record.Objects, `{aaA}`, 1, 1},
		{"a nested object is its own record", record.Objects, `{a{B}A}`, 2, 2},
		{"braces in strings do not count", record.Objects, `{a"}{"A}`, 1, 1},
		{"an escaped quote does not end a string", record.Objects, `{a"\"}"A}`, 1, 1},
		{"outside of objects a line is a record", record.Objects, "a\nA\n", 2, 2},
		{"lines", record.Lines, "a,A\nb,B\n", 2, 2},
		{"a form is one record", record.Whole, "a\nA", 1, 1},
		{"a name beside a key is no other person", record.Objects, `{a1A}`, 1, 1},
		{"names alone", record.Lines, "1\n2\n", 2, 2},
		{"one name in two records is two persons, perhaps one", record.Lines, "1\n1\n", 2, 1},
		{"one name twice in a record is one", record.Lines, "1,1\n", 1, 1},
		{"more names than persons told", record.Objects, `{a12}`, 2, 2},
		{"fewer names than persons told", record.Objects, `{ab1}`, 2, 2},
		{"a brace ends what a line says of a name", record.Lines, "1}{2\n", 2, 2},
		{"a key that links two records", record.Lines, "aA\nA\n", 2, 1},
		{"a link across three", record.Lines, "aA\nbA\n", 2, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, _ := play(tt.mode, 100, tt.text, 1)
			p, linked := set.Persons(func(c int) int { return c })
			if len(p) != tt.persons || linked != tt.linked {
				t.Errorf("%d persons, %d linked, want %d and %d", len(p), linked, tt.persons, tt.linked)
			}
		})
	}
}

func TestOrdinals(t *testing.T) {
	_, ids := play(record.Lines, 10, "ab\nc\n\nd", 1)
	want := []int64{1, 1, 2, 4}
	for i := range want {
		if ids[i] != want[i] {
			t.Fatalf("records %v, want %v", ids, want)
		}
	}
}

func TestBounds(t *testing.T) {
	set := record.NewSet(5)
	b := record.NewBook(set, record.Lines)
	for i := range uint32(20) {
		b.Note(key(i, 0))
		b.Note(key(i+1000, 1))
		b.Advance([]byte("\n"))
	}
	b.End()
	if p, _ := set.Persons(func(c int) int { return c }); len(p) != 5 || !set.Full() {
		t.Errorf("%d persons, full %v; want 5 and a full set", len(p), set.Full())
	}
	deep, _ := play(record.Objects, 5, strings.Repeat("{", 5000)+"a"+strings.Repeat("}", 5000)+"{b}", 1)
	if p, _ := deep.Persons(func(c int) int { return c }); len(p) != 2 {
		t.Errorf("%d persons below deep objects, want 2", len(p))
	}
}

func TestCrowdedRecordLosesNobody(t *testing.T) {
	set := record.NewSet(10_000)
	b := record.NewBook(set, record.Whole)
	for i := range uint32(5000) {
		b.Note(key(i, uint8(i%3)))
	}
	b.End()
	p, linked := set.Persons(func(c int) int { return c })
	if len(p) != 5000 || linked != 5000 || set.Full() {
		t.Errorf("%d persons, %d linked", len(p), linked)
	}
	for i := 1; i < len(p); i++ {
		if string(p[i-1].Key[:]) >= string(p[i].Key[:]) {
			t.Fatal("persons are not in order of their keys")
		}
	}
}

func TestMinorAndClasses(t *testing.T) {
	set := record.NewSet(10)
	b := record.NewBook(set, record.Lines)
	k := key(1, 0)
	k.Minor = true
	b.Note(k)
	b.Note(key(2, 1))
	b.Remark(7)
	b.End()
	p, _ := set.Persons(func(c int) int { return c })
	var want inspect.ClassSet
	for _, c := range []int{0, 1, 7} {
		want.Add(c)
	}
	if len(p) != 1 || !p[0].Minor || p[0].Classes != want || p[0].Key != k.Subject {
		t.Errorf("person %+v", p)
	}
}
