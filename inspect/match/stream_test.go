package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/match"
)

var triggers = []match.Trigger{
	{Text: "tel"}, {Text: "phone"}, {Text: "phoneNumber"}, {Text: "qq"}, {Text: "id card"}, {Text: "id_card"}, {Text: "ID", Exact: true},
	{Text: "姓名"}, {Text: "手机号"}, {Text: "手机"}, {Text: "机号"}, {Text: "姓"}, {Text: "QQ号"}, {Text: "no."}, {Text: "(tel"},
	{Text: "\xd0\xd5\xc3\xfb", GB: true}, {Text: "\xca\xd6\xbb\xfa\xba\xc5", GB: true}, {Text: "\xd0\xd5", GB: true}, // 姓名 手机号 姓
	{Text: "\xb1\xa3\xb0\xae", GB: true}, {Text: "名no"}, {Text: "мир"}, {Text: "a-b"}, {Text: "密"}, {Text: "Kana", Exact: true},
	{Text: "\xb1\xa3\x81\x30\x81\x30", GB: true}, {Text: "x\xd0\xd5", GB: true}, {Text: "机密"}, {Text: "手Qq号"}, {Text: "\xb1\xa3q", GB: true}, {Text: "\xd0Q\xd0Q", GB: true},
}

var fragments = strings.Fields(`1 13 138 0013 8000 123456 987654321 2026-11-22 . - : :: @ _ + a Ab B c.cn b-c.org x@y user.name+tag@mail.example.cn
	tel Tel TEL hotel userTel phone phoneNumber PhoneNumber qq QQ qQ no. id_card ID id Kana kana a-b A-B (tel tele aTel
	名NO 名No 手qq号 手QQ号 AB12 x姓
	姓名 手机号 手机 机号 姓 名no QQ号 机密 中 文 мир 密 京A12345 京A·12345 京A•12345 B12345
	aa:bb:cc:dd:ee:ff 00-11-22-33-44-55 00-11 :22 192.168.1.10 1.2.3.4 1.2 fe80::1 std::string 2001:db8:0:1:1:1:1:1 a: b: f ::ffff:1.2.3.4
	GB29NWBK60161331926819 DE89 3704 0044 E12345678 AB123456 11010519491231002X 9133010079965505XB ， 。 ： （ ＠ １ １２３ ９ Ａ
	\ \n \u4e2d %E4 % %4 & &# &#4 &nbsp; &amp; ; &nbsp &a 一 二三 零〇 一二三四五六七八 九
	aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl`)

