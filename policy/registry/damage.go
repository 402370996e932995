package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
)

// The primary result codes of SQLite for a file that is not what it wrote.
const (
	sqliteCorrupt = 11
	sqliteNotADB  = 26
)

// ErrDamaged means that the store's file is not a sound database.
var ErrDamaged = errors.New("damaged: restore it from a backup")

// damaged says so when an error of SQLite means that the file at path is
// broken, and returns any other error as it is.
func damaged(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, ErrDamaged) {
		return err
	}
	if code := e.Code() & 0xff; code != sqliteCorrupt && code != sqliteNotADB {
		return err
	}
	return fmt.Errorf("%s is %w (%w)", filepath.Base(path), ErrDamaged, err)
}

// Unwritable reports whether an error of Open means that the store cannot be
// written where it lies, as a copy on a medium for reading. Options.ReadOnly
// opens it all the same.
func Unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
