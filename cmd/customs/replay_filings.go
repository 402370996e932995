package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// The bounds of --filings.
const (
	maxFilingFile = 64 << 20
	maxFilings    = 20_000
)

// otherFilings reads the filings to ask under. All faults come at once. A
// filing gets the revision that it would have if it were added now.
func (s *sources) otherFilings(names []string) ([]policy.Filing, error) {
	var out []policy.Filing
	var faults []error
	at := map[string]string{}
	for _, name := range names {
		files, err := filingFiles(name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			list, err := readFilings(file)
			faults = append(faults, err)
			for _, f := range list {
				if other, twice := at[f.ID]; twice {
					faults = append(faults, fmt.Errorf("%s: %s is also in %s; give it once", file, registry.Named(f.ID), other))
				}
				at[f.ID] = file
				faults = append(faults, faultIn(file, registry.Validate(f, s.books[0])))
				f.Revision = s.newest(f.ID) + 1
				out = append(out, f)
			}
		}
	}
	if len(out) > maxFilings {
		return nil, fmt.Errorf("more than %d filings", maxFilings)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if len(names) > 0 && len(out) == 0 {
		return nil, errors.New("holds no filing; give *.json files as customs filing show --format json prints them")
	}
	return out, nil
}

func faultIn(file string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", file, err)
}

// newest is the newest revision of a filing in the register, or 0.
func (s *sources) newest(id string) int {
	if s.show == nil {
		return 0
	}
	f, err := s.show(id, 0)
	if err != nil {
		return 0
	}
	return f.Revision
}

func filingFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	return filepath.Glob(filepath.Join(name, "*.json"))
}

// readFilings reads the documents of a file, one after the other.
func readFilings(file string) ([]policy.Filing, error) {
	text, err := readBounded(file, maxFilingFile)
	if err != nil {
		return nil, err
	}
	var out []policy.Filing
	var faults []error
	dec := json.NewDecoder(bytes.NewReader(text))
	for n := 1; n <= maxFilings+1; n++ {
		var doc json.RawMessage
		err := dec.Decode(&doc)
		if err == io.EOF {
			break
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: document %d is not JSON", file, n))
			break
		}
		f, err := registry.Parse(bytes.NewReader(doc))
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: document %d: %w", file, n, err))
			continue
		}
		out = append(out, f)
	}
	return out, errors.Join(faults...)
}
