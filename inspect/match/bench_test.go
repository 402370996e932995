package match_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/match"
)

// corpus makes text of one sort.
func corpus(sort string, size int) []byte {
	r := rand.New(rand.NewPCG(1, 1))
	english := strings.Fields("have are message what order pending request made its when people now in update limit number label look has get by item day service region could comment price the of and to")
	var b []byte
	word := func() string { return english[r.IntN(len(english))] }
	for i := 0; len(b) < size; i++ {
		switch sort {
		case "json":
			b = fmt.Appendf(b, `{"id":"%08x-%04x","ts":"2026-05-03T20:14:%02d.795Z","level":%d,"title":"%s %s`, r.Uint32(), r.IntN(1<<16), i%60, i%9, word(), word())
			for range 30 {
				b = append(append(b, ' '), word()...)
			}
			b = append(b, "\"}\n"...)
		case "zh":
			b = fmt.Appendf(b, `{"编号":"%08x","正文":"`, r.Uint32())
			for k := range 60 {
				if b = fmt.Appendf(b, "%c", rune(0x4e00+r.IntN(0x4000))); k%12 == 11 {
					b = append(b, "，"...)
				}
			}
			b = append(b, "。\"}\n"...)
		case "csv":
			b = fmt.Appendf(b, "%d,%d,%017d,%d.%02d,%d,2026-12-%02d,%d,K%dWF\n", r.IntN(200), r.IntN(1e8), r.Uint64()%1e17, r.IntN(1e5), r.IntN(100), r.IntN(1e10), 1+i%28, r.IntN(1000), r.IntN(1000))
		case "random":
			var raw [3 * 64]byte
			for k := range raw {
				raw[k] = byte(r.Uint32())
			}
			if i%2 == 0 {
				b = append(b, raw[:]...)
			} else {
				b = append(base64.StdEncoding.AppendEncode(b, raw[:]), '\n')
			}
		}
	}
	return b[:size]
}

// readAll scans data in chunks of 16 KiB.
func readAll(s match.Stream, dst []match.Candidate, data []byte) []match.Candidate {
	for end := 0; end < len(data); {
		end = min(end+16<<10, len(data))
		base := max(0, s.Pos()-128)
		dst = s.Find(dst[:0], data[base:end], base, end == len(data))
	}
	return dst
}

func BenchmarkStream(b *testing.B) {
	for _, words := range []int{600, 4000} {
		w := newWords(b, manyTriggers(words, 2))
		for _, sort := range []string{"json", "zh", "csv", "random"} {
			data := corpus(sort, 1<<20)
			b.Run(fmt.Sprintf("%s/%d", sort, words), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				var dst []match.Candidate
				for b.Loop() {
					dst = readAll(match.NewStream(w, 0), dst, data)
				}
			})
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	w := newWords(t, triggers)
	for _, sort := range []string{"json", "zh", "csv", "random"} {
		data := corpus(sort, 64<<10)
		dst := make([]match.Candidate, 0, 8<<10)
		if n := testing.AllocsPerRun(3, func() { readAll(match.NewStream(w, 0), dst, data) }); n > 0 {
			t.Errorf("%s: %v allocations", sort, n)
		}
	}
}

func TestAssemblyIsGo(t *testing.T) {
	if match.Levels == 1 {
		t.Skip("there is no assembly for this processor")
	}
	w := newWords(t, triggers)
	r := rand.New(rand.NewPCG(9, 10))
	all := fragmentsAll()
	for range 3000 {
		var p []byte
		for len(p) < 64*(4+r.IntN(36)) {
			switch r.IntN(8) {
			case 0:
				p = append(p, byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()))
			case 1:
				p = append(p, strings.Repeat(all[r.IntN(len(all))], 9)...)
			default:
				p = append(p, all[r.IntN(len(all))]...)
			}
		}
		if names := match.Differ(w, p); names != nil {
			t.Fatalf("%v differ in %q", names, p)
		}
	}
}
