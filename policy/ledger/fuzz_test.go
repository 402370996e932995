package ledger_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// hangsTogether checks what a reader makes of a disk: it refuses, or it counts, and
// what it counts hangs together; and a rebuild does not stumble over it.
func hangsTogether(t *testing.T, d *faultfs.Disk) {
	v, err := ledger.Load(d, "data")
	if err != nil {
		return
	}
	for _, total := range v.Totals() {
		if total.NS < 0 || total.SP < 0 || total.Any < max(total.NS, total.SP) {
			t.Errorf("totals %+v", total)
		}
	}
	for _, p := range v.Pending() {
		if p.Persons < 1 || p.NS > p.Persons || p.SP > p.Persons {
			t.Errorf("pending %+v", p)
		}
	}
	_, _ = ledger.Rebuild(bg, ledger.RebuildOptions{Dir: "data", Files: d})
}

func empty(t *testing.T) *faultfs.Disk {
	d := faultfs.New()
	if err := d.MakeDir("data/ledger"); err != nil {
		t.Fatal(err)
	}
	return d
}

// FuzzLoad feeds a segment of the journal to the reader, as it is and with the
// right check sums.
func FuzzLoad(f *testing.F) {
	const name = "data/ledger/journal-00000001"
	good := history(f, 1).Bytes(name)
	f.Add(good)
	f.Add(good[:len(good)-4])
	f.Add([]byte("00000000 {}\n"))
	first, _, _ := bytes.Cut(good, []byte{'\n'})
	for _, line := range []string{`{"op":"seal","scope":{"entity":"a","year":2026}}`, `{"op":"commit","id":"a"}`,
		`{"op":"opening","opening":{"id":"a","entity":"b","year":2026,"kind":"ns","persons":1}}`} {
		f.Add(slices.Concat(first, []byte("\n00000000 "), []byte(line), []byte{'\n'}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, ledger.Sign(b)} {
			d := empty(t)
			d.Put(name, b)
			hangsTogether(t, d)
		}
	})
}

// FuzzBase feeds a base to the reader: rows and lines, as they are and with the
// right check sums.
func FuzzBase(f *testing.F) {
	d := faultfs.New()
	l := open(f, d)
	settle(f, l, must(f, l, count("a", policytest.Persons(0, 5))).ID, false)
	must(f, l, count("b", policytest.Persons(9, 2)))
	if err := l.EndSegment(bg); err != nil {
		f.Fatal(err)
	}
	if err := l.FoldNow(bg); err != nil {
		f.Fatal(err)
	}
	l.Close()
	name := files(d, "base-")[0]
	good := d.Bytes(name)
	f.Add(good, 5)
	f.Add(good[:len(good)/2], 5)
	f.Add(bytes.Replace(good, []byte(`"rows":5`), []byte(`"rows":4`), 1), 5)
	f.Add(bytes.Replace(good, []byte(`"counts":[5`), []byte(`"counts":[6`), 1), 5)
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		if rows < 0 || rows > 100 {
			return
		}
		for _, b := range [][]byte{b, ledger.SignBase(b, rows)} {
			d := empty(t)
			d.Put(name, b)
			hangsTogether(t, d)
		}
	})
}
