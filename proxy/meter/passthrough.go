package meter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// PassThrough is how an entry of the configuration stands that lets a
// destination pass unread. Its labels come from the configuration alone.
type PassThrough struct {
	ID, Kind, Owner string
	Used, Budget    int64
	Open            int // tunnels
	Ends            time.Time
	Over            bool
}

var passDescs = struct{ used, budget, open, ends, over *prometheus.Desc }{
	passDesc("customs_passthrough_bytes_total", "Bytes that passed unread under an entry, both ways together, since it exists."),
	passDesc("customs_passthrough_budget_bytes", "Bytes that may pass unread under an entry."),
	passDesc("customs_passthrough_tunnels", "Tunnels that pass unread under an entry now."),
	passDesc("customs_passthrough_ends_seconds", "When an entry ends, in Unix seconds."),
	passDesc("customs_passthrough_over", "1 when an entry expired or is used up, so that its destination is refused, else 0."),
}

func passDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"id", "kind", "owner"}, nil)
}

// passCollector asks the entries at each scrape.
type passCollector struct{ entries func() []PassThrough }

// Describe implements prometheus.Collector.
func (c *passCollector) Describe(ch chan<- *prometheus.Desc) {
	d := passDescs
	for _, desc := range []*prometheus.Desc{d.used, d.budget, d.open, d.ends, d.over} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *passCollector) Collect(ch chan<- prometheus.Metric) {
	for _, p := range c.entries() {
		show := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64) {
			ch <- prometheus.MustNewConstMetric(desc, kind, value, p.ID, p.Kind, p.Owner)
		}
		d := passDescs
		show(d.used, prometheus.CounterValue, float64(p.Used))
		show(d.budget, prometheus.GaugeValue, float64(p.Budget))
		show(d.open, prometheus.GaugeValue, float64(p.Open))
		show(d.ends, prometheus.GaugeValue, float64(p.Ends.Unix()))
		show(d.over, prometheus.GaugeValue, truth(p.Over))
	}
}
