package index_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
)

// What was refused after a part had left is found by that reason, whether its
// last verdict says so or the outcome alone.
func TestRowsOfFlowsThatWereCutOff(t *testing.T) {
	for name, reasons := range map[string][]policy.Code{"in the verdict": {policy.AfterRelease, policy.Oversize}, "in the outcome alone": {policy.Oversize}} {
		late := policytest.Intent("a", policy.Pass).Intent
		late.Decided = policy.Refuse(reasons...)
		out := policytest.Outcome("a", policy.SentSome)
		out.Outcome.Fault, out.Outcome.Late = policy.AfterRelease, late
		r, err := policy.Fold([]policy.Entry{policytest.Intent("a", policy.Pass), out})
		if err != nil {
			t.Fatal(err)
		}
		row := index.RowOf(r)
		if want := []string{"BLOCKED_AFTER_RELEASE", "OVERSIZE"}; !slices.Equal(row.Reasons, want) || row.Enforced != policy.Pass || row.Action != policy.Block {
			t.Errorf("%s: %+v, want %v", name, row, want)
		}
	}
}
