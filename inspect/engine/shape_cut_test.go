package engine_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
)

// shaped are texts of each kind that has a shape, one larger than is read cell
// by cell.
func shaped(t testing.TB) map[string][]byte {
	rows := roster(3, 400, 990)
	return map[string][]byte{
		"CSV":              csvOf(rows),
		"CSV cut":          csvOf(rows)[777:20001],
		"cells of lines":   bytes.ReplaceAll(csvOf(rows), []byte("law"), []byte("\"la\nw\"")),
		"JSON lines":       jsonOf(rows, "", "\n", "\n"),
		"JSON array":       jsonOf(rows, "[", ", ", "]"),
		"JSON cut":         jsonOf(rows, "[", ",", "]")[500:30000],
		"HTML":             htmlOf(rows),
		"SQL":              sqlOf(rows),
		"prose":            []byte(strings.Repeat("这是一段足够长的文字，没有任何个人信息。\nand so it goes on and on.\n", 300)),
		"multipart":        []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"l.csv\"\r\n\r\n" + string(csvOf(rows)) + "\r\n--b\r\n\r\n" + string(csvOf(rows[:50])) + "\r\n--b--\r\n"),
		"blank":            bytes.Repeat([]byte(" \n"), 4000),
		"one line":         bytes.Repeat([]byte("1234567,"), 4000),
		"escapes in JSON":  bytes.ReplaceAll(jsonOf(rows, "[", ",", "]"), []byte("law"), []byte(`l\\\"a\\`)),
		"quotes left open": bytes.ReplaceAll(csvOf(rows), []byte("990,"), []byte("990\",")),
	}
}

func TestShapeDoesNotHangOnCuts(t *testing.T) {
	e := open(t)
	for name, data := range shaped(t) {
		t.Run(name, func(t *testing.T) {
			want := shapeOf(t, e, data)
			if want.Rows == 0 && want.Lines == 0 && name != "one line" && name != "blank" {
				t.Errorf("it has no shape")
			}
			for _, n := range []int{1, 7, 1000, 4095, 16 << 10} {
				if got := scan(t, e, inspect.Meta{}, data, n).Shape; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("in pieces of %d the shape is\n%+v, want\n%+v", n, got, want)
				}
			}
		})
	}
}

func TestHeadsHaveNoShape(t *testing.T) {
	got := scan(t, open(t), inspect.Meta{Kind: inspect.Head}, csvOf(roster(1, 40, 1)), 0).Shape
	if fmt.Sprint(got) != fmt.Sprint(inspect.Shape{}) {
		t.Errorf("a head has the shape %+v", got)
	}
}

func TestShapesAreKeyed(t *testing.T) {
	data := csvOf(roster(1, 40, 1))
	a, b := shapeOf(t, open(t), data), shapeOf(t, keyed(t), data)
	if a.Fields == b.Fields || a.Columns == b.Columns || a.Text[0] == b.Text[0] {
		t.Errorf("two keys give the same digests: %+v, %+v", a, b)
	}
}

// keyed is an engine with another key.
func keyed(t testing.TB) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Options{Key: bytes.Repeat([]byte{7}, engine.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// FuzzShape cuts texts anywhere, and repeats them so that more than the head of
// a table is there.
func FuzzShape(f *testing.F) {
	for name, data := range shaped(f) {
		f.Add(data[:min(len(data), 600)], uint8(20), uint16(33), uint16(700), name == "HTML")
		f.Add(data[:min(len(data), 6000)], uint8(0), uint16(5), uint16(math.MaxUint16), name == "HTML")
	}
	f.Fuzz(func(t *testing.T, data []byte, times uint8, cut, every uint16, html bool) {
		data = bytes.Repeat(data, min(int(times)+1, 64<<10/(len(data)+1)+1))
		whole := engine.LayOut(data, math.MaxInt32, int(every)+1, html)
		parts := engine.LayOut(data, int(cut)+1, int(every)+1, html)
		if fmt.Sprint(whole) != fmt.Sprint(parts) {
			t.Errorf("the shape hangs on the cuts:\n%+v\n%+v", whole, parts)
		}
		if len(whole.Runs) > inspect.MaxRuns || len(whole.Text) > inspect.MaxText || whole.Rows < 0 || whole.Rows > int64(len(data)) {
			t.Errorf("the shape is out of bounds: %+v", whole)
		}
		for _, r := range whole.Runs {
			if r.Last-r.First < 6 || r.First < 0 {
				t.Errorf("a run of %+v", r)
			}
		}
	})
}

// TestDamagedTextsHaveOneShape is FuzzShape with texts that are of their kinds
// for the most part.
func TestDamagedTextsHaveOneShape(t *testing.T) {
	texts := shaped(t)
	names := slices.Sorted(maps.Keys(texts))
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		data, other := texts[names[r.IntN(len(names))]], texts[names[r.IntN(len(names))]]
		from := r.IntN(len(data) - 10)
		data = bytes.Clone(data[from:min(len(data), from+10+r.IntN(9000))])
		for range r.IntN(8) {
			at := r.IntN(len(data))
			switch piece := other[r.IntN(len(other)-100):]; r.IntN(3) {
			case 0:
				data[at] = "\",\n{}[]\\<>'();:\t|0a"[r.IntN(19)]
			case 1:
				data = slices.Insert(data, at, piece[:r.IntN(100)]...)
			default:
				data = append(data[:at:at], data[min(len(data)-1, at+r.IntN(50)):]...)
			}
		}
		data = bytes.Repeat(data, 1+r.IntN(6))
		n, every, html := 1+r.IntN(1+r.IntN(5000)), 1+r.IntN(3000), r.IntN(5) == 0
		whole, parts := engine.LayOut(data, len(data), every, html), engine.LayOut(data, n, every, html)
		if fmt.Sprint(whole) != fmt.Sprint(parts) {
			t.Fatalf("in pieces of %d with findings each %d the shape is\n%+v, want\n%+v\nof %q", n, every, parts, whole, data)
		}
	}
}

func TestAFewRowsAreNoTable(t *testing.T) {
	if got := shapeOf(t, open(t), csvOf(roster(1, 5, 1))); got.Rows != 0 || got.Fields.Known() || got.Lines != 6 {
		t.Errorf("five rows have the shape %+v", got)
	}
}
