package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// maxBehind is how many entries may stand without a checkpoint before the log
// takes no more: by then the tiles that wait in memory are 32 MiB.
const maxBehind = 1 << 20

// pauseAfter is how long the publisher waits after some failures, whatever is
// added meanwhile: each try writes the same tiles again.
const pauseAfter = time.Second

// publisher writes tiles and checkpoints. After start its fields belong to its
// goroutine.
//
//	tiles durable → checkpoints kept → checkpoint replaced → old partial tiles removed
//
// so that what a checkpoint covers can always be read, and none covers more than
// those that are kept allow for.
type publisher struct {
	l       *Log
	size    int64    // of the newest checkpoint
	signed  bool     // there is one
	keys    string   // who signed it
	partial []string // tiles that are not full, or once were not
}

// run publishes when it is due until ctx ends, and once more then.
func (p *publisher) run(ctx context.Context) {
	defer close(p.l.published)
	every := time.NewTicker(p.l.opts.Every)
	defer every.Stop()
	again := time.NewTimer(pauseAfter)
	again.Stop()
	defer again.Stop()
	failed := 0 // times in a row
	for done := false; !done; {
		var answer chan<- error
		select {
		case <-every.C:
			p.l.turn(ctx)
		case <-p.l.due:
			if failed > 2 {
				continue // again comes in a moment
			}
		case <-again.C:
		case answer = <-p.l.asked:
		case <-ctx.Done():
			done = true
		}
		err := p.publish()
		if failed++; err == nil {
			failed = 0
		} else {
			p.l.fail("tree", err)
			again.Reset(pauseAfter)
		}
		if answer != nil {
			answer <- err
		}
	}
}

// publish signs the tree as it stands, if it or its keys are others than those
// of the newest checkpoint. It may be called again after an error.
func (p *publisher) publish() error {
	l := p.l
	signers := l.opts.Signers()
	if len(signers) == 0 {
		return errors.New("audit: no key to sign the checkpoint with")
	}
	s, err := l.tree.Snapshot()
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	keys, owed := keysOf(signers), l.owes(s.Size)
	fresh := !p.signed || s.Size != p.size || keys != p.keys
	if !fresh && len(owed) == 0 {
		return nil
	}
	if _, err := l.opts.Files.List(l.dir); err != nil {
		return fmt.Errorf("audit: %w", err) // it was taken away: a tile must not make it anew
	}
	if err := s.Write(l.opts.Files, l.dir); err != nil {
		return fmt.Errorf("audit: write tiles: %w", err)
	}
	c := tree.Checkpoint{Origin: l.opts.Origin, Size: s.Size, Root: s.Root}
	for _, size := range owed {
		if err := l.keepAt(c, size, signers); err != nil {
			return fmt.Errorf("audit: keep the checkpoint at %d entries: %w", size, err)
		}
	}
	if !fresh {
		return nil
	}
	signed, err := c.Sign(signers...)
	if err != nil {
		return fmt.Errorf("audit: sign the checkpoint: %w", err)
	}
	name := filepath.Join(l.dir, checkpointName)
	if err := journal.Replace(l.opts.Files, name, name+aside, signed); err != nil {
		return fmt.Errorf("audit: write the checkpoint: %w", err)
	}
	l.tree.Written(s)
	l.covered.Store(uint64(s.Size))
	p.size, p.signed, p.keys = s.Size, true, keys
	p.sweep(s.Size)
	if l.opts.Published != nil && c.Size > 0 {
		l.opts.Published(signed, c)
	}
	return nil
}

// keysOf names a set of keys.
func keysOf(signers []note.Signer) string {
	var out []string
	for _, s := range signers {
		out = append(out, keyID(s))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// keyID names a key.
func keyID(k interface {
	Name() string
	KeyHash() uint32
}) string {
	return fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash())
}

// partials returns the tiles of a tree that are not full.
func partials(size int64) (out []string) {
	for level, n := 0, size; n > 0; level, n = level+1, n>>tree.Height {
		if w := int(n % (1 << tree.Height)); w > 0 {
			out = append(out, tree.Name(level, n>>tree.Height, w))
		}
	}
	return out
}

// sweep removes the partial tiles that were replaced by wider ones, which are
// durable, and so is the checkpoint over them.
func (p *publisher) sweep(size int64) {
	now := partials(size)
	for _, name := range p.partial {
		if !slices.Contains(now, name) {
			p.widths(name, now)
		}
	}
	p.partial = now
}

// widths removes all partial tiles of one place but those that are in use.
func (p *publisher) widths(name string, inUse []string) {
	files := p.l.opts.Files
	below := name[:strings.LastIndexByte(name, '/')]
	dir := filepath.Join(p.l.dir, filepath.FromSlash(below))
	names, err := files.List(dir)
	if err != nil {
		return
	}
	left := 0
	for _, n := range names {
		if slices.Contains(inUse, below+"/"+n) {
			left++
			continue
		}
		if files.Remove(filepath.Join(dir, n)) != nil {
			left++
		}
	}
	if left == 0 {
		_ = files.Remove(dir)
	}
}

// behind reports an error when the tree is so far behind the log that it has
// to catch up first.
func (l *Log) behind(last uint64) error {
	if l.tree == nil || last < l.covered.Load()+l.opts.limit() {
		return nil
	}
	l.wake(l.due)
	return fmt.Errorf("%d entries stand without a checkpoint, because the tree's files cannot be written", last-l.covered.Load())
}

// sign returns once a checkpoint covers the entry.
func (l *Log) sign(ctx context.Context, seq uint64) error {
	if l.covered.Load() >= seq {
		return nil
	}
	answer := make(chan error, 1)
	select {
	case l.asked <- answer:
		return <-answer
	case <-l.published:
		return errors.New("the log is closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wake makes a goroutine look; it need not be waiting.
func (l *Log) wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
