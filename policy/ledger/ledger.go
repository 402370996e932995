// Package ledger counts distinct persons exactly.
//
// A person is stored as the first 104 bits of HMAC-SHA-256 under a key of its
// scope: the year of an exporter or of a group, or a filing. Reserve claims all
// persons of a flow or none, in one step under one lock, and answers after its
// line in the journal is durable; commit makes the claims firm; release takes a
// person out of the count with the last claim on it. A person who is firm is in
// the journal as such, and no later flow needs to claim it again.
//
// The promise is never to count too few. A line whose write failed is taken
// back in memory first; if it landed all the same, a restart finds an open
// reservation, and recovery settles it by the log. Commits are durable when
// they return. A release may be lost in a crash: the reservation is then open
// again, counted, and recovery releases it a second time.
package ledger

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Sub is the ledger's directory below a data directory.
const Sub = "ledger"

// DefaultWait is how long Reserve waits for open reservations to settle.
const DefaultWait = 250 * time.Millisecond

// Options says where and how a ledger is kept.
type Options struct {
	// Dir is the data directory; the ledger is in its sub-directory "ledger".
	Dir string
	// Key is the root of the scope keys, 32 bytes. A ledger opens only under
	// the key that it was made with.
	Key []byte
	// Files is the disk. Required.
	Files policy.Files
	// Now dates flows that have no time. Required.
	Now func() time.Time
	// Rand gives keys and ids; nil means crypto/rand.
	Rand io.Reader
	// Wait is how long Reserve waits for open reservations; zero means
	// DefaultWait, below zero not at all.
	Wait time.Duration
	// CompactBytes is how long a segment of the journal may grow; zero means
	// DefaultCompactBytes.
	CompactBytes int64
}

// Ledger is the ledger of one gateway. It is safe for concurrent use.
type Ledger struct {
	opts  Options
	dir   string
	lock  io.Closer
	keys  *keyring
	group *journal.Group[change]
	store *store // used by the group's goroutine only
	cut   int64

	mu      sync.RWMutex // guards what follows
	books   *books
	changed chan struct{}           // closed and replaced when places come free
	late    map[*reservation][]byte // commits that the journal does not hold yet
	broken  error                   // why the last write did not succeed
	at      string                  // the newest segment
	atSize  int64
	past    past
	probing sync.Mutex
	random  sync.Mutex
}

var _ policy.Ledger = (*Ledger)(nil)

// Open opens the ledger or makes one, replays its journal and takes its lock.
// An incomplete last line, which was never acknowledged, is left behind and
// reported by Cut; any other fault is an error that names the record.
func Open(opts Options) (*Ledger, error) {
	if opts.Files == nil || opts.Now == nil || opts.Dir == "" || len(opts.Key) != 32 {
		return nil, errors.New("ledger: options need Dir, Files, Now and a Key of 32 bytes")
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.Wait == 0 {
		opts.Wait = DefaultWait
	}
	if opts.CompactBytes <= 0 {
		opts.CompactBytes = DefaultCompactBytes
	}
	l := &Ledger{opts: opts, dir: filepath.Join(opts.Dir, Sub), books: newBooks(), changed: make(chan struct{}),
		late: map[*reservation][]byte{}}
	l.keys = &keyring{files: opts.Files, dir: filepath.Join(l.dir, "keys"), root: opts.Key, rand: opts.Rand,
		keys: map[string][]byte{}}
	if err := opts.Files.MakeDir(l.keys.dir); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	for _, dir := range []string{opts.Dir, l.dir} {
		if err := opts.Files.SyncDir(dir); err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
	}
	lock, err := opts.Files.Lock(filepath.Join(l.dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("ledger: another gateway may be using %s: %w", l.dir, err)
	}
	l.lock = lock
	if err := l.load(); err != nil {
		lock.Close()
		return nil, fmt.Errorf("ledger: open %s: %w", l.dir, err)
	}
	l.group = journal.NewGroup(l.commit)
	l.store.folder.start(l.sealPast)
	return l, nil
}

// load reads the journal and begins its next segment, so that nothing is ever
// appended to a file whose end was not written by this process.
func (l *Ledger) load() error {
	keyed, err := l.keys.any()
	if err != nil {
		return err
	}
	l.store, err = openStore(storeOptions{files: l.opts.Files, dir: l.dir, key: l.keys.check(), keyed: keyed,
		compact: l.opts.CompactBytes}, l.books)
	if err != nil {
		return err
	}
	l.cut = l.store.cut
	l.at, l.atSize = l.store.at()
	return nil
}

// commit is the group's: it passes the batch to the store and notes how it
// went. Commits that failed before go along until they are durable.
func (l *Ledger) commit(batch []change) error {
	l.mu.Lock()
	again := make([]*reservation, 0, len(l.late))
	for r, line := range l.late {
		again = append(again, r)
		batch = append(slices.Clip(batch), change{line: line})
	}
	l.mu.Unlock()
	err := l.store.commit(batch)
	l.mu.Lock()
	l.broken = err
	if err == nil {
		l.at, l.atSize = l.store.at()
	}
	l.mu.Unlock()
	if err == nil {
		for _, r := range again {
			l.firm(r)
		}
	}
	return err
}

// write makes a change durable that stands in memory already.
func (l *Ledger) write(ctx context.Context, r record) error {
	line, err := r.line()
	if err != nil {
		return unavailable(err)
	}
	return unavailable(l.group.Do(ctx, change{line: line, stands: true}))
}

// Cut returns how many bytes of an incomplete last line Open left behind.
func (l *Ledger) Cut() int64 { return l.cut }

// Ready reports whether Reserve would be tried. After a failure it tries the
// disk first and writes what is owed to it, so that a ledger whose disk works
// again is ready again and nothing waits for the next flow to become durable.
func (l *Ledger) Ready(ctx context.Context) error {
	l.mu.RLock()
	behind, at, size := l.broken != nil || len(l.late) > 0, l.at, l.atSize
	l.mu.RUnlock()
	if behind {
		l.probing.Lock()
		defer l.probing.Unlock()
		err := journal.Probe(l.opts.Files, l.dir)
		if err == nil {
			err = l.group.Do(ctx, change{})
		}
		return unavailable(err)
	}
	err := journal.Present(l.opts.Files, at, size)
	if err != nil {
		l.mu.RLock()
		moved := l.at != at // to the next segment meanwhile
		l.mu.RUnlock()
		if moved {
			return nil
		}
	}
	return unavailable(err)
}

// Close makes what was queued durable and gives the lock back.
func (l *Ledger) Close() error {
	l.mu.RLock()
	late := len(l.late) > 0
	l.mu.RUnlock()
	if late {
		// An empty batch takes them along; without it recovery settles them.
		_ = l.group.Do(context.Background(), change{})
	}
	l.group.Close()
	return errors.Join(l.store.close(), l.lock.Close())
}

func (l *Ledger) newID() (string, error) {
	l.random.Lock()
	defer l.random.Unlock()
	var b [16]byte
	if _, err := io.ReadFull(l.opts.Rand, b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", policy.ErrLedgerUnavailable, err)
}
