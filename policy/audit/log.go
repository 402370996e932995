// Package audit is the log: append-only segments of canonical JSON lines, one
// entry a line, joined by a hash chain.
//
// A line is {"chain":"<hex>","entry":<entry>}. The leaf of an entry is exactly
// the bytes of <entry>, hashed as RFC 6962 hashes leaves, and the chain value
// is SHA-256(0x01 ‖ previous chain value ‖ leaf hash). A segment begins with a
// header line that names the chain value and the length of the segment before
// it and is itself hashed into the chain.
//
// A closed segment is compressed in the background. Over the leaf hashes of all
// entries stands a Merkle tree, with checkpoints that the log's key signs:
//
//	entry durable in its segment, and acknowledged → added to the tree in memory
//	→ tiles durable → checkpoint signed and durable
//
// A log has a checkpoint from its first opening on, so that it verifies at any
// time. For good are kept those at the end of each closed segment and at each
// entry that names a new key of the log: what is kept follows from the entries,
// and one that was taken away is missed.
//
// Only the first step is waited for by flows. What comes after it can be made
// again, and a compressed segment replaces the plain one only after it was read
// back.
//
// The promise: Append answers nil only after its entry is durable, and an
// entry that was acknowledged is never lost, changed or moved by this package.
// After an error of the disk the file is not trusted again: the next entry
// opens a new segment, whose header cuts off what may have landed in the old
// one. So an entry whose Append failed is in the log only if the program ends
// before the log works again; a releasing intent that stands there without an
// outcome is settled as in doubt by recovery.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// Sub is the log's directory below a data directory.
const Sub = "audit"

// DefaultSegmentBytes is the size at which a new segment begins.
const DefaultSegmentBytes = 64 << 20

// Options says where and how a log is kept.
type Options struct {
	// Dir is the data directory; the log is in its sub-directory "audit".
	Dir string
	// Node names this gateway in entries that do not name one.
	Node string
	// Files is the disk. Required.
	Files policy.Files
	// Now stamps entries without a time. Required.
	Now func() time.Time
	// SegmentBytes is when a segment is full; zero means 64 MiB. By Now's day in
	// Shanghai one with entries also ends with the day of its first.
	SegmentBytes int64
	// Carry is the directory that tells which flows were open where a segment
	// begins, so that opening reads only the newest; empty means Dir/index.
	// What it holds can be made again.
	Carry string

	// Origin is the log's identity in its checkpoints.
	Origin string
	// Signers returns the keys that sign checkpoints, newest first. Without it
	// the log has no tree, and segments are compressed only by Archive.
	Signers func() []note.Signer
	// Every and Entries say when a checkpoint is due; zero means 5 s and 4096.
	Every   time.Duration
	Entries int
	// Published is called after each checkpoint and Failed after each fault of
	// the work in the background; both by the goroutine that does the work,
	// outside of locks.
	Published func(signed []byte, c tree.Checkpoint)
	Failed    func(what string, err error)

	behind uint64 // instead of maxBehind
}

func (o Options) limit() uint64 {
	if o.behind > 0 {
		return o.behind
	}
	return maxBehind
}

// Log is the recorder of one gateway. It is safe for concurrent use.
//
// Four goroutines work at it. The group's commits batches: it alone writes to
// segments and adds to the tree. The publisher writes tiles and checkpoints.
// The keeper compresses closed segments. Callers of Drop and Archive do so
// under shelves, as the keeper does.
type Log struct {
	opts  Options
	dir   string
	lock  io.Closer
	group *journal.Group[*pending]
	w     writer // used by the group's goroutine only
	cut   int64

	tree      *tree.Writer  // nil without Signers; locks itself
	covered   atomic.Uint64 // size of the newest checkpoint
	due       chan struct{} // wakes the publisher
	asked     chan chan<- error
	turned    chan struct{} // wakes the keeper
	stop      context.CancelFunc
	published chan struct{} // closed when the publisher has ended
	kept      chan struct{} // closed when the keeper has ended

	// shelves is held by whoever changes closed segments.
	shelves sync.Mutex

	mu      sync.Mutex // guards what follows
	last    uint64     // the newest durable entry
	grown   chan struct{}
	ordinal int              // of the segment that is written
	found   *flows           // what was in the log when it was opened; nil from the first flow on
	broken  error            // why the last write did not succeed
	owed    []int64          // sizes of the checkpoints that are to be kept
	named   map[string]int64 // size of the log with the act that introduced a key, of those since the newest checkpoint at the start
	at      string           // the segment that is written
	atSize  int64
	probing sync.Mutex
}

