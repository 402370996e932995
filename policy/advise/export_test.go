package advise

// What tests see of the inside.
var (
	Code    = code
	Prose   = prose
	Shown   = shown
	RoundUp = roundUp
)

// Bound makes the bounds of a Traffic small.
func (t *Traffic) Bound(lines, each, exporters int) { t.bounds = [3]int{lines, each, exporters} }

// Lines is how many a Traffic holds.
func (t *Traffic) Lines() int { return len(t.lines) }
