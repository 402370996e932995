package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// The acts of a change.
const (
	ActAdd     = "filing.add"
	ActSuspend = "filing.suspend"
	ActRevoke  = "filing.revoke"
)

// maxNote bounds the reason of a change.
const maxNote = 500

// Add stores a filing as its first or next revision. Revision, hashes and
// signature of f are the registry's own and are not read. Faults come all at
// once as *FaultError, and then nothing is stored.
func (r *Registry) Add(ctx context.Context, f policy.Filing) (Change, error) {
	f = bare(f)
	if err := Validate(f, r.o.Law); err != nil {
		return Change{}, err
	}
	return r.change(ctx, f.ID, ActAdd, "", func(prev *row) (policy.Filing, error) {
		if prev.filing.Status == statusRevoked {
			return f, revoked(f.ID)
		}
		return f, nil
	})
}

// Suspend stops a filing from covering anything until it is added again.
func (r *Registry) Suspend(ctx context.Context, id, reason string) (Change, error) {
	return r.setStatus(ctx, id, ActSuspend, statusSuspended, reason)
}

// Revoke ends a filing for good.
func (r *Registry) Revoke(ctx context.Context, id, reason string) (Change, error) {
	return r.setStatus(ctx, id, ActRevoke, statusRevoked, reason)
}

func (r *Registry) setStatus(ctx context.Context, id, act, status, reason string) (Change, error) {
	if err := checkReason(id, reason); err != nil {
		return Change{}, err
	}
	return r.change(ctx, id, act, reason, func(prev *row) (policy.Filing, error) {
		f := prev.filing
		if prev.Revision == 0 {
			return f, fmt.Errorf("%s: %w", Named(id), ErrNotFound)
		}
		if f.Status == statusRevoked && status != statusRevoked {
			return f, revoked(id)
		}
		f.Status = status
		return f, nil
	})
}

// checkReason returns a *FaultError for a reason that cannot be kept.
func checkReason(id, reason string) error {
	switch {
	case strings.TrimSpace(reason) == "" || len(reason) > maxNote:
		return &FaultError{Filing: id, Faults: []Fault{{"reason", "is empty or too long", fmt.Sprintf("give a reason of 1 to %d bytes", maxNote)}}}
	case longNumber(reason):
		return &FaultError{Filing: id, Faults: []Fault{{"reason", "holds more than 10 digits in a row", "leave out numbers of persons; it stands in logs"}}}
	}
	return nil
}

func revoked(id string) error {
	return &FaultError{Filing: id, Faults: []Fault{{"filing_id", "was revoked, which is final", "register the new permission under another id"}}}
}

// change appends what next makes of the newest revision, in one transaction.
func (r *Registry) change(ctx context.Context, id, act, note string, next func(prev *row) (policy.Filing, error)) (c Change, err error) {
	defer func() {
		var faults *FaultError
		if err != nil && !errors.As(err, &faults) {
			err = fmt.Errorf("%s: %w", act, damaged(r.path, err))
		}
	}()
	if err := r.present(); err != nil {
		return Change{}, err
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return Change{}, err
	}
	defer tx.Rollback() // after Commit it does nothing
	revisions, err := readRevisions(ctx, tx, id)
	if err != nil {
		return Change{}, err
	}
	prev := &row{}
	if n := len(revisions); n > 0 {
		prev = &revisions[n-1]
	}
	f, err := next(prev)
	if err != nil {
		return Change{}, err
	}
	if prev.Revision > 0 && reflect.DeepEqual(bare(f), bare(prev.filing)) {
		c = prev.Change
		c.Same = true
		return c, nil
	}
	if c, err = insert(ctx, tx, prev, f, act, note, r.o.Now()); err != nil {
		return Change{}, err
	}
	if err := tx.Commit(); err != nil {
		return Change{}, err
	}
	// The file may have gone during the commit, and the change with it.
	return c, r.refresh(ctx, 0)
}

// bare is a filing without what the registry adds.
func bare(f policy.Filing) policy.Filing {
	f.Revision, f.PrevHash, f.Hash, f.SignedBy = 0, "", "", ""
	return f
}

// List returns the newest revision of every filing, by id.
func (r *Registry) List(ctx context.Context) ([]policy.Filing, error) {
	if err := r.refresh(ctx, 0); err != nil {
		return nil, fmt.Errorf("list filings: %w", err)
	}
	b := r.view.Load().book
	out := make([]policy.Filing, 0, len(b.newest))
	for _, row := range b.newest {
		out = append(out, row.filing)
	}
	slices.SortFunc(out, func(a, b policy.Filing) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// Show returns one revision of a filing; 0 means the newest.
func (r *Registry) Show(ctx context.Context, id string, revision int) (policy.Filing, error) {
	rows, err := r.revisions(ctx, id)
	if err != nil {
		return policy.Filing{}, fmt.Errorf("show %s: %w", Named(id), err)
	}
	for _, row := range slices.Backward(rows) {
		if revision == 0 || row.Revision == revision {
			return row.filing, nil
		}
	}
	return policy.Filing{}, fmt.Errorf("show %s: revision %d: %w; there are %d", Named(id), revision, ErrNotFound, len(rows))
}

// History returns the changes of one filing, oldest first.
func (r *Registry) History(ctx context.Context, id string) ([]Change, error) {
	rows, err := r.revisions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", Named(id), err)
	}
	return changes(rows), nil
}

// Since returns the changes of all filings after a sequence number, oldest
// first. The gateway writes them to its log, also those another process made.
func (r *Registry) Since(ctx context.Context, seq int64) ([]Change, error) {
	if err := r.refresh(ctx, r.o.Poll); err != nil {
		return nil, fmt.Errorf("changes of the register: %w", err)
	}
	if seq >= r.view.Load().last {
		return nil, nil
	}
	rows, err := readRows(ctx, r.db, seq)
	if err != nil {
		return nil, fmt.Errorf("changes of the register: %w", damaged(r.path, err))
	}
	return changes(rows), nil
}

// revisions returns the chain of a filing after checking it.
func (r *Registry) revisions(ctx context.Context, id string) ([]row, error) {
	if err := r.present(); err != nil {
		return nil, err
	}
	rows, err := readRevisions(ctx, r.db, id)
	if err != nil {
		return nil, damaged(r.path, err)
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	prev := &row{}
	for i := range rows {
		if err := rows[i].follows(prev); err != nil {
			return nil, err
		}
		prev = &rows[i]
	}
	return rows, nil
}

func changes(rows []row) []Change {
	out := make([]Change, len(rows))
	for i, r := range rows {
		out[i] = r.Change
	}
	return out
}
