package audit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// TilesInfo says what ExportTiles wrote.
type TilesInfo struct {
	Origin  string `json:"origin"`
	Entries uint64 `json:"entries"` // that the checkpoint covers
	// First is the first entry that is in a bundle: those before were deleted
	// under retention.
	First   uint64 `json:"first_seq"`
	Bundles int    `json:"bundles"`
	Tiles   int    `json:"tiles"`
}

// ExportTiles writes the log as C2SP tlog-tiles describes it, with the entries
// in bundles, into a directory that any web server can hand out. It holds what
// the newest checkpoint covers. The checkpoint is written last. An entry above
// 65,535 bytes is in its bundle as the line that stands for it.
func ExportTiles(ctx context.Context, s Source, dir string) (TilesInfo, error) {
	from, err := s.locate()
	if err != nil {
		return TilesInfo{}, err
	}
	signed, c, err := newestCheckpoint(s.Files, from)
	if err != nil {
		return TilesInfo{}, err
	}
	x := exporter{files: s.Files, dir: dir, tiles: tree.Tiles{Files: s.Files, Dir: from}, size: c.Size}
	x.info = TilesInfo{Origin: c.Origin, Entries: uint64(c.Size)}
	if err := s.Files.MakeDir(dir); err != nil {
		return x.info, fmt.Errorf("export tiles: %w", err)
	}
	if err := x.copy(); err != nil {
		return x.info, fmt.Errorf("export tiles: %w", err)
	}
	if _, err := ReadFrom(ctx, s, 1, x.entry); err != nil && !errors.Is(err, errStop) {
		return x.info, fmt.Errorf("export tiles: %w", err)
	}
	if err := x.flush(); err != nil {
		return x.info, fmt.Errorf("export tiles: %w", err)
	}
	name := filepath.Join(dir, checkpointName)
	if err := journal.Replace(s.Files, name, name+aside, signed); err != nil {
		return x.info, fmt.Errorf("export tiles: %w", err)
	}
	return x.info, nil
}

type exporter struct {
	files policy.Files
	dir   string
	tiles tree.Tiles
	size  int64
	info  TilesInfo

	bundle []byte
	from   uint64 // index of its first entry
	held   int
	next   uint64      // index of the entry that has to come
	row    []tree.Hash // of the bundle
}

func (x *exporter) put(name string, b []byte) error {
	name = filepath.Join(x.dir, filepath.FromSlash(name))
	if err := x.files.MakeDir(filepath.Dir(name)); err != nil {
		return err
	}
	return journal.Replace(x.files, name, name+aside, b)
}

// copy writes the tiles of the tree.
func (x *exporter) copy() error {
	for level, n := 0, x.size; n > 0; level, n = level+1, n>>tree.Height {
		for index := int64(0); index<<tree.Height < n; index++ {
			width := int(min(n-index<<tree.Height, tileWidth))
			b, err := x.tiles.Read(level, index, width)
			if err != nil {
				return err
			}
			if err := x.put(tree.Name(level, index, width), b); err != nil {
				return err
			}
			x.info.Tiles++
		}
	}
	return nil
}

func (x *exporter) entry(i Item) error {
	index := i.Seq - 1
	if i.Seq > uint64(x.size) {
		return errStop
	}
	if index != x.next || x.held == 0 && index%tileWidth != 0 {
		// Entries before were deleted: the next bundle is the first.
		x.bundle, x.held, x.next = x.bundle[:0], 0, index+1
		return nil
	}
	if x.held == 0 {
		b, err := x.tiles.Read(0, int64(index/tileWidth), int(min(x.size-int64(index), tileWidth)))
		if err != nil {
			return err
		}
		x.row, x.from = tree.Decode(b), index
	}
	if x.row[x.held] != tree.Hash(i.Leaf) {
		return fmt.Errorf("entry %d is not the one in the tree: run customs audit verify", i.Seq)
	}
	leaf := tree.Leaf(i.Bytes)
	x.bundle = append(binary.BigEndian.AppendUint16(x.bundle, uint16(len(leaf))), leaf...)
	x.held, x.next = x.held+1, index+1
	if x.held == tileWidth {
		return x.flush()
	}
	return nil
}

func (x *exporter) flush() error {
	if x.held == 0 {
		return nil
	}
	if x.held < tileWidth && x.from+uint64(x.held) != uint64(x.size) {
		return fmt.Errorf("the log ends at entry %d and its checkpoint covers %d", x.from+uint64(x.held), x.size)
	}
	if x.info.Bundles == 0 {
		x.info.First = x.from + 1
	}
	x.info.Bundles++
	name := tree.Name(0, int64(x.from/tileWidth), x.held)
	err := x.put(tree.Dir+"/entries"+name[len(tree.Dir)+2:], x.bundle)
	x.bundle, x.held = x.bundle[:0], 0
	return err
}
