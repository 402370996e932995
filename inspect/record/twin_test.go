package record_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/record"
)

// TestObjectsInAnyPieces holds the way that reads 64 bytes at once to the one
// that reads byte by byte: pieces of one byte never reach the first.
func TestObjectsInAnyPieces(t *testing.T) {
	pieces := []string{`{`, `}`, `[`, `]`, `"`, `\`, `\"`, "\n", "....", `"key":`, `"a","b"`, `{"x":["y"]}`, "------------------------------", `"{[": `}
	rapid.Check(t, func(rt *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 120).Draw(rt, "pieces") {
			text += p
		}
		follow := func(n int) (ids []int64) {
			b := record.NewBook(record.NewSet(10), record.Objects)
			for i := 0; i < len(text); i += 130 {
				rest := text[i:min(i+130, len(text))]
				for len(rest) > 0 {
					k := min(n, len(rest))
					b.Advance([]byte(rest[:k]))
					rest = rest[k:]
				}
				ids = append(ids, b.Record())
			}
			return ids
		}
		if one, many := follow(1), follow(130); !slices.Equal(one, many) {
			rt.Fatalf("records at each 130 bytes of %q: %v byte by byte, %v at once", text, one, many)
		}
	})
}

func BenchmarkObjects(b *testing.B) {
	line := `{"id":"0a1b2c3d","ts":"2026-11-22T01:02:03Z","level":3,"title":"value report summary","tags":["a","b"],"ok":true}` + "\n"
	text := []byte{}
	for len(text) < 4096 {
		text = append(text, line...)
	}
	book := record.NewBook(record.NewSet(10), record.Objects)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		book.Advance(text)
	}
}