func fragmentsAll() []string {
	p := append(append(fragments, scriptFragments...), " ", "  ", "\n", "\"", "\x00", "京A 12345", "id card", "x\xd0\xd5", "\u00a0", "\u00ad", "\u00b7", "\u200b", "\u2013", "\u2022", "\u2060", "\ufeff", "\u3000",
		"\xa3\xb0", "\xa3\xb1\xa3\xb2", "\xa3", "\xd0\xd5\xc3\xfb", "\xca\xd6\xbb\xfa\xba\xc5", "\xd0", "\xd5", "\xb1\xa3\xb0\xae", "\xb1\xa3\x81\x30\x81\x30",
		"\xb1\xa3q", "\xb1\xa3Q", "\xd0q\xd0Q", "\xb1", "\xa3", "\xe5", "\xa7", "\x93", "\xef", "\xbc", "\x90", "\xc2", "\xe4\xb8", "\x80", "\xff")
	return p
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// scan reads p in pieces and checks that no candidate begins before what was
// open. The window holds only what it must.
func scan(t failer, w *match.Words, p []byte, level int, offset int64, cut func() int) []match.Candidate {
	t.Helper()
	return scanWith(t, w, p, level, offset, cut, false)
}

func scanWith(t failer, w *match.Words, p []byte, level int, offset int64, cut func() int, runs bool) []match.Candidate {
	t.Helper()
	s := match.NewStream(w, offset)
	s.Use(level)
	if runs {
		s.FindRuns()
	}
	var out []match.Candidate
	open, end := s.Open(), offset
	for {
		end = min(end+int64(max(cut(), 1)), offset+int64(len(p)))
		last := end == offset+int64(len(p))
		base := max(offset, s.Pos()-128)
		before, n := s.Pos(), len(out)
		win := slices.Clip(slices.Clone(p[base-offset : end-offset]))
		out = s.Find(out, win, base, last)
		for _, c := range out[n:] {
			if c.From < open {
				t.Fatalf("candidate %+v begins before %d", c, open)
			}
			if c.From >= c.To || c.From < offset || c.To > s.Pos()+match.Lookahead {
				t.Fatalf("candidate %+v out of bounds at %d", c, s.Pos())
			}
		}
		if now := s.Open(); now < open || s.Pos() < before || (s.Pos()-offset)%64 != 0 && !last || end-s.Pos() >= 128 {
			t.Fatalf("open %d to %d, pos %d to %d of %d", open, now, before, s.Pos(), end)
		} else {
			open = now
		}
		if last {
			break
		}
	}
	for i := range out {
		out[i].From -= offset
		out[i].To -= offset
	}
	return out
}

func compareStream(t failer, w *match.Words, p []byte, r *rand.Rand) {
	t.Helper()
	want := naiveStream(p, triggers)
	whole := scan(t, w, p, 0, 0, func() int { return len(p) })
	got := slices.Clone(whole)
	sortAll(got)
	if !slices.Equal(got, want) {
		t.Fatalf("%q:\n%s", p, difference(got, want))
	}
	for k := range 4 {
		level := (k + r.IntN(2)) % match.Levels
		limit := []int{100, len(p) + 1, 3, 300}[k]
		offset := []int64{0, 0, 7, 1 << 40}[k]
		got := scan(t, w, p, level, offset, func() int { return 1 + r.IntN(limit+1) })
		if !slices.Equal(got, whole) {
			t.Fatalf("%q, way %d:\n%s", p, k, difference(got, whole))
		}
	}
}

func difference(got, want []match.Candidate) (s string) {
	for _, c := range got {
		if !slices.Contains(want, c) {
			s += fmt.Sprintf("  too many: %+v\n", c)
		}
	}
	for _, c := range want {
		if !slices.Contains(got, c) {
			s += fmt.Sprintf("  missing: %+v\n", c)
		}
	}
	return s + fmt.Sprintf("  got %d, want %d", len(got), len(want))
}

func newWords(t testing.TB, list []match.Trigger) *match.Words {
	t.Helper()
	w, err := match.NewWords(list)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestStreamFindsWhatThePromiseSays(t *testing.T) {
	w := newWords(t, triggers)
	all := fragmentsAll()
	rapid.Check(t, func(rt *rapid.T) {
		lead := rapid.IntRange(0, 130).Draw(rt, "lead")
		parts := rapid.SliceOfN(rapid.SampledFrom(all), 0, 60).Draw(rt, "parts")
		p := append([]byte(strings.Repeat(rapid.SampledFrom([]string{" ", "a", "1", "中", "\xd0\xd5"}).Draw(rt, "fill"), lead))[:lead], strings.Join(parts, "")...)
		compareStream(rt, w, p, rand.New(rand.NewPCG(1, uint64(lead))))
	})
}

func TestStreamOnRandomBytes(t *testing.T) {
	w := newWords(t, triggers)
	r := rand.New(rand.NewPCG(1, 2))
	all := fragmentsAll()
	for round := range 3000 {
		var p []byte
		for range r.IntN(40) {
			switch round % 3 {
			case 0:
				p = append(p, all[r.IntN(len(all))]...)
			case 1:
				for range r.IntN(20) {
					p = append(p, byte(r.Uint32()))
				}
			default:
				p = append(p, strings.Repeat(all[r.IntN(len(all))], r.IntN(5))...)
			}
		}
		compareStream(t, w, p, r)
	}
}

func TestStreamAtEveryGroupBorder(t *testing.T) {
	w := newWords(t, triggers)
	r := rand.New(rand.NewPCG(3, 4))
	for lead := range 131 {
		for _, piece := range fragmentsAll() {
			p := []byte(strings.Repeat(" ", lead) + piece + " " + piece)
			want := naiveStream(p, triggers)
			got := scan(t, w, p, lead%match.Levels, 0, func() int { return 1 + r.IntN(90) })
			sortAll(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%q:\n%s", p, difference(got, want))
			}
		}
	}
}

func FuzzStream(f *testing.F) {
	w := newWords(f, triggers)
	for _, s := range fragmentsAll() {
		f.Add([]byte(s+" "+s), uint64(1))
	}
	f.Fuzz(func(t *testing.T, p []byte, seed uint64) {
		if len(p) < 700 {
			compareStream(t, w, p, rand.New(rand.NewPCG(seed, 0)))
		}
	})
}

func TestStreamOnLongRuns(t *testing.T) {
	w := newWords(t, triggers)
	r := rand.New(rand.NewPCG(11, 12))
	for _, run := range []string{"a", "1", "1-", "x.", "ab:", "1:", "é", "中", "\xd0", "-"} {
		for _, lead := range []string{"", " ", "a@", "1@b", "中A"} {
			p := []byte(lead + strings.Repeat(run, 4200+r.IntN(99)) + " a@b.cn")
			want := naiveStream(p, nil)
			for k, limit := range []int{100, 700, 1 << 16} {
				got := scan(t, nil, p, k%match.Levels, 0, func() int { return 1 + r.IntN(limit) })
				if sortAll(got); !slices.Equal(got, want) {
					t.Fatalf("%q and %q: %s", lead, run, difference(got, want))
				}
			}
			if names := match.Differ(w, p); names != nil {
				t.Fatalf("%q and %q: %v differ", lead, run, names)
			}
		}
	}
}

func TestStreamIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(match.Stream{}); n > 512 {
		t.Errorf("a Stream has %d bytes, want at most 512", n)
	}
}
