package journal

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
)

// Replace writes a file whole, by way of aside, a name in the same directory:
// after it, or after a crash in it, name stands for the old file or for the
// complete new one.
func Replace(files policy.Files, name, aside string, b []byte) error {
	if err := Put(files, name, aside, b); err != nil {
		return err
	}
	return files.SyncDir(filepath.Dir(name))
}

// Put does as Replace but for the directory: the caller syncs that, once for
// all files that it put there.
func Put(files policy.Files, name, aside string, b []byte) error {
	if err := files.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := files.Append(aside)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return files.Rename(aside, name)
}
