package proxy

import (
	"context"
	"errors"

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
	switch {
	case x.stream != nil:
		x.report = x.stream.sofar
	case x.scan != nil:
		x.closeScan()
	}
	x.together()
	switch {
	case x.failed != nil:
		x.verdict = *x.failed
	case x.step == Unread: // decided on the head
	default:
		x.verdict = x.ask(ctx, observed)
	}
}

// together adds the heads to the report of the body.
func (x *Exchange) together() {
	all := x.heads
	if x.step == Read || x.stream != nil {
		all = append(all[:len(all):len(all)], x.report)
	}
	x.report = inspect.Merge(all...)
}

// settleOnPanic blocks after a panic and gives back what was reserved.
func (x *Exchange) settleOnPanic(ctx context.Context) {
	if recover() == nil {
		return
	}
	x.g.Event(EventPanic)
	x.release(ctx)
	x.verdict, x.step = x.stop(policy.InternalFault), Refused
}

// ask runs step 6 of the walk: candidates, brackets, verdict, reservation.
// A limit that fills up in between is asked about again, at most twice.
func (x *Exchange) ask(ctx context.Context, observed bool) policy.Verdict {
	c, code := x.gather(ctx, observed)
	if code != "" {
		return x.stop(code)
	}
	for range 3 {
		v, code := x.consult(ctx, c)
		if code != "" {
			return x.stop(code)
		}
		x.stream.rests(&v, &c)
		limit, v := x.reserve(ctx, c.count, v)
		if limit == "" {
			return v
		}
		c.full[limit] = true
	}
	return x.stop(policy.VolumeContended)
}

// asking is what a question is made of besides the flow and its report.
type asking struct {
	candidates []policy.Candidate
	exceptions []policy.Exception
	count      policy.Count
	everybody  []policy.Counted // also who was reserved for this flow already
	full       map[string]bool  // limits that refused a reservation
}

// gather collects what a question is made of, or says what failed.
func (x *Exchange) gather(ctx context.Context, observed bool) (c asking, code policy.Code) {
	o := &x.g.o
	if err := x.today(); err != nil {
		return c, policy.LawUnavailable
	}
	var err, err2 error
	c.candidates, err = o.Register.Candidates(ctx, &x.flow)
	c.exceptions, err2 = o.Register.Exceptions(ctx, &x.flow)
	if err != nil || err2 != nil {
		return c, policy.RegisterUnavail
	}
	c.count, c.full = x.count(observed), map[string]bool{}
	c.everybody, c.count.Persons = c.count.Persons, x.stream.fresh(c.count.Persons, x.flow.Time)
	x.look(ctx, c.count.Persons)
	c.count.Limits = append(c.count.Limits, x.rules.Limits(x.flow.Session.Exporter)...)
	for _, f := range c.candidates {
		c.count.Limits = append(c.count.Limits, f.Limits...)
	}
	return c, ""
}

// consult asks the policy about what was gathered, or says what failed.
func (x *Exchange) consult(ctx context.Context, c asking) (v policy.Verdict, code policy.Code) {
	brackets, err := x.peek(ctx, c.count, c.full)
	if err != nil {
		return v, policy.LedgerUnavail
	}
	q := x.question(x.stream.stage(), x.report, brackets)
	q.Candidates, q.Exceptions = append(q.Candidates, c.candidates...), c.exceptions
	x.intent.Counters = policy.Snapshot(brackets, c.count.Limits, c.full)
	v, err = x.decide(ctx, q)
	if err == nil && v.Action == policy.Hold && !c.count.Observe && !x.stream.leaving() {
		ticket, err2 := x.ticket(q, v.Reasons)
		if err2 != nil {
			return v, policy.InternalFault
		}
		if q.Approval, err = x.g.o.Register.Approval(ctx, ticket); err != nil {
			return v, policy.RegisterUnavail
		}
		if q.Approval != nil {
			v, err = x.decide(ctx, q)
		}
	}
	if err != nil {
		return v, policy.DeciderFailed
	}
	return v, ""
}

// decide asks the policy and keeps the question for the record.
func (x *Exchange) decide(ctx context.Context, q *policy.Question) (v policy.Verdict, err error) {
	if x.intent.Question, err = q.Canonical(); err != nil {
		return v, err
	}
	return x.g.o.Decider.Decide(ctx, q)
}

// stop refuses for a reason that no policy was asked about.
func (x *Exchange) stop(code policy.Code) policy.Verdict {
	x.intent.Stopped = code
	return policy.Refuse(code)
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
	if c.Members = x.flow.Session.Exporter.Members(); len(c.Members) == 1 {
		c.Members = nil
	}
	c.Persons, x.intent.Persons = policy.CountPersons(x.rules, &x.report)
	return c
}

