package ledger_test

import (
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// pick draws a flow of one of the fates.
func (r *machine) pick(t *rapid.T, fates ...fate) *sent {
	var out []*sent
	for _, s := range r.m.flows {
		if s.id != "" && slices.Contains(fates, s.fate) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		t.Skip("there is none")
	}
	return rapid.SampledFrom(out).Draw(t, "flow")
}

func (r *machine) drop(s *sent) {
	r.m.flows = slices.DeleteFunc(r.m.flows, func(o *sent) bool { return o == s })
}

// faulty runs a settlement with a disk that may fail and reports whether the
// ledger said so.
func (r *machine) faulty(t *rapid.T, do func() error) bool {
	if rapid.IntRange(0, 4).Draw(t, "fault") == 0 {
		r.d.FailAt(0, rapid.SampledFrom([]faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn}).Draw(t, "kind"))
	}
	err := do()
	r.d.Heal()
	if err != nil && !errors.Is(err, policy.ErrLedgerUnavailable) {
		t.Fatal(err)
	}
	return err != nil
}

func (r *machine) commit(t *rapid.T) {
	s := r.pick(t, isOpen, isLate)
	s.fate = isFirm
	if r.faulty(t, func() error { return r.l.Commit(bg, s.id, false) }) {
		s.fate = isLate
	}
	if err := r.l.Release(bg, s.id); err == nil {
		t.Fatal("a committed reservation was released")
	}
}

func (r *machine) doubt(t *rapid.T) {
	s := r.pick(t, isOpen)
	s.fate = inDoubt
	r.faulty(t, func() error { return r.l.Commit(bg, s.id, true) })
}

func (r *machine) release(t *rapid.T) {
	s := r.pick(t, isOpen)
	r.faulty(t, func() error { return r.l.Release(bg, s.id) })
	r.drop(s)
}

// settle decides a flow in doubt, twice: the second time changes nothing, and
// the other decision is refused.
func (r *machine) settle(t *rapid.T) {
	s := r.pick(t, inDoubt)
	really := rapid.Bool().Draw(t, "sent")
	failed := r.faulty(t, func() error { _, err := r.l.Settle(bg, s.id, really); return err })
	switch {
	case really && failed:
		s.fate = isLate
	case really:
		s.fate = isFirm
	default:
		r.m.undone[s.id] = true
		r.drop(s)
	}
	if _, err := r.l.Settle(bg, s.id, really); err != nil {
		t.Fatal(err)
	}
	if _, err := r.l.Settle(bg, s.id, !really); err == nil {
		t.Fatal("a settlement was turned round")
	}
	if really {
		s.fate = isFirm
	}
}

// retry is a flow that asks again for exactly its persons.
func (r *machine) retry(t *rapid.T) {
	s := r.pick(t, isOpen)
	if r.closed[s.filing] || s.grouped != r.m.begun(s.year()) || r.m.unsure[s.year()] {
		t.Skip("it would count elsewhere by now")
	}
	c := s.count("")
	for i := range r.n + 1 {
		if c.Flow = fmt.Sprint(i); r.flowOf(s.id) == c.Flow {
			break
		}
	}
	got, err := r.l.Reserve(bg, c)
	if err != nil || got.ID != s.id {
		t.Fatalf("a retry got another reservation: %v", err)
	}
}

func (r *machine) flowOf(id string) string {
	_, pending := r.l.Show()
	for _, p := range pending {
		if p.ID == id {
			return p.Flow
		}
	}
	return ""
}

func (r *machine) preset(t *rapid.T) {
	year := 2027
	if !r.over.Load() && rapid.Bool().Draw(t, "last year") {
		year = 2026
	}
	if r.m.unsure[year] {
		t.Skip("the model does not know whether the group has begun")
	}
	o := given{entity: rapid.SampledFrom(members).Draw(t, "exporter"), filing: rapid.SampledFrom([]string{"", "F1"}).Draw(t, "filing"),
		year: year, basis: rapid.SampledFrom([]string{"SC", "SA"}).Draw(t, "basis"), kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		n: 1, group: r.m.begun(year)}
	if r.closed[o.filing] {
		t.Skip("the filing is closed")
	}
	in := ledger.Opening{Entity: o.entity, Filing: o.filing, Year: o.year, Basis: o.basis, Kind: o.kind, Persons: o.n}
	if err := r.l.Preset(bg, in); err != nil {
		t.Fatal(err)
	}
	r.m.openers = append(r.m.openers, o)
}

// year ends 2026: its persons may be sealed from February on, by the ledger or
// by an order, and no counter changes.
func (r *machine) year(t *rapid.T) {
	r.over.Store(true)
	ref := rapid.SampledFrom([]ledger.ScopeRef{{Entity: members[0], Year: 2026}, {Entity: group, Year: 2026}, {Filing: "F2"}}).Draw(t, "scope")
	if err := r.l.Destroy(bg, ref); err == nil {
		r.closed[ref.Filing] = ref.Filing != ""
	}
}

// crash loses what a crash may lose. Then what recovery does: it settles by
// the log, and the operator repeats what was ordered.
func (r *machine) crash(t *rapid.T) {
	loss := rapid.SampledFrom([]faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill}).Draw(t, "loss")
	crashed := r.d.Crash(loss)
	r.l.Close()
	r.d, r.o.Files = crashed, crashed
	r.reopen(t)
}

func (r *machine) reopen(t *rapid.T) {
	var err error
	if r.l, err = ledger.Open(r.o); err != nil {
		t.Fatal(err)
	}
	_, pending := r.l.Show()
	for _, p := range pending {
		i := slices.IndexFunc(r.m.flows, func(s *sent) bool { return s.id == p.ID })
		switch {
		case i < 0 && p.InDoubt && r.m.undone[p.ID]:
			_, err = r.l.Settle(bg, p.ID, false)
		case i < 0 && !p.InDoubt:
			err = r.l.Release(bg, p.ID)
		case i < 0:
			t.Fatal("a reservation came into doubt by itself")
		case r.m.flows[i].fate == isLate:
			err = r.l.Commit(bg, p.ID, false)
		case r.m.flows[i].fate == inDoubt:
			err = r.l.Commit(bg, p.ID, true)
		case r.m.flows[i].fate == isFirm:
			t.Fatal("an acknowledged commit was lost")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range r.m.flows {
		there := slices.ContainsFunc(pending, func(p ledger.Pending) bool { return p.ID == s.id })
		if !there && (s.fate == isOpen || s.fate == inDoubt) {
			t.Fatal("an acknowledged reservation is gone")
		}
		if s.fate == isLate {
			s.fate = isFirm
		}
	}
}

// ended checks that the files say what memory said.
func (r *machine) ended(t *rapid.T) {
	for _, f := range r.m.flows {
		if f.fate == isLate && r.l.Commit(bg, f.id, false) != nil {
			t.Fatal("a late commit failed on a disk that works")
		}
	}
	totals, pending := r.l.Show()
	known := func(all []ledger.Total) string {
		return fmt.Sprintf("%+v", slices.DeleteFunc(all, func(t ledger.Total) bool { return t.Entity == group && r.m.unsure[t.Year] }))
	}
	if err := r.l.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := ledger.Load(r.d, "data")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := known(v.Totals()), known(totals); got != want {
		t.Fatalf("the files count %s\nand memory %s", got, want)
	}
	if got := v.Pending(); len(got) != len(pending) {
		t.Fatalf("%d reservations in the files and %d in memory", len(got), len(pending))
	}
}
