package ledger

import "iter"

// Person is person.
type Person = person

// Table is table for its tests.
type Table struct{ t *table }

// NewTable is newTable.
func NewTable() Table { return Table{newTable()} }

// Get is get.
func (t Table) Get(p Person) uint32 { return t.t.get(p) }

// Put is put.
func (t Table) Put(p Person, state uint32) { t.t.put(p, state) }

// Len is len.
func (t Table) Len() int { return t.t.len() }

// Size is size.
func (t Table) Size() int64 { return t.t.size() }

// Reserve is reserve.
func (t Table) Reserve(n int) { t.t.reserve(n) }

// Rows is rows.
func (t Table) Rows() iter.Seq2[Person, uint32] { return t.t.rows() }

// MaxStates is maxStates.
const MaxStates = maxStates

// LimitStates makes room for fewer states in every scope that a ledger has.
func (l *Ledger) LimitStates(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.books.scopes {
		s.states.max = n
	}
}

// Recount counts each scope's persons one by one and returns the first
// difference from the counts that it keeps.
func (l *Ledger) Recount() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, s := range l.books.scopes {
		if s.sealed {
			continue
		}
		all, firm := make([]int64, len(s.states.all)), make([]int64, len(s.states.all))
		seen := map[person]bool{}
		add := func(p person) {
			if seen[p] {
				return
			}
			seen[p] = true
			_, f, a := s.of(p)
			all[a]++
			firm[f]++
		}
		for p := range s.rows.rows() {
			add(p)
		}
		owed := 0
		for p, c := range s.claims {
			add(p)
			owed += c.owed()
		}
		all[0], firm[0] = 0, 0
		for i := range all {
			if all[i] != s.states.all[i] || firm[i] != s.states.firm[i] {
				return id.Entity + id.Filing + " has drifted"
			}
		}
		if owed != s.owed {
			return id.Entity + id.Filing + " promises other states than its claims need"
		}
	}
	return ""
}

// MostClaims is how many claims are kept of a person at most.
func (l *Ledger) MostClaims() (most int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.books.scopes {
		for _, c := range s.claims {
			most = max(most, 1+len(c.more))
		}
	}
	return most
}
