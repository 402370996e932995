package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// VerifyOptions says what a log is verified against. A log that is signed
// needs a key: without one there is ErrNoKey.
type VerifyOptions struct {
	// Keys are the log's public keys that the verifier trusts. A key that the
	// log changed to need not be among them: an entry under a checkpoint of a
	// trusted one introduces it.
	Keys []note.Verifier
	// Known are signed checkpoints that the verifier kept elsewhere. Without
	// them, and without witnesses, nobody can see that the log was rolled back.
	Known [][]byte
	// Witnesses must each have cosigned a checkpoint.
	Witnesses []note.Verifier
	// Now is the verifier's clock. Required.
	Now time.Time
	// Live says that the copy was made while a gateway wrote: an end that is
	// not complete is a warning where nothing signed covers it.
	Live bool
	// ChainOnly verifies the chain alone where there are no keys, for a log
	// that never was signed.
	ChainOnly bool
}

// slack is how far clocks may be apart.
const slack = 10 * time.Minute

// Shown bounds the lists of a Summary.
const Shown = 20

// Summary is what a verified log holds.
type Summary struct {
	Origin   string    `json:"origin,omitempty"`
	Entries  uint64    `json:"entries"`
	Records  uint64    `json:"records"` // flows
	Segments int       `json:"segments"`
	Archived int       `json:"archived"`        // of the segments, compressed
	Gone     int       `json:"gone"`            // deleted under retention
	Missing  uint64    `json:"deleted_entries"` // in those
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Bytes    int64     `json:"bytes"` // of entries

	Checkpoint uint64   `json:"checkpoint"`       // entries that the newest one covers
	After      uint64   `json:"after_checkpoint"` // that none covers
	Kept       int      `json:"checkpoints"`      // kept and compared
	Tiles      int      `json:"tiles"`            // compared
	Keys       []string `json:"keys,omitempty"`   // names and hashes of those that vouch
	// Anchored is up to which entry rollback and fork are excluded, by known
	// checkpoints and witnesses; zero: not at all.
	Anchored uint64     `json:"rollback_excluded_to"`
	Cosigned []Cosigned `json:"cosigned,omitempty"`

	Open    int      `json:"open"`                 // flows with a releasing intent and no outcome
	OpenIDs []string `json:"open_flows,omitempty"` // the oldest of them
	Head    string   `json:"head"`                 // chain value of the last entry, hex
	Cut     int64    `json:"cut_bytes"`            // after failures of the disk; never acknowledged
	Writing bool     `json:"is_written"`           // a gateway was writing to it meanwhile
	// Warnings are no faults: the clock was set back, a file was not finished.
	Warnings []string `json:"warnings,omitempty"`
	Warned   int      `json:"warned"` // how many there are
}

// verifier is one verification. It is for one goroutine.
type verifier struct {
	files policy.Files
	dir   string
	o     VerifyOptions
	sum   Summary

	inv     inventory
	anchors []anchor // by size
	next    int      // the first that was not reached
	newest  int64    // size of the log's own newest
	head    int64    // and of the one that stands as such; -1 without
	lacking int64    // size of the first checkpoint that is not kept and has to be
	late    []anchor // kept ones of keys that were introduced after them
	good    int64    // size at which a root was right

	keys       []trust
	gen        int // of the newest key that signed
	floor      int // of it, before the checkpoints of size at
	at         int64
	rotations  int
	candidates []trust

	edge   tree.Edge
	places [tileWidth]place
	buf    []byte
	looker *looker
	flows  tracker
	before time.Time // the latest time seen
	drops  drops
}

// Verify checks every byte of a log and answers the first fault as a *Fault.
// It reads the log once and takes memory that does not grow with it, but for
// the flows that are open and one bit a tile.
func Verify(ctx context.Context, s Source, o VerifyOptions) (Summary, error) {
	if o.Now.IsZero() {
		return Summary{}, errors.New("audit: a verifier needs the time")
	}
	dir, err := s.locate()
	if err != nil {
		return Summary{}, err
	}
	v := newVerifier(s.Files, dir, o)
	err = v.run(ctx)
	if err == nil || len(v.anchors) > 0 || !v.stands(checkpointName) {
		return v.sum, err
	}
	v = newVerifier(s.Files, dir, o) // a gateway began it meanwhile
	err = v.run(ctx)
	return v.sum, err
}

