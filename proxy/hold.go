package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"

	"github.com/datacustoms/customs/policy"
)

// hold keeps the ticket for the reviewers. One that nobody could review would
// be a dead end, so without it the flow is refused.
func (x *Exchange) hold(ctx context.Context) {
	in := &x.intent
	t := policy.Ticket{ID: in.Ticket, At: x.g.o.Now(), Flow: x.flow.ID, Exporter: in.Exporter, Recipient: in.Recipient,
		Host: in.Host, Country: in.Place.Country, Purpose: in.Declared.Purpose, Filing: x.verdict.Filing, Bytes: x.Size(),
		Reasons: x.verdict.Reasons, Classes: in.Classes, Persons: in.Persons, Policy: x.verdict.Policy, Pack: in.Pack}
	if code := x.keep(ctx, t); code != "" {
		x.verdict = x.stop(code)
		in.Ticket, in.Decided, in.Enforced = "", x.verdict, policy.Block
	}
}

// keep hands the ticket to the register and says what went wrong.
func (x *Exchange) keep(ctx context.Context, t policy.Ticket) (code policy.Code) {
	defer func() {
		if recover() != nil {
			x.g.Event(EventPanic)
			code = policy.InternalFault
		}
	}()
	if err := x.g.o.Register.Hold(ctx, t); err != nil {
		return policy.RegisterUnavail
	}
	return ""
}

// ticket names a held part by a keyed digest of exporter, destination, how and
// what for it is sent, what was found, the rules that hold it, the body, and
// head and trailers where something was found in them: a retry of the same is
// known by it, anything else has another.
func (x *Exchange) ticket(q *policy.Question, held []policy.Reason) (string, error) {
	h := sha256.New()
	d := &x.flow.Destination
	body := sha256.New()
	if x.gate != nil {
		if _, err := io.Copy(body, x.gate.NewReader()); err != nil {
			return "", err
		}
	}
	// JSON keeps each part apart from the next, whatever it holds.
	err := json.NewEncoder(h).Encode([]any{x.flow.Session.Exporter.USCC, d.Recipient, d.Host, d.Port, d.Place.Country, x.flow.Direction,
		x.flow.Scheme, x.flow.Method, x.flow.Declared, x.told, q.Found, held, body.Sum(nil)})
	if err != nil {
		return "", err
	}
	x.intent.Ticket = x.g.o.Pseudonym(x.flow.Time, "ticket", string(h.Sum(nil)))
	return x.intent.Ticket, nil
}
