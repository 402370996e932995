package policytest_test

import (
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
)

func TestLedgerFake(t *testing.T) {
	policytest.RunLedger(t, func(*testing.T) policy.Ledger { return &policytest.Ledger{} })
}

func TestRecorderFake(t *testing.T) {
	policytest.RunRecorder(t, func(*testing.T) policy.Recorder { return &policytest.Recorder{} },
		func(_ *testing.T, r policy.Recorder) policy.Recorder { return r })
}
