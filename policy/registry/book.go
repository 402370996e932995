package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// book is the newest revision of each object, made ready for flows. It is
// never changed; with makes the next one.
type book struct {
	newest map[key]*row
	// shelves hold the permits of each exporter, also under each code of a
	// group.
	shelves map[string]*shelf
	lifts   map[string][]*lift // exceptions by exporter, by id
	votes   map[string][]*vote // answers by ticket or exception, oldest first
	// barred are the suspended recipients, and barriers the filings that say
	// where they are.
	barred   map[string]bool
	barriers *shelf
}

func newBook() *book {
	return &book{newest: map[key]*row{}, shelves: map[string]*shelf{}, lifts: map[string][]*lift{},
		votes: map[string][]*vote{}, barred: map[string]bool{}}
}

// with returns a book that has also the given changes. It refuses changes
// that do not follow on what it knows.
func (b *book) with(rows []row) (*book, error) {
	if len(rows) == 0 {
		return b, nil
	}
	next := &book{newest: maps.Clone(b.newest), shelves: maps.Clone(b.shelves), lifts: maps.Clone(b.lifts),
		votes: maps.Clone(b.votes), barred: maps.Clone(b.barred), barriers: b.barriers}
	touched := map[string]map[string]*permit{} // by exporter, by filing; nil takes one away
	for i := range rows {
		if err := next.take(&rows[i], touched); err != nil {
			return nil, err
		}
	}
	for uscc, change := range touched {
		next.shelves[uscc] = next.shelves[uscc].with(change)
	}
	if len(next.barred) > 0 || len(b.barred) > 0 {
		next.bar()
	}
	return next, nil
}

// take adds one change.
func (b *book) take(r *row, touched map[string]map[string]*permit) error {
	prev := b.newest[r.key()]
	if prev == nil {
		prev = &row{}
	}
	if err := r.follows(prev); err != nil {
		return err
	}
	b.newest[r.key()] = r
	switch d := r.doc.(type) {
	case filing:
		return b.takeFiling(r, prev, (*policy.Filing)(&d), touched)
	case RecipientDoc:
		delete(b.barred, d.ID)
		if d.Status != statusEffective {
			b.barred[d.ID] = true
		}
	case ExceptionDoc:
		return b.takeException(r, prev, d)
	case review:
		id := d.Answer.Ticket
		b.votes[id] = slices.Concat(b.votes[id], []*vote{{review: d}})
	}
	return nil
}

func (b *book) takeFiling(r, prev *row, f *policy.Filing, touched map[string]map[string]*permit) error {
	p, err := newPermit(f)
	if err != nil {
		return fmt.Errorf("change %d: %w", r.Seq, err)
	}
	put := func(uscc string, p *permit) {
		if touched[uscc] == nil {
			touched[uscc] = map[string]*permit{}
		}
		touched[uscc][f.ID] = p
	}
	if old, ok := prev.doc.(filing); ok {
		for _, uscc := range holders((*policy.Filing)(&old)) {
			put(uscc, nil)
		}
	}
	for _, uscc := range p.holders() {
		put(uscc, p)
	}
	return nil
}

func (b *book) takeException(r, prev *row, d ExceptionDoc) error {
	l, err := newLift(d)
	if err != nil {
		return fmt.Errorf("change %d: %w", r.Seq, err)
	}
	other := func(o *lift) bool { return o.doc.ID == d.ID }
	if old, ok := prev.doc.(ExceptionDoc); ok {
		b.lifts[old.Exporter] = slices.DeleteFunc(slices.Clone(b.lifts[old.Exporter]), other)
	}
	all := append(slices.Clone(b.lifts[d.Exporter]), l)
	slices.SortFunc(all, func(a, b *lift) int { return cmp.Compare(a.doc.ID, b.doc.ID) })
	b.lifts[d.Exporter] = all
	return nil
}

// bar finds the filings that lead to suspended recipients, of whatever
// exporter.
func (b *book) bar() {
	found := map[string]*permit{}
	for _, s := range b.shelves {
		for _, p := range s.all {
			if slices.ContainsFunc(p.f.Recipients, func(r policy.Recipient) bool { return b.barred[r.ID] }) && p.names() {
				found[p.f.ID] = p
			}
		}
	}
	var none *shelf
	b.barriers = none.with(found)
}

// denies reports whether a destination is a suspended recipient, by its id or
// by a filing of anybody, unless the exporter's own filings name another
// recipient there more closely than rank best.
func (b *book) denies(d *policy.Destination, best int) bool {
	if b.barred[d.Recipient] {
		return true
	}
	if len(b.barred) == 0 || b.barriers == nil {
		return false
	}
	for _, i := range b.barriers.reached(d) {
		p := b.barriers.all[i]
		for j := range p.links {
			w := &p.links[j]
			if n := w.reach(d); n > 0 && n >= best && b.barred[w.recipient.ID] {
				return true
			}
		}
	}
	return false
}