var _ policy.Recorder = (*Log)(nil)

// Open opens the log or makes one and takes its lock. It checks every entry
// from the newest segment on before which the open flows are known, and that
// the tree of the newest checkpoint is that of the log. An incomplete last
// line, which was never acknowledged, is cut off and reported by Cut; any other
// fault is a *Fault that names the entry.
func Open(opts Options) (*Log, error) {
	if opts.Files == nil || opts.Now == nil || opts.Dir == "" {
		return nil, errors.New("audit: options need Dir, Files and Now")
	}
	if opts.Signers != nil && opts.Origin == "" {
		return nil, errors.New("audit: options need an Origin to sign checkpoints for")
	}
	l := &Log{opts: opts.withDefaults(), dir: filepath.Join(opts.Dir, Sub), found: newFlows(), grown: make(chan struct{}),
		due: make(chan struct{}, 1), asked: make(chan chan<- error), turned: make(chan struct{}, 1), published: make(chan struct{}), kept: make(chan struct{})}
	if err := prepare(opts.Files, opts.Dir, l.dir); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	lock, err := opts.Files.Lock(filepath.Join(l.dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("audit: another gateway may be using %s: %w", l.dir, err)
	}
	l.lock = lock
	p, err := l.load(context.Background())
	if err != nil {
		if l.w.file != nil {
			l.w.file.Close()
		}
		lock.Close()
		return nil, err
	}
	l.start(p)
	return l, nil
}

func (o Options) withDefaults() Options {
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = DefaultSegmentBytes
	}
	if o.Carry == "" {
		o.Carry = filepath.Join(o.Dir, "index")
	}
	if o.Every <= 0 {
		o.Every = 5 * time.Second
	}
	if o.Entries <= 0 {
		o.Entries = 4096
	}
	return o
}

// start begins the work of the goroutines. Nobody else holds the log yet.
func (l *Log) start(p *publisher) {
	l.group = journal.NewGroup(l.commit)
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	if p == nil {
		close(l.published)
		close(l.kept)
		return
	}
	go p.run(ctx)
	l.finishDrops(ctx)
	go l.keep(ctx)
}

func prepare(files policy.Files, parent, dir string) error {
	if err := files.MakeDir(dir); err != nil {
		return err
	}
	return files.SyncDir(parent)
}

// resume makes what was read durable before anything is built on it: after a
// kill it may so far be only in the system's cache.
func (l *Log) resume(name string, size int64) error {
	f, err := l.opts.Files.Append(name)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	err = f.Sync()
	if err == nil {
		err = l.opts.Files.SyncDir(l.dir)
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("audit: sync %s: %w", name, err)
	}
	l.w.file = f
	l.at, l.atSize, l.ordinal = name, size, l.w.acked
	return nil
}

// Cut returns how many bytes of an incomplete last line Open cut off.
func (l *Log) Cut() int64 { return l.cut }

// Ready reports whether Append would be tried. After a failure it tries the
// disk first, so that a log whose disk works again is ready again.
func (l *Log) Ready(context.Context) error {
	l.mu.Lock()
	broken, at, size, last := l.broken, l.at, l.atSize, l.last
	l.mu.Unlock()
	if err := l.behind(last); err != nil {
		return unavailable(err)
	}
	if broken != nil {
		l.probing.Lock()
		defer l.probing.Unlock()
		return unavailable(journal.Probe(l.opts.Files, l.dir))
	}
	if at == "" {
		_, err := l.opts.Files.List(l.dir)
		return unavailable(err)
	}
	return unavailable(journal.Present(l.opts.Files, at, size))
}

// Close makes what was queued durable, signs it, and gives the lock back.
func (l *Log) Close() error {
	l.group.Close()
	l.stop()
	<-l.published
	<-l.kept
	var err error
	if l.w.file != nil {
		err = l.w.file.Close()
		l.w.file = nil
	}
	return errors.Join(err, l.lock.Close())
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("audit: %w: %w", policy.ErrRecorderUnavailable, err)
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
