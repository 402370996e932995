package audit

import (
	"context"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// tail is the end of a log as Open reads it: from the newest place before which
// everything that is needed of it is known.
type tail struct {
	l      *Log
	shelf  *shelf
	signed signedTree
	newest int    // the last segment
	from   border // where the open flows are known
	known  leaves // compares what a checkpoint covers
	grow   *tree.Writer
	carry  []byte // to be written for the last segment
}

func (l *Log) readTail(ctx context.Context, signed signedTree) (end, error) {
	files := l.opts.Files
	shelf, err := openShelf(files, l.dir)
	if err != nil {
		return end{}, err
	}
	t := &tail{l: l, shelf: shelf, signed: signed}
	for i, n := range shelf.all {
		if t.newest = n; n != i+1 {
			return end{}, &Fault{Segment: filepath.Base(segmentName(l.dir, i+1)), Kind: Deleted,
				Problem: "segment is missing; restore it from a copy of the log"}
		}
	}
	t.from, l.found = newestCarry(files, l.opts.Carry, shelf, t.newest)
	want, err := t.begin()
	if err != nil {
		return end{}, err
	}
	t.plant(want)
	want.begin = t.segment
	e, err := want.run(ctx, files, l.dir, t.entry)
	if err != nil {
		return e, err
	}
	if e.ordinal == 0 && len(shelf.all) > 0 {
		return e, headerFault(l.dir, 1, nil)
	}
	return e, l.settleTree(ctx, e, signed, t.known.bad, t.carry)
}

// begin returns the reading from the segment on that is needed: for the open
// flows, and for the entries that no checkpoint covers.
func (t *tail) begin() (reading, error) {
	if t.l.opts.Signers == nil || uint64(t.signed.Size) >= t.from.seq {
		return reading{from: &t.from}, nil
	}
	i, err := t.shelf.holding(uint64(t.signed.Size) + 1)
	if err != nil {
		return reading{}, err
	}
	if t.shelf.all[i] == 1 {
		return reading{from: &border{ordinal: 1}}, nil
	}
	return reading{ordinal: t.shelf.all[i]}, nil
}

// plant finds the tree that the entries are added to. Without one it is made
// anew after the reading.
func (t *tail) plant(want reading) {
	l := t.l
	if l.opts.Signers == nil {
		return
	}
	tiles := tree.Tiles{Files: l.opts.Files, Dir: l.dir}
	t.known = leaves{tiles: tiles, size: t.signed.Size}
	switch {
	case t.signed.Size > 0:
		var err error
		if l.tree, err = tree.Load(tiles, t.signed.Checkpoint); err != nil {
			l.tree, t.known.bad = nil, true
		}
	case want.from != nil && want.from.seq == 0 && t.newest <= 1:
		l.tree = tree.NewWriter() // one segment that was never signed
	}
	t.grow = l.tree
}

// segment writes down the flows that are open where the last segment begins.
func (t *tail) segment(b border) (err error) {
	if b.ordinal == t.newest && b.ordinal > t.from.ordinal && t.l.opts.Signers != nil {
		t.carry, err = encodeCarry(b, t.l.found)
	}
	return err
}

func (t *tail) entry(i item) error {
	if t.l.opts.Signers != nil && i.seq > uint64(t.signed.Size) && kindIs(i.entry, policy.KindAdmin) {
		e, err := Item{Bytes: i.entry, Seq: i.seq}.Entry()
		if err != nil {
			return err
		}
		if key := t.l.rotation(e.Kind, e.Admin); key != "" {
			t.l.introduces(key, int64(i.seq))
		}
	}
	switch {
	case t.l.opts.Signers == nil:
	case i.seq <= uint64(t.signed.Size):
		t.known.check(i.seq, i.leaf)
	case t.grow != nil:
		t.grow.Add(tree.Hash(i.leaf))
	}
	if i.seq <= t.from.seq {
		return nil
	}
	return t.l.found.add(i.entry)
}
