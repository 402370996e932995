package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func exception(id string, change ...func(*registry.ExceptionDoc)) registry.ExceptionDoc {
	d := registry.ExceptionDoc{Schema: registry.ExceptionSchema, ID: id, Exporter: uscc, Owner: "olaf", Reason: "migration of the HR system",
		Hosts: []string{"*.example.sg"}, Waives: []string{"require.link", "big"}, Quota: registry.Quota{Transfers: 2, Persons: 10},
		Effective: "2026-11-01", Expires: "2026-12-31", Status: "effective"}
	for _, c := range change {
		c(&d)
	}
	return d
}

func put(t testing.TB, r *registry.Registry, docs ...any) {
	t.Helper()
	for _, d := range docs {
		if _, err := r.AddDocument(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
}

func lifted(t testing.TB, r *registry.Registry, f *policy.Flow) string {
	t.Helper()
	all, err := r.Exceptions(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, e.ID+":"+e.State)
	}
	return strings.Join(out, " ")
}

func TestExceptionsTakeEffectByTwoApprovals(t *testing.T) {
	p := newPeople(t, "ann", "bob", "olaf")
	r, c := reviewed(t, p)
	put(t, r, exception("E1"))
	f := flow("api.example.sg")
	want := func(state string) {
		t.Helper()
		if got := lifted(t, r, f); got != "E1:"+state {
			t.Errorf("got %s, want %s", got, state)
		}
	}
	want("unapproved")
	if _, err := p.answer(t, r, c, "E1", "olaf"); err == nil || !strings.Contains(err.Error(), "owns the exception") {
		t.Errorf("the owner approved: %v", err)
	}
	p.approve(t, r, c, "E1", "ann")
	want("unapproved")
	p.approve(t, r, c, "E1", "bob")
	want("current")
	all, err := r.Exceptions(ctx, f)
	if err != nil || strings.Join(all[0].Approvers, " ") != "ann bob" || strings.Join(all[0].Waives, " ") != "big require.link" || all[0].Revision != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	use := func(flow string, n int64) error {
		return r.Use(ctx, policy.Use{Flow: flow, At: c.Now(), IDs: []string{"E1"}, Persons: n})
	}
	if err := errors.Join(use("f1", 4), use("f2", 4)); err != nil {
		t.Fatal(err)
	}
	if err := use("f3", 1); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("a third transfer: %v", err)
	}
	c.add(time.Second)
	want("used_up")
	// A new revision asks for new approvals, and the quota taken stays taken.
	put(t, r, exception("E1", func(d *registry.ExceptionDoc) { d.Quota.Transfers = 3 }))
	want("unapproved")
	if err := use("f3", 1); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("by approvals of another revision: %v", err)
	}
	c.add(time.Minute)
	p.approve(t, r, c, "E1", "ann", "bob")
	want("current")
	p.trust("ann", "olaf")
	want("unapproved")
	if err := use("f3", 1); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("by a reviewer that was removed: %v", err)
	}
	p.trust("ann", "bob")
	if _, err := r.SetStatus(ctx, registry.KindException, "E1", "suspended", "enough"); err != nil {
		t.Fatal(err)
	}
	want("suspended")
	if err := use("f3", 1); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("while it is suspended: %v", err)
	}
}

