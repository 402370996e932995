package proxy_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

var errFault = errors.New("fault made by the test")

// house is every dependency of a gateway. A fault names the call that fails,
// "panic " before it the call that panics; trace is the order of calls that
// matter.
type house struct {
	fault    string
	trace    []string
	entries  []policy.Entry
	closed   []policy.Record
	report   inspect.Report // of bodies
	head     inspect.Report // of names and heads
	verdict  policy.Verdict // at the part stage
	first    policy.Verdict // at the head stage
	refusals []error        // answers of Reserve, in order; then nil
	asked    []policy.Question
	gates    []*memGate
	mode     proxy.Mode
	declared policy.Declared     // by the client
	filed    *policy.Place       // that a filing gives the destination
	place    policy.Place        // by the country table
	unread   []inspect.GapReason // that the operator lets go
	now      time.Time
	upload   time.Duration  // how long the body takes
	counted  []policy.Count // reserved
	doubts   int            // commits in doubt
	settledIDs
	lawEnds bool // with 2026
	down    int  // how many appends fail, from the first on
	review
	zone       string // of the exporter
	candidates []policy.Candidate
	rules      *policy.Rules // instead of the plain ones
	splits     policy.Splits
	sealer     policy.Sealer
	events     []proxy.Event
	group      []string // of the exporter
	lines      bool     // bodies are read by a lineScan
	decides    func(q *policy.Question) policy.Verdict
	room       int // of a gate; 0 has no end
	recorded   func(e policy.Entry) error
}

// settledIDs are the reservations that were settled, in order.
type settledIDs struct{ committed, released []string }

// review is what the register knows of reviews, and what it was told.
type review struct {
	payload   string // instead of body
	query     string // in the head
	asks      string // text of a head in which something is found
	host      string // instead of api.example.sg
	uscc      string
	recipient string
	lifted    []policy.Exception
	approved  map[string]*policy.Approval
	after     *policy.Verdict // of a question with an approval
	usedUp    bool
	held      []policy.Ticket
	used      []policy.Use
}

func newHouse() *house {
	full := inspect.Coverage{State: inspect.Full}
	person := inspect.Person{Key: inspect.Subject{1}}
	person.Classes.Add(0)
	return &house{
		head: inspect.Report{Coverage: full},
		report: inspect.Report{Coverage: full, Persons: []inspect.Person{person},
			Tallies: []inspect.Tally{{Class: inspect.Mobile, Medium: 1}}},
		verdict: policy.Verdict{Action: policy.Pass, Basis: "EX_SMALL", Limits: []string{"national.ns.100000"}},
		place:   policy.Place{Country: "SG", Source: "config"},
		now:     time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai),
	}
}

func (h *house) at(call string) error {
	switch h.fault {
	case call:
		return errFault
	case "panic " + call:
		panic("made by the test")
	}
	return nil
}

func (h *house) options() proxy.Options {
	n := 0
	return proxy.Options{Mode: h.mode, Node: "n1", Build: "test", Store: h, Inspector: h, Law: h,
		Register: h, Atlas: h, Ledger: ledger{h}, Decider: h, Recorder: recorder{h}, Splits: h.splits, Evidence: h.sealer, Resolver: h,
		Observers: []proxy.Observer{h}, Now: func() time.Time { return h.now },
		Pseudonym: func(_ time.Time, kind, value string) string {
			if kind == "ticket" {
				return "t-" + hex.EncodeToString([]byte(value))
			}
			return kind
		},
		NewID: func() string { n++; return "f" + strconv.Itoa(n) }}
}

