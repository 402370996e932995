package audit

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// flowTime returns when a flow was named, which its id begins with: 26
// characters of Crockford's base 32, the first 48 bits milliseconds.
func flowTime(id string) (time.Time, bool) {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	b, err := base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).DecodeString(strings.ToLower(id))
	if err != nil || len(b) != 16 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b) >> 16)), true
}

// begin returns the segment from which on the entries of those flows may
// stand; 1 when an id does not tell.
func (s *shelf) begin(ids []string) (int, error) {
	var first time.Time
	for _, id := range ids {
		t, ok := flowTime(id)
		if !ok {
			return 1, nil
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	if len(ids) == 0 || len(s.all) == 0 {
		return 1, nil
	}
	i, err := s.since(first)
	return s.all[i], err
}

// quoted is how a flow's id stands in its entries.
func quoted(id string) []byte {
	b, err := json.Marshal(id)
	if err != nil {
		panic(err) // a string has a form
	}
	return b
}

// kindIs reports whether an entry is of that kind, without decoding it.
func kindIs(entry []byte, kind policy.EntryKind) bool {
	_, rest, _ := bytes.Cut(entry[:min(len(entry), 128)], []byte(`,"kind":"`))
	return bytes.HasPrefix(rest, []byte(kind+`"`))
}

// newest returns the flow whose intent is the newest in the log and its number,
// read from the end.
func (s *shelf) newest(ctx context.Context) (flow string, seq uint64, err error) {
	last, err := s.readFrom(ctx, ^uint64(0), func(Item) error { return nil })
	if err != nil {
		return "", 0, err
	}
	for back := uint64(64); ; back *= 8 {
		from := last - min(last, back) + 1
		_, err := s.readFrom(ctx, from, func(i Item) error {
			if !kindIs(i.Bytes, policy.KindIntent) {
				return nil
			}
			e, err := i.Entry()
			flow, seq = e.Flow, e.Seq
			return err
		})
		if err != nil || flow != "" {
			return flow, seq, err
		}
		if from == 1 {
			return "", 0, ErrNoRecord
		}
	}
}

// Find returns the entries of one flow, of the last one, or the one entry of
// that number, and the record that the flow's entries fold to.
func Find(ctx context.Context, s Source, id string) (policy.Record, []policy.Entry, error) {
	dir, err := s.locate()
	if err != nil {
		return policy.Record{}, nil, err
	}
	shelf, err := openShelf(s.Files, dir)
	if err != nil {
		return policy.Record{}, nil, err
	}
	var found []policy.Entry
	if id == Last {
		var seq uint64
		if id, seq, err = shelf.newest(ctx); err == nil {
			found, err = shelf.collect(id, func(fn func(Item) error) error { _, err := shelf.readFrom(ctx, seq, fn); return err })
		}
	} else {
		found, err = shelf.entriesOf(ctx, s, id)
	}
	switch {
	case err != nil:
		return policy.Record{}, nil, err
	case len(found) == 0:
		return policy.Record{}, nil, ErrNoRecord
	case found[0].Kind == policy.KindAdmin:
		return policy.Record{}, found, nil
	case found[0].Kind != policy.KindIntent && pruned(s):
		return policy.Record{}, found, fmt.Errorf("%w: the beginning of the flow was deleted under retention", ErrNoRecord)
	}
	r, err := policy.Fold(found)
	return r, found, err
}

// entriesOf reads from the segment on that the flow's id tells, and everything
// when its intent is not found there.
func (s *shelf) entriesOf(ctx context.Context, src Source, id string) ([]policy.Entry, error) {
	if seq, err := strconv.ParseUint(id, 10, 64); err == nil && seq > 0 {
		found, err := At(ctx, src, seq)
		switch {
		case err == nil && found[0].Kind == policy.KindAdmin:
			return found, nil
		case err == nil:
			id = found[0].Flow
		case !errors.Is(err, ErrNoRecord):
			return nil, err
		}
	}
	from, err := s.begin([]string{id})
	if err != nil {
		return nil, err
	}
	scan := func(fn func(Item) error) error {
		_, err := reading{ordinal: from}.run(ctx, s.files, s.dir, func(i item) error { return fn(Item{i.seq, i.leaf, i.entry}) })
		return err
	}
	found, err := s.collect(id, scan)
	if err == nil && from > 1 && (len(found) == 0 || found[0].Kind != policy.KindIntent) {
		from = 1
		found, err = s.collect(id, scan)
	}
	return found, err
}

// collect takes the entries of a flow out of a scan, which it ends with the
// entry after which the flow is complete.
func (s *shelf) collect(id string, scan func(func(Item) error) error) ([]policy.Entry, error) {
	var found []policy.Entry
	name := quoted(id)
	err := scan(func(i Item) error {
		if !bytes.Contains(i.Bytes, name) {
			return nil
		}
		e, err := i.Entry()
		if err != nil || e.Flow != id || e.Kind == policy.KindAdmin {
			return err
		}
		found = append(found, e)
		if e.Kind == policy.KindOutcome || (e.Intent != nil && !e.Intent.Enforced.Releases()) {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return found, err
}

// outcomes looks up the outcomes of flows, beginning where their ids tell.
func outcomes(ctx context.Context, s *shelf, ids []string) (map[string]policy.Outcome, error) {
	out := make(map[string]policy.Outcome, len(ids))
	from, err := s.begin(ids)
	if err != nil {
		return nil, err
	}
	_, err = reading{ordinal: from}.run(ctx, s.files, s.dir, func(i item) error {
		if !kindIs(i.entry, policy.KindOutcome) {
			return nil
		}
		var g glance
		if err := json.Unmarshal(i.entry, &g); err != nil {
			return err
		}
		if g.Outcome == nil || !slices.Contains(ids, g.Flow) {
			return nil
		}
		if out[g.Flow] = g.Outcome.Outcome; len(out) == len(ids) {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return out, err
}
