package ledger

import "slices"

// claim is what n reservations that are open, or in doubt, say of a person
// alike. It does not name them: a person who is sent again and again while
// nothing is settled would make every flow slower than the one before.
type claim struct {
	marks marks
	n     int32
	year  int16
	doubt bool
}

func (c claim) stamp() stamp { return stamp{int(c.year), c.marks} }

func (c claim) like(d claim) bool {
	return c.marks == d.marks && c.year == d.year && c.doubt == d.doubt
}

// says is the claim that a reservation has on a person.
func (r *reservation) says(basis int, kind byte) claim {
	return claim{marks: marksAt(basis, kind), year: int16(r.year), doubt: r.doubt}
}

// claims are a person's claims. Nearly always there is one, and it is kept in
// place: a flow of 10,000 persons would make as many slices.
type claims struct {
	one  claim
	more []claim
}

func (c claims) each(fn func(claim)) {
	if c.one.n > 0 {
		fn(c.one)
	}
	for _, d := range c.more {
		fn(d)
	}
}

// with returns the claims and one more.
func (c claims) with(d claim) claims {
	d.n = 1
	switch i := slices.IndexFunc(c.more, d.like); {
	case c.one.n == 0:
		c.one = d
	case c.one.like(d):
		c.one.n++
	case i >= 0:
		c.more = slices.Clone(c.more)
		c.more[i].n++
	default:
		c.more = append(slices.Clip(c.more), d)
	}
	return c
}

// without returns the claims and one less; false when it is not among them.
func (c claims) without(d claim) (claims, bool) {
	i := slices.IndexFunc(c.more, d.like)
	switch {
	case c.one.n > 0 && c.one.like(d):
		if c.one.n--; c.one.n == 0 && len(c.more) > 0 {
			c.one, c.more = c.more[0], slices.Clone(c.more[1:])
		}
	case i >= 0:
		c.more = slices.Clone(c.more)
		if c.more[i].n--; c.more[i].n == 0 {
			c.more = slices.Delete(c.more, i, i+1)
		}
	default:
		return c, false
	}
	return c, true
}

// owed is how many states may come up when the claims are settled in any
// order: those of all their subsets but none and all, which are there.
func (c claims) owed() int {
	if len(c.more) == 0 {
		return 0
	}
	different := []stamp{c.one.stamp()}
	for _, d := range c.more {
		if !slices.Contains(different, d.stamp()) {
			different = append(different, d.stamp())
		}
	}
	return 1<<min(len(different), 30) - 2
}

// of returns a person's states: as nothing can change it any more, with
// doubtful reservations, and with all.
func (s *scope) of(p person) (row, firm, all uint32) {
	row = s.rows.get(p)
	if len(s.claims) == 0 {
		return row, row, row
	}
	firm, all = s.over(row, s.claims[p])
	return row, firm, all
}

func (s *scope) over(row uint32, cs claims) (firm, all uint32) {
	firm, all = row, row
	cs.each(func(c claim) {
		all = s.mustAdd(all, c.stamp())
		if c.doubt {
			firm = s.mustAdd(firm, c.stamp())
		}
	})
	return firm, all
}

// mustAdd is add for states that claim made sure there is room for.
func (s *scope) mustAdd(state uint32, st stamp) uint32 {
	n, err := s.states.add(state, st)
	if err != nil {
		panic("ledger: no room for a state that was promised: " + err.Error())
	}
	return n
}

// first reports whether nobody has a claim here yet, and makes room for those
// of n persons. A map keeps the room of the largest flow: when it is empty it
// is made anew.
func (s *scope) first(n int) bool {
	if len(s.claims) > 0 {
		return false
	}
	if n > s.room || s.room > 4096 && n < s.room/8 {
		s.claims, s.room = make(map[person]claims, n), n
	}
	return true
}

// claim adds a claim on a person, of whom the row and the other claims are
// given, or changes nothing. It returns the state that the person had.
func (s *scope) claim(p person, row uint32, have claims, c claim) (before uint32, err error) {
	firm, all := s.over(row, have)
	next := have.with(c)
	owed := s.owed - have.owed() + next.owed()
	if s.states.len()+1+owed > s.states.max {
		return all, s.states.full()
	}
	s.owed = owed
	s.claims[p] = next
	firmNow, allNow := firm, s.mustAdd(all, c.stamp())
	if c.doubt {
		firmNow = s.mustAdd(firm, c.stamp())
	}
	move(s.states.all, all, allNow)
	move(s.states.firm, firm, firmNow)
	return all, nil
}

// drop takes a claim on a person away; keep makes it firm first. It must be
// called once for a claim.
func (s *scope) drop(p person, c claim, keep bool) {
	have := s.claims[p]
	rest, there := have.without(c)
	if !there {
		return
	}
	row := s.rows.get(p)
	firm, all := s.over(row, have)
	rowNow := row
	if keep {
		rowNow = s.mustAdd(row, c.stamp())
	}
	s.owed += rest.owed() - have.owed()
	if rest.one.n == 0 {
		delete(s.claims, p)
	} else {
		s.claims[p] = rest
	}
	if rowNow != row {
		s.rows.put(p, rowNow)
	}
	firmNow, allNow := s.over(rowNow, rest)
	move(s.states.all, all, allNow)
	move(s.states.firm, firm, firmNow)
}

// doubted makes a claim on a person doubtful.
func (s *scope) doubted(p person, c claim) {
	have := s.claims[p]
	next, there := have.without(c)
	if !there {
		return
	}
	c.doubt = true
	next = next.with(c)
	row := s.rows.get(p)
	was, _ := s.over(row, have)
	is, _ := s.over(row, next)
	s.claims[p] = next
	move(s.states.firm, was, is)
}
