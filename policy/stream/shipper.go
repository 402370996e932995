package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/export"
)

// DefaultBacklog is the bound of what may wait, in bytes.
const DefaultBacklog = 1 << 30

// Options are what a Shipper needs.
type Options struct {
	Name  string       // of the stream: small letters, digits and hyphens
	Dir   string       // data directory
	Files policy.Files // of positions and log
	Log   Log
	Sink  Sink
	Now   func() time.Time
	// Encode gives the bodies; nil takes what exports and streams share: the
	// record's JSON, and the canonical bytes of an act's entry.
	Encode func(r *policy.Record) []byte
	Act    func(e *policy.Entry, canonical []byte) []byte
	// Backlog and Entries bound what may wait before State says Over. Zero is
	// DefaultBacklog, and no bound by number.
	Backlog int64
	Entries uint64
	// Patience bounds one Send; zero is 30 s.
	Patience time.Duration
	// Tell hears of events, on the Shipper's goroutine; nil for nobody.
	Tell func(Event)
}

const (
	batchMessages = 512
	batchBytes    = 1 << 20
	saveEvery     = time.Second
	firstPause    = 200 * time.Millisecond
	longPause     = 10 * time.Second
	// A tail is read again from the begin of its segment, so that reading may
	// take a tenth of the time and no more.
	restFactor = 9
	longRest   = 2 * time.Second
)

// Shipper ships one stream. Run is its only goroutine; the other methods may be
// called from any.
type Shipper struct {
	o      Options
	path   string
	source audit.Source

	// Used by Run alone.
	flows   *flows // nil: to be read again
	next    Position
	batch   []Message
	size    int
	pending bool // the batch leads to next; the flows are those of next
	tries   int

	saving sync.Mutex // held while the file is written; before mu
	mu     sync.Mutex // guards what follows
	pos    Position
	dirty  bool // pos is not what the file says
	saved  time.Time
	kept   uint64    // Needs of the file
	oldest time.Time // of what waits
}

// Open reads the position of a stream. One that cannot be read is kept aside,
// and all that the log holds is sent again.
func Open(o Options) (*Shipper, error) {
	s := &Shipper{o: o, path: filepath.Join(o.Dir, Sub, o.Name), source: audit.Source{Files: o.Files, Dir: o.Dir}}
	if o.Backlog <= 0 {
		s.o.Backlog = DefaultBacklog
	}
	if o.Patience <= 0 {
		s.o.Patience = 30 * time.Second
	}
	if s.o.Encode == nil {
		s.o.Encode = func(r *policy.Record) []byte { return export.JSON(*r) }
	}
	if s.o.Act == nil {
		s.o.Act = func(_ *policy.Entry, canonical []byte) []byte { return slices.Clone(canonical) }
	}
	if s.o.Tell == nil {
		s.o.Tell = func(Event) {}
	}
	if err := makeDir(o.Files, o.Dir, filepath.Dir(s.path)); err != nil {
		return nil, err
	}
	p, err := load(o.Files, s.path, o.Name)
	switch {
	case errors.Is(err, errPosition):
		if err := o.Files.Rename(s.path, s.path+".bad"); err != nil {
			return nil, fmt.Errorf("stream %s: %w", o.Name, err)
		}
		s.o.Tell(Event{What: Damaged})
		p = &Position{}
	case errors.Is(err, fs.ErrNotExist):
		p = &Position{}
	case err != nil:
		return nil, fmt.Errorf("stream %s: read its position: %w", o.Name, err)
	}
	s.pos = *p
	s.pos.Stream = o.Name
	s.kept = s.pos.Needs()
	return s, nil
}

// Run ships until ctx ends, then closes the sink.
func (s *Shipper) Run(ctx context.Context) {
	defer s.o.Sink.Close()
	defer s.saveDirty()
	for ctx.Err() == nil {
		err := s.step(ctx)
		switch {
		case err == nil:
			s.arrived()
			s.idle(ctx)
		case ctx.Err() == nil:
			s.failed(ClassOf(err))
			wait(ctx, nil, pause(s.tries))
		}
	}
}

// step brings the stream up to the end of the log, or as far as it gets.
func (s *Shipper) step(ctx context.Context) error {
	if err := s.goBack(); err != nil {
		return fault(ClassPosition, err)
	}
	if err := s.deliver(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := s.read(ctx); err != nil {
		return err
	}
	wait(ctx, nil, min(restFactor*time.Since(began), longRest))
	return nil
}

// idle makes the last position durable and waits for more. It looks up at
// least every second, for an order.
func (s *Shipper) idle(ctx context.Context) {
	s.mu.Lock()
	at, due := s.pos.Scanned, s.o.Now().Sub(s.saved) >= saveEvery
	s.mu.Unlock()
	if due {
		if err := s.saveDirty(); err != nil {
			s.failed(ClassPosition)
		}
	}
	wait(ctx, s.o.Log.Grown(at), saveEvery)
}

func wait(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-t.C:
	}
}

func pause(tries int) time.Duration {
	if tries > 6 {
		return longPause
	}
	return min(firstPause<<max(tries-1, 0), longPause)
}

// deliver sends the batch, if there is one, and advances the position to next.
func (s *Shipper) deliver(ctx context.Context) error {
	if !s.pending {
		return nil
	}
	if len(s.batch) > 0 {
		limited, cancel := context.WithTimeout(ctx, s.o.Patience)
		err := s.o.Sink.Send(limited, s.batch)
		cancel()
		if err != nil {
			return err
		}
		s.next.Shipped = s.o.Now().UTC()
		s.arrived()
	}
	s.mu.Lock()
	p := s.next
	p.Failed, p.Over, p.Fault, p.FaultAt = s.pos.Failed, s.pos.Over, s.pos.Fault, s.pos.FaultAt
	s.pos, s.oldest, s.dirty = p, time.Time{}, true
	due := s.o.Now().Sub(s.saved) >= saveEvery
	s.mu.Unlock()
	clear(s.batch)
	s.batch, s.size, s.pending = s.batch[:0], 0, false
	if due {
		return fault(ClassPosition, s.saveDirty())
	}
	return nil
}

// arrived ends a row of failures.
func (s *Shipper) arrived() {
	if s.tries == 0 {
		return
	}
	s.mu.Lock()
	s.pos.Fault, s.dirty = "", true
	s.mu.Unlock()
	s.o.Tell(Event{What: Recovered, Tries: s.tries})
	s.tries = 0
}

// failed counts a failure, and makes the first in a row durable for whoever
// lists the streams.
func (s *Shipper) failed(c Class) {
	s.tries++
	s.mu.Lock()
	s.pos.Failed++
	s.pos.Fault, s.pos.FaultAt, s.dirty = c, s.o.Now().UTC(), true
	s.mu.Unlock()
	if s.tries == 1 {
		s.saveDirty() // a disk that does not take it is said by the next step
		s.o.Tell(Event{What: Failing, Class: c})
	}
}

// saveDirty makes a position that has changed durable. Scanned and the open
// flows in it are always of one moment.
func (s *Shipper) saveDirty() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	p, dirty := s.pos, s.dirty
	s.dirty = false
	s.mu.Unlock()
	if !dirty {
		return nil
	}
	return s.write(&p)
}

// write is called with saving held.
func (s *Shipper) write(p *Position) error {
	err := save(s.o.Files, s.path, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.dirty = true
		return err
	}
	s.saved, s.kept = s.o.Now(), p.Needs()
	return nil
}
