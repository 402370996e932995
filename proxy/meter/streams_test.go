package meter_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/meter"
)

func TestStreamsAreShown(t *testing.T) {
	m, err := meter.New(meter.Options{Streams: func() []meter.Stream {
		return []meter.Stream{{Name: "siem", Behind: 7, Seconds: 1.5, Shipped: 12, Failures: 3, Lost: 2, Over: true}, {Name: "lake"}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	page := scrape(t, m)
	for _, want := range []string{`customs_stream_behind_entries{stream="siem"} 7`, `customs_stream_behind_seconds{stream="siem"} 1.5`,
		`customs_stream_shipped_total{stream="siem"} 12`, `customs_stream_failures_total{stream="siem"} 3`, `customs_stream_over{stream="siem"} 1`,
		`customs_stream_lost_entries_total{stream="siem"} 2`, `customs_stream_shipped_total{stream="lake"} 0`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}
