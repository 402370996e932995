package proxy_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// I1 for windows: a reservation, then an entry, then the bytes; and one record.
func TestWindowsLeaveAfterTheirEntries(t *testing.T) {
	h := windowed()
	body := rows(1000, 100)
	x, a := flows(t, h, strings.NewReader(body), policy.Outcome{Sent: policy.SentAll, Bytes: int64(len(body))})
	if a.body != body || !a.whole {
		t.Fatalf("%d bytes arrived, whole %t", len(a.body), a.whole)
	}
	r := folded(t, h)
	if r.ID != x.ID() || r.Intent.Judged != "window" || r.Groups == nil || r.Groups.Bytes != int64(len(body)) || r.Groups.Parts < 4 {
		t.Errorf("record %+v, groups %+v", r.Intent, r.Groups)
	}
	if r.Intent.Persons.Total != 100 || r.Intent.Enforced != policy.Pass || r.Intent.Decided.Action != policy.Pass {
		t.Errorf("persons %+v, decided %v", r.Intent.Persons, r.Intent.Decided)
	}
	if n, once := reserved(h); n != 100 || !once {
		t.Errorf("%d persons were reserved, once each: %t", n, once)
	}
	if len(h.committed) != len(h.counted) || len(h.released) != 0 {
		t.Errorf("committed %v, released %v of %d reservations", h.committed, h.released, len(h.counted))
	}
	order := h.trace[slices.Index(h.trace, "reserve"):]
	if want := []string{"reserve", "intent", "group"}; !slices.Equal(order[:3], want) {
		t.Errorf("order %v, want %v first", order, want)
	}
}

// However the client cuts its bytes, the windows are the same.
func TestWindowsAreTheSameHoweverBytesCome(t *testing.T) {
	body := rows(1500, 900)
	var want []policy.Entry
	for _, tt := range []struct {
		name string
		r    io.Reader
	}{
		{"at once", strings.NewReader(body)},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(body))},
		{"in halves", iotest.HalfReader(strings.NewReader(body))},
		{"with the end beside data", iotest.DataErrReader(strings.NewReader(body))},
	} {
		h := windowed()
		h.room = 0 // what is left in a gate hangs on the sender's pace
		if _, a := flows(t, h, tt.r, policy.Outcome{Sent: policy.SentAll}); a.body != body {
			t.Fatalf("%s: %d bytes arrived", tt.name, len(a.body))
		}
		if n, once := reserved(h); n != 900 || !once {
			t.Errorf("%s: %d persons were reserved, once each: %t", tt.name, n, once)
		}
		if want == nil {
			want = h.entries
			continue
		}
		if len(h.entries) != len(want) {
			t.Fatalf("%s: %d entries, want %d", tt.name, len(h.entries), len(want))
		}
		for i, e := range h.entries {
			if e.Group != nil && e.Group.Bytes != want[i].Group.Bytes {
				t.Errorf("%s: group %d of %d bytes, want %d", tt.name, i, e.Group.Bytes, want[i].Group.Bytes)
			}
		}
	}
}

func TestAStopInALaterWindow(t *testing.T) {
	h := windowed()
	h.room = 0
	body := rows(4096, 200) + "stop\n" + rows(4096, 300)
	x, a := flows(t, h, strings.NewReader(body), policy.Outcome{Sent: policy.SentSome, Bytes: 1})
	if a.whole || a.body == "" || !strings.HasPrefix(body, a.body) || strings.Contains(a.body, "stop") {
		t.Fatalf("%d bytes arrived, whole %t", len(a.body), a.whole)
	}
	v := x.Judge(t.Context())
	if v.Action != policy.Block || v.Reasons[0].Code != policy.AfterRelease || !v.Has(policy.CategoryNotCovered) {
		t.Errorf("verdict %v", v)
	}
	r := folded(t, h)
	if r.Outcome.Fault != policy.AfterRelease || r.Intent.Enforced != policy.Pass || r.Intent.Decided.Action != policy.Block ||
		r.Groups.Bytes != int64(len(a.body)) {
		t.Errorf("record %+v, groups %+v, outcome %+v", r.Intent.Decided, r.Groups, r.Outcome)
	}
	if n, once := reserved(h); n != 200 || !once || len(h.committed) != len(h.counted) {
		t.Errorf("%d persons were reserved, once each: %t; %d of %d committed", n, once, len(h.committed), len(h.counted))
	}
	if !slices.Contains(h.events, proxy.EventAfterRelease) {
		t.Errorf("events %v", h.events)
	}
}

