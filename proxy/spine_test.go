package proxy_test

import (
	"testing"

	"github.com/datacustoms/customs/policy"
)

// A register that breaks while it keeps a ticket is contained: the flow is
// refused, has its record, and no ticket is shown.
func TestABreakWhileHolding(t *testing.T) {
	h := holding()
	h.fault = "panic hold"
	x, v, sent := walk(t, h, policy.Outcome{})
	if v.Action != policy.Block || !v.Has(policy.InternalFault) || sent != "" || x.Ticket() != "" {
		t.Errorf("verdict %v, sent %q", v, sent)
	}
	if len(h.entries) != 1 || h.entries[0].Intent.Ticket != "" || h.entries[0].Intent.Stopped != policy.InternalFault {
		t.Errorf("entries %+v", h.entries)
	}
}

// What was found in a head is content: another query of the same shape does
// not meet the approval of the first.
func TestATicketIsOfTheHeadToo(t *testing.T) {
	find := func(h *house) { h.query, h.asks = "?q=a", "?q=" }
	for _, tt := range []struct {
		name   string
		change func(*house)
		same   bool
	}{
		{"the same query", func(h *house) { find(h) }, true},
		{"another query", func(h *house) { find(h); h.query = "?q=b" }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := holding()
			find(first)
			x, _, _ := walk(t, first, policy.Outcome{})
			h := holding()
			h.approve(x.Ticket())
			tt.change(h)
			if _, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll}); tt.same != (v.Action == policy.Pass) {
				t.Errorf("verdict %v", v)
			}
		})
	}
}

// A head in which nothing was found changes from try to try.
func TestAPlainHeadIsNoContent(t *testing.T) {
	x, _, _ := walk(t, holding(), policy.Outcome{})
	h := holding()
	h.approve(x.Ticket())
	h.query = "?try=2"
	if _, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll}); v.Action != policy.Pass {
		t.Errorf("verdict %v", v)
	}
}

// A hold on the head has no content to make a ticket of, so the flow is read.
func TestAHoldOnTheHeadReadsOn(t *testing.T) {
	h := holding()
	h.first = policy.Verdict{Action: policy.Hold, Final: true, Reasons: h.verdict.Reasons}
	x, v, _ := walk(t, h, policy.Outcome{})
	if v.Action != policy.Hold || x.Ticket() == "" || len(h.held) != 1 || h.held[0].ID == "" {
		t.Errorf("verdict %v, tickets %+v", v, h.held)
	}
}

// Without the bytes there is no ticket, and without a ticket no hold.
func TestABodyThatCannotBeReadAgain(t *testing.T) {
	h := holding()
	h.fault = "read gate"
	x, v, _ := walk(t, h, policy.Outcome{})
	if v.Action != policy.Block || !v.Has(policy.InternalFault) || x.Ticket() != "" || len(h.held) != 0 {
		t.Errorf("verdict %v, tickets %+v", v, h.held)
	}
}
