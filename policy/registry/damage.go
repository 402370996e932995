package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
)

// The primary result codes of SQLite that a person can do something about.
const (
	sqliteBusy    = 5
	sqliteRead    = 8
	sqliteFull    = 13
	sqliteCorrupt = 11
	sqliteNotADB  = 26
)

// ErrDamaged means that the store's file is not a sound database.
var ErrDamaged = errors.New("damaged: restore it from a backup")

// mends say what to do about an error that is no damage.
var mends = map[int]string{
	sqliteBusy: "another program holds its lock: end that one, and nothing here is lost",
	sqliteRead: "it cannot be written: let the user of this program write the file and its directory",
	sqliteFull: "there is no room: make some on its disk",
}

// damaged says so when an error of SQLite means that the file at path is
// broken, or how to mend what it means; any other error it returns as it is.
func damaged(path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, ErrDamaged) {
		return err
	}
	code := e.Code() & 0xff
	if mend := mends[code]; mend != "" {
		return fmt.Errorf("%s: %s (%w)", filepath.Base(path), mend, err)
	}
	if code != sqliteCorrupt && code != sqliteNotADB {
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
