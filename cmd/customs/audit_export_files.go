package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/export"
)

// partSuffix ends the name under which an export is written until it is whole.
const partSuffix = ".part"

// wholeFile writes a file under another name and gives it its own when it is
// whole and durable.
func wholeFile(cmd *cobra.Command, name string, write func(io.Writer) error) (err error) {
	if err := freeName(cmd, name); err != nil {
		return err
	}
	part := name + partSuffix
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	err = write(b)
	if err = errors.Join(err, b.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

// freeName refuses a name that is taken, without --force.
func freeName(cmd *cobra.Command, name string) error {
	force, _ := cmd.Flags().GetBool("force")
	if _, err := os.Lstat(name); err == nil && !force {
		return fmt.Errorf("%s is there already; choose another name, or overwrite it with --force", name)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// wholeBundle writes a directory, or an archive where the name ends in .zip.
func wholeBundle(cmd *cobra.Command, name string, write func(export.Bundle) error) error {
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		return wholeFile(cmd, name, func(w io.Writer) error {
			z := zip.NewWriter(w)
			return errors.Join(write(z), z.Close())
		})
	}
	if err := freeName(cmd, name); err != nil {
		return err
	}
	part := filepath.Clean(name) + partSuffix
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	d := &dirBundle{dir: part}
	if err := errors.Join(write(d), d.end()); err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	old := part + ".old"
	if err := os.Rename(name, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(old), syncDir(filepath.Dir(filepath.Clean(name))))
}

// dirBundle is an export.Bundle of files in a directory.
type dirBundle struct {
	dir  string
	file *os.File
}

// Create implements export.Bundle.
func (d *dirBundle) Create(name string) (io.Writer, error) {
	if err := d.end(); err != nil {
		return nil, err
	}
	if !filepath.IsLocal(name) {
		return nil, fmt.Errorf("%q is no name of a file in a pack", name)
	}
	path := filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	d.file = f
	return f, nil
}

func (d *dirBundle) end() error {
	if d.file == nil {
		return nil
	}
	f := d.file
	d.file = nil
	return errors.Join(f.Sync(), f.Close())
}
