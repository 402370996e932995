package registry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

// schema is applied at every open. The triggers make "never overwritten" a
// rule of the file itself.
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
	`CREATE TRIGGER IF NOT EXISTS filing_revision_stays BEFORE UPDATE ON filing_revision
		BEGIN SELECT RAISE(ABORT, 'revisions are never changed'); END`,
	`CREATE TRIGGER IF NOT EXISTS filing_revision_kept BEFORE DELETE ON filing_revision
		BEGIN SELECT RAISE(ABORT, 'revisions are never deleted'); END`,
}

// Change is one accepted change of the register.
type Change struct {
	Seq      int64     `json:"seq"`
	Filing   string    `json:"filing"`
	Revision int       `json:"revision"`
	Act      string    `json:"act"` // filing.add, filing.suspend, filing.revoke
	Note     string    `json:"note,omitempty"`
	At       time.Time `json:"at"`
	// Digest is the hash of the revision, for the audit log.
	Digest string `json:"digest"`
	// Same says that the filing was already stored like this, and nothing
	// was changed.
	Same bool `json:"same,omitempty"`
}

// row is a change with the filing as it then was.
type row struct {
	Change
	filing policy.Filing
}

// querier is a connection, a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

const columns = "seq, filing_id, revision, act, note, at, hash, body"

// readRows returns the changes after a sequence number, oldest first.
func readRows(ctx context.Context, q querier, after int64) ([]row, error) {
	return scan(q.QueryContext(ctx, "SELECT "+columns+" FROM filing_revision WHERE seq > ? ORDER BY seq", after))
}

// readRevisions returns the revisions of one filing, oldest first.
func readRevisions(ctx context.Context, q querier, id string) ([]row, error) {
	return scan(q.QueryContext(ctx, "SELECT "+columns+" FROM filing_revision WHERE filing_id = ? ORDER BY revision", id))
}

func scan(rows *sql.Rows, err error) ([]row, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []row
	for rows.Next() {
		var r row
		var at string
		var body []byte
		if err := rows.Scan(&r.Seq, &r.Filing, &r.Revision, &r.Act, &r.Note, &at, &r.Digest, &body); err != nil {
			return nil, err
		}
		if r.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, fmt.Errorf("change %d has no proper time", r.Seq)
		}
		if err := json.Unmarshal(body, &r.filing); err != nil {
			return nil, fmt.Errorf("change %d is not a filing", r.Seq)
		}
		if err := r.sound(); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// sound checks a stored revision against its own hash.
func (r *row) sound() error {
	sum, err := Hash(r.filing)
	if err != nil {
		return err
	}
	f := &r.filing
	if sum != r.Digest || f.Hash != r.Digest || f.ID != r.Filing || f.Revision != r.Revision {
		return fmt.Errorf("change %d was altered in the store: revision %d does not match its hash", r.Seq, r.Revision)
	}
	return nil
}

// follows checks that a revision continues the one before; the first follows
// the zero row.
func (r *row) follows(prev *row) error {
	if r.Revision != prev.Revision+1 || r.filing.PrevHash != prev.Digest {
		return fmt.Errorf("change %d does not follow revision %d of its filing", r.Seq, prev.Revision)
	}
	return nil
}

// Hash returns the hex SHA-256 of a filing's canonical JSON without the hash
// itself. It covers the revision and the hash of the revision before.
func Hash(f policy.Filing) (string, error) {
	f.Hash = ""
	b, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("hash filing: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// insert appends a revision after prev.
func insert(ctx context.Context, tx *sql.Tx, prev *row, f policy.Filing, act, note string, at time.Time) (Change, error) {
	f.Revision, f.PrevHash = prev.Revision+1, prev.Digest
	sum, err := Hash(f)
	if err != nil {
		return Change{}, err
	}
	f.Hash = sum
	body, err := json.Marshal(f)
	if err != nil {
		return Change{}, fmt.Errorf("write filing: %w", err)
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO filing_revision (filing_id, revision, act, note, at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		f.ID, f.Revision, act, note, at.UTC().Format(time.RFC3339Nano), sum, body)
	if err != nil {
		return Change{}, err
	}
	seq, err := res.LastInsertId()
	return Change{Seq: seq, Filing: f.ID, Revision: f.Revision, Act: act, Note: note, At: at.UTC(), Digest: sum}, err
}
