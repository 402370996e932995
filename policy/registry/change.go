package registry

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/datacustoms/customs/policy"
)

// The acts of a change. Those of the other kinds are made alike:
// exporter.add, recipient.suspend.
const (
	ActAdd     = "filing.add"
	ActSuspend = "filing.suspend"
	ActRevoke  = "filing.revoke"
	ActApprove = "review.approve"
	ActDeny    = "review.deny"
)

// maxNote bounds the reason of a change.
const maxNote = 500

// Add stores a filing as its first or next revision. Revision, hashes and
// signature of f are the registry's own and are not read. Faults come all at
// once as *FaultError, and then nothing is stored.
func (r *Registry) Add(ctx context.Context, f policy.Filing) (Change, error) {
	return r.AddDocument(ctx, f)
}

// AddDocument is Add for a policy.Filing, ExporterDoc, RecipientDoc or
// ExceptionDoc.
func (r *Registry) AddDocument(ctx context.Context, doc any) (Change, error) {
	d, err := asDocument(doc)
	if err != nil {
		return Change{}, err
	}
	var c Change
	err = r.write(ctx, string(d.key().kind)+".add", func(tx *sql.Tx) error {
		l := r.looker(tx)
		faults, err := l.faults(ctx, d)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			return &FaultError{Filing: d.key().id, Kind: d.key().kind, Faults: faults}
		}
		c, err = r.add(ctx, tx, l, d)
		return err
	})
	return c, err
}

// add appends a document that has no faults.
func (r *Registry) add(ctx context.Context, tx *sql.Tx, l *looker, d document) (Change, error) {
	prev, err := l.newest(ctx, d.key())
	if err != nil {
		return Change{}, err
	}
	if prev.doc != nil && status(prev.doc) == statusRevoked {
		return Change{}, revoked(d.key())
	}
	return r.append(ctx, tx, prev, d, string(d.key().kind)+".add", widened(prev.doc, d))
}

// append inserts a revision, unless it would be like the one before.
func (r *Registry) append(ctx context.Context, tx *sql.Tx, prev *row, d document, act, note string) (Change, error) {
	if prev.doc != nil && reflect.DeepEqual(plain(d), plain(prev.doc)) {
		c := prev.Change
		c.Same = true
		return c, nil
	}
	next, err := insert(ctx, tx, prev, d, act, note, r.o.Now())
	return next.Change, err
}

// Suspend stops a filing from covering anything until it is added again.
func (r *Registry) Suspend(ctx context.Context, id, reason string) (Change, error) {
	return r.SetStatus(ctx, KindFiling, id, statusSuspended, reason)
}

// Revoke ends a filing for good.
func (r *Registry) Revoke(ctx context.Context, id, reason string) (Change, error) {
	return r.SetStatus(ctx, KindFiling, id, statusRevoked, reason)
}

// SetStatus makes a document suspended or, if it is a filing or an exception,
// revoked, which is final.
func (r *Registry) SetStatus(ctx context.Context, kind Kind, id, to, reason string) (Change, error) {
	act := map[string]string{statusSuspended: ".suspend", statusRevoked: ".revoke"}[to]
	if act == "" || to == statusRevoked && kind != KindFiling && kind != KindException {
		return Change{}, fmt.Errorf("a document of kind %s cannot be made %s", kind, to)
	}
	k := key{kind, id}
	if err := checkReason(k, reason); err != nil {
		return Change{}, err
	}
	var c Change
	err := r.write(ctx, string(kind)+act, func(tx *sql.Tx) error {
		prev, err := readNewest(ctx, tx, k)
		switch {
		case err != nil:
			return err
		case prev.doc == nil:
			return fmt.Errorf("%s: %w", NamedKind(kind, id), ErrNotFound)
		case status(prev.doc) == statusRevoked && to != statusRevoked:
			return revoked(k)
		}
		c, err = r.append(ctx, tx, prev, withStatus(prev.doc, to), string(kind)+act, reason)
		return err
	})
	return c, err
}

