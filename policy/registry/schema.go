package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// version is that of the schema. A store of filings only has 0; one of 2 does
// not say whose tickets wait and does not chain the uses.
const version = 3

// setUp brings the file to the schema, in one step. What it holds stays as it
// is, with its numbers.
func (r *Registry) setUp(ctx context.Context) error {
	var have int
	if err := r.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	switch {
	case have == version:
		return r.guarded(ctx, r.db)
	case have > version:
		return fmt.Errorf("it was written by a newer version of this program; use that one")
	case r.o.ReadOnly && have > 0:
		return fmt.Errorf("it was written by an older version of this program; open it once where it can be written")
	case r.o.ReadOnly:
		r.old = true
		return nil
	}
	return r.inTx(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx) })
}

// migrate looks at the version again: another process may have been faster.
func migrate(ctx context.Context, tx *sql.Tx) error {
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil || have >= version {
		return err
	}
	run := func(stmts ...string) error {
		for _, stmt := range stmts {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return err
			}
		}
		return nil
	}
	if have == 2 {
		if err := run(from2...); err != nil {
			return err
		}
		if err := chainUses(ctx, tx); err != nil {
			return err
		}
	}
	// Guards of an older version are written anew, as guarded knows them.
	for _, g := range guards() {
		if err := run("DROP TRIGGER IF EXISTS " + g.name); err != nil {
			return err
		}
	}
	return run(slices.Concat(schema, []string{fmt.Sprintf("PRAGMA user_version = %d", version)})...)
}

// from2 adds what a store of version 2 has not.
var from2 = []string{
	"ALTER TABLE ticket_open ADD COLUMN exporter TEXT NOT NULL DEFAULT ''",
	"UPDATE ticket_open SET exporter = coalesce((SELECT json_extract(CAST(t.body AS TEXT), '$.exporter') FROM ticket t WHERE t.id = ticket_open.id), '')",
	"DROP TRIGGER IF EXISTS quota_use_stays", // until the uses are sealed
	"ALTER TABLE quota_use ADD COLUMN hash TEXT NOT NULL DEFAULT ''",
}

// filingsOnly reads a store of an older version that cannot be written: the
// tables that it has not are empty.
type filingsOnly struct{ querier }

func (f filingsOnly) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return f.querier.QueryContext(ctx, `WITH object_revision (seq, kind, object, revision, act, note, at, hash, body)
		AS (SELECT 0, '', '', 0, '', '', '', '', '' WHERE 0),
		ticket (id, hash, body) AS (SELECT '', '', '' WHERE 0),
		quota_use (object, n, persons, flow, at, hash) AS (SELECT '', 0, 0, '', '', '' WHERE 0) `+query, args...)
}

// reading wraps what reads the store.
func (r *Registry) reading(q querier) querier {
	if r.old {
		return filingsOnly{q}
	}
	return q
}

// schema is that of a new store; each statement does nothing where it was
// applied before. The triggers make "never overwritten" a rule of the file
// itself.
var schema = []string{
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
	`CREATE TABLE IF NOT EXISTS object_revision (
		seq INTEGER PRIMARY KEY AUTOINCREMENT,
		kind TEXT NOT NULL,
		object TEXT NOT NULL,
		revision INTEGER NOT NULL,
		act TEXT NOT NULL,
		note TEXT NOT NULL,
		at TEXT NOT NULL,
		hash TEXT NOT NULL,
		body BLOB NOT NULL,
		UNIQUE (kind, object, revision))`,
	// Tickets hold no more than the gateway's own log does, and one that
	// nobody answered goes again.
	`CREATE TABLE IF NOT EXISTS ticket (
		id TEXT PRIMARY KEY,
		hash TEXT NOT NULL,
		body BLOB NOT NULL)`,
	// Those that nobody answered yet, with the time in UTC that sorts.
	`CREATE TABLE IF NOT EXISTS ticket_open (
		id TEXT PRIMARY KEY,
		at TEXT NOT NULL,
		exporter TEXT NOT NULL DEFAULT '')`,
	`CREATE INDEX IF NOT EXISTS ticket_open_at ON ticket_open (at)`,
	`CREATE INDEX IF NOT EXISTS ticket_open_exporter ON ticket_open (exporter)`,
	// n counts the uses of one object, persons adds them up, so the newest
	// row tells both; hash chains it to the one before.
	`CREATE TABLE IF NOT EXISTS quota_use (
		object TEXT NOT NULL,
		n INTEGER NOT NULL,
		persons INTEGER NOT NULL,
		flow TEXT NOT NULL,
		at TEXT NOT NULL,
		hash TEXT NOT NULL DEFAULT '',
		PRIMARY KEY (object, n),
		UNIQUE (object, flow))`,
	stays("filing_revision"), kept("filing_revision", "revisions", ""),
	stays("object_revision"), kept("object_revision", "revisions", ""),
	stays("ticket"), kept("ticket", "answered tickets",
		"WHEN EXISTS (SELECT 1 FROM object_revision WHERE kind = 'review' AND object = OLD.id)"),
	stays("quota_use"), kept("quota_use", "uses", ""),
	oneSequence("filing_revision", "object_revision"),
	oneSequence("object_revision", "filing_revision"),
}

func stays(table string) string {
	return `CREATE TRIGGER IF NOT EXISTS ` + table + `_stays BEFORE UPDATE ON ` + table + `
		BEGIN SELECT RAISE(ABORT, 'revisions are never changed'); END`
}

func kept(table, what, when string) string {
	return `CREATE TRIGGER IF NOT EXISTS ` + table + `_kept BEFORE DELETE ON ` + table + ` ` + when + `
		BEGIN SELECT RAISE(ABORT, '` + what + ` are never deleted'); END`
}

// oneSequence keeps a program of an older version, which knows one table only,
// from giving a number out twice.
func oneSequence(table, other string) string {
	return `CREATE TRIGGER IF NOT EXISTS ` + table + `_follows AFTER INSERT ON ` + table + `
		WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ` + other + `)
		BEGIN SELECT RAISE(ABORT, 'the number of this change is taken'); END`
}
