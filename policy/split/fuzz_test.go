package split_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/split"
)

// FuzzSketches opens any file: the detector works with it, and what it wrote
// over it is read again without a loss.
func FuzzSketches(f *testing.F) {
	w := newWorld(f)
	for _, p := range list(func(_ int, p *part) { rows(p) })[:2] {
		w.send(p)
		w.settle()
	}
	good := string(w.disk.Bytes(sketches))
	f.Add(good)
	f.Add("")
	for _, line := range []string{`{"op":"again","flow":"f9","of":"f1","way":"AAAA"}`, `{"op":"left","flow":"f1"}`, `{"op":"piece"}`, `{"op":"again","of":"f1","joins":["f2","f1"],"set":"s"}`} {
		f.Add(good + summed(line))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		for _, l := range strings.SplitAfter(text, "\n") { // checksums would keep the fuzzer out
			if _, body, ok := strings.Cut(strings.TrimSuffix(l, "\n"), " "); ok && strings.HasSuffix(l, "\n") {
				l = summed(body)
			}
			out.WriteString(l)
		}
		w := newWorld(t)
		w.d.Close()
		w.disk.Put(sketches, []byte(out.String()))
		d, err := split.Open(w.options())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Look(context.Background(), w.seen(list(func(_ int, p *part) { rows(p) })[2])); err != nil {
			t.Error(err)
		}
		d.Close()
		again, err := split.Open(w.options())
		if err != nil || again.Lost() != nil {
			t.Fatal(err, again.Lost())
		}
		again.Close()
	})
}

func summed(body string) string {
	return fmt.Sprintf("%08x %s\n", crc32.Checksum([]byte(body), crc32.MakeTable(crc32.Castagnoli)), body)
}

func BenchmarkLook(b *testing.B) {
	w := newWorld(b)
	for i := range split.MaxExporter {
		w.send(part{from: i * 100, to: i*100 + 600, columns: "c", names: true, first: int64(i) * 1000, way: linkA})
	}
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n, " persons"), func(b *testing.B) {
			p := w.seen(part{from: 5_000_000, to: 5_000_000 + n, columns: "c", names: true, first: 7, way: linkB})
			for b.Loop() {
				if _, err := w.d.Look(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
