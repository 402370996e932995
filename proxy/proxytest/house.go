package proxytest

import (
	"context"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// Mark is what the fake inspector finds: a class that the fake policy blocks.
const Mark = "MARKED-FOR-BLOCK"

// HouseOptions are the settings of a House.
type HouseOptions struct {
	Mode proxy.Mode
	// Hosts are the names that resolve, and to which address.
	Hosts map[string]netip.Addr
	// Domestic are the hosts that are passed unread.
	Domestic map[string]bool
	// Limit is the most bytes a gate takes; 0 is 256 MiB.
	Limit int64
	// WindowBytes is how much of a larger body leaves at a time; 0 lets none.
	WindowBytes int64
	// Panic panics in the scan of bodies that hold it.
	Panic string
	// Broken makes the recorder fail.
	Broken bool
	// Resolver and Store stand in for those of the house.
	Resolver proxy.Resolver
	Store    proxy.Store
	// PassThroughs are the operator's entries; nil is none.
	PassThroughs policy.PassThroughs
	// Saw is told each text that was scanned, when its scan ends.
	Saw func(m inspect.Meta, text []byte)
	// Until is how long verdicts hold; nil sets no end.
	Until func() time.Time
}

// House is every part of a gateway as a fake. It is safe for concurrent use.
type House struct {
	o HouseOptions

	mu       sync.Mutex
	entries  []policy.Entry  // guarded by mu
	records  []policy.Record // guarded by mu
	events   []proxy.Event   // guarded by mu
	lookups  []string        // guarded by mu
	declared []policy.Declared
	metas    []inspect.Meta // guarded by mu
	changed  chan struct{}  // closed and replaced with each record or event
	ids      int            // guarded by mu
}

// NewHouse makes a house and the gateway that lives in it.
func NewHouse(o HouseOptions) (*House, *proxy.Gateway, error) {
	if o.Limit == 0 {
		o.Limit = 256 << 20
	}
	h := &House{o: o, changed: make(chan struct{})}
	if o.Store == nil {
		o.Store = h
	}
	g, err := proxy.New(proxy.Options{Mode: o.Mode, Node: "test", Build: "test", Store: o.Store, Inspector: h, Law: h,
		Register: h, Atlas: h, Ledger: ledger{h}, Decider: h, Recorder: recorder{h}, Resolver: h, PassThroughs: o.PassThroughs,
		Observers: []proxy.Observer{h}, Now: time.Now, WindowBytes: o.WindowBytes,
		Pseudonym: func(_ time.Time, kind, _ string) string { return kind },
		NewID: func() string {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.ids++
			return "f" + strconv.Itoa(h.ids)
		}})
	return h, g, err
}

func (h *House) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	close(h.changed)
	h.changed = make(chan struct{})
}

// wait waits until ok, which is called under the lock.
func (h *House) wait(ctx context.Context, ok func() bool) error {
	for {
		h.mu.Lock()
		done, changed := ok(), h.changed
		h.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Records waits for n records and returns them.
func (h *House) Records(ctx context.Context, n int) ([]policy.Record, error) {
	err := h.wait(ctx, func() bool { return len(h.records) >= n })
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]policy.Record(nil), h.records...), err
}

// AwaitEvent waits until an event was told.
func (h *House) AwaitEvent(ctx context.Context, e proxy.Event) error {
	return h.wait(ctx, func() bool {
		for _, got := range h.events {
			if got == e {
				return true
			}
		}
		return false
	})
}

// Entries returns what was recorded so far.
func (h *House) Entries() []policy.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]policy.Entry(nil), h.entries...)
}

// Lookups returns the names that were resolved.
func (h *House) Lookups() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.lookups...)
}

// Declared returns what the register was told of each flow.
func (h *House) Declared() []policy.Declared {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]policy.Declared(nil), h.declared...)
}

// Closed takes a record.
func (h *House) Closed(r *policy.Record) { h.change(func() { h.records = append(h.records, *r) }) }

// Event takes an event.
func (h *House) Event(e proxy.Event) { h.change(func() { h.events = append(h.events, e) }) }

// Ready is always so.
func (h *House) Ready(context.Context) error { return nil }

// Digest is a constant.
func (h *House) Digest() string { return "test" }

// Resolve asks the Resolver, or looks into Hosts; addresses are then allowed
// as they are.
func (h *House) Resolve(ctx context.Context, host string, port uint16) (netip.Addr, error) {
	h.mu.Lock()
	h.lookups = append(h.lookups, host)
	h.mu.Unlock()
	if h.o.Resolver != nil {
		return h.o.Resolver.Resolve(ctx, host, port)
	}
	if a, ok := h.o.Hosts[host]; ok {
		return a, nil
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a, nil
	}
	return netip.Addr{}, &proxy.RefusedError{Code: policy.NameUnresolved}
}

// Place knows the domestic hosts; everything else is in Singapore.
func (h *House) Place(host string, _ netip.Addr) policy.Place {
	if h.o.Domestic[host] {
		return policy.Place{Country: "CN", Source: "config"}
	}
	return policy.Place{Country: "SG", Source: "config"}
}

// Unread grants nothing.
func (h *House) Unread(*policy.Flow) []inspect.GapReason { return nil }

// At knows one class.
func (h *House) At(time.Time) (*policy.Rules, error) { return &policy.Rules{Profile: "test"}, nil }

