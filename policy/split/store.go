package split

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// rewriteAt is how much is appended, at the least, before the file is written
// anew with what still counts. A longer file has to double.
const rewriteAt = 8 << 20

// store is the one file. Only the group's goroutine writes it.
type store struct {
	files policy.Files
	dir   string
	live  func() []line // all that counts, as a new file would hold it

	file  policy.AppendFile // nil until it is written anew, at first and after a fault
	begun int64             // bytes that the file began with
	grown int64             // bytes appended since
	ask   bool              // to be written anew
}

func (s *store) name() string { return filepath.Join(s.dir, "sketches") }

// write appends the lines and syncs them. A file in which a write failed is
// not written again: the next write makes a new one, which holds all.
func (s *store) write(batch []line) error {
	var out []byte
	for i := range batch {
		if batch[i].Op == opRewrite {
			s.ask = true
			continue
		}
		var err error
		if out, err = batch[i].append(out); err != nil {
			return err
		}
	}
	if s.file == nil || s.ask || s.grown >= max(rewriteAt, s.begun) {
		return s.rewrite() // with what the batch says
	}
	if len(out) == 0 {
		return nil
	}
	_, err := s.file.Write(out)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
		return err
	}
	s.grown += int64(len(out))
	return nil
}

// rewrite makes a new file in place of the old one.
func (s *store) rewrite() error {
	if s.file != nil {
		err := s.file.Close()
		if s.file = nil; err != nil {
			return err
		}
	}
	var out []byte
	for _, l := range append([]line{{Op: opHead, Schema: schema}}, s.live()...) {
		var err error
		if out, err = l.append(out); err != nil {
			return err
		}
	}
	if err := journal.Replace(s.files, s.name(), s.name()+".tmp", out); err != nil {
		return err
	}
	var err error
	s.file, err = s.files.Append(s.name())
	s.begun, s.grown, s.ask = int64(len(out)), 0, false
	return err
}

func (s *store) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// live are the pieces as lines, for a new file.
func (d *Detector) live() []line {
	d.mu.Lock()
	var all []piece // copies: what changes of a piece is replaced, not changed in place
	for _, list := range d.pieces {
		for _, p := range list {
			all = append(all, *p)
		}
	}
	d.mu.Unlock()
	out := make([]line, 0, len(all))
	for i := range all {
		out = append(out, all[i].line())
	}
	return out
}

// load reads the file. lost says what of it cannot be read: the file is then
// set aside, and what stood before the damage counts.
func (d *Detector) load() (lost, err error) {
	now := d.o.Now()
	f, err := d.o.Files.Open(d.store.name())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n := 0
	_, _, lost = journal.Lines(f, maxLine, func(_ int64, text []byte) error {
		n++
		l, err := parse(text)
		if err == nil {
			err = d.apply(&l, n)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		return nil
	})
	if err := f.Close(); err != nil {
		return nil, err
	}
	if lost != nil {
		bad := d.store.name() + ".bad"
		if err := d.o.Files.Rename(d.store.name(), bad); err != nil {
			return nil, err
		}
		lost = fmt.Errorf("%s was damaged and is now %s; the pieces after the damage are forgotten: %w", d.store.name(), bad, lost)
	}
	for year := range d.years() {
		k, err := d.keys.get(year, false)
		if err != nil {
			return nil, err
		}
		d.drop(func(p *piece) bool { return p.year == year && k == nil || expired(p, now) })
	}
	return lost, d.keys.before(yearOf(now.Add(-Window)))
}

func (d *Detector) years() map[int]bool {
	out := map[int]bool{}
	for _, list := range d.pieces {
		for _, p := range list {
			out[p.year] = true
		}
	}
	return out
}

// apply takes a line over. One that a rewrite and the queue both hold comes
// twice, and counts once.
func (d *Detector) apply(l *line, n int) error {
	switch {
	case n == 1 && (l.Op != opHead || l.Schema != schema):
		return errors.New("the file is not of schema " + schema)
	case l.Op == opHead && n == 1:
		return nil
	case l.Op == opPiece:
		p, err := l.piece()
		if err != nil {
			return err
		}
		if d.flows[p.flow] == nil {
			d.add(p)
			if p.again != "" {
				d.flows[p.again] = p
			}
		}
	case l.Op == opAgain:
		if err := d.applyAgain(l); err != nil {
			return err
		}
	case l.Op == opLeft:
		if p := d.flows[l.Flow]; p != nil {
			p.left = true
		}
	default:
		return errors.New("an unknown kind of line")
	}
	for _, flow := range l.Joins {
		if p := d.flows[flow]; p != nil {
			p.set = l.Set
		}
	}
	return nil
}

func (d *Detector) applyAgain(l *line) error {
	p := d.flows[l.Of]
	if p == nil {
		return nil
	}
	p.again = l.Flow
	d.flows[l.Flow] = p
	if len(l.Within)+len(l.Beside) > 0 {
		p.within, p.beside = l.Within, l.Beside
	}
	if len(l.Way) == 0 {
		return nil
	}
	w, err := unway(l.Way)
	if err == nil {
		p.ways = with(p.ways, w, maxWays)
	}
	return err
}
