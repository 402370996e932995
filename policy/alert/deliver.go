package alert

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	giveUp      = 7 * 24 * time.Hour
	firstPause  = time.Second
	longPause   = 15 * time.Minute
	owedPause   = 10 * time.Second
	sendLimit   = time.Minute // above the limit of every receiver
	stopGrace   = 5 * time.Second
	holdsUp     = 10 // tries after which an alert lets others by
	roundFaults = 3  // failures that end a round
)

// pause is how long to wait after so many failures.
func pause(tries int) time.Duration {
	if tries > 10 {
		return longPause
	}
	return min(firstPause<<max(tries-1, 0), longPause)
}

// Run delivers until ctx ends, to each receiver on a goroutine of its own.
func (b *Outbox) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, r := range b.o.Receivers {
		all.Go(func() { b.attend(ctx, r) })
	}
	all.Wait()
}

func (b *Outbox) attend(ctx context.Context, r Receiver) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-b.wake[r.Name()]:
		}
		if wait, more := b.Deliver(ctx, r.Name()); more {
			timer.Reset(wait)
		}
	}
}

// rouse wakes the receivers' goroutines.
func (b *Outbox) rouse() {
	for _, c := range b.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Deliver sends to one receiver what is due now, in order, and says when to
// come again; more is false when nothing waits. A receiver that fails holds up
// what stands behind, so that the order stays; an alert that it failed ten
// times lets others by, since it may be this one that it cannot take.
func (b *Outbox) Deliver(ctx context.Context, name string) (wait time.Duration, more bool) {
	owed := b.settle()
	r := b.receiver(name)
	if r == nil {
		return 0, false
	}
	if wait := b.early(name); wait > 0 {
		return wait, true
	}
	faults, most := 0, 0
	for _, s := range b.waitingFor(name) {
		d, ok := b.try(ctx, r, s)
		if !ok {
			return 0, false // ctx ended
		}
		if d.State != Waiting {
			continue
		}
		faults, most = faults+1, max(most, d.Tries)
		if d.Tries < holdsUp || faults >= roundFaults {
			break
		}
	}
	if faults > 0 {
		wait = pause(most)
		b.mu.Lock()
		b.due[name] = b.o.Now().Add(wait)
		b.mu.Unlock()
		return wait, true
	}
	return owedPause, owed
}

// early returns how long a receiver is still to be left alone. A clock that
// was set back does not make it longer.
func (b *Outbox) early(name string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.due[name].Sub(b.o.Now())
	if b.due[name].IsZero() || wait > longPause {
		return 0
	}
	return wait
}

// job is an alert that one receiver waits for.
type job struct {
	alert Alert
	d     Delivery
}

func (b *Outbox) waitingFor(name string) (out []job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.shelf.states {
		if d := s.delivery(name); d != nil && d.State == Waiting {
			out = append(out, job{s.Alert, *d})
		}
	}
	return out
}

// try sends one alert once and keeps what came of it. It answers false when
// ctx ended first, which says nothing about the receiver.
func (b *Outbox) try(ctx context.Context, r Receiver, j job) (Delivery, bool) {
	if ctx.Err() != nil {
		return j.d, false
	}
	// What is on its way when the program is told to stop gets a moment: cut
	// off, it may have arrived, and would be sent again.
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendLimit)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, cancel) })()
	err := r.Send(sending, &j.alert)
	if err != nil && ctx.Err() != nil {
		return j.d, false
	}
	d := j.d
	d.At, d.Fault = b.o.Now(), ""
	d.Tries++
	refused := &RefusedError{}
	switch {
	case err == nil:
		d.State = Sent
	case errors.As(err, &refused):
		d.State, d.Fault = Refused, refused.Why
	default:
		d.Fault = err.Error()
		if d.At.Sub(d.Since) > giveUp && d.Tries > holdsUp { // a clock that was set ahead is no week
			d.State = Expired
		}
	}
	b.note(j.alert.ID, d)
	if b.o.Tell != nil {
		b.o.Tell(&j.alert, d)
	}
	return d, true
}

// note keeps how a delivery stands. What the disk does not take stands in
// memory, and is written when it can be.
func (b *Outbox) note(id string, d Delivery) {
	b.writing.Lock()
	defer b.writing.Unlock()
	b.mu.Lock()
	b.shelf.put(id, d)
	b.mu.Unlock()
	_ = b.write(line{Op: "set", ID: id, Delivery: &d}) // owed
}

func (b *Outbox) receiver(name string) Receiver {
	for _, r := range b.o.Receivers {
		if r.Name() == name {
			return r
		}
	}
	return nil
}

// waiting counts what waits for each receiver. It is called with mu held.
func (b *Outbox) waiting() map[string]int {
	out := map[string]int{}
	for _, s := range b.shelf.states {
		for _, d := range s.Deliveries {
			if d.State == Waiting {
				out[d.To]++
			}
		}
	}
	return out
}

// Waiting returns how many alerts wait for each receiver.
func (b *Outbox) Waiting() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, out := b.waiting(), map[string]int{}
	for _, r := range b.o.Receivers {
		out[r.Name()] = all[r.Name()]
	}
	return out
}

// Retry puts an alert up again for every receiver that refused it, did not get
// it in time or was not there when it was raised, and returns for how many.
func (b *Outbox) Retry(id string) int {
	n, now := 0, b.o.Now()
	b.mu.Lock()
	s := b.shelf.known[id]
	if s == nil || s.Alert.ID != id {
		b.mu.Unlock()
		return 0
	}
	var again []Delivery
	for _, r := range b.o.Receivers {
		if d := s.delivery(r.Name()); d == nil || d.State != Sent {
			again = append(again, Delivery{To: r.Name(), State: Waiting, Since: now})
			delete(b.due, r.Name())
		}
	}
	b.mu.Unlock()
	for _, d := range again {
		b.note(id, d)
		n++
	}
	b.rouse()
	return n
}
