package witness

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

const (
	firstWait = time.Second     // after a first failure; doubled by each other
	lastWait  = 5 * time.Minute // the longest
)

// File is where the newest cosigned checkpoint stands in a log's directory:
// the log's signatures, and the cosignatures that were got for it.
const File = "witnessed"

// PushOptions says whose checkpoints go where.
type PushOptions struct {
	Dir       string // the log's own directory, with its tiles
	Files     policy.Files
	Now       func() time.Time
	Witnesses []*Client
	// Refresh is after which time a checkpoint is cosigned again although the
	// log did not grow, which shows that the witness lives; 0: never.
	Refresh time.Duration
}

// Pusher gets the checkpoints of a log cosigned.
type Pusher struct {
	o      PushOptions
	newest chan offer
	any    atomic.Bool // there is a checkpoint to push

	signed []byte // what is pushed; used by Run's goroutine only
	at     tree.Checkpoint
	lines  map[string][]byte // cosignatures of it, by witness

	mu     sync.Mutex
	states []State
	kept   error // why the cosigned checkpoint could not be written
}

type offer struct {
	signed []byte
	at     tree.Checkpoint
}

// State is how it stands with one witness.
type State struct {
	Name    string
	Since   time.Time // when it was first asked by this program
	Last    time.Time // of its newest cosignature; zero: never, as far as is known
	Size    int64     // that it cosigned
	Refused Refusal   // by its last answer
	Asked   int64     // entries that it says it cosigned, where it refused
	Fault   string    // of the last try; empty after a cosignature
	fails   int
	next    time.Time // when it is asked again after a failure
	had     time.Time // when its newest cosignature came here
}

// NewPusher reads what stands in the log's directory.
func NewPusher(o PushOptions) *Pusher {
	p := &Pusher{o: o, newest: make(chan offer, 1), lines: map[string][]byte{}}
	text, err := readBounded(o.Files, filepath.Join(o.Dir, File), tree.MaxCheckpoint)
	for _, w := range o.Witnesses {
		s := State{Name: w.Name(), Since: o.Now()}
		if err == nil {
			if c, n, oerr := openHead(text, w.o.Key); oerr == nil {
				s.Last, _ = tree.CosignedAt(n.Sigs[0])
				s.Last = earlier(s.Last, s.Since) // no promise for the time to come
				s.Size = c.Size
			}
		}
		p.states = append(p.states, s)
	}
	if text, err := readBounded(o.Files, filepath.Join(o.Dir, "checkpoint"), tree.MaxCheckpoint); err == nil {
		if c, cerr := claimed(text); cerr == nil {
			p.Offer(text, c)
		}
	}
	return p
}

// Offer hands a checkpoint over, in place of one that nobody took yet. It
// never waits.
func (p *Pusher) Offer(signed []byte, at tree.Checkpoint) {
	o := offer{bytes.Clone(signed), at}
	p.any.Store(true)
	for {
		select {
		case p.newest <- o:
			return
		default:
		}
		select {
		case <-p.newest:
		default:
		}
	}
}

// Offered reports whether there was anything to cosign so far.
func (p *Pusher) Offered() bool { return p.any.Load() }

// States returns how it stands with each witness, in the order of the options,
// and why the last cosigned checkpoint could not be written.
func (p *Pusher) States() ([]State, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]State(nil), p.states...), p.kept
}

// Run pushes until ctx ends.
func (p *Pusher) Run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case o := <-p.newest:
			p.take(o)
			timer.Reset(p.Round(ctx))
		case <-timer.C:
			timer.Reset(p.Round(ctx))
		}
	}
	p.Close()
}

// Close ends idle connections. A Round opens them again.
func (p *Pusher) Close() {
	for _, w := range p.o.Witnesses {
		w.Close()
	}
}

func (p *Pusher) take(o offer) {
	text, _, _ := bytes.Cut(o.signed, []byte("\n\n"))
	was, _, _ := bytes.Cut(p.signed, []byte("\n\n"))
	if !bytes.Equal(text, was) {
		clear(p.lines)
	}
	p.signed, p.at = o.signed, o.at
}

