// Package disk is policy.Files on the operating system's own files.
//
// It is the only part below policy that touches files for the ledger and the
// log, so that every durable step they take can be tested against a disk that
// loses what was not synced.
package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/datacustoms/customs/policy"
)

// Files is the operating system's file system. The zero value is ready.
type Files struct{}

var _ policy.Files = Files{}

// errUnlinked is the answer of Sync when the file's last name is gone: bytes
// in it would vanish with the process.
var errUnlinked = errors.New("file was removed while in use; restore it or restart with a new store")

// Append opens a file for appending and makes it with mode 0600.
func (Files) Append(name string) (policy.AppendFile, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return appendFile{f}, nil
}

// Open opens a file for reading.
func (Files) Open(name string) (policy.ReadFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return readFile{f}, nil
}

// List returns the names in dir, sorted.
func (Files) List(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	sort.Strings(names)
	return names, err
}

// MakeDir makes dir and its parents with mode 0700.
func (Files) MakeDir(dir string) error { return os.MkdirAll(dir, 0o700) }

// Rename replaces to.
func (Files) Rename(from, to string) error { return os.Rename(from, to) }

// Remove takes the name away.
func (Files) Remove(name string) error { return os.Remove(name) }

// Truncate shortens a file and syncs it.
func (Files) Truncate(name string, size int64) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		return err
	}
	return f.Sync()
}

// SyncDir makes the names in dir durable.
func (Files) SyncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Lock takes an exclusive lock on the file without waiting.
func (Files) Lock(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return f, nil
}

type appendFile struct{ f *os.File }

func (a appendFile) Write(p []byte) (int, error) { return a.f.Write(p) }
func (a appendFile) Close() error                { return a.f.Close() }

func (a appendFile) Sync() error {
	if err := syncData(a.f); err != nil {
		return err
	}
	if unlinked(a.f) {
		return errUnlinked
	}
	return nil
}

type readFile struct{ *os.File }

func (r readFile) Size() (int64, error) {
	info, err := r.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
