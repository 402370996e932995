package main

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/proxy"
)

// cutAlerts hears of flows that were refused after a part of them had left. It
// never waits.
type cutAlerts struct {
	mu   sync.Mutex
	cuts []alert.Cut
	lost int
}

var _ proxy.Observer = (*cutAlerts)(nil)

// maxCuts bounds those that wait for the outbox.
const maxCuts = 1024

// Closed implements proxy.Observer.
func (a *cutAlerts) Closed(r *policy.Record) {
	if r.Outcome == nil || r.Outcome.Fault != policy.AfterRelease {
		return
	}
	in := &r.Intent
	c := alert.Cut{Record: r.ID, Exporter: cmp.Or(in.Exporter, "unknown"), Recipient: cmp.Or(in.Recipient, in.Host), Filing: in.Decided.Filing,
		At: r.Time, Bytes: r.SentBytes(), Persons: int64(in.Persons.Total)}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.cuts) >= maxCuts {
		a.lost++
		return
	}
	a.cuts = append(a.cuts, c)
}

// Event implements proxy.Observer.
func (*cutAlerts) Event(proxy.Event) {}

// take returns what was heard of, and how many found no room.
func (a *cutAlerts) take() (cuts []alert.Cut, lost int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	cuts, lost = a.cuts, a.lost
	a.cuts, a.lost = nil, 0
	return cuts, lost
}

// back puts those first that the outbox did not take.
func (a *cutAlerts) back(cuts []alert.Cut) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := append(cuts, a.cuts...)
	a.cuts = all[:min(len(all), maxCuts)]
	a.lost += len(all) - len(a.cuts)
}

// raiseCuts tells of the flows that were cut off since the last look.
func (h *house) raiseCuts(ctx context.Context) error {
	cuts, lost := h.cuts.take()
	for i, c := range cuts {
		err := h.raise(ctx, alert.CutOffOf(c))
		switch {
		case errors.Is(err, alert.ErrTooMany):
			lost++
		case err != nil:
			h.cuts.back(cuts[i:])
			return err
		}
	}
	if lost > 0 {
		h.log.Warn("transfers that were blocked after a part had left got no alert, there were too many; they stand in the records", zap.Int("transfers", lost))
	}
	return nil
}
