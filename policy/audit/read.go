package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
	names, err := s.Files.List(s.Dir)
	all, _ := ordinals(s.Files, s.Dir)
	if err != nil || len(all) == 0 && !slices.Contains(names, checkpointName) {
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
	pruned := sync.OnceValue(func() bool { return pruned(s) })
	err := Read(ctx, s, func(e policy.Entry) error {
		if e.Kind == policy.KindAdmin || (e.Kind != policy.KindIntent && open[e.Flow] == nil && pruned()) {
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
	b.Group = a.Group.Join(b.Group)
	return append(entries[:1], b)
}

// ErrNoRecord means that the log has no entry of the flow.
var ErrNoRecord = errors.New("no record of that id in the log")

// Last is what Find takes for the newest flow.
const Last = "last"

// pruned reports whether retention deleted segments, and so the beginning of
// some flows.
func pruned(s Source) bool {
	dir, err := s.locate()
	if err != nil {
		return false
	}
	names, _ := s.Files.List(dir)
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".gone") })
}
