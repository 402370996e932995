package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"github.com/goccy/go-yaml"
	"hash"
	"slices"
	"sync"

	"github.com/datacustoms/customs/inspect/check"
)

// File is one file of rules.
type File struct {
	Name string // stands in faults
	Data []byte
}

// Open reads a file that a rule names, as it is written in the file of that
// name. It refuses what is larger than MaxListSize.
type Open func(file, name string) ([]byte, error)

// Load reads a catalogue of one file. It refuses unknown keys, a rule without
// source or without both lists of cases, and two rules with one id or
// confirmer. Its error is *Faults.
func Load(data []byte) (*Catalogue, error) {
	return load(read(File{"catalogue", data}), nil, nil)
}

// Extend returns the built-in catalogue with an operator's files over it. Its
// error is *Faults.
func Extend(open Open, files ...File) (*Catalogue, error) {
	base, err := builtIn()
	if err != nil {
		return nil, err
	}
	return load(base, read(files...), open)
}

// parsed is one file, read.
type parsed struct {
	File
	file
	err error
}

func read(files ...File) (out []parsed) {
	for _, f := range files {
		p := parsed{File: f}
		p.err = parse(f.Data, &p.file)
		out = append(out, p)
	}
	return out
}

// builtIn returns the embedded files, sorted by name. They are read once:
// that takes longer than all the rest.
var builtIn = sync.OnceValues(func() (out []parsed, err error) {
	entries, err := catalogue.ReadDir("catalogue")
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	for _, e := range entries {
		data, err := catalogue.ReadFile("catalogue/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("rules: %w", err)
		}
		out = append(out, read(File{e.Name(), data})...)
	}
	return out, nil
})

// builder puts a catalogue together, and collects all faults.
type builder struct {
	catalogue Catalogue
	known     map[Confirmer]check.On
	byID      map[string]*Rule
	changed   map[string]bool
	entries   []check.Entry
	groups    uint // in use
	own       bool // the file in hand is the operator's
	open      Open
	sum       hash.Hash
	faults    Faults
}

func load(base, own []parsed, open Open) (*Catalogue, error) {
	b := builder{known: confirmers(), byID: map[string]*Rule{}, changed: map[string]bool{}, groups: against + 1, sum: sha256.New()}
	b.catalogue.byForm = map[Confirmer]*Rule{}
	b.open = func(string, string) ([]byte, error) { return nil, errors.New("cannot be read here") }
	if open != nil {
		b.open = open
	}
	for _, f := range base {
		b.file(f)
	}
	b.own = true
	for _, f := range own {
		b.file(f)
	}
	b.catalogue.rules = slices.DeleteFunc(b.catalogue.rules, func(r *Rule) bool { return r.off })
	b.catalogue.digest = hex.EncodeToString(b.sum.Sum(nil))
	if len(b.faults.List) > 0 {
		return nil, &b.faults
	}
	b.agree()
	if err := b.lexicons(); err != nil {
		return nil, fmt.Errorf("rules: context words: %w", err)
	}
	return &b.catalogue, nil
}

// agree lets a word be looked for in either case by all rules, if one needs
// it: the matcher looks for a word once. Keywords and patterns judge the case
// themselves.
func (b *builder) agree() {
	folded := map[string]bool{}
	each := func(do func(*Trigger)) {
		for _, r := range b.catalogue.rules {
			for i := range r.Triggers {
				do(&r.Triggers[i])
			}
		}
	}
	each(func(t *Trigger) {
		if !t.Exact {
			folded[t.Text] = true
		}
	})
	each(func(t *Trigger) { t.Exact = t.Exact && !folded[t.Text] })
}

// lexicons makes one of all words, and one of each rule's: a place is scored
// for one rule, and few words are found faster than many.
func (b *builder) lexicons() (err error) {
	if b.catalogue.lexicon, err = check.NewLexicon(b.entries); err != nil {
		return err
	}
	by := make([][]check.Entry, b.groups)
	for _, e := range b.entries {
		by[e.Group] = append(by[e.Group], e)
	}
	for _, r := range b.catalogue.rules {
		var list []check.Entry
		if r.group != against {
			list = by[r.group]
		}
		if r.Doubtable {
			list = slices.Concat(list, by[against])
		}
		if len(list) == 0 {
			continue
		}
		if r.words, err = check.NewLexicon(list); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) fault(file, rule, code string, args ...any) {
	b.faults.List = append(b.faults.List, Fault{file, numberless(rule), code, args})
}

func (b *builder) file(f parsed) {
	name := f.Name
	fmt.Fprintf(b.sum, "%s %d\n", name, len(f.Data))
	b.sum.Write(f.Data)
	if f.err != nil {
		b.fault(name, "", "yaml", yaml.FormatError(f.err, false, false))
		return
	}
	if f.Version != 1 {
		b.fault(name, "", "version", f.Version)
	}
	if len(f.Rules) == 0 && len(f.Changes) == 0 && f.Against.empty() || len(f.Changes) > 0 && !b.own {
		b.fault(name, "", "empty")
	}
	b.words(name, "against", f.Against, false)
	b.entries = append(b.entries, f.Against.entries(against)...)
	if b.own && !f.Against.empty() {
		b.note(Change{File: name, Rule: "*", What: "against +" + f.Against.count(), Weaker: true})
	}
	for i := range f.Rules {
		b.rule(name, i+1, &f.Rules[i])
	}
	for i := range f.Changes {
		b.change(name, &f.Changes[i])
	}
}

// words refuses words that cannot be looked for.
func (b *builder) words(file, rule string, w words, triggers bool) {
	if w.faulty() {
		b.fault(file, rule, "word", maxAnchor)
	}
	if !triggers && len(w.Exact) > 0 {
		b.fault(file, rule, "word-exact")
	}
}

// group gives a rule a group of context words, and adds to it.
func (b *builder) group(r *Rule, name string, w words) {
	b.words(r.File, name, w, false)
	if w.empty() {
		return
	}
	if r.group == against {
		if b.groups == check.MaxGroups {
			b.fault(r.File, name, "groups", check.MaxGroups-1)
			return
		}
		r.group = b.groups
		b.groups++
	}
	b.entries = append(b.entries, w.entries(r.group)...)
}
