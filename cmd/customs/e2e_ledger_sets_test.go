package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
)

// sets are what the parties of a transfer say of it, each by the names of the
// transfers.
type sets struct {
	tried    []string        // by a client
	origin   map[string]bool // arrived
	counted  map[string]bool // whose person the ledger counts
	doubt    map[string]bool // of a reservation in doubt
	recorded map[string]int  // records in the log
}

// faults says where they contradict: who arrived must be counted, who is
// counted without having arrived must be in doubt, and who arrived or is
// counted has exactly one record.
func (s *sets) faults() (out []string) {
	say := func(what, name string) { out = append(out, what+": "+name) }
	for _, name := range s.tried {
		at, counted := s.origin[name], s.counted[name]
		if at && !counted {
			say("arrived and is not counted", name)
		}
		if counted && !at && !s.doubt[name] {
			say("counted, did not arrive and is not in doubt", name)
		}
		if n := s.recorded[name]; n > 1 || (at || counted) && n != 1 {
			say(fmt.Sprintf("arrived %v, counted %v, and has %d records", at, counted, n), name)
		}
	}
	for name := range s.origin {
		if !slices.Contains(s.tried, name) {
			say("arrived and was never sent", name)
		}
	}
	slices.Sort(out)
	return out
}

// TestSetsSeeEachFault breaks each promise by itself.
func TestSetsSeeEachFault(t *testing.T) {
	whole := func() *sets {
		set := func(names ...string) map[string]bool {
			m := map[string]bool{}
			for _, n := range names {
				m[n] = true
			}
			return m
		}
		return &sets{tried: []string{"sent", "lost", "refused"}, origin: set("sent"), counted: set("sent", "lost"), doubt: set("lost"),
			recorded: map[string]int{"sent": 1, "lost": 1, "refused": 1}}
	}
	if f := whole().faults(); len(f) > 0 {
		t.Errorf("nothing is wrong, and yet: %v", f)
	}
	for want, spoil := range map[string]func(*sets){
		"arrived and is not counted: sent":                         func(s *sets) { delete(s.counted, "sent") },
		"counted, did not arrive and is not in doubt: lost":        func(s *sets) { delete(s.doubt, "lost") },
		"counted, did not arrive and is not in doubt: refused":     func(s *sets) { s.counted["refused"] = true },
		"arrived true, counted true, and has 0 records: sent":      func(s *sets) { delete(s.recorded, "sent") },
		"arrived true, counted true, and has 2 records: sent":      func(s *sets) { s.recorded["sent"] = 2 },
		"arrived false, counted false, and has 2 records: refused": func(s *sets) { s.recorded["refused"] = 2 },
		"arrived and was never sent: stowaway":                     func(s *sets) { s.origin["stowaway"] = true },
	} {
		s := whole()
		spoil(s)
		if f := s.faults(); !slices.Contains(f, want) {
			t.Errorf("got %v, want %q", f, want)
		}
	}
}

// counter asks the ledger of a stopped gateway for one person after another,
// under the keys of its data directory.
type counter struct {
	engine *engine.Engine
	rules  *policy.Rules
	ledger *ledger.Ledger
}

func openCounter(t testing.TB, data string) *counter {
	t.Helper()
	c := &counter{}
	keys, err := openKeys(&config.Config{Data: data})
	if err == nil {
		c.engine, err = engine.New(engine.Options{Key: keys.key("subject")})
	}
	var book *law.Book
	if err == nil {
		book, err = law.Open(law.Options{Profile: "strict"})
	}
	if err == nil {
		c.rules, err = book.At(time.Now())
	}
	if err == nil {
		c.ledger, err = ledger.Open(ledger.Options{Dir: data, Key: keys.key("ledger"), Files: disk.Files{}, Now: time.Now})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// persons are those of a JSON body, as a gateway counts them.
func (c *counter) persons(t testing.TB, body string) []policy.Counted {
	t.Helper()
	scan, err := c.engine.Open(inspect.Meta{ContentType: jsonKind, Size: int64(len(body)), Time: time.Now()}, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_, err = scan.Write([]byte(body))
	report, err2 := scan.Close()
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	persons, _ := policy.CountPersons(c.rules, &report)
	return persons
}

// counts reports whether all persons of a body count in this year of Motors.
func (c *counter) counts(t testing.TB, body string) bool {
	t.Helper()
	ask := policy.Count{Entity: demoMotors, At: time.Now(), Persons: c.persons(t, body),
		Limits: []policy.Limit{{ID: "all", Kind: policy.CountAny, Max: 1 << 40}}}
	if len(ask.Persons) == 0 {
		t.Fatal("the body names nobody")
	}
	b, err := c.ledger.Peek(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return b[0].After == b[0].Before
}
