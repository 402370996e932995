package rules

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// LoadFiles returns the built-in catalogue with an operator's files over it,
// in their order; without any it is Default. A list is looked for in the folder
// of the file that names it. An error that is *Faults tells all that is wrong.
func LoadFiles(paths ...string) (*Catalogue, error) {
	if len(paths) == 0 {
		return Default()
	}
	var files []File
	var faults Faults
	for _, p := range paths {
		data, err := readFile(p, MaxSize)
		if err != nil {
			faults.List = append(faults.List, Fault{File: p, Code: "unreadable", args: []any{err}})
		}
		files = append(files, File{p, data})
	}
	if faults.List != nil {
		return nil, &faults
	}
	return Extend(func(file, name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return readFile(name, MaxListSize)
	}, files...)
}

// readFile reads a regular file of at most so many bytes. Its errors do not
// repeat the path.
func readFile(path string, most int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, bare(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a file")
	case info.Size() > int64(most):
		return nil, fmt.Errorf("has %d bytes, at most %d are read", info.Size(), most)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, bare(err)
	}
	return data, nil
}

func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
