package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Fault names the first place where a log is not what was written.
type Fault struct {
	// Seq is the number of the entry that is faulty or missing; zero when a
	// segment as a whole is at fault.
	Seq     uint64 `json:"seq,omitempty"`
	Segment string `json:"segment"` // file name
	Offset  int64  `json:"offset"`  // of the line
	Problem string `json:"problem"`
}

func (f *Fault) Error() string {
	if f.Seq == 0 {
		return fmt.Sprintf("%s: %s", f.Segment, f.Problem)
	}
	return fmt.Sprintf("entry %d (%s, byte %d): %s", f.Seq, f.Segment, f.Offset, f.Problem)
}

// item is one checked entry.
type item struct {
	seq   uint64
	leaf  Hash
	entry []byte // valid during the call
}

// end is where a scan stopped.
type end struct {
	segments int
	ordinal  int   // of the last segment
	size     int64 // its complete lines
	torn     int64 // bytes of an incomplete line after them
	cut      int64 // bytes after segments that were cut off
	blank    int64 // bytes of a last segment without a complete header
	blankAt  int   // its ordinal
	seq      uint64
	chain    Hash
}

// scan checks all segments in order and hands each entry to fn.
func scan(ctx context.Context, files policy.Files, dir string, fn func(item) error) (end, error) {
	var e end
	all, err := ordinals(files, dir)
	if err != nil {
		return e, err
	}
	for i, ordinal := range all {
		if ordinal != i+1 {
			return e, &Fault{Segment: filepath.Base(segmentName(dir, i+1)), Seq: e.seq + 1, Problem: "segment is missing"}
		}
		limit := int64(-1)
		cut := false
		if i+1 < len(all) {
			h, blank, err := readHeader(files, dir, all[i+1])
			switch {
			case blank && i+2 == len(all):
				// A first batch that is being written, or never was finished.
				if e.blank, _, err = blankSize(files, dir, all[i+1]); err != nil {
					return e, err
				}
				e.blankAt = all[i+1]
				all = all[:i+1]
			case blank || err != nil:
				return e, headerFault(dir, all[i+1], err)
			default:
				limit, cut = h.PrevBytes, h.Cut
			}
		}
		if err := e.segment(ctx, files, dir, ordinal, limit, cut, fn); err != nil {
			return e, err
		}
		if i+1 == len(all) {
			break
		}
	}
	return e, nil
}

func headerFault(dir string, ordinal int, err error) error {
	f := &Fault{Segment: filepath.Base(segmentName(dir, ordinal)), Problem: "segment has no header"}
	if err != nil {
		f.Problem = err.Error()
	}
	return f
}

// segment checks one segment. limit is its length as the next segment states
// it, or -1 for the last one.
func (e *end) segment(ctx context.Context, files policy.Files, dir string, ordinal int, limit int64, cut bool,
	fn func(item) error) error {
	name := segmentName(dir, ordinal)
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if limit >= 0 {
		size, err := f.Size()
		if err != nil {
			return err
		}
		if size < limit || (size > limit && !cut) {
			// The lines before the end may name the entry more exactly.
			cut = false
		} else {
			e.cut += size - limit
		}
		if cut {
			r = io.LimitReader(f, limit)
		}
	}
	blank := true
	size, torn, err := journal.Lines(r, maxLine, func(at int64, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if at == 0 {
			blank = false
			return e.header(name, ordinal, line)
		}
		return e.line(name, at, line, fn)
	})
	switch {
	case errors.Is(err, journal.ErrLong):
		return &Fault{Seq: e.seq + 1, Segment: filepath.Base(name), Offset: size, Problem: err.Error()}
	case err != nil:
		return err
	case blank && (ordinal > 1 || limit >= 0):
		return headerFault(dir, ordinal, nil)
	case blank:
		e.blank, e.blankAt = torn, ordinal // a log whose first batch was never finished
		return nil
	case limit >= 0 && (size != limit || torn > 0):
		return &Fault{Seq: e.seq + 1, Segment: filepath.Base(name), Offset: size,
			Problem: fmt.Sprintf("segment ends at byte %d; the next one says %d", size+torn, limit)}
	}
	e.segments, e.ordinal, e.size, e.torn = e.segments+1, ordinal, size, torn
	return nil
}

func (e *end) header(name string, ordinal int, line []byte) error {
	h, err := parseHeader(line)
	fault := func(problem string) error {
		return &Fault{Segment: filepath.Base(name), Problem: problem}
	}
	switch {
	case err != nil:
		return fault(err.Error())
	case h.Ordinal != ordinal:
		return fault(fmt.Sprintf("segment %d stands under this name", h.Ordinal))
	case h.First != e.seq+1:
		return fault(fmt.Sprintf("segment begins with entry %d; entry %d is expected", h.First, e.seq+1))
	case h.Prev != e.chain.String():
		return fault("segment does not follow the one before it")
	}
	e.chain = seal(line)
	return nil
}

func (e *end) line(name string, at int64, line []byte, fn func(item) error) error {
	want := e.seq + 1
	fault := func(problem string) error {
		return &Fault{Seq: want, Segment: filepath.Base(name), Offset: at, Problem: problem}
	}
	chain, seq, entry, err := parseLine(line)
	if err != nil {
		return fault(err.Error())
	}
	leaf := LeafHash(entry)
	got := e.chain.next(leaf)
	switch {
	case got != chain && seq != want:
		return fault(fmt.Sprintf("entry %d stands in its place", seq))
	case got != chain:
		return fault("entry or its chain value was changed, or the entry before it was")
	case seq != want:
		return fault(fmt.Sprintf("entry is numbered %d", seq))
	}
	e.seq, e.chain = seq, chain
	return fn(item{seq, leaf, entry})
}
