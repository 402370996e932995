package meter

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// supply shows what the gateway is given from outside while it runs: the
// policy bundle, the exporters of the register, dates that come near.
type supply struct {
	fetches  *prometheus.CounterVec
	bundle   prometheus.Gauge
	parties  prometheus.Gauge
	warnings *prometheus.GaugeVec
}

func newSupply() *supply {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	s := &supply{
		fetches: counter("customs_bundle_fetches_total", "Looks for a policy bundle: a new one came into force, nothing new, or failed.", "result"),
		bundle: gauge("customs_bundle_ok",
			"1 when the last look found a bundle that is in force, or none is configured; 0 when it failed and the policy before it stays in force."),
		parties: gauge("customs_register_exporters_ok",
			"1 while the exporters of the register are in force; 0 when they contradict the configuration and the ones before stay in force."),
		warnings: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "customs_filing_warnings",
			Help: "Dates in the register that come near or have passed, by kind."}, []string{"kind"}),
	}
	s.bundle.Set(1)
	s.parties.Set(1)
	for _, r := range bundles {
		s.fetches.WithLabelValues(r)
	}
	for _, d := range dates {
		s.warnings.WithLabelValues(d)
	}
	return s
}

func (s *supply) collectors() []prometheus.Collector {
	return []prometheus.Collector{s.fetches, s.bundle, s.parties, s.warnings}
}

// Fetched counts a look for a policy bundle: new, same or failed.
func (m *Meter) Fetched(result string) {
	m.supply.fetches.WithLabelValues(closed(bundles, result)).Inc()
	m.supply.bundle.Set(truth(result != "failed"))
}

// Exporters says whether the register's exporters are in force.
func (m *Meter) Exporters(ok bool) { m.supply.parties.Set(truth(ok)) }

// Warnings shows how many dates of each kind come near.
func (m *Meter) Warnings(kinds map[string]int) {
	sum := map[string]int{}
	for kind, n := range kinds {
		sum[closed(dates, kind)] += n
	}
	for _, kind := range append(slices.Clone(dates), "other") {
		m.supply.warnings.WithLabelValues(kind).Set(float64(sum[kind]))
	}
}

func truth(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}
