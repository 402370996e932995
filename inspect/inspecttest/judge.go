package inspecttest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// Scanner gives the report of one part.
type Scanner func(m inspect.Meta, data []byte) inspect.Report

// JudgeVector carries a vector in every way and tells where it was missed,
// or found though it is none.
func JudgeVector(scan Scanner, v Vector) (faults []string, carried int) {
	for _, c := range v.Carriages() {
		carried++
		best, found := inspect.Low, false
		for _, f := range scan(c.Meta, c.Data).Findings {
			if f.Class != v.Class && f.Class != v.Also || v.Class == "" || f.To <= int64(c.From) || f.From >= int64(c.To) {
				continue
			}
			best, found = max(best, f.Confidence), true
		}
		switch {
		case v.Valid && !found:
			faults = append(faults, c.Name+": not found")
		case v.Valid && best < c.Least:
			faults = append(faults, fmt.Sprintf("%s: found at %v, want %v", c.Name, best, c.Least))
		case !v.Valid && found && best >= inspect.Medium:
			faults = append(faults, fmt.Sprintf("%s: found at %v, and it is none", c.Name, best))
		}
	}
	return faults, carried
}

// RunVectors holds an inspector to all vectors, one sub-test a vector.
func RunVectors(t *testing.T, scan Scanner) {
	type sum struct{ good, all int }
	sums := map[inspect.Class]sum{}
	for i, v := range Vectors() {
		kind := "valid"
		if !v.Valid {
			kind = "invalid"
		}
		faults, carried := JudgeVector(scan, v)
		s := sums[v.Class]
		sums[v.Class] = sum{s.good + carried - len(faults), s.all + carried}
		t.Run(fmt.Sprintf("%s/%s %d", v.Class, kind, i), func(t *testing.T) {
			for _, f := range faults {
				t.Errorf("%q: %s", v.Text, f)
			}
		})
	}
	var classes []inspect.Class
	for c := range sums {
		classes = append(classes, c)
	}
	slices.Sort(classes)
	for _, c := range classes {
		t.Logf("%-22s %4d of %4d carriages judged rightly", c, sums[c].good, sums[c].all)
	}
}
