package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Source names a log to read: the data directory of an installation, or a copy
// of the log's own directory. Reading takes no lock and changes nothing; a
// batch that a running gateway is just writing is left out.
type Source struct {
	Files policy.Files
	Dir   string
}

// ErrNoLog means that there is no log where one was to be read.
var ErrNoLog = errors.New("no audit log there; name the data directory or a copy of the log's directory")

func (s Source) locate() (string, error) {
	sub := filepath.Join(s.Dir, Sub)
	if _, err := s.Files.List(sub); err == nil {
		return sub, nil
	}
	if all, err := ordinals(s.Files, s.Dir); err != nil || len(all) == 0 {
		return "", fmt.Errorf("%s: %w", s.Dir, ErrNoLog)
	}
	return s.Dir, nil
}

// Read calls fn for every entry in order. It checks the chain on the way and
// stops with a *Fault where it does not hold.
func Read(ctx context.Context, s Source, fn func(policy.Entry) error) error {
	dir, err := s.locate()
	if err != nil {
		return err
	}
	_, err = scan(ctx, s.Files, dir, func(i item) error {
		var e policy.Entry
		if err := json.Unmarshal(i.entry, &e); err != nil {
			return fmt.Errorf("entry %d is not readable: %w", i.seq, err)
		}
		return fn(e)
	})
	return err
}

// Records calls fn for every flow's record: complete ones as they complete,
// then those that are still open, oldest first.
func Records(ctx context.Context, s Source, fn func(policy.Record) error) error {
	open := map[string][]policy.Entry{}
	err := Read(ctx, s, func(e policy.Entry) error {
		if e.Kind == policy.KindAdmin {
			return nil
		}
		entries := append(open[e.Flow], e)
		if e.Kind == policy.KindGroup && len(entries) == 3 {
			entries = joinGroups(entries)
		}
		r, err := policy.Fold(entries)
		if err != nil {
			return err
		}
		if !r.Complete {
			open[e.Flow] = entries
			return nil
		}
		delete(open, e.Flow)
		return fn(r)
	})
	if err != nil {
		return err
	}
	var rest []policy.Record
	for _, entries := range open {
		r, err := policy.Fold(entries)
		if err != nil {
			return err
		}
		rest = append(rest, r)
	}
	slices.SortFunc(rest, func(a, b policy.Record) int { return int(int64(a.First) - int64(b.First)) })
	for _, r := range rest {
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// joinGroups keeps one group entry a flow, whatever the length of the stream.
func joinGroups(entries []policy.Entry) []policy.Entry {
	a, b := entries[1], entries[2]
	if a.Group == nil || b.Group == nil {
		return entries
	}
	sum := *b.Group
	sum.Parts += a.Group.Parts
	sum.Bytes += a.Group.Bytes
	b.Group = &sum
	return append(entries[:1], b)
}

// ErrNoRecord means that the log has no entry of the flow.
var ErrNoRecord = errors.New("no record of that id in the log")

// Last is what Find takes for the newest flow.
const Last = "last"

// newest returns the flow whose first entry is the newest in the log.
func newest(ctx context.Context, s Source) (string, error) {
	flow := ""
	err := Read(ctx, s, func(e policy.Entry) error {
		if e.Kind == policy.KindIntent {
			flow = e.Flow
		}
		return nil
	})
	if err == nil && flow == "" {
		err = ErrNoRecord
	}
	return flow, err
}

// Find returns the entries of one flow, of the last one, or the one entry of
// that number, and the record that the flow's entries fold to.
func Find(ctx context.Context, s Source, id string) (policy.Record, []policy.Entry, error) {
	if id == Last {
		var err error
		if id, err = newest(ctx, s); err != nil {
			return policy.Record{}, nil, err
		}
	}
	seq, _ := strconv.ParseUint(id, 10, 64)
	var found []policy.Entry
	collect := func(match func(policy.Entry) bool) error {
		return Read(ctx, s, func(e policy.Entry) error {
			if match(e) {
				found = append(found, e)
			}
			return nil
		})
	}
	err := collect(func(e policy.Entry) bool { return e.Flow == id || (seq > 0 && e.Seq == seq) })
	if err == nil && len(found) == 1 && found[0].Flow != "" && found[0].Flow != id {
		flow := found[0].Flow
		found = nil
		err = collect(func(e policy.Entry) bool { return e.Flow == flow })
	}
	if err != nil {
		return policy.Record{}, nil, err
	}
	if len(found) == 0 {
		return policy.Record{}, nil, ErrNoRecord
	}
	if found[0].Kind == policy.KindAdmin {
		return policy.Record{}, found, nil
	}
	r, err := policy.Fold(found)
	return r, found, err
}

// Summary is what a verified log holds.
type Summary struct {
	Entries  uint64    `json:"entries"`
	Segments int       `json:"segments"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Open     int       `json:"open"`       // flows with a releasing intent and no outcome
	Head     string    `json:"head"`       // chain value of the last entry, hex
	Cut      int64     `json:"cut_bytes"`  // after failures of the disk; never acknowledged
	Writing  bool      `json:"is_written"` // a gateway was writing to it meanwhile
}

// Verify checks every byte of a log against the chain and answers the first
// fault as a *Fault. A chain alone cannot show that whole entries are missing
// at the very end: compare Head with one noted before.
func Verify(ctx context.Context, s Source) (Summary, error) {
	var sum Summary
	open := newFlows()
	dir, err := s.locate()
	if err != nil {
		return sum, err
	}
	e, err := scan(ctx, s.Files, dir, func(i item) error {
		var at struct {
			Time time.Time `json:"time"`
		}
		if err := json.Unmarshal(i.entry, &at); err != nil {
			return fmt.Errorf("entry %d is not readable: %w", i.seq, err)
		}
		if sum.First.IsZero() {
			sum.First = at.Time
		}
		sum.Last = at.Time
		return open.add(i.entry)
	})
	sum.Entries, sum.Segments, sum.Cut, sum.Head = e.seq, e.segments, e.cut, e.chain.String()
	sum.Open = len(open.open)
	ordinal, at, size := e.ordinal, e.size, e.size+e.torn
	if e.blank > 0 {
		ordinal, at, size = e.blankAt, 0, e.blank
	}
	if err == nil && (e.torn > 0 || e.blank > 0) {
		name := segmentName(dir, ordinal)
		if sum.Writing, err = grows(ctx, s.Files, name, size); err == nil && !sum.Writing {
			err = &Fault{Seq: e.seq + 1, Segment: filepath.Base(name), Offset: at,
				Problem: "last line is incomplete: a batch cut short by a crash, or an entry that was shortened"}
		}
	}
	return sum, err
}

// grows waits a moment to tell a batch that is being written from a torn one.
func grows(ctx context.Context, files policy.Files, name string, size int64) (bool, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 10 {
		f, err := files.Open(name)
		if err != nil {
			return false, err
		}
		n, err := f.Size()
		f.Close()
		if err != nil || n != size {
			return n > size, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, nil
}
