package proxy_test

import (
	"cmp"
	"context"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

const body = "a body that is to be held"

// walk sends one flow through the gateway as a front door would, and returns
// the verdict and what could be read of the body after it.
func walk(t *testing.T, h *house, out policy.Outcome) (*proxy.Exchange, policy.Verdict, string) {
	t.Helper()
	ctx := context.Background()
	s := &policy.Session{ID: "s", Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.1:1"),
		Exporter: policy.Exporter{USCC: cmp.Or(h.uscc, "91310115MA1K3ABC99"), Zone: h.zone, Group: h.group}}
	body := cmp.Or(h.payload, body)
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "h2", Method: "POST", Declared: h.declared,
		Destination: policy.Destination{Host: cmp.Or(h.host, "api.example.sg"), Port: 443}}
	x := h.gateway(t).Begin(ctx, f, []byte("POST /"+h.query), inspect.Meta{Size: int64(len(body))})
	if h.mode == proxy.Enforce {
		if err := x.Fill(ctx, strings.NewReader(body)); err != nil {
			t.Fatalf("Fill: %v", err)
		}
	}
	h.now = h.now.Add(h.upload)
	v := x.Judge(ctx)
	var sent []byte
	if v.Action.Releases() {
		src := x.Body()
		if h.mode == proxy.Observe {
			src = x.Tee(io.NopCloser(strings.NewReader(body)))
		}
		sent, _ = io.ReadAll(src)
	}
	leaked, _ := io.ReadAll(x.Body())
	if !v.Action.Releases() && len(leaked) > 0 {
		t.Errorf("verdict %s and yet the body can be read", v.Action)
	}
	x.Done(ctx, out)
	x.Done(ctx, out)
	for _, g := range h.gates {
		if !g.closed {
			t.Error("a gate is still open after Done")
		}
	}
	return x, v, string(sent)
}

// I1: the order of one released flow, and I3: its entries fold to one Record.
func TestRecordComesBeforeRelease(t *testing.T) {
	h := newHouse()
	x, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll, Bytes: int64(len(body))})
	if v.Action != policy.Pass || sent != body || !x.Recorded() {
		t.Fatalf("verdict %v, sent %q", v, sent)
	}
	want := []string{"resolve", "reserve", "intent", "outcome", "commit"}
	if !slices.Equal(h.trace, want) {
		t.Errorf("order %v, want %v", h.trace, want)
	}
	r, err := policy.Fold(h.entries)
	if err != nil || !r.Complete || r.ID != x.ID() || r.Intent.Reservation == nil {
		t.Errorf("fold: %+v, %v", r, err)
	}
	if len(h.closed) != 1 || h.closed[0].Outcome == nil {
		t.Errorf("observers saw %d records", len(h.closed))
	}
}

// I2: whatever fails before the release is a Block with its own code, sends
// nothing and leaves nobody counted.
func TestEveryFaultBlocks(t *testing.T) {
	tests := []struct {
		fault string
		want  policy.Code
	}{
		{"law", policy.LawUnavailable},
		{"open head", policy.ScanFailed},
		{"scan head", policy.ScanFailed},
		{"close head", policy.ScanFailed},
		{"resolve", policy.DialRefused},
		{"identify", policy.RegisterUnavail},
		{"decide head", policy.DeciderFailed},
		{"open body", policy.ScanFailed},
		{"gate", policy.Oversize},
		{"scan body", policy.ScanFailed},
		{"close body", policy.ScanFailed},
		{"candidates", policy.RegisterUnavail},
		{"peek", policy.LedgerUnavail},
		{"decide", policy.DeciderFailed},
		{"reserve", policy.LedgerUnavail},
		{"append intent", policy.RecorderUnavail},
		{"panic law", policy.InternalFault},
		{"panic open body", policy.InternalFault},
		{"panic scan body", policy.ScanFailed},
		{"panic close body", policy.ScanFailed},
		{"panic candidates", policy.InternalFault},
		{"panic decide", policy.InternalFault},
		{"panic reserve", policy.InternalFault},
		{"panic append intent", policy.RecorderUnavail},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			h := newHouse()
			h.fault = tt.fault
			_, v, sent := walk(t, h, policy.Outcome{})
			if v.Action != policy.Block || !v.Has(tt.want) || sent != "" {
				t.Errorf("verdict %v, sent %q; want block with %s", v, sent, tt.want)
			}
			if n := len(h.entries); tt.want == policy.RecorderUnavail && n != 0 || tt.want != policy.RecorderUnavail && n != 1 {
				t.Errorf("%d entries", n)
			}
			reserved := slices.Contains(h.trace, "reserve") && !strings.HasSuffix(tt.fault, "reserve")
			if reserved != slices.Contains(h.trace, "release") || slices.Contains(h.trace, "commit") {
				t.Errorf("reservation was not given back: %v", h.trace)
			}
			if len(h.closed) != 1 {
				t.Errorf("observers saw %d records, want 1", len(h.closed))
			}
		})
	}
}

// The twin of TestEveryFaultBlocks: a fault that does not exist must let the
// flow pass, else the table above would pass with a gateway that blocks all.
func TestNoFaultPasses(t *testing.T) {
	h := newHouse()
	h.fault = "a call nobody makes"
	if _, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll}); v.Action != policy.Pass {
		t.Fatalf("verdict %v", v)
	}
}

