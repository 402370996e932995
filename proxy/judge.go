package proxy

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Judge asks, reserves and records, in this order, and returns the verdict
// that is enforced. When it releases, its entry is durable; when it refuses
// and Recorded is true, likewise. Later calls return the same verdict.
func (x *Exchange) Judge(ctx context.Context) policy.Verdict {
	if x.judged {
		return x.verdict
	}
	x.read = x.g.o.Now()
	if x.g.o.Mode == Observe && x.step == Read {
		x.judged = true
		x.open(ctx)
		return x.verdict
	}
	x.conclude(ctx, false)
	x.judged = true
	x.record(ctx)
	return x.verdict
}

// conclude makes the report final and comes to the verdict.
func (x *Exchange) conclude(ctx context.Context, observed bool) {
	defer x.settleOnPanic(ctx)
	if x.scan != nil {
		x.closeScan()
	}
	all := x.heads
	if x.step == Read {
		all = append(all[:len(all):len(all)], x.report)
	}
	x.report = inspect.Merge(all...)
	switch {
	case x.failed != nil:
		x.verdict = *x.failed
	case x.step == Unread: // decided on the head
	default:
		x.verdict = x.ask(ctx, observed)
	}
}

// settleOnPanic blocks after a panic and gives back what was reserved.
func (x *Exchange) settleOnPanic(ctx context.Context) {
	if recover() == nil {
		return
	}
	x.g.Event(EventPanic)
	x.release(ctx)
	x.verdict = policy.Refuse(policy.InternalFault)
	x.step = Refused
}

// ask runs step 6 of the walk: candidates, brackets, verdict, reservation.
// A limit that fills up in between is asked about again, at most twice.
func (x *Exchange) ask(ctx context.Context, observed bool) policy.Verdict {
	o := &x.g.o
	if err := x.today(); err != nil {
		return policy.Refuse(policy.LawUnavailable)
	}
	candidates, err := o.Register.Candidates(ctx, &x.flow)
	if err != nil {
		return policy.Refuse(policy.RegisterUnavail)
	}
	count := x.count(observed)
	count.Limits = append(count.Limits, x.rules.National...)
	for _, c := range candidates {
		count.Limits = append(count.Limits, c.Limits...)
	}
	full := map[string]bool{}
	for range 3 {
		brackets, err := x.peek(ctx, count, full)
		if err != nil {
			return policy.Refuse(policy.LedgerUnavail)
		}
		q := x.question(policy.StagePart, x.report, brackets)
		q.Candidates = append(q.Candidates, candidates...)
		x.intent.Counters = counters(brackets)
		if x.intent.Question, err = q.Canonical(); err != nil {
			return policy.Refuse(policy.DeciderFailed)
		}
		v, err := o.Decider.Decide(ctx, q)
		if err != nil {
			return policy.Refuse(policy.DeciderFailed)
		}
		limit, v := x.reserve(ctx, count, v)
		if limit == "" {
			return v
		}
		full[limit] = true
	}
	return policy.Refuse(policy.VolumeContended)
}

// today moves a flow whose body came in over midnight to the day on which it
// leaves, whose law, filings and year count. An observed flow has left already.
func (x *Exchange) today() error {
	now := x.g.o.Now()
	if x.g.o.Mode == Observe || day(now) == day(x.flow.Time) {
		return nil
	}
	rules, err := x.g.o.Law.At(now)
	if err == nil {
		x.rules, x.flow.Time = rules, now
	}
	return err
}

// count says who would go out.
func (x *Exchange) count(observed bool) policy.Count {
	c := policy.Count{Flow: x.flow.ID, Entity: x.flow.Session.Exporter.USCC, At: x.flow.Time, Observe: observed}
	c.Persons, x.intent.Persons = persons(x.rules, &x.report)
	return c
}

// peek asks the ledger, unless there is nobody to ask about: an exporter that
// is not known, or a part without personal data. Personal data of which no
// person can be told apart is still asked about: it may not pass as a small
// volume when the exporter is past the line. A limit that refused a
// reservation counts as exceeded.
func (x *Exchange) peek(ctx context.Context, c policy.Count, full map[string]bool) ([]policy.Bracket, error) {
	if c.Entity == "" || len(c.Persons) == 0 && !x.personal() {
		return []policy.Bracket{}, nil
	}
	brackets, err := x.g.o.Ledger.Peek(ctx, c)
	for i := range brackets {
		brackets[i].Exceeded = brackets[i].Exceeded || full[brackets[i].Limit]
	}
	return brackets, err
}

// personal reports whether policy would count personal data in the report.
func (x *Exchange) personal() bool {
	for _, t := range x.report.Tallies {
		if x.rules.PersonalIn(t.Class, &x.report) && t.At(inspect.Medium) > 0 {
			return true
		}
	}
	return false
}

