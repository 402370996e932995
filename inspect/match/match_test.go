package match_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/synth"
)

// naive finds candidates by looking at the whole text again at every place.
func naive(p []byte) (out []match.Candidate) {
	is := func(set string, c byte) bool {
		for i := range len(set) {
			if set[i] == c {
				return true
			}
		}
		return false
	}
	const digits = "0123456789"
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	run := func(i int, set string) (from, to int) {
		for from = i; from > 0 && is(set, p[from-1]); from-- {
		}
		for to = i; to < len(p) && is(set, p[to]); to++ {
		}
		return from, to
	}
	for i := range p { // words
		if from, to := run(i, digits+letters+"_"); from == i && (to-from == match.WordLen || to-from == match.WordLen+1) && coded(p[from:to]) {
			out = append(out, match.Candidate{Kind: match.Word, From: int64(from), To: int64(to)})
		}
		if p[i] == '@' {
			from, _ := run(i, digits+letters+"_.+-")
			_, to := run(i+1, digits+letters+".-")
			if i > from && i-from <= match.MaxLocal && to-i-1 > 2 {
				out = append(out, match.Candidate{Kind: match.At, From: int64(from), To: int64(min(to, i+1+match.MaxDomain))})
			}
		}
		for _, w := range []string{"绝密", "机密", "秘密", "絕密", "機密", "\xbe\xf8\xc3\xdc", "\xbb\xfa\xc3\xdc", "\xc3\xd8\xc3\xdc"} {
			if i+len(w) <= len(p) && string(p[i:i+len(w)]) == w {
				out = append(out, match.Candidate{Kind: match.Mark, From: int64(i), To: int64(i + len(w))})
			}
		}
	}
	out = append(out, naiveDigits(p)...)
	sortCandidates(out)
	return out
}

// coded reports whether six digits begin at one of the first four places of a
// word and none before them does.
func coded(w []byte) bool {
	n := 0
	for i, c := range w {
		if c < '0' || c > '9' {
			n = 0
		} else if n++; n == 6 {
			return i-5 <= 3
		}
	}
	return false
}

func naiveDigits(p []byte) (out []match.Candidate) {
	width := func(i int) int { // of the digit at i
		switch {
		case i < len(p) && p[i] >= '0' && p[i] <= '9':
			return 1
		case i+2 < len(p) && p[i] == 0xef && p[i+1] == 0xbc && p[i+2] >= 0x90 && p[i+2] <= 0x99:
			return 3
		}
		return 0
	}
	type group struct{ from, n int }
	var groups []group
	for i := 0; i < len(p); {
		if width(i) == 0 {
			groups = nil
			i++
			continue
		}
		g := group{from: i}
		for width(i) > 0 {
			i += width(i)
			g.n++
		}
		groups = append(groups, g)
		total, first := 0, len(groups)
		for first > 0 && total+groups[first-1].n <= match.MaxDigits {
			first--
			total += groups[first].n
		}
		if total >= match.MinDigits {
			out = append(out, match.Candidate{Kind: match.Digits, From: int64(groups[first].from), To: int64(i)})
		}
		if i < len(p) && (p[i] == ' ' || p[i] == '-') && width(i+1) > 0 {
			i++
		} else {
			groups = nil
		}
	}
	return out
}

func sortCandidates(c []match.Candidate) {
	slices.SortFunc(c, func(a, b match.Candidate) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind))
	})
}

// found reads p in pieces of which cut gives the lengths, and checks that no
// candidate begins before what was open.
func found(t testing.TB, p []byte, cut func() int) []match.Candidate {
	t.Helper()
	var f match.Finder
	var out []match.Candidate
	open := int64(0)
	add := func(c []match.Candidate) {
		for _, x := range c {
			if x.From < open {
				t.Fatalf("candidate %+v begins before %d", x, open)
			}
		}
		out = append(out, c...)
		if now := f.Open(); now < open {
			t.Fatalf("open fell from %d to %d", open, now)
		} else {
			open = now
		}
	}
	for rest := p; len(rest) > 0; {
		n := min(max(cut(), 1), len(rest))
		add(f.Find(nil, rest[:n]))
		rest = rest[n:]
	}
	add(f.End(nil))
	sortCandidates(out)
	return out
}

func compare(t testing.TB, p []byte) {
	t.Helper()
	want := naive(p)
	for _, n := range []int{1, 2, 3, 7, 64, len(p)} {
		if got := found(t, p, func() int { return n }); !slices.Equal(got, want) {
			t.Fatalf("%q in pieces of %d:\n got %v\nwant %v", p, n, got, want)
		}
	}
}

var pieces = []string{"1", "138", "0013", "8000", " ", "-", "--", "\xef", "\xbc", "\x90", "\xef\xbc\x91", "@", "a", ".", "b.cn", "_",
	"机密", "\xe5\xaf", "\x86", "\xbb\xfa\xc3", "\xdc", "9133010079965505", "8B", "+", "中", "\n", "11010519491231002X",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}

func TestAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		var p []byte
		for range r.IntN(24) {
			p = append(p, pieces[r.IntN(len(pieces))]...)
		}
		compare(t, p)
	}
}

func TestStateIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(match.Finder{}); n > 512 {
		t.Errorf("a Finder has %d bytes, want at most 512", n)
	}
}

func TestLongAddressDoesNotHoldTheStream(t *testing.T) {
	var f match.Finder
	text := append([]byte("a@"), slices.Repeat([]byte("x"), 5000)...)
	f.Find(nil, text)
	if f.Open() < int64(len(text))-100 {
		t.Errorf("open at %d of %d", f.Open(), len(text))
	}
}

func FuzzNaive(f *testing.F) {
	for _, s := range pieces {
		f.Add([]byte(s + s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) < 2000 {
			compare(t, p)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	m := synth.New(1, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	for name, data := range map[string][]byte{"json": m.APILog(3000).Data, "prose": m.Prose(5000).Data, "csv": m.Table(5000).Data} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var dst []match.Candidate
			for b.Loop() {
				var f match.Finder
				for p := data; len(p) > 0; p = p[min(4096, len(p)):] {
					dst = f.Find(dst[:0], p[:min(4096, len(p))])
				}
			}
		})
	}
}
