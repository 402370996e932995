package check_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

// sighted is a value with the text it covers.
type sighted struct {
	text string
	key  string
	check.Value
}

// sightedForm returns the confirmer of a form.
func sightedForm(t testing.TB, name string) func(*check.Sight) {
	t.Helper()
	for _, f := range check.Forms() {
		if f.Name == name {
			return f.Confirm
		}
	}
	t.Fatalf("there is no form %q", name)
	return nil
}

// sightAt runs a form at one place of a text, and wherever it asks to go on.
func sightAt(t testing.TB, form, text string, from, to, cell int) (out []sighted) {
	t.Helper()
	confirm := sightedForm(t, form)
	s := new(check.Sight)
	again := false
	for {
		s.Reset()
		s.Text, s.From, s.To, s.Cell, s.Again = []byte(text), from, to, cell, again
		confirm(s)
		for _, v := range s.Values {
			if v.From < 0 || v.To > len(text) || v.From >= v.To {
				t.Fatalf("%s: value at [%d, %d) of %d bytes", form, v.From, v.To, len(text))
			}
			out = append(out, sighted{text[v.From:v.To], string(v.Canonical), v})
		}
		if s.Next == 0 {
			return out
		}
		if s.Next <= to {
			t.Fatalf("%s: goes on at %d, which is not behind %d", form, s.Next, to)
		}
		from, to, cell, again = s.Next, s.Next, 0, true
	}
}

// sightings runs a form at each place of a word in a text.
func sightings(t testing.TB, form, word, text string) (out []sighted) {
	t.Helper()
	low := lowered(text)
	for i := 0; ; {
		n := strings.Index(low[i:], lowered(word))
		if n < 0 {
			return out
		}
		i += n
		out = append(out, sightAt(t, form, text, i, i+len(word), 0)...)
		i += len(word)
	}
}

// firm are the texts of the values that may rise above low.
func firm(values []sighted) (out []string) {
	for _, v := range values {
		if !v.Low {
			out = append(out, v.text)
		}
	}
	return out
}

// lowered maps ASCII letters to lower case and leaves all else.
func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
