package law

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// file is one parsed file of the law; exactly one of pack, list and catalogue
// is set.
type file struct {
	name      string
	src       []byte
	builtIn   bool
	signer    string // of the key that signed it
	pack      *Pack
	list      *List
	catalogue *Catalogue
}

// head is what the three kinds of file have in common.
type head struct{ schema, id, title, from, to string }

func (f *file) head() head {
	switch {
	case f.list != nil:
		return head{f.list.Schema, f.list.ID, f.list.Title, f.list.From, f.list.To}
	case f.catalogue != nil:
		return head{f.catalogue.Schema, f.catalogue.ID, f.catalogue.Title, f.catalogue.From, f.catalogue.To}
	case f.pack != nil:
		return head{f.pack.Schema, f.pack.ID, f.pack.Title, f.pack.From, f.pack.To}
	}
	return head{}
}

// in reports whether the file is in force on a day.
func (f *file) in(day string) bool {
	h := f.head()
	return h.from <= day && (h.to == "" || day <= h.to)
}

// parse reads one file and checks all of it. The error names every fault with
// its line and a caret.
func parse(name string, src []byte) (*file, error) {
	doc, err := plain(src)
	if err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", name, err)
	}
	root := doc.Docs[0].Body
	var kind struct {
		Schema string `yaml:"schema"`
	}
	if err := yaml.NodeToValue(root, &kind); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", name, shown(err))
	}
	f := &file{name: name, src: src}
	c := checker{name: name, doc: doc}
	var into any
	switch kind.Schema {
	case ListSchema:
		f.list = &List{}
		into = f.list
	case CatalogueSchema:
		f.catalogue = &Catalogue{}
		into = f.catalogue
	case Schema:
		f.pack = &Pack{}
		into = f.pack
	default:
		c.fault("$.schema", "must be %s, %s or %s", Schema, ListSchema, CatalogueSchema)
		return nil, errors.Join(c.faults...)
	}
	if err := yaml.NodeToValue(root, into, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", name, shown(err))
	}
	c.file(f)
	if len(c.faults) > 0 {
		return nil, errors.Join(c.faults...)
	}
	f.complete()
	return f, nil
}

// complete sets what the loader computes, and makes absent lists empty ones so
// that the policy meets no null.
func (f *file) complete() {
	switch {
	case f.pack != nil:
		for _, s := range []*[]string{&f.pack.Classes.Personal, &f.pack.Classes.Domestic, &f.pack.Classes.Secret, &f.pack.Classes.Core,
			&f.pack.Classes.Important, &f.pack.Denied.Hosts, &f.pack.Denied.Recipients, &f.pack.Thresholds.Bases} {
			filled(s)
		}
	case f.list != nil:
		filled(&f.list.Zones)
		filled(&f.list.Covers)
		filled(&f.list.Entries)
		for i := range f.list.Entries {
			e := &f.list.Entries[i]
			filled(&e.Classes)
			filled(&e.Rules)
			f.list.name(e)
		}
	case f.catalogue != nil:
		for i := range f.catalogue.Important {
			f.catalogue.Important[i].name()
		}
	}
}

func filled[T any](s *[]T) {
	if *s == nil {
		*s = []T{}
	}
	*s = slices.Clip(*s)
}
