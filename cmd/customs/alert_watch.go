package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy"
)

const (
	alertEvery = time.Second // how often counts and clock are looked at
	dateEvery  = 5           // looks at dates
	storeEvery = 10          // looks at the stores: each writes to the disk
	storeFails = 2           // failures after which somebody is told
)

// splitAlerts hears of flows that look like pieces. It never waits: what finds
// no room is told with the next piece of the list, and stands in the record.
type splitAlerts struct {
	found chan splitFound
	lost  atomic.Int64
}

type splitFound struct {
	record, exporter string
	split            policy.Split
}

func newSplitAlerts() *splitAlerts { return &splitAlerts{found: make(chan splitFound, 1024)} }

var _ proxy.Observer = (*splitAlerts)(nil)

// Closed implements proxy.Observer.
func (s *splitAlerts) Closed(r *policy.Record) {
	in := &r.Intent
	if r.Outcome != nil && r.Outcome.Late != nil && !in.Split.Suspected() {
		in = r.Outcome.Late
	}
	if !in.Split.Suspected() {
		return
	}
	select {
	case s.found <- splitFound{r.ID, in.Exporter, in.Split}:
	default:
		s.lost.Add(1)
	}
}

// Event implements proxy.Observer.
func (*splitAlerts) Event(proxy.Event) {}

// alertWatch is the state of the looks.
type alertWatch struct {
	h       *house
	clock   *clockWatch
	began   time.Time
	round   int
	failing bool
	stores  map[string]int // failures in a row
	backlog []splitFound   // that the outbox did not take
}

// watchAlerts looks for what needs a person, and delivers, until ctx ends.
func (h *house) watchAlerts(ctx context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() { h.outbox.Run(ctx) })
	w := &alertWatch{h: h, clock: h.clock, began: time.Now(), stores: map[string]int{}, backlog: h.joined()}
	tick := time.NewTicker(alertEvery)
	defer tick.Stop()
	for {
		err := w.look(ctx, time.Now())
		if err != nil && !w.failing && ctx.Err() == nil {
			h.log.Error("what needs an alert could not be looked at in full, will try again", zap.Error(err))
		}
		w.failing = err != nil
		select {
		case <-ctx.Done():
			_ = w.h.raiseCuts(context.WithoutCancel(ctx))
			w.splits(context.WithoutCancel(ctx)) // flows that ended while the doors were drained
			return
		case <-tick.C:
		}
	}
}

// look is one look at everything.
func (w *alertWatch) look(ctx context.Context, now time.Time) error {
	errs := []error{w.splits(ctx), w.lookClock(ctx, now), w.retries()}
	list, err := w.h.volumes(ctx, now)
	errs = append(errs, err)
	if err == nil {
		w.h.showVolumes(list)
	}
	for i := range list {
		errs = append(errs, w.h.raiseVolume(ctx, &list[i]))
	}
	errs = append(errs, w.h.raiseDoubt(ctx), w.h.raiseStreams(ctx), w.h.raiseCuts(ctx))
	if before, ok := lastYear(now); ok && w.round%dateEvery == 0 {
		list, err := w.h.volumes(ctx, before)
		errs = append(errs, err)
		for i := range list {
			errs = append(errs, w.h.raiseVolume(ctx, &list[i]))
		}
	}
	if w.round%dateEvery == 0 {
		errs = append(errs, w.h.raiseDates(ctx, now))
	}
	if w.round++; w.round%storeEvery == 0 {
		errs = append(errs, w.lookStores(ctx, now))
	}
	return errors.Join(errs...)
}

// maxBacklog bounds the pieces that wait for the outbox.
const maxBacklog = 4096

// splits raises what the flows since the last look showed.
func (w *alertWatch) splits(ctx context.Context) error {
	for more := true; more && len(w.backlog) < maxBacklog; {
		select {
		case f := <-w.h.splits.found:
			w.backlog = append(w.backlog, f)
		default:
			more = false
		}
	}
	if n := w.h.splits.lost.Swap(0); n > 0 {
		w.h.log.Warn("pieces of split lists were not looked at for alerts; they stand in the records", zap.Int64("pieces", n))
	}
	many := 0
	for len(w.backlog) > 0 {
		err := w.h.raiseSplit(ctx, &w.backlog[0])
		switch {
		case errors.Is(err, alert.ErrTooMany):
			many++
		case err != nil:
			return err
		}
		w.backlog = w.backlog[1:]
	}
	w.backlog = nil
	if many > 0 {
		w.h.log.Warn("pieces of split lists got no alert, there were too many today; they stand in the records", zap.Int("pieces", many))
	}
	return nil
}

