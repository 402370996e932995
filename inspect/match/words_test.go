package match_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/match"
)

func TestNewWordsRefuses(t *testing.T) {
	tests := []struct {
		name  string
		words []match.Trigger
		want  []string
	}{
		{"a word of one byte", []match.Trigger{{Text: "tel"}, {Text: "q"}}, []string{"q"}},
		{"a word longer than the limit", []match.Trigger{{Text: strings.Repeat("a", match.MaxTrigger+1)}}, []string{strings.Repeat("a", match.MaxTrigger+1)}},
		{"a word twice", []match.Trigger{{Text: "电话"}, {Text: "tel"}, {Text: "电话", Exact: true}}, []string{"电话"}},
		{"a word without letters", []match.Trigger{{Text: "12:34"}, {Text: "--"}}, []string{"12:34", "--"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := match.NewWords(tt.words)
			var e *match.WordsError
			if !errors.As(err, &e) || !slices.Equal(e.Words, tt.want) {
				t.Errorf("got %v, want an error for %q", err, tt.want)
			}
		})
	}
}

func TestEveryWordIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	list := manyTriggers(4000, 1)
	w := newWords(t, list)
	for k, x := range list {
		p := []byte(strings.Repeat(" ", r.IntN(130)) + x.Text + " ")
		for level := range match.Levels {
			got := scan(t, w, p, level, 0, func() int { return 1 + r.IntN(200) })
			if !slices.ContainsFunc(got, func(c match.Candidate) bool { return c.Kind == match.Key && int(c.Key) == k }) {
				t.Fatalf("%q (GB %v) is not found in %q", x.Text, x.GB, p)
			}
		}
	}
}

// manyTriggers makes n words of both encodings. Those in Chinese have least
// characters or up to three more.
func manyTriggers(n, least int) (list []match.Trigger) {
	r := rand.New(rand.NewPCG(7, 8))
	seen := map[string]bool{}
	for len(list) < n {
		var b []byte
		gb := false
		switch r.IntN(3) {
		case 0:
			for range 3 + r.IntN(9) {
				b = append(b, "etaoinshrdlucmfwypbgvk_ "[r.IntN(24)])
			}
			b[0] = byte('a' + r.IntN(26))
		case 1:
			for range least + r.IntN(4) {
				b = fmt.Appendf(b, "%c", rune(0x4e00+r.IntN(0x5000)))
			}
		default:
			gb = true
			for range least + r.IntN(4) {
				b = append(b, byte(0xb0+r.IntN(0x48)), byte(0xa1+r.IntN(94)))
			}
		}
		if s := string(b); !seen[strings.ToLower(s)] && s[len(s)-1] != ' ' {
			seen[strings.ToLower(s)] = true
			list = append(list, match.Trigger{Text: s, GB: gb})
		}
	}
	return list
}
