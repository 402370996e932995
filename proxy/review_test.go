package proxy_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// holding is a house whose policy holds for review until there is an approval.
func holding() *house {
	h := newHouse()
	pass := h.verdict
	pass.Reasons = []policy.Reason{{Code: policy.ExSmall}}
	h.verdict = policy.Verdict{Action: policy.Hold, Filing: "SC-1", Policy: "p",
		Reasons: []policy.Reason{{Code: policy.HeldForReview, Rule: "two-persons"}}}
	h.after, h.recipient = &pass, "R1"
	return h
}

// approve lets the next transfer of the ticket meet an approval.
func (h *house) approve(ticket string) {
	h.approved = map[string]*policy.Approval{ticket: {Ticket: ticket, Approvers: []string{"anna", "bo"}}}
	h.after.Uses = []string{ticket}
}

// I1 of a held part: its ticket is durable before its entry, and both before
// the client hears of it; nobody is reserved and nothing used.
func TestATicketIsKeptBeforeItIsShown(t *testing.T) {
	h := holding()
	h.declared = policy.Declared{Purpose: "after-sales"}
	x, v, sent := walk(t, h, policy.Outcome{})
	if v.Action != policy.Hold || sent != "" || len(h.held) != 1 || x.Ticket() == "" || !x.Recorded() {
		t.Fatalf("verdict %v, sent %q, tickets %+v", v, sent, h.held)
	}
	if want := []string{"resolve", "approval", "hold", "intent"}; !slices.Equal(h.trace, want) {
		t.Errorf("order %v, want %v", h.trace, want)
	}
	in, got := h.entries[0].Intent, h.held[0]
	if in.Ticket != x.Ticket() || in.Enforced != policy.Hold || in.Stopped != "" || in.Reservation != nil {
		t.Errorf("record %+v", in)
	}
	if got.ID != x.Ticket() || got.Flow != x.ID() || got.Exporter != in.Exporter || got.Recipient != "R1" ||
		got.Host != "api.example.sg" || got.Country != "SG" || got.Purpose != "after-sales" || got.Filing != "SC-1" ||
		got.Bytes != int64(len(body)) || got.Policy != "p" || !got.At.Equal(h.now) {
		t.Errorf("ticket %+v", got)
	}
	if len(got.Reasons) != 1 || got.Reasons[0].Rule != "two-persons" || got.Persons.Total != 1 ||
		len(got.Classes) != 1 || got.Classes[0].Class != inspect.Mobile {
		t.Errorf("ticket %+v", got)
	}
}

// A name in which the scanner found anything does not reach a reviewer.
func TestATicketWithholdsAName(t *testing.T) {
	h := holding()
	h.head.Tallies = []inspect.Tally{{Class: inspect.Mobile, Low: 1}}
	if walk(t, h, policy.Outcome{}); h.held[0].Host != "withheld" {
		t.Errorf("host of the ticket: %q", h.held[0].Host)
	}
}

// Without ticket and entry there is nothing to come back with.
func TestAFaultShowsNoTicket(t *testing.T) {
	tests := []struct {
		fault   string
		want    policy.Code
		entries int
	}{
		{"hold", policy.RegisterUnavail, 1},
		{"approval", policy.RegisterUnavail, 1},
		{"exceptions", policy.RegisterUnavail, 1},
		{"append intent", policy.RecorderUnavail, 0},
		{"panic approval", policy.InternalFault, 1},
		{"panic exceptions", policy.InternalFault, 1},
		{"panic append intent", policy.RecorderUnavail, 0},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			h := holding()
			h.fault = tt.fault
			x, v, sent := walk(t, h, policy.Outcome{})
			if v.Action != policy.Block || !v.Has(tt.want) || sent != "" || x.Ticket() != "" {
				t.Errorf("verdict %v, sent %q, ticket %q", v, sent, x.Ticket())
			}
			if len(h.entries) != tt.entries {
				t.Fatalf("%d entries", len(h.entries))
			}
			if r := h.closed[0].Intent; r.Enforced != policy.Block || r.Stopped != tt.want {
				t.Errorf("record says %s, stopped %q", r.Enforced, r.Stopped)
			}
		})
	}
}

// An approval is asked about, the persons reserved, its quota taken, then the
// entry made durable; only then the body can be read.
func TestAnApprovalReleases(t *testing.T) {
	h := holding()
	first, _, _ := walk(t, h, policy.Outcome{})
	h.approve(first.Ticket())
	h.trace, h.asked, h.entries = nil, nil, nil
	x, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if v.Action != policy.Pass || sent != body || len(h.held) != 1 || x.Ticket() != "" {
		t.Fatalf("verdict %v, sent %q, %d tickets", v, sent, len(h.held))
	}
	if want := []string{"resolve", "approval", "reserve", "use", "intent", "outcome", "commit"}; !slices.Equal(h.trace, want) {
		t.Errorf("order %v, want %v", h.trace, want)
	}
	if len(h.asked) != 3 || h.asked[1].Approval != nil || h.asked[2].Approval == nil || h.asked[2].Approval.Ticket != first.Ticket() {
		t.Fatalf("asked %+v", h.asked)
	}
	if u := h.used; len(u) != 1 || u[0].Flow != x.ID() || u[0].Persons != 1 || !slices.Equal(u[0].IDs, []string{first.Ticket()}) || !u[0].At.Equal(h.now) {
		t.Errorf("used %+v", u)
	}
	canonical, err := h.asked[2].Canonical()
	if err != nil || string(h.entries[0].Intent.Question) != string(canonical) {
		t.Errorf("the record holds another question: %s, %v", h.entries[0].Intent.Question, err)
	}
}

