package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy/tree"
)

// leaf adds an entry's hash to the tree and compares what is complete.
func (v *verifier) leaf(i item, at place) error {
	v.places[(i.seq-1)%tileWidth] = at
	var fault error
	v.edge.Add(tlog.Hash(i.leaf), func(level int, index int64, row []tree.Hash) {
		if fault == nil {
			fault = v.row(level, index, row)
		}
	})
	if fault != nil {
		return fault
	}
	return v.reach(int64(i.seq))
}

// reach compares the tree with the checkpoints of that size.
func (v *verifier) reach(size int64) error {
	for v.next < len(v.anchors) && v.anchors[v.next].c.Size == size {
		a := v.anchors[v.next]
		if err := v.vouch(a); err != nil && !v.o.ChainOnly {
			return err
		}
		root, err := v.edge.Root()
		if err != nil {
			return err
		}
		if root != a.c.Root {
			if err := v.edgeRows(); err != nil {
				return err
			}
			if f := v.lostLeaf(v.good, size); f != nil {
				return f
			}
			return v.rootFault(a)
		}
		if v.next++; a.known {
			v.sum.Anchored = max(v.sum.Anchored, uint64(size))
		}
		v.good = size
	}
	return nil
}

// rootFault names entries that are not those of a checkpoint.
func (v *verifier) rootFault(a anchor) error {
	kind, problem := Edited, "the entries are not those that it was signed for"
	if a.known {
		kind, problem = Forked, "the log holds other entries than it was signed for: there were two histories"
	}
	if v.good == a.c.Size && v.good > 0 {
		return fileFault(Forked, a.name, "another checkpoint at %d entries says otherwise, and the log bears that one out", a.c.Size)
	}
	f := fileFault(kind, a.name, "%s", problem)
	f.Seq, f.To = uint64(v.good)+1, uint64(a.c.Size)
	return f
}

// row compares a full tile's worth of hashes with the tiles on the disk.
func (v *verifier) row(level int, index int64, row []tree.Hash) error {
	at := tileAt{level, index}
	for _, w := range slices.Sorted(maps.Keys(v.inv.partial[at])) {
		if err := v.tile(level, index, w, row); err != nil {
			return err
		}
	}
	delete(v.inv.partial, at)
	if !v.inv.full[level].has(index) {
		if end := (index + 1) << (tree.Height * (level + 1)); end <= v.newest {
			return fileFault(Damaged, tree.Name(level, index, tileWidth), "tile is missing")
		}
		return nil
	}
	v.inv.full[level].clear(index)
	return v.tile(level, index, tileWidth, row)
}

