// Package registry keeps what transfers may rest on: the filings under which
// data may leave, exporters, recipients, exceptions from the operator's own
// rules, and the tickets of held transfers with what reviewers said. It is a
// SQLite file that the running gateway and the command line share.
//
// A document is checked field by field before it is stored, and every accepted
// change is a new revision chained to the one before by its hash, in one order
// for all kinds; nothing is overwritten. An approval counts only while two
// persons' signatures verify under the keys that are trusted now, and only
// until its quota is taken. The promise to the request path: a change made by
// any process is seen within a second, and a store that is away, replaced or
// altered, as far as guard.go can tell, is an error and never an empty register.
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
	"github.com/datacustoms/customs/policy/sign"
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
	// Reviewers are the keys whose approvals count. They are asked for at each
	// use, so a key that is taken out ends its approvals.
	Reviewers func() []sign.Verifier
	// Exporters are those of the configuration: what it says of an exporter
	// binds its filings too.
	Exporters func() []policy.Exporter
	// ReadOnly opens a store that is there and writes nothing beside it, to
	// look at a copy that cannot be written. Changes are refused.
	ReadOnly bool
}

// Terms says how long a pathway lasts and where it is open, by the law of a
// day written 2006-01-02, and to whom nothing may go. A law.Book does.
type Terms interface {
	policy.Law
	Pathway(w policy.Pathway, day string) law.Pathway
}

// ErrNotFound means that there is no filing, or no revision, of that id.
var ErrNotFound = errors.New("not found in the register")

// Registry is the store of filings. It is safe for concurrent use.
type Registry struct {
	o    Options
	path string
	db   *sql.DB
	old  bool // opened for reading, and of a version that kept filings only

	// mu is held while the view is renewed. poll is the one connection that
	// asks for the data version, which SQLite counts per connection.
	mu      sync.Mutex
	writing sync.Mutex
	poll    *sql.Conn
	version int64
	opened  fs.FileInfo

	view atomic.Pointer[view]

	// seen are the uses that this process saw, by ticket or exception.
	seenMu sync.Mutex
	seen   map[string]usage
}

var _ policy.Register = (*Registry)(nil)

// view is what is known of the store at one time. It is never changed.
type view struct {
	at   time.Time // when the store was last asked
	last int64     // the newest change
	err  error     // the store was away when asked
	book *book
	used map[string]usage // of exceptions
}

// Open opens the store at path and makes it if it is not there.
func Open(path string, o Options) (*Registry, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Poll = min(cmp.Or(o.Poll, 250*time.Millisecond), 500*time.Millisecond)
	if o.Law == nil {
		b, err := law.Open(law.Options{})
		if err != nil {
			return nil, fmt.Errorf("open register: %w", err)
		}
		o.Law = b
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	r := &Registry{o: o, path: abs, seen: map[string]usage{}}
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
	flag, query := os.O_RDWR|os.O_CREATE, readWrite
	if r.o.ReadOnly {
		flag, query = os.O_RDONLY, readOnly
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
	if err := r.setUp(ctx); err != nil {
		return err
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
