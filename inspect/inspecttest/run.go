package inspecttest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
)

// Day is the day of all flows in the suite.
var Day = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// Run holds the inspectors that a maker makes to the suite.
func Run(t *testing.T, maker func(testing.TB) inspect.Inspector) {
	for _, c := range samples() {
		t.Run(c.name, func(t *testing.T) { check(t, maker(t), c) })
	}
	t.Run("any split", func(t *testing.T) { anySplit(t, maker(t)) })
	t.Run("write after close", func(t *testing.T) { afterClose(t, maker(t)) })
}

// Check holds one inspector to the cases without sub-tests, for twins that
// want to see the suite fail.
func Check(t testing.TB, in inspect.Inspector) {
	for _, c := range samples() {
		check(t, in, c)
	}
	afterClose(t, in)
}

func check(t testing.TB, in inspect.Inspector, c sample) {
	t.Helper()
	c.meta.Time = Day
	if in.Digest() == "" {
		t.Errorf("%s: no digest", c.name)
	}
	var first inspect.Report
	for i, n := range sizes {
		r := Scan(t, in, c.meta, c.data, n)
		if i == 0 {
			first = r
			expect(t, c, r)
		} else if !Same(first, r) {
			t.Errorf("%s: in chunks of %d the report differs from the whole", c.name, n)
		}
	}
}

func expect(t testing.TB, c sample, r inspect.Report) {
	t.Helper()
	if r.Coverage.State != c.cover || r.Coverage.Seen != int64(len(c.data)) {
		t.Errorf("%s: coverage %+v, want %v of %d bytes", c.name, r.Coverage, c.cover, len(c.data))
	}
	var got []inspect.Finding
	for _, f := range r.Findings {
		if f.Confidence >= inspect.Medium {
			got = append(got, f)
		}
	}
	if len(got) != len(c.wants) {
		t.Errorf("%s: %d findings, want %d: %+v", c.name, len(got), len(c.wants), got)
		return
	}
	from := 0
	for i, w := range c.wants {
		f := got[i]
		if f.Class != w.class || f.Confidence != w.conf {
			t.Errorf("%s: finding %d is %s %v, want %s %v", c.name, i, f.Class, f.Confidence, w.class, w.conf)
		}
		if w.text == "" {
			if len(f.Path) == 0 {
				t.Errorf("%s: finding %d has no path", c.name, i)
			}
			continue
		}
		at := from + bytes.Index(c.data[from:], []byte(w.text))
		if f.From != int64(at) || f.To != int64(at+len(w.text)) || f.Offset != f.From || f.Length != len(w.text) {
			t.Errorf("%s: finding %d lies at [%d, %d) offset %d length %d, want [%d, %d)", c.name, i, f.From, f.To, f.Offset, f.Length, at, at+len(w.text))
		}
		from = max(at, 0) + 1
	}
	if len(r.Persons) != c.persons {
		t.Errorf("%s: %d persons, want %d", c.name, len(r.Persons), c.persons)
	}
}

// anySplit joins pieces that are awkward beside each other and cuts them
// anywhere.
func anySplit(t *testing.T, in inspect.Inspector) {
	pieces := slices.Concat(awkward, keyed, tabled)
	rapid.Check(t, func(rt *rapid.T) {
		text := []byte{}
		for _, p := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(rt, "pieces") {
			text = append(text, p...)
		}
		if rapid.Bool().Draw(rt, "gzip") {
			text = pack(gzipTo, string(text))
		}
		m := inspect.Meta{Time: Day, Kind: inspect.PartKind(rapid.IntRange(0, 1).Draw(rt, "kind")),
			ContentType: rapid.SampledFrom([]string{"", "multipart/form-data; boundary=b"}).Draw(rt, "type")}
		var cuts []int
		for i := 0; len(text) > 0; {
			if i += rapid.IntRange(0, 40).Draw(rt, "cut"); i >= len(text) {
				break
			}
			cuts = append(cuts, i)
		}
		whole, cut := Scan(t, in, m, text, 0), ScanCuts(t, in, m, text, cuts)
		if !Same(whole, cut) {
			rt.Fatalf("the report depends on the cuts:\n%+v\n%+v", whole, cut)
		}
		if t.Failed() {
			rt.Fatalf("a law was broken on %q cut at %v", text, cuts)
		}
	})
}

func afterClose(t testing.TB, in inspect.Inspector) {
	t.Helper()
	s, err := in.Open(inspect.Meta{Time: Day}, nil)
	if err != nil {
		t.Errorf("open: %v", err)
		return
	}
	if _, err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := s.Write([]byte("x")); err == nil {
		t.Errorf("write after close is no error")
	}
}
