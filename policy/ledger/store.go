package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// DefaultCompactBytes is how long the changes after a snapshot may grow.
const DefaultCompactBytes = 64 << 20

// store is the journal on disk: generations, each a snapshot with changes
// after it. A new generation gets its name only when its snapshot is durable,
// and holds all that was acknowledged before; so the highest one is the
// ledger, whatever else a crash left. A file that once failed is not written
// again: the next generation takes its place.
type store struct {
	files   policy.Files
	dir     string
	compact int64
	shot    func() ([]byte, error) // the books as they are now

	gen   int
	file  policy.AppendFile // nil: a new generation is due
	size  int64
	limit int64 // size at which a new generation is due
}

// change is one line on its way to the journal.
type change struct {
	line []byte
	lazy bool // may be lost in a crash; nobody waits
}

func (s *store) name(gen int) string {
	return filepath.Join(s.dir, fmt.Sprintf("journal-%08d", gen))
}

// generations returns the generations on disk and other files of the journal,
// which a crash left.
func generations(files policy.Files, dir string) (gens []int, stale []string, err error) {
	names, err := files.List(dir)
	for _, n := range names {
		digits, ok := strings.CutPrefix(n, "journal-")
		if !ok {
			continue
		}
		if gen, err := strconv.Atoi(digits); err == nil {
			gens = append(gens, gen)
		} else if strings.HasSuffix(n, ".tmp") {
			stale = append(stale, n)
		}
	}
	return gens, stale, err
}

// commit writes one batch. It runs on the group's goroutine.
func (s *store) commit(batch []change) error {
	if s.file == nil {
		// The books hold what the batch is about, or its owner takes it back
		// by a later line; the batch is written again all the same.
		if err := s.renew(); err != nil {
			return err
		}
	}
	var buf []byte
	lazy := true
	for _, c := range batch {
		buf = append(buf, c.line...)
		lazy = lazy && c.lazy
	}
	_, err := s.file.Write(buf)
	if err == nil && !lazy {
		err = s.file.Sync()
	}
	if err == nil && !lazy {
		// A journal that was moved away still takes writes, and a restart
		// would not find them.
		err = journal.Present(s.files, s.name(s.gen), s.size+int64(len(buf)))
	}
	if err != nil {
		s.file.Close()
		s.file = nil
		return err
	}
	if s.size += int64(len(buf)); s.size >= s.limit {
		s.limit = s.size + s.compact // if this one does not succeed
		if err := s.renew(); err != nil && s.file != nil {
			return nil // the old generation goes on
		}
	}
	return nil
}

// renew begins the next generation. Without an error it is the journal; with
// one, either the old generation goes on or s.file is nil.
func (s *store) renew() error {
	shot, err := s.shot()
	if err != nil {
		return err
	}
	name, tmp := s.name(s.gen+1), s.name(s.gen+1)+".tmp"
	f, err := s.fill(tmp, shot)
	if err != nil {
		return err
	}
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
	s.gen++ // from here on the name may exist
	err = s.files.Rename(tmp, name)
	if err == nil {
		err = s.files.SyncDir(s.dir)
	}
	if err != nil {
		f.Close()
		return err
	}
	s.file, s.size = f, int64(len(shot))
	s.limit = s.size + max(s.compact, s.size)
	s.tidy()
	return nil
}

func (s *store) fill(tmp string, shot []byte) (policy.AppendFile, error) {
	if err := s.files.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := s.files.Append(tmp)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(shot)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// tidy removes what the journal in force replaced. What it cannot remove does
// no harm and goes another time.
func (s *store) tidy() {
	gens, stale, _ := generations(s.files, s.dir)
	for _, g := range gens {
		if g < s.gen {
			_ = s.files.Remove(s.name(g))
		}
	}
	for _, n := range stale {
		_ = s.files.Remove(filepath.Join(s.dir, n))
	}
}

// replayed is what a journal held.
type replayed struct {
	gen      int
	keyCheck string
	size     int64 // complete lines
	torn     int64
	shot     int64 // length of the snapshot
}

// replay reads the generation in force into the books. An incomplete last line
// was never acknowledged; any other fault is an error that names the line.
func replay(files policy.Files, dir string, b *books) (replayed, error) {
	var r replayed
	gens, _, err := generations(files, dir)
	if err != nil || len(gens) == 0 {
		return r, err
	}
	r.gen = gens[len(gens)-1]
	name := filepath.Join(dir, fmt.Sprintf("journal-%08d", r.gen))
	f, err := files.Open(name)
	if err != nil {
		return r, err
	}
	defer f.Close()
	n := 0
	r.size, r.torn, err = journal.Lines(f, maxLine, func(at int64, line []byte) error {
		n++
		rec, err := parseRecord(line)
		switch {
		case err != nil:
		case n == 1 && (rec.Op != opHead || rec.Schema != journalSchema):
			err = errors.New("journal does not begin with its head")
		case n == 1:
			r.keyCheck = rec.Key
		case rec.Op == opReady:
			r.shot = at + int64(len(line)) + 1
		default:
			err = b.apply(rec)
		}
		if err != nil {
			return fmt.Errorf("%s, record %d at byte %d: %w", filepath.Base(name), n, at, err)
		}
		return nil
	})
	if err == nil && r.shot == 0 {
		err = fmt.Errorf("%s: the snapshot it begins with is not complete", filepath.Base(name))
	}
	return r, err
}
