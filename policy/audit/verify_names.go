package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy/tree"
)

// inventory is what stands in a log's directory beside its segments.
type inventory struct {
	tree      bool                        // there are tiles
	head      bool                        // there is a checkpoint
	witnessed bool                        // and one with cosignatures
	kept      map[int64]bool              // checkpoints that are kept, by size; true when one has to be
	full      map[int]*marks              // tiles that are full, by level
	partial   map[tileAt]map[int]struct{} // and the widths of those that are not
	tiles     int
	asides    []string // files that were not finished
}

type tileAt struct {
	level int
	index int64
}

// marks is a set of numbers that are about dense.
type marks struct{ bits []uint64 }

func (m *marks) set(i int64) {
	for int64(len(m.bits)) <= i/64 {
		m.bits = append(m.bits, 0)
	}
	m.bits[i/64] |= 1 << (i % 64)
}

func (m *marks) has(i int64) bool {
	return m != nil && i/64 < int64(len(m.bits)) && m.bits[i/64]>>(i%64)&1 != 0
}

func (m *marks) clear(i int64) { m.bits[i/64] &^= 1 << (i % 64) }

// first returns the lowest number in the set, or -1.
func (m *marks) first() int64 {
	for i, b := range m.bits {
		for j := range 64 {
			if b>>j&1 != 0 {
				return int64(i)*64 + int64(j)
			}
		}
	}
	return -1
}

// maxTile bounds the index of a tile, and so the memory that a file's name can
// make the verifier take: it is far above any log that one machine writes.
const maxTile = 1 << 26

// list accounts for every name in the directory. The checkpoints are read
// before the tiles are listed, and those before the segments are read, so that
// what a running gateway adds meanwhile is never ahead of what it stands on.
func (v *verifier) list() error {
	names, err := v.files.List(v.dir)
	if err != nil {
		return err
	}
	v.inv = inventory{full: map[int]*marks{}, partial: map[tileAt]map[int]struct{}{}, kept: map[int64]bool{}}
	has := map[string]bool{}
	for _, name := range names {
		if has[name] = true; !v.known(name) {
			return fileFault(ForeignFile, name, "no part of a log: move it away, or ask who put it there")
		}
	}
	v.inv.head, v.inv.witnessed = has[checkpointName], has[witnessedName]
	v.inv.tree = has[tree.Dir]
	return nil
}

// The names below the log's directory.
const (
	checkpointName = "checkpoint"
	witnessedName  = "witnessed"
	keptName       = "checkpoints"
	lockName       = "lock"
)

// known reports whether a name of the top directory is one of a log.
func (v *verifier) known(name string) bool {
	switch name {
	case checkpointName, witnessedName, keptName, lockName, tree.Dir:
		return true
	}
	if plain, ok := strings.CutSuffix(name, tree.Aside); ok && v.known(plain) {
		v.inv.asides = append(v.inv.asides, name)
		return true
	}
	for _, suffix := range []string{".jsonl", ".jsonl.zst", ".gone"} {
		digits, ok := strings.CutSuffix(strings.TrimPrefix(name, "segment-"), suffix)
		if n, err := strconv.Atoi(digits); ok && err == nil && n > 0 && name == fmt.Sprintf("segment-%08d%s", n, suffix) {
			return true
		}
	}
	return false
}

// noDir tells a directory that cannot be listed from a file in its place.
func (v *verifier) noDir(name string, err error) error {
	f, oerr := v.files.Open(filepath.Join(v.dir, filepath.FromSlash(name)))
	if oerr == nil {
		f.Close()
	}
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fileFault(ForeignFile, name, "a directory should stand here")
}

// listTiles walks the directories of the tiles.
func (v *verifier) listTiles() error {
	if names, err := v.files.List(v.dir); err != nil || !v.inv.tree && !slices.Contains(names, tree.Dir) {
		return err
	}
	var walk func(name string, depth int) error
	walk = func(name string, depth int) error {
		names, err := v.files.List(filepath.Join(v.dir, filepath.FromSlash(name)))
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // it was filled meanwhile, or is a directory that a test's disk does not know
			}
			return v.noDir(name, err)
		}
		for _, n := range names {
			if err := v.tileName(name+"/"+n, depth, walk); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(tree.Dir, 0)
}

func (v *verifier) tileName(name string, depth int, walk func(string, int) error) error {
	base := name[strings.LastIndexByte(name, '/')+1:]
	plain, aside := strings.CutSuffix(name, tree.Aside)
	level, index, hashes, ok := tree.ParseName(plain)
	switch {
	case ok && index < maxTile && aside:
		v.inv.asides = append(v.inv.asides, name)
	case ok && index < maxTile:
		v.inv.tile(level, index, hashes)
	case depth == 0 && len(base) == 1 && base[0] >= '0' && base[0] <= '7',
		depth > 0 && depth < 6 && strings.HasPrefix(base, "x") && len(base) == 4,
		depth > 0 && strings.HasSuffix(base, ".p") && len(base) == 5:
		return walk(name, depth+1)
	default:
		return fileFault(ForeignFile, name, "no tile of a log: move it away, or ask who put it there")
	}
	return nil
}

func (i *inventory) tile(level int, index int64, hashes int) {
	i.tiles++
	if hashes == tileWidth {
		if i.full[level] == nil {
			i.full[level] = &marks{}
		}
		i.full[level].set(index)
		return
	}
	at := tileAt{level, index}
	if i.partial[at] == nil {
		i.partial[at] = map[int]struct{}{}
	}
	i.partial[at][hashes] = struct{}{}
}

const tileWidth = 1 << tree.Height
