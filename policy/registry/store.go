package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Change is one accepted change of the register.
type Change struct {
	Seq int64 `json:"seq"`
	// Kind and Object say what was changed; the object of a review is the
	// ticket or the exception that was answered.
	Kind   Kind   `json:"kind"`
	Object string `json:"object"`
	// Filing is the object of a change of a filing.
	Filing   string `json:"filing,omitempty"`
	Revision int    `json:"revision"`
	Act      string `json:"act"` // filing.add, exporter.suspend, review.approve, ...
	// Actor is the reviewer who signed an answer. Who made another change the
	// register does not know.
	Actor string    `json:"actor,omitempty"`
	Note  string    `json:"note,omitempty"`
	At    time.Time `json:"at"`
	// Digest is the hash of the revision, for the audit log.
	Digest string `json:"digest"`
	// Same says that the object was already stored like this, and nothing
	// was changed.
	Same bool `json:"same,omitempty"`
}

// row is a change with the document as it then was.
type row struct {
	Change
	doc document
}

// key tells objects apart.
type key struct {
	kind Kind
	id   string
}

func (r *row) key() key { return key{r.Kind, r.Object} }

// querier is a connection, a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Filings stand in a table of their own, all else in another; the sequence
// number is one for both.
const (
	filingColumns = "SELECT seq, 'filing', filing_id, revision, act, note, at, hash, body FROM filing_revision"
	objectColumns = "SELECT seq, kind, object, revision, act, note, at, hash, body FROM object_revision"
)

// readRows returns the changes after a sequence number, oldest first.
func readRows(ctx context.Context, q querier, after int64) ([]row, error) {
	return scan(q.QueryContext(ctx, filingColumns+" WHERE seq > ? UNION ALL "+objectColumns+" WHERE seq > ? ORDER BY 1", after, after))
}

// readRevisions returns the revisions of one object, oldest first.
func readRevisions(ctx context.Context, q querier, k key) ([]row, error) {
	if k.kind == KindFiling {
		return scan(q.QueryContext(ctx, filingColumns+" WHERE filing_id = ? ORDER BY revision", k.id))
	}
	return scan(q.QueryContext(ctx, objectColumns+" WHERE kind = ? AND object = ? ORDER BY revision", k.kind, k.id))
}

// readNewest returns the newest revision of an object, or the zero row.
func readNewest(ctx context.Context, q querier, k key) (*row, error) {
	var rows []row
	var err error
	if k.kind == KindFiling {
		rows, err = scan(q.QueryContext(ctx, filingColumns+" WHERE filing_id = ? ORDER BY revision DESC LIMIT 1", k.id))
	} else {
		rows, err = scan(q.QueryContext(ctx, objectColumns+" WHERE kind = ? AND object = ? ORDER BY revision DESC LIMIT 1", k.kind, k.id))
	}
	if err != nil || len(rows) == 0 {
		return &row{}, err
	}
	return &rows[0], nil
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
		if err := rows.Scan(&r.Seq, &r.Kind, &r.Object, &r.Revision, &r.Act, &r.Note, &at, &r.Digest, &body); err != nil {
			return nil, err
		}
		if r.Kind == KindFiling {
			r.Filing = r.Object
		}
		if r.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, fmt.Errorf("change %d has no proper time", r.Seq)
		}
		if r.doc, err = unmarshal(r.Kind, body); err != nil {
			return nil, fmt.Errorf("change %d is not a %s", r.Seq, r.Kind)
		}
		if err := r.sound(body); err != nil {
			return nil, err
		}
		r.Actor = actor(r.doc)
		out = append(out, r)
	}
	return out, rows.Err()
}

// actor is who signed an answer; of what nobody signs it is nobody.
func actor(d document) string {
	if a, ok := d.(review); ok {
		return a.Answer.Reviewer
	}
	return ""
}

// sound checks a stored revision against its own hash, which was made over the
// same bytes without it. A name in quotes stands in no text of a document but
// escaped, so it is the field.
func (r *row) sound(body []byte) error {
	d := r.doc.stamp()
	field := []byte(`,"hash":"` + r.Digest + `"`)
	whole := bytes.Replace(body, field, nil, 1)
	if len(whole) != len(body)-len(field) || sum(whole) != r.Digest || d.Hash != r.Digest || d.Revision != r.Revision || r.doc.key() != r.key() {
		return fmt.Errorf("change %d was altered in the store: revision %d does not match its hash", r.Seq, r.Revision)
	}
	return nil
}

// follows checks that a revision continues the one before; the first follows
// the zero row.
func (r *row) follows(prev *row) error {
	if r.Revision != prev.Revision+1 || r.doc.stamp().PrevHash != prev.Digest {
		return fmt.Errorf("change %d does not follow revision %d of its %s", r.Seq, prev.Revision, r.Kind)
	}
	return nil
}

// Hash returns the hex SHA-256 of a filing's canonical JSON without the hash
// itself. It covers the revision and the hash of the revision before.
func Hash(f policy.Filing) (string, error) { return digest(filing(f)) }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// digest is Hash for any document.
func digest(d document) (string, error) {
	s := d.stamp()
	s.Hash = ""
	b, err := json.Marshal(d.stamped(s))
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", d.key().kind, err)
	}
	return sum(b), nil
}

// insert appends a revision after prev. The caller holds the write lock of
// the file, so that the next number is nobody else's.
func insert(ctx context.Context, tx *sql.Tx, prev *row, d document, act, note string, at time.Time) (row, error) {
	d = d.stamped(Stamp{Revision: prev.Revision + 1, PrevHash: prev.Digest})
	sum, err := digest(d)
	if err != nil {
		return row{}, err
	}
	s := d.stamp()
	s.Hash = sum
	d = d.stamped(s)
	k := d.key()
	body, err := json.Marshal(d)
	if err != nil {
		return row{}, fmt.Errorf("write %s: %w", k.kind, err)
	}
	r := row{Change{Kind: k.kind, Object: k.id, Revision: s.Revision, Act: act, Actor: actor(d), Note: note, At: at.UTC(), Digest: sum}, d}
	if err := tx.QueryRowContext(ctx, "SELECT 1 + max((SELECT coalesce(max(seq), 0) FROM filing_revision), (SELECT coalesce(max(seq), 0) FROM object_revision))").Scan(&r.Seq); err != nil {
		return row{}, err
	}
	when := r.At.Format(time.RFC3339Nano)
	if k.kind == KindFiling {
		r.Filing = k.id
		_, err = tx.ExecContext(ctx, "INSERT INTO filing_revision (seq, filing_id, revision, act, note, at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			r.Seq, k.id, s.Revision, act, note, when, sum, body)
		return r, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO object_revision (seq, kind, object, revision, act, note, at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.Seq, k.kind, k.id, s.Revision, act, note, when, sum, body)
	return r, err
}
