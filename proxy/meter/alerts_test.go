package meter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/proxy/meter"
)

func TestAlerts(t *testing.T) {
	waiting := map[string]int{"webhook-0a1b2c3d": 2, "record": 0}
	m, err := meter.New(meter.Options{Waiting: func() map[string]int { return waiting }})
	if err != nil {
		t.Fatal(err)
	}
	want := func(when string, lines ...string) {
		t.Helper()
		text := scrape(t, m)
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s: no %s", when, line)
			}
		}
	}
	want("at start", `customs_alerts_total{kind="volume"} 0`, `customs_alerts_waiting{receiver="webhook-0a1b2c3d"} 2`,
		"customs_clock_synchronised NaN", "customs_clock_step_seconds 0")
	m.Alert("volume")
	m.Alert("of a kind that nobody knows")
	m.Clock(true, true, -2500*time.Millisecond)
	m.Volumes([]meter.Use{{Limit: "national.sp.10000", Exporter: "91310115MA1K3ABC99", Percent: 81.5}, {Limit: "total", Filing: "SC-1", Percent: 100},
		{Limit: "total", Filing: "SC-1", Percent: 20}})
	want("after some", `customs_alerts_total{kind="volume"} 1`, `customs_alerts_total{kind="other"} 1`, "customs_clock_synchronised 1",
		"customs_clock_step_seconds -2.5", `customs_volume_percent{exporter="91310115MA1K3ABC99",filing="",limit="national.sp.10000"} 81.5`,
		`customs_volume_percent{exporter="",filing="SC-1",limit="total"} 100`)
	m.Clock(true, false, 0)
	want("later", "customs_clock_synchronised 0")
}

func TestVolumesAreBounded(t *testing.T) {
	m := newMeter(t)
	var all []meter.Use
	for i := range 900 {
		all = append(all, meter.Use{Limit: "ns", Filing: fmt.Sprint("F-", i), Percent: float64(i)})
	}
	m.Volumes(all)
	text := scrape(t, m)
	if n := strings.Count(text, "customs_volume_percent{"); n != 500 {
		t.Errorf("%d series, want 500", n)
	}
	if !strings.Contains(text, `filing="F-899",limit="ns"} 899`) || strings.Contains(text, `filing="F-0",`) {
		t.Error("the fullest are not the ones that are shown")
	}
}
