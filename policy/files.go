package policy

import (
	"errors"
	"io"
)

// Files is the durable store that ledger and log stand on. It is an interface
// so that tests can crash it: nothing counts as kept before Sync of the file
// and, for a name that was made, renamed or removed, SyncDir of its directory.
// A missing file is fs.ErrNotExist. It is safe for concurrent use.
type Files interface {
	// Append opens a file for appending; it is made, readable by its owner
	// only, when it is not there.
	Append(name string) (AppendFile, error)
	// Open opens a file for reading what was written so far.
	Open(name string) (ReadFile, error)
	// List returns the names in a directory, sorted.
	List(dir string) ([]string, error)
	// MakeDir makes a directory, open to its owner only, and its parents.
	MakeDir(dir string) error
	// Rename replaces to, in one step.
	Rename(from, to string) error
	// Remove takes a name away.
	Remove(name string) error
	// Truncate shortens a file and makes the new length durable.
	Truncate(name string, size int64) error
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
	// Lock takes the exclusive lock that a file stands for, or answers
	// ErrLocked at once. The lock ends with Close or with the process.
	Lock(name string) (io.Closer, error)
}

// AppendFile is a file that only grows. After an error of Write or Sync it
// must not be written again: what it holds beyond the last good Sync is
// unknown, and a second Sync may report success for bytes that are lost.
type AppendFile interface {
	io.Writer
	// Sync makes everything written durable.
	Sync() error
	Close() error
}

// ReadFile is a file open for reading.
type ReadFile interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// ErrLocked means that another process holds the store.
var ErrLocked = errors.New("in use by another process")
