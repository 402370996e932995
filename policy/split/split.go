// Package split joins parts that look like pieces of one list or document, as
// the filing guide forbids the splitting of volume (SC Measures art. 4).
//
// The unit of work is a part: its persons, its classes and its layout. What is
// remembered of it for a window of 30 days are keyed samples, under a key of
// the year that can be destroyed. Parts of one exporter, or of the exporters
// of a group, are compared. The evidence:
//
//   - subset: at least 90 % of its persons, or of its lines, stand in a larger
//     part that was seen before, and so do those of another piece that is not
//     the same people. Of a whole that was sent only what goes another way
//     within a day is a piece: more of it the same way hides nothing.
//   - columns: the same persons as in another part, each with a class that the
//     other lacks, sent another way.
//   - numbered: its rows go on where those of another part end, sent another way.
//   - cut: it begins within a row and another of the same columns ends within
//     one, or it lacks the names that another of the same columns has, sent
//     another way within a day, or an hour.
//
// What goes the same two ways with the same columns and classes day after day
// is one set, not a new one each day. A part that comes again is judged by when
// it came first.
//
// Another way is another account, destination, exporter, link, purpose or
// recipient. Fewer than 20 persons, rows or lines are never compared.
//
// Chance: values are compared as keyed hashes of 64 bits, so nobody is taken
// for somebody else. A stranger's list that shares 60 % of its persons with a
// larger one seems to be in it with probability 0.003, and two such lists with
// 0.00001, since 16 sampled persons must be told at the least. An unrelated
// list begins its numbers where another ended with one chance in as many as
// there are numbers in use; lists that begin at 1 never do.
//
// BUG(split): two daily lists that look as if they were one are suspected each
// day, although they stay in one set: who has splitting held should except them.
//
// BUG(split): pieces of a list that was never seen whole, whose rows are
// shuffled and bear no numbers, and which share no column that tells the
// person, look like different lists. Pieces that are smaller than about a
// thirtieth of a whole of more than 512 persons are too small for its sample.
// So are lists under 20 persons. The persons of all of them are counted
// exactly all the same, by the ledger.
package split

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

// The bounds of what is remembered.
const (
	Window           = 30 * 24 * time.Hour
	MaxPieces        = 8192 // of all exporters
	MaxExporter      = 2048 // of one
	keptPersons      = 512
	fewest           = 20 // persons, rows or lines that are compared at all
	maxWays, maxKin  = 4, 8
	maxFlow, maxUSCC = 64, 32
)

// Options are the dependencies of a detector. All but Rand are required.
type Options struct {
	Dir   string // of the installation; the detector keeps its files in split
	Key   []byte
	Files policy.Files
	Now   func() time.Time
	Rand  io.Reader // default crypto/rand
}

// Detector remembers parts and finds what belongs together. It is safe for
// concurrent use.
type Detector struct {
	o     Options
	keys  *keyring
	store *store
	group *journal.Group[line]
	lost  error // what of an earlier run could not be read

	mu     sync.Mutex
	pieces map[string][]*piece // by exporter, oldest first
	flows  map[string]*piece   // by each flow that sent the piece last
	count  int
	failed error // of keeping what was seen; told once
}

var _ policy.Splits = (*Detector)(nil)

// Open reads what is remembered. What cannot be read of it is set aside, and
// Lost says so: to forget pieces is no reason to stop a gateway.
func Open(o Options) (*Detector, error) {
	if o.Dir == "" || len(o.Key) < 16 || o.Files == nil || o.Now == nil {
		return nil, errors.New("split: directory, key, files and clock are needed")
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	o.Dir = filepath.Join(o.Dir, "split")
	d := &Detector{o: o, pieces: map[string][]*piece{}, flows: map[string]*piece{}}
	d.keys = &keyring{files: o.Files, dir: filepath.Join(o.Dir, "keys"), root: slices.Clone(o.Key), rand: o.Rand, keys: map[int]*key{}}
	if err := o.Files.MakeDir(d.keys.dir); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	d.store = &store{files: o.Files, dir: o.Dir, live: d.live}
	var err error
	if d.lost, err = d.load(); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	if d.lost != nil {
		if err := d.store.rewrite(); err != nil {
			return nil, fmt.Errorf("split: %w", err)
		}
	}
	d.group = journal.NewGroup(d.commit)
	return d, nil
}

// Lost says what of an earlier run could not be read, or nil.
func (d *Detector) Lost() error { return d.lost }

// Close keeps what was seen and ends the detector.
func (d *Detector) Close() error {
	d.group.Close()
	return d.store.close()
}

// Look implements policy.Splits. The answer stands also beside an error, which
// says that something was not kept for the time after a restart.
func (d *Detector) Look(ctx context.Context, p policy.SplitPart) (policy.Split, error) {
	if p.Flow == nil || p.Flow.Session == nil {
		return policy.Split{}, errors.New("split: a part without its flow")
	}
	if !worth(&p) {
		return policy.Split{}, ctx.Err()
	}
	now := d.o.Now()
	views, err := d.views(&p, now)
	if err != nil {
		return policy.Split{}, err
	}
	n := newPiece(&p, now)
	n.view = views[n.year].view
	d.mu.Lock()
	defer d.mu.Unlock()
	answer, l := d.place(&p, n, views)
	if l.Op != "" {
		d.keep(l)
	}
	err, d.failed = d.failed, nil
	return answer, err
}

// Left says that a part of a flow was sent: pieces of it that go the same way
// again hide nothing.
func (d *Detector) Left(flow string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.flows[flow]; p != nil && !p.left {
		p.left = true
		d.keep(line{Op: opLeft, Flow: flow})
	}
}

// Destroy removes the key of a year before this one, and all pieces that were
// seen under it.
func (d *Detector) Destroy(year int) error {
	if year >= yearOf(d.o.Now()) {
		return fmt.Errorf("split: year %d is not over; its key is in use", year)
	}
	d.mu.Lock()
	d.drop(func(p *piece) bool { return p.year == year })
	d.mu.Unlock()
	if err := d.keys.destroy(year); err != nil {
		return fmt.Errorf("split: %w", err)
	}
	return d.group.Do(context.Background(), line{Op: opRewrite})
}

// keep hands a line to the disk without waiting for it: nobody's verdict
// stands still for it. It is called under the lock, so that lines stand in the
// file in the order of what they say.
func (d *Detector) keep(l line) {
	ended, cancel := context.WithCancel(context.Background())
	cancel() // so that a full queue is an answer, not a wait
	if err := d.group.Post(ended, l); err != nil {
		d.failed = fmt.Errorf("split: a piece was not kept: %w", err)
	}
}

func (d *Detector) commit(batch []line) error {
	err := d.store.write(batch)
	if err != nil {
		d.mu.Lock()
		d.failed = fmt.Errorf("split: pieces were not kept: %w", err)
		d.mu.Unlock()
	}
	return err
}

// newSet names a joined list.
func (d *Detector) newSet() string {
	b := make([]byte, 8)
	if _, err := io.ReadFull(d.o.Rand, b); err != nil {
		return ""
	}
	return "s-" + hex.EncodeToString(b)
}

func yearOf(t time.Time) int { return t.In(policy.Shanghai).Year() }
