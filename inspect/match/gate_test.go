package match_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/match"
)

var (
	anyRun  = regexp.MustCompile(`(?:[A-Za-z0-9+/_-]|\\/|\\u00(?:2[bBfF]|3[dD]))+`)
	stretch = regexp.MustCompile(`[A-Za-z0-9]{22}`)
	dumps   = func() (out []*regexp.Regexp) {
		const pair = `[0-9a-fA-F]{2}`
		for _, gap := range []string{" ", ":", "-", ",", ";", ".", "_", "|", "\n", ", ", "; ", ": ", "\r\n", " : ", " | "} {
			g := regexp.QuoteMeta(gap)
			out = append(out, regexp.MustCompile(`((?:`+pair+g+`){7}`+pair+`)(?:$|[^A-Za-z0-9+/_-])`))
		}
		for gaps := range 3 {
			g := fmt.Sprintf(`[ :,;.|-]{%d}`, gaps+1)
			out = append(out, regexp.MustCompile(`((?:\b0[xX]`+pair+g+`){5}0[xX]`+pair+`)`))
		}
		out = append(out, regexp.MustCompile(`((?:\\[0-3][0-7]{2}){6})`), regexp.MustCompile(`\b((?:`+pair+pair+` ){7}`+pair+pair+`)\b`))
		return append(out, regexp.MustCompile(`((?:\\[xX]`+pair+`){6})`), regexp.MustCompile(`\b((?:0[xX]`+pair+`){6})`))
	}()
)

// naiveGate returns what must be reported as Run.
func naiveGate(p []byte) (out [][]int) {
	for _, x := range anyRun.FindAllIndex(p, -1) {
		w := p[x[0]:x[1]]
		both := bytes.ContainsFunc(w, func(r rune) bool { return isCapital(byte(r)) }) && bytes.ContainsFunc(w, func(r rune) bool { return isSmall(byte(r)) })
		if len(w) >= 22 && (both || stretch.Match(w) || bytes.IndexByte(w, '\\') >= 0) {
			out = append(out, x)
		}
	}
	for _, d := range dumps {
		for at := 0; ; {
			x := d.FindSubmatchIndex(p[at:])
			if x == nil {
				break
			}
			out = append(out, []int{at + x[2], at + x[3]})
			at += x[2] + 1
		}
	}
	return out
}

// gates reads p in pieces and returns its candidates of Kind Run.
func gates(t failer, p []byte, level int, offset int64, cut func() int) []match.Candidate {
	t.Helper()
	all := scanWith(t, nil, p, level, offset, cut, true)
	return slices.DeleteFunc(all, func(c match.Candidate) bool { return c.Kind != match.Run })
}

func checkGate(t failer, p []byte, r *rand.Rand) {
	t.Helper()
	whole := gates(t, p, 0, 0, func() int { return len(p) })
	covered := make([]bool, len(p))
	for _, c := range whole {
		for k := c.From; k < c.To; k++ {
			covered[k] = true
		}
	}
	for _, x := range naiveGate(p) {
		if slices.Contains(covered[x[0]:x[1]], false) {
			t.Fatalf("%q at %d is not covered in %q: %+v", p[x[0]:x[1]], x[0], p, whole)
		}
	}
	for k := range 3 {
		offset := []int64{0, 7, 1 << 40}[k]
		limit := []int{100, 3, 300}[k]
		if got := gates(t, p, (k+1)%match.Levels, offset, func() int { return 1 + r.IntN(limit) }); !slices.Equal(got, whole) {
			t.Fatalf("%q, way %d:\n%s", p, k, difference(got, whole))
		}
	}
}

var gatePieces = strings.Split(`A a 1 - _ + / = \ \/ \u002b \u002F \u4e2d \n \x41 \x41\x42\x43\x44 \061 \061\062\063 4a4b 4c4d 0x41 0x41, 0X4f,0x4e; 41 4a: 48 48: fe- 0_ abc_def_ghi_jkl ~ . , ; : |`+
	` QUJD QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo= f81d4fae-7dec-11d0-a765-00a0c91e6bf6 da39a3ee5e6b4b0d3255bfef95601890afd80709 some_long_identifier_name_here`+
	` /usr/share/doc/packages ThisIsTheNameOfSomething 48-65-6c-6c-6f-20- 48_65_6c_6c_6f_20_77_ 48:65:6c:6c:6f:20:77: 中 é`, " ")

