package split_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/split"
)

// Nineteen rows or persons are not compared, and twenty are.
func TestFewest(t *testing.T) {
	for _, n := range []int{19, 20} {
		want := n == 20
		for name, parts := range map[string][]part{
			"numbered": {{to: n, columns: "c", first: 1, way: linkA}, {from: n, to: 2 * n, columns: "c", first: int64(n) + 1, way: linkB}},
			"cut":      {{to: n, columns: "c", end: true, way: linkA}, {from: n, to: 2 * n, columns: "c", start: true, way: linkB}},
			"columns":  {{to: n, classes: "pi.contact.mobile", way: linkA}, {to: n, classes: "pi.finance.bankcard", way: linkB}},
			"subset":   {whole(linkA, false), {to: n, way: linkA}, {from: 100, to: 100 + n, way: linkA}},
		} {
			w := newWorld(t)
			var s policy.Split
			for _, p := range parts {
				s = w.send(p)
			}
			if s.Suspected() != want {
				t.Errorf("%s, %d each: %+v, want suspected %t", name, n, s, want)
			}
		}
	}
}

// What one flow brings is one piece: it does not belong with itself.
func TestAFlowIsNoPieceOfItself(t *testing.T) {
	w := newWorld(t)
	w.send(part{flow: "a", to: 100, columns: "c", first: 1, way: linkA})
	if s := w.send(part{flow: "a", from: 100, to: 200, columns: "c", first: 101, way: linkB}); s.Suspected() {
		t.Errorf("%+v", s)
	}
}

// Whoever destroys a year wants its samples off the disk when he is told so.
func TestDestroyedIsGoneAtOnce(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 12, 31, 23, 30, 0, 0, policy.Shanghai)
	for i := range 3 {
		w.send(part{from: 100 * i, to: 100*i + 100, columns: "c", first: int64(100*i) + 1, way: linkA})
	}
	w.settle()
	w.now = w.now.Add(time.Hour)
	w.send(part{from: 5000, to: 5100, columns: "d", first: 1, way: linkA})
	if err := w.d.Destroy(2026); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(w.disk.Bytes(sketches), []byte(`"op":"piece"`)); n != 1 {
		t.Errorf("%d pieces are on the disk, want that of 2027", n)
	}
}

// The key of a year begins with the year in Shanghai.
func TestKeyYearsTurnInShanghai(t *testing.T) {
	for at, year := range map[string]int{"2026-12-31T15:59:59Z": 2026, "2026-12-31T16:00:00Z": 2027, "2028-02-29T16:00:00Z": 2028} {
		w := newWorld(t)
		w.now, _ = time.Parse(time.RFC3339, at)
		w.send(part{to: 100, way: linkA})
		if w.disk.Bytes(fmt.Sprintf("data/split/keys/%d.key", year)) == nil {
			t.Errorf("%s: no key of %d in %v", at, year, w.disk.Files())
		}
		if err := w.d.Destroy(year); err == nil {
			t.Errorf("%s: the key in use was destroyed", at)
		}
	}
}

// A disk that fails is told of once, and never costs an answer.
func TestAFaultIsToldOnce(t *testing.T) {
	w := newWorld(t)
	parts := list(func(_ int, p *part) { rows(p) })
	w.send(parts[0])
	w.settle()
	w.disk.FailAt(0, faultfs.Lost)
	if _, err := w.d.Look(t.Context(), w.seen(parts[1])); err != nil {
		t.Fatalf("the look before the fault: %v", err)
	}
	w.settle()
	w.disk.Heal()
	s, err := w.d.Look(t.Context(), w.seen(parts[2]))
	if !errors.Is(err, faultfs.ErrFault) || s.Pieces != 3 {
		t.Errorf("the look after it: %+v, %v", s, err)
	}
	w.settle()
	if _, err := w.d.Look(t.Context(), w.seen(parts[3])); err != nil {
		t.Errorf("it is told again: %v", err)
	}
}

// kept is how many pieces a file written anew holds: all that is remembered.
func (w *world) kept() int {
	w.t.Helper()
	if err := w.d.Destroy(2020); err != nil {
		w.t.Fatal(err)
	}
	return bytes.Count(w.disk.Bytes(sketches), []byte(`"op":"piece"`))
}

// fill opens the detector on a file of so many pieces of many exporters.
func (w *world) fill(n int) {
	w.t.Helper()
	if err := w.d.Close(); err != nil {
		w.t.Fatal(err)
	}
	lines := bytes.SplitAfter(w.disk.Bytes(sketches), []byte("\n"))
	var piece map[string]json.RawMessage
	if err := json.Unmarshal(lines[1][9:], &piece); err != nil {
		w.t.Fatal(err)
	}
	file := lines[0]
	for i := range n {
		piece["flow"], piece["exporter"] = fmt.Appendf(nil, "%q", fmt.Sprint("x", i)), fmt.Appendf(nil, "%q", fmt.Sprint("exporter ", i%40))
		text, err := json.Marshal(piece)
		if err != nil {
			w.t.Fatal(err)
		}
		file = fmt.Appendf(file, "%08x %s\n", crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)), text)
	}
	w.disk.Put(sketches, file)
	w.open()
	if err := w.d.Lost(); err != nil {
		w.t.Fatal(err)
	}
}

func TestPiecesAreBounded(t *testing.T) {
	w := newWorld(t)
	for i := range split.MaxExporter + 50 {
		w.send(part{lines: document("d", 50*i, 50*i+20), way: linkA})
		if i%100 == 0 {
			w.settle() // what the disk cannot keep up with is not kept
		}
	}
	if n := w.kept(); n != split.MaxExporter {
		t.Errorf("%d pieces of one exporter are kept", n)
	}
	w.fill(split.MaxPieces + 50)
	if n := w.kept(); n != split.MaxPieces {
		t.Errorf("%d pieces in all are kept", n)
	}
}

// Every value of content is another under another root key: a list of hosts,
// accounts or names does not open them.
func TestEveryValueIsKeyed(t *testing.T) {
	values := func(key string) map[string]any {
		w := newWorld(t)
		w.d.Close()
		w.disk = faultfs.New()
		o := w.options()
		o.Key = []byte(key)
		var err error
		if w.d, err = split.Open(o); err != nil {
			t.Fatal(err)
		}
		defer w.d.Close()
		w.send(part{to: 100, columns: "c", names: true, first: 1, lines: document("d", 0, 30), way: way{user: "u", host: "h", link: "l", purpose: "p", recipient: "r"}})
		w.settle()
		for text := range bytes.Lines(w.disk.Bytes(sketches)) {
			l := map[string]any{}
			if err := json.Unmarshal(text[9:], &l); err != nil {
				t.Fatal(err)
			}
			if l["op"] == "piece" {
				return l
			}
		}
		t.Fatal("nothing is kept")
		return nil
	}
	a, b := values("0123456789abcdef0123456789abcdef"), values("0123456789abcdef0123456789abcdeX")
	for _, name := range []string{"people", "text", "runs", "fields", "columns", "ways"} {
		if a[name] == nil || fmt.Sprint(a[name]) == fmt.Sprint(b[name]) {
			t.Errorf("%s: %.60v under one key and %.60v under another", name, a[name], b[name])
		}
	}
}
