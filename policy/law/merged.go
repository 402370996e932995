package law

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// maxSnapshot bounds a merged document.
const maxSnapshot = 4 << 20

// merged is all that is in force on a day, in one document. Its JSON is
// canonical: fields in the order of the types, keys of maps and members of
// lists sorted.
type merged struct {
	*Pack
	Lists     []*List    `json:"lists"`
	Scenarios []Scenario `json:"scenarios"`
	Marks     []Mark     `json:"marks"`
}

// merge puts a national pack and the files in force beside it together.
func merge(p *Pack, files []*file) *merged {
	m := &merged{Pack: p, Lists: []*List{}, Scenarios: []Scenario{}, Marks: []Mark{}}
	codes := map[string]bool{}
	own := func(a *file) int { // the operator's files first
		if a.builtIn {
			return 1
		}
		return 0
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b *file) int { return own(a) - own(b) })
	for _, f := range files {
		switch {
		case f.list != nil:
			m.Lists = append(m.Lists, f.list)
		case f.catalogue != nil:
			for _, s := range f.catalogue.Scenarios {
				if !codes[s.Code] {
					m.Scenarios = append(m.Scenarios, s)
				}
				codes[s.Code] = true
			}
			m.Marks = append(m.Marks, f.catalogue.Important...)
		}
	}
	slices.SortFunc(m.Lists, func(a, b *List) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(m.Scenarios, func(a, b Scenario) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(m.Marks, func(a, b Mark) int { return cmp.Compare(a.ID, b.ID) })
	return m
}

func (m *merged) encode() ([]byte, error) { return json.Marshal(m) }

// FromSnapshot gives the rules of a merged document as Book.Snapshot returned
// it. An empty profile means strict. What the document does not say in the
// form of this program, or says against itself, is an error.
func FromSnapshot(b []byte, profile string) (*policy.Rules, error) {
	if len(b) > maxSnapshot {
		return nil, fmt.Errorf("snapshot of the law: larger than %d bytes", maxSnapshot)
	}
	m := merged{Pack: &Pack{}}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, errors.New("snapshot of the law: is no merged rule pack of this program's form; take it from the archive again")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("snapshot of the law: has something after its end")
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	profile = cmp.Or(profile, "strict")
	if _, ok := m.Profiles[profile]; !ok {
		return nil, noProfile(m.Pack)
	}
	return m.rules(b, digestOf(b), profile)
}

// check checks a document that did not come from files.
func (m *merged) check() error {
	var faults []error
	look := func(name string, f *file) {
		c := checker{name: name}
		c.file(f)
		faults = append(faults, c.faults...)
	}
	if m.Pack.Schema != Schema {
		return fmt.Errorf("snapshot of the law: its schema is not %s", Schema)
	}
	look("snapshot", &file{pack: m.Pack})
	for i, l := range m.Lists {
		if l == nil || l.Schema != ListSchema {
			return fmt.Errorf("snapshot of the law: lists[%d] is not %s", i, ListSchema)
		}
		look(fmt.Sprintf("snapshot lists[%d]", i), &file{list: l})
	}
	// Several catalogues may together list more than one may.
	marks, scenarios := slices.Collect(slices.Chunk(m.Marks, maxMarks)), slices.Collect(slices.Chunk(m.Scenarios, maxMarks))
	for i := range max(len(marks), len(scenarios)) {
		k := &Catalogue{Schema: CatalogueSchema, ID: "all", From: m.From}
		if i < len(marks) {
			k.Important = marks[i]
		}
		if i < len(scenarios) {
			k.Scenarios = scenarios[i]
		}
		look("snapshot catalogues", &file{catalogue: k})
	}
	if len(faults) == 0 && !m.named() {
		faults = append(faults, errors.New("snapshot of the law: the ids of its limits are not those of its numbers"))
	}
	return errors.Join(faults...)
}

// named reports whether the limits have the ids that the loader gives them:
// counters of other numbers would be taken for theirs.
func (m *merged) named() bool {
	for _, l := range m.Lists {
		for _, e := range l.Entries {
			own := e
			own.MaxLimit, own.Rules = "", slices.Clone(e.Rules)
			for i := range own.Rules {
				own.Rules[i].Limit = ""
			}
			if l.name(&own); own.MaxLimit != e.MaxLimit || !slices.Equal(own.Rules, e.Rules) {
				return false
			}
		}
	}
	for _, k := range m.Marks {
		if k.Scale == nil {
			continue
		}
		scale := Scale{Kind: k.Scale.Kind, Reach: k.Scale.Reach}
		own := Mark{ID: k.ID, Verified: k.Verified, Scale: &scale}
		if own.name(); scale != *k.Scale {
			return false
		}
	}
	return true
}
