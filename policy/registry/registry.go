// Package registry keeps the filings: approved permissions under which data
// may leave, in a SQLite file that the running gateway and the command line
// share.
//
// A filing is checked field by field before it is stored, and every accepted
// change is a new revision chained to the one before by its hash; nothing is
// overwritten. The promise to the request path: a change made by any process
// is seen within a second, and a store that is away, replaced or altered is
// an error and never an empty register.
package registry

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// Options are the settings of a Registry. Zero fields take their defaults.
type Options struct {
	// Law gives the terms of pathways. Default: the built-in rule packs.
	Law Terms
	// Poll is how old the view of the store may be when a flow asks. Default
	// 250 ms, at most 500 ms.
	Poll time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// ReadOnly opens a store that is there and writes nothing beside it, to
	// look at a copy that cannot be written. Changes are refused.
	ReadOnly bool
}

// Terms says how long a pathway lasts and where it is open, by the law of a
// day written 2006-01-02. A law.Book does.
type Terms interface {
	Pathway(w policy.Pathway, day string) law.Pathway
}

// ErrNotFound means that there is no filing, or no revision, of that id.
var ErrNotFound = errors.New("not found in the register")

// Registry is the store of filings. It is safe for concurrent use.
type Registry struct {
	o    Options
	path string
	db   *sql.DB

	// mu is held while the view is renewed. poll is the one connection that
	// asks for the data version, which SQLite counts per connection.
	mu      sync.Mutex
	poll    *sql.Conn
	version int64
	opened  fs.FileInfo

	view atomic.Pointer[view]
}

var _ policy.Register = (*Registry)(nil)

// view is what is known of the store at one time. It is never changed.
type view struct {
	at   time.Time // when the store was last asked
	last int64     // the newest change
	err  error     // the store was away when asked
	book *book
}

// Open opens the store at path and makes it if it is not there.
func Open(path string, o Options) (*Registry, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Poll = min(cmp.Or(o.Poll, 250*time.Millisecond), 500*time.Millisecond)
	if o.Law == nil {
		b, err := law.Open("", "")
		if err != nil {
			return nil, fmt.Errorf("open register: %w", err)
		}
		o.Law = b
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	r := &Registry{o: o, path: abs}
	if err := r.open(context.Background()); err != nil {
		return nil, errors.Join(fmt.Errorf("open register %s: %w", abs, damaged(abs, err)), r.Close())
	}
	return r, nil
}

// How SQLite opens the store.
const (
	readWrite = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	readOnly  = "mode=ro&_pragma=busy_timeout(5000)"
)

func (r *Registry) open(ctx context.Context) error {
	// Made here so that nobody else may read it, also its WAL.
	flag, query, setup := os.O_RDWR|os.O_CREATE, readWrite, schema
	if r.o.ReadOnly {
		flag, query, setup = os.O_RDONLY, readOnly, nil
		if _, err := os.Stat(r.path + "-wal"); errors.Is(err, fs.ErrNotExist) {
			query += "&immutable=1" // no gateway has it open: it needs no lock and no file beside it
		}
	}
	f, err := os.OpenFile(r.path, flag, 0o600)
	if err != nil {
		return err
	}
	r.opened, err = f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	dsn := url.URL{Scheme: "file", Path: r.path, RawQuery: query}
	if r.db, err = sql.Open("sqlite", dsn.String()); err != nil {
		return err
	}
	r.db.SetMaxOpenConns(4)
	for _, stmt := range setup {
		if _, err := r.db.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	if r.poll, err = r.db.Conn(ctx); err != nil {
		return err
	}
	r.view.Store(&view{book: newBook()})
	return r.refresh(ctx, 0)
}

// Close closes the store.
func (r *Registry) Close() error {
	var errs []error
	if r.poll != nil {
		errs = append(errs, r.poll.Close())
	}
	if r.db != nil {
		errs = append(errs, r.db.Close())
	}
	return errors.Join(errs...)
}

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
	next := &view{at: now, last: old.last, book: old.book}
	// A caller that gives up must not take the connection with it.
	ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), stale)
	defer cancel()
	if err := r.renew(ask, next); err != nil {
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
	if err := r.poll.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return err
	}
	if version == r.version {
		return nil
	}
	rows, err := readRows(ctx, r.poll, v.last)
	if err != nil {
		return err
	}
	next, err := v.book.with(rows)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		v.last = rows[len(rows)-1].Seq
	}
	v.book, r.version = next, version
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
