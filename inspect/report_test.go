package inspect_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
)

func TestMerge(t *testing.T) {
	one, two := inspect.Subject{1}, inspect.Subject{2}
	var first inspect.ClassSet
	first.Add(0)
	full := inspect.Coverage{State: inspect.Full, Seen: 10, Scanned: 10}
	a := inspect.Report{Tallies: []inspect.Tally{{Class: inspect.Mobile, Medium: 2}}, Linked: 2, Coverage: full,
		Persons: []inspect.Person{{Key: one, Classes: first}, {Key: two, Classes: first}}}
	b := inspect.Report{Tallies: []inspect.Tally{{Class: inspect.Email, High: 1}}, Linked: 1, Coverage: full,
		Persons: []inspect.Person{{Key: one, Classes: first, Minor: true}}}
	b.Coverage.Miss(inspect.GapBroken, 3)
	m := inspect.Merge(a, b)
	if len(m.Persons) != 2 || !m.Persons[0].Minor || m.Persons[1].Minor {
		t.Fatalf("persons %+v", m.Persons)
	}
	if p := m.Persons[0].Classes; !p.Has(0) || !p.Has(1) || m.Tallies[0].Class != inspect.Email || m.Tallies[1].Class != inspect.Mobile {
		t.Errorf("person's classes %v of %v", p, m.Tallies)
	}
	if m.Count(inspect.Mobile, inspect.Medium) != 2 || m.Count(inspect.Mobile, inspect.High) != 0 || m.Linked != 2 {
		t.Errorf("counts %+v", m)
	}
	if m.Coverage.State != inspect.Partial || m.Coverage.Seen != 20 || m.Clean() {
		t.Errorf("coverage %+v", m.Coverage)
	}
	if e := inspect.Merge(); e.Coverage.State != inspect.Opaque || e.Clean() {
		t.Errorf("nothing merged claims %+v", e.Coverage)
	}
}

func TestMiss(t *testing.T) {
	var c inspect.Coverage
	if c.State != inspect.Opaque {
		t.Error("the zero coverage claims something")
	}
	c = inspect.Coverage{State: inspect.Full, Seen: 4}
	c.Miss(inspect.GapUnknownFormat, 4)
	c.Miss(inspect.GapUnknownFormat, 2)
	if c.State != inspect.Opaque || len(c.Gaps) != 1 || c.Gaps[0].Bytes != 6 || c.Skipped != 6 {
		t.Errorf("coverage %+v", c)
	}
}
