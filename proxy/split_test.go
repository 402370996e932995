package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// joiner is a detector of splitting that says what a test wants.
type joiner struct {
	split policy.Split
	err   error
	panic bool
	seen  []policy.SplitPart
}

func (j *joiner) Look(_ context.Context, p policy.SplitPart) (policy.Split, error) {
	j.seen = append(j.seen, p)
	if j.panic {
		panic("made by the test")
	}
	return j.split, j.err
}

// What the detector says stands in the question and in the record, and the
// part is looked at once, however often it is asked about.
func TestSplitIsAskedAndRecorded(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		j := &joiner{split: policy.Split{Set: "s-1", Pieces: 2, Evidence: []policy.SplitEvidence{policy.SplitCut}, With: []string{"f0"}}}
		h := newHouse()
		h.mode, h.splits = mode, j
		h.refusals = []error{&policy.LimitError{Bracket: policy.Bracket{Limit: "national.ns.100000"}}}
		h.report.Shape = inspect.Shape{Rows: 30}
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		if len(j.seen) != 1 || j.seen[0].Shape.Rows != 30 || len(j.seen[0].Persons) != 1 || fmt.Sprint(j.seen[0].Classes) != "[pi.contact.mobile]" {
			t.Errorf("%s: seen %+v", mode, j.seen)
		}
		q := h.asked[len(h.asked)-1]
		if !slices.Equal(q.Split.Evidence, j.split.Evidence) || len(h.asked[0].Split.Evidence) != 0 {
			t.Errorf("%s: asked %+v, on the head %+v", mode, q.Split, h.asked[0].Split)
		}
		if got := h.closed[0].Intent.Split; fmt.Sprint(got) != fmt.Sprint(j.split) {
			t.Errorf("%s: recorded %+v", mode, got)
		}
	}
}

// A detector that fails changes no verdict.
func TestSplitFails(t *testing.T) {
	for name, j := range map[string]*joiner{
		"unjoined": {err: errors.New("made by the test")},
		"panic":    {panic: true},
	} {
		h := newHouse()
		h.splits = j
		_, v, sent := walk(t, h, policy.Outcome{Sent: policy.SentAll})
		if v.Action != policy.Pass || sent != body || !slices.Contains(h.events, proxy.Event(name)) {
			t.Errorf("%s: verdict %v, sent %q, events %v", name, v, sent, h.events)
		}
		if h.closed[0].Intent.Split.Suspected() {
			t.Errorf("%s: recorded %+v", name, h.closed[0].Intent.Split)
		}
	}
}

// What has nothing to join, and what is refused because it could not be read,
// is not looked at.
func TestSplitIsNotLookedAt(t *testing.T) {
	for name, change := range map[string]func(*house){
		"nothing found":       func(h *house) { h.report = h.head },
		"found at low":        func(h *house) { h.report.Tallies[0] = inspect.Tally{Class: inspect.Mobile, Low: 1} },
		"nothing governed":    func(h *house) { h.report.Tallies[0].Class = inspect.USCC },
		"read in part":        func(h *house) { h.report.Coverage.State = inspect.Partial },
		"stopped by the wire": func(h *house) { h.fault = "gate" },
	} {
		j := &joiner{}
		h := newHouse()
		h.splits = j
		change(h)
		if walk(t, h, policy.Outcome{}); len(j.seen) != 0 {
			t.Errorf("%s: seen %+v", name, j.seen)
		}
	}
}

// An exporter of a group counts with its members, its own code included.
func TestTheGroupCounts(t *testing.T) {
	for _, tt := range []struct{ group, want []string }{
		{nil, nil},
		{[]string{"91310115MA1K3ABC99"}, nil},
		{[]string{"914403001922038216", "91310115MA1K3ABC99"}, []string{"91310115MA1K3ABC99", "914403001922038216"}},
		{[]string{"91330100799655058B"}, []string{"91310115MA1K3ABC99", "91330100799655058B"}},
	} {
		h := newHouse()
		h.group = tt.group
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		if len(h.counted) != 1 || !slices.Equal(h.counted[0].Members, tt.want) {
			t.Errorf("group %v: counted %+v, want members %v", tt.group, h.counted, tt.want)
		}
	}
}
