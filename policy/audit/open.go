package audit

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/datacustoms/customs/policy/tree"
)

// load checks the log and finds where to go on. It returns the publisher of a
// log with a tree.
func (l *Log) load(ctx context.Context) (*publisher, error) {
	files := l.opts.Files
	var err error
	if l.cut, err = dropBlank(files, l.dir); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	l.tidy()
	var signed signedTree
	if l.opts.Signers != nil {
		if signed, err = l.readTree(); err != nil {
			return nil, fmt.Errorf("audit: open %s: %w", l.dir, err)
		}
	}
	end, err := l.readTail(ctx, signed)
	if err != nil {
		return nil, fmt.Errorf("audit: open %s: %w", l.dir, err)
	}
	l.last = end.seq
	l.w = writer{files: files, dir: l.dir, node: l.opts.Node, now: l.opts.Now, full: l.opts.SegmentBytes,
		acked: end.ordinal, size: end.size, seq: end.seq, chain: end.chain, first: end.first, day: dayOf(end.began)}
	if end.ordinal > 0 {
		name := segmentName(l.dir, end.ordinal)
		if end.torn > 0 {
			l.cut += end.torn
			if err := files.Truncate(name, end.size); err != nil {
				return nil, fmt.Errorf("audit: cut the incomplete last line of %s: %w", name, err)
			}
		}
		if err := l.resume(name, end.size); err != nil {
			return nil, err
		}
	}
	if l.opts.Signers == nil {
		return nil, nil
	}
	return l.publisher(signed)
}

// tidy removes what a crash left unfinished. What cannot be removed is in
// nobody's way.
func (l *Log) tidy() {
	names, _ := l.opts.Files.List(l.dir)
	for _, n := range names {
		if n == "probe" || strings.HasSuffix(n, aside) {
			_ = l.opts.Files.Remove(filepath.Join(l.dir, n))
		}
	}
}

// settleTree compares what was read with what was signed.
func (l *Log) settleTree(ctx context.Context, e end, signed signedTree, damaged bool, carry []byte) error {
	if e.ordinal > 0 && e.state != Opened {
		return &Fault{Seq: e.seq + 1, Segment: filepath.Base(segmentName(l.dir, e.ordinal+1)), Kind: RolledBack,
			Problem: "the newest segment is missing; restore the log from a copy"}
	}
	if l.opts.Signers == nil {
		return nil
	}
	if uint64(signed.Size) > e.seq {
		return &Fault{Seq: e.seq + 1, Segment: checkpointName, Kind: RolledBack, Problem: fmt.Sprintf(
			"the log ends with entry %d and its checkpoint covers %d: entries were lost, or an older copy was put back; restore the newest copy",
			e.seq, signed.Size)}
	}
	if len(carry) > 0 {
		if err := writeCarry(l.opts.Files, l.opts.Carry, e.ordinal, carry); err != nil {
			l.fail("archive", fmt.Errorf("audit: write down open flows: %w", err))
		}
	}
	if damaged || l.tree == nil || uint64(l.tree.Size()) != e.seq {
		return l.rebuild(ctx, signed)
	}
	return nil
}

// publisher returns the one that goes on where the newest checkpoint ends. It
// signs what stands, so that the log verifies from now on; a log without any
// checkpoint is not opened before it has one.
func (l *Log) publisher(signed signedTree) (*publisher, error) {
	l.covered.Store(uint64(signed.Size))
	p := &publisher{l: l, size: signed.Size, signed: len(signed.text) > 0, keys: signed.keys}
	p.partial = leftovers(signed.Size, l.tree.Size())
	if err := l.oweBorders(); err != nil {
		return nil, fmt.Errorf("audit: open %s: %w", l.dir, err)
	}
	err := p.publish()
	if err != nil && p.signed {
		l.fail("tree", err)
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; without a first checkpoint nothing vouches for the log, and it is not opened", err)
	}
	return p, nil
}

// leftovers returns where partial tiles may stand that were written since the
// newest checkpoint, and before a crash.
func leftovers(from, to int64) []string {
	out := partials(from)
	for level := 1; level < 4; level++ {
		for n := from >> (tree.Height * level); n <= to>>(tree.Height*level) && len(out) < flush/16; n++ {
			out = append(out, tree.Name(level-1, n, 1))
		}
	}
	return out
}
