// Package proxy is the spine: it walks one flow from a front door to its
// Record, and holds back its bytes until a verdict.
//
// The unit of work is an Exchange. A front door calls, in this order:
//
//	x := gateway.Begin(ctx, flow, head)   head scanned, place found, first verdict
//	x.Fill(ctx, body)                     body into the gate and the scan
//	v := x.Judge(ctx)                     asked, reserved, recorded: durable
//	x.Body()                              the bytes, only if v releases
//	x.Done(ctx, outcome)                  settled, recorded, observed
//
// A body that is larger than can be held may leave in windows (Windowed,
// FillWindow, JudgeWindow), and one that is a sequence of messages in messages (Messages, Part):
// there each group of them has a verdict and an entry of its own before it
// leaves.
//
// The promise (I1, I2): Judge releases only after the entry of its verdict is
// durable, and whatever goes wrong before that, a panic of a part included,
// is a Block with a reason code. Nothing here touches a socket.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Mode says whether verdicts are enforced. The zero value enforces.
type Mode uint8

// The modes. Observe records the verdict that would have been and stops
// nothing; the wire's own refusals (authority, dial guard) stay.
const (
	Enforce Mode = iota
	Observe
)

func (m Mode) String() string {
	if m == Observe {
		return "observe"
	}
	return "enforce"
}

// Resolver turns a canonical host name into the one address that may be
// dialled for it. A name or address that must not be dialled is a
// *RefusedError.
type Resolver interface {
	Resolve(ctx context.Context, host string, port uint16) (netip.Addr, error)
}

// Gate holds the bytes of one part until a verdict. One goroutine writes; any
// number may read at the same time, until Close.
type Gate interface {
	// Write takes as much as there is room for, and with less than all of it
	// returns a *RefusedError: a limit or budget is reached.
	io.Writer
	io.ReaderAt
	Size() int64 // of all that was written
	// NewReader reads the held bytes from the start. At the end of what was
	// written so far it answers io.EOF, and goes on when there is more.
	NewReader() io.ReadCloser
	// Drop gives back the space of what lies before an offset, which nobody
	// reads again.
	Drop(to int64)
	// Close gives the space back. It comes after the last read (I11).
	Close()
}

// Store makes gates, within the budgets of the process.
type Store interface {
	Gate(client netip.Addr) Gate
}

// RefusedError is a refusal of the wire with its reason code.
type RefusedError struct {
	Code policy.Code
	Err  error
}

func (e *RefusedError) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *RefusedError) Unwrap() error { return e.Err }

// Options are the settings and dependencies of a Gateway. All interfaces but
// PassThroughs, Splits, Evidence and Observers are required.
type Options struct {
	Mode      Mode
	Node      string // identity of this gateway in the log
	Build     string // version, for the record
	Store     Store
	Inspector inspect.Inspector
	Law       policy.Law
	Register  policy.Register
	Atlas     policy.Atlas
	Ledger    policy.Ledger
	Decider   policy.Decider
	Recorder  policy.Recorder
	Splits    policy.Splits
	// PassThroughs are the operator's entries; nil is none.
	PassThroughs policy.PassThroughs
	Evidence     policy.Sealer
	Resolver     Resolver
	Observers    []Observer
	// WindowBytes is how much leaves at a time of a body that is larger than
	// can be held; 0 is 4 MiB.
	WindowBytes int64
	// Pseudonym turns a client address or user into what records of flows of
	// that time show.
	Pseudonym func(at time.Time, kind, value string) string
	Now       func() time.Time
	NewID     func() string // of flows and sessions, unique for ever
}

// Gateway makes exchanges. It is safe for concurrent use.
type Gateway struct{ o Options }

// New checks the options and makes a gateway.
func New(o Options) (*Gateway, error) {
	required := map[string]bool{
		"Inspector": o.Inspector == nil, "Law": o.Law == nil, "Register": o.Register == nil,
		"Atlas": o.Atlas == nil, "Ledger": o.Ledger == nil, "Decider": o.Decider == nil,
		"Recorder": o.Recorder == nil, "Resolver": o.Resolver == nil, "Pseudonym": o.Pseudonym == nil,
		"Now": o.Now == nil, "NewID": o.NewID == nil, "Store": o.Store == nil,
	}
	var errs []error
	for name, missing := range required {
		if missing {
			errs = append(errs, fmt.Errorf("proxy: option %s is missing", name))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if o.WindowBytes <= 0 {
		o.WindowBytes = 4 << 20
	}
	return &Gateway{o: o}, nil
}

// Mode returns the mode the gateway runs in.
func (g *Gateway) Mode() Mode { return g.o.Mode }

// NewID returns a fresh id for a session.
func (g *Gateway) NewID() string { return g.o.NewID() }

// Now returns the gateway's time.
func (g *Gateway) Now() time.Time { return g.o.Now() }

// Event tells the observers of something that is not a flow.
func (g *Gateway) Event(e Event) {
	for _, o := range g.o.Observers {
		o.Event(e)
	}
}

// Ready says which store does not answer, or nil.
func (g *Gateway) Ready(ctx context.Context) error {
	_, err := g.o.Law.At(g.o.Now())
	return errors.Join(err, g.o.Register.Ready(ctx), g.o.Ledger.Ready(ctx), g.o.Recorder.Ready(ctx))
}
