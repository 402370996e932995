package main

import (
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
)

const aDay = 24 * time.Hour

// steadily writes a flow every 29 days, so that the log itself shows that the
// time passed.
func (w *retainWorld) steadily(name string, d time.Duration) {
	w.t.Helper()
	for end := w.at.Add(d); w.at.Before(end); w.at = w.at.Add(29 * aDay) {
		w.append(policytest.Intent(name+w.at.Format("20060102"), policy.Block))
	}
}

// TestAWrongClockDeletesNothing wants a clock that was set forward to delete
// nothing, however the log looks beside it.
func TestAWrongClockDeletesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		turn func(w *retainWorld)
		why  string // "" when it may be deleted
	}{
		{"the time passed", func(w *retainWorld) { w.steadily("b", threeYears+40*aDay) }, ""},
		{"weeks without a record", func(w *retainWorld) { w.steadily("b", threeYears+10*aDay) }, ""},
		{"set forward while nothing is written", func(w *retainWorld) { w.steadily("b", 60*aDay); w.at = w.at.Add(4 * threeYears) }, clockAhead},
		{"set forward, and records since", func(w *retainWorld) {
			w.steadily("b", 60*aDay)
			w.at = w.at.Add(4 * threeYears)
			w.steadily("c", 100*aDay)
		}, clockJumped},
		{"set forward by less than the retention, lately", func(w *retainWorld) {
			w.steadily("b", 60*aDay)
			w.at = w.at.Add(threeYears - 20*aDay)
			w.steadily("c", 29*aDay)
		}, clockJumped},
		{"a machine that stood for a year, long ago", func(w *retainWorld) {
			w.steadily("b", 60*aDay)
			w.at = w.at.Add(365 * aDay)
			w.steadily("c", threeYears)
		}, ""},
		{"not synchronised", func(w *retainWorld) {
			w.steadily("b", threeYears+40*aDay)
			w.keeper.synced = func() syncState { return syncNo }
		}, clockUnsynced},
		{"a system that cannot be asked", func(w *retainWorld) {
			w.steadily("b", threeYears+40*aDay)
			w.keeper.synced = func() syncState { return syncUnknown }
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newRetainWorld(t)
			w.checked = false
			w.steadily("a", 120*aDay)
			tt.turn(w)
			plan := w.plan()
			if got := plan[0].Which; got != tt.why || plan[0].Delete != (tt.why == "") {
				t.Fatalf("%+v; all: %s", plan[0], kept(plan))
			}
			if done := w.run(); (done > 0) != (tt.why == "") {
				t.Errorf("%d segments were deleted", done)
			}
			if tt.why == "" {
				return
			}
			for chinese, want := range map[words]string{false: "--clock-checked (", true: "时钟不可信"} {
				var out strings.Builder
				if err := printPlan(&out, plan, "text", chinese); err != nil || !strings.Contains(out.String(), want) {
					t.Errorf("%v:\n%s", err, out.String())
				}
			}
			w.checked = true
			if w.run() == 0 {
				t.Error("nothing was deleted by a clock that a person has compared")
			}
			w.verified()
		})
	}
}

// TestRecordsOfProvisionOutliveAShortRetention: what went out under a filing is
// kept for three years after its end, however short the log is kept.
func TestRecordsOfProvisionOutliveAShortRetention(t *testing.T) {
	for days, want := range map[int]string{400: keptFiling, 1090: keptFiling, 1110: ""} {
		w := newRetainWorld(t)
		w.keeper.keep = func() time.Duration { return 184 * aDay }
		w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "SC-1" })
		w.list = []policy.Filing{{ID: "SC-1", Valid: policy.Validity{Expires: w.at.Format(time.DateOnly)}}}
		w.at = w.at.Add(time.Duration(days) * aDay)
		w.flows("later", 1, nil)
		if plan := w.plan(); plan[0].Kept != want {
			t.Errorf("%d days after its end: %+v", days, plan[0])
		}
	}
}

// TestObservedFlowsAreKeptToo: what an observing gateway let go counts as what
// went out, also when a later verdict names its filing.
func TestObservedFlowsAreKeptToo(t *testing.T) {
	for name, late := range map[string]bool{"at once": false, "late": true} {
		w := newRetainWorld(t)
		in, out := policytest.Intent("o", policy.Pass), policytest.Outcome("o", policy.SentAll)
		in.Intent.Mode, in.Intent.Decided.Action = "observe", policy.Block
		if late {
			l := *in.Intent
			l.Decided.Filing = "SC-1"
			out.Outcome.Late = &l
		} else {
			in.Intent.Decided.Filing = "SC-1"
		}
		w.append(in, out)
		w.flows("a", 9, nil)
		w.list = []policy.Filing{{ID: "SC-1"}}
		w.at = w.at.Add(threeYears + 24*time.Hour)
		w.flows("later", 1, nil)
		if plan := w.plan(); plan[0].Kept != keptFiling {
			t.Errorf("%s: %+v", name, plan[0])
		}
	}
}

// TestAReleasedHoldStaysReleased: while the act of a hold stands in the log the
// act that ended it does too.
func TestAReleasedHoldStaysReleased(t *testing.T) {
	w := newRetainWorld(t)
	start := w.at
	h := w.holdOf(start.AddDate(-1, 0, 0), start.AddDate(-1, 0, 1), "")
	w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "SC-1" })
	w.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actHoldRelease, Actor: "bob", Object: "hold " + h.ID}})
	w.refused("b", 30)
	w.list = []policy.Filing{{ID: "SC-1"}}
	w.at = w.at.Add(threeYears + 24*time.Hour)
	w.refused("later", 1)
	if w.run() == 0 {
		t.Fatal("nothing was deleted")
	}
	r := lookIndex(w.keeper.source())
	defer r.Close()
	holds, err := readHolds(t.Context(), r)
	if err != nil || len(holds) != 1 || holds[0].open() {
		t.Errorf("%+v, %v", holds, err)
	}
	if segments, err := audit.Segments(t.Context(), w.keeper.source()); err != nil || segments[0].State == audit.Gone {
		t.Errorf("%+v, %v", segments, err)
	}
}
