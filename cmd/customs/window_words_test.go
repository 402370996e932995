package main

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/index"
)

func TestWordsOfWindowsInLists(t *testing.T) {
	for want, w := range map[string]policy.Window{
		"larger content goes in windows":                                     {},
		"larger content goes in windows, stopped by pi.id.resident, pi.name": {Stop: []inspect.Class{inspect.ResidentID, inspect.Name}},
	} {
		if got := windowText(&w); got != want {
			t.Errorf("%+v reads %q, want %q", w, got, want)
		}
	}
	for want, r := range map[string]index.Row{
		"pass":             {Action: policy.Pass, Enforced: policy.Pass},
		"block":            {Enforced: policy.Block},
		"pass (block)":     {Enforced: policy.Pass, Reasons: []string{"FILING_NOT_FOUND"}},
		"pass, then block": {Enforced: policy.Pass, Reasons: []string{"BLOCKED_AFTER_RELEASE", "OVERSIZE"}},
	} {
		if got := actionText(r); got != want {
			t.Errorf("%+v reads %q, want %q", r, got, want)
		}
	}
}

// A clock that nobody stopped is none any more once the incident is closed.
func TestWordsOfClocksOfClosedIncidents(t *testing.T) {
	open := &incident.Incident{}
	closed := &incident.Incident{Steps: []incident.Step{{Act: incident.ActOpen}, {Act: incident.ActClose}}}
	c := incident.ClockState{Left: 3600e9}
	for want, i := range map[string]*incident.Incident{"1h0m0s left": open, "not reported when it was closed": closed} {
		if got := (incidentRun{}).clockWord(i, c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
