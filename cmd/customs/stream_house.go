package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
	"github.com/datacustoms/customs/proxy/meter"
)

// liveStreams are the streams of a gateway. They run while run does; a reload
// exchanges all of them, so that changed secrets are taken up too. One whose
// position cannot be opened then stops no other: it is told of, and tried again
// until it can.
type liveStreams struct {
	h *house

	changing sync.Mutex // held while the set is exchanged; before mu
	mu       sync.Mutex // guards what follows
	all      []*stream.Shipper
	closed   []closedStream
	stop     func() // ends them and waits; nil while none run
	ctx      context.Context
}

// openStreams opens the positions of what the configuration names, so that a
// fault in one is one of the start. Nothing runs yet.
func (h *house) openStreams() (err error) {
	h.streams = &liveStreams{h: h}
	sinks, err := h.sinks(h.cfg)
	if err != nil {
		return err
	}
	all, closed := h.streams.open(h.cfg, sinks)
	for _, c := range closed {
		err = errors.Join(err, c.err)
	}
	h.streams.all = all
	return err
}

// sinks makes the ways to all receivers of a configuration.
func (h *house) sinks(cfg *config.Config) ([]stream.Sink, error) {
	roots, err := rootsOf(cfg)
	if err != nil {
		return nil, err
	}
	var out []stream.Sink
	for _, s := range cfg.Streams {
		sink, err := sinkOf(s, roots)
		if err != nil {
			return nil, err
		}
		out = append(out, sink)
	}
	return out, nil
}

// closedStream is a stream whose position cannot be opened.
type closedStream struct {
	o     stream.Options
	err   error
	since time.Time
}

func (l *liveStreams) open(cfg *config.Config, sinks []stream.Sink) (all []*stream.Shipper, closed []closedStream) {
	for i, c := range cfg.Streams {
		record, act := encoders(c)
		o := stream.Options{Name: c.Name, Dir: l.h.cfg.Data, Files: disk.Files{}, Log: l.h.audit, Sink: sinks[i], Now: time.Now,
			Encode: record, Act: act, Backlog: int64(c.Backlog), Entries: uint64(c.BacklogEntries), Tell: l.h.tellStream(c.Name)}
		s, err := stream.Open(o)
		if err != nil {
			closed = append(closed, closedStream{o, err, time.Now()})
			continue
		}
		all = append(all, s)
	}
	return all, closed
}

// run ships until ctx ends.
func (l *liveStreams) run(ctx context.Context) {
	l.changing.Lock()
	l.begin(ctx)
	l.changing.Unlock()
	<-ctx.Done()
	l.changing.Lock()
	defer l.changing.Unlock()
	l.end()
}

// begin and end are called with changing held.
func (l *liveStreams) begin(ctx context.Context) {
	inner, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.all {
		group.Go(func() { s.Run(inner) })
	}
	if waiting := slices.Clone(l.closed); len(waiting) > 0 {
		group.Go(func() { l.reopen(inner, waiting) })
	}
	l.ctx, l.stop = ctx, func() { cancel(); group.Wait() }
}

// reopenEvery is how often a stream that could not be opened is tried again.
const reopenEvery = 5 * time.Second

// reopen opens what could not be, as it can be, and runs it.
func (l *liveStreams) reopen(ctx context.Context, waiting []closedStream) {
	var group sync.WaitGroup
	defer group.Wait()
	defer func() {
		for _, c := range waiting {
			_ = c.o.Sink.Close() // it never connected
		}
	}()
	for len(waiting) > 0 && pause(ctx, reopenEvery) {
		waiting = slices.DeleteFunc(waiting, func(c closedStream) bool {
			s, err := stream.Open(c.o)
			if err != nil {
				return false
			}
			l.h.log.Info("a stream could be opened and runs again", zap.String("stream", c.o.Name))
			l.mu.Lock()
			l.all = append(slices.Clone(l.all), s)
			l.closed = slices.DeleteFunc(slices.Clone(l.closed), func(o closedStream) bool { return o.o.Name == c.o.Name })
			l.mu.Unlock()
			group.Go(func() { s.Run(ctx) })
			return true
		})
	}
}

