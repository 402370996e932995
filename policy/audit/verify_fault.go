package audit

import (
	"errors"
	"fmt"
)

// Kind says what was done to a log, as far as that can be told.
type Kind string

// The kinds of fault.
const (
	Edited      Kind = "edited"       // entries are not those that were written
	Deleted     Kind = "deleted"      // entries or a segment are missing
	Reordered   Kind = "reordered"    // entries stand in another order
	Inserted    Kind = "inserted"     // something stands between the entries
	Truncated   Kind = "truncated"    // the end is missing
	FutureDated Kind = "future-dated" // later than the verifier's clock
	Damaged     Kind = "damaged"      // a file is not readable as what it is
	Unsigned    Kind = "unsigned"     // no signature where one must be
	Forked      Kind = "forked"       // two histories under one key
	RolledBack  Kind = "rolled back"  // shorter than it was once signed
	WrongKey    Kind = "unauthorised key"
	WrongDrop   Kind = "unauthorised deletion"
	ForeignFile Kind = "foreign file" // no part of a log
)

// ErrNoKey means that a signed log was to be verified without any key.
var ErrNoKey = errors.New("name the log's public key: without one nobody vouches for the log")

// place is where an entry stands.
type place struct {
	segment string
	offset  int64
}

// fileFault names a fault of a file that holds no entries.
func fileFault(kind Kind, name, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Segment: name, Problem: fmt.Sprintf(format, args...)}
}

// seqFault names a fault at an entry.
func seqFault(kind Kind, seq uint64, at place, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Seq: seq, Segment: at.segment, Offset: at.offset, Problem: fmt.Sprintf(format, args...)}
}
