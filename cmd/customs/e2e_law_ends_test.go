package main

import (
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

// TestAPackThatEndsWhileTheGatewayRuns lets the only pack in force come to its
// last day: the same flow passes on that day and is blocked after it, by the
// name of what is missing.
func TestAPackThatEndsWhileTheGatewayRuns(t *testing.T) {
	w := newPastWorld(t, map[string]string{"cn-2024.yaml": national(t, "effective_from: 2024-03-22", "effective_from: 2024-03-22\neffective_to: 2026-11-20")},
		"package customs.operator\n")
	f := pastFlow{exporter: policy.Exporter{USCC: motors, CIIO: policy.No}, host: "api.example.sg", place: policy.Place{Country: "SG", Source: "table"},
		head: reportOf(0, false), body: reportOf(1, false, "pi.contact.mobile")}
	w.now = time.Date(2026, 11, 20, 23, 59, 0, 0, policy.Shanghai)
	w.send(f)
	w.now = time.Date(2026, 11, 21, 0, 0, 0, 0, policy.Shanghai)
	w.send(f)
	records := w.records()
	if len(records) != 2 {
		t.Fatalf("%d records", len(records))
	}
	last, after := records[0].Intent, records[1].Intent
	if last.Enforced != policy.Pass || last.Decided.Basis != string(policy.ExSmall) {
		t.Errorf("on the last day: %+v", last.Decided)
	}
	if after.Enforced != policy.Block || !after.Decided.Has(policy.LawUnavailable) || records[1].Outcome != nil && records[1].Outcome.Bytes > 0 {
		t.Errorf("a day later: %s, %+v, %+v", after.Enforced, after.Decided, records[1].Outcome)
	}
}