// Whatever breaks before anything left refuses the flow, and whatever breaks
// on the way ends it there; nobody who did not leave stays counted.
func TestFaultsOfWindows(t *testing.T) {
	tests := []struct {
		name  string
		body  string
		setup func(*house)
		want  policy.Code
		first bool // before anything left
	}{
		{"a policy that opens no windows", rows(500, 9), func(h *house) {
			h.decides = func(*policy.Question) policy.Verdict { return policy.Refuse(policy.Oversize, policy.FilingNotFound) }
		}, policy.Oversize, true},
		{"a scan that settles nothing", strings.Repeat("x", 9000), func(*house) {}, policy.Oversize, true},
		{"a scan that settles nothing more", rows(128, 9) + strings.Repeat("x", 90_000), func(*house) {}, policy.AfterRelease, false},
		{"no entry for the intent", rows(5000, 9), func(h *house) { h.fault = "append intent" }, policy.RecorderUnavail, true},
		{"no entry for the first group", rows(5000, 9), func(h *house) { h.fault = "append group" }, policy.RecorderUnavail, true},
		{"no entry for a later group", rows(5000, 9), failingGroup(2), policy.AfterRelease, false},
		{"a filing revoked on the way", rows(5000, 9), after(2, policy.Refuse(policy.Oversize, policy.FilingNotFound)), policy.AfterRelease, false},
		{"a hold on the way", rows(5000, 9), after(2, policy.Verdict{Action: policy.Hold, Final: true, Reasons: []policy.Reason{{Code: policy.HeldForReview}}}), policy.AfterRelease, false},
		{"no ledger", rows(5000, 5000), func(h *house) { h.refusals = []error{policy.ErrLedgerUnavailable} }, policy.LedgerUnavail, true},
		{"no ledger on the way", rows(5000, 5000), func(h *house) {
			h.recorded = func(e policy.Entry) error {
				if e.Kind == policy.KindGroup {
					h.refusals = []error{policy.ErrLedgerUnavailable}
				}
				return nil
			}
		}, policy.AfterRelease, false},
		{"a panic of the policy on the way", rows(5000, 9), panicking(3), policy.AfterRelease, false},
		{"a panic of the scan", rows(5000, 9), func(h *house) { h.fault = "panic scan body" }, policy.ScanFailed, true},
		{"a panic of a snapshot", rows(5000, 9), func(h *house) { h.fault = "panic so far" }, policy.ScanFailed, true},
		{"a scan that does not end", rows(5000, 9), func(h *house) { h.fault = "close body" }, policy.AfterRelease, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := windowed()
			tt.setup(h)
			sent := policy.SentSome
			if tt.first {
				sent = policy.SentNone
			}
			x, a := flows(t, h, strings.NewReader(tt.body), policy.Outcome{Sent: sent})
			v := x.Judge(t.Context())
			if v.Action != policy.Block || !v.Has(tt.want) || a.whole || tt.first != (a.body == "") {
				t.Errorf("verdict %v; %d bytes arrived, whole %t", v, len(a.body), a.whole)
			}
			if tt.first && len(h.committed) > 0 || !tt.first && len(h.released) > len(h.counted)-len(h.committed) {
				t.Errorf("committed %v, released %v", h.committed, h.released)
			}
			if len(h.committed)+len(h.released) != len(h.counted) {
				t.Errorf("%d reservations, committed %v, released %v", len(h.counted), h.committed, h.released)
			}
			if len(h.entries) > 0 {
				folded(t, h)
			}
		})
	}
}

func failingGroup(n int) func(*house) {
	return func(h *house) {
		h.recorded = func(e policy.Entry) error {
			if e.Kind == policy.KindGroup {
				if n--; n < 0 {
					return errFault
				}
			}
			return nil
		}
	}
}

// after answers as before to so many questions, and then otherwise.
func after(n int, v policy.Verdict) func(*house) {
	return func(h *house) {
		usual := h.decides
		h.decides = func(q *policy.Question) policy.Verdict {
			if n--; n < -1 {
				return v
			}
			return usual(q)
		}
	}
}

func panicking(n int) func(*house) {
	return func(h *house) {
		usual := h.decides
		h.decides = func(q *policy.Question) policy.Verdict {
			if n--; n < 0 {
				panic("made by the test")
			}
			return usual(q)
		}
	}
}