func (l *liveStreams) end() {
	l.mu.Lock()
	stop := l.stop
	l.stop = nil
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// exchange puts the streams of another configuration in the place of those
// that run. The sinks were made before, so that a fault in the configuration
// changes nothing. An error names the streams that cannot run yet; the others
// do.
func (l *liveStreams) exchange(cfg *config.Config, sinks []stream.Sink) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	if l.stop == nil || l.ctx.Err() != nil {
		return nil // the gateway ends
	}
	l.end()
	all, closed := l.open(cfg, sinks)
	l.mu.Lock()
	l.all, l.closed = all, closed
	l.mu.Unlock()
	l.begin(l.ctx)
	var err error
	for _, c := range closed {
		err = errors.Join(err, c.err)
	}
	return err
}

// stopped are the streams that could not be opened.
func (l *liveStreams) stopped() []closedStream {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *liveStreams) list() []*stream.Shipper {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all
}

// figures are what the metrics show.
func (l *liveStreams) figures() []meter.Stream {
	var out []meter.Stream
	for _, s := range l.list() {
		st := s.State()
		out = append(out, meter.Stream{Name: st.Name, Behind: st.Behind, Seconds: st.Seconds, Shipped: st.Records + st.Acts, Failures: st.Failed,
			Lost: st.Gone, Over: !st.Over.IsZero()})
	}
	return out
}

// raiseStreams tells of a stream whose backlog is above its bound, once a
// crossing, of entries that it will never ship, and of what no further try
// mends.
func (h *house) raiseStreams(ctx context.Context) error {
	var errs []error
	for _, c := range h.streams.stopped() {
		errs = append(errs, h.raise(ctx, streamClosed(c.o.Name, c.since)))
	}
	for _, s := range h.streams.list() {
		st, back, err := s.Check()
		errs = append(errs, err)
		if !st.Over.IsZero() {
			errs = append(errs, h.raise(ctx, alert.StreamOf(st.Name, st.Over, st.Behind, st.Bytes)))
		}
		if back {
			h.log.Info("a stream is back within its backlog", zap.String("stream", st.Name), zap.Uint64("behind_entries", st.Behind))
		}
		if st.Fault == stream.ClassTooLarge {
			errs = append(errs, h.raise(ctx, streamStuck(st.Name, st.Scanned)))
		}
		if st.Gone > 0 {
			errs = append(errs, h.raise(ctx, alert.StreamLostOf(st.Name, st.Gone)))
		}
	}
	return errors.Join(errs...)
}

// tellStream logs what a person may want to know of a stream.
func (h *house) tellStream(name string) func(stream.Event) {
	at := zap.String("stream", name)
	return func(e stream.Event) {
		entries := []zap.Field{at, zap.Uint64("from", e.From), zap.Uint64("to", e.To)}
		switch e.What {
		case stream.Failing:
			_, mend := e.Class.Text()
			h.log.Warn("a stream of the log fails, will try again; nothing is lost", at, zap.String("class", string(e.Class)), zap.String("mend", mend))
		case stream.Recovered:
			h.log.Info("a stream of the log works again", at, zap.Int("tries", e.Tries))
		case stream.Lost:
			h.log.Error("entries were deleted from the log before a stream had shipped them", entries...)
		case stream.Damaged:
			h.log.Error("the position of a stream cannot be read: it was kept aside and all is sent again", at, zap.String("kept", h.path("streams/"+name+".bad")))
		case stream.Replayed:
			h.log.Warn("a stream went back and sends entries again", entries...)
		case stream.BadOrder:
			h.log.Error("an order to a stream to go back cannot be read; it was kept aside", at, zap.String("kept", h.path("streams/"+name+".replay.bad")))
		}
	}
}
