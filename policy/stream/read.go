package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// errEnd ends a reading at the last durable entry.
var errEnd = errors.New("end of what is durable")

// undelivered is an error of the sink on its way through a reading.
type undelivered struct{ error }

func (u undelivered) Unwrap() error { return u.error }

// read scans the log from the position on and delivers as it goes. What it has
// collected when something fails waits in the batch.
func (s *Shipper) read(ctx context.Context) error {
	last := s.o.Log.Last()
	if err := s.resume(ctx, last); err != nil {
		return fault(ClassLog, err)
	}
	s.next = s.position()
	if last <= s.next.Scanned {
		return nil
	}
	s.next.Open = nil
	from := s.next.Scanned + 1
	_, err := audit.ReadFrom(ctx, s.source, from, func(i audit.Item) error {
		if i.Seq > last {
			return errEnd
		}
		if err := s.take(ctx, i); err != nil {
			return err
		}
		if len(s.batch) >= batchMessages || s.size >= batchBytes {
			s.complete()
			if err := s.deliver(ctx); err != nil {
				return undelivered{err}
			}
		}
		if i.Seq == last {
			return errEnd
		}
		return nil
	})
	if send := (undelivered{}); errors.As(err, &send) {
		return send.error
	}
	if s.next.Scanned+1 > from && !errors.Is(ctx.Err(), context.Canceled) {
		s.complete()
		if send := s.deliver(ctx); send != nil {
			return send
		}
	}
	if err != nil && !errors.Is(err, errEnd) {
		return fault(ClassLog, err)
	}
	return nil
}

func (s *Shipper) position() Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pos
}

// complete makes next what stands once the batch has arrived.
func (s *Shipper) complete() {
	s.next.Open = s.flows.open()
	s.pending = true
}

// resume takes up the flows that are open at the position. A position ahead of
// the log is of another log, or of one that lost its end: what is new there
// must not be passed over.
func (s *Shipper) resume(ctx context.Context, last uint64) error {
	if at := s.position(); last > 0 && at.Scanned > last {
		s.o.Tell(Event{What: Replayed, From: last + 1, To: at.Scanned})
		open := slices.DeleteFunc(slices.Clone(at.Open), func(o OpenFlow) bool { return o.First > last || o.Group > last })
		s.mu.Lock()
		s.pos.Scanned, s.pos.Open, s.dirty = last, open, true
		s.mu.Unlock()
		s.flows = nil
	}
	if s.flows != nil {
		return nil
	}
	f := newFlows(s.source)
	lost, err := f.restore(ctx, s.position().Open)
	if err != nil {
		return err
	}
	s.flows = f
	s.mu.Lock()
	s.pos.Broken += lost
	s.pos.Open = f.open()
	s.mu.Unlock()
	return nil
}

// take puts one entry into the batch, or into the flows.
func (s *Shipper) take(ctx context.Context, i audit.Item) error {
	e, err := i.Entry()
	if err != nil {
		return err
	}
	if i.Seq > s.next.Scanned+1 {
		s.o.Tell(Event{What: Lost, From: s.next.Scanned + 1, To: i.Seq - 1})
		s.next.Gone += i.Seq - 1 - s.next.Scanned
	}
	if len(s.batch) == 0 {
		s.mu.Lock()
		s.oldest = e.Time
		s.mu.Unlock()
	}
	if err := s.message(ctx, &e, i.Bytes); err != nil {
		return err
	}
	s.next.Scanned = i.Seq
	s.next.Read++
	s.next.Bytes += uint64(len(i.Bytes))
	return nil
}

func (s *Shipper) message(ctx context.Context, e *policy.Entry, canonical []byte) error {
	if e.Kind == policy.KindAdmin {
		s.put(Message{ID: ActID(e), Kind: Act, Time: e.Time, Body: s.o.Act(e, canonical)})
		s.next.Acts++
		return nil
	}
	r, ok, err := s.flows.add(ctx, e, len(canonical))
	switch {
	case err != nil:
		return err
	case !ok:
		s.next.Broken++
	case r != nil:
		s.put(Message{ID: r.ID, Kind: Record, Time: r.Time, Body: s.o.Encode(r)})
		s.next.Records++
	}
	return nil
}

func (s *Shipper) put(m Message) {
	s.batch = append(s.batch, m)
	s.size += len(m.Body)
}

// ActID is the id of an act's message.
func ActID(e *policy.Entry) string { return e.Node + "/" + strconv.FormatUint(e.Seq, 10) }

// goBack takes up an order to begin again further back.
func (s *Shipper) goBack() error {
	name := s.path + orderEnd
	order, err := load(s.o.Files, name, s.o.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errPosition):
		s.o.Tell(Event{What: BadOrder})
		return s.o.Files.Rename(name, name+".bad")
	case err != nil:
		return err
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	p := s.position()
	if from := p.Scanned; order.Scanned < from {
		p.Scanned, p.Open = order.Scanned, order.Open
		if err := s.write(&p); err != nil {
			return err
		}
		s.mu.Lock()
		s.pos.Scanned, s.pos.Open, s.oldest = p.Scanned, p.Open, p.Shipped
		s.mu.Unlock()
		s.flows, s.batch, s.size, s.pending = nil, nil, 0, false
		s.o.Tell(Event{What: Replayed, From: p.Scanned + 1, To: from})
	}
	if err := s.o.Files.Remove(name); err != nil {
		return fmt.Errorf("take an order away: %w", err)
	}
	return nil
}
