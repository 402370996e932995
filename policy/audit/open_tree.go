package audit

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/tree"
)

// verifying is a signer that can tell its own signature.
type verifying interface{ Verifier() note.Verifier }

// signedTree is what Open finds of the tree.
type signedTree struct {
	tree.Checkpoint
	text []byte // the newest checkpoint; empty without one
	keys string // who signed it
}

// readTree reads the newest checkpoint. It has to be of this log's key, so far
// as the signers can tell.
func (l *Log) readTree() (signedTree, error) {
	var t signedTree
	f, err := l.opts.Files.Open(filepath.Join(l.dir, checkpointName))
	if missing(err) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	defer f.Close()
	fault := func(problem string) error { return &Fault{Segment: checkpointName, Problem: problem} }
	if t.text, err = io.ReadAll(io.LimitReader(f, tree.MaxCheckpoint+1)); err != nil {
		return t, err
	}
	text, _, ok := strings.Cut(string(t.text), "\n\n")
	if !ok || len(t.text) > tree.MaxCheckpoint {
		return t, fault("checkpoint is not readable; put it back from a copy of the log")
	}
	if t.Checkpoint, err = tree.ParseCheckpoint(text + "\n"); err != nil {
		return t, fault(err.Error() + "; put it back from a copy of the log")
	}
	if t.Origin != l.opts.Origin {
		return t, fault("checkpoint is of another log than this node's; its name is in the first line")
	}
	if keys := l.verifiers(); keys != nil {
		if _, _, err := tree.OpenCheckpoint(t.text, keys...); err != nil {
			return t, fault(err.Error() + "; restore the log's key, or the checkpoint from a copy of the log")
		}
	}
	t.keys = signersOf(t.text)
	return t, nil
}

// verifiers returns the public keys of all signers, or nil when one of them
// does not tell its own.
func (l *Log) verifiers() (out []note.Verifier) {
	for _, s := range l.opts.Signers() {
		v, ok := s.(verifying)
		if !ok {
			return nil
		}
		out = append(out, v.Verifier())
	}
	return out
}

// signersOf names the keys under a note as keysOf does.
func signersOf(text []byte) string {
	var out []string
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "\u2014 ")
		name, sig, found := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
		if b, err := base64.StdEncoding.DecodeString(sig); ok && found && err == nil && len(b) > 4 {
			out = append(out, fmt.Sprintf("%s+%08x", name, binary.BigEndian.Uint32(b)))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// leaves compares entries that a checkpoint covers with the tiles.
type leaves struct {
	tiles tree.Tiles
	size  int64
	index int64 // of the tile that is held
	row   []tree.Hash
	bad   bool // a tile is gone, or says something else
}

func (v *leaves) check(seq uint64, leaf Hash) {
	if v.bad {
		return
	}
	at := int64(seq - 1)
	if index := at >> tree.Height; v.row == nil || index != v.index {
		v.index = index
		v.row = leafTile(v.tiles, index, v.size)
	}
	if i := at & (1<<tree.Height - 1); i >= int64(len(v.row)) || v.row[i] != tree.Hash(leaf) {
		v.bad = true
	}
}

// leafTile returns the leaf hashes of one tile of a tree of that size, or nil.
func leafTile(t tree.Tiles, index, size int64) []tree.Hash {
	n := min(size-index<<tree.Height, 1<<tree.Height)
	if n <= 0 {
		return nil
	}
	b, err := t.Read(0, index, int(n))
	if err != nil {
		return nil
	}
	out := make([]tree.Hash, n)
	for i := range out {
		out[i] = tree.Hash(b[i*len(out[i]):])
	}
	return out
}

// flush is how many leaves are added before full tiles are written.
const flush = 1 << 16

// rebuild makes the tree from all segments, and from the leaf hashes of those
// that were deleted, and writes its tiles. A checkpoint that does not fit is a
// *Fault; nothing is written then.
func (l *Log) rebuild(ctx context.Context, t signedTree) error {
	files := l.opts.Files
	if t.Size > 0 {
		w := tree.NewWriter()
		err := l.eachLeaf(ctx, t.Size, func(leaf tree.Hash) error {
			w.Add(leaf)
			if n := w.Size(); n != t.Size && n%flush != 0 {
				return nil
			}
			s, err := w.Snapshot()
			if err != nil {
				return err
			}
			if w.Written(s); s.Size == t.Size && s.Root != t.Root {
				return &Fault{Segment: checkpointName, Problem: fmt.Sprintf("the first %d entries are not those that were signed; "+
					"restore the log from a copy", t.Size)}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	w := tree.NewWriter()
	var full error // of the disk; the publisher tries again
	write := func() {
		s, err := w.Snapshot()
		if full == nil && err == nil {
			err = s.Write(files, l.dir)
		}
		if full == nil && err != nil {
			full = err
			l.fail("tree", fmt.Errorf("audit: write tiles: %w", err))
		}
		if full == nil {
			w.Written(s)
		}
	}
	err := l.eachLeaf(ctx, t.Size, func(leaf tree.Hash) error {
		if w.Add(leaf); w.Size()%flush == 0 {
			write()
		}
		return nil
	})
	if err != nil {
		return err
	}
	write()
	l.tree = w
	return nil
}

// eachLeaf calls fn for the leaf hash of every entry. size is that of the tree
// whose tiles stand for deleted segments.
func (l *Log) eachLeaf(ctx context.Context, size int64, fn func(tree.Hash) error) error {
	tiles := tree.Tiles{Files: l.opts.Files, Dir: l.dir}
	next := uint64(1)
	missed := func(until uint64) error { // entries that were deleted
		for ; next < until; next++ {
			at := int64(next - 1)
			row := leafTile(tiles, at>>tree.Height, size)
			if i := at & (1<<tree.Height - 1); i < int64(len(row)) {
				if err := fn(row[i]); err != nil {
					return err
				}
				continue
			}
			return &Fault{Seq: next, Segment: tree.Name(0, at>>tree.Height, 1<<tree.Height),
				Problem: "the tile that holds the leaf hashes of a deleted segment is gone; restore it from a copy of the log"}
		}
		return nil
	}
	e, err := reading{begin: func(b border) error { return missed(b.seq + 1) }}.run(ctx, l.opts.Files, l.dir, func(i item) error {
		if next != i.seq {
			return errors.New("entries are out of order")
		}
		next++
		return fn(tree.Hash(i.leaf))
	})
	if err != nil {
		return err
	}
	return missed(e.seq + 1)
}