func newVerifier(files policy.Files, dir string, o VerifyOptions) *verifier {
	v := &verifier{files: files, dir: dir, o: o, head: -1, looker: newLooker(), flows: newTracker(), drops: newDrops()}
	for _, k := range o.Keys {
		v.keys = append(v.keys, trust{key: k})
	}
	return v
}

func (v *verifier) stands(name string) bool {
	f, err := v.files.Open(filepath.Join(v.dir, name))
	if err == nil {
		f.Close()
	}
	return err == nil
}

func (v *verifier) run(ctx context.Context) error {
	for _, step := range []func() error{v.list, v.readAnchors, v.listTiles, v.witnesses, func() error { return v.reach(0) }} {
		if err := step(); err != nil {
			return err
		}
	}
	e, err := reading{begin: func(b border) error { return v.begin(ctx, b) }}.run(ctx, v.files, v.dir, v.entry)
	v.tell(e)
	var f *Fault
	if errors.As(err, &f) {
		return v.explain(f)
	}
	if err == nil {
		err = v.fill(e.seq, e.ordinal)
	}
	if err == nil {
		err = v.complete(ctx, e)
	}
	if err == nil && e.seq > 0 && len(v.anchors) == 0 && !v.o.ChainOnly {
		err = fileFault(Unsigned, checkpointName, "there is none: nothing vouches for the entries")
	}
	if err == nil {
		err = v.tail(e.seq, place{v.nameOf(e.ordinal), e.size})
	}
	if err == nil {
		err = v.authorised(ctx)
	}
	if err == nil && v.head >= 0 {
		err = v.keptAll()
	}
	if err == nil {
		err = v.leftovers()
	}
	return err
}

// entry looks at one entry in its turn.
func (v *verifier) entry(i item) error {
	if i.seq > uint64(v.edge.Size())+1 {
		return fmt.Errorf("entry %d follows entry %d", i.seq, v.edge.Size())
	}
	k, err := v.looker.read(i.entry)
	if err != nil {
		return seqFault(Edited, i.seq, i.at, "%s", err)
	}
	var t time.Time
	if t.UnmarshalJSON(k.time) != nil {
		return seqFault(Edited, i.seq, i.at, "entry has no readable time")
	}
	if t.After(v.o.Now.Add(slack)) {
		return seqFault(FutureDated, i.seq, i.at, "entry is dated %s, after the time of this verification", t.UTC().Format(time.RFC3339))
	}
	if v.sum.First.IsZero() {
		v.sum.First = t
	}
	if v.sum.Last = t; t.Before(v.before.Add(-slack)) {
		v.warn(fmt.Sprintf("entry %d is dated %s before one that stands earlier: the clock was set back", i.seq, v.before.Sub(t).Round(time.Second)))
		v.before = t
	} else if t.After(v.before) {
		v.before = t
	}
	v.sum.Bytes += int64(len(i.entry))
	v.flows.add(i.seq, k, &v.sum)
	if len(k.admin) > 0 {
		v.act(i.seq, k.admin)
	}
	return v.leaf(i, i.at)
}

func (v *verifier) warn(text string) {
	if v.sum.Warned++; len(v.sum.Warnings) < Shown {
		v.sum.Warnings = append(v.sum.Warnings, text)
	}
}

// tell puts into the summary what the scan counted.
func (v *verifier) tell(e end) {
	s := &v.sum
	s.Entries, s.Segments, s.Cut, s.Head, s.Missing = e.seq, e.segments, e.cut, e.chain.String(), e.gone
	s.Checkpoint = uint64(max(v.newest, 0))
	s.After = e.seq - min(e.seq, s.Checkpoint)
	v.flows.tell(s)
	for _, a := range v.anchors {
		if s.Origin = a.c.Origin; !a.known {
			s.Kept++
		}
	}
	for _, k := range v.keys {
		s.Keys = append(s.Keys, fmt.Sprintf("%s+%08x", k.key.Name(), k.key.KeyHash()))
	}
}
