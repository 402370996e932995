package inspecttest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// The bars of accuracy, all at medium confidence.
const (
	CheckedRecall = 0.995 // of values that a check digit or a structure proves
	BoundRecall   = 0.97  // of values that only their context shows
	FalsePer      = 10 << 20
)

// Recall is how much of what stands in documents was found.
type Recall struct {
	Class   string
	Checked bool
	Want    int
	Found   int
	Exact   int                // found with exactly its bounds
	Missed  map[string]int     // by kind and document
	Extra   map[string]int     // findings where nothing is labelled, by class and document
	Lowered map[[2]string]bool // kinds and documents in which some value was found, but below medium
}

func (r Recall) bar() float64 {
	if r.Checked {
		return CheckedRecall
	}
	return BoundRecall
}

// Share is the part of the values that was found.
func (r Recall) Share() float64 { return float64(r.Found) / float64(max(r.Want, 1)) }

// alike are classes that answer for each other: a telephone number of Hong
// Kong, Macao or Taiwan does not show whether it is a mobile.
func alike(kind string, want, got inspect.Class) bool {
	if want == got {
		return true
	}
	abroad := kind == "phonehk" || kind == "phonemo" || kind == "phonetw"
	return abroad && want == inspect.Mobile && got == inspect.Landline
}

// MeasureRecall scans documents and counts what of one class was found, the
// checked values apart from the bound ones.
func MeasureRecall(scan Scanner, class string, documents []synth.Corpus) []Recall {
	sums := [2]Recall{}
	for i := range sums {
		sums[i] = Recall{Class: class, Checked: i == 0, Missed: map[string]int{}, Extra: map[string]int{}, Lowered: map[[2]string]bool{}}
	}
	for _, c := range documents {
		found := scan(inspect.Meta{ContentType: c.Type}, c.Data).Findings
		for _, l := range c.Labels {
			if l.Class != class || l.Optional {
				continue
			}
			s := &sums[1]
			if l.Checked {
				s = &sums[0]
			}
			s.count(c.Name, l, found)
		}
		for _, f := range found {
			if f.Confidence >= inspect.Medium && !touches(c.Labels, f) {
				sums[1].Extra[string(f.Class)+" in "+c.Name]++
			}
		}
	}
	return slices.DeleteFunc(sums[:], func(r Recall) bool { return r.Want == 0 && len(r.Extra) == 0 })
}

func (r *Recall) count(document string, l synth.Label, found []inspect.Finding) {
	r.Want++
	from, to := int64(l.Offset), int64(l.Offset+len(l.Value))
	hit, low, exact := false, false, false
	for _, f := range found {
		if f.To <= from || f.From >= to || !alike(l.Kind, inspect.Class(l.Class), f.Class) {
			continue
		}
		if f.Confidence < inspect.Medium {
			low = true
			continue
		}
		hit, exact = true, exact || f.From == from && f.To == to
	}
	if !hit {
		r.Missed[l.Kind+" in "+document]++
		r.Lowered[[2]string{l.Kind, document}] = low
		return
	}
	r.Found++
	if exact {
		r.Exact++
	}
}

func touches(labels []synth.Label, f inspect.Finding) bool {
	for _, l := range labels {
		if f.From < int64(l.Offset+len(l.Value)) && f.To > int64(l.Offset) {
			return true
		}
	}
	return false
}

// JudgeRecall names each class that is found too seldom.
func JudgeRecall(rows []Recall) (faults []string) {
	for _, r := range rows {
		if r.Want > 0 && r.Share() < r.bar() {
			faults = append(faults, fmt.Sprintf("%s: %.2f %% of %d %s values found, want %.1f %%: missed %v",
				r.Class, 100*r.Share(), r.Want, r.nature(), 100*r.bar(), most(r.Missed, 6)))
		}
	}
	return faults
}

func (r Recall) nature() string {
	if r.Checked {
		return "checked"
	}
	return "context-bound"
}

// String is the row of the table.
func (r Recall) String() string {
	return fmt.Sprintf("%-22s %-13s %6d %7.2f %% %7.2f %%  missed %v", r.Class, r.nature(), r.Want, 100*r.Share(), 100*float64(r.Exact)/float64(max(r.Want, 1)), most(r.Missed, 3))
}

// most lists the n greatest counts.
func most(counts map[string]int, n int) (out []string) {
	for name, c := range counts {
		out = append(out, fmt.Sprintf("%d %s", c, name))
	}
	slices.SortFunc(out, func(a, b string) int {
		var x, y int
		_, _ = fmt.Sscan(a, &x) // each begins with its count
		_, _ = fmt.Sscan(b, &y)
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(a, b))
	})
	return out[:min(n, len(out))]
}
