// Package unpack opens archives, documents, mail and images: a container in,
// its parts out, as bytes that can be scanned.
//
// The unit of work is one container. An opener tells nothing of what is in a
// part and looks at no identifier; parts may be containers again, and whoever
// calls it opens those. What it cannot read it reports by Miss with the reason:
// an opener that returns without a Miss has given out every text that its
// format holds. It never panics on purpose, holds no more than Limits allow,
// touches no file and no clock.
package unpack

import (
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Out takes what a container gives out, part by part. Begin and Write answer
// false when no more is wanted: a limit was reached, or the scan was stopped.
// The opener then returns at once.
type Out interface {
	// Begin starts the next part and ends the one before. name is what the
	// container calls it (a path in an archive, a sheet, a subject): it is
	// scanned as data and never shown. at is where its stored bytes lie in the
	// container, or the whole container where that cannot be said.
	Begin(name []byte, at decode.Span) bool
	// Same starts a part as Begin does, whose bytes stand in the container as
	// they are written, one after the other from that offset on.
	Same(name []byte, from int64) bool
	// Write gives the next bytes of the part: the stored bytes of a file in an
	// archive, or text in UTF-8 that the opener made of a document.
	Write(p []byte) bool
	// Miss says that bytes of the container were not read, and why; n is how
	// many of its bytes, -1 for all.
	Miss(reason inspect.GapReason, n int64)
}

// Coder is what an Out may be as well whose caller reads the container as it
// lies, too: it is told which text of it was a transfer coding, so that what
// stands in both counts once.
type Coder interface {
	// Coded starts a part as Begin does, that is made of what stands in the
	// container from an offset on.
	Coded(name []byte, from int64) bool
	// Over ends that part, and says where in the container.
	Over(to int64)
}

// Limits bound one container. All fields but the last two are set by the
// caller.
type Limits struct {
	Entries int   // parts of one container
	Memory  int64 // bytes an opener may hold at once; it asks Budget first for more than holdFree
	Bytes   int64 // bytes it may give out

	// Budget is that of the whole scan; nil for none.
	Budget *decode.Budget
	// Beside says that the caller reads the container as it lies, too. A flow
	// then leaves out text that it would only repeat; see Multipart.
	Beside bool
}

// Whole opens a container that must be there as a whole.
type Whole func(r io.ReaderAt, size int64, l Limits, out Out)

// Flow opens a container as it comes. It reads r to its end unless Out stops it.
type Flow func(r io.Reader, l Limits, out Out)
