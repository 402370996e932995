package meter_test

import (
	"strings"
	"testing"
)

func TestSupply(t *testing.T) {
	m := newMeter(t)
	want := func(when string, lines ...string) {
		t.Helper()
		text := scrape(t, m)
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s: no %s", when, line)
			}
		}
	}
	want("at start", "customs_bundle_ok 1", "customs_register_exporters_ok 1", `customs_bundle_fetches_total{result="failed"} 0`,
		`customs_filing_warnings{kind="expiry"} 0`)
	m.Fetched("failed")
	m.Exporters(false)
	m.Warnings(map[string]int{"expiry": 2, "91310115MA1K3ABC99": 1})
	want("after faults", "customs_bundle_ok 0", "customs_register_exporters_ok 0", `customs_bundle_fetches_total{result="failed"} 1`,
		`customs_filing_warnings{kind="expiry"} 2`, `customs_filing_warnings{kind="other"} 1`)
	m.Fetched("same")
	m.Exporters(true)
	m.Warnings(map[string]int{"renewal": 3})
	want("when mended", "customs_bundle_ok 1", "customs_register_exporters_ok 1", `customs_filing_warnings{kind="expiry"} 0`,
		`customs_filing_warnings{kind="renewal"} 3`)
}