// Identify keeps what the flow declares.
func (h *House) Identify(_ context.Context, f *policy.Flow) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.declared = append(h.declared, f.Declared)
	return nil
}

// Exceptions are none.
func (h *House) Exceptions(context.Context, *policy.Flow) ([]policy.Exception, error) {
	return nil, nil
}

// Hold forgets the ticket.
func (h *House) Hold(context.Context, policy.Ticket) error { return nil }

// Approval is none.
func (h *House) Approval(context.Context, string) (*policy.Approval, error) {
	return nil, nil
}

// Use always succeeds.
func (h *House) Use(context.Context, policy.Use) error { return nil }

// Candidates are none.
func (h *House) Candidates(context.Context, *policy.Flow) ([]policy.Candidate, error) {
	return nil, nil
}

// Decide passes what has no mark in it, and domestic flows unread.
func (h *House) Decide(_ context.Context, q *policy.Question) (policy.Verdict, error) {
	switch {
	case q.Stage == policy.StageHead && !q.Destination.Overseas:
		return policy.Verdict{Action: policy.PassUnread, Final: true, Reasons: []policy.Reason{{Code: policy.NotOutbound}}}, nil
	case q.Stage == policy.StageWindow && (len(q.Found) > 0 || h.o.WindowBytes == 0):
		return policy.Refuse(policy.Oversize, policy.FilingNotFound), nil
	case len(q.Found) > 0:
		return policy.Refuse(policy.FilingNotFound), nil
	case q.Stage == policy.StageHead && q.Link.PassThrough != nil && q.Link.PassThrough.State == policy.PassCurrent:
		return policy.Verdict{Action: policy.PassUnread, Final: true, Reasons: []policy.Reason{{Code: policy.RegisteredUnread}}}, nil
	case q.Stage == policy.StageHead && q.Link.PassThrough != nil:
		return policy.Refuse(policy.PassThroughOver), nil
	case q.Stage == policy.StageHead:
		return policy.Verdict{}, nil
	case q.Coverage.State != inspect.Full:
		return policy.Refuse(policy.CoveragePartial), nil
	}
	v := policy.Verdict{Action: policy.Pass, Basis: "EX_NO_PI", Reasons: []policy.Reason{{Code: policy.ExNoPI}}}
	if h.o.Until != nil {
		v.ValidUntil = h.o.Until()
	}
	return v, nil
}

// Open starts a scan that looks for Mark.
func (h *House) Open(m inspect.Meta, _ io.ReaderAt) (inspect.Scan, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.metas = append(h.metas, m)
	return &scan{h: h, meta: m}, nil
}

// Metas returns how the parts were described that were scanned.
func (h *House) Metas() []inspect.Meta {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]inspect.Meta(nil), h.metas...)
}

type scan struct {
	h    *House
	meta inspect.Meta
	all  []byte // where Saw wants it
	tail string
	n    int64
	hits int64
}

func (s *scan) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	if s.h.o.Saw != nil {
		s.all = append(s.all, p...)
	}
	text := s.tail + string(p)
	if s.h.o.Panic != "" && strings.Contains(text, s.h.o.Panic) {
		panic("made by the test")
	}
	s.hits += int64(strings.Count(strings.ToUpper(text), Mark)) // names of headers come in another case
	s.tail = text[max(0, len(text)-len(Mark)+1):]
	return len(p), nil
}

func (s *scan) Take() []inspect.Finding { return nil }
func (s *scan) Settled() int64          { return max(0, s.n-int64(len(Mark))) }

func (s *scan) SoFar() (inspect.Report, int64) { return s.report(), s.Settled() }

func (s *scan) Close() (inspect.Report, error) {
	if s.h.o.Saw != nil {
		s.h.o.Saw(s.meta, s.all)
	}
	return s.report(), nil
}

func (s *scan) report() inspect.Report {
	r := inspect.Report{Coverage: inspect.Coverage{State: inspect.Full, Seen: s.n, Scanned: s.n}}
	if s.hits > 0 {
		r.Tallies = []inspect.Tally{{Class: inspect.MarkInternal, High: s.hits}}
	}
	return r
}

type ledger struct{ *House }

func (ledger) Peek(context.Context, policy.Count) ([]policy.Bracket, error) { return nil, nil }
func (ledger) Reserve(context.Context, policy.Count) (policy.Reservation, error) {
	return policy.Reservation{}, nil
}
func (ledger) Commit(context.Context, string, bool) error              { return nil }
func (ledger) Release(context.Context, string) error                   { return nil }
func (ledger) Unsettled(context.Context) ([]policy.Reservation, error) { return nil, nil }

type recorder struct{ *House }

func (r recorder) Append(_ context.Context, e policy.Entry) (policy.Receipt, error) {
	if r.o.Broken {
		return policy.Receipt{}, policy.ErrRecorderUnavailable
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.Seq = uint64(len(r.entries))
	r.entries = append(r.entries, e)
	return policy.Receipt{Seq: e.Seq, Hash: "h" + strconv.FormatUint(e.Seq, 10)}, nil
}

func (recorder) Open(context.Context) ([]policy.Record, error) { return nil, nil }

// Forget drops the records so far.
func (h *House) Forget() { h.change(func() { h.records = nil }) }
