package engine_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// bytePieces cuts as split -n 5 does, and linePieces as split -n l/5.
func bytePieces(b []byte) (out [][]byte) {
	n := len(b) / 5
	for i := range 4 {
		out = append(out, b[i*n:(i+1)*n])
	}
	return append(out, b[4*n:])
}

func linePieces(b []byte) (out [][]byte) {
	n, from := len(b)/5, 0
	for i := range 5 {
		to := len(b)
		if i < 4 {
			to = max((i+1)*n, from)
			to += bytes.IndexByte(b[to-1:], '\n')
		}
		out = append(out, b[from:to])
		from = to
	}
	return out
}

// pieced wants five pieces to have the columns of the whole, runs that go on in
// each other, and no rows but those of the whole.
func pieced(t *testing.T, e inspect.Inspector, whole []byte, pieces [][]byte, rows int64, names, cut bool) {
	t.Helper()
	want := shapeOf(t, e, whole)
	next, text, before := int64(1), map[uint64]bool{}, false
	for i, p := range pieces {
		got := shapeOf(t, e, p)
		if got.Columns != want.Columns {
			t.Errorf("piece %d has other columns than the whole: %+v", i, got)
		}
		if known := got.Fields == want.Fields; known != (names || i == 0) {
			t.Errorf("piece %d names its columns: %v", i, known)
		}
		// What ends in the last cell of a row may be whole: then the next begins with less.
		between := i == 0 || p[0] == '\n' || pieces[i-1][len(pieces[i-1])-1] == '\n'
		if joint := got.CutStart || before; joint != (cut && !between) || i == 4 && got.CutEnd {
			t.Errorf("piece %d is cut at its start %v, at its end %v, before it %v", i, got.CutStart, got.CutEnd, before)
		}
		before = got.CutEnd
		if len(got.Runs) != 1 || got.Runs[0].Column != 0 || got.Runs[0].First != next {
			t.Fatalf("piece %d has the runs %v, want one that begins with %d", i, got.Runs, next)
		}
		next = got.Runs[0].Last + 1
		for _, x := range got.Text {
			text[x] = true
		}
	}
	if next != rows+1 {
		t.Errorf("the runs of the pieces end before %d, want %d", next, rows+1)
	}
	missed := 0
	for _, x := range want.Text {
		if !text[x] {
			missed++
		}
	}
	if missed > 4 || len(want.Text) == 0 {
		t.Errorf("%d of %d lines that the whole samples are in no piece", missed, len(want.Text))
	}
}

func TestPiecesOfOneListShowIt(t *testing.T) {
	e := open(t)
	for _, n := range []int{100, 103, 1000, 4000} {
		rows := roster(7, n, 1)
		whole := csvOf(rows)
		part := func(i int) [][]string {
			to := (i + 1) * n / 5
			return append([][]string{rows[0]}, rows[1+i*n/5:1+to]...)
		}
		var again, sheets, objects [][]byte
		for i := range 5 {
			again = append(again, csvOf(part(i)))
			objects = append(objects, jsonOf(part(i), "", "\n", "\n"))
			if n == 100 {
				sheets = append(sheets, xlsxOf(t, part(i)))
			}
		}
		named := func(s string) string { return fmt.Sprintf("%s of %d rows", s, n) }
		t.Run(named("bytes"), func(t *testing.T) { pieced(t, e, whole, bytePieces(whole), int64(n), false, true) })
		t.Run(named("lines"), func(t *testing.T) { pieced(t, e, whole, linePieces(whole), int64(n), false, false) })
		t.Run(named("lines with the header repeated"), func(t *testing.T) { pieced(t, e, whole, again, int64(n), true, false) })
		t.Run(named("JSON lines"), func(t *testing.T) {
			pieced(t, e, jsonOf(rows, "", "\n", "\n"), objects, int64(n), true, false)
		})
		t.Run(named("bytes of JSON lines"), func(t *testing.T) {
			all := jsonOf(rows, "", "\n", "\n")
			pieced(t, e, all, bytePieces(all), int64(n), true, true)
		})
		t.Run(named("bytes of a JSON array"), func(t *testing.T) {
			all := jsonOf(rows, "[", ",", "]")
			cutArray(t, e, bytePieces(all))
		})
		if n == 100 {
			t.Run("sheets", func(t *testing.T) { pieced(t, e, xlsxOf(t, rows), sheets, int64(n), true, false) })
		}
	}
}

// cutArray wants pieces of an array, which has no lines, to show the cuts.
func cutArray(t *testing.T, e inspect.Inspector, pieces [][]byte) {
	t.Helper()
	first := shapeOf(t, e, pieces[0])
	for i, p := range pieces {
		got := shapeOf(t, e, p)
		if got.CutStart != (i > 0) || got.CutEnd != (i < 4) || got.Fields != first.Fields || got.Columns != first.Columns || len(got.Runs) != 1 {
			t.Errorf("piece %d: %+v", i, got)
		}
	}
}

func TestListsOfOneTemplateAreNoPieces(t *testing.T) {
	e := open(t)
	seen := map[uint64]bool{}
	var first inspect.Shape
	for i := range 5 {
		got := shapeOf(t, e, csvOf(roster(uint64(100+i), 200, 1)))
		if i == 0 {
			first = got
		}
		if got.Fields != first.Fields || got.Columns != first.Columns {
			t.Errorf("list %d is of another template", i)
		}
		if got.CutStart || got.CutEnd || len(got.Runs) != 1 || got.Runs[0] != (inspect.Run{First: 1, Last: 200}) {
			t.Errorf("list %d looks like a piece: %+v", i, got)
		}
		for _, x := range got.Text {
			if seen[x] {
				t.Errorf("list %d has a line of another one", i)
			}
			seen[x] = true
		}
	}
}
