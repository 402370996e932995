package proxy

import (
	"context"

	"github.com/datacustoms/customs/policy"
)

// Done ends a judged exchange: it records the outcome, settles the
// reservation, tells the observers and frees the bytes. The caller must have
// seen to it that nothing reads Body any more (I11). Only the first call has
// an effect, and it is not cut short by the flow's own context.
func (x *Exchange) Done(ctx context.Context, out policy.Outcome) {
	if x.done {
		return
	}
	x.done = true
	ctx = context.WithoutCancel(ctx)
	if !x.judged {
		x.Close()
		return
	}
	rec := policy.Record{Schema: policy.RecordSchema, Node: x.g.o.Node, Time: x.flow.Time, Complete: true}
	if x.sendsOK {
		if !x.Recorded() {
			// Observed while the log was away. The whole record is written now,
			// under an id of which the log may not hold a first try.
			x.flow.ID = x.g.o.NewID()
		}
		out.DurationMS = x.g.o.Now().Sub(x.began).Milliseconds()
		switch {
		case x.observed():
			x.late(ctx, &out)
		case x.stream != nil:
			x.lastly(&out)
			rec.Groups = x.stream.groups
		}
		x.settle(ctx, &out)
		shown := out
		shown.Late = nil // it is the record's intent, as after Fold
		rec.Outcome = &shown
		if out.Late != nil {
			x.intent = *out.Late
		}
	}
	rec.ID, rec.First, rec.Last, rec.Intent = x.flow.ID, x.receipt.Seq, x.receipt.Seq, x.intent
	x.Close()
	for _, o := range x.g.o.Observers {
		o.Closed(&rec)
	}
}

func (x *Exchange) observed() bool {
	return x.g.o.Mode == Observe && x.intent.Judged != "unread"
}

// late comes to the verdict of an observed flow that went by.
func (x *Exchange) late(ctx context.Context, out *policy.Outcome) {
	x.read = x.g.o.Now()
	x.step = Read
	x.conclude(ctx, true)
	x.countAnyway(ctx)
	x.describe()
	x.intent.Enforced = policy.Pass
	in := x.intent
	out.Late = &in
}

// countAnyway reserves the persons of an observed flow that no basis lets pass
// or that could not be asked about: they went out all the same.
func (x *Exchange) countAnyway(ctx context.Context) {
	defer func() {
		if recover() != nil { // the verdict stands
			x.g.Event(EventPanic)
			x.g.Event(EventUnsettled)
		}
	}()
	if x.held.ID != "" || x.rules == nil || x.flow.Session.Exporter.USCC == "" {
		return
	}
	c := x.count(true)
	if len(c.Persons) == 0 {
		return
	}
	c.Basis = policy.BasisObserved
	held, err := x.g.o.Ledger.Reserve(ctx, c)
	if err != nil {
		x.g.Event(EventUnsettled)
		return
	}
	x.held = held
}

// settle records the outcome and then tells the ledger. The outcome is
// durable first: if the program stops in between, recovery finds it and
// settles the same way.
func (x *Exchange) settle(ctx context.Context, out *policy.Outcome) {
	var err error
	if !x.Recorded() {
		err = x.append(ctx, policy.Entry{Kind: policy.KindIntent, Intent: &x.intent})
	}
	if err == nil {
		err = x.append(ctx, policy.Entry{Kind: policy.KindOutcome, Outcome: out})
	}
	unknown := out.Sent == policy.SentUnknown
	if err != nil {
		x.g.Event(EventUnsettled)
		if out.Sent == policy.SentNone {
			return // left to recovery: the reservation stays counted
		}
		unknown = true // what the log does not say, recovery would call in doubt
	}
	for _, id := range x.claims() {
		if out.Sent == policy.SentNone {
			err = x.g.o.Ledger.Release(ctx, id)
		} else {
			err = x.g.o.Ledger.Commit(ctx, id, unknown)
		}
		if err != nil {
			x.g.Event(EventUnsettled)
		}
	}
}

// claims are the reservations of what may have left.
func (x *Exchange) claims() (ids []string) {
	if x.stream != nil {
		ids = x.stream.claims
	}
	if x.held.ID != "" {
		ids = append(ids, x.held.ID)
	}
	return ids
}
