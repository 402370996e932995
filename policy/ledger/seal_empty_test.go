package ledger_test

import (
	"testing"

	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// A year may be known only from a reservation whose line never was written.
func TestAYearOfNobodyMayBeSealed(t *testing.T) {
	known := 0
	for step := range 16 {
		d := faultfs.New()
		l := openWith(t, at(d, noon(2027, 5, 1)))
		d.FailAt(step, faultfs.Full)
		_, err := l.Reserve(bg, count("lost", policytest.Persons(0, 3)))
		d.Heal()
		if err == nil {
			continue
		}
		if err := l.Destroy(bg, ledger.ScopeRef{Entity: policytest.Exporter, Year: 2026}); err != nil {
			continue // the fault came before the year was known
		}
		known++
		if err := l.FoldNow(bg); err != nil {
			t.Fatal(err)
		}
		l.Close()
		if load(t, d) != fromSegments(t, d) {
			t.Errorf("base and segments\n%s\nsegments\n%s", load(t, d), fromSegments(t, d))
		}
		open(t, d)
	}
	if known == 0 {
		t.Error("no fault left a year without persons")
	}
}
