package passthrough

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Ahead is the most bytes of an entry that are durable as used before they
// moved, which is what a stop that was not clean can count too much. Of small
// budgets it is a sixteenth.
const Ahead = 8 << 20

// rewriteAt is how much is appended before the file is written anew.
const rewriteAt = 1 << 20

// Options are the settings of a Store. All but Entries and Never are required.
type Options struct {
	Dir     string // the data directory; the file is passthrough/used
	Files   policy.Files
	Now     func() time.Time
	Entries []Entry
	Never   []string // hosts and networks that no entry covers
}

// Store is the policy.PassThroughs of an operator's entries. It is safe for
// concurrent use.
type Store struct {
	o Options

	mu     sync.Mutex
	table  *table // exchanged whole
	used   map[string]*account
	names  map[string]*Refusal
	leases map[*lease]struct{}
	file   policy.AppendFile // nil until it is written anew, at first and after a fault
	grown  int64
}

var _ policy.PassThroughs = (*Store)(nil)

// account is how much of an entry's budget moved, and how much the file says.
type account struct{ used, mark int64 }

// Open reads what was used before. A damaged file is an error: it is not known
// then how much may still pass.
func Open(o Options) (*Store, error) {
	t, err := newTable(o.Entries, o.Never)
	if err != nil {
		return nil, err
	}
	s := &Store{o: o, table: t, leases: map[*lease]struct{}{}}
	b, err := Read(o.Files, o.Dir)
	if err != nil {
		return nil, err
	}
	s.used, s.names = map[string]*account{}, b.names
	for id, n := range b.Used {
		s.used[id] = &account{n, n}
	}
	return s, nil
}

// Reload exchanges the entries. Tunnels under an entry that is gone, over or
// does not cover them any more are ended.
func (s *Store) Reload(entries []Entry, never []string) error {
	t, err := newTable(entries, never)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table = t
	for l := range s.leases {
		l.renew()
	}
	return nil
}

// Covering implements policy.PassThroughs.
func (s *Store) Covering(f *policy.Flow) *policy.PassThrough {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.table.find(f)
	if r == nil {
		return nil
	}
	p := &policy.PassThrough{ID: r.ID, Kind: r.Kind, Category: r.Category, State: s.state(r)}
	if carried, read := r.carries(f); carried || read && p.State != policy.PassCurrent {
		return p
	}
	return nil
}

// state says whether an entry lets anything pass now.
func (s *Store) state(r *rule) string {
	switch a := s.used[r.ID]; {
	case !s.o.Now().Before(r.until):
		return policy.PassExpired
	case a != nil && a.used >= r.Bytes:
		return policy.PassUsedUp
	}
	return policy.PassCurrent
}

// charge takes bytes of an entry's budget, durably.
func (s *Store) charge(r *rule, n int) int {
	if n <= 0 || s.state(r) != policy.PassCurrent {
		return 0
	}
	a := s.used[r.ID]
	if a == nil {
		a = &account{}
		s.used[r.ID] = a
	}
	grant := min(int64(n), r.Bytes-a.used)
	if a.used+grant > a.mark {
		mark := min(r.Bytes, a.used+grant+min(Ahead, max(r.Bytes/16, 1)))
		if err := s.append(line{Op: opUsed, ID: r.ID, Used: mark}, true); err != nil {
			return 0
		}
		a.mark = mark
	}
	a.used += grant
	return int(grant)
}

// append writes a line. A file in which a write failed is not written again:
// the next write makes a new one.
func (s *Store) append(l line, sync bool) error {
	if s.file == nil || s.grown > rewriteAt {
		if err := s.rewrite(); err != nil {
			return err
		}
	}
	b, err := l.bytes()
	if err != nil {
		return err
	}
	_, err = s.file.Write(b)
	if err == nil && sync {
		err = s.file.Sync()
	}
	if err != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
		return err
	}
	s.grown += int64(len(b))
	return nil
}

// rewrite makes a new file in place of the old one.
func (s *Store) rewrite() error {
	if s.file != nil {
		err := s.file.Close()
		if s.file = nil; err != nil {
			return err
		}
	}
	lines := []line{{Op: opHead, Schema: schema}}
	for id, a := range s.used {
		lines = append(lines, line{Op: opUsed, ID: id, Used: max(a.used, a.mark)})
	}
	for _, n := range s.names {
		lines = append(lines, n.line())
	}
	slices.SortFunc(lines[1:], func(a, b line) int { return strings.Compare(a.ID+a.Name, b.ID+b.Name) })
	var out []byte
	for _, l := range lines {
		b, err := l.bytes()
		if err != nil {
			return err
		}
		out = append(out, b...)
	}
	name := fileName(s.o.Dir)
	if err := s.o.Files.MakeDir(filepath.Dir(name)); err != nil {
		return err
	}
	if err := s.o.Files.SyncDir(s.o.Dir); err != nil {
		return err
	}
	if err := journal.Replace(s.o.Files, name, name+".tmp", out); err != nil {
		return err
	}
	f, err := s.o.Files.Append(name)
	if err == nil {
		s.file, s.grown = f, 0
	}
	return err
}

// Close ends all tunnels and writes down what was used, to the byte.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.leases {
		l.end()
	}
	for _, a := range s.used {
		a.mark = a.used
	}
	if len(s.used)+len(s.names) == 0 {
		return nil
	}
	if err := s.rewrite(); err != nil {
		return fmt.Errorf("passthrough: %w", err)
	}
	return s.file.Close()
}
