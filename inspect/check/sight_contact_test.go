package check_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/check"
)

// place is a text and what a form must take from it: "text", "text>canonical",
// with " +1", " -1" or " low" behind it, or nothing. The candidate is the
// given word of the text, or for OnDigits its first joined digits.
type place struct {
	name, form, text, word, want string
}

func contactForm(t testing.TB, name string) check.Form {
	t.Helper()
	for _, f := range check.Forms() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no form %q", name)
	return check.Form{}
}

// look lets a form look at a text and tells what it took.
func look(t testing.TB, f check.Form, text, word string) string {
	t.Helper()
	var s check.Sight
	s.Reset()
	s.Text, s.Day = []byte(text), day
	if f.On == check.OnDigits {
		joinedDigits(&s)
	} else {
		s.From = strings.Index(text, word)
		if word == "" || s.From < 0 {
			t.Fatalf("%q is not in %q", word, text)
		}
		s.To = s.From + len(word)
	}
	f.Confirm(&s)
	var out []string
	for _, v := range s.Values {
		if v.From < 0 || v.From >= v.To || v.To > len(text) {
			t.Fatalf("a value at [%d, %d) of %d bytes", v.From, v.To, len(text))
		}
		x := text[v.From:v.To]
		if v.Kind != check.Nobody {
			x += ">" + string(v.Canonical)
		}
		if v.Lift != 0 {
			x += fmt.Sprintf(" %+d", v.Lift)
		}
		if v.Low {
			x += " low"
		}
		out = append(out, x)
	}
	return strings.Join(out, "; ")
}

// joinedDigits sets the candidate to the first ten digits or more that single
// spaces, hyphens and dots join.
func joinedDigits(s *check.Sight) {
	isDigit := func(i int) bool { return i < len(s.Text) && s.Text[i] >= '0' && s.Text[i] <= '9' }
	for i := 0; i < len(s.Text); i++ {
		if !isDigit(i) {
			continue
		}
		var digits []byte
		shape, group, k := 0, 0, i
		for ; isDigit(k) || k < len(s.Text) && strings.IndexByte(" -.", s.Text[k]) >= 0 && isDigit(k+1); k++ {
			if isDigit(k) {
				digits, group = append(digits, s.Text[k]), group+1
				continue
			}
			shape, group = shape*10+min(group, 9), 0
		}
		if len(digits) >= 10 {
			s.From, s.To, s.Digits, s.Shape = i, k, digits, shape*10+min(group, 9)
			return
		}
		i = k
	}
}

func testPlaces(t *testing.T, places []place) {
	t.Helper()
	for _, p := range places {
		t.Run(p.form+" "+p.name, func(t *testing.T) {
			f := contactForm(t, p.form)
			if got := look(t, f, p.text, p.word); got != p.want {
				t.Errorf("%s in %q: got %q, want %q", p.form, p.text, got, p.want)
			}
			gb := simplifiedchinese.GB18030.NewEncoder()
			in := func(x string) string {
				x, err := gb.String(x)
				if err != nil {
					t.Fatal(err)
				}
				return x
			}
			if got := look(t, f, in(p.text), in(p.word)); got != in(p.want) {
				t.Errorf("%s in %q as GB18030: got %q", p.form, p.text, got)
			}
		})
	}
}
