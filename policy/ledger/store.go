package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"path/filepath"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// DefaultCompactBytes is how long a segment of the journal grows.
const DefaultCompactBytes = 64 << 20

// storeOptions says where a store is and what it belongs to.
type storeOptions struct {
	files   policy.Files
	dir     string
	key     string // check value of the root key
	keyed   bool   // keys of scopes are there already
	compact int64
}

// store is the journal on disk: segments that only grow, each of which vouches
// for the one before it, and the base that older ones were folded into. A file
// that an earlier process wrote, or in which a write failed, is not written
// again: the next segment begins. All but the folding is used by one goroutine.
type store struct {
	storeOptions
	cut    int64 // bytes of an incomplete line that opening left behind
	folder *folder

	file  policy.AppendFile // nil: the next segment is due
	n     int               // the newest segment
	size  int64             // of it, as far as it is durable
	sum   hash.Hash         // of that
	prev  string            // its sum, when the segment is closed
	loose []byte            // written after that and not synced
	owed  []byte            // lines of changes that stand and did not get written
	shut  bool
}

// change is one line on its way to the journal.
type change struct {
	line   []byte
	lazy   bool // may be lost in a crash; nobody waits
	stands bool // the change stays in the books even if this write fails
	fold   bool // end the segment with it and fold it at once
}

// openStore reads a store into empty books and begins its next segment.
func openStore(o storeOptions, b *books) (*store, error) {
	ctx := context.Background()
	in, err := load(ctx, o.files, o.dir, b)
	if err != nil {
		return nil, err
	}
	switch {
	case in.key == "" && o.keyed:
		return nil, errors.New("the journal is missing but its keys are there; " + restore)
	case in.key != "" && in.key != o.key:
		return nil, errors.New("the ledger was kept under another root key; restore that key")
	}
	s := &store{storeOptions: o, cut: in.torn, n: in.at.segment, size: in.at.end, prev: in.at.sum}
	if in.segments > 0 {
		// What an earlier process wrote may be in the machine's memory only,
		// and the next head vouches for it.
		if err := s.syncOld(); err != nil {
			return nil, err
		}
	}
	s.folder = newFolder(o, in)
	if err := s.begin(); err != nil {
		return nil, err
	}
	s.sweep()
	return s, nil
}

// sweep removes what crashes left of writes that were not completed.
func (s *store) sweep() {
	s.folder.tidy(s.folder.base)
	if names, err := list(s.files, s.dir); err == nil {
		for _, name := range names.stale {
			_ = s.files.Remove(filepath.Join(s.dir, name))
		}
	}
}

func (s *store) syncOld() error {
	f, err := s.files.Append(filepath.Join(s.dir, segmentName(s.n)))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// at returns the newest segment and how long it is at least.
func (s *store) at() (name string, size int64) {
	return filepath.Join(s.dir, segmentName(s.n)), s.size + int64(len(s.loose))
}

// commit writes one batch. After an error the lines of changes that stand are
// owed: they are the first of the next segment.
func (s *store) commit(batch []change) error {
	if s.file == nil {
		if err := s.begin(); err != nil {
			s.owe(batch)
			return err
		}
	}
	buf := s.owed
	lazy := len(buf) == 0
	for _, c := range batch {
		buf = append(buf, c.line...)
		lazy = lazy && c.lazy
	}
	before := len(s.owed)
	s.owed = nil
	if err := s.append(buf, lazy && len(s.loose)+len(buf) < 1<<20); err != nil {
		s.owed = append(append(s.owed, s.loose...), buf[:before]...)
		s.close1()
		s.owe(batch)
		return err
	}
	fold := slices.ContainsFunc(batch, func(c change) bool { return c.fold })
	if fold {
		s.folder.soon(s.n)
	}
	if fold || s.size >= s.compact {
		// If it does not succeed before the next segment may be there by
		// name, this one goes on.
		_ = s.rotate()
	}
	return nil
}

func (s *store) owe(batch []change) {
	for _, c := range batch {
		if c.lazy || c.stands {
			s.owed = append(s.owed, c.line...)
		}
	}
}

func (s *store) append(buf []byte, lazy bool) error {
	if _, err := s.file.Write(buf); err != nil {
		return err
	}
	if lazy {
		s.loose = append(s.loose, buf...)
		return nil
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	// A journal that was moved away still takes writes, and a restart would
	// not find them.
	name, size := s.at()
	if err := journal.Present(s.files, name, size+int64(len(buf))); err != nil {
		return err
	}
	s.sum.Write(s.loose)
	s.sum.Write(buf)
	s.size += int64(len(s.loose) + len(buf))
	s.loose = s.loose[:0]
	return nil
}

// close1 ends the segment where it was last known to be durable.
func (s *store) close1() {
	s.file.Close()
	s.file, s.loose, s.prev = nil, nil, hex.EncodeToString(s.sum.Sum(nil))
}

// rotate makes the segment durable to its end and begins the next one.
func (s *store) rotate() error {
	if len(s.loose) > 0 {
		if err := s.append(nil, false); err != nil {
			s.owed = append(s.owed, s.loose...)
			s.close1()
			return err
		}
	}
	return s.begin()
}

// begin makes the next segment. After an error the old one goes on, unless the
// name of the new one may be there: its head then says where the old one ends,
// and it is made again with the same head.
func (s *store) begin() error {
	sum := s.prev
	if s.file != nil {
		sum = hex.EncodeToString(s.sum.Sum(nil))
	}
	r := record{Op: opHead, Schema: journalSchema, Key: s.key, Segment: s.n + 1, PrevEnd: s.size, PrevSum: sum}
	head, err := r.line()
	if err != nil {
		return err
	}
	name := filepath.Join(s.dir, segmentName(s.n+1))
	f, err := fillNew(s.files, name+".tmp", head)
	if err != nil {
		return err
	}
	if s.file != nil {
		s.close1()
	}
	err = s.files.Rename(name+".tmp", name)
	if err == nil {
		err = s.files.SyncDir(s.dir)
	}
	if err == nil {
		err = writeTip(s.files, s.dir, s.key, span{segment: s.n + 1})
	}
	if err != nil {
		f.Close()
		return err
	}
	s.folder.closed(s.n, s.size)
	s.file, s.n, s.size, s.sum = f, s.n+1, int64(len(head)), sha256.New()
	s.sum.Write(head)
	return nil
}

// close makes what was written durable and notes where the journal ends. It
// waits for the folding, which gives up at once.
func (s *store) close() error {
	s.folder.close()
	if s.shut {
		return nil
	}
	s.shut = true
	var err error
	if len(s.owed) > 0 || s.file == nil {
		// The next segment also says of a write that failed that it does not
		// count.
		err = s.commit(nil)
	}
	if s.file == nil {
		return err
	}
	if len(s.loose) > 0 {
		err = errors.Join(err, s.append(nil, false))
	}
	end := span{s.n, s.size, hex.EncodeToString(s.sum.Sum(nil))}
	if err == nil {
		err = writeTip(s.files, s.dir, s.key, end)
	}
	err = errors.Join(err, s.file.Close())
	s.file = nil
	return err
}

// fillNew makes a file that holds b durably and can be appended to.
func fillNew(files policy.Files, name string, b []byte) (policy.AppendFile, error) {
	if err := removeOld(files, name); err != nil {
		return nil, err
	}
	f, err := files.Append(name)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
