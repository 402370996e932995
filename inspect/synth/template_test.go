package synth_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
)

func TestEveryTemplate(t *testing.T) {
	all := synth.New(11, day).Everything()
	again := synth.New(11, day).Everything()
	names := map[string]bool{}
	for i, c := range all {
		if names[c.Name] {
			t.Errorf("two templates are called %q", c.Name)
		}
		names[c.Name] = true
		if !bytes.Equal(c.Data, again[i].Data) || !slices.Equal(c.Labels, again[i].Labels) {
			t.Errorf("%s: the same seed gives another document", c.Name)
		}
		if bytes.Contains(c.Data, []byte("⟨")) || bytes.Contains(c.Data, []byte("@@")) {
			t.Errorf("%s: a place was not filled", c.Name)
		}
		end := 0
		for _, l := range c.Labels {
			if l.Offset < end || !bytes.HasPrefix(c.Data[l.Offset:], bytes.TrimSuffix([]byte(l.Value), []byte("\n"))) {
				t.Errorf("%s: the label of a %s at %d does not stand there", c.Name, l.Kind, l.Offset)
			}
			if l.Value == "" {
				t.Errorf("%s: a %s is empty", c.Name, l.Kind)
			}
			end = l.Offset + len(l.Value) - 1
			if l.Line != 1+bytes.Count(c.Data[:l.Offset], []byte("\n")) {
				t.Errorf("%s: a %s is said to be on line %d", c.Name, l.Kind, l.Line)
			}
		}
	}
}

// TestTemplatesUseEveryKind wants each kind of a class in some document, and
// each class in three, so that no class is measured on one wording.
func TestTemplatesUseEveryKind(t *testing.T) {
	const rounds = 25
	used, documents := map[string]bool{}, map[string]int{}
	m := synth.New(12, day)
	for range rounds {
		for _, c := range m.Everything() {
			seen := map[string]bool{}
			for _, l := range c.Labels {
				if !l.Optional {
					used[l.Kind], seen[l.Class] = true, true
				}
			}
			for class := range seen {
				documents[class]++
			}
		}
	}
	for _, k := range synth.Kinds() {
		if k.Class != "" && !used[k.Name] {
			t.Errorf("no template has a %s", k.Name)
		}
	}
	for _, class := range synth.Classes() {
		if documents[class] < 3*rounds {
			t.Errorf("%s stands in %d documents of one round, want 3", class, documents[class]/rounds)
		}
	}
}

func TestPositives(t *testing.T) {
	m := synth.New(13, day)
	for _, class := range synth.Classes() {
		got := 0
		for _, c := range m.Positives(class, 50) {
			for _, l := range c.Labels {
				if l.Class == class && !l.Optional {
					got++
				}
			}
		}
		if got < 50 {
			t.Errorf("%d values of %s, want 50", got, class)
		}
	}
	if m.Positives("no.such.class", 3) != nil || m.Value("no.such.class") != "" {
		t.Error("a class that does not exist has values")
	}
}