// A limit that fills up on the way ends the flow there.
func TestALimitReachedOnTheWay(t *testing.T) {
	h := windowed()
	full := &policy.LimitError{Bracket: policy.Bracket{Limit: "SC-1.ns"}}
	usual := h.decides
	h.candidates = []policy.Candidate{{Filing: "SC-1", Limits: []policy.Limit{{ID: "SC-1.ns", Kind: policy.CountAny, Max: 100}}}}
	groups := 0
	h.decides = func(q *policy.Question) policy.Verdict {
		v := usual(q)
		for _, b := range q.Brackets {
			if b.Exceeded {
				return policy.Refuse(policy.Oversize, policy.VolumeExceeded)
			}
		}
		v.Limits = []string{"SC-1.ns"}
		return v
	}
	h.recorded = func(e policy.Entry) error {
		if e.Kind == policy.KindGroup {
			if groups++; groups == 2 {
				h.refusals = []error{full}
			}
		}
		return nil
	}
	x, a := flows(t, h, strings.NewReader(rows(5000, 5000)), policy.Outcome{Sent: policy.SentSome})
	if v := x.Judge(t.Context()); !v.Has(policy.VolumeExceeded) || v.Reasons[0].Code != policy.AfterRelease || a.whole || a.body == "" {
		t.Errorf("verdict %v, %d bytes arrived", v, len(a.body))
	}
	if len(h.counted) != 2 || len(h.committed) != 2 {
		t.Errorf("%d reservations, %d committed", len(h.counted), len(h.committed))
	}
}

// A body that its client cuts arrives as one that is not whole, and what left
// of it counts.
func TestABodyCutByItsClient(t *testing.T) {
	h := windowed()
	cut := io.MultiReader(strings.NewReader(rows(5000, 50)), iotest.ErrReader(io.ErrUnexpectedEOF))
	_, a := flows(t, h, cut, policy.Outcome{Sent: policy.SentSome, Fault: policy.ClientGone})
	if a.whole || a.body == "" {
		t.Errorf("%d bytes arrived, whole %t", len(a.body), a.whole)
	}
	if r := folded(t, h); r.Outcome.Fault != policy.ClientGone || r.Intent.Decided.Action != policy.Pass || len(h.committed) != len(h.counted) {
		t.Errorf("record %+v", r.Outcome)
	}
}

// A body that Fill found too large goes on in windows from what was read.
func TestWindowsAfterFill(t *testing.T) {
	for _, size := range []int{300, 2000} {
		h := windowed()
		g := h.gateway(t)
		body := rows(size, 40)
		x := begin(t, g)
		r := strings.NewReader(body)
		if err := x.Fill(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if !x.Full() || !x.Windowed(t.Context()) {
			t.Fatalf("full %t, verdict %v", x.Full(), x.Judge(t.Context()))
		}
		var got []byte
		done := make(chan struct{})
		for more, first := true, true; more; first = false {
			if _, err := x.FillWindow(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			more = x.JudgeWindow(t.Context())
			if first {
				go func() {
					got, _ = io.ReadAll(x.Body())
					close(done)
				}()
			}
		}
		<-done
		x.Done(t.Context(), policy.Outcome{Sent: policy.SentAll})
		if string(got) != body {
			t.Errorf("%d bytes arrived of %d", len(got), len(body))
		}
	}
}

// A sender that goes away ends the reading.
func TestASenderThatGoesAway(t *testing.T) {
	h := windowed()
	x := begin(t, h.gateway(t))
	endless := strings.NewReader(rows(50_000, 40))
	if !x.Windowed(t.Context()) {
		t.Fatal("refused")
	}
	if _, err := x.FillWindow(t.Context(), endless); err != nil || !x.JudgeWindow(t.Context()) {
		t.Fatal(err)
	}
	x.Body().Close()
	var err error
	for err == nil {
		if _, err = x.FillWindow(t.Context(), endless); err == nil {
			x.JudgeWindow(t.Context())
		}
	}
	if errors.Is(err, io.EOF) || endless.Len() == 0 {
		t.Errorf("the body was read to its end: %v", err)
	}
	x.Done(t.Context(), policy.Outcome{Sent: policy.SentSome})
}

// Without a scan that can tell on the way there are no windows.
func TestAScanThatTellsOnlyAtTheEnd(t *testing.T) {
	h := windowed()
	h.lines = false
	x := begin(t, h.gateway(t))
	if x.Windowed(t.Context()) {
		t.Fatal("windows are open")
	}
	if v := x.Judge(t.Context()); !v.Has(policy.Oversize) {
		t.Errorf("verdict %v", v)
	}
	x.Done(t.Context(), policy.Outcome{})
}

func begin(t *testing.T, g *proxy.Gateway) *proxy.Exchange {
	t.Helper()
	s := &policy.Session{ID: "s", Door: "explicit", Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"}}
	return g.Begin(t.Context(), policy.Flow{Session: s, Direction: policy.Push, Protocol: "h2", Method: "POST",
		Destination: policy.Destination{Host: "api.example.sg", Port: 443}}, []byte("POST /"), inspect.Meta{Size: -1})
}
