package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// lineScan finds a person in each line of content, and what is to be stopped
// in one that says so.
type lineScan struct {
	h       *house
	seen    int64
	settled int64
	line    []byte
	persons []inspect.Person
	stops   int64
}

func (s *lineScan) Write(p []byte) (int, error) {
	for _, c := range p {
		s.seen++
		if s.line = append(s.line, c); c == '\n' {
			s.end()
		}
	}
	return len(p), s.h.at("scan body")
}

func (s *lineScan) end() {
	if bytes.HasPrefix(s.line, []byte("stop")) {
		s.stops++
	} else if len(s.line) > 0 {
		var p inspect.Person
		copy(p.Key[:], s.line)
		p.Classes.Add(0)
		if !slices.ContainsFunc(s.persons, func(o inspect.Person) bool { return o.Key == p.Key }) {
			s.persons = append(s.persons, p)
		}
	}
	s.line, s.settled = s.line[:0], s.seen
}

func (s *lineScan) Take() []inspect.Finding { return nil }
func (s *lineScan) Settled() int64          { return s.settled }

func (s *lineScan) SoFar() (inspect.Report, int64) {
	s.h.at("so far")
	r := inspect.Report{Coverage: inspect.Coverage{State: inspect.Full, Seen: s.seen, Scanned: s.seen},
		Tallies: []inspect.Tally{{Class: inspect.Mobile, Medium: int64(len(s.persons))}}, Persons: slices.Clone(s.persons)}
	if s.stops > 0 {
		r.Tallies = append(r.Tallies, inspect.Tally{Class: inspect.Genomic, High: s.stops})
	}
	return r, s.settled
}

func (s *lineScan) Close() (inspect.Report, error) {
	s.end()
	r, _ := s.SoFar()
	return r, s.h.at("close body")
}

// rows are n lines of 16 bytes, of so many persons in turn.
func rows(n, persons int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "person-%08d\n", i%persons)
	}
	return b.String()
}

// windowed is a house whose gates hold 4 KiB, and whose policy lets windows of
// 1 KiB go under a filing as long as nothing is to be stopped.
func windowed() *house {
	h := newHouse()
	h.lines, h.room = true, 4096
	h.rules = &policy.Rules{Personal: map[inspect.Class]bool{inspect.Mobile: true}}
	h.decides = func(q *policy.Question) policy.Verdict {
		if q.Stage != policy.StageWindow {
			return policy.Refuse(policy.FilingNotFound)
		}
		for _, f := range q.Found {
			if f.Class == inspect.Genomic {
				return policy.Refuse(policy.Oversize, policy.CategoryNotCovered)
			}
		}
		return policy.Verdict{Action: policy.Pass, Final: true, Basis: "SC", Filing: "SC-1", Reasons: []policy.Reason{{Code: policy.FilingCovers}}}
	}
	return h
}

// arrival is what an origin saw of a body.
type arrival struct {
	body  string
	whole bool
}

// flows sends a body in windows as a front door does, and returns what arrived.
func flows(t *testing.T, h *house, body io.Reader, out policy.Outcome) (*proxy.Exchange, arrival) {
	t.Helper()
	ctx := context.Background()
	o := h.options()
	o.WindowBytes = 1024
	g, err := proxy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &policy.Session{ID: "s", Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.1:1"), Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"}}
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "h2", Method: "POST", Destination: policy.Destination{Host: "api.example.sg", Port: 443}}
	x := g.Begin(ctx, f, []byte("POST /"), inspect.Meta{Size: -1})
	var a arrival
	more := x.Windowed(ctx)
	if more {
		if _, err := x.FillWindow(ctx, body); err != nil {
			x.Fail(policy.ClientGone)
			more = false
		} else {
			more = x.JudgeWindow(ctx)
		}
	}
	v := x.Judge(ctx)
	done := make(chan struct{})
	if v.Action.Releases() {
		go func() {
			defer close(done)
			b, err := io.ReadAll(x.Body())
			a = arrival{string(b), err == nil}
		}()
	} else {
		close(done)
	}
	for more {
		if _, err := x.FillWindow(ctx, body); err != nil {
			break
		}
		more = x.JudgeWindow(ctx)
	}
	<-done
	x.Done(ctx, out)
	for _, g := range h.gates {
		if !g.closed {
			t.Error("a gate is still open after Done")
		}
	}
	return x, a
}

// folded is the record of the flow that the entries are of.
func folded(t *testing.T, h *house) policy.Record {
	t.Helper()
	r, err := policy.Fold(h.entries)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reserved are the persons of all reservations, and whether none was reserved
// twice.
func reserved(h *house) (n int, once bool) {
	seen := map[inspect.Subject]bool{}
	once = true
	for _, c := range h.counted {
		for _, p := range c.Persons {
			once = once && !seen[p.Subject]
			seen[p.Subject] = true
		}
	}
	return len(seen), once
}
