package registry_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// used is a store with a ticket that two approved and one transfer took from,
// of two.
func used(t *testing.T) (string, *registry.Registry, *clock, *people) {
	t.Helper()
	p, c := newPeople(t, "ann", "bob"), newClock()
	path := filepath.Join(t.TempDir(), "registry.db")
	r, err := registry.Open(path, registry.Options{Now: c.Now, Reviewers: p.list})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() }) // a test may close it itself
	hold(t, r, ticket(ticketID, c))
	for _, who := range []string{"ann", "bob"} {
		if _, err := p.answer(t, r, c, ticketID, who, func(a *registry.Answer) { a.Transfers = 3 }); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"f1", "f2"} {
		if err := r.Use(ctx, policy.Use{Flow: f, IDs: []string{ticketID}, Persons: 3}); err != nil {
			t.Fatal(err)
		}
	}
	return path, r, c, p
}

// Uses that were altered by hand revive no approval while the store runs.
func TestAlteredUsesReleaseNothing(t *testing.T) {
	for name, stmts := range map[string][]string{
		"the newest cut off":     {"DROP TRIGGER quota_use_kept", "DELETE FROM quota_use WHERE n = 2"},
		"all cut off":            {"DROP TRIGGER quota_use_kept", "DELETE FROM quota_use"},
		"one taken out":          {"DROP TRIGGER quota_use_kept", "DELETE FROM quota_use WHERE n = 1"},
		"fewer persons":          {"DROP TRIGGER quota_use_stays", "UPDATE quota_use SET persons = 0"},
		"a negative use beside":  {"INSERT INTO quota_use (object, n, persons, flow, at) VALUES ('" + ticketID + "', 3, -9, 'f3', '')"},
		"another's first use":    {"INSERT INTO quota_use (object, n, persons, flow, at) VALUES ('" + ticketID + "', 0, 0, 'f0', '')", "DROP TRIGGER quota_use_kept", "DELETE FROM quota_use WHERE n > 0"},
		"not even a number":      {"DROP TRIGGER quota_use_stays", "UPDATE quota_use SET persons = 'x'"},
		"guards put back behind": {"DROP TRIGGER quota_use_kept", "DELETE FROM quota_use", guardText("quota_use")},
	} {
		t.Run(name, func(t *testing.T) {
			path, r, _, _ := used(t)
			fill(t, path, stmts...)
			if a, err := r.Approval(ctx, ticketID); a != nil || err == nil {
				t.Errorf("released by %+v, %v", a, err)
			}
			if err := r.Use(ctx, policy.Use{Flow: "f9", IDs: []string{ticketID}, Persons: 3}); err == nil {
				t.Error("took a use all the same")
			}
		})
	}
}

func guardText(table string) string {
	return `CREATE TRIGGER ` + table + `_kept BEFORE DELETE ON ` + table + ` 
		BEGIN SELECT RAISE(ABORT, 'uses are never deleted'); END`
}

// A store whose guards were taken away is neither used nor opened.
func TestMissingGuardsAreTold(t *testing.T) {
	path, r, c, p := used(t)
	fill(t, path, "DROP TRIGGER object_revision_kept")
	c.add(time.Second)
	const want = "registry.db: it was altered by hand: its guard object_revision_kept is missing; restore it from a backup"
	if err := r.Ready(ctx); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("while it runs: %v", err)
	}
	if r, err := registry.Open(path, registry.Options{Now: c.Now, Reviewers: p.list}); err == nil {
		t.Error("opened")
		_ = r.Close()
	} else if !strings.HasSuffix(err.Error(), want) {
		t.Error(err)
	}
}

// A denial that is cut off while the store runs stays one.
func TestChangesThatWereSeenAndAreGone(t *testing.T) {
	path, r, c, _ := used(t)
	fill(t, path, "DROP TRIGGER object_revision_kept", "DELETE FROM object_revision WHERE seq = 2")
	c.add(time.Second)
	if err := r.Ready(ctx); err == nil || !strings.Contains(err.Error(), "changes after 1 were cut off") {
		t.Errorf("got %v", err)
	}
	r2, _ := fresh(t, contract("F1"))
	if _, err := r2.Since(ctx, 2); err == nil || !strings.Contains(err.Error(), "ends at change 1 and had 2") {
		t.Errorf("the log knows more: %v", err)
	}
}

