package audit

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy/tree"
)

// listKept lists the checkpoints that are kept.
func (v *verifier) listKept() error {
	if top, err := v.files.List(v.dir); err != nil || !slices.Contains(top, keptName) {
		return err
	}
	names, err := v.files.List(filepath.Join(v.dir, keptName))
	if err != nil {
		return v.noDir(keptName, err)
	}
	for _, name := range names {
		plain, aside := strings.CutSuffix(name, tree.Aside)
		n, err := strconv.ParseInt(plain, 10, 64)
		switch {
		case err != nil || n < 0 || fmt.Sprintf("%020d", n) != plain:
			return fileFault(ForeignFile, keptName+"/"+name, "no part of a log: move it away, or ask who put it there")
		case aside:
			v.inv.asides = append(v.inv.asides, keptName+"/"+name)
		default:
			v.inv.kept[n] = false
		}
	}
	return nil
}

// keeps takes up that the checkpoint of a size has to be kept, if the newest
// covers as much as upto.
func (v *verifier) keeps(size, upto int64) {
	if _, ok := v.inv.kept[size]; ok {
		v.inv.kept[size] = true
	} else if size <= upto && v.lacking == 0 {
		v.lacking = size
	}
}

// keptAll wants exactly the checkpoints that the entries call for.
func (v *verifier) keptAll() error {
	if v.lacking > 0 {
		return fileFault(Damaged, keptAt(keptName, v.lacking), "the checkpoint that is kept at entry %d is missing", v.lacking)
	}
	for _, size := range slices.Sorted(maps.Keys(v.inv.kept)) {
		if !v.inv.kept[size] {
			return fileFault(ForeignFile, keptAt(keptName, size),
				"no segment ends with entry %d, and it names no key: none is kept there", size)
		}
	}
	if v.o.ChainOnly {
		return nil
	}
	for _, a := range v.late {
		n, err := v.open(a, v.trusted())
		if err == nil {
			err = plainNote(a, n)
		} else {
			err = v.unsignedFault(a, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
