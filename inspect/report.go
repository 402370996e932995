package inspect

import (
	"bytes"
	"slices"
)

// Report is what is known about one part, or about several after Merge.
type Report struct {
	// Tallies counts findings by class, sorted by class.
	Tallies []Tally
	// Persons are the distinct persons, sorted by key: the upper bound, in
	// which keys are joined only inside one record.
	Persons []Person
	// Linked is the estimate after joining keys across records.
	Linked int
	// Findings lists findings by offset, up to a limit of the engine.
	Findings []Finding
	// Omitted counts findings that are in Tallies but not in Findings.
	Omitted int64
	// Coverage says how much was read. A report without Full coverage is
	// never proof of absence.
	Coverage Coverage
	// Mismatches are the places, up to a limit of the engine, where content
	// is of another format than was said of it.
	Mismatches []Mismatch
	// Shape is the layout of the largest table or text in the part. Merge
	// takes that of the report with the most rows and lines.
	Shape Shape
}

// Mismatch is content that is of another format than was said of it. Said is
// the beginning of a media type, an ending of file names or a coding, as the
// engine's own list has it and never as the sender wrote it; Found is a format.
type Mismatch struct {
	Path  []string `json:"path,omitempty"`
	Said  string   `json:"said"`
	Found string   `json:"found"`
}

// Tally counts the findings of one class.
type Tally struct {
	Class  Class
	Level  Level
	Low    int64
	Medium int64
	High   int64
}

// At returns how many findings have at least the given confidence.
func (t Tally) At(min Confidence) int64 {
	n := t.High
	if min <= Medium {
		n += t.Medium
	}
	if min <= Low {
		n += t.Low
	}
	return n
}

// Person is one distinct person of a report.
type Person struct {
	Key     Subject
	Classes ClassSet // indexes into Report.Tallies
	Minor   bool     // some identifier of the record shows a minor
}

// Count returns the number of findings of a class at a confidence or above.
func (r *Report) Count(c Class, min Confidence) int64 {
	for _, t := range r.Tallies {
		if t.Class == c {
			return t.At(min)
		}
	}
	return 0
}

// Clean reports whether full coverage found nothing at all, at any confidence.
func (r *Report) Clean() bool {
	return r.Coverage.State == Full && len(r.Tallies) == 0 && len(r.Persons) == 0
}

// Merge joins reports of the parts of one flow. Findings are concatenated in
// the order of the arguments and keep their part's offsets; persons with the
// same key become one; coverage is that of the worst part.
func Merge(reports ...Report) Report {
	out := Report{Coverage: Coverage{State: Full}}
	tallies := map[Class]Tally{}
	for _, r := range reports {
		out.Mismatches = append(out.Mismatches, r.Mismatches...)
		for _, t := range r.Tallies {
			sum := tallies[t.Class]
			sum.Class, sum.Level = t.Class, max(sum.Level, t.Level)
			sum.Low, sum.Medium, sum.High = sum.Low+t.Low, sum.Medium+t.Medium, sum.High+t.High
			tallies[t.Class] = sum
		}
		out.Findings = append(out.Findings, r.Findings...)
		out.Omitted += r.Omitted
		out.Linked += r.Linked
		out.Coverage.add(r.Coverage)
		if r.Shape.Exceeds(&out.Shape) {
			out.Shape = r.Shape
		}
	}
	for _, t := range tallies {
		out.Tallies = append(out.Tallies, t)
	}
	slices.SortFunc(out.Tallies, func(a, b Tally) int { return cmpString(string(a.Class), string(b.Class)) })
	out.Persons = mergePersons(out.Tallies, reports)
	out.Linked = min(out.Linked, len(out.Persons))
	if len(reports) == 0 {
		out.Coverage = Coverage{}
	}
	return out
}

func mergePersons(tallies []Tally, reports []Report) []Person {
	index := make(map[Class]int, len(tallies))
	for i, t := range tallies {
		index[t.Class] = i
	}
	var all []Person
	for _, r := range reports {
		for _, p := range r.Persons {
			q := Person{Key: p.Key, Minor: p.Minor}
			for i, t := range r.Tallies {
				if p.Classes.Has(i) {
					q.Classes.Add(index[t.Class])
				}
			}
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b Person) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	out := all[:0]
	for _, p := range all {
		if n := len(out); n > 0 && out[n-1].Key == p.Key {
			out[n-1].Classes[0] |= p.Classes[0]
			out[n-1].Classes[1] |= p.Classes[1]
			out[n-1].Minor = out[n-1].Minor || p.Minor
			continue
		}
		out = append(out, p)
	}
	return out
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