func (h *house) gateway(t *testing.T) *proxy.Gateway {
	t.Helper()
	g, err := proxy.New(h.options())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (h *house) Digest() string { return "d" }

func (h *house) Open(m inspect.Meta, _ io.ReaderAt) (inspect.Scan, error) {
	if m.Kind == inspect.Head {
		return &scan{h: h, report: h.head, name: "head"}, h.at("open head")
	}
	if h.lines {
		return &lineScan{h: h}, h.at("open body")
	}
	return &scan{h: h, report: h.report, name: "body"}, h.at("open body")
}

type scan struct {
	h      *house
	report inspect.Report
	name   string
}

func (s *scan) Write(p []byte) (int, error) {
	if s.name == "head" && s.h.asks != "" && strings.Contains(string(p), s.h.asks) {
		s.report.Tallies = []inspect.Tally{{Class: inspect.WeChat, Medium: 1}}
	}
	return len(p), s.h.at("scan " + s.name)
}
func (s *scan) Take() []inspect.Finding        { return nil }
func (s *scan) Settled() int64                 { return 0 }
func (s *scan) Close() (inspect.Report, error) { return s.report, s.h.at("close " + s.name) }
func (h *house) Closed(r *policy.Record)       { h.closed = append(h.closed, *r) }
func (h *house) Event(e proxy.Event)           { h.events = append(h.events, e) }
func (h *house) Ready(context.Context) error   { return nil }
func (h *house) Place(string, netip.Addr) policy.Place {
	return h.place
}

func (h *house) Unread(*policy.Flow) []inspect.GapReason { return h.unread }

func (h *house) At(t time.Time) (*policy.Rules, error) {
	if t.Year() != 2026 && h.lawEnds {
		return nil, errFault
	}
	if h.rules != nil {
		return h.rules, h.at("law")
	}
	return &policy.Rules{Personal: map[inspect.Class]bool{inspect.Mobile: true},
		National: []policy.Limit{{ID: "national.ns.100000", Kind: policy.CountNS, Max: 99999}}}, h.at("law")
}

func (h *house) Identify(_ context.Context, f *policy.Flow) error {
	if h.filed != nil {
		f.Destination.Place = *h.filed
	}
	f.Destination.Recipient = h.recipient
	return h.at("identify")
}

func (h *house) Candidates(context.Context, *policy.Flow) ([]policy.Candidate, error) {
	return h.candidates, h.at("candidates")
}

func (h *house) Exceptions(context.Context, *policy.Flow) ([]policy.Exception, error) {
	return h.lifted, h.at("exceptions")
}

func (h *house) Hold(_ context.Context, t policy.Ticket) error {
	h.trace = append(h.trace, "hold")
	if err := h.at("hold"); err != nil {
		return err
	}
	h.held = append(h.held, t)
	return nil
}

func (h *house) Approval(_ context.Context, ticket string) (*policy.Approval, error) {
	h.trace = append(h.trace, "approval")
	return h.approved[ticket], h.at("approval")
}

func (h *house) Use(_ context.Context, u policy.Use) error {
	h.trace = append(h.trace, "use")
	h.used = append(h.used, u)
	if h.usedUp {
		return policy.ErrUsedUp
	}
	return h.at("use")
}

func (h *house) Decide(_ context.Context, q *policy.Question) (policy.Verdict, error) {
	h.asked = append(h.asked, *q)
	if q.Stage == policy.StageHead {
		return h.first, h.at("decide head")
	}
	if q.Approval != nil && h.after != nil {
		return *h.after, h.at("decide")
	}
	if h.decides != nil {
		return h.decides(q), h.at("decide")
	}
	return h.verdict, h.at("decide")
}

func (h *house) Resolve(context.Context, string, uint16) (netip.Addr, error) {
	h.trace = append(h.trace, "resolve")
	if err := h.at("resolve"); err != nil {
		return netip.Addr{}, &proxy.RefusedError{Code: policy.DialRefused, Err: err}
	}
	return netip.MustParseAddr("203.0.113.7"), nil
}

type ledger struct{ *house }

func (l ledger) Peek(_ context.Context, c policy.Count) ([]policy.Bracket, error) {
	out := []policy.Bracket{}
	for _, limit := range c.Limits {
		out = append(out, policy.Bracket{Limit: limit.ID, After: 1, Max: limit.Max})
	}
	return out, l.at("peek")
}

func (l ledger) Reserve(_ context.Context, c policy.Count) (policy.Reservation, error) {
	l.trace = append(l.trace, "reserve")
	if len(l.refusals) > 0 {
		err := l.refusals[0]
		l.refusals = l.refusals[1:]
		return policy.Reservation{}, err
	}
	l.counted = append(l.counted, c)
	id := "r" + strconv.Itoa(len(l.counted))
	return policy.Reservation{ID: id, NewNS: int64(len(c.Persons))}, l.at("reserve")
}

func (l ledger) Commit(_ context.Context, id string, doubt bool) error {
	l.trace = append(l.trace, "commit")
	l.committed = append(l.committed, id)
	if doubt {
		l.doubts++
	}
	return l.at("commit")
}

func (l ledger) Release(_ context.Context, id string) error {
	l.trace = append(l.trace, "release")
	l.released = append(l.released, id)
	return nil
}
func (l ledger) Unsettled(context.Context) ([]policy.Reservation, error) { return nil, nil }

type recorder struct{ *house }

func (r recorder) Open(context.Context) ([]policy.Record, error) { return nil, nil }

func (r recorder) Append(_ context.Context, e policy.Entry) (policy.Receipt, error) {
	r.trace = append(r.trace, string(e.Kind))
	if r.down > 0 {
		r.down--
		return policy.Receipt{}, errFault
	}
	if err := r.at("append " + string(e.Kind)); err != nil {
		return policy.Receipt{}, err
	}
	if r.recorded != nil {
		if err := r.recorded(e); err != nil {
			return policy.Receipt{}, err
		}
	}
	copied := e
	if e.Intent != nil {
		in := *e.Intent
		in.Classes = slices.Clone(in.Classes)
		copied.Intent = &in
	}
	r.entries = append(r.entries, copied)
	return policy.Receipt{Seq: uint64(len(r.entries)), Hash: "h"}, nil
}

type memGate struct {
	h       *house
	mu      sync.Mutex
	b       []byte
	closed  bool
	dropped int
}

func (h *house) Gate(netip.Addr) proxy.Gate {
	g := &memGate{h: h}
	h.gates = append(h.gates, g)
	return g
}

func (g *memGate) Write(p []byte) (n int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.h.at("gate"); err != nil {
		return 0, &proxy.RefusedError{Code: policy.Oversize, Err: err}
	}
	n = len(p)
	if g.h.room > 0 {
		if n = min(n, g.h.room+g.dropped-len(g.b)); n < len(p) {
			err = &proxy.RefusedError{Code: policy.Oversize}
		}
	}
	g.b = append(g.b, p[:n]...)
	return n, err
}

func (g *memGate) ReadAt(p []byte, off int64) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if off < int64(g.dropped) {
		return 0, errFault
	}
	return bytes.NewReader(g.b).ReadAt(p, off)
}

func (g *memGate) Size() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int64(len(g.b))
}

func (g *memGate) NewReader() io.ReadCloser {
	if err := g.h.at("read gate"); err != nil {
		return io.NopCloser(iotest.ErrReader(err))
	}
	return io.NopCloser(io.NewSectionReader(g, 0, 1<<40))
}

func (g *memGate) Drop(to int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dropped = int(to)
}

func (g *memGate) Close() { g.closed = true }