// Round asks each witness that is due, all at once, and returns after which
// time the next one is. It is for Run, and for tests in its place.
func (p *Pusher) Round(ctx context.Context) time.Duration {
	select {
	case o := <-p.newest:
		p.take(o)
	default:
	}
	if p.signed == nil {
		return time.Hour
	}
	now := p.o.Now()
	tiles := tree.Tiles{Files: p.o.Files, Dir: p.o.Dir}
	lines := make([][]byte, len(p.o.Witnesses))
	errs := make([]error, len(p.o.Witnesses))
	var asking sync.WaitGroup
	states, _ := p.States()
	for i, w := range p.o.Witnesses {
		if p.due(&states[i], now) {
			asking.Go(func() { lines[i], errs[i] = w.Cosign(ctx, p.signed, p.at, tiles.Hashes(p.at)) })
		}
	}
	asking.Wait()
	got := false
	for i, w := range p.o.Witnesses {
		if lines[i] != nil {
			p.lines[w.Name()], got = lines[i], true
		}
	}
	if got {
		p.keep()
	}
	return p.settle(lines, errs, p.o.Now())
}

// due reports whether a witness is to be asked now.
func (p *Pusher) due(s *State, now time.Time) bool {
	if now.Before(s.next) && s.fails > 0 {
		return false
	}
	return p.lines[s.Name] == nil || p.o.Refresh > 0 && now.Sub(s.had) >= p.o.Refresh
}

// keep replaces the newest cosigned checkpoint.
func (p *Pusher) keep() {
	text := bytes.Clone(p.signed)
	for _, w := range p.o.Witnesses {
		text = append(text, p.lines[w.Name()]...)
	}
	name := filepath.Join(p.o.Dir, File)
	err := journal.Replace(p.o.Files, name, name+".new", text)
	p.mu.Lock()
	p.kept = err
	p.mu.Unlock()
}

// settle notes how the witnesses answered and returns the time until the next
// one is due.
func (p *Pusher) settle(lines [][]byte, errs []error, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := time.Hour
	for i := range p.states {
		s := &p.states[i]
		var refused *RefusedError
		switch {
		case lines[i] != nil:
			s.Size, s.Refused, s.Asked, s.Fault, s.fails, s.had = p.at.Size, "", 0, "", 0, now
			s.Last = earlier(cosignedAt(lines[i]), now) // a cosignature that is repeated stays old
		case errs[i] != nil && errors.As(errs[i], &refused):
			s.Refused, s.Asked = refused.Refusal, refused.Size
			s.failed(errs[i], now)
		case errs[i] != nil:
			s.failed(errs[i], now)
		}
		switch {
		case s.fails > 0:
			wait = min(wait, s.next.Sub(now))
		case p.o.Refresh > 0:
			wait = min(wait, s.had.Add(p.o.Refresh).Sub(now))
		}
	}
	return max(wait, 10*time.Millisecond)
}

// cosignedAt is the time in a line that own returned.
func cosignedAt(line []byte) time.Time {
	at, _ := tree.CosignedAt(note.Signature{Base64: string(bytes.TrimSpace(line[bytes.LastIndexByte(line, ' ')+1:]))})
	return at
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

func (s *State) failed(err error, now time.Time) {
	s.Fault = err.Error()
	s.next = now.Add(min(lastWait, firstWait<<min(s.fails, 20)))
	s.fails++
}

// Verify reads a cosigned checkpoint: the log and at least one of the
// witnesses must have signed it.
func Verify(text []byte, log, witnesses []note.Verifier) (tree.Checkpoint, []note.Signature, error) {
	c, n, err := openHead(text, append(append([]note.Verifier(nil), log...), witnesses...)...)
	if err != nil {
		return c, nil, err
	}
	var by []note.Signature
	signed := false
	for _, v := range log {
		signed = signed || tree.Signed(n, v)
	}
	for _, s := range n.Sigs {
		for _, v := range witnesses {
			if s.Name == v.Name() && s.Hash == v.KeyHash() {
				by = append(by, s)
			}
		}
	}
	if !signed || len(by) == 0 {
		return c, nil, tree.ErrUnsigned
	}
	return c, by, nil
}
