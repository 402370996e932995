package rules

import (
	"slices"

	"github.com/datacustoms/customs/inspect/check"
)

// Confirmer names what decides whether a rule is met.
type Confirmer string

// The confirmers that are part of the engine. The others are check.Forms.
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

// The generic confirmers, which any number of rules may use. All others have
// one rule at most.
const (
	Keyword Confirmer = "keyword" // a trigger word is itself the finding
	Pattern Confirmer = "pattern" // a regular expression
	Exact   Confirmer = "exact"   // a value in a list of hashes
)

// Generic reports whether any number of rules may use the confirmer.
func (c Confirmer) Generic() bool { return c == Keyword || c == Pattern || c == Exact }

// confirmers are the known ones, with what brings each. Those of the engine
// are brought by forms.
func confirmers() map[Confirmer]check.On {
	known := map[Confirmer]check.On{Keyword: check.OnKey, Pattern: check.OnKey, Exact: check.OnKey, SecretMark: check.OnKey}
	for _, c := range []Confirmer{Resident18, Resident15, ForeignPR, Mobile, BankCard, Email, USCC} {
		known[c] = check.OnDigits
	}
	for _, f := range check.Forms() {
		known[Confirmer(f.Name)] = f.On
	}
	return known
}

func names(known map[Confirmer]check.On) (out []Confirmer) {
	for c := range known {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}
