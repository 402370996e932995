package law

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed *.yaml lists/*.yaml catalogues/*.yaml
var builtin embed.FS

// found is a file as it was met, with all that is wrong with it.
type found struct {
	name   string
	src    []byte
	signer string
	file   *file // nil with a fault in the content
	faults []error
}

func (f *found) fault(err error) { f.faults = append(f.faults, err) }

// readAll reads the built-in files and the operator's over them.
func readAll(o *Options) ([]*file, error) {
	all, faults := byID(readBuiltin())
	if o.Dir != "" {
		met, err := readDir(o.Dir, o.Keys)
		if err != nil {
			return nil, err
		}
		own, wrong := byID(met)
		for id, f := range own {
			if b, ok := all[id]; ok && b.head().schema != f.head().schema {
				wrong = append(wrong, fmt.Errorf("rule pack %s: id %s belongs to a built-in file with schema %s; use another id",
					f.name, id, b.head().schema))
			}
			all[id] = f
		}
		if len(wrong) > 0 {
			faults = append(faults, fmt.Errorf("rule packs in %s: %w", o.Dir, errors.Join(wrong...)))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	var out []*file
	for _, f := range all {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *file) int { return strings.Compare(a.head().id, b.head().id) })
	return out, nil
}

// byID collects the files, and all faults. Ids stand in lower case in some
// records, so case alone tells none apart.
func byID(met []found) (map[string]*file, []error) {
	out, taken := map[string]*file{}, map[string]string{}
	var faults []error
	for _, f := range met {
		faults = append(faults, f.faults...)
		if f.file == nil {
			continue
		}
		id := f.file.head().id
		if other, ok := taken[strings.ToLower(id)]; ok {
			faults = append(faults, fmt.Errorf("rule packs %s and %s have the same id %s", other, f.name, id))
			continue
		}
		taken[strings.ToLower(id)] = f.name
		out[id] = f.file
	}
	return out, faults
}

// readBuiltin reads the built-in files, once: that takes longer than all the
// rest. What it returns is shared and must not be changed.
var readBuiltin = sync.OnceValue(func() []found {
	var out []found
	err := fs.WalkDir(builtin, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f := found{name: path.Base(p)}
		if f.src, err = builtin.ReadFile(p); err != nil {
			return err
		}
		f.read()
		if f.file != nil {
			f.file.builtIn = true
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		out = append(out, found{name: ".", faults: []error{fmt.Errorf("built-in rule packs: %w", err)}})
	}
	return out
})

// read parses the content.
func (f *found) read() {
	var err error
	if f.file, err = parse(f.name, f.src); err != nil {
		f.fault(err)
	}
}
