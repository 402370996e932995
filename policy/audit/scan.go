package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Fault names the first place where a log is not what was written.
type Fault struct {
	// Seq is the number of the entry that is faulty or missing; zero when a
	// segment as a whole is at fault.
	Seq     uint64 `json:"seq,omitempty"`
	Segment string `json:"segment"` // file name
	Offset  int64  `json:"offset"`  // of the line
	Problem string `json:"problem"`
	// Kind says what was done, as far as that can be told.
	Kind Kind `json:"kind,omitempty"`
	// To is the last entry, where more than one may be at fault.
	To uint64 `json:"to_seq,omitempty"`
}

func (f *Fault) Error() string {
	switch {
	case f.Seq == 0:
		return fmt.Sprintf("%s: %s", f.Segment, f.Problem)
	case f.To > f.Seq:
		return fmt.Sprintf("entries %d to %d (%s, byte %d): %s", f.Seq, f.To, f.Segment, f.Offset, f.Problem)
	}
	return fmt.Sprintf("entry %d (%s, byte %d): %s", f.Seq, f.Segment, f.Offset, f.Problem)
}

// item is one checked entry.
type item struct {
	seq   uint64
	leaf  Hash
	entry []byte // valid during the call
	at    place
}

// border is a place between two segments that is known from elsewhere.
type border struct {
	ordinal int // of the segment that begins there
	seq     uint64
	chain   Hash
}

// reading says which part of a log to scan. The zero value is all of it.
type reading struct {
	ordinal int     // the segment to begin with; its own header is believed,
	from    *border // or this is where it has to begin
	until   int     // the segment before which to stop; zero is the end
	// seq is the first entry that is wanted. Those before it in the first
	// segment need not be read, and the chain is checked from there on.
	seq uint64
	// begin is called before each segment.
	begin func(border) error
}

// end is where a scan stopped.
type end struct {
	segments int
	ordinal  int       // of the last segment
	first    uint64    // its first entry
	began    time.Time // as its header says
	state    string    // of it
	size     int64     // its complete lines
	torn     int64     // bytes of an incomplete line after them
	cut      int64     // bytes after segments that were cut off
	blank    int64     // bytes of a last segment without a complete header
	blankAt  int       // its ordinal
	gone     uint64    // entries that were deleted under retention
	seq      uint64
	chain    Hash
	loose    bool // chain is not known until the next line or segment
}

// scan checks all segments in order and hands each entry to fn.
func scan(ctx context.Context, files policy.Files, dir string, fn func(item) error) (end, error) {
	return reading{}.run(ctx, files, dir, fn)
}

// scanner is one scan. It is for one goroutine.
type scanner struct {
	end
	want  reading
	files policy.Files
	dir   string
	fn    func(item) error
	at    place // of what is read
}

func (r reading) run(ctx context.Context, files policy.Files, dir string, fn func(item) error) (end, error) {
	s := &scanner{want: r, files: files, dir: dir, fn: fn}
	all, err := ordinals(files, dir)
	if err != nil {
		return s.end, err
	}
	first := max(r.ordinal, 1)
	if r.from != nil {
		first, s.seq, s.chain = r.from.ordinal, r.from.seq, r.from.chain
	}
	for len(all) > 0 && all[0] < first {
		all = all[1:]
	}
	for i, ordinal := range all {
		if r.until > 0 && ordinal >= r.until {
			break
		}
		if ordinal != first+i {
			return s.end, &Fault{Segment: filepath.Base(segmentName(dir, first+i)), Seq: s.seq + 1, Kind: Deleted, Problem: "segment is missing"}
		}
		if done, err := s.one(ctx, all[i:], i == 0); done || err != nil {
			return s.end, err
		}
	}
	return s.end, nil
}

