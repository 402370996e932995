package inspect

// Finding says that data of one class occurs at one place. It has no field
// for the text that matched, so no later stage can log or store it.
type Finding struct {
	Class      Class
	Rule       string // id in the catalogue of inspect/rules
	Level      Level
	Confidence Confidence

	Why Why // what made the confidence

	// From and To bound the finding in wire offsets of the part, [From, To).
	// Under a coding they bound the coded bytes that produced it.
	From, To int64
	// Path names the containers from outside in by format and ordinal, as
	// "zip#3" or "gzip"; never by a file's own name, which may be a person's.
	Path []string
	// Offset and Length bound the finding in the innermost decoded stream.
	Offset int64
	Length int

	// Subject is the person this identifies, or zero.
	Subject Subject
	// Record is the ordinal of the row or object the finding stands in.
	Record int64
	// Minor says the identifier itself shows an age below the pack's limit
	// on the date of the flow.
	Minor bool
}

// Subject is a distinct natural person, known only as the first 128 bits of
// HMAC-SHA-256(root key, kind ‖ 0 ‖ canonical form). The root key never
// leaves the process; what is stored is a second, scoped hash of this one.
type Subject [16]byte

// Known reports whether s identifies anybody.
func (s Subject) Known() bool { return s != Subject{} }

// ClassSet is a set of indexes into the Tallies of one report.
type ClassSet [2]uint64

// MaxClasses is how many classes one report can tell apart.
const MaxClasses = 128

// Add puts index i into the set; an index out of range is ignored, and the
// engine reports such a scan as partial.
func (c *ClassSet) Add(i int) {
	if i >= 0 && i < MaxClasses {
		c[i>>6] |= 1 << (i & 63)
	}
}

// Has reports whether index i is in the set.
func (c ClassSet) Has(i int) bool {
	return i >= 0 && i < MaxClasses && c[i>>6]&(1<<(i&63)) != 0
}
