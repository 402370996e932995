package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Receiver takes alerts. It is used by one goroutine at a time.
type Receiver interface {
	// Name tells the receiver apart from all others, also after a restart.
	Name() string
	// Send returns nil when the receiver has the alert, a *RefusedError when it
	// will never take it, and any other error when it may take it later. The
	// error's text is kept and shown: it must not quote the receiver.
	Send(ctx context.Context, a *Alert) error
}

// RefusedError is the answer of a receiver that will not take an alert, however
// often it is tried.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

// Options are what an outbox needs.
type Options struct {
	Dir       string // data directory
	Files     policy.Files
	Now       func() time.Time
	Receivers []Receiver
	// Tell hears of each try, on the goroutine that made it; nil for nobody.
	Tell func(a *Alert, d Delivery)
}

// Outbox keeps alerts until every receiver has them. It is safe for concurrent
// use.
type Outbox struct {
	o       Options
	dir     string
	lock    io.Closer
	damaged int
	wake    map[string]chan struct{}

	writing sync.Mutex        // held while a line becomes durable; before mu
	file    policy.AppendFile // nil: the next write begins a new file
	size    int64             // of file
	owed    bool              // memory is ahead of the disk

	mu    sync.Mutex // guards what follows
	shelf *shelf
	today map[Kind]int         // raised on day
	due   map[string]time.Time // when a receiver that failed is tried again
	day   string
}

// ErrTooMany is the answer of Raise when a kind was raised too often today.
var ErrTooMany = errors.New("alert: too many of one kind in a day")

const (
	maxDaily   = 500     // alerts of one kind
	maxWaiting = 1000    // alerts for one receiver
	rotateAt   = 4 << 20 // bytes of a file before it is written anew
)

// Open reads the outbox of a data directory and takes its lock.
func Open(o Options) (*Outbox, error) {
	b := &Outbox{o: o, dir: filepath.Join(o.Dir, Sub), wake: map[string]chan struct{}{}, today: map[Kind]int{}, due: map[string]time.Time{}}
	for _, r := range o.Receivers {
		if b.wake[r.Name()] != nil {
			return nil, fmt.Errorf("alerts: two receivers are called %s", r.Name())
		}
		b.wake[r.Name()] = make(chan struct{}, 1)
	}
	if len(o.Receivers) > maxReceivers/2 {
		return nil, fmt.Errorf("alerts: %d receivers are more than %d", len(o.Receivers), maxReceivers/2)
	}
	if err := o.Files.MakeDir(b.dir); err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	var err error
	if b.lock, err = o.Files.Lock(filepath.Join(b.dir, "lock")); err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	if b.shelf, b.damaged, err = load(o.Files, b.dir); err == nil && b.damaged > 0 {
		err = b.keepDamaged()
	}
	if err != nil {
		b.lock.Close()
		return nil, fmt.Errorf("alerts: read %s: %w", filepath.Join(b.dir, outboxName), err)
	}
	return b, nil
}

// keepDamaged copies a damaged file for whoever wants to know, and writes what
// could be read of it anew.
func (b *Outbox) keepDamaged() error {
	name := filepath.Join(b.dir, outboxName)
	f, err := b.o.Files.Open(name)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := b.replace(name+".bad", text); err != nil {
		return err
	}
	return b.rewrite(nil)
}

// Damaged returns how many lines could not be read when the outbox was opened.
func (b *Outbox) Damaged() int { return b.damaged }

// Known reports whether an id was raised, or is covered by one that was.
func (b *Outbox) Known(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shelf.known[id] != nil
}

