package meter

import "github.com/prometheus/client_golang/prometheus"

// Stream is how a stream of the configuration stands.
type Stream struct {
	Name     string
	Behind   uint64 // entries of the log that have not been shipped
	Seconds  float64
	Shipped  uint64 // messages that the receiver acknowledged
	Failures uint64
	Lost     uint64 // entries that were deleted before they were shipped
	Over     bool   // more waits than the bound of its backlog
}

var streamDescs = struct{ behind, seconds, shipped, failures, lost, over *prometheus.Desc }{
	streamDesc("customs_stream_behind_entries", "Entries of the audit log that a stream has not shipped yet."),
	streamDesc("customs_stream_behind_seconds", "Age of the oldest entry that waits for a stream; 0 when none does or it was not read yet."),
	streamDesc("customs_stream_shipped_total", "Records and acts that the receiver of a stream has acknowledged."),
	streamDesc("customs_stream_failures_total", "Tries of a stream that failed; what they held is sent again."),
	streamDesc("customs_stream_lost_entries_total", "Entries that were deleted before a stream had shipped them."),
	streamDesc("customs_stream_over", "1 while more waits for a stream than its backlog may hold, else 0."),
}

func streamDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"stream"}, nil)
}

// streamCollector asks the streams at each scrape.
type streamCollector struct{ streams func() []Stream }

// Describe implements prometheus.Collector.
func (c *streamCollector) Describe(ch chan<- *prometheus.Desc) {
	d := streamDescs
	for _, desc := range []*prometheus.Desc{d.behind, d.seconds, d.shipped, d.failures, d.lost, d.over} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *streamCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.streams() {
		show := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64) {
			ch <- prometheus.MustNewConstMetric(desc, kind, value, s.Name)
		}
		d := streamDescs
		show(d.behind, prometheus.GaugeValue, float64(s.Behind))
		show(d.seconds, prometheus.GaugeValue, s.Seconds)
		show(d.shipped, prometheus.CounterValue, float64(s.Shipped))
		show(d.failures, prometheus.CounterValue, float64(s.Failures))
		show(d.lost, prometheus.CounterValue, float64(s.Lost))
		show(d.over, prometheus.GaugeValue, truth(s.Over))
	}
}