// checkReason returns a *FaultError for a reason that cannot be kept.
func checkReason(k key, reason string) error {
	switch {
	case strings.TrimSpace(reason) == "" || len(reason) > maxNote:
		return &FaultError{Filing: k.id, Kind: k.kind, Faults: []Fault{{"reason", "is empty or too long", fmt.Sprintf("give a reason of 1 to %d bytes", maxNote)}}}
	case strings.ContainsFunc(reason, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return &FaultError{Filing: k.id, Kind: k.kind, Faults: []Fault{{"reason", "holds a line end or a character that is not shown", "write it as one line of plain text"}}}
	case personNumber(reason):
		return &FaultError{Filing: k.id, Kind: k.kind, Faults: []Fault{{"reason", "holds more than 10 digits in a row or in groups", "leave out numbers of persons; it stands in logs"}}}
	}
	return nil
}

func revoked(k key) error {
	field := "id"
	if k.kind == KindFiling {
		field = "filing_id"
	}
	return &FaultError{Filing: k.id, Kind: k.kind, Faults: []Fault{{field, "was revoked, which is final", "register the new permission under another id"}}}
}

// write runs one transaction that changes the store. No other connection
// writes meanwhile. An error that is not one of faults is named by act.
func (r *Registry) write(ctx context.Context, act string, do func(tx *sql.Tx) error) (err error) {
	defer func() {
		var faults *FaultError
		var batch *BatchError
		if err != nil && !errors.As(err, &faults) && !errors.As(err, &batch) {
			err = fmt.Errorf("%s: %w", act, damaged(r.path, err))
		}
	}()
	if err := r.commit(ctx, do); err != nil {
		return err
	}
	return r.refresh(ctx, 0)
}

// commit runs one transaction, and returns without error only if the store is
// still there behind it: a file that went during the commit took the change
// with it.
func (r *Registry) commit(ctx context.Context, do func(tx *sql.Tx) error) error {
	if err := r.present(); err != nil {
		return err
	}
	// Writers of this process wait for each other here, which is fair;
	// SQLite's own waiting is not.
	r.writing.Lock()
	err := r.inTx(ctx, do)
	r.writing.Unlock()
	if err != nil {
		return err
	}
	return r.present()
}

func (r *Registry) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// bare is a filing without what the registry adds.
func bare(f policy.Filing) policy.Filing {
	f.Revision, f.PrevHash, f.Hash, f.SignedBy = 0, "", "", ""
	return f
}

// plain is bare for any document.
func plain(d document) document {
	if f, ok := d.(filing); ok {
		return filing(bare(policy.Filing(f)))
	}
	return d.stamped(Stamp{})
}

// List returns the newest revision of every filing, by id.
func (r *Registry) List(ctx context.Context) ([]policy.Filing, error) {
	list, err := newest[filing](ctx, r, KindFiling)
	out := make([]policy.Filing, len(list))
	for i, f := range list {
		out[i] = policy.Filing(f)
	}
	return out, err
}

// Exporters returns the newest revision of every exporter, by code.
func (r *Registry) Exporters(ctx context.Context) ([]ExporterDoc, error) {
	return newest[ExporterDoc](ctx, r, KindExporter)
}

// Recipients returns the newest revision of every recipient, by id.
func (r *Registry) Recipients(ctx context.Context) ([]RecipientDoc, error) {
	return newest[RecipientDoc](ctx, r, KindRecipient)
}

// ExceptionsAll returns the newest revision of every exception, by id, in
// whatever state it is.
func (r *Registry) ExceptionsAll(ctx context.Context) ([]ExceptionDoc, error) {
	return newest[ExceptionDoc](ctx, r, KindException)
}

func newest[D document](ctx context.Context, r *Registry, k Kind) ([]D, error) {
	if err := r.refresh(ctx, 0); err != nil {
		return nil, fmt.Errorf("list %ss: %w", k, err)
	}
	var out []D
	for key, row := range r.view.Load().book.newest {
		if key.kind == k {
			out = append(out, row.doc.(D))
		}
	}
	slices.SortFunc(out, func(a, b D) int { return cmp.Compare(a.key().id, b.key().id) })
	return out, nil
}
