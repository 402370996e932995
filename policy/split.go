package policy

import (
	"context"

	"github.com/datacustoms/customs/inspect"
)

// SplitEvidence is why parts are taken for pieces of one list or document.
type SplitEvidence string

// The evidence.
const (
	SplitNumbered SplitEvidence = "numbered" // the rows of one go on where those of another end
	SplitCut      SplitEvidence = "cut"      // one begins where another was cut off
	SplitSubset   SplitEvidence = "subset"   // its persons or its text are part of one that was seen whole
	SplitColumns  SplitEvidence = "columns"  // the same persons in each, with other data of them
)

// Split says which earlier parts a part belongs with. The zero value means
// none.
type Split struct {
	Set    string `json:"set,omitempty"` // names the joined list; random, not a value
	Pieces int    `json:"pieces,omitempty"`
	// Persons is how many distinct persons all pieces carry, at most.
	Persons  int64           `json:"persons,omitempty"`
	Evidence []SplitEvidence `json:"evidence,omitempty"` // sorted
	// Over says in what the pieces differ, sorted: account, destination,
	// exporter, link, purpose, recipient, time.
	Over []string `json:"over,omitempty"`
	// With are records of earlier pieces, the latest first, at most eight.
	With []string `json:"with,omitempty"`
}

// RuleSplitting is the rule by which an operator has suspected splitting held,
// as reviewers and exceptions name it.
const RuleSplitting = "suspected.splitting"

// Suspected reports whether the part is taken for a piece.
func (s *Split) Suspected() bool { return s.Set != "" }

// Asked is what the question says of the split.
func (s *Split) Asked() AskedSplit { return AskedSplit{Evidence: s.Evidence} }

// SplitPart is a part as the detector of splitting sees it.
type SplitPart struct {
	Flow    *Flow
	Shape   inspect.Shape
	Persons []Counted
	Classes []inspect.Class // found at medium confidence or above, sorted
}

// Splits joins parts that look like pieces of one list or document. It is safe
// for concurrent use, and remembers keyed values only.
type Splits interface {
	// Look remembers the part and says what it belongs with. A flow that is
	// looked at again is the same part.
	Look(ctx context.Context, p SplitPart) (Split, error)
}

// AskedSplit is what the question says of a split: no counts and no names.
type AskedSplit struct {
	Evidence []SplitEvidence `json:"evidence,omitempty"`
}

// AskSplit is a part for the detector. It is false for one without personal or
// important data at medium confidence, which nobody need join, and for one that
// is refused because it was not read in full: who then sends it in smaller
// files does what the refusal says.
func AskSplit(rules *Rules, f *Flow, r *inspect.Report, persons []Counted) (SplitPart, bool) {
	p := SplitPart{Flow: f, Shape: r.Shape, Persons: persons}
	governed := false
	for _, t := range r.Tallies {
		if t.At(inspect.Medium) == 0 {
			continue
		}
		p.Classes = append(p.Classes, t.Class)
		governed = governed || rules.PersonalIn(t.Class, r) || rules.Important[t.Class] || t.Level >= inspect.Important
	}
	return p, governed && (r.Coverage.State == inspect.Full || len(f.Unread) > 0)
}