// What a release rests on must still have quota, or nothing leaves and who was
// reserved is given back.
func TestAnApprovalThatCannotBeUsed(t *testing.T) {
	tests := []struct {
		name, fault string
		usedUp      bool
		want        policy.Code
	}{
		{"nothing is left", "", true, policy.QuotaUsedUp},
		{"the store is away", "use", false, policy.RegisterUnavail},
		{"the store breaks", "panic use", false, policy.InternalFault},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := holding()
			first, _, _ := walk(t, h, policy.Outcome{})
			h.approve(first.Ticket())
			h.fault, h.usedUp, h.trace, h.entries = tt.fault, tt.usedUp, nil, nil
			x, v, sent := walk(t, h, policy.Outcome{})
			if v.Action != policy.Block || !v.Has(tt.want) || sent != "" || x.Ticket() != "" {
				t.Errorf("verdict %v, sent %q", v, sent)
			}
			if !slices.Contains(h.trace, "release") || len(h.entries) != 1 || h.entries[0].Intent.Stopped != tt.want {
				t.Errorf("calls %v, entries %+v", h.trace, h.entries)
			}
		})
	}
}

// A flow that loses its place while it asks takes the quota once, when it has
// its place.
func TestQuotaIsTakenWithThePlace(t *testing.T) {
	h := holding()
	first, _, _ := walk(t, h, policy.Outcome{})
	h.approve(first.Ticket())
	h.refusals = []error{&policy.LimitError{Bracket: policy.Bracket{Limit: "national.ns.100000"}}}
	x, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if v.Action != policy.Pass || len(h.used) != 1 || h.used[0].Flow != x.ID() {
		t.Errorf("verdict %v, used %+v", v, h.used)
	}
}

// The approval of one content is none of another.
func TestATicketIsOfOneContent(t *testing.T) {
	tests := []struct {
		name   string
		change func(*house)
		same   bool
	}{
		{"nothing differs", func(*house) {}, true},
		{"another day", func(h *house) { h.now = h.now.AddDate(0, 0, 1) }, true},
		{"another declared purpose", func(h *house) { h.declared.Purpose = "hr" }, false},
		{"a body of one letter more", func(h *house) { h.payload = body + "x" }, false},
		{"a body with another letter", func(h *house) { h.payload = "A" + body[1:] }, false},
		{"another recipient", func(h *house) { h.recipient = "R2" }, false},
		{"no recipient", func(h *house) { h.recipient = "" }, false},
		{"another host", func(h *house) { h.host = "cdn.example.sg" }, false},
		{"another exporter", func(h *house) { h.uscc = "91330100799655058B" }, false},
		{"another class", func(h *house) { h.report.Tallies[0].Class = inspect.Email }, false},
		{"one class more", func(h *house) {
			h.report.Tallies = append(h.report.Tallies, inspect.Tally{Class: inspect.ResidentID, High: 1})
		}, false},
		{"ten times as much of a class", func(h *house) { h.report.Tallies[0].Medium = 10 }, false},
	}
	first, _, _ := walk(t, holding(), policy.Outcome{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := holding()
			h.approve(first.Ticket())
			tt.change(h)
			x, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll})
			if tt.same != (v.Action == policy.Pass) || tt.same != (sent != "") {
				t.Errorf("verdict %v, sent %q", v, sent)
			}
			if !tt.same && (x.Ticket() == "" || x.Ticket() == first.Ticket()) {
				t.Errorf("ticket %q, that of the first is %q", x.Ticket(), first.Ticket())
			}
		})
	}
}

// Observe mode lets everything by, so it holds nothing and takes no quota,
// and still says what would have been.
func TestObserveNeitherHoldsNorUses(t *testing.T) {
	h := holding()
	h.mode = proxy.Observe
	x, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if v.Action != policy.Pass || sent != body || x.Ticket() != "" {
		t.Errorf("verdict %v, sent %q", v, sent)
	}
	if got := h.closed[0].Intent; got.Decided.Action != policy.Hold || got.Enforced != policy.Pass || got.Stopped != "" {
		t.Errorf("record %+v", got)
	}
	h.lifted = []policy.Exception{{ID: "EXC-1", State: "current"}}
	h.verdict = policy.Verdict{Action: policy.Pass, Basis: "EX_SMALL", Uses: []string{"EXC-1"}}
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if len(h.held)+len(h.used) != 0 || slices.Contains(h.trace, "approval") {
		t.Errorf("held %v, used %v", h.held, h.used)
	}
}

// Exceptions are part of every part question, also of an observed flow.
func TestExceptionsReachTheQuestion(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		h := newHouse()
		h.mode = mode
		h.lifted = []policy.Exception{{ID: "EXC-1", Revision: 2, State: "current", Waives: []string{"two-persons"}}}
		h.verdict.Uses = []string{"EXC-1"}
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		last := h.asked[len(h.asked)-1]
		if last.Stage != policy.StagePart || len(last.Exceptions) != 1 || last.Exceptions[0].ID != "EXC-1" || last.Approval != nil {
			t.Errorf("%s: asked %+v", mode, last)
		}
		if want := map[proxy.Mode]int{proxy.Enforce: 1}[mode]; len(h.used) != want {
			t.Errorf("%s: used %+v", mode, h.used)
		}
	}
}