// one checks the first of the segments that are left.
func (s *scanner) one(ctx context.Context, left []int, first bool) (done bool, err error) {
	p, err := readPart(s.files, s.dir, left[0])
	if err != nil {
		return true, err
	}
	limit, cut := int64(-1), false
	if len(left) > 1 {
		next, err := readPart(s.files, s.dir, left[1])
		switch {
		case err == nil && next.blank && len(left) == 2:
			// A first batch that is being written, or never was finished.
			s.blank, s.blankAt, done = next.size, left[1], true
		case err == nil && next.blank:
			return true, headerFault(s.dir, left[1], nil)
		case err != nil:
			return true, err
		default:
			limit, cut = next.header.PrevBytes, next.header.Cut
		}
	}
	if p.blank {
		if len(left) > 1 || left[0] > 1 {
			return true, headerFault(s.dir, left[0], nil)
		}
		s.blank, s.blankAt = p.size, left[0] // a log whose first batch was never finished
		return true, nil
	}
	if first && s.want.from == nil && s.want.ordinal > 1 {
		s.seq = p.header.First - 1
		s.chain, _ = parseHash(p.header.Prev)
	}
	if s.want.begin != nil {
		if err := s.want.begin(border{left[0], s.seq, s.chain}); err != nil {
			return true, err
		}
	}
	if err := s.header(p); err != nil {
		return true, err
	}
	return done, s.body(ctx, p, limit, cut)
}

// body reads what follows a segment's header. A plain segment may have been
// compressed since its header was read.
func (s *scanner) body(ctx context.Context, p part, limit int64, cut bool) error {
	ordinal := p.header.Ordinal
	if p.state == Opened {
		err := s.plain(ctx, p.name, limit, cut)
		if !missing(err) {
			return s.ended(ordinal, Opened, err)
		}
		if p, err = readPart(s.files, s.dir, ordinal); err != nil {
			return err
		}
	}
	if p.state == Archived {
		err := s.packed(ctx, p.name, limit)
		if !missing(err) {
			return s.ended(ordinal, Archived, err)
		}
		if p, err = readPart(s.files, s.dir, ordinal); err != nil {
			return err
		}
	}
	if p.gone == nil {
		return headerFault(s.dir, ordinal, errors.New("segment is missing"))
	}
	if limit >= 0 && limit != p.gone.Raw {
		return &Fault{Segment: filepath.Base(p.name), Problem: fmt.Sprintf("segment had %d bytes; the next one says %d", p.gone.Raw, limit)}
	}
	s.gone += p.gone.Last - s.seq
	s.seq, s.size, s.torn, s.loose = p.gone.Last, p.gone.Raw, 0, false
	s.chain, _ = parseHash(p.gone.After)
	return s.ended(ordinal, Gone, nil)
}

func (s *scanner) ended(ordinal int, state string, err error) error {
	if err == nil {
		s.segments, s.ordinal, s.state = s.segments+1, ordinal, state
	}
	return err
}

func headerFault(dir string, ordinal int, err error) error {
	f := &Fault{Segment: filepath.Base(segmentName(dir, ordinal)), Problem: "segment has no header"}
	if err != nil {
		f.Problem = err.Error()
	}
	return f
}

// header checks that a segment follows the one before it.
func (s *scanner) header(p part) error {
	fault := func(problem string) error {
		return &Fault{Segment: filepath.Base(p.name), Problem: problem}
	}
	switch {
	case p.header.First != s.seq+1:
		return fault(fmt.Sprintf("segment begins with entry %d; entry %d is expected", p.header.First, s.seq+1))
	case !s.loose && p.header.Prev != s.chain.String():
		return fault("segment does not follow the one before it")
	}
	s.chain, s.loose = seal(p.line), false
	s.first, s.began = p.header.First, p.header.Time
	return nil
}

// entry checks the bytes of an entry whose number is known to be the next, and
// hands it on. chain is the value that stands beside it, if one does.
func (s *scanner) entry(seq uint64, entry []byte, chain *Hash, fault func(string) error) error {
	want := s.seq + 1
	link, leaf := hashes(entry)
	got := s.chain.next(link)
	if s.loose && chain != nil {
		got, s.loose = *chain, false
	}
	switch {
	case chain != nil && got != *chain && seq != want:
		return fault(fmt.Sprintf("entry %d stands in its place", seq))
	case chain != nil && got != *chain:
		return fault("entry or its chain value was changed, or the entry before it was")
	case seq != want:
		return fault(fmt.Sprintf("entry is numbered %d", seq))
	}
	s.seq, s.chain = seq, got
	if seq < s.want.seq {
		return nil
	}
	return s.fn(item{seq, leaf, entry, s.at})
}