func TestVerdictsThatCannotBeKept(t *testing.T) {
	limit := &policy.LimitError{Bracket: policy.Bracket{Limit: "national.ns.100000", Max: 99999}}
	tests := []struct {
		name  string
		setup func(*house)
		want  policy.Code
	}{
		{"the zero verdict blocks", func(h *house) { h.verdict = policy.Verdict{} }, ""},
		{"redaction is not there yet", func(h *house) { h.verdict.Action = policy.Redact }, policy.RedactionUnavail},
		{"a part cannot pass unread", func(h *house) { h.verdict.Action = policy.PassUnread }, policy.DeciderFailed},
		{"a limit nobody knows", func(h *house) { h.verdict.Limits = []string{"made.up"} }, policy.DeciderFailed},
		{"the last place is contended", func(h *house) { h.refusals = []error{&policy.ContendedError{}} }, policy.VolumeContended},
		{"a limit that fills up each time", func(h *house) { h.refusals = []error{limit, limit, limit} }, policy.VolumeContended},
		{"a name that holds data", func(h *house) { h.head.Tallies = []inspect.Tally{{Class: inspect.Mobile, Medium: 1}} }, policy.NameHoldsData},
		{"a head that was not read", func(h *house) { h.head.Coverage.State = inspect.Partial }, policy.NameHoldsData},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse()
			tt.setup(h)
			_, v, sent := walk(t, h, policy.Outcome{})
			if v.Action.Releases() || sent != "" || tt.want != "" && !v.Has(tt.want) {
				t.Errorf("verdict %v, sent %q; want block with %q", v, sent, tt.want)
			}
			if len(h.entries) != 1 || h.entries[0].Intent.Enforced != policy.Block {
				t.Errorf("entries %+v", h.entries)
			}
		})
	}
}

func TestFullLimitIsAskedAboutAgain(t *testing.T) {
	h := newHouse()
	h.refusals = []error{&policy.LimitError{Bracket: policy.Bracket{Limit: "national.ns.100000"}}}
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	var exceeded []bool
	for _, q := range h.asked {
		for _, b := range q.Brackets {
			exceeded = append(exceeded, b.Exceeded)
		}
	}
	if !slices.Equal(exceeded, []bool{false, true}) {
		t.Errorf("brackets asked about: %v, want first free, then exceeded", exceeded)
	}
}

func TestNothingSentIsGivenBack(t *testing.T) {
	h := newHouse()
	walk(t, h, policy.Outcome{Sent: policy.SentNone, Fault: policy.OriginUnreachable})
	if !slices.Contains(h.trace, "release") || slices.Contains(h.trace, "commit") {
		t.Errorf("order %v", h.trace)
	}
}

func TestHeldPartHasATicket(t *testing.T) {
	h := newHouse()
	h.verdict = policy.Verdict{Action: policy.Hold, Reasons: []policy.Reason{{Code: policy.HeldForReview}}}
	x, v, sent := walk(t, h, policy.Outcome{})
	if v.Action != policy.Hold || sent != "" || x.Ticket() == "" {
		t.Errorf("verdict %v, sent %q, ticket %q", v, sent, x.Ticket())
	}
}

func TestHeadCanEndAFlow(t *testing.T) {
	h := newHouse()
	h.first = policy.Verdict{Action: policy.PassUnread, Final: true, Reasons: []policy.Reason{{Code: policy.NotOutbound}}}
	x, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if v.Action != policy.PassUnread || len(h.gates) != 0 || h.entries[0].Intent.Judged != "unread" || !x.Recorded() {
		t.Errorf("unread: %v, %+v", v, h.entries)
	}
	h = newHouse()
	h.first = policy.Refuse(policy.StateSecret)
	_, v, sent := walk(t, h, policy.Outcome{})
	if v.Action != policy.Block || sent != "" || h.entries[0].Intent.Judged != "head" {
		t.Errorf("refused on the head: %v, %+v", v, h.entries)
	}
}

// Observe mode stops nothing, whatever fails, and still says what the verdict
// would have been.
func TestObserveStopsNothing(t *testing.T) {
	for _, fault := range []string{"", "law", "scan head", "identify", "decide head", "open body", "scan body",
		"panic law", "panic open head", "panic identify", "panic open body", "panic scan body", "panic reserve",
		"candidates", "peek", "decide", "reserve", "append intent", "append outcome"} {
		t.Run("fault "+fault, func(t *testing.T) {
			h := newHouse()
			h.mode, h.fault = proxy.Observe, fault
			_, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll})
			if v.Action != policy.Pass || sent != body {
				t.Errorf("verdict %v, sent %q", v, sent)
			}
			if len(h.closed) != 1 || h.closed[0].Intent.Enforced != policy.Pass {
				t.Errorf("records %+v", h.closed)
			}
		})
	}
}

func TestObserveRecordsWhatWouldHaveBeen(t *testing.T) {
	h := newHouse()
	h.mode = proxy.Observe
	h.verdict = policy.Verdict{Reasons: []policy.Reason{{Code: policy.FilingNotFound}}}
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	r, err := policy.Fold(h.entries)
	if err != nil || r.Intent.Decided.Action != policy.Block || !r.Intent.Decided.Has(policy.FilingNotFound) ||
		r.Intent.Enforced != policy.Pass || r.Intent.Persons.Total != 1 {
		t.Errorf("record %+v, %v", r, err)
	}
	if !slices.Contains(h.trace, "commit") {
		t.Errorf("persons that went out were not counted: %v", h.trace)
	}
}
