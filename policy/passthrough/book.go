package passthrough

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

const (
	schema  = "dc.passthrough/1"
	maxLine = 4 << 10

	opHead    = "head"
	opUsed    = "used"
	opRefused = "refused"
)

// line is one line of the file. The last one of an entry or a name counts.
type line struct {
	Op     string    `json:"op"`
	Schema string    `json:"schema,omitempty"`
	ID     string    `json:"id,omitempty"`
	Used   int64     `json:"used,omitempty"`
	Name   string    `json:"name,omitempty"`
	Times  int64     `json:"times,omitempty"`
	Last   time.Time `json:"last,omitzero"`
}

func (l line) bytes() ([]byte, error) {
	b, err := json.Marshal(l)
	return append(b, '\n'), err
}

func fileName(dir string) string { return filepath.Join(dir, "passthrough", "used") }

// Book is what the file of an installation says.
type Book struct {
	// Used is how much of each entry's budget is used at most: of a gateway
	// that runs, it is up to Ahead more than moved.
	Used  map[string]int64
	names map[string]*Refusal
}

// Refused are the destinations whose clients refused our certificate, the most
// frequent first.
func (b *Book) Refused() []Refusal {
	var out []Refusal
	for _, n := range b.names {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b Refusal) int {
		if a.Times != b.Times {
			return int(b.Times - a.Times)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// Read reads the file, also while a gateway writes it. An absent one is empty.
func Read(files policy.Files, dir string) (*Book, error) {
	b := &Book{Used: map[string]int64{}, names: map[string]*Refusal{}}
	f, err := files.Open(fileName(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("passthrough: %w", err)
	}
	defer f.Close()
	n := 0
	_, _, err = journal.Lines(f, maxLine, func(_ int64, text []byte) error {
		n++
		if err := b.take(text, n); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("passthrough: %s is damaged, so it is not known how much may still pass: "+
			"restore it from a backup, or move it away to begin every budget anew: %w", fileName(dir), err)
	}
	return b, nil
}

func (b *Book) take(text []byte, n int) error {
	var l line
	if json.Unmarshal(text, &l) != nil {
		return errors.New("no JSON object of known fields")
	}
	switch {
	case n == 1:
		if l.Op != opHead || l.Schema != schema {
			return errors.New("the file is not of schema " + schema)
		}
	case l.Op == opUsed && l.ID != "" && l.Used >= 0:
		b.Used[l.ID] = l.Used
	case l.Op == opRefused && l.Name != "" && l.Times > 0:
		room(b.names, l.Name)
		b.names[l.Name] = &Refusal{Name: l.Name, Times: l.Times, Last: l.Last, written: l.Times}
	default:
		return errors.New("an unknown kind of line")
	}
	return nil
}

// Refusal is a destination whose clients refused our certificate.
type Refusal struct {
	Name  string    `json:"name"`
	Times int64     `json:"times"`
	Last  time.Time `json:"last"`

	written int64
}

func (r *Refusal) line() line { return line{Op: opRefused, Name: r.Name, Times: r.Times, Last: r.Last} }

// maxNames is how many such destinations are kept.
const maxNames = 512

// room makes place for a name by dropping the one that was seen last longest
// ago.
func room(names map[string]*Refusal, name string) {
	if names[name] != nil || len(names) < maxNames {
		return
	}
	oldest := ""
	for n, r := range names {
		if oldest == "" || r.Last.Before(names[oldest].Last) {
			oldest = n
		}
	}
	delete(names, oldest)
}

// Refused notes that a client of a destination refused our certificate. name
// stands in the file, so it must be one that a record may show. It is written
// at first and each time the number doubled.
func (s *Store) Refused(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	room(s.names, name)
	r := s.names[name]
	if r == nil {
		r = &Refusal{Name: name}
		s.names[name] = r
	}
	r.Times++
	r.Last = s.o.Now().UTC().Truncate(time.Second)
	if r.Times >= 2*r.written {
		if s.append(r.line(), false) == nil {
			r.written = r.Times
		}
	}
}

// Standing is an entry with how it stands.
type Standing struct {
	Entry
	State string
	Used  int64
	Open  int // tunnels
}

// Standings are all entries, in their order.
func (s *Store) Standings() []Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Standing
	for i := range s.table.rules {
		r := &s.table.rules[i]
		st := Standing{Entry: r.Entry, State: s.state(r)}
		if a := s.used[r.ID]; a != nil {
			st.Used = a.used
		}
		for l := range s.leases {
			if l.rule != nil && l.rule.ID == r.ID && !l.ended {
				st.Open++
			}
		}
		out = append(out, st)
	}
	return out
}

// Standings are entries of a configuration against what the file says.
func (b *Book) Standings(entries []Entry, now time.Time) ([]Standing, error) {
	t, err := newTable(entries, nil)
	if err != nil {
		return nil, err
	}
	s := &Store{o: Options{Now: func() time.Time { return now }}, table: t, used: map[string]*account{}}
	for id, n := range b.Used {
		s.used[id] = &account{n, n}
	}
	return s.Standings(), nil
}
