// Package rules is the catalogue of what the engine looks for: embedded data,
// read by a strict loader.
//
// A rule names the confirmer it uses, the class and level it reports, how sure
// it is on form and check alone, and the words that speak for or against it.
// It cites its source and carries cases that must hit and cases that must not;
// without both it does not load.
package rules

import (
	"embed"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
)

//go:embed catalogue/*.yaml
var catalogue embed.FS

// Rule is one entry of the catalogue. It does not change after loading.
type Rule struct {
	ID        string
	Class     inspect.Class
	Level     inspect.Level
	Confirm   Confirmer
	Base      inspect.Confidence // form and check, nothing around it; with Triggers, those
	Needs     bool               // reports nothing without a context word
	Doubtable bool               // a word against it lowers the confidence
	Triggers  []Trigger          // the words that bring the confirmer, if words do
	Scope     Scope
	Source    string
	File      string // that states it
	Own       bool   // the operator's
	Hit, Miss []string

	// Match confirms a rule of a generic confirmer; On brings it. A slow rule
	// is brought by nothing: its candidates are stretches that together make up
	// all of the stream, and it finds what begins in them.
	Match func(*check.Sight)
	On    check.On
	Slow  bool

	group uint          // of its context words; against when it has none
	words check.Lexicon // those, and the words against it if it is doubtable
	off   bool
}

// Catalogue is a set of rules in force. It does not change after loading.
type Catalogue struct {
	rules   []*Rule
	byForm  map[Confirmer]*Rule
	lexicon check.Lexicon
	digest  string
	changes []Change
}

// Default returns the catalogue that is built in.
func Default() (*Catalogue, error) {
	files, err := builtIn()
	if err != nil {
		return nil, err
	}
	return load(files, nil, nil)
}

// Rules returns the rules in the order of the catalogue.
func (c *Catalogue) Rules() []Rule {
	out := make([]Rule, 0, len(c.rules))
	for _, r := range c.rules {
		out = append(out, *r)
	}
	return out
}

// Rule returns the rule of a confirmer that one rule may use, or nil when the
// catalogue has none.
func (c *Catalogue) Rule(f Confirmer) *Rule { return c.byForm[f] }

// Digest identifies the catalogue: the SHA-256 of all its files
// and the lists they name.
func (c *Catalogue) Digest() string { return c.digest }

// CaseTime is the day to which the dates in cases refer.
func CaseTime() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }
