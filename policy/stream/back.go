package stream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// Ordered reads the order that waits for a stream. None is fs.ErrNotExist.
func Ordered(files policy.Files, data, name string) (*Position, error) {
	return load(files, filepath.Join(data, Sub, name+orderEnd), name)
}

// TrialOf is the message that tries a receiver.
func TrialOf(node, id string, at time.Time, syslog bool) Message {
	m := Message{ID: "test-" + id, Kind: Trial, Time: at}
	m.Body, _ = json.Marshal(map[string]any{"schema": "dc.stream-test/1", "id": m.ID, "node": node, "time": at.UTC()})
	if syslog {
		m.Body = line(7, at, node, string(Trial), [][2]string{{"id", m.ID}}, m.Body)
	}
	return m
}

// Before finds the position just before the first entry that reached accepts,
// with the flows that are open there. It looks no further than entry last.
func Before(ctx context.Context, s audit.Source, last uint64, reached func(seq uint64, at time.Time) bool) (*Position, error) {
	p, open := &Position{Scanned: last}, map[string]OpenFlow{}
	_, err := audit.ReadFrom(ctx, s, 1, func(i audit.Item) error {
		if i.Seq > last {
			return errEnd
		}
		var e struct {
			Kind   policy.EntryKind `json:"kind"`
			Flow   string           `json:"flow"`
			Time   time.Time        `json:"time"`
			Group  *policy.Group    `json:"group"`
			Intent *struct {
				Enforced policy.Action `json:"enforced"`
			} `json:"intent"`
		}
		if err := json.Unmarshal(i.Bytes, &e); err != nil {
			return fmt.Errorf("entry %d is not readable: %w", i.Seq, err)
		}
		if reached(i.Seq, e.Time) {
			p.Scanned = i.Seq - 1
			return errEnd
		}
		o, known := open[e.Flow]
		switch {
		case e.Kind == policy.KindIntent && e.Intent != nil && e.Intent.Enforced.Releases():
			open[e.Flow] = OpenFlow{First: i.Seq}
		case e.Kind == policy.KindGroup && known && e.Group != nil:
			o.add(i.Seq, e.Group)
			open[e.Flow] = o
		case e.Kind == policy.KindOutcome:
			delete(open, e.Flow)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnd) {
		return nil, err
	}
	for _, o := range open {
		p.Open = append(p.Open, o)
	}
	slices.SortFunc(p.Open, func(a, b OpenFlow) int { return cmp.Compare(a.First, b.First) })
	return p, nil
}
