package proxy_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// zoned are rules with a limit of each origin.
func zoned() *policy.Rules {
	return &policy.Rules{Personal: map[inspect.Class]bool{inspect.Mobile: true},
		National: []policy.Limit{{ID: "national.ns.100000", Kind: policy.CountNS, Max: 99_999}},
		Scale:    []policy.Limit{{ID: "scale.many", Kind: policy.CountAny, Max: 999_999}},
		Zone: map[string][]policy.Limit{
			"CN-SH-FTZ": {{ID: "list.sh.1.5000", Kind: policy.CountSP, Max: 4_999}},
			"CN-TJ-FTZ": {{ID: "list.tj.1.10", Kind: policy.CountNS, Max: 9}}}}
}

// An exporter is asked about the limits of its own zone, those of every
// exporter and those of its filings.
func TestLimitsThatAreAskedAbout(t *testing.T) {
	tests := []struct {
		zone string
		want []string
	}{
		{"", []string{"national.ns.100000", "scale.many", "SC-1.ns"}},
		{"CN-SH-FTZ", []string{"national.ns.100000", "scale.many", "list.sh.1.5000", "SC-1.ns"}},
		{"CN-TJ-FTZ", []string{"national.ns.100000", "scale.many", "list.tj.1.10", "SC-1.ns"}},
		{"CN-XX-FTZ", []string{"national.ns.100000", "scale.many", "SC-1.ns"}},
	}
	for _, tt := range tests {
		h := newHouse()
		h.zone, h.rules = tt.zone, zoned()
		h.candidates = []policy.Candidate{{Filing: "SC-1", Limits: []policy.Limit{{ID: "SC-1.ns", Kind: policy.CountNS, Max: 7, Filing: "SC-1"}}}}
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		var got []string
		for _, b := range h.asked[len(h.asked)-1].Brackets {
			got = append(got, b.Limit)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("zone %q: asked about %v, want %v", tt.zone, got, tt.want)
		}
	}
	if n := len(zoned().Limits(policy.Exporter{Zone: "CN-SH-FTZ"})); n != 3 {
		t.Errorf("%d limits", n)
	}
}

// A verdict under a zone list holds the limits of the list, which are those of
// the exporter's own zone and no other.
func TestLimitsOfAZoneAreReserved(t *testing.T) {
	h := newHouse()
	h.zone, h.rules = "CN-SH-FTZ", zoned()
	h.verdict = policy.Verdict{Action: policy.Pass, Basis: "EX_FTZ_BELOW_LIST_THRESHOLD", Limits: []string{"list.sh.1.5000"}}
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	c := h.counted
	if len(c) != 1 || len(c[0].Limits) != 1 || c[0].Limits[0].Max != 4_999 || c[0].Limits[0].Kind != policy.CountSP || c[0].Basis != "EX_FTZ_BELOW_LIST_THRESHOLD" {
		t.Errorf("reserved %+v", c)
	}
	h = newHouse()
	h.zone, h.rules = "CN-SH-FTZ", zoned()
	h.verdict = policy.Verdict{Action: policy.Pass, Basis: "EX_FTZ_BELOW_LIST_THRESHOLD", Limits: []string{"list.tj.1.10"}}
	if _, v, _ := walk(t, h, policy.Outcome{}); !v.Has(policy.DeciderFailed) || len(h.counted) != 0 {
		t.Errorf("the limit of another zone: %+v", v)
	}
}

// The snapshot in the record has each limit with its kind, and says of which
// the reservation found it full although the count before did not.
func TestCountersOfTheRecord(t *testing.T) {
	h := newHouse()
	h.zone, h.rules = "CN-SH-FTZ", zoned()
	h.refusals = []error{&policy.LimitError{Bracket: policy.Bracket{Limit: "list.sh.1.5000"}}}
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	want := []policy.Counter{
		{Limit: "national.ns.100000", Kind: policy.CountNS, After: 1, Max: 99_999},
		{Limit: "scale.many", Kind: policy.CountAny, After: 1, Max: 999_999},
		{Limit: "list.sh.1.5000", Kind: policy.CountSP, After: 1, Max: 4_999, Refused: true},
	}
	if got := h.entries[0].Intent.Counters; !slices.Equal(got, want) {
		t.Errorf("counters %+v, want %+v", got, want)
	}
	for i, q := range h.asked[1:] {
		if q.Brackets[2].Exceeded != (i == 1) || q.Brackets[0].Exceeded {
			t.Errorf("question %d: %+v", i, q.Brackets)
		}
	}
}

// Nobody to ask about has no counters.
func TestNoPersonsNoCounters(t *testing.T) {
	h := newHouse()
	h.report = inspect.Report{Coverage: h.report.Coverage}
	h.verdict.Limits = nil
	walk(t, h, policy.Outcome{Sent: policy.SentAll})
	if in := h.entries[0].Intent; len(in.Counters) != 0 || len(h.counted) != 0 {
		t.Errorf("counters %+v", in.Counters)
	}
}