// reserve claims the persons of a verdict that releases. It returns the limit
// to ask about again, or the verdict that stands.
func (x *Exchange) reserve(ctx context.Context, c policy.Count, v policy.Verdict) (string, policy.Verdict) {
	if v.Action == policy.Redact {
		v = policy.Refuse(policy.RedactionUnavail)
	}
	if v.Action == policy.PassUnread {
		v = policy.Refuse(policy.DeciderFailed) // only a head can be passed unread
	}
	if len(c.Persons) == 0 || !v.Action.Releases() {
		return "", v
	}
	if c.Entity == "" {
		return "", policy.Refuse(policy.ExporterUnknown)
	}
	named, ok := pick(c.Limits, v.Limits)
	if !ok {
		return "", policy.Refuse(policy.DeciderFailed)
	}
	c.Basis, c.Filing, c.Limits = v.Basis, v.Filing, named
	held, err := x.g.o.Ledger.Reserve(ctx, c)
	var full *policy.LimitError
	var contended *policy.ContendedError
	switch {
	case err == nil:
		x.held = held
		return "", v
	case errors.As(err, &full):
		return full.Bracket.Limit, v
	case errors.As(err, &contended):
		return "", policy.Refuse(policy.VolumeContended)
	}
	return "", policy.Refuse(policy.LedgerUnavail)
}

// pick returns the limits with the given ids, and whether all were there.
func pick(all []policy.Limit, ids []string) ([]policy.Limit, bool) {
	var out []policy.Limit
	for _, id := range ids {
		found := false
		for _, l := range all {
			if l.ID == id {
				out, found = append(out, l), true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return out, true
}

// record makes the verdict durable. Without that nothing is released.
func (x *Exchange) record(ctx context.Context) {
	if x.verdict.Action == policy.Hold {
		x.intent.Ticket = x.ticket()
	}
	x.describe()
	err := x.append(ctx, policy.Entry{Kind: policy.KindIntent, Intent: &x.intent})
	if err == nil {
		x.sendsOK = x.verdict.Action.Releases()
		if !x.sendsOK {
			x.step = Refused
		}
		return
	}
	if x.g.o.Mode == Observe && x.verdict.Action.Releases() {
		x.g.Event(EventUnsettled)
		x.sendsOK = true
		return
	}
	// The entry may have landed all the same. Recovery will then find an
	// intent without outcome and call it in doubt; nothing left, so the
	// reservation is given back.
	x.release(ctx)
	x.step, x.verdict = Refused, policy.Refuse(policy.RecorderUnavail)
	x.intent.Decided, x.intent.Enforced = x.verdict, policy.Block
}

// open records the start of an observed flow. Observe mode stops nothing, so
// a log that is away is an event and not a refusal.
func (x *Exchange) open(ctx context.Context) {
	x.describe()
	x.intent.Decided, x.intent.Enforced = policy.Verdict{}, policy.Pass
	x.sendsOK, x.verdict = true, policy.Verdict{Action: policy.Pass}
	if err := x.append(ctx, policy.Entry{Kind: policy.KindIntent, Intent: &x.intent}); err != nil {
		x.g.Event(EventUnsettled)
	}
}

func (x *Exchange) append(ctx context.Context, e policy.Entry) (err error) {
	defer func() {
		if recover() != nil {
			x.g.Event(EventPanic)
			err = policy.ErrRecorderUnavailable
		}
	}()
	e.Schema, e.Node, e.Time, e.Flow = policy.EntrySchema, x.g.o.Node, x.g.o.Now(), x.flow.ID
	receipt, err := x.g.o.Recorder.Append(ctx, e)
	if err == nil && e.Kind == policy.KindIntent {
		x.receipt = receipt
	}
	return err
}

// release gives a reservation back; what cannot be given back now stays
// counted until recovery.
func (x *Exchange) release(ctx context.Context) {
	if x.held.ID == "" {
		return
	}
	if err := x.g.o.Ledger.Release(context.WithoutCancel(ctx), x.held.ID); err != nil {
		x.g.Event(EventUnsettled)
	}
	x.held = policy.Reservation{}
	x.intent.Reservation = nil
}

// ticket binds a held part to its exporter and recipient by a keyed digest.
func (x *Exchange) ticket() string {
	h := sha256.New()
	io.WriteString(h, x.flow.Session.Exporter.USCC+"\x00"+x.flow.Destination.Recipient+"\x00"+x.flow.Destination.Host+"\x00")
	if x.gate != nil {
		if _, err := io.Copy(h, x.gate.NewReader()); err != nil {
			return ""
		}
	}
	return x.g.o.Pseudonym("ticket", string(h.Sum(nil)))
}
