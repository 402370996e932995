package proxy_test

import (
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// I4: a name or a declaration that was not scanned to its end is not recorded.
func TestWhatWasNotScannedIsNotRecorded(t *testing.T) {
	partial := func(h *house) { h.head.Coverage.State = inspect.Partial }
	finds := func(h *house) { h.head.Tallies = []inspect.Tally{{Class: inspect.Mobile, Low: 1}} }
	tests := []struct {
		fault string
		setup func(*house)
		shown bool
	}{
		{"law", nil, false},
		{"open head", nil, false},
		{"scan head", nil, false},
		{"close head", nil, false},
		{"panic law", nil, false},
		{"panic open head", nil, false},
		{"a head read in part", partial, false},
		{"a head with a weak finding", finds, false},
		{"identify", nil, true},
		{"no fault", nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			h := newHouse()
			h.fault, h.declared = tt.fault, policy.Declared{Purpose: "said by the client", Source: "client"}
			if tt.setup != nil {
				tt.setup(h)
			}
			walk(t, h, policy.Outcome{Sent: policy.SentAll})
			for _, in := range []policy.Intent{*h.entries[0].Intent, h.closed[0].Intent} {
				if got := in.Host == "api.example.sg"; got != tt.shown {
					t.Errorf("host is recorded as %q", in.Host)
				}
				if got := in.Declared == h.declared; got != tt.shown {
					t.Errorf("declared is recorded as %+v", in.Declared)
				}
			}
		})
	}
}

// I6: observed persons went out, so they count even if nobody could be asked.
func TestObservedPersonsAlwaysCount(t *testing.T) {
	refusal := func(h *house) { h.verdict = policy.Refuse(policy.FilingNotFound) }
	odd := func(h *house) { h.verdict.Limits = []string{"made.up"} }
	tests := []struct {
		fault string
		setup func(*house)
	}{
		{"no fault", refusal}, {"a limit nobody knows", odd}, {"identify", nil}, {"decide head", nil}, {"scan body", nil},
		{"candidates", nil}, {"peek", nil}, {"decide", nil}, {"panic candidates", nil}, {"panic decide", nil},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			h := newHouse()
			h.mode, h.fault = proxy.Observe, tt.fault
			if tt.setup != nil {
				tt.setup(h)
			}
			walk(t, h, policy.Outcome{Sent: policy.SentAll})
			if len(h.counted) != 1 || len(h.counted[0].Persons) != 1 || !h.counted[0].Observe {
				t.Fatalf("reserved %+v", h.counted)
			}
			if c := h.counted[0]; c.Basis != policy.BasisObserved || c.Filing != "" {
				t.Errorf("counted under basis %q of filing %q", c.Basis, c.Filing)
			}
			if r := h.closed[0]; h.trace[len(h.trace)-1] != "commit" || r.Intent.Reservation == nil || r.Intent.Persons.Total != 1 {
				t.Errorf("calls %v, record %+v", h.trace, r.Intent)
			}
		})
	}
}

// I6: what went out stays counted when its outcome cannot be recorded.
func TestSentPersonsStayCountedWithoutOutcome(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		h := newHouse()
		h.mode, h.fault = mode, "append outcome"
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		if h.doubts != 1 {
			t.Errorf("%s: sent, not recorded: %d commits in doubt, want 1; %v", mode, h.doubts, h.trace)
		}
		h = newHouse()
		h.mode, h.fault = mode, "append outcome"
		walk(t, h, policy.Outcome{Sent: policy.SentNone})
		if last := h.trace[len(h.trace)-1]; last != "outcome" {
			t.Errorf("%s: not sent, not recorded: %v; recovery settles it", mode, h.trace)
		}
	}
}

// I3: a flow that was observed while the log was away is recorded as a whole
// once the log is back, and never as an outcome without an intent.
func TestObservedWhileTheLogWasAway(t *testing.T) {
	for _, first := range []policy.Verdict{{}, {Action: policy.PassUnread, Final: true}} {
		h := newHouse()
		h.mode, h.down, h.first = proxy.Observe, 1, first
		x, _, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll})
		r, err := policy.Fold(h.entries)
		if err != nil || !r.Complete || r.ID != x.ID() || h.closed[0].ID != r.ID || r.Outcome.Sent != policy.SentAll {
			t.Errorf("record %+v, %v", r, err)
		}
		if len(h.counted) > 0 && h.counted[0].Flow != r.ID {
			t.Errorf("reserved for flow %s, recorded as %s", h.counted[0].Flow, r.ID)
		}
	}
}

// Filings that name a destination overseas and disagree on its country leave
// it unknown, which is overseas; the country table does not bring it home.
func TestFiledDestinationsAreOverseas(t *testing.T) {
	domestic := policy.Place{Country: "CN", Source: "table"}
	tests := []struct {
		name  string
		filed *policy.Place
		place policy.Place
		want  policy.Place
	}{
		{"no filing", nil, domestic, domestic},
		{"filed", &policy.Place{Country: "SG", Source: "filing"}, domestic, policy.Place{Country: "SG", Source: "filing"}},
		{"filed twice", &policy.Place{Source: "filing"}, domestic, policy.Place{Source: "filing"}},
		{"filed twice, known overseas", &policy.Place{Source: "filing"}, policy.Place{Country: "HK", Source: "table"}, policy.Place{Country: "HK", Source: "table"}},
	}
	for _, tt := range tests {
		h := newHouse()
		h.filed, h.place = tt.filed, tt.place
		walk(t, h, policy.Outcome{})
		if got := h.asked[0].Destination; got.Place != tt.want || got.Overseas != tt.want.Overseas() {
			t.Errorf("%s: asked about %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// A body that comes in over midnight leaves on the new day: the filing may
// have ended, and another year may count.
func TestAFlowIsJudgedOnTheDayItLeaves(t *testing.T) {
	h := newHouse()
	h.now, h.upload = time.Date(2026, 12, 31, 23, 59, 0, 0, policy.Shanghai), 2*time.Minute
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if last := h.asked[len(h.asked)-1]; last.Stage != policy.StagePart || last.Date != "2027-01-01" {
		t.Errorf("asked about %s of %s", last.Stage, last.Date)
	}
	if at := h.counted[0].At.In(policy.Shanghai); at.Year() != 2027 {
		t.Errorf("counted at %s", at)
	}
	h = newHouse()
	h.now, h.upload, h.lawEnds = time.Date(2026, 12, 31, 23, 59, 0, 0, policy.Shanghai), 2*time.Minute, true
	if _, v, _ := walk(t, h, policy.Outcome{}); !v.Has(policy.LawUnavailable) {
		t.Errorf("no law of the new day, and yet %+v", v)
	}
}
