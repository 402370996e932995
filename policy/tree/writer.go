package tree

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Writer grows a tree in memory and writes its tiles. Add is for one
// goroutine; Snapshot may be called by another.
type Writer struct {
	mu   sync.Mutex
	edge Edge
	full map[slot][]Hash // full tiles that are not written yet
}

type slot struct {
	level int
	index int64
}

// NewWriter returns a tree without entries.
func NewWriter() *Writer { return &Writer{full: map[slot][]Hash{}} }

// Load returns the tree of a checkpoint, read from its tiles and verified
// against its root.
func Load(t Tiles, c Checkpoint) (*Writer, error) {
	w := NewWriter()
	w.edge.size = c.Size
	for level, n := 0, c.Size; n > 0; level, n = level+1, n>>Height {
		hashes := int(n % width)
		row := make([]Hash, hashes, width)
		if hashes > 0 {
			b, err := t.Read(level, n>>Height, hashes)
			if err != nil {
				return nil, fmt.Errorf("tree: %w", err)
			}
			copy(row, Decode(b))
		}
		w.edge.rows = append(w.edge.rows, row)
	}
	if root, err := w.edge.Root(); err != nil || root != c.Root {
		return nil, fmt.Errorf("tree: tiles do not have the root of the checkpoint at %d entries", c.Size)
	}
	return w, nil
}

// Add appends the hash of a leaf.
func (w *Writer) Add(leaf Hash) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.edge.Add(leaf, func(level int, index int64, row []Hash) { w.full[slot{level, index}] = row })
}

// Size returns the number of entries.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.edge.size
}

// Unwritten returns how many full tiles wait to be written.
func (w *Writer) Unwritten() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.full)
}

// Snapshot is a tree at one size with the tiles that are to be written for it.
type Snapshot struct {
	Size  int64
	Root  Hash
	tiles map[string][]Hash
	full  []slot
}

// Snapshot returns the tree as it stands. It copies no tile, so that entries
// wait for it no longer than a root takes.
func (w *Writer) Snapshot() (Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	root, err := w.edge.Root()
	if err != nil {
		return Snapshot{}, fmt.Errorf("tree: %w", err)
	}
	s := Snapshot{Size: w.edge.size, Root: root, tiles: map[string][]Hash{}}
	for at, t := range w.full {
		s.tiles[Name(at.level, at.index, width)] = t
		s.full = append(s.full, at)
	}
	for level := range w.edge.Levels() {
		if index, row := w.edge.Row(level); len(row) > 0 {
			s.tiles[Name(level, index, len(row))] = row
		}
	}
	return s, nil
}

// Write makes the snapshot's tiles durable. It may be called again after an
// error.
func (s Snapshot) Write(files policy.Files, dir string) error {
	dirs := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.tiles)) {
		name, row := filepath.FromSlash(name), s.tiles[name]
		if below := filepath.Dir(name); !dirs[below] {
			if err := makeDirs(files, dir, below); err != nil {
				return fmt.Errorf("tree: %w", err)
			}
			dirs[below] = true
		}
		if err := put(files, filepath.Join(dir, name), Encode(row)); err != nil {
			return fmt.Errorf("tree: %w", err)
		}
	}
	for below := range dirs {
		if err := files.SyncDir(filepath.Join(dir, below)); err != nil {
			return fmt.Errorf("tree: %w", err)
		}
	}
	return nil
}

// put writes a tile by way of a name aside. The name is durable only when its
// directory is synced, which is done once for all tiles in it.
func put(files policy.Files, path string, b []byte) error {
	return journal.Put(files, path, path+Aside, b)
}

// makeDirs makes a directory below dir durable, step by step.
func makeDirs(files policy.Files, dir, below string) error {
	if err := files.MakeDir(filepath.Join(dir, below)); err != nil {
		return err
	}
	for at := below; at != "."; at = filepath.Dir(at) {
		if err := files.SyncDir(filepath.Dir(filepath.Join(dir, at))); err != nil {
			return err
		}
	}
	return nil
}

// Written forgets the full tiles of a snapshot that is durable.
func (w *Writer) Written(s Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, at := range s.full {
		delete(w.full, at)
	}
}
