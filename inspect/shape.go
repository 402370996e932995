package inspect

// Shape is how a part is laid out, without its values: what pieces of one list
// have in common. Digests are keyed. The zero value says nothing.
type Shape struct {
	// Fields is a digest of the names of the columns, in order; zero when no
	// names stand in the part.
	Fields Subject
	// Columns is a digest of how many columns there are and which classes were
	// found in which; zero when the part is no table.
	Columns Subject
	Rows    int64
	// CutStart and CutEnd say that the part begins or ends within a row.
	CutStart, CutEnd bool
	// Runs are columns of whole numbers that are no finding and rise by one
	// from row to row, at most MaxRuns.
	Runs []Run
	// Text are keyed fingerprints of lines, sampled by their value so that two
	// parts sample the same lines: the smallest MaxText of them, sorted.
	Text []uint64
	// Lines is how many lines were long enough to be sampled.
	Lines int64
}

// Bounds of a Shape.
const (
	MaxRuns = 8
	MaxText = 256
)

// Run is a column that counts its rows.
type Run struct {
	Column      int
	First, Last int64
}