// edgeRows compares the tiles that are not full, up to what is there.
func (v *verifier) edgeRows() error {
	for level := range v.edge.Levels() {
		index, row := v.edge.Row(level)
		for _, w := range slices.Sorted(maps.Keys(v.inv.partial[tileAt{level, index}])) {
			if w > len(row) {
				if err := v.leading(level, index, w, row); err != nil {
					return err
				}
			} else if err := v.tile(level, index, w, row); err != nil {
				return err
			}
		}
		if v.inv.full[level].has(index) {
			if err := v.leading(level, index, tileWidth, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// leading compares the first hashes of a tile that goes on.
func (v *verifier) leading(level int, index int64, width int, row []tree.Hash) error {
	b, err := v.readTile(tree.Name(level, index, width), width)
	if err != nil || b == nil || len(row) == 0 {
		return err
	}
	return v.compare(level, index, width, b[:len(row)*tlog.HashSize], row)
}

// tile compares all of a tile.
func (v *verifier) tile(level int, index int64, width int, row []tree.Hash) error {
	b, err := v.readTile(tree.Name(level, index, width), width)
	if err != nil || b == nil {
		return err
	}
	v.sum.Tiles++
	return v.compare(level, index, width, b, row[:width])
}

// readTile reads a tile of exactly that width. One that went away meanwhile,
// as partial ones do when they are filled, is nil.
func (v *verifier) readTile(name string, width int) ([]byte, error) {
	f, err := v.files.Open(filepath.Join(v.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) && width < tileWidth {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	want := width * tlog.HashSize
	v.buf = append(v.buf[:0], make([]byte, want+1)...)
	n, err := io.ReadFull(f, v.buf)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if n != want {
		return nil, fileFault(Damaged, name, "tile holds %d bytes or more; %d are right", n, want)
	}
	return v.buf[:want], nil
}

func (v *verifier) compare(level int, index int64, width int, b []byte, row []tree.Hash) error {
	for i, h := range row {
		if bytes.Equal(b[i*tlog.HashSize:(i+1)*tlog.HashSize], h[:]) {
			continue
		}
		if seq := index*tileWidth + int64(i) + 1; level == 0 && v.attested(seq) {
			return v.otherwise(uint64(seq))
		}
		f := fileFault(Damaged, tree.Name(level, index, width), "tile does not hold the hashes of the entries")
		if f.Offset = int64(i * tlog.HashSize); level == 1 {
			return v.orLost(f, index*tileWidth+int64(i))
		}
		return f
	}
	return nil
}

// orLost blames the tile below when its entries are gone and a checkpoint
// vouches for what stands above.
func (v *verifier) orLost(f *Fault, below int64) *Fault {
	if _, ok := v.stored(8, below, (below+1)*tileWidth); ok {
		if lost := v.lostLeaf(below*tileWidth, (below+1)*tileWidth); lost != nil {
			return lost
		}
	}
	return f
}

// attested reports whether the tiles' hash of an entry is one that a
// checkpoint of the log vouches for.
func (v *verifier) attested(seq int64) bool {
	_, ok := v.hashes(seq)
	return ok
}

// hashes returns the hash of an entry that a checkpoint vouches for.
func (v *verifier) hashes(seq int64) (tree.Hash, bool) {
	if seq < 1 {
		return tree.Hash{}, false
	}
	return v.stored(0, seq-1, seq)
}

// stored returns a hash of the tree that a checkpoint of at least that size
// vouches for: one that is trusted so far, or else any of the log's. It serves
// to tell what was done, and never to accept anything.
func (v *verifier) stored(level int, n, size int64) (tree.Hash, bool) {
	for _, strict := range []bool{true, false} {
		for i := len(v.anchors) - 1; i >= 0; i-- {
			a := v.anchors[i]
			if a.c.Size < size || a.known {
				continue
			}
			if _, err := v.open(a, v.trusted()); strict && err != nil {
				continue
			}
			h, err := tree.Tiles{Files: v.files, Dir: v.dir}.Hashes(a.c).ReadHashes([]int64{tlog.StoredHashIndex(level, n)})
			if err == nil {
				return h[0], true
			}
		}
	}
	return tree.Hash{}, false
}

// tail compares what stands at the right edge when all entries were seen.
func (v *verifier) tail(end uint64, at place) error {
	if v.next < len(v.anchors) {
		return v.short(end, at)
	}
	for level := range v.edge.Levels() {
		index, row := v.edge.Row(level)
		part := tileAt{level, index}
		for _, w := range slices.Sorted(maps.Keys(v.inv.partial[part])) {
			if w > len(row) {
				continue
			}
			if err := v.tile(level, index, w, row); err != nil {
				return err
			}
			delete(v.inv.partial[part], w)
		}
		if len(v.inv.partial[part]) == 0 {
			delete(v.inv.partial, part)
		}
	}
	if err := v.needed(); err != nil {
		return err
	}
	return v.ahead(end, at)
}

// short names entries that a checkpoint covers and the log does not hold.
func (v *verifier) short(end uint64, at place) error {
	for _, a := range v.anchors[v.next:] {
		if !a.known {
			f := seqFault(Truncated, end+1, at, "the log ends here; %s covers %d entries", a.name, a.c.Size)
			f.To = uint64(a.c.Size)
			return f
		}
	}
	a := v.anchors[v.next]
	f := seqFault(RolledBack, end+1, at, "the log ends here; %s covers %d entries", a.name, a.c.Size)
	f.To = uint64(a.c.Size)
	return f
}

// needed wants the tiles of the newest checkpoint, by which others prove.
func (v *verifier) needed() error {
	tiles := tree.Tiles{Files: v.files, Dir: v.dir}
	for level, n := 0, v.newest; n > 0; level, n = level+1, n>>tree.Height {
		if w := int(n % tileWidth); w > 0 {
			_, err := tiles.Read(level, n>>tree.Height, w)
			if errors.Is(err, fs.ErrNotExist) {
				return fileFault(Damaged, tree.Name(level, n>>tree.Height, w), "tile is missing")
			}
			if err != nil {
				return fileFault(Damaged, tree.Name(level, n>>tree.Height, w), "tile is not readable")
			}
		}
	}
	return nil
}

// ahead names tiles of entries that are not there.
func (v *verifier) ahead(end uint64, at place) error {
	name := ""
	for part, widths := range v.inv.partial {
		for w := range widths {
			if n := tree.Name(part.level, part.index, w); name == "" || n < name {
				name = n
			}
		}
	}
	for level, m := range v.inv.full {
		if i := m.first(); i >= 0 {
			if n := tree.Name(level, i, tileWidth); name == "" || n < name {
				name = n
			}
		}
	}
	if name == "" {
		return nil
	}
	if v.o.Live {
		v.warn(fmt.Sprintf("%s and what follows hold hashes of entries after %d that the copy does not hold; nothing signed covers them", name, end))
		return nil
	}
	return seqFault(Truncated, end+1, at, "the log ends here and %s holds the hashes of more entries; if the copy was made while a gateway wrote, say so", name)
}
