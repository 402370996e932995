package registry_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/registry"
)

func TestATicketThatIsThereStays(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	again := ticket(ticketID, c)
	again.Flow, again.Persons.Total = "f2", 99
	hold(t, r, again)
	s, err := r.Ticket(ctx, ticketID)
	if err != nil || s.Ticket.Flow != "f1" || s.Ticket.Persons.Total != 3 || s.Ticket.Reasons[0].Rule != "big" {
		t.Errorf("%+v, %v", s, err)
	}
	if all, err := r.Tickets(ctx); err != nil || len(all) != 1 || all[0].Object != s.Object {
		t.Errorf("%+v, %v", all, err)
	}
	if a, err := r.Approval(ctx, "t-0000000000000000"); a != nil || err != nil {
		t.Errorf("a ticket out of nowhere: %v, %v", a, err)
	}
	for _, id := range []string{"", "a b", strings.Repeat("x", 65)} {
		if err := r.Hold(ctx, policy.Ticket{ID: id}); err == nil {
			t.Errorf("held %q", id)
		}
	}
	if err := r.Hold(ctx, policy.Ticket{ID: "big", Host: strings.Repeat("x", 65<<10)}); err == nil {
		t.Error("held a ticket of 65 KiB")
	}
}

func TestUnansweredTicketsExpire(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	hold(t, r, ticket("t-1111111111111111", c))
	p.approve(t, r, c, "t-1111111111111111", "ann")
	c.add(30 * 24 * time.Hour)
	s, err := r.Ticket(ctx, ticketID)
	if err != nil || s.State != registry.StateExpired {
		t.Errorf("%s, %v", s.State, err)
	}
	if _, err := p.answer(t, r, c, ticketID, "ann"); !strings.Contains(fmt.Sprint(err), "expired") {
		t.Errorf("answered all the same: %v", err)
	}
	// Tried again, it is asked about anew.
	hold(t, r, ticket(ticketID, c))
	if s, err = r.Ticket(ctx, ticketID); err != nil || s.State != registry.StateOpen {
		t.Errorf("held again: %s, %v", s.State, err)
	}
	if s, err = r.Ticket(ctx, "t-1111111111111111"); err != nil || len(s.Answers) != 1 {
		t.Errorf("one that was answered: %+v, %v", s, err)
	}
}

func TestOpenTicketsAreBounded(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	c := newClock()
	path := filepath.Join(t.TempDir(), "registry.db")
	r := openFor(t, path, c, p)
	hold(t, r, ticket(ticketID, c))
	fill(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
		INSERT INTO ticket_open (id, at) SELECT 'x' || i, '2026-11-22T00:00:00.000000000Z' FROM n`, registry.MaxOpenTickets-1))
	if err := r.Hold(ctx, ticket("t-1111111111111111", c)); !errors.Is(err, registry.ErrTooManyTickets) {
		t.Errorf("one more: %v", err)
	}
	hold(t, r, ticket(ticketID, c)) // it is there
	p.approve(t, r, c, ticketID, "ann")
	hold(t, r, ticket("t-1111111111111111", c))
	if err := r.Hold(ctx, ticket("t-2222222222222222", c)); !errors.Is(err, registry.ErrTooManyTickets) {
		t.Errorf("one more: %v", err)
	}
	c.add(30 * 24 * time.Hour)
	hold(t, r, ticket("t-2222222222222222", c))
}

func TestOneExporterLeavesRoomForOthers(t *testing.T) {
	p, c := newPeople(t, "ann", "bob"), newClock()
	path := filepath.Join(t.TempDir(), "registry.db")
	r := openFor(t, path, c, p)
	hold(t, r, ticket(ticketID, c))
	fill(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
		INSERT INTO ticket_open (id, at, exporter) SELECT 'x' || i, '2026-11-22T00:00:00.000000000Z', '%s' FROM n`, registry.MaxExporterTickets-1, uscc))
	err := r.Hold(ctx, ticket("t-1111111111111111", c))
	if !errors.Is(err, registry.ErrTooManyTickets) || !strings.Contains(err.Error(), "1000 of this exporter; answer some") {
		t.Errorf("one more: %v", err)
	}
	another := ticket("t-2222222222222222", c)
	another.Exporter = other
	hold(t, r, another)
	p.approve(t, r, c, ticketID, "ann")
	hold(t, r, ticket("t-1111111111111111", c))
}

// The approval names the rules that the reviewers saw, and no others.
func TestApprovalNamesTheRulesThatWereSeen(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	x := ticket(ticketID, c)
	x.Reasons = []policy.Reason{{Code: policy.HeldForReview, Rule: "night"}, {Code: policy.ImportantSuspected, Rule: "auto.charging"}, {Code: policy.SplittingSuspected},
		{Code: policy.HeldForReview, Rule: "big"}, {Code: policy.HeldForReview, Rule: "big"}, {Code: policy.FilingCovers, Rule: "other"}, {Code: policy.HeldForReview}}
	hold(t, r, x)
	p.approve(t, r, c, ticketID, "ann", "bob")
	a, err := r.Approval(ctx, ticketID)
	if err != nil || a == nil || !slices.Equal(a.Rules, []string{"big", "night", "suspected.auto.charging", "suspected.splitting"}) || a.Denied {
		t.Errorf("%+v, %v", a, err)
	}
}

// fill runs statements on the file of a store.
func fill(t testing.TB, path string, stmts ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stmts {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheFileRefusesToForgetReviews(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	c := newClock()
	path := filepath.Join(t.TempDir(), "registry.db")
	r := openFor(t, path, c, p)
	hold(t, r, ticket(ticketID, c))
	p.approve(t, r, c, ticketID, "ann", "bob")
	if err := r.Use(ctx, policy.Use{Flow: "f", IDs: []string{ticketID}}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, stmt := range []string{"DELETE FROM object_revision", "UPDATE object_revision SET act = 'x'", "DELETE FROM quota_use", "UPDATE quota_use SET n = 0",
		"UPDATE ticket SET body = 'x'", "DELETE FROM ticket",
		"INSERT INTO filing_revision (filing_id, revision, act, note, at, hash, body) VALUES ('F', 1, '', '', '', '', '')"} {
		if _, err := db.Exec(stmt); err == nil {
			t.Errorf("the file took: %s", stmt)
		}
	}
	// What is altered past the triggers is not used.
	for _, stmt := range []string{"DROP TRIGGER ticket_stays", `UPDATE ticket SET body = replace(body, '"total":3', '"total":9')`} {
		if _, err := db.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := r.Approval(ctx, ticketID); err == nil || a != nil {
		t.Errorf("released by %+v, %v", a, err)
	}
}

func TestRegister(t *testing.T) {
	policytest.RunRegister(t, func(t *testing.T) policy.Register {
		r, err := registry.Open(filepath.Join(t.TempDir(), "registry.db"), registry.Options{Now: (&policytest.Clock{}).Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
		return r
	})
}