// look has the detector of splitting look at the part. What goes wrong there
// is an event: no verdict hangs on it.
func (x *Exchange) look(ctx context.Context, persons []policy.Counted) {
	defer func() {
		if recover() != nil {
			x.intent.Split = policy.Split{}
			x.g.Event(EventPanic)
		}
	}()
	part, governed := policy.AskSplit(x.rules, &x.flow, x.stream.part(&x.report), persons)
	if x.g.o.Splits == nil || !governed || !x.stream.looks() {
		return
	}
	var err error
	if x.intent.Split, err = x.g.o.Splits.Look(ctx, part); err != nil {
		x.g.Event(EventUnjoined)
	}
}

// peek asks the ledger, unless there is nobody to ask about: an exporter that
// is not known, or a part without personal data. Personal data of which no
// person can be told apart is still asked about: it may not pass as a small
// volume when the exporter is past the line. A limit that refused a
// reservation counts as exceeded.
func (x *Exchange) peek(ctx context.Context, c policy.Count, full map[string]bool) ([]policy.Bracket, error) {
	if c.Entity == "" || len(c.Persons) == 0 && !x.rules.Holds(&x.report) {
		return []policy.Bracket{}, nil
	}
	brackets, err := x.g.o.Ledger.Peek(ctx, c)
	for i := range brackets {
		brackets[i].Exceeded = brackets[i].Exceeded || full[brackets[i].Limit]
	}
	return brackets, err
}

// reserve claims the persons of a verdict that releases. It returns the limit
// to ask about again, or the verdict that stands.
func (x *Exchange) reserve(ctx context.Context, c policy.Count, v policy.Verdict) (string, policy.Verdict) {
	if v.Action == policy.Redact {
		v = x.stop(policy.RedactionUnavail)
	}
	if v.Action == policy.PassUnread {
		v = x.stop(policy.DeciderFailed) // only a head can be passed unread
	}
	if len(c.Persons) == 0 || !v.Action.Releases() {
		return "", x.use(ctx, c, v)
	}
	if c.Entity == "" {
		return "", x.stop(policy.ExporterUnknown)
	}
	named, ok := policy.PickLimits(c.Limits, v.Limits)
	if !ok {
		return "", x.stop(policy.DeciderFailed)
	}
	c.Basis, c.Filing, c.Limits = v.Basis, v.Filing, named
	held, err := x.g.o.Ledger.Reserve(ctx, c)
	var full *policy.LimitError
	var contended *policy.ContendedError
	switch {
	case err == nil:
		x.held = held
		return "", x.use(ctx, c, v)
	case errors.As(err, &full):
		return full.Bracket.Limit, v
	case errors.As(err, &contended):
		return "", x.stop(policy.VolumeContended)
	}
	return "", x.stop(policy.LedgerUnavail)
}

// use takes the quota of the approvals and exceptions that a release rests on,
// or gives back the reservation and refuses. What was taken stays taken, also
// if the flow does not leave after all.
func (x *Exchange) use(ctx context.Context, c policy.Count, v policy.Verdict) policy.Verdict {
	if len(v.Uses) == 0 || !v.Action.Releases() || c.Observe {
		return v
	}
	err := x.g.o.Register.Use(ctx, policy.Use{Flow: x.flow.ID, At: x.flow.Time, IDs: v.Uses, Persons: int64(len(c.Persons))})
	if err == nil {
		return v
	}
	x.release(ctx)
	if errors.Is(err, policy.ErrUsedUp) {
		return x.stop(policy.QuotaUsedUp)
	}
	return x.stop(policy.RegisterUnavail)
}

// record makes the verdict durable. Without that nothing is released.
func (x *Exchange) record(ctx context.Context) {
	x.describe()
	if x.verdict.Action == policy.Hold && x.g.o.Mode == Enforce {
		x.hold(ctx)
	}
	x.seal(ctx)
	err := x.append(ctx, policy.Entry{Kind: policy.KindIntent, Intent: &x.intent})
	if err == nil {
		x.sendsOK = x.verdict.Action.Releases()
		if !x.sendsOK {
			x.step = Refused
		} else if x.stream != nil {
			x.stream.begun = true
			x.adopt()
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
	x.step, x.verdict = Refused, x.stop(policy.RecorderUnavail)
	x.intent.Decided, x.intent.Enforced = x.verdict, policy.Block
}

// seal has evidence of a refused flow kept. No verdict hangs on it.
func (x *Exchange) seal(ctx context.Context) {
	defer func() {
		if recover() != nil {
			x.g.Event(EventPanic)
			x.intent.Evidence = &policy.EvidenceRef{Fault: policy.EvidenceFailed}
		}
	}()
	if x.g.o.Evidence == nil || x.verdict.Action.Releases() {
		return
	}
	x.intent.Evidence = x.g.o.Evidence.Keep(ctx, policy.Sealing{Flow: x.flow.ID, Client: x.intent.Client, Time: x.flow.Time, Action: x.verdict.Action,
		Meta: x.meta, Heads: x.heads, Texts: x.texts, Found: x.report.Findings, Body: x.gate, Size: x.Size()})
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
	if !x.stream.leaving() {
		x.intent.Reservation = nil
	}
}
