// Package rules is the catalogue of what the engine looks for: embedded data,
// read by a strict loader.
//
// A rule names the confirmer it uses, the class and level it reports, how sure
// it is on form and check alone, and the words that speak for or against it.
// It cites its source and carries cases that must hit and cases that must not;
// without both it does not load.
package rules

import (
	"crypto/sha256"
	_ "embed" // the default catalogue
	"encoding/hex"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
)

//go:embed catalogue.yaml
var catalogue []byte

// Confirmer names one of the forms the engine can confirm.
type Confirmer string

// The confirmers. Each rule uses one, and no two rules use the same.
const (
	Resident18 Confirmer = "resident18"
	Resident15 Confirmer = "resident15"
	ForeignPR  Confirmer = "foreign_pr"
	Mobile     Confirmer = "mobile"
	BankCard   Confirmer = "bank_card"
	Email      Confirmer = "email"
	USCC       Confirmer = "uscc"
	SecretMark Confirmer = "secret_mark"
)

var confirmers = []Confirmer{Resident18, Resident15, ForeignPR, Mobile, BankCard, Email, USCC, SecretMark}

// Rule is one entry of the catalogue.
type Rule struct {
	ID        string
	Class     inspect.Class
	Level     inspect.Level
	Confirm   Confirmer
	Base      inspect.Confidence // form and check, nothing around it
	Needs     bool               // reports nothing without a context word
	Doubtable bool               // a word against it lowers the confidence
	Source    string
	Hit, Miss []string

	group uint
}

// Catalogue is a set of rules in force. It does not change after loading.
type Catalogue struct {
	rules   []Rule
	byForm  map[Confirmer]*Rule
	lexicon check.Lexicon
	digest  string
}

// Default returns the catalogue that is built in.
func Default() (*Catalogue, error) { return Load(catalogue) }

// Rules returns the rules in the order of the catalogue.
func (c *Catalogue) Rules() []Rule { return append([]Rule(nil), c.rules...) }

// Rule returns the rule of a confirmer, or nil when the catalogue has none.
func (c *Catalogue) Rule(f Confirmer) *Rule { return c.byForm[f] }

// Digest identifies the catalogue: the SHA-256 of its bytes.
func (c *Catalogue) Digest() string { return c.digest }

// against is the group of words that speak against any number; the groups of
// the rules follow.
const against = 0

// Score returns the confidence of a rule for a value that passed its check
// and stands between two texts, in a column over which the given words stand;
// lift is what the value's own form adds or takes. ok is false where the rule
// reports nothing.
func (c *Catalogue) Score(r *Rule, before, after []byte, column check.GroupSet, lift int) (conf inspect.Confidence, ok bool) {
	before = check.Before(before)
	field := check.Field(before)
	own := c.lexicon.Groups(field) | column
	pro := own.Has(r.group)
	con := own.Has(against) && !pro
	if !pro && !con {
		rest := before[:len(before)-len(field)]
		pro = c.lexicon.Groups(rest).Has(r.group) || c.lexicon.Groups(check.After(after)).Has(r.group)
	}
	if r.Needs && !pro {
		return 0, false
	}
	score := int(r.Base) + lift
	if pro && !r.Needs {
		score++
	}
	if con && r.Doubtable {
		score--
	}
	return inspect.Confidence(min(max(score, int(inspect.Low)), int(inspect.High))), true
}

// Groups returns what the words in a text speak for or against.
func (c *Catalogue) Groups(text []byte) check.GroupSet { return c.lexicon.Groups(text) }

// CaseTime is the day to which the dates in cases refer.
func CaseTime() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
