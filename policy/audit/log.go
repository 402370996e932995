// Package audit is the log: append-only segments of canonical JSON lines, one
// entry a line, joined by a hash chain.
//
// A line is {"chain":"<hex>","entry":<entry>}. The leaf of an entry is exactly
// the bytes of <entry>, hashed as RFC 6962 hashes leaves, and the chain value
// is SHA-256(0x01 ‖ previous chain value ‖ leaf hash). A segment begins with a
// header line that names the chain value and the length of the segment before
// it and is itself hashed into the chain.
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
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
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
	// SegmentBytes is when a segment is full; zero means 64 MiB.
	SegmentBytes int64
}

// Log is the recorder of one gateway. It is safe for concurrent use.
type Log struct {
	opts  Options
	dir   string
	lock  io.Closer
	group *journal.Group[*pending]
	w     writer // used by the group's goroutine only
	cut   int64

	mu      sync.Mutex // guards what follows
	found   *flows     // what was in the log when it was opened; nil from the first flow on
	broken  error      // why the last write did not succeed
	at      string     // the segment that is written
	atSize  int64
	probing sync.Mutex
}

var _ policy.Recorder = (*Log)(nil)

// Open opens the log or makes one, checks every entry in it, and takes its
// lock. An incomplete last line, which was never acknowledged, is cut off and
// reported by Cut; any other fault is a *Fault that names the entry.
func Open(opts Options) (*Log, error) {
	if opts.Files == nil || opts.Now == nil || opts.Dir == "" {
		return nil, errors.New("audit: options need Dir, Files and Now")
	}
	if opts.SegmentBytes <= 0 {
		opts.SegmentBytes = DefaultSegmentBytes
	}
	l := &Log{opts: opts, dir: filepath.Join(opts.Dir, Sub), found: newFlows()}
	if err := prepare(opts.Files, opts.Dir, l.dir); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	lock, err := opts.Files.Lock(filepath.Join(l.dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("audit: another gateway may be using %s: %w", l.dir, err)
	}
	l.lock = lock
	if err := l.load(); err != nil {
		lock.Close()
		return nil, err
	}
	l.group = journal.NewGroup(l.commit)
	return l, nil
}

func prepare(files policy.Files, parent, dir string) error {
	if err := files.MakeDir(dir); err != nil {
		return err
	}
	return files.SyncDir(parent)
}

// load checks the log and finds where to go on.
func (l *Log) load() error {
	files := l.opts.Files
	var err error
	if l.cut, err = dropBlank(files, l.dir); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	end, err := scan(context.Background(), files, l.dir, func(i item) error { return l.found.add(i.entry) })
	if err != nil {
		return fmt.Errorf("audit: open %s: %w", l.dir, err)
	}
	l.w = writer{files: files, dir: l.dir, node: l.opts.Node, now: l.opts.Now, full: l.opts.SegmentBytes,
		acked: end.ordinal, size: end.size, seq: end.seq, chain: end.chain}
	if end.ordinal == 0 {
		return nil
	}
	name := segmentName(l.dir, end.ordinal)
	if end.torn > 0 {
		l.cut += end.torn
		if err := files.Truncate(name, end.size); err != nil {
			return fmt.Errorf("audit: cut the incomplete last line of %s: %w", name, err)
		}
	}
	return l.resume(name, end.size)
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
	l.at, l.atSize = name, size
	return nil
}

// Cut returns how many bytes of an incomplete last line Open cut off.
func (l *Log) Cut() int64 { return l.cut }

// Ready reports whether Append would be tried. After a failure it tries the
// disk first, so that a log whose disk works again is ready again.
func (l *Log) Ready(context.Context) error {
	l.mu.Lock()
	broken, at, size := l.broken, l.at, l.atSize
	l.mu.Unlock()
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

// Close makes what was queued durable and gives the lock back.
func (l *Log) Close() error {
	l.group.Close()
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
