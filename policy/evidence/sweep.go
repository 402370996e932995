package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Swept says what a sweep removed.
type Swept struct {
	Old     int // evidence whose time was over
	Orphans int // evidence that no entry of the log names
	Expired int // approvals
}

// Named calls fn for each entry of the log from seq on that names evidence.
type Named func(ctx context.Context, seq uint64, fn func(flow string)) error

// Sweep removes what is older than it may be, and evidence that was written
// for an entry that never came to be. A file's name says which entry was the
// newest when it was made: what was there before the last sweep and is in no
// entry since belongs to none. At the start, before the first flow, all is
// looked at.
func (s *Store) Sweep(ctx context.Context, start bool, log Named) (Swept, error) {
	var out Swept
	now, upTo := s.o.Now(), s.o.Last()
	s.mu.Lock()
	if !start {
		upTo, s.before = s.before, upTo
	}
	s.mu.Unlock()
	names, err := s.o.Files.List(s.dir())
	if err != nil {
		return out, fmt.Errorf("evidence: %w", err)
	}
	alive, holds := map[string]bool{}, holds{read: s.o.Held}
	var fresh []stem
	checked := s.checked()
	for _, name := range names {
		st, ok := parseStem(name)
		if !ok || name != st.String()+endFile {
			continue
		}
		if now.Sub(st.time) >= s.o.Keep && holds.free(ctx, st.time) {
			out.Old++
			err = errors.Join(err, s.remove(name))
			continue
		}
		alive[st.String()] = true
		if st.after >= checked && (start || st.after < upTo) {
			fresh = append(fresh, st)
		}
	}
	err = errors.Join(err, holds.err)
	if n, oerr := s.orphans(ctx, fresh, alive, log); oerr == nil {
		out.Orphans = n
		err = errors.Join(err, s.mark(upTo))
	} else {
		err = errors.Join(err, oerr)
	}
	for _, name := range names {
		if old := s.spent(name, alive, now); old || start && strings.HasSuffix(name, endAside) {
			err = errors.Join(err, s.remove(name))
			if old {
				out.Expired++
			}
		}
	}
	return out, errors.Join(err, s.o.Files.SyncDir(s.dir()), s.recount())
}

// holds are the legal holds, read when the first of them is asked for.
type holds struct {
	read func(context.Context) (func(time.Time) bool, error)
	is   func(time.Time) bool
	err  error
}

// took is how long before its evidence a flow may have begun.
const took = 24 * time.Hour

// free reports whether no hold is about a time. What cannot be read holds.
func (h *holds) free(ctx context.Context, at time.Time) bool {
	if h.read == nil {
		return true
	}
	if h.is == nil && h.err == nil {
		if h.is, h.err = h.read(ctx); h.err != nil {
			h.err = fmt.Errorf("evidence: the legal holds cannot be read, nothing is removed for its age: %w", h.err)
		}
	}
	return h.err == nil && !h.is(at) && !h.is(at.Add(-took))
}

// orphans removes those of the files that no entry names.
func (s *Store) orphans(ctx context.Context, fresh []stem, alive map[string]bool, log Named) (int, error) {
	if len(fresh) == 0 {
		return 0, nil
	}
	from, named := fresh[0].after, map[string]bool{}
	for _, st := range fresh {
		from = min(from, st.after)
	}
	if err := log(ctx, from+1, func(flow string) { named[flow] = true }); err != nil {
		return 0, fmt.Errorf("evidence: compare with the log: %w", err)
	}
	n := 0
	for _, st := range fresh {
		if named[st.flow] {
			continue
		}
		if err := s.remove(st.String() + endFile); err != nil {
			return n, err
		}
		delete(alive, st.String())
		n++
	}
	return n, nil
}

// spent reports whether a file is an approval that nobody can use any more.
func (s *Store) spent(name string, alive map[string]bool, now time.Time) bool {
	st, ok := parseStem(name)
	if !ok || !strings.HasSuffix(name, endApproval) {
		return false
	}
	if !alive[st.String()] {
		return true
	}
	b, err := readAll(s.o.Files, filepath.Join(s.dir(), name), maxApproval)
	if err != nil {
		return false
	}
	a, err := ParseApproval(b)
	return err != nil || !now.Before(a.Until)
}

func (s *Store) remove(name string) error {
	if err := s.o.Files.Remove(filepath.Join(s.dir(), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

// checked is the entry of the log up to which files were compared with it. It
// is kept only so that a start need not read the log of half a year.
func (s *Store) checked() uint64 {
	b, err := readAll(s.o.Files, filepath.Join(s.dir(), markName), 32)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s *Store) mark(upTo uint64) error {
	if upTo == s.checked() {
		return nil
	}
	name := filepath.Join(s.dir(), markName)
	return journal.Replace(s.o.Files, name, name+endAside, []byte(strconv.FormatUint(upTo, 10)+"\n"))
}

// readAll reads a file of at most limit bytes.
func readAll(files policy.Files, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", filepath.Base(name), limit)
	}
	return b, err
}

// Read returns the evidence of a record and its digest.
func Read(files policy.Files, dir, record string) (f *File, h Held, digest string, err error) {
	list, err := List(files, dir)
	if err != nil {
		return nil, h, "", err
	}
	for _, h := range list {
		if h.Record != record {
			continue
		}
		b, err := readAll(files, filepath.Join(dir, h.name), MaxRecord)
		if err != nil {
			return nil, h, "", fmt.Errorf("evidence: %w", err)
		}
		f, err := Parse(b)
		if err == nil && f.Record != record {
			err = ErrExchanged
		}
		return f, h, Digest(b), err
	}
	return nil, h, "", ErrNone
}

// ErrNone means that there is no evidence of a record.
var ErrNone = errors.New("evidence: there is none of this record: none was kept, or its time is over")
