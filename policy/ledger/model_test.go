package ledger_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// modelled is one reservation of the model: person number → kind.
type modelled struct {
	basis   string
	persons map[int]bool
	doubt   bool
}

// model is a ledger as a list.
type model struct {
	firm []modelled
	open map[string]modelled
}

func (m *model) persons(bases []string, open bool) map[int]bool {
	out := map[int]bool{}
	add := func(r modelled) {
		for _, b := range bases {
			if b == r.basis {
				for p := range r.persons {
					out[p] = true
				}
			}
		}
	}
	for _, r := range m.firm {
		add(r)
	}
	for _, r := range m.open {
		if open || r.doubt {
			add(r)
		}
	}
	return out
}

var unions = [][]string{{"SC"}, {"SA"}, {"SC", "SA"}}

// TestAgainstModel runs random flows, settlings, crashes and disk faults and
// compares every counter with a model that only lists.
func TestAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := faultfs.New()
		o := options(d)
		o.Wait, o.CompactBytes = -time.Second, 2000
		l, err := ledger.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		m := &model{open: map[string]modelled{}}
		flow := 0
		pick := func(t *rapid.T) string {
			ids := []string{}
			for id := range m.open {
				ids = append(ids, id)
			}
			if len(ids) == 0 {
				t.Skip("nothing is open")
			}
			return ids[rapid.IntRange(0, len(ids)-1).Draw(t, "reservation")]
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				flow++
				r := modelled{rapid.SampledFrom([]string{"SC", "SA"}).Draw(t, "basis"), map[int]bool{}, false}
				var persons []policy.Counted
				for _, p := range rapid.SliceOfN(rapid.IntRange(0, 12), 1, 5).Draw(t, "persons") {
					r.persons[p] = true
					persons = append(persons, policytest.Persons(p, 1)...)
				}
				c := count(fmt.Sprint(flow), persons, policy.Limit{ID: "l", Kind: policy.CountNS, Max: 9, Bases: []string{"SC"}})
				c.Basis = r.basis
				if rapid.IntRange(0, 5).Draw(t, "fault") == 0 {
					d.FailAt(rapid.IntRange(0, 2).Draw(t, "step"), rapid.SampledFrom([]faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn}).Draw(t, "kind"))
				}
				got, err := l.Reserve(bg, c)
				d.Heal()
				if errors.Is(err, policy.ErrLedgerUnavailable) {
					return
				}
				after, sure := m.persons([]string{"SC"}, true), m.persons([]string{"SC"}, false)
				if r.basis == "SC" {
					for p := range r.persons {
						after[p], sure[p] = true, true
					}
				}
				var full *policy.LimitError
				var held *policy.ContendedError
				switch {
				case len(sure) > 9 && !errors.As(err, &full), len(sure) <= 9 && len(after) > 9 && !errors.As(err, &held):
					t.Fatalf("Reserve to %d (%d without open ones) = %v", len(after), len(sure), err)
				case len(after) <= 9 && err != nil:
					t.Fatal(err)
				case err == nil:
					m.open[got.ID] = r
				}
			},
			"commit": func(t *rapid.T) {
				id := pick(t)
				if err := l.Commit(bg, id, false); err != nil {
					t.Fatal(err)
				}
				m.firm = append(m.firm, m.open[id])
				delete(m.open, id)
			},
			"doubt": func(t *rapid.T) {
				id := pick(t)
				if err := l.Commit(bg, id, true); err != nil {
					t.Fatal(err)
				}
				r := m.open[id]
				r.doubt = true
				m.open[id] = r
			},
			"release": func(t *rapid.T) {
				id := pick(t)
				if err := l.Release(bg, id); err != nil {
					t.Fatal(err)
				}
				delete(m.open, id)
			},
			"crash": func(t *rapid.T) {
				loss := rapid.SampledFrom([]faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill}).Draw(t, "loss")
				crashed := d.Crash(loss)
				l.Close()
				d = crashed
				o.Files = d
				if l, err = ledger.Open(o); err != nil {
					t.Fatal(err)
				}
				settleUnknown(t, l, m)
			},
			"": func(t *rapid.T) {
				for _, bases := range unions {
					want := len(m.persons(bases, true))
					c := count("peek", nil, policy.Limit{Kind: policy.CountNS, Bases: bases})
					if b, err := l.Peek(bg, c); err != nil || b[0].Before != int64(want) {
						t.Fatalf("%v counts %d, want %d (%v)", bases, b[0].Before, want, err)
					}
				}
			},
		})
		l.Close()
	})
}

// settleUnknown does what recovery does: what is open in the journal but was
// never acknowledged, or was released, is released.
func settleUnknown(t *rapid.T, l *ledger.Ledger, m *model) {
	open, err := l.Unsettled(bg)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range open {
		found[r.ID] = true
		if _, ok := m.open[r.ID]; !ok {
			if err := l.Release(bg, r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for id, r := range m.open {
		if !found[id] && !r.doubt {
			t.Fatal("an acknowledged reservation is gone")
		}
	}
}
