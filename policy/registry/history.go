package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// Show returns one revision of a filing; 0 means the newest.
func (r *Registry) Show(ctx context.Context, id string, revision int) (policy.Filing, error) {
	d, err := r.show(ctx, key{KindFiling, id}, revision)
	if err != nil {
		return policy.Filing{}, err
	}
	return policy.Filing(d.(filing)), nil
}

// ShowDocument is Show for any kind; it returns what AddDocument takes.
func (r *Registry) ShowDocument(ctx context.Context, kind Kind, id string, revision int) (any, error) {
	d, err := r.show(ctx, key{kind, id}, revision)
	if err != nil {
		return nil, err
	}
	if f, ok := d.(filing); ok {
		return policy.Filing(f), nil
	}
	return d, nil
}

func (r *Registry) show(ctx context.Context, k key, revision int) (document, error) {
	rows, err := r.revisions(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", NamedKind(k.kind, k.id), err)
	}
	for _, row := range slices.Backward(rows) {
		if revision == 0 || row.Revision == revision {
			return row.doc, nil
		}
	}
	return nil, fmt.Errorf("show %s: revision %d: %w; there are %d", NamedKind(k.kind, k.id), revision, ErrNotFound, len(rows))
}

// History returns the changes of one filing, oldest first.
func (r *Registry) History(ctx context.Context, id string) ([]Change, error) {
	return r.HistoryOf(ctx, KindFiling, id)
}

// HistoryOf is History for any kind.
func (r *Registry) HistoryOf(ctx context.Context, kind Kind, id string) ([]Change, error) {
	rows, err := r.revisions(ctx, key{kind, id})
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", NamedKind(kind, id), err)
	}
	return changes(rows), nil
}

// Since returns the changes of all kinds after a sequence number, oldest
// first. The gateway writes them to its log, also those another process made.
func (r *Registry) Since(ctx context.Context, seq int64) ([]Change, error) {
	if err := r.refresh(ctx, r.o.Poll); err != nil {
		return nil, fmt.Errorf("changes of the register: %w", err)
	}
	switch last := r.view.Load().last; {
	case seq > last:
		return nil, fmt.Errorf("changes of the register: it ends at change %d and had %d: it was cut or is an older copy; put the newer one back, or remove registry.recorded beside it to have all its changes recorded again", last, seq)
	case seq == last:
		return nil, nil
	}
	rows, err := readRows(ctx, r.reading(r.db), seq)
	if err != nil {
		return nil, fmt.Errorf("changes of the register: %w", damaged(r.path, err))
	}
	return changes(rows), nil
}

// revisions returns the chain of an object after checking it.
func (r *Registry) revisions(ctx context.Context, k key) ([]row, error) {
	if err := r.present(); err != nil {
		return nil, err
	}
	rows, err := readRevisions(ctx, r.reading(r.db), k)
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
