package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
)

// MaxSize is the most bytes a catalogue may have.
const MaxSize = 4 << 20

type words struct {
	Zh []string `yaml:"zh"`
	En []string `yaml:"en"`
}

type fileRule struct {
	ID        string        `yaml:"id"`
	Class     inspect.Class `yaml:"class"`
	Level     string        `yaml:"level"`
	Confirm   Confirmer     `yaml:"confirm"`
	Base      string        `yaml:"base"`
	Needs     bool          `yaml:"needs_context"`
	Doubtable bool          `yaml:"doubtable"`
	Context   words         `yaml:"context"`
	Source    string        `yaml:"source"`
	Hit       []string      `yaml:"hit"`
	Miss      []string      `yaml:"miss"`
}

type file struct {
	Version int        `yaml:"version"`
	Against words      `yaml:"against"`
	Rules   []fileRule `yaml:"rules"`
}

var (
	idForm    = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)+$`)
	classForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
)

// Load reads a catalogue. It refuses unknown keys, a rule without source or
// without both lists of cases, and two rules with one id or confirmer; the
// error names every fault.
func Load(data []byte) (*Catalogue, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("rules: catalogue has %d bytes, at most %d are read", len(data), MaxSize)
	}
	var f file
	if err := parse(data, &f); err != nil {
		return nil, fmt.Errorf("rules: catalogue: %w", err)
	}
	var faults []error
	if f.Version != 1 {
		faults = append(faults, fmt.Errorf("version is %d, this program reads 1", f.Version))
	}
	if len(f.Rules) == 0 {
		faults = append(faults, errors.New("there are no rules"))
	}
	c := &Catalogue{byForm: map[Confirmer]*Rule{}, digest: digest(data)}
	entries := f.Against.entries(against)
	c.rules = make([]Rule, 0, len(f.Rules))
	for i, fr := range f.Rules {
		r, err := fr.rule(uint(i + 1))
		if err != nil {
			faults = append(faults, fmt.Errorf("rule %d (%q): %w", i+1, fr.ID, err))
			continue
		}
		if slices.ContainsFunc(c.rules, func(o Rule) bool { return o.ID == r.ID }) {
			faults = append(faults, fmt.Errorf("rule %d (%q): the id is taken", i+1, r.ID))
		}
		if c.byForm[r.Confirm] != nil {
			faults = append(faults, fmt.Errorf("rule %d (%q): confirmer %s has a rule already", i+1, r.ID, r.Confirm))
		}
		c.rules = append(c.rules, r)
		c.byForm[r.Confirm] = &c.rules[len(c.rules)-1]
		entries = append(entries, fr.Context.entries(r.group)...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("rules: catalogue: %w", err)
	}
	lexicon, err := check.NewLexicon(entries)
	if err != nil {
		return nil, fmt.Errorf("rules: catalogue: context words: %w", err)
	}
	c.lexicon = lexicon
	return c, nil
}

// parse reads strict YAML. The library panics on some broken files, such as a
// list with an unknown tag; to the caller that is one more broken file.
func parse(data []byte, f *file) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("this is no YAML that can be read; check tags and indentation")
		}
	}()
	return yaml.UnmarshalWithOptions(data, f, yaml.Strict())
}

func (fr fileRule) rule(group uint) (Rule, error) {
	r := Rule{ID: fr.ID, Class: fr.Class, Confirm: fr.Confirm, Needs: fr.Needs, Doubtable: fr.Doubtable,
		Source: fr.Source, Hit: fr.Hit, Miss: fr.Miss, group: group}
	var faults []error
	if !idForm.MatchString(fr.ID) {
		faults = append(faults, errors.New("id must be words of lower-case letters and digits joined by dots"))
	}
	if !classForm.MatchString(string(fr.Class)) {
		faults = append(faults, errors.New("class must be a dotted name such as pi.id.resident"))
	}
	faults = append(faults, r.Level.UnmarshalText([]byte(fr.Level)), r.Base.UnmarshalText([]byte(fr.Base)))
	if !slices.Contains(confirmers, fr.Confirm) {
		faults = append(faults, fmt.Errorf("confirm must be one of %v", confirmers))
	}
	if fr.Source == "" {
		faults = append(faults, errors.New("source is missing: name the standard and its section"))
	}
	if len(fr.Hit) == 0 || len(fr.Miss) == 0 {
		faults = append(faults, errors.New("hit and miss need at least one case each"))
	}
	if group >= check.MaxGroups {
		faults = append(faults, fmt.Errorf("a catalogue has at most %d rules", check.MaxGroups-1))
	}
	return r, errors.Join(faults...)
}

// entries returns the words of one group in UTF-8 and, where that differs, in
// GB18030.
func (w words) entries(group uint) []check.Entry {
	var out []check.Entry
	for _, s := range slices.Concat(w.Zh, w.En) {
		out = append(out, check.Entry{Word: s, Group: group})
		if gb, err := simplifiedchinese.GB18030.NewEncoder().String(s); err == nil && gb != s {
			out = append(out, check.Entry{Word: gb, Group: group})
		}
	}
	return out
}
