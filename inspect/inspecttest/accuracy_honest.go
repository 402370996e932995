package inspecttest

import (
	"fmt"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

// False counts what was found at medium or above where nothing is.
type False struct {
	Least  int // so many are allowed in a corpus of any size; 1 if it is less
	Corpus string
	Bytes  int64
	ByRule map[string]int
	Class  map[string]inspect.Class
	Places map[string][]string // by rule: where, never what
	Unseen int64               // findings beyond the list of a report
}

// NewFalse begins the count of a corpus.
func NewFalse(corpus string) *False {
	return &False{Corpus: corpus, ByRule: map[string]int{}, Class: map[string]inspect.Class{}, Places: map[string][]string{}}
}

// Add counts the findings of one part of the corpus.
func (f *False) Add(place string, size int, r inspect.Report) {
	f.Bytes += int64(size)
	f.Unseen += r.Omitted
	for _, x := range r.Findings {
		if x.Confidence < inspect.Medium {
			continue
		}
		f.ByRule[x.Rule]++
		f.Class[x.Rule] = x.Class
		if len(f.Places[x.Rule]) < 12 {
			f.Places[x.Rule] = append(f.Places[x.Rule], fmt.Sprintf("%s at %d", place, x.From))
		}
	}
}

// Rules lists the rules that found something.
func (f *False) Rules() []string {
	var out []string
	for r := range f.ByRule {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// Judge names the rules of a corpus in which more than one finding in ten
// megabytes is false, in all; a smaller corpus may have one, or Least. True by
// nature are classes of which real ones stand in such text, with the reason.
func (f *False) Judge(trueByNature map[inspect.Class]string) (faults []string) {
	allowed := max(1, f.Least, int(f.Bytes/FalsePer))
	sum := 0
	for _, r := range f.Rules() {
		if trueByNature[f.Class[r]] == "" {
			sum += f.ByRule[r]
		}
	}
	if sum <= allowed {
		return nil
	}
	for _, r := range f.Rules() {
		if trueByNature[f.Class[r]] == "" {
			faults = append(faults, fmt.Sprintf("%s: %d of %s in %d bytes (%d false in all, allowed %d)", f.Corpus, f.ByRule[r], r, f.Bytes, sum, allowed))
		}
	}
	return faults
}

// Table is a row for each rule.
func (f *False) Table(trueByNature map[inspect.Class]string) (rows []string) {
	mb := float64(f.Bytes) / FalsePer
	if len(f.ByRule) == 0 {
		return []string{fmt.Sprintf("%-20s %7.2f MB  nothing", f.Corpus, float64(f.Bytes)/(1<<20))}
	}
	for _, r := range f.Rules() {
		row := fmt.Sprintf("%-20s %7.2f MB  %-26s %6d, %.2f in 10 MB", f.Corpus, float64(f.Bytes)/(1<<20), r, f.ByRule[r], float64(f.ByRule[r])/mb)
		if why := trueByNature[f.Class[r]]; why != "" {
			row += "; true by nature: " + why
		}
		rows = append(rows, row)
	}
	return rows
}
