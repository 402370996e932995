package audit

import (
	"context"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The states of a segment.
const (
	Opened   = "open"     // entries are added to it
	Closed   = "closed"   // full, and not compressed yet
	Archived = "archived" // compressed
	Gone     = "gone"     // deleted under retention; its leaf hashes stay
)

// SegmentInfo describes one segment of a log. Last is First-1 when it holds no
// entry.
type SegmentInfo struct {
	Ordinal int       `json:"ordinal"`
	First   uint64    `json:"first_seq"`
	Last    uint64    `json:"last_seq"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Bytes   int64     `json:"bytes"`     // on the disk
	Raw     int64     `json:"raw_bytes"` // before compression
	State   string    `json:"state"`
}

// Segments lists the segments of a log in order. It reads headers and the last
// lines of what is not compressed, and checks no chain.
func Segments(ctx context.Context, s Source) ([]SegmentInfo, error) {
	dir, err := s.locate()
	if err != nil {
		return nil, err
	}
	shelf, err := openShelf(s.Files, dir)
	if err != nil {
		return nil, err
	}
	out := make([]SegmentInfo, len(shelf.all))
	for i, ordinal := range shelf.all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var next *header
		if i+1 < len(shelf.all) {
			p, err := shelf.part(shelf.all[i+1])
			if err != nil {
				return nil, err
			}
			next = &p.header
		}
		if out[i], err = describe(s.Files, dir, ordinal, next); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func describe(files policy.Files, dir string, ordinal int, next *header) (SegmentInfo, error) {
	p, err := readPart(files, dir, ordinal)
	if err != nil {
		return SegmentInfo{}, err
	}
	info := SegmentInfo{Ordinal: ordinal, First: p.header.First, From: p.header.Time, To: p.header.Time, Bytes: p.size, State: p.state}
	switch {
	case p.gone != nil:
		info.Last, info.From, info.To, info.Raw = p.gone.Last, p.gone.From, p.gone.To, p.gone.Raw
	case p.state == Archived:
		a, err := loadArchive(files, p.name)
		if err != nil {
			return info, err
		}
		info.Last, info.From, info.To, info.Raw = a.Last, a.From, a.To, a.Raw
	case next != nil:
		info.State, info.Last, info.To, info.Raw = Closed, next.First-1, next.Time, next.PrevBytes
	default:
		return info, info.tail(files, dir)
	}
	return info, nil
}

// tail reads the end of the open segment.
func (s *SegmentInfo) tail(files policy.Files, dir string) error {
	s.Raw = s.Bytes
	e, err := reading{ordinal: s.Ordinal, seq: ^uint64(0)}.run(context.Background(), files, dir, nil)
	if err != nil {
		return err
	}
	s.Last = e.seq
	if s.Last < s.First {
		return nil
	}
	_, err = reading{ordinal: s.Ordinal, seq: s.Last}.run(context.Background(), files, dir, func(i item) error {
		s.Last, s.To = i.seq, entryTime(i.entry)
		return nil
	})
	return err
}

func loadArchive(files policy.Files, name string) (*archive, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := readArchive(f)
	if err != nil {
		return nil, &Fault{Segment: filepath.Base(name), Problem: err.Error()}
	}
	return a, nil
}
