package policy_test

import (
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// The entries of a flow fold to its one record.
func ExampleFold() {
	record, err := policy.Fold([]policy.Entry{
		{Seq: 1, Kind: policy.KindIntent, Flow: "f1", Intent: &policy.Intent{Host: "origin.example",
			Decided: policy.Verdict{Action: policy.Pass, Filing: "F-2026-1"}, Enforced: policy.Pass}},
		{Seq: 4, Kind: policy.KindOutcome, Flow: "f1", Outcome: &policy.Outcome{Sent: policy.SentAll, Bytes: 1024}},
	})
	fmt.Println(record.ID, record.Complete, record.Verdict().Filing, record.SentBytes(), err)
	// Output: f1 true F-2026-1 1024 <nil>
}

// A verdict that nobody filled in stops the traffic.
func ExampleVerdict() {
	var v policy.Verdict
	fmt.Println(v.Action, v.Action.Releases())
	// Output: block false
}
