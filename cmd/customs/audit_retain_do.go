package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
)

// What the order to delete is about.
const (
	retainObject  = "what is older than audit.retention"
	retainChecked = retainObject + ", by a clock that was compared"
)

// keeper deletes what the retention lets go of a log that this process writes.
type keeper struct {
	log     *audit.Log
	data    string
	keep    func() time.Duration
	filings func(context.Context) ([]policy.Filing, error)
	// behind is the first entry that a stream still needs, and which stream.
	behind func() (uint64, string, error)
	now    func() time.Time
	synced func() syncState // nil: nobody asks the system
}

func (k *keeper) source() audit.Source { return audit.Source{Files: disk.Files{}, Dir: k.data} }

// plan says what would be deleted now. Without holds or filings that can be
// read it is an error. checked says that a person has compared the clock.
func (k *keeper) plan(ctx context.Context, checked bool) ([]planned, error) {
	r := retention{src: k.source(), keep: k.keep(), now: k.now(), checked: checked}
	if k.synced != nil {
		r.synced = k.synced()
	}
	var err error
	if r.behind, r.stream, err = k.behind(); err != nil {
		return nil, fmt.Errorf("how far the streams are cannot be read, so nothing is deleted: %w", err)
	}
	reader := lookIndex(r.src)
	defer reader.Close()
	if r.holds, err = readHolds(ctx, reader); err != nil {
		return nil, fmt.Errorf("the holds cannot be read, so nothing is deleted: %w", err)
	}
	all, err := k.filings(ctx)
	if err != nil {
		return nil, fmt.Errorf("the register cannot be read, so nothing is deleted: %w", err)
	}
	r.ends = filingEnds(all)
	return r.plan(ctx)
}

// filingEnds returns when filings ended; zero for one without an end that can
// be read.
func filingEnds(all []policy.Filing) map[string]time.Time {
	out := make(map[string]time.Time, len(all))
	for _, f := range all {
		end, err := time.ParseInLocation(time.DateOnly, f.Valid.Expires, policy.Shanghai)
		if err == nil {
			end = end.AddDate(0, 0, 1)
		}
		out[f.ID] = end
	}
	return out
}

// run deletes what the plan lets go, one segment after another, and returns
// the plan with what was done.
func (k *keeper) run(ctx context.Context, by, reason string, checked bool) ([]planned, error) {
	plan, err := k.plan(ctx, checked)
	if err != nil {
		return nil, err
	}
	archived := false
	for i := range plan {
		p := &plan[i]
		if !p.Delete {
			continue
		}
		if p.State == audit.Closed && !archived {
			if err := k.log.Archive(ctx); err != nil {
				return plan, err
			}
			archived = true
		}
		err := k.log.Drop(ctx, p.Ordinal, func(audit.SegmentInfo, string) policy.Admin {
			note := fmt.Sprintf("older than %d days", int(k.keep().Hours()/24))
			if checked {
				note += " by a clock that was compared"
			}
			if reason != "" {
				note += ": " + reason
			}
			return policy.Admin{Actor: by, Note: note}
		})
		if errors.Is(err, audit.ErrNotDroppable) {
			p.Delete, p.Kept = false, keptUnending
			return plan, nil // what it begins may end in the next ones
		}
		if err != nil {
			return plan, err
		}
		p.Done = true
	}
	return plan, nil
}

// deed is retention.delete as an order: it deletes what is due, and what it
// deletes records itself.
func (k *keeper) deed() deed {
	return deed{do: func(ctx context.Context, o order, _ bool) (orderAnswer, []policy.Admin, error) {
		a := orderAnswer{Order: o.ID, Code: saidDone}
		before := k.log.Last()
		plan, err := k.run(ctx, o.By, o.Reason, o.Subject.Object == retainChecked)
		for _, p := range plan {
			if p.Done {
				a.Scopes++
			}
		}
		if err != nil && a.Scopes > 0 {
			err = fmt.Errorf("%d segments were deleted, then: %w", a.Scopes, err)
		}
		if err != nil {
			return a, nil, err
		}
		if a.Scopes == 0 {
			return a, nil, nil
		}
		r := lookIndex(k.source())
		defer r.Close()
		err = r.Acts(ctx, actRetention, "", func(act index.Act) error {
			if act.Seq > before {
				a.Entries = append(a.Entries, act.Seq)
			}
			return nil
		})
		return a, nil, err
	}}
}
