package index

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

// rowQuery selects rows with their names.
const rowQuery = `SELECT first, last, time, coalesce((SELECT text FROM names WHERE n = exporter), ''),
	coalesce((SELECT text FROM names WHERE n = recipient), ''), coalesce((SELECT text FROM names WHERE n = country), ''),
	coalesce((SELECT text FROM names WHERE n = reasons), ''), coalesce((SELECT text FROM names WHERE n = classes), ''),
	coalesce((SELECT text FROM names WHERE n = filing), ''), action, enforced, state, sent, persons, bytes, host, id, sum FROM flows`

type scanner interface{ Scan(into ...any) error }

// scanRow reads one result of rowQuery.
func scanRow(s scanner) (*Row, error) {
	r := &Row{}
	var at, action, enforced, state, sent, sum int64
	var reasons, classes string
	err := s.Scan(&r.First, &r.Last, &at, &r.Exporter, &r.Recipient, &r.Country, &reasons, &classes, &r.Filing,
		&action, &enforced, &state, &sent, &r.Persons, &r.Bytes, &r.Host, &r.ID, &sum)
	if err != nil {
		return nil, err
	}
	if sent < 0 || sent >= int64(len(sents)) || action < 0 || action > int64(policy.PassUnread) || enforced < 0 || enforced > int64(policy.PassUnread) {
		return nil, fmt.Errorf("row of entry %d: %w", r.First, ErrNoIndex)
	}
	r.Time = time.Unix(0, at).UTC()
	r.Action, r.Enforced, r.Sent = policy.Action(action), policy.Action(enforced), sents[sent]
	r.Reasons, r.Classes = splitSet(reasons), splitSet(classes)
	r.Complete, r.InDoubt = state&stateComplete != 0, state&stateDoubt != 0
	if r.sum() != sum {
		return nil, fmt.Errorf("row of entry %d was changed: %w", r.First, ErrNoIndex)
	}
	return r, nil
}

// sum is over everything that a stored row says, with its names.
func (r *Row) sum() int64 {
	var flags int64
	if r.Complete {
		flags |= stateComplete
	}
	if r.InDoubt {
		flags |= stateDoubt
	}
	b := make([]byte, 0, 512)
	for _, n := range [...]int64{int64(r.First), int64(r.Last), r.Time.UnixNano(), int64(r.Action), int64(r.Enforced), flags,
		int64(sentNumber(r.Sent)), int64(r.Persons), r.Bytes} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range [...]string{r.Exporter, r.Recipient, r.Country, r.Filing, joinSet(r.Reasons), joinSet(r.Classes), r.Host, r.ID} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// scanOne is scanRow for a query of one row; none is nil.
func scanOne(row *sql.Row) (*Row, error) {
	r, err := scanRow(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return r, err
}
