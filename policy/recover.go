package policy

import (
	"context"
	"fmt"
	"time"
)

// Recovery says what was settled after a stop that was not clean.
type Recovery struct {
	Released int // reserved, never recorded: nothing can have left
	InDoubt  int // recorded as about to leave, no outcome: may have left
}

// Recover brings ledger and log together before the first flow:
//
//	reserved, no intent in the log      → nothing left; release
//	the same of an observed flow        → it had left, and the log was away;
//	                                      commit in doubt
//	intent that releases, no outcome    → may have left; commit in doubt and
//	                                      write the missing outcome
//	reserved, intent and outcome stand  → the settling was lost; the log's
//	                                      outcome decides
//	the same, and no entry of the flow
//	names the reservation               → its group was never recorded, so
//	                                      nothing of it left; release
//
// A flow in parts may have several reservations: each was reserved before the
// entry of its group, and nothing of a group leaves before that entry.
//
// settled looks up the outcome of a flow whose record is complete; to a
// reservation that none of its entries names, nothing was sent.
func Recover(ctx context.Context, l Ledger, r Recorder, node string, now func() time.Time,
	settled func(flow, reservation string) (Outcome, bool)) (Recovery, error) {
	var rec Recovery
	open, err := r.Open(ctx)
	if err != nil {
		return rec, fmt.Errorf("recover: read the log: %w", err)
	}
	doubtful := make(map[string]bool, len(open))
	for _, o := range open {
		doubtful[o.ID] = true
	}
	held, err := l.Unsettled(ctx)
	if err != nil {
		return rec, fmt.Errorf("recover: read the ledger: %w", err)
	}
	for _, h := range held {
		out, known := settled(h.Flow, h.ID)
		switch {
		case doubtful[h.Flow], !known && h.Observed:
			err = l.Commit(ctx, h.ID, true)
		case known && out.Sent == SentNone, !known:
			rec.Released++
			err = l.Release(ctx, h.ID)
		default:
			err = l.Commit(ctx, h.ID, out.InDoubt)
		}
		if err != nil {
			return rec, fmt.Errorf("recover: settle reservation %s: %w", h.ID, err)
		}
	}
	// The outcomes come after the commits: a crash in between repeats this.
	for _, o := range open {
		rec.InDoubt++
		e := Entry{Schema: EntrySchema, Kind: KindOutcome, Node: node, Time: now(), Flow: o.ID,
			Outcome: &Outcome{Sent: SentUnknown, InDoubt: true}}
		if _, err := r.Append(ctx, e); err != nil {
			return rec, fmt.Errorf("recover: close flow %s: %w", o.ID, err)
		}
	}
	return rec, nil
}
