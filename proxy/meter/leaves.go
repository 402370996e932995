package meter

import (
	"github.com/datacustoms/customs/certs"
	"github.com/prometheus/client_golang/prometheus"
)

var (
	leavesDesc = prometheus.NewDesc("customs_ca_leaves_total",
		"Leaf certificates asked for: minted, found in the cache, waited for while another caller minted, failed.", []string{"how"}, nil)
	leafCacheDesc = prometheus.NewDesc("customs_ca_leaf_cache_size", "Leaf certificates in the cache now.", nil, nil)
)

// leafCollector shows one consistent snapshot of the leaf cache a scrape.
type leafCollector struct{ stats func() certs.Stats }

func (c *leafCollector) Describe(ch chan<- *prometheus.Desc) { ch <- leavesDesc; ch <- leafCacheDesc }

func (c *leafCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	for how, n := range map[string]uint64{"minted": s.Minted, "hit": s.Hits, "waited": s.Waited, "failed": s.Failed} {
		ch <- prometheus.MustNewConstMetric(leavesDesc, prometheus.CounterValue, float64(n), how)
	}
	ch <- prometheus.MustNewConstMetric(leafCacheDesc, prometheus.GaugeValue, float64(s.Size))
}