// Raise puts an alert up for all receivers, once: it answers false when its id
// is known. covers are ids that need no alert of their own any more. After an
// error nothing was raised, and the next look may try again; only an alert of a
// store goes out although it could not be kept, since it may be the same disk.
func (b *Outbox) Raise(ctx context.Context, a Alert, covers ...string) (bool, error) {
	a = a.Sealed()
	if err := errors.Join(a.sound(), ctx.Err()); err != nil {
		return false, err
	}
	if len(covers) > maxCovers {
		return false, fmt.Errorf("alert: %d covered ids are more than %d", len(covers), maxCovers)
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	s, err := b.make(a, covers)
	if s == nil || err != nil {
		return false, err
	}
	if err = b.write(line{Op: "raise", State: s}); err != nil && a.Kind != Store {
		return false, fmt.Errorf("alert: keep it: %w", err)
	}
	b.mu.Lock()
	b.shelf.add(s)
	b.today[a.Kind]++
	b.mu.Unlock()
	b.rouse()
	return true, nil
}

// make returns the alert with its deliveries, or nil when it is known.
func (b *Outbox) make(a Alert, covers []string) (*State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.o.Now()
	if day := now.In(policy.Shanghai).Format(time.DateOnly); day != b.day {
		b.day = day
		clear(b.today)
	}
	switch {
	case b.shelf.known[a.ID] != nil:
		return nil, nil
	case b.today[a.Kind] >= maxDaily:
		return nil, fmt.Errorf("%w: %d of %s", ErrTooMany, maxDaily, a.Kind)
	}
	if a.Time.IsZero() {
		a.Time = now
	}
	s := &State{Alert: a, Covers: slices.Clone(covers), Deliveries: make([]Delivery, 0, len(b.o.Receivers))}
	waiting := b.waiting()
	for _, r := range b.o.Receivers {
		d := Delivery{To: r.Name(), State: Waiting, Since: now}
		if waiting[d.To] >= maxWaiting {
			d.State, d.Fault = Dropped, fmt.Sprintf("%d alerts wait for the receiver", maxWaiting)
		}
		s.Deliveries = append(s.Deliveries, d)
	}
	return s, nil
}

// write makes a line durable. It is called with writing held. After an error
// the file is not written again: the next write begins a new one with all that
// stands in memory.
func (b *Outbox) write(l line) error {
	if b.size > rotateAt {
		b.drop()
	}
	if b.file == nil {
		return b.rewrite(&l)
	}
	var buf bytes.Buffer
	if err := appendLine(&buf, l); err != nil {
		return err
	}
	_, err := b.file.Write(buf.Bytes())
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		b.drop()
		b.owed = true
		return err
	}
	b.size += int64(buf.Len())
	return nil
}

func (b *Outbox) drop() {
	if b.file != nil {
		b.file.Close()
	}
	b.file, b.size = nil, 0
}

// rewrite makes what stands in memory, and one line more, the whole outbox.
func (b *Outbox) rewrite(more *line) error {
	text, err := b.all(more)
	if err != nil {
		return err
	}
	name := filepath.Join(b.dir, outboxName)
	b.owed = true
	if err := b.replace(name, text); err != nil {
		return err
	}
	b.owed = false
	if b.file, err = b.o.Files.Append(name); err != nil {
		b.file = nil // what was written counts; the next line begins anew
	}
	return nil
}

func (b *Outbox) all(more *line) ([]byte, error) {
	var buf bytes.Buffer
	if err := appendLine(&buf, line{Op: "head", Schema: outboxSchema}); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shelf.forget(b.o.Now())
	for _, s := range b.shelf.states {
		if err := appendLine(&buf, line{Op: "raise", State: s}); err != nil {
			return nil, err
		}
	}
	if more != nil {
		if err := appendLine(&buf, *more); err != nil {
			return nil, err
		}
	}
	return buf.Bytes(), nil
}

// replace makes text the whole of a file, in one step.
func (b *Outbox) replace(name string, text []byte) error {
	files := b.o.Files
	if err := files.Remove(name + ".new"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := files.Append(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := files.Rename(name+".new", name); err != nil {
		return err
	}
	return files.SyncDir(b.dir)
}

// settle writes what the disk did not take before. It is called without a lock.
func (b *Outbox) settle() (owed bool) {
	b.writing.Lock()
	defer b.writing.Unlock()
	return b.owed && b.rewrite(nil) != nil
}

// Close waits for nothing: Run has ended by then. What waits stands on disk.
func (b *Outbox) Close() error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if b.lock == nil {
		return nil
	}
	var err error
	if b.owed {
		err = b.rewrite(nil)
	}
	b.drop()
	err = errors.Join(err, b.lock.Close())
	b.lock = nil
	return err
}