// A store of the version before is brought up to this one, with its quotas.
func TestAStoreOfVersion2(t *testing.T) {
	path, r, c, p := used(t)
	hold(t, r, ticket("t-1111111111111111", c))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	fill(t, path, "DROP INDEX ticket_open_exporter", "ALTER TABLE ticket_open DROP COLUMN exporter", "ALTER TABLE quota_use DROP COLUMN hash", "PRAGMA user_version = 2")
	if r, err := registry.Open(path, registry.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "older version") {
		t.Errorf("read only: %v", err)
		if err == nil {
			_ = r.Close()
		}
	}
	r = openFor(t, path, c, p)
	if s, err := r.Ticket(ctx, ticketID); err != nil || s.UsedTransfers != 2 || s.UsedPersons != 6 || s.State != registry.StateApproved {
		t.Errorf("%+v, %v", s, err)
	}
	if err := r.Use(ctx, policy.Use{Flow: "f3", IDs: []string{ticketID}, Persons: 3}); err != nil {
		t.Error(err)
	}
	fill(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
		INSERT INTO ticket_open (id, at, exporter) SELECT 'x' || i, '2026-11-22T00:00:00.000000000Z', '%s' FROM n`, registry.MaxExporterTickets-1, uscc))
	if err := r.Hold(ctx, ticket("t-2222222222222222", c)); !errors.Is(err, registry.ErrTooManyTickets) {
		t.Errorf("the one that waited is not its exporter's: %v", err)
	}
}

func TestANewerStoreIsLeftAlone(t *testing.T) {
	path, r, c, _ := used(t)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	fill(t, path, "PRAGMA user_version = 4")
	for _, readOnly := range []bool{true, false} {
		r, err := registry.Open(path, registry.Options{Now: c.Now, ReadOnly: readOnly})
		if err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("read only %v: %v", readOnly, err)
		}
		if err == nil {
			_ = r.Close()
		}
	}
}

// A page that is overwritten is damage and no empty answer.
func TestAnOverwrittenPage(t *testing.T) {
	path, r, c, p := used(t)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 4096; at+4096 <= len(b); at += 4096 {
		bad := append([]byte(nil), b...)
		for i := range 4096 {
			bad[at+i] = 0xA5
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := registry.Open(path, registry.Options{Now: c.Now, Reviewers: p.list})
		if err != nil {
			continue
		}
		if err := r.Use(ctx, policy.Use{Flow: "f3", IDs: []string{ticketID}, Persons: 3}); err == nil {
			if s, err := r.Ticket(ctx, ticketID); err != nil || s.UsedTransfers != 3 {
				t.Errorf("page %d: released with %d uses, %v", at/4096, s.UsedTransfers, err)
			}
		}
		_ = r.Close()
	}
}

// Processes of their own, not only handles, never pass a quota together.
func TestProcessesNeverPassTheQuota(t *testing.T) {
	if path := os.Getenv("REGISTRY_USER"); path != "" {
		user(t, path)
		return
	}
	p := newPeople(t, "ann", "bob")
	path := filepath.Join(t.TempDir(), "registry.db")
	r, err := registry.Open(path, registry.Options{Reviewers: p.list})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := &clock{t: time.Now()}
	hold(t, r, ticket(ticketID, c))
	for _, who := range []string{"ann", "bob"} {
		if _, err := p.answer(t, r, c, ticketID, who, func(a *registry.Answer) { a.Transfers, a.Persons = 10, 100 }); err != nil {
			t.Fatal(err)
		}
	}
	keys := strings.Join([]string{p.public["ann"], p.public["bob"]}, " ")
	var cmds []*exec.Cmd
	for i := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestProcessesNeverPassTheQuota$")
		cmd.Env = append(os.Environ(), "REGISTRY_USER="+path, "REGISTRY_KEYS="+keys, fmt.Sprint("REGISTRY_NAME=p", i))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if s, err := r.Ticket(ctx, ticketID); err != nil || s.UsedTransfers != 10 || s.State != registry.StateUsedUp {
		t.Errorf("%d of 10 taken, %s, %v", s.UsedTransfers, s.State, err)
	}
}

// user is the other process: it takes what it gets.
func user(t *testing.T, path string) {
	keys := reviewersOf(t, strings.Fields(os.Getenv("REGISTRY_KEYS")))
	r, err := registry.Open(path, registry.Options{Reviewers: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range 10 {
		err := r.Use(ctx, policy.Use{Flow: fmt.Sprint(os.Getenv("REGISTRY_NAME"), i), At: time.Now(), IDs: []string{ticketID}, Persons: 3})
		if err != nil && !errors.Is(err, policy.ErrUsedUp) {
			t.Error(err)
		}
	}
}
