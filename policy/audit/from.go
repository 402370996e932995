package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// Item is one entry as it stands in the log.
type Item struct {
	Seq   uint64 // from 1; the leaf's index in the tree is Seq-1
	Leaf  Hash
	Bytes []byte // canonical; valid during the call
}

// Entry decodes the item.
func (i Item) Entry() (policy.Entry, error) {
	var e policy.Entry
	if err := json.Unmarshal(i.Bytes, &e); err != nil {
		return e, fmt.Errorf("entry %d is not readable: %w", i.Seq, err)
	}
	return e, nil
}

// errStop ends a reading early.
var errStop = errors.New("stop")

// ReadFrom calls fn for every entry from seq on, in order, and returns the
// number of the last one that it saw. It begins near the entry: the chain is
// checked from there on.
func ReadFrom(ctx context.Context, s Source, seq uint64, fn func(Item) error) (uint64, error) {
	dir, err := s.locate()
	if err != nil {
		return 0, err
	}
	shelf, err := openShelf(s.Files, dir)
	if err != nil {
		return 0, err
	}
	return shelf.readFrom(ctx, seq, fn)
}

func (s *shelf) readFrom(ctx context.Context, seq uint64, fn func(Item) error) (uint64, error) {
	if len(s.all) == 0 {
		return 0, nil
	}
	i, err := s.holding(seq)
	if err != nil {
		return 0, err
	}
	e, err := reading{ordinal: s.all[i], seq: seq}.run(ctx, s.files, s.dir, func(i item) error {
		return fn(Item{i.seq, i.leaf, i.entry})
	})
	return e.seq, err
}

// stride is how far entries may lie apart that At reads in one go.
const stride = 64

// At returns the entries of those numbers, in their order. One that the log
// does not hold, or not any more, is ErrNoRecord. It reads one block for those
// that stand together.
func At(ctx context.Context, s Source, seqs ...uint64) ([]policy.Entry, error) {
	dir, err := s.locate()
	if err != nil {
		return nil, err
	}
	shelf, err := openShelf(s.Files, dir)
	if err != nil {
		return nil, err
	}
	want := slices.Clone(seqs)
	slices.Sort(want)
	want = slices.Compact(want)
	found := make(map[uint64]policy.Entry, len(want))
	for len(want) > 0 {
		_, err := shelf.readFrom(ctx, want[0], func(i Item) error {
			for len(want) > 0 && want[0] < i.Seq {
				want = want[1:] // it is not in the log
			}
			if len(want) == 0 || want[0] > i.Seq+stride {
				return errStop
			}
			if want[0] > i.Seq {
				return nil
			}
			e, err := i.Entry()
			found[i.Seq], want = e, want[1:]
			return err
		})
		if err == nil {
			break // the end of the log
		}
		if !errors.Is(err, errStop) {
			return nil, err
		}
	}
	out := make([]policy.Entry, 0, len(seqs))
	for _, n := range seqs {
		e, ok := found[n]
		if !ok {
			return nil, fmt.Errorf("entry %d: %w", n, ErrNoRecord)
		}
		out = append(out, e)
	}
	return out, nil
}
