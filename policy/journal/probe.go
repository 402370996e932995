package journal

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
)

// Probe tries whether files can be made, filled and synced in dir.
func Probe(files policy.Files, dir string) error {
	name := filepath.Join(dir, "probe")
	f, err := files.Append(name)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 4096))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), files.Remove(name))
}

// Present reports an error when a file that is being appended to is no longer
// found under its name with what was written to it.
func Present(files policy.Files, name string, size int64) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := f.Size()
	if err != nil {
		return err
	}
	if n < size {
		return fmt.Errorf("%s holds %d bytes; %d were written to it", name, n, size)
	}
	return nil
}
