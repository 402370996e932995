package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// packed reads the entries of an archive. Everything that its header says is
// compared with what the blocks hold, unless the first of them are left out.
func (s *scanner) packed(ctx context.Context, name string, limit int64) error {
	f, err := s.files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	fault := func(problem string) error {
		return &Fault{Seq: s.seq + 1, Segment: filepath.Base(name), Problem: problem}
	}
	a, err := readArchive(f)
	switch {
	case err != nil:
		return fault(err.Error())
	case a.Segment != "" && seal([]byte(a.Segment)) != s.chain:
		return fault("archive was exchanged while it was read")
	case limit >= 0 && limit != a.Raw:
		return fault(fmt.Sprintf("segment had %d bytes; the next one says %d", a.Raw, limit))
	}
	dec, err := newDecoder()
	if err != nil {
		return err
	}
	defer dec.Close()
	got := tally{raw: int64(len(a.Segment)) + 1}
	for i, b := range a.Blocks {
		if i+1 < len(a.Blocks) && a.Blocks[i+1].First <= s.want.seq {
			s.seq, s.loose = a.Blocks[i+1].First-1, true
			continue
		}
		if b.First != s.seq+1 {
			return fault(fmt.Sprintf("block %d begins with entry %d", i+1, b.First))
		}
		s.at = place{filepath.Base(name), a.base + b.Offset}
		raw, err := a.block(f, dec, i)
		if err != nil {
			return &Fault{Seq: s.seq + 1, Segment: filepath.Base(name), Offset: a.base + b.Offset, Problem: err.Error()}
		}
		if err := s.block(ctx, raw, &got, fault); err != nil {
			return err
		}
	}
	return s.close(a, got, fault)
}

// tally is what the header of an archive is compared with.
type tally struct {
	raw      int64
	from, to time.Time
}

func (s *scanner) block(ctx context.Context, raw []byte, got *tally, fault func(string) error) error {
	for len(raw) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := bytes.IndexByte(raw, '\n') // a block ends with one
		entry := raw[:i]
		raw = raw[i+1:]
		seq, err := entryNumber(entry)
		if err != nil {
			return fault(err.Error())
		}
		got.raw += int64(lineBytes(entry))
		if got.from.IsZero() {
			got.from = entryTime(entry)
		}
		if len(raw) == 0 {
			got.to = entryTime(entry)
		}
		if err := s.entry(seq, entry, nil, fault); err != nil {
			return err
		}
	}
	return nil
}

// close compares the end of an archive with its header.
func (s *scanner) close(a *archive, got tally, fault func(string) error) error {
	if s.seq != a.Last {
		return fault(fmt.Sprintf("archive ends with entry %d; its header says %d", s.seq, a.Last))
	}
	if s.loose {
		s.chain, _ = parseHash(a.After)
	} else if s.chain.String() != a.After || got.raw != a.Raw || !got.from.Equal(a.From) || !got.to.Equal(a.To) {
		return fault("archive's header does not say what its blocks hold")
	}
	s.size, s.torn, s.loose = a.Raw, 0, false
	return nil
}

// lineBytes is the length of an entry's line in a segment.
func lineBytes(entry []byte) int {
	return len(lineHead) + 2*len(Hash{}) + len(lineMid) + len(entry) + len(lineTail) + 1
}

// entryNumber reads the number off the beginning of an entry.
func entryNumber(entry []byte) (uint64, error) {
	rest, ok := bytes.CutPrefix(entry, []byte(entryHead))
	comma := bytes.IndexByte(rest[:min(len(rest), 24)], ',')
	if !ok || comma < 1 {
		return 0, errNotEntry
	}
	n, err := strconv.ParseUint(string(rest[:comma]), 10, 64)
	if err != nil {
		return 0, errNotEntry
	}
	return n, nil
}

func entryTime(entry []byte) time.Time {
	var at struct {
		Time time.Time `json:"time"`
	}
	_ = json.Unmarshal(entry, &at) // a zero time is told apart by the caller
	return at.Time
}
