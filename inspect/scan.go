// Package inspect is the contract of inspection: what a scan of outgoing
// bytes may claim, and what it may never carry.
//
// The unit of work is a part: a whole body, a window of one, a message, or
// the head of a request. An Inspector opens a Scan for it, bytes are written
// in, findings come out, and Close gives the Report. The promise to everyone
// above: a scan may report falsely, with a confidence that says so; it may
// not miss silently. What it could not read is in the Coverage, and a report
// whose coverage is not Full is never proof that there was nothing.
package inspect

import (
	"io"
	"time"
)

// PartKind says what the bytes of a part are.
type PartKind uint8

// The kinds of part. Heads are text in which percent escapes are decoded.
const (
	Body PartKind = iota
	Head
	Message
)

// Meta describes a part before its first byte. Content types and codings are
// what the sender claims; a scan uses them as hints and never trusts them.
type Meta struct {
	Kind            PartKind
	ContentType     string
	ContentEncoding string
	Size            int64     // -1 when unknown
	Time            time.Time // of the flow: ages and calendar dates refer to it
}

// Inspector opens scans. It is safe for concurrent use.
type Inspector interface {
	// Open starts the scan of one part. spool reads back the part's bytes
	// that were written so far and stays valid until the scan's Close; it is
	// nil where the caller keeps none, and then formats that need to seek are
	// kept in memory, and become a gap where there are too many bytes of them.
	Open(m Meta, spool io.ReaderAt) (Scan, error)
	// Digest identifies the rules in force, for the record.
	Digest() string
}

// Scan looks at one part. It is not safe for concurrent use. However the
// bytes are cut into writes, the findings and the report are the same.
type Scan interface {
	// Write takes the next bytes. It keeps no reference to p. Unreadable
	// content is no error but a gap in the coverage; an error means the scan
	// itself broke, and the part counts as unread.
	Write(p []byte) (n int, err error)
	// Take returns the findings made since the last call, by offset.
	Take() []Finding
	// Settled says up to which wire offset no later finding can begin. It
	// never falls, and reaches the number of bytes written only at Close
	// while an aggregate rule is open.
	Settled() int64
	// Close ends the part and returns the final report, which holds also the
	// findings that Take gave out. A second Close is an error.
	Close() (Report, error)
}

// Progressive is a Scan that can tell before its end what it found, so that a
// part which is too large to be held can leave piece by piece.
type Progressive interface {
	Scan
	// SoFar returns what was found up to a wire offset, without the list of
	// findings. No later finding begins before the offset, and no short record
	// is cut by it, so that a person is told by the same key as at the end. A
	// gap says what is known to be missing so far.
	SoFar() (r Report, to int64)
}
