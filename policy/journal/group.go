// Package journal holds what every append-only file of the policy side needs:
// a group commit without a timer, and a reader that tells a torn last line
// from a damaged one.
//
// The promise of Group: Do returns nil only after the commit that carried its
// item returned nil. A commit starts at once when the disk is free; what
// arrives while one is running forms the next batch.
package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// MaxBatch is how many items one commit carries at most.
const MaxBatch = 256

// ErrClosed is the answer to items that come after Close.
var ErrClosed = errors.New("journal is closed")

// Group collects items of concurrent callers into batches and commits the
// batches one after the other, in the order of arrival, on one goroutine.
type Group[T any] struct {
	commit func([]T) error
	queue  chan ticket[T]
	done   chan struct{}

	mu     sync.RWMutex // held for reading while sending, so that Close can close queue
	closed bool
}

type ticket[T any] struct {
	item T
	err  chan error // nil when nobody waits
}

// NewGroup starts a group. commit is never called concurrently, and owns the
// batch only until it returns.
func NewGroup[T any](commit func([]T) error) *Group[T] {
	g := &Group[T]{commit: commit, queue: make(chan ticket[T], MaxBatch), done: make(chan struct{})}
	go g.run()
	return g
}

// Do commits the item and waits. When ctx ends first the item may still be
// committed.
func (g *Group[T]) Do(ctx context.Context, item T) error {
	t := ticket[T]{item, make(chan error, 1)}
	if err := g.send(ctx, t); err != nil {
		return err
	}
	select {
	case err := <-t.err:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the disk: %w", context.Cause(ctx))
	}
}

// Post queues the item and does not wait for its commit.
func (g *Group[T]) Post(ctx context.Context, item T) error {
	return g.send(ctx, ticket[T]{item: item})
}

func (g *Group[T]) send(ctx context.Context, t ticket[T]) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return ErrClosed
	}
	select {
	case g.queue <- t:
		return nil
	default:
	}
	select {
	case g.queue <- t:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the disk: %w", context.Cause(ctx))
	}
}

// Close commits what was queued and stops the group.
func (g *Group[T]) Close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.queue)
	}
	g.mu.Unlock()
	<-g.done
}

func (g *Group[T]) run() {
	defer close(g.done)
	batch := make([]T, 0, MaxBatch)
	waiting := make([]chan error, 0, MaxBatch)
	for t := range g.queue {
		batch, waiting = append(batch[:0], t.item), append(waiting[:0], t.err)
	fill:
		for len(batch) < MaxBatch {
			select {
			case t, ok := <-g.queue:
				if !ok {
					break fill
				}
				batch, waiting = append(batch, t.item), append(waiting, t.err)
			default:
				break fill
			}
		}
		err := g.commit(batch)
		for _, w := range waiting {
			if w != nil {
				w <- err
			}
		}
		clear(batch)
		clear(waiting)
	}
}
