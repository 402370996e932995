package registry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Ready reports whether the store answers and is still the one that was
// opened.
func (r *Registry) Ready(ctx context.Context) error { return r.refresh(ctx, 0) }

// current returns a view that is young enough for a decision.
func (r *Registry) current(ctx context.Context) (*book, error) {
	if err := r.refresh(ctx, r.o.Poll); err != nil {
		return nil, err
	}
	v := r.view.Load()
	return v.book, v.err
}

// stale is the age at which a view is not used even while another flow is
// busy renewing it.
const stale = time.Second

// load bounds how long changes are read, of which there may be very many when
// a store is opened.
const load = time.Minute

// refresh renews the view if it is older than age. While another flow renews
// it, a view that is not stale is good enough.
func (r *Registry) refresh(ctx context.Context, age time.Duration) error {
	now := r.o.Now()
	fresh := func(limit time.Duration) bool {
		since := now.Sub(r.view.Load().at)
		return limit > 0 && since >= 0 && since < limit
	}
	if fresh(age) {
		return r.view.Load().err
	}
	if !r.mu.TryLock() {
		if age > 0 && fresh(stale) {
			return r.view.Load().err
		}
		r.mu.Lock()
	}
	defer r.mu.Unlock()
	if fresh(age) {
		return r.view.Load().err
	}
	old := r.view.Load()
	next := &view{at: now, last: old.last, book: old.book, used: old.used}
	// A caller that gives up must not take the connection with it.
	if err := r.renew(context.WithoutCancel(ctx), next); err != nil {
		next.err = fmt.Errorf("register %s: %w", filepath.Base(r.path), damaged(r.path, err))
	}
	r.view.Store(next)
	return next.err
}

// renew brings the view up to the store. The caller holds mu.
func (r *Registry) renew(ctx context.Context, v *view) error {
	if err := r.present(); err != nil {
		return err
	}
	var version int64
	ask, cancel := context.WithTimeout(ctx, stale)
	defer cancel()
	if err := r.poll.QueryRowContext(ask, "PRAGMA data_version").Scan(&version); err != nil {
		return err
	}
	if version == r.version {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, load)
	defer done()
	rows, err := readRows(ctx, r.reading(r.poll), v.last)
	if err != nil {
		return err
	}
	if err := r.whole(ctx, v.last); err != nil {
		return err
	}
	next, err := v.book.with(rows)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		v.last = rows[len(rows)-1].Seq
	}
	used, err := r.usage(ctx, next, r.reading(r.poll))
	if err != nil {
		return err
	}
	v.book, v.used, r.version = next, used, version
	return nil
}

// present says whether the file at the path is still the one that was opened.
// SQLite would go on reading a file that has no name any more.
func (r *Registry) present() error {
	f, err := os.Open(r.path)
	if err != nil {
		return fmt.Errorf("store was taken away: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("store was taken away: %w", err)
	}
	if !os.SameFile(info, r.opened) {
		return errors.New("another file stands in the place of the store; put the old one back or restart")
	}
	if n, err := f.Read(make([]byte, 16)); err != nil || n < 16 {
		return errors.New("store cannot be read or was emptied; put it back from a copy and restart")
	}
	return nil
}
