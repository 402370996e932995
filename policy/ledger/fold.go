package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"
)

// foldAtMost bounds the segments that one folding takes, and with them its
// memory: it holds the persons of these segments and of no others. A large
// base takes more at a time, or it would be rewritten too often.
const foldAtMost = 256 << 20

// The pauses between a folding that failed and the next try.
const (
	foldRetry    = 5 * time.Second
	foldRetryMax = 10 * time.Minute
	foldLook     = 24 * time.Hour // for years that are over
)

// folder makes one new base of the newest base and closed segments, from files
// alone: it takes no lock of the ledger and holds up nobody. The base is only
// a shorter way to the same counts, so a folding that fails costs disk and
// time at the next start and nothing else; it is reported and tried again.
type folder struct {
	storeOptions
	before func(context.Context) error // seals what may be sealed; nil for none
	ctx    context.Context             // ends with close
	stop   context.CancelFunc
	wake   chan struct{}
	done   chan struct{} // nil until start

	busy sync.Mutex // held in step
	mu   sync.Mutex // guards what follows
	base int
	size int64 // of the base
	till int   // the newest closed segment
	due  int64 // bytes of the closed segments after the base
	want int   // a segment that is to be folded whatever the size
	err  error // of the last folding
}

func newFolder(o storeOptions, in loaded) *folder {
	f := &folder{storeOptions: o, wake: make(chan struct{}, 1), base: in.base, size: in.baseSize, till: in.base}
	if in.segments > 0 {
		f.due = in.after - in.at.end // the newest is closed by the next one's begin
	}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

// closed says that a segment is not written to any more.
func (f *folder) closed(n int, size int64) {
	f.mu.Lock()
	if n > f.till {
		f.till = n
		f.due += size
	}
	f.mu.Unlock()
	f.nudge()
}

func (f *folder) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// soon asks for a segment to be folded once it is closed, however short.
func (f *folder) soon(n int) {
	f.mu.Lock()
	f.want = max(f.want, n)
	f.mu.Unlock()
	f.nudge()
}

// start begins to fold in the background, until close.
func (f *folder) start(before func(context.Context) error) {
	f.before, f.done = before, make(chan struct{})
	go f.run()
}

func (f *folder) run() {
	defer close(f.done)
	pause := foldRetry
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-f.wake:
		case <-timer.C:
		}
		err := f.step(f.ctx)
		if f.ctx.Err() != nil {
			return
		}
		if err == nil {
			pause = foldRetry
			timer.Reset(foldLook)
			continue
		}
		timer.Reset(pause)
		pause = min(2*pause, foldRetryMax)
	}
}

// close ends a folding where it is, which changes nothing.
func (f *folder) close() {
	f.stop()
	if f.done != nil {
		<-f.done
	}
}

// fault returns why the last folding did not succeed.
func (f *folder) fault() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// step seals what may be sealed and folds while a folding is due.
func (f *folder) step(ctx context.Context) (err error) {
	f.busy.Lock()
	defer f.busy.Unlock()
	defer func() {
		if ctx.Err() == nil {
			f.mu.Lock()
			f.err = err
			f.mu.Unlock()
		}
	}()
	if f.before != nil {
		err = f.before(ctx)
	}
	for ctx.Err() == nil {
		f.mu.Lock()
		due := f.till > f.base && (f.base < f.want && f.want <= f.till || f.due > max(f.compact, f.size/2))
		f.mu.Unlock()
		if !due {
			return err
		}
		if e := f.fold(ctx); e != nil {
			return errors.Join(err, fmt.Errorf("fold the journal: %w", e))
		}
	}
	return ctx.Err()
}

// fold writes the next base and removes what it replaces.
func (f *folder) fold(ctx context.Context) error {
	f.mu.Lock()
	base, till := f.base, f.till
	f.mu.Unlock()
	var old *baseFile
	var after span
	if base > 0 {
		var err error
		if old, err = openBase(f.files, f.dir, base); err != nil {
			return err
		}
		defer old.Close()
		after = old.covers()
	}
	names, err := list(f.files, f.dir)
	if err != nil {
		return err
	}
	c, err := readChain(f.files, f.dir, names.segments, after)
	if err != nil {
		return err
	}
	last, bytes := c.upTo(till, max(foldAtMost, f.size/2))
	if last <= base {
		return fmt.Errorf("%s is missing; %s", segmentName(base+1), restore)
	}
	size, err := foldFiles(ctx, c, old, last)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.base, f.size, f.due = last, size, f.due-bytes
	f.mu.Unlock()
	f.tidy(last)
	return nil
}

// upTo returns the last of the segments up to till that come to about limit
// bytes, and what they come to.
func (c *chain) upTo(till int, limit int64) (last int, bytes int64) {
	last = c.after.segment
	for n := c.first(); n <= till && bytes < limit; n++ {
		at, closed := c.span(n)
		if !closed {
			break
		}
		last, bytes = n, bytes+at.end
	}
	return last, bytes
}

// foldFiles writes the base of the segments up to last. The books it makes for
// that hold the states of the old base, its openings and open reservations,
// and only the persons that the segments add.
func foldFiles(ctx context.Context, c *chain, old *baseFile, last int) (int64, error) {
	delta := newReplayer(newBooks())
	delta.sealing = map[scopeID]bool{}
	if old != nil {
		if err := old.fill(ctx, delta, false); err != nil {
			return 0, err
		}
	}
	at, _, err := c.replay(ctx, last, delta.take)
	if err == nil {
		err = delta.finish()
	}
	if err != nil {
		return 0, err
	}
	return writeBase(ctx, c.files, c.dir, c.key, at, old, delta.b, delta.sealing)
}

// tidy removes the bases that a newer one replaced, and what crashes left.
// What it cannot remove does no harm and goes another time.
func (f *folder) tidy(base int) {
	names, err := list(f.files, f.dir)
	if err != nil {
		return
	}
	for _, n := range names.bases {
		if n < base {
			_ = f.files.Remove(filepath.Join(f.dir, baseName(n)))
		}
	}
}