// joined is what the detector knows to belong together: a gateway that ended at
// once may not have told of the last of it.
func (h *house) joined() (out []splitFound) {
	for _, j := range h.joins.Sets() {
		out = append(out, splitFound{j.Record, j.Exporter, j.Split})
	}
	return out
}

// raiseSplit tells of a list in pieces, and again when it has grown tenfold.
func (h *house) raiseSplit(ctx context.Context, f *splitFound) error {
	a := alert.SplitOf(f.record, f.exporter, &f.split)
	below := []string{alert.Name(a.Kind, a.Object, "", a.Period)}
	for _, m := range alert.SplitMarks(f.split.Persons) {
		below = append(below, alert.Name(a.Kind, a.Object, m, a.Period))
	}
	return h.raise(ctx, a, below[:len(below)-1]...)
}

func (w *alertWatch) lookClock(ctx context.Context, now time.Time) error {
	n := w.clock.look(now, now.Sub(w.began))
	w.h.meter.Clock(w.clock.state != syncUnknown, w.clock.state == syncYes, w.clock.step)
	var errs []error
	if n.Step != 0 {
		w.h.log.Warn("the clock was stepped, or the machine was suspended", zap.Float64("seconds", n.Step.Seconds()))
		errs = append(errs, w.h.raise(ctx, alert.SteppedOf(nodeName(), now.In(policy.Shanghai).Format(time.DateOnly), n.Step)))
	}
	if n.Unsync != 0 {
		errs = append(errs, w.h.raise(ctx, alert.UnsynchronisedOf(nodeName(), yearMonth(now), n.Unsync)))
	}
	return errors.Join(errs...)
}

// lookStores tells of a store that cannot be used, once a day.
func (w *alertWatch) lookStores(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var errs []error
	for name, ready := range map[string]func(context.Context) error{"register": w.h.registry.Ready, "ledger": w.h.ledger.Ready, "audit": w.h.audit.Ready} {
		if ready(ctx) == nil || ctx.Err() != nil {
			w.stores[name] = 0
			continue
		}
		if w.stores[name]++; w.stores[name] >= storeFails {
			errs = append(errs, w.h.raise(context.WithoutCancel(ctx), alert.StoreOf(name, nodeName(), now.In(policy.Shanghai).Format(time.DateOnly))))
		}
	}
	errs = append(errs, w.h.raiseEvidence(ctx, now))
	if w.h.ledger.Folding() != nil {
		errs = append(errs, w.h.raise(ctx, alert.FoldingOf(nodeName(), now.In(policy.Shanghai).Format(time.DateOnly))))
	}
	return errors.Join(errs...)
}

// retries takes up what customs alert retry asked for.
func (w *alertWatch) retries() error {
	dir := alertOrders(w.h.cfg.Data)
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range names {
		if alert.Named(e.Name()) {
			n := w.h.outbox.Retry(e.Name())
			w.h.log.Info("an alert is sent again", zap.String("alert", e.Name()), zap.Int("receivers", n))
			errs = append(errs, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// alertOrders is where customs alert retry leaves what is to be sent again.
func alertOrders(data string) string { return filepath.Join(data, alert.Sub, "retry") }

// raiseDates tells of each date of the register once when it comes near, and
// once when it has passed.
func (h *house) raiseDates(ctx context.Context, now time.Time) error {
	list, err := h.registry.Warnings(ctx, now, h.law.Load().Calendar(now.In(policy.Shanghai).Format(time.DateOnly)))
	errs := []error{err}
	for _, w := range list {
		a := alert.DateOf(string(w.Kind), w.Object, string(w.What), w.Date, w.Left, alert.Text{ZH: w.ZH, EN: w.EN})
		if w.What == registry.WarnOtherPlaces { // no date comes near: what it says is what is told once
			a.Mark = string(w.What) + "/" + w.EN
		}
		errs = append(errs, h.raise(ctx, a))
	}
	return errors.Join(errs...)
}
