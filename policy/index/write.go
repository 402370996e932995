package index

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The bits of flows.state.
const (
	stateComplete = 1
	stateDoubt    = 2
)

// sents numbers the answers of policy.Sent; what is not in it is unknown.
var sents = [...]policy.Sent{"", policy.SentNone, policy.SentSome, policy.SentAll, policy.SentUnknown}

func sentNumber(s policy.Sent) int {
	if i := slices.Index(sents[:], s); i >= 0 {
		return i
	}
	return len(sents) - 1
}

// spanSize is how many entries share one span, which holds their times.
const spanSize = 4096

// writing is one transaction with its statements.
type writing struct {
	tx                                      *sql.Tx
	findName, addName, add, part, span, act *sql.Stmt
	byID                                    *sql.Stmt
}

const rowColumns = "first, last, time, exporter, recipient, country, action, enforced, reasons, classes, filing, state, sent, persons, bytes, host, id, sum"

func begin(ctx context.Context, tx *sql.Tx) (w *writing, err error) {
	w = &writing{tx: tx}
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&w.findName, "SELECT n FROM names WHERE kind = ? AND text = ?"},
		{&w.addName, "INSERT INTO names(n, kind, text) VALUES(?, ?, ?)"},
		{&w.add, "INSERT OR REPLACE INTO flows(" + rowColumns + ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
		{&w.part, "INSERT OR IGNORE INTO parts(flow, seq) VALUES(?, ?)"},
		{&w.span, "INSERT INTO spans(span, lo, hi) VALUES(?, ?, ?) ON CONFLICT(span) DO UPDATE SET lo = min(lo, excluded.lo), hi = max(hi, excluded.hi)"},
		{&w.act, "INSERT INTO acts(seq, time, act, actor, object, digest, note) VALUES(?,?,?,?,?,?,?)"},
		{&w.byID, rowQuery + " WHERE id = ? ORDER BY first DESC LIMIT 1"},
	} {
		if *s.into, err = tx.PrepareContext(ctx, s.text); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// put writes a row and what was added to it.
func (w *writing) put(ctx context.Context, n *names, r *Row) error {
	texts := [...]string{r.Exporter, r.Recipient, r.Country, r.Filing, joinSet(r.Reasons), joinSet(r.Classes)}
	var ids [len(texts)]int64
	for i, text := range texts {
		var err error
		if ids[i], err = n.number(ctx, w, i+1, text); err != nil {
			return err
		}
	}
	state := 0
	if r.Complete {
		state |= stateComplete
	}
	if r.InDoubt {
		state |= stateDoubt
	}
	_, err := w.add.ExecContext(ctx, int64(r.First), int64(r.Last), r.Time.UnixNano(), ids[0], ids[1], ids[2], int64(r.Action), int64(r.Enforced),
		ids[4], ids[5], ids[3], state, sentNumber(r.Sent), r.Persons, r.Bytes, r.Host, r.ID, r.sum())
	for _, seq := range r.parts {
		if err == nil {
			_, err = w.part.ExecContext(ctx, int64(r.First), int64(seq))
		}
	}
	r.parts = nil
	return err
}

// span is the times of the entries of one span.
type span struct{ lo, hi int64 }

func (s *span) add(t time.Time) {
	at := t.UnixNano()
	if s.lo == 0 && s.hi == 0 {
		s.lo, s.hi = at, at
	}
	s.lo, s.hi = min(s.lo, at), max(s.hi, at)
}

// Act is an entry of the log that belongs to no flow.
type Act struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	policy.Admin
}

// chain is the hash over all acts up to a.
func (a Act) chain(before string) string {
	a.Time = time.Unix(0, a.Time.UnixNano()).UTC()
	b, err := json.Marshal(a)
	if err != nil {
		return "" // fits nothing
	}
	sum := sha256.Sum256(append([]byte(before+"\n"), b...))
	return hex.EncodeToString(sum[:])
}

func (w *writing) putAct(ctx context.Context, a Act) error {
	_, err := w.act.ExecContext(ctx, int64(a.Seq), a.Time.UnixNano(), a.Act, a.Actor, a.Object, a.Digest, a.Note)
	return err
}

// querier is a connection, a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readPosition(ctx context.Context, q querier) (at position, err error) {
	var found int
	if err := q.QueryRowContext(ctx, "SELECT v FROM meta WHERE k = 'version'").Scan(&found); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNoIndex
		}
		return at, err
	}
	if found != version {
		return at, ErrNoIndex
	}
	var b []byte
	if err := q.QueryRowContext(ctx, "SELECT v FROM meta WHERE k = 'position'").Scan(&b); err != nil {
		return at, err
	}
	if err := json.Unmarshal(b, &at); err != nil {
		return at, fmt.Errorf("its position: %w", ErrNoIndex)
	}
	return at, nil
}

func (p position) write(ctx context.Context, tx *sql.Tx) error {
	b, err := json.Marshal(p)
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO meta(k, v) VALUES('version', ?), ('position', ?)", version, b)
	}
	return err
}

// actsFit checks that the acts are all there and as they were written: what may
// be deleted is decided by them.
func actsFit(ctx context.Context, q querier, at position) error {
	chain := ""
	err := eachAct(ctx, q, func(a Act) error {
		chain = a.chain(chain)
		return nil
	})
	if err == nil && chain != at.Acts {
		err = fmt.Errorf("its acts were changed: %w", ErrNoIndex)
	}
	return err
}

func eachAct(ctx context.Context, q querier, fn func(Act) error) error {
	rows, err := q.QueryContext(ctx, "SELECT seq, time, act, actor, object, digest, note FROM acts ORDER BY seq")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a Act
		var at int64
		if err := rows.Scan(&a.Seq, &at, &a.Act, &a.Actor, &a.Object, &a.Digest, &a.Note); err != nil {
			return err
		}
		a.Time = time.Unix(0, at).UTC()
		if err := fn(a); err != nil {
			return err
		}
	}
	return rows.Err()
}
