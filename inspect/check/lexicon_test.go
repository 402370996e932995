package check_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func groups(n ...uint) (s check.GroupSet) {
	for _, g := range n {
		s.Add(g)
	}
	return s
}

func TestLexicon(t *testing.T) {
	l, err := check.NewLexicon([]check.Entry{{Word: "tel", Group: 1}, {Word: "手机", Group: 2}, {Word: "id_card", Group: 3},
		{Word: "tel no", Group: 255}, {Word: "QQ", Group: 64}, {Word: "permanent resident", Group: 65}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want check.GroupSet
	}{
		{"hotel", groups()}, {"tel:", groups(1)}, {"userTel", groups(1)}, {"TELNO", groups()}, {"tel_no", groups(1)},
		{"telNo", groups(1)}, {"Tel 手机", groups(1, 2)}, {"ID_CARD", groups(3)}, {"", groups()}, {"Tel No", groups(1, 255)},
		{"qq", groups(64)}, {"我的QQ号", groups(64)}, {"QQX", groups()}, {"a Permanent  Resident", groups()},
		{"a PERMANENT RESIDENT.", groups(65)}, {"permanent residen", groups()}, {"手", groups()}, {"手艺", groups()},
	}
	for _, tt := range tests {
		if got := l.Groups([]byte(tt.text)); got != tt.want {
			t.Errorf("Groups(%q) = %b, want %b", tt.text, got, tt.want)
		}
	}
	for _, e := range []check.Entry{{Word: "x"}, {Word: "xy", Group: check.MaxGroups}} {
		if _, err := check.NewLexicon([]check.Entry{e}); err == nil {
			t.Errorf("%+v is accepted", e)
		}
	}
	if got := new(check.Lexicon).Groups([]byte("tel")); !got.Empty() {
		t.Errorf("the zero Lexicon knows %v", got)
	}
}

// TestLexiconNaive holds the tables to one word at a time.
func TestLexiconNaive(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("aAbz_ 9手机號")), 2, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		var entries []check.Entry
		for i, w := range rapid.SliceOfN(word, 1, 40).Draw(t, "words") {
			entries = append(entries, check.Entry{Word: w, Group: uint(i * 6)})
		}
		all, err := check.NewLexicon(entries)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(rapid.StringOfN(rapid.RuneFrom([]rune("aAbBz_ 9手机號.")), 0, 60, -1).Draw(t, "text"))
		want := check.GroupSet{}
		for _, e := range entries {
			one, err := check.NewLexicon([]check.Entry{e})
			if err != nil {
				t.Fatal(err)
			}
			want = want.Or(one.Groups(text))
		}
		if got := all.Groups(text); got != want {
			t.Errorf("together %b, one by one %b", got, want)
		}
	})
}