func TestScopeAndTimeOfExceptions(t *testing.T) {
	at := func(day string) func(*policy.Flow) {
		when, err := time.ParseInLocation(time.DateOnly, day, policy.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return func(f *policy.Flow) { f.Time = when }
	}
	byID := func(d *registry.ExceptionDoc) { d.Hosts, d.Recipients = nil, []string{"sg"} }
	net := func(d *registry.ExceptionDoc) { d.Hosts = []string{"203.0.113.0/24"} }
	same := func(d *registry.ExceptionDoc) {}
	tests := []struct {
		name   string
		change func(*registry.ExceptionDoc)
		flow   *policy.Flow
		want   string
	}{
		{"host below the suffix", same, flow("api.example.sg"), "E1:current"},
		{"the suffix itself", same, flow("example.sg"), ""},
		{"another exporter", func(d *registry.ExceptionDoc) { d.Exporter = other }, flow("api.example.sg"), ""},
		{"its recipient", byID, flow("api.example.sg", func(f *policy.Flow) { f.Destination.Recipient = "sg" }), "E1:current"},
		{"another recipient", byID, flow("api.example.sg", func(f *policy.Flow) { f.Destination.Recipient = "us" }), ""},
		{"nobody known", byID, flow("api.example.sg"), ""},
		{"an address", net, flow("203.0.113.9"), "E1:current"},
		{"a name at that address", net, flow("any.example.com", func(f *policy.Flow) { f.Destination.Addr = flowAddr("203.0.113.9") }), ""},
		{"before its first day", same, flow("api.example.sg", at("2026-10-31")), "E1:not_yet"},
		{"on its last day", same, flow("api.example.sg", at("2026-12-31")), "E1:current"},
		{"after it", same, flow("api.example.sg", at("2027-01-01")), "E1:expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeople(t, "ann", "bob")
			r, c := reviewed(t, p)
			put(t, r, exception("E1", tt.change))
			p.approve(t, r, c, "E1", "ann", "bob")
			if got := lifted(t, r, tt.flow); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestApprovalsOfExceptionsBound(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	put(t, r, exception("E1"))
	for _, tt := range []struct {
		change func(*registry.Answer)
		want   string
	}{
		{func(a *registry.Answer) { a.Transfers, a.Persons = 3, 11 }, "persons transfers"},
		{func(a *registry.Answer) { a.Expires = time.Date(2027, 1, 2, 0, 0, 0, 0, policy.Shanghai) }, "expires"},
	} {
		if _, err := p.answer(t, r, c, "E1", "ann", tt.change); strings.Join(faults(err), " ") != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	if _, err := p.answer(t, r, c, "E1", "ann", func(a *registry.Answer) { a.Transfers, a.Expires = 1, c.Now().Add(time.Hour) }); err != nil {
		t.Fatal(err)
	}
	p.approve(t, r, c, "E1", "bob")
	s, err := r.Ticket(ctx, "E1")
	if err != nil || s.Quota != (registry.Quota{Transfers: 1, Persons: 10}) || !s.Expires.Equal(c.Now().Add(time.Hour)) || s.Ticket.Exporter != uscc || s.Exception.ID != "E1" {
		t.Errorf("%+v, %v", s, err)
	}
	c.add(time.Hour)
	if got := lifted(t, r, flow("api.example.sg", func(f *policy.Flow) { f.Time = c.Now() })); got != "E1:expired" {
		t.Errorf("after the earliest end: %s", got)
	}
}

func TestManyExceptionsFitAQuestion(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	for i := range 40 {
		put(t, r, exception(fmt.Sprintf("E%02d", i), func(d *registry.ExceptionDoc) { d.Classes = []inspect.Class{inspect.Name, inspect.Email} }))
	}
	p.approve(t, r, c, "E39", "ann", "bob")
	got := strings.Fields(lifted(t, r, flow("api.example.sg")))
	if len(got) != 32 || got[31] != "E39:current" {
		t.Errorf("%d, last %s", len(got), got[len(got)-1])
	}
}

// BenchmarkExceptions asks with one in force among twenty, and takes of it.
func BenchmarkExceptions(b *testing.B) {
	p := newPeople(b, "ann", "bob")
	r, c := reviewed(b, p)
	for i := range 20 {
		put(b, r, exception(fmt.Sprintf("E%02d", i), func(d *registry.ExceptionDoc) { d.Quota = registry.Quota{Transfers: 1e6, Persons: 1e9} }))
	}
	p.approve(b, r, c, "E07", "ann", "bob")
	f := flow("api.example.sg")
	b.Run("ask", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Exceptions(ctx, f); err != nil {
				b.Fatal(err)
			}
		}
	})
	n := 0
	b.Run("use", func(b *testing.B) {
		for b.Loop() {
			n++
			if err := r.Use(ctx, policy.Use{Flow: fmt.Sprint(n), IDs: []string{"E07"}, Persons: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
