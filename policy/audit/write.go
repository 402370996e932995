package audit

import (
	"bytes"
	"context"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// The states of a pending entry.
const (
	waiting int32 = iota
	committed
	abandoned
)

// pending is an entry on its way to the disk.
type pending struct {
	rest     []byte // canonical bytes after the number
	flow     string
	releases bool   // an intent after which bytes may leave
	names    string // the new key of the log that it introduces
	leaf     Hash
	receipt  policy.Receipt
	state    atomic.Int32
}

// Append makes the entry durable. The entry's schema and number are set here,
// its node and time if they are not set.
//
// When it answers an error the flow must not be released, and no other entry
// of that flow should follow: what was given up before it was written is never
// written, and a releasing intent that lands after its caller gave up is
// completed by an outcome that says nothing was sent.
func (l *Log) Append(ctx context.Context, e policy.Entry) (policy.Receipt, error) {
	if e.Node == "" {
		e.Node = l.opts.Node
	}
	if e.Time.IsZero() {
		e.Time = l.opts.Now()
	}
	rest, err := encodeEntry(e)
	if err != nil {
		return policy.Receipt{}, err
	}
	if e.Kind == policy.KindIntent {
		l.began()
	}
	p := &pending{rest: rest, flow: e.Flow, releases: e.Kind == policy.KindIntent && e.Intent != nil && e.Intent.Enforced.Releases(),
		names: l.rotation(e.Kind, e.Admin)}
	err = l.group.Do(ctx, p)
	if err != nil && p.state.CompareAndSwap(waiting, abandoned) {
		return policy.Receipt{}, unavailable(err)
	}
	if p.state.Load() != committed {
		return policy.Receipt{}, unavailable(err)
	}
	return p.receipt, nil
}

// commit writes one batch. It runs on the group's goroutine.
func (l *Log) commit(batch []*pending) error {
	live := make([]*pending, 0, len(batch)+len(l.w.late))
	live = append(live, l.w.late...)
	for _, p := range batch {
		if p.state.Load() == waiting {
			live = append(live, p)
		}
	}
	if err := l.behind(l.w.seq); err != nil {
		return err
	}
	if err := l.write(live); err != nil {
		return err
	}
	l.w.late = l.w.late[:0]
	for _, p := range live {
		if !p.state.CompareAndSwap(waiting, committed) && p.releases {
			l.w.late = append(l.w.late, l.unsent(p.flow))
		}
	}
	if len(l.w.late) > 0 && l.write(l.w.late) == nil {
		l.w.late = l.w.late[:0]
	}
	return nil
}

// unsent is the outcome of a flow whose caller gave up waiting for its intent.
func (l *Log) unsent(flow string) *pending {
	rest, err := encodeEntry(policy.Entry{Kind: policy.KindOutcome, Node: l.opts.Node, Time: l.opts.Now(), Flow: flow,
		Outcome: &policy.Outcome{Sent: policy.SentNone, Fault: policy.RecorderUnavail}})
	if err != nil {
		panic(err) // an entry of our own, without foreign bytes
	}
	return &pending{rest: rest, flow: flow}
}

func (l *Log) write(batch []*pending) error {
	if len(batch) == 0 && (l.w.file == nil || !l.w.over()) {
		return nil
	}
	before, last := l.w.acked, l.w.seq
	err := l.w.write(batch)
	if err == nil && l.tree != nil {
		// What is owed is known before the tree reaches it.
		if l.w.acked != before {
			l.owe(int64(last))
		}
		for i, p := range batch {
			if p.names != "" {
				l.introduces(p.names, int64(last)+int64(i)+1)
			}
			l.tree.Add(tree.Hash(p.leaf))
		}
	}
	l.mu.Lock()
	l.broken = err
	if err == nil {
		l.at, l.atSize, l.ordinal = segmentName(l.dir, l.w.acked), l.w.size, l.w.acked
		l.grew(l.w.seq)
	}
	l.mu.Unlock()
	if l.w.acked != before && before > 0 {
		l.wake(l.due)
		l.wake(l.turned)
	}
	if covered := l.covered.Load(); l.tree != nil && (covered == 0 || l.w.seq >= covered+uint64(l.opts.Entries)) {
		l.wake(l.due)
	}
	return err
}

// turn closes a segment that is over although no entry comes. It does not wait.
func (l *Log) turn(ctx context.Context) {
	p := &pending{}
	p.state.Store(abandoned)
	_ = l.group.Post(ctx, p) // the log is being closed otherwise
}

// writer appends batches to segments. acked and size name the last byte that
// is known to be durable; seq and chain belong to it.
type writer struct {
	files policy.Files
	dir   string
	node  string
	now   func() time.Time
	full  int64

	acked  int // ordinal of the last segment that holds an acknowledged entry
	size   int64
	seq    uint64
	chain  Hash
	first  uint64            // of the acked segment's entries
	day    string            // of the first of them
	file   policy.AppendFile // nil: the next batch begins a segment
	failed bool              // the acked segment may hold more than size bytes
	debris bool              // a file of the next ordinal may be there
	late   []*pending        // outcomes that could not be written yet
}

// over reports whether the segment has entries and takes no more: it is full, or
// the first of them is of another day. Retention deletes whole segments, and without
// the second a small installation's never would be closed.
func (w *writer) over() bool {
	return w.seq >= w.first && (w.size >= w.full || w.day != dayOf(w.now()))
}

func dayOf(t time.Time) string { return t.In(policy.Shanghai).Format(time.DateOnly) }

// write makes a batch durable or changes nothing that counts. Without entries
// it begins the next segment, if one is due.
func (w *writer) write(batch []*pending) error {
	if w.file != nil && w.over() {
		w.file.Close() // everything in it is durable
		w.file = nil
	}
	ordinal, size, chain, first, day := w.acked, w.size, w.chain, w.first, w.day
	var buf bytes.Buffer
	fresh := w.file == nil
	if fresh {
		if err := w.begin(&buf); err != nil {
			return err
		}
		ordinal, size, chain, first = w.acked+1, 0, seal(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), w.seq+1
	}
	if w.seq < first {
		day = dayOf(w.now())
	}
	seq := w.seq
	for _, p := range batch {
		var leaf Hash
		seq++
		chain, leaf = appendLine(&buf, chain, seq, p.rest)
		p.leaf = leaf
		p.receipt = policy.Receipt{Seq: seq, Hash: leaf.String()}
	}
	if err := w.put(buf.Bytes(), fresh); err != nil {
		w.file.Close()
		w.file = nil
		w.failed = w.failed || !fresh
		w.debris = w.debris || fresh
		return err
	}
	w.acked, w.size, w.seq, w.chain, w.first, w.day = ordinal, size+int64(buf.Len()), seq, chain, first, day
	if fresh {
		w.failed, w.debris = false, false
	}
	return nil
}

// begin opens the next segment and puts its header into buf.
func (w *writer) begin(buf *bytes.Buffer) error {
	name := segmentName(w.dir, w.acked+1)
	if w.acked > 0 {
		// A new segment where the one before it is gone would be a second log:
		// the directory may have been moved away and made anew for a tile.
		if err := journal.Present(w.files, segmentName(w.dir, w.acked), w.size); err != nil {
			return err
		}
	}
	if w.failed {
		// Only for readers of a running log: the header's cut is what counts.
		_ = w.files.Truncate(segmentName(w.dir, w.acked), w.size)
	}
	if w.debris {
		if err := w.files.Remove(name); err != nil && !missing(err) {
			return err
		}
	}
	h := header{Schema: segmentSchema, Ordinal: w.acked + 1, Node: w.node, Time: w.now().UTC(), First: w.seq + 1,
		Prev: w.chain.String(), PrevBytes: w.size, Cut: w.failed}
	line, err := h.bytes()
	if err != nil {
		return err
	}
	buf.Write(line)
	buf.WriteByte('\n')
	f, err := w.files.Append(name)
	if err != nil {
		w.debris = true
		return err
	}
	w.file = f
	return nil
}

func (w *writer) put(b []byte, fresh bool) error {
	if _, err := w.file.Write(b); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	name, size := segmentName(w.dir, w.acked), w.size
	if fresh {
		if err := w.files.SyncDir(filepath.Clean(w.dir)); err != nil {
			return err
		}
		name, size = segmentName(w.dir, w.acked+1), 0
	}
	// A segment that was moved away still takes writes, and nobody would look
	// for the log where it went.
	return journal.Present(w.files, name, size+int64(len(b)))
}