func TestGateCoversRuns(t *testing.T) {
	pieces := append(slices.Clone(gatePieces), " ", "\n", "41, 42, 43, ", "4a : 4b : 4c : 4d : ", "4a4b 4c4d 4e4f ", "41\n42\n43\n44\n", "41 42 43 44 ", "41 42 43 44 45 46 47 48 ", "0x41, 0x42, ", strings.Repeat("A", 64), strings.Repeat("0x4a,  ", 3), strings.Repeat("\\/", 12))
	rapid.Check(t, func(rt *rapid.T) {
		lead := strings.Repeat(" ", rapid.IntRange(0, 130).Draw(rt, "lead"))
		p := lead + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 50).Draw(rt, "pieces"), "")
		checkGate(rt, []byte(p), rand.New(rand.NewPCG(1, uint64(len(p)))))
	})
}

func TestGateAtEveryGroupBorder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for lead := range 131 {
		for _, s := range []string{
			"AbCdEfGhIjKlMnOpQrStUv", "abcdefghijklmnopqrstuv", strings.Repeat("Ab", 40), strings.Repeat("Ab/", 100), strings.Repeat("-a", 40) + "B",
			`AbCdEfGhIj\/KlMnOpQrStUv`, strings.Repeat(`\/`, 11), strings.Repeat("41 ", 8), strings.Repeat("4b_", 8), strings.Repeat("4b|", 30),
			strings.Repeat("0x41,", 6), strings.Repeat("0x41, ", 6), strings.Repeat("0x41 , ", 9), strings.Repeat(`\x41`, 6), strings.Repeat("0x41", 6),
			strings.Repeat("41, ", 8), strings.Repeat("4a ; ", 8), strings.Repeat("4b\n", 9), strings.Repeat(`\061`, 7), strings.Repeat("4a4b ", 8),
		} {
			checkGate(t, []byte(strings.Repeat(" ", lead)+s+strings.Repeat(" ", lead%5)), r)
		}
	}
}

func TestGateRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"UUIDs":      "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ",
		"names":      "some_long_identifier_name_for_testing ",
		"paths":      "/usr/share/doc/packages/thing/examples ",
		"timestamps": "2026-05-03 20:14:38.795 2026-05-03T20:14:38Z ",
		"MACs":       "mac=aa:bb:cc:dd:ee:ff, ",
		"numbers":    "110101199003072316,13800138000,20 ",
		"prose":      "it is as if we, internationalization notwithstanding ",
		"escapes":    `C:\\Users\\someone\\AppData\\Local\\Temp a\nb\nc\td `,
	} {
		t.Run(name, func(t *testing.T) {
			p := []byte(strings.Repeat(s, 40))
			if got := gates(t, p, match.Levels-1, 0, func() int { return len(p) }); len(got) > 0 {
				t.Errorf("reports %+v", got)
			}
		})
	}
}

func TestGateGoesOn(t *testing.T) {
	p := []byte("key: " + base64.StdEncoding.EncodeToString(corpus("random", 3000)))
	got := gates(t, p, match.Levels-1, 0, func() int { return 1 })
	for k, c := range got {
		if k == 0 && c.From != 5 || k > 0 && c.From != got[k-1].To || c.To-c.From > 128 {
			t.Errorf("piece %d is [%d, %d)", k, c.From, c.To)
		}
	}
	if n := len(got); n < 60 || got[n-1].To != int64(len(bytes.TrimRight(p, "="))) {
		t.Errorf("%d pieces of %d bytes", n, len(p))
	}
}

func FuzzGate(f *testing.F) {
	for _, s := range gatePieces {
		f.Add([]byte(strings.Repeat(s, 9)), uint64(1))
	}
	f.Fuzz(func(t *testing.T, p []byte, seed uint64) {
		if len(p) < 700 {
			checkGate(t, p, rand.New(rand.NewPCG(seed, 0)))
		}
	})
}

func BenchmarkGate(b *testing.B) {
	w := newWords(b, manyTriggers(600, 2))
	uuids := bytes.Repeat([]byte(`{"id":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6","note":"the order was shipped to the warehouse on time"},`), 1<<20/102)
	for name, data := range map[string][]byte{"json": corpus("json", 1<<20), "zh": corpus("zh", 1<<20), "csv": corpus("csv", 1<<20), "random": corpus("random", 1<<20), "uuids": uuids} {
		for _, on := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/%v", name, on), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				var dst []match.Candidate
				for b.Loop() {
					s := match.NewStream(w, 0)
					if on {
						s.FindRuns()
					}
					dst = readAll(s, dst, data)
				}
			})
		}
	}
}
