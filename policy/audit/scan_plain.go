package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// plain reads the lines of a segment that is not compressed. limit is its
// length as the next segment states it, or -1 for the last one.
func (s *scanner) plain(ctx context.Context, name string, limit int64, cut bool) error {
	f, err := s.files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return err
	}
	end := size
	if limit >= 0 && size > limit && cut {
		s.cut += size - limit
		end = limit
	}
	from := int64(0)
	if s.want.seq > s.seq+1 {
		if from = nearby(f, end, s.want.seq); from > 0 {
			s.loose = true
		}
	}
	var r io.Reader = io.NewSectionReader(f, from, end-from)
	if limit < 0 && from == 0 {
		r = f // it may be growing
	}
	size, torn, err := journal.Lines(r, maxLine, func(at int64, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if at += from; at == 0 {
			return nil // the header was checked
		}
		return s.line(name, at, line)
	})
	size += from
	switch {
	case errors.Is(err, journal.ErrLong):
		return &Fault{Seq: s.seq + 1, Segment: filepath.Base(name), Offset: size, Problem: err.Error()}
	case err != nil:
		return err
	case limit >= 0 && (size != limit || torn > 0):
		return &Fault{Seq: s.seq + 1, Segment: filepath.Base(name), Offset: size,
			Problem: fmt.Sprintf("segment ends at byte %d; the next one says %d", size+torn, limit)}
	}
	s.size, s.torn = size, torn
	return nil
}

func (s *scanner) line(name string, at int64, line []byte) error {
	fault := func(problem string) error {
		return &Fault{Seq: s.seq + 1, Segment: filepath.Base(name), Offset: at, Problem: problem}
	}
	s.at = place{filepath.Base(name), at}
	chain, seq, entry, err := parseLine(line)
	if err != nil {
		return fault(err.Error())
	}
	if s.loose {
		s.seq = seq - 1
	}
	return s.entry(seq, entry, &chain, fault)
}

// near is how far before an entry a reading may begin.
const near = 128 << 10

// nearby returns where a line begins that is not after the entry, and not far
// before it; zero is the beginning. Lines are in order, so it halves.
func nearby(f policy.ReadFile, size int64, seq uint64) int64 {
	low, high := int64(0), size
	for high-low > near {
		mid := low + (high-low)/2
		at, n, ok := lineAfter(f, mid, high)
		switch {
		case !ok:
			high = mid
		case n <= seq:
			low = at
		default:
			high = mid
		}
	}
	return low
}

// lineAfter returns where the first line after an offset begins, and the number
// of its entry.
func lineAfter(f policy.ReadFile, from, end int64) (at int64, seq uint64, ok bool) {
	buf := make([]byte, 16<<10)
	for at = from; at < end; {
		n, _ := f.ReadAt(buf[:min(int64(len(buf)), end-at)], at)
		if n == 0 {
			return 0, 0, false
		}
		if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
			at += int64(i) + 1
			n, _ = f.ReadAt(buf[:256], at)
			seq, ok = lineNumber(buf[:n])
			return at, seq, ok && at < end
		}
		at += int64(n)
	}
	return 0, 0, false
}

// lineNumber reads the number of an entry off the beginning of its line.
func lineNumber(b []byte) (uint64, bool) {
	_, rest, ok := bytes.Cut(b, []byte(lineMid+entryHead))
	if !ok {
		return 0, false
	}
	var n uint64
	for i, c := range rest {
		if c == ',' {
			return n, i > 0
		}
		if c < '0' || c > '9' || n > 1<<60 {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return 0, false
}
