// Package evidence keeps for the auditors a little of what a refused flow
// held: some findings with the text around them, masked for everybody, and in
// clear under a key that no one person has.
//
// The unit of work is one file a flow, made whole and durable before the entry
// of the verdict, which carries the file's digest. Its clear samples are
// encrypted with age under a random key of 32 bytes. For each pair of auditors
// the key is cut in two shares by XOR with fresh random bytes; each auditor's
// shares are encrypted with age to that auditor. So any two of them together
// have the key, one alone has random bytes, and the gateway, which forgets the
// key at once, has nothing.
//
// The promises. Nothing in clear is written anywhere but into the encryption.
// What is wrong with evidence never changes a verdict: it is a fault in the
// record. Who opens a file learns of every byte that was changed in it, and of
// a file put in the place of another.
//
// The limits. Clear bytes are overwritten in every buffer of this package when
// they are no longer used; copies that age and the Go runtime made are left to
// the collector. A program that does not keep to the rules can use an approval
// after its time, and twice: the second person has had the data in hand then.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Sub is the directory of evidence within that of the installation.
const Sub = "evidence"

// What a file may have at most.
const (
	MaxAuditors = 16
	MaxRecord   = 1 << 20
)

const (
	maxSamples = 64
	maxContext = 1 << 10
	atOnce     = 4 // bodies that are read again at the same time
)

// Options are the settings and dependencies of a Store. For and the auditors
// go together, and may be missing, as may Held.
type Options struct {
	Dir      string // of the installation
	Files    policy.Files
	Now      func() time.Time
	Last     func() uint64   // number of the newest entry of the log
	For      []policy.Action // without any nothing is kept, and what is there is swept
	Auditors []Auditor
	Samples  int           // findings of one flow
	Context  int           // bytes on each side of a finding
	Record   int64         // bytes of one file
	Total    int64         // bytes of all files
	Keep     time.Duration // until a file is removed
	// Held returns what tells of a time whether a legal hold is about it. It is
	// asked before anything is removed for its age; without it there is none.
	Held func(ctx context.Context) (func(at time.Time) bool, error)
	// Read shows the text of a body part by part, decoded, as the scan that
	// found something saw it. It ends early when see returns false.
	Read func(ctx context.Context, m inspect.Meta, body io.ReaderAt, size int64, see func(path []string, text []byte) bool) error
	// Wait is how long a body may be read again.
	Wait time.Duration
}

// Store keeps evidence. It is safe for concurrent use.
type Store struct {
	o       Options
	to      []recipient
	reading chan struct{}

	mu     sync.Mutex
	used   int64
	added  int64            // ever, by this process
	day    string           // of the shares
	shares map[string]int64 // bytes of each client today
	fault  error            // of the last write
	before uint64           // newest entry of the log at the last sweep
}

var _ policy.Sealer = (*Store)(nil)

// Open makes the directory and counts what is in it.
func Open(o Options) (*Store, error) {
	var to []recipient
	var err error
	if len(o.For) > 0 {
		to, err = recipients(o.Auditors)
	}
	switch {
	case err != nil:
		return nil, err
	case o.Files == nil || o.Now == nil || o.Last == nil || o.Read == nil:
		return nil, errors.New("evidence: an option is missing")
	case o.Samples < 1 || o.Samples > maxSamples || o.Context < 0 || o.Context > maxContext:
		return nil, fmt.Errorf("evidence: samples must be 1 to %d, and context at most %d bytes", maxSamples, maxContext)
	case o.Record < 1 || o.Record > MaxRecord || o.Total < o.Record || o.Keep <= 0 || o.Wait <= 0:
		return nil, fmt.Errorf("evidence: a file may have at most %d bytes and must fit in the total; times must be more than nothing", MaxRecord)
	}
	s := &Store{o: o, to: to, reading: make(chan struct{}, atOnce), shares: map[string]int64{}, before: o.Last()}
	if err := o.Files.MakeDir(s.dir()); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if err := o.Files.SyncDir(o.Dir); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return s, s.recount()
}

func (s *Store) dir() string { return Dir(s.o.Dir) }

// Keep implements policy.Sealer.
func (s *Store) Keep(ctx context.Context, in policy.Sealing) *policy.EvidenceRef {
	if !slices.Contains(s.o.For, in.Action) || len(in.Found) == 0 {
		return nil
	}
	if !idForm.MatchString(in.Flow) {
		return &policy.EvidenceRef{Fault: policy.EvidenceFailed}
	}
	if !s.room(in.Client, s.o.Record) {
		return &policy.EvidenceRef{Fault: policy.EvidenceFull}
	}
	// A client that went away does not take the evidence with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.o.Wait)
	defer cancel()
	found := s.snips(ctx, &in)
	defer wipe(found)
	if len(found) == 0 {
		return &policy.EvidenceRef{Fault: policy.EvidenceUnread}
	}
	blob, kept, err := s.file(&in, found)
	if err != nil {
		s.note(err)
		return &policy.EvidenceRef{Fault: policy.EvidenceFailed}
	}
	return s.write(&in, blob, kept)
}

// file makes the file of as many findings as fit.
func (s *Store) file(in *policy.Sealing, found []snip) (blob []byte, kept int, err error) {
	for kept = len(found); kept > 0; kept-- {
		f := File{Schema: Schema, Record: in.Flow, Time: s.o.Now().UTC().Truncate(time.Millisecond), Action: in.Action.String(),
			Auditors: s.o.Auditors, Omitted: len(in.Found) - kept}
		if blob, err = f.seal(s.to, found[:kept]); err != nil || int64(len(blob)) <= s.o.Record {
			return blob, kept, err
		}
	}
	return nil, 0, errors.New("evidence: one finding alone makes more than a file may have: raise evidence.per_record or lower evidence.context")
}
