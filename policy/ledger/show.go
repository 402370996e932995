package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

// View is a ledger's counters for reading. It is safe for concurrent use.
type View struct {
	mu sync.Mutex
	b  *books
}

// Total is what one scope counts: an exporter's year, a filing's year, or a
// filing's whole validity (Year zero). Open reservations are counted.
type Total struct {
	Entity  string       `json:"exporter,omitempty"`
	Filing  string       `json:"filing,omitempty"`
	Year    int          `json:"year,omitempty"`
	NS      int64        `json:"ns"`
	SP      int64        `json:"sp"`
	Any     int64        `json:"any"`
	Opening int64        `json:"opening,omitempty"` // of them, from before the gateway
	Bases   []BasisTotal `json:"bases"`
}

// BasisTotal is what one legal basis contributes to a scope.
type BasisTotal struct {
	Basis string `json:"basis"`
	NS    int64  `json:"ns"`
	SP    int64  `json:"sp"`
	Any   int64  `json:"any"`
}

// Pending is a reservation that is open or in doubt.
type Pending struct {
	ID       string    `json:"id"`
	Flow     string    `json:"flow"`
	At       time.Time `json:"at"`
	Exporter string    `json:"exporter"`
	Filing   string    `json:"filing,omitempty"`
	Basis    string    `json:"basis,omitempty"`
	Persons  int       `json:"persons"`
	InDoubt  bool      `json:"in_doubt"`
}

// Load reads the counters of a data directory without its lock or keys, also
// beside a running gateway.
func Load(files policy.Files, dir string) (*View, error) {
	dir = filepath.Join(dir, Sub)
	var err error
	for range 3 { // a new generation may replace the one we open
		b := newBooks()
		if _, err = replay(files, dir, b); err == nil {
			return &View{b: b}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return nil, fmt.Errorf("ledger: read %s: %w", dir, err)
}

// Show returns the counters of this moment.
func (l *Ledger) Show() ([]Total, []Pending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.books.totals(), l.books.pendings()
}

// Totals returns all scopes, exporters first, newest year first.
func (v *View) Totals() []Total {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.b.totals()
}

// Pending returns the reservations that are open or in doubt, oldest first.
func (v *View) Pending() []Pending {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.b.pendings()
}

// Count returns how many persons a limit counts in an exporter's year.
func (v *View) Count(entity string, year int, l policy.Limit) int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	n, _ := v.b.count(limitScope(l, entity, year), l)
	return n
}

func (b *books) totals() []Total {
	out := make([]Total, 0, len(b.scopes))
	for id, s := range b.scopes {
		t := Total{Entity: id.Entity, Filing: id.Filing, Year: id.Year}
		t.NS, _ = b.count(id, policy.Limit{Kind: policy.CountNS})
		t.SP, _ = b.count(id, policy.Limit{Kind: policy.CountSP})
		t.Any, _ = b.count(id, policy.Limit{Kind: policy.CountAny})
		t.Opening = s.opened(nsMarks | spMarks)
		for i, basis := range s.bases {
			of := func(m marks) int64 {
				m &= 3 << (2 * i)
				return s.count(m).all + s.opened(m)
			}
			t.Bases = append(t.Bases, BasisTotal{basis, of(nsMarks), of(spMarks), of(nsMarks | spMarks)})
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Total) int {
		switch {
		case a.Filing != b.Filing:
			return compare(a.Filing, b.Filing)
		case a.Entity != b.Entity:
			return compare(a.Entity, b.Entity)
		}
		return b.Year - a.Year
	})
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (b *books) pendings() []Pending {
	out := []Pending{}
	for _, r := range b.inOrder() {
		p := Pending{ID: r.id, Flow: r.flow, At: r.at, Basis: r.basis, InDoubt: r.doubt}
		for _, q := range r.parts {
			if q.Scope.Filing == "" {
				p.Exporter, p.Persons = q.Scope.Entity, len(q.Persons)/personBytes
			} else {
				p.Filing = q.Scope.Filing
			}
		}
		out = append(out, p)
	}
	return out
}
