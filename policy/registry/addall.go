package registry

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// MaxBatch is how many filings AddAll takes. While it stores them nobody else
// can write.
const MaxBatch = 20_000

// BatchFault is a fault of one filing of many.
type BatchFault struct {
	Index  int    `json:"index"` // of the filing, from 0
	Filing string `json:"filing"`
	Fault
}

// BatchError lists the faults of all filings. Nothing was stored.
type BatchError struct{ Faults []BatchFault }

func (e *BatchError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, and nothing is stored", faultCount(len(e.Faults)))
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\n  %d (%s): %s: %s; %s", f.Index+1, Named(f.Filing), f.Field, f.What, f.Mend)
	}
	return b.String()
}

// AddAll stores filings in one transaction, in order. With any fault nothing
// is stored, and all faults come as *BatchError.
func (r *Registry) AddAll(ctx context.Context, all []policy.Filing) ([]Change, error) {
	if len(all) > MaxBatch {
		return nil, fmt.Errorf("add filings: more than %d; add them in parts", MaxBatch)
	}
	var out []Change
	err := r.write(ctx, "add filings", func(tx *sql.Tx) error {
		l := r.looker(tx)
		if err := l.batch(ctx, all); err != nil {
			return err
		}
		for _, f := range all {
			c, err := r.add(ctx, tx, l, filing(bare(f)))
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// CheckAll returns what AddAll would say of the filings, and stores nothing.
func (r *Registry) CheckAll(ctx context.Context, all []policy.Filing) error {
	if err := r.present(); err != nil {
		return err
	}
	return r.looker(r.reading(r.db)).batch(ctx, all)
}

func (l *looker) batch(ctx context.Context, all []policy.Filing) error {
	var e BatchError
	first := map[string]int{}
	for i, f := range all {
		faults, err := l.faults(ctx, filing(bare(f)))
		if err != nil {
			return err
		}
		if n, twice := first[f.ID]; twice {
			faults = append(faults, Fault{"filing_id", fmt.Sprintf("stands twice, first in filing %d", n+1), "give each filing its own id"})
		} else {
			first[f.ID] = i
		}
		prev, err := l.newest(ctx, key{KindFiling, f.ID})
		if err != nil {
			return err
		}
		if prev.doc != nil && status(prev.doc) == statusRevoked {
			faults = append(faults, Fault{"filing_id", "was revoked, which is final", "register the new permission under another id"})
		}
		for _, fault := range faults {
			e.Faults = append(e.Faults, BatchFault{i, f.ID, fault})
		}
	}
	if len(e.Faults) > 0 {
		return &e
	}
	return nil
}
