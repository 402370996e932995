package audit

import (
	"context"
	"fmt"
	"time"
)

// keep is the goroutine that compresses closed segments and writes down the
// flows that were open where a segment began. Nothing waits for it: when it
// cannot, the log stays as it is, and starting takes longer.
func (l *Log) keep(ctx context.Context) {
	defer close(l.kept)
	again := time.NewTicker(l.opts.Every)
	defer again.Stop()
	for {
		err := l.tend(ctx, step(ctx))
		if ctx.Err() != nil {
			return
		}
		var retry <-chan time.Time
		if err != nil {
			l.fail("archive", err)
			retry = again.C
		}
		select {
		case <-l.turned:
		case <-retry:
		case <-ctx.Done():
			return
		}
	}
}

// step is the pause between two blocks: the work takes the machine for a
// moment at a time.
func step(ctx context.Context) func() error {
	return func() error {
		t := time.NewTimer(time.Millisecond)
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *Log) fail(what string, err error) {
	if l.opts.Failed != nil {
		l.opts.Failed(what, err)
	}
}

// tend does what is to be done about closed segments.
func (l *Log) tend(ctx context.Context, pause func() error) error {
	l.shelves.Lock()
	defer l.shelves.Unlock()
	open := l.current()
	if open < 2 {
		return nil
	}
	if err := l.makeCarry(ctx, open); err != nil {
		return fmt.Errorf("audit: write down open flows: %w", err)
	}
	all, err := ordinals(l.opts.Files, l.dir)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, n := range all {
		if n >= open {
			break
		}
		if err := pack(ctx, l.opts.Files, l.dir, n, pause); err != nil {
			return fmt.Errorf("audit: compress segment %d: %w", n, err)
		}
	}
	return nil
}

// current returns the segment that entries are added to.
func (l *Log) current() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ordinal
}

// Archive compresses all segments that are closed.
func (l *Log) Archive(ctx context.Context) error { return l.tend(ctx, ctx.Err) }
