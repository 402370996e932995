package registry_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func TestDamagedStoreIsCalledDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := registry.Open(path, registry.Options{})
	if !errors.Is(err, registry.ErrDamaged) || !strings.Contains(err.Error(), "registry.db is damaged: restore it from a backup (file is not a database (26))") {
		t.Errorf("got %v", err)
	}
	r, _ := fresh(t, contract("F1"))
	if err := r.Ready(ctx); err != nil {
		t.Errorf("a sound store: %v", err)
	}
}

func TestReadOnlyLeavesTheFolderAsItIs(t *testing.T) {
	c := newClock()
	dir := t.TempDir()
	path := filepath.Join(dir, "registry.db")
	w, err := registry.Open(path, registry.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(ctx, contract("F1")); err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		r, err := registry.Open(path, registry.Options{Now: c.Now, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		list, err := r.List(ctx)
		if err != nil || len(list) != 1 {
			t.Errorf("list: %d, %v", len(list), err)
		}
		if _, err := r.Suspend(ctx, "F1", "why"); err == nil {
			t.Error("a store opened for reading was written")
		}
	}
	look() // beside a process that has it open
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	look()
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Errorf("reading left %v", names)
	}
}

// An older program kept filings only, in the one table it made.
func TestAStoreOfAnOlderVersionIsTakenOver(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "registry.db"), newClock()
	fill(t, path, oldSchema...)
	var digests []string
	prev := ""
	for i, f := range []policy.Filing{contract("F1"), contract("F2"), contract("F1", func(f *policy.Filing) { f.Volume.NSPerYear = 7 })} {
		f.Revision = 1 + i/2
		if i == 2 {
			prev = digests[0]
		}
		f.PrevHash = prev
		sum, err := registry.Hash(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Hash = sum
		digests = append(digests, sum)
		body, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, path, fmt.Sprintf("INSERT INTO filing_revision (filing_id, revision, act, note, at, hash, body) VALUES ('%s', %d, 'filing.add', '', '2026-01-01T00:00:00Z', '%s', '%s')",
			f.ID, f.Revision, sum, body))
	}
	old, err := registry.Open(path, registry.Options{Now: c.Now, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	f := flow("api.example.sg")
	if cs := look(t, old, f); len(cs) != 2 || lifted(t, old, f) != "" {
		t.Errorf("read only: %+v", cs)
	}
	if all, err := old.Tickets(ctx); err != nil || len(all) != 0 {
		t.Errorf("read only: %+v, %v", all, err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	r := open(t, path, c)
	put(t, r, recipient("sg", "SG"), contract("F3"))
	all, err := r.Since(ctx, 0)
	if err != nil || len(all) != 5 {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, c := range all {
		if c.Seq != int64(i+1) || i < 3 && c.Digest != digests[i] {
			t.Errorf("change %d: %+v", i+1, c)
		}
	}
	if f, err := r.Show(ctx, "F1", 0); err != nil || f.Revision != 2 || f.Volume.NSPerYear != 7 {
		t.Errorf("%+v, %v", f, err)
	}
}

var oldSchema = []string{
	`CREATE TABLE IF NOT EXISTS filing_revision (
		seq INTEGER PRIMARY KEY AUTOINCREMENT,
		filing_id TEXT NOT NULL,
		revision INTEGER NOT NULL,
		act TEXT NOT NULL,
		note TEXT NOT NULL,
		at TEXT NOT NULL,
		hash TEXT NOT NULL,
		body BLOB NOT NULL,
		UNIQUE (filing_id, revision))`,
	`CREATE TRIGGER IF NOT EXISTS filing_revision_stays BEFORE UPDATE ON filing_revision
		BEGIN SELECT RAISE(ABORT, 'revisions are never changed'); END`,
	`CREATE TRIGGER IF NOT EXISTS filing_revision_kept BEFORE DELETE ON filing_revision
		BEGIN SELECT RAISE(ABORT, 'revisions are never deleted'); END`,
}
