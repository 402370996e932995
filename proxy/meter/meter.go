// Package meter is the Observer that feeds Prometheus.
//
// Every figure of a flow comes from its Record, so metrics, log line and
// console agree. Labels come from closed sets: a value outside its set counts
// as "other", and nothing from a stream, a name or an address can become one.
// What the gateway does not inspect is a metric of its own, so that a
// dashboard says it as loudly as what was found.
package meter

import (
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are what a Meter shows besides flows. Functions are called at each
// scrape and must be safe for concurrent use; nil ones leave their metric out.
type Options struct {
	Version string
	Mode    proxy.Mode
	// Held returns the body bytes held now, in memory and in spill files.
	Held func() (memory, spill int64)
	// Leaves returns what the leaf cache did.
	Leaves func() certs.Stats
	// Ready returns nil while all stores answer.
	Ready func() error
	// Waiting returns how many alerts wait for each receiver.
	Waiting func() map[string]int
	// Streams returns how each stream stands.
	Streams func() []Stream
	// PassThroughs returns how each entry stands that lets something pass unread.
	PassThroughs func() []PassThrough
	// Uninspected names what this gateway does not look into; nil takes
	// Uninspected().
	Uninspected []string
}

// Meter counts flows and events. It is safe for concurrent use.
type Meter struct {
	registry    *prometheus.Registry
	flows       *prometheus.CounterVec
	spared      *prometheus.CounterVec
	bytes       *prometheus.HistogramVec
	persons     *prometheus.CounterVec
	classes     *prometheus.CounterVec
	judge       prometheus.Histogram
	duration    prometheus.Histogram
	uninspected *prometheus.CounterVec
	coverage    *coverage
	events      *prometheus.CounterVec
	reloads     *prometheus.CounterVec
	reloaded    prometheus.Gauge
	supply      *supply
	alerts      *alerts
}

var _ proxy.Observer = (*Meter)(nil)

// New makes a meter with a registry of its own.
func New(o Options) (*Meter, error) {
	m := &Meter{registry: prometheus.NewRegistry()}
	m.flow()
	m.coverage = newCoverage()
	m.supply = newSupply()
	m.alerts = newAlerts()
	all := []prometheus.Collector{m.flows, m.spared, m.bytes, m.persons, m.classes, m.judge, m.duration,
		m.uninspected, m.events, m.reloads, m.reloaded, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}
	all = append(all, m.coverage.collectors()...)
	all = append(all, m.supply.collectors()...)
	all = append(all, m.alerts.collectors()...)
	for _, c := range append(all, o.collectors()...) {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("meter: register metric: %w", err)
		}
	}
	for _, e := range events { // a rate needs a zero to start from
		m.events.WithLabelValues(string(e))
	}
	m.reloads.WithLabelValues("ok")
	m.reloads.WithLabelValues("failed")
	return m, nil
}

// Handler serves the metrics in the Prometheus formats.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, MaxRequestsInFlight: 4})
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// flow makes the metrics that flows and events feed.
func (m *Meter) flow() {
	m.flows = counter("customs_flows_total",
		"Flows answered or released, by enforced action, first reason of the decided verdict, mode and front door.",
		"action", "reason", "mode", "door")
	m.spared = counter("customs_observed_refusals_total",
		"Flows that went by in observe mode although the decided verdict would have stopped them.", "reason")
	m.bytes = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "customs_flow_bytes",
		Help:    "Body bytes of released flows: sent to the recipient, received from it.",
		Buckets: prometheus.ExponentialBuckets(1<<10, 8, 8)}, []string{"direction"})
	m.persons = counter("customs_persons_total",
		"Persons found in released flows, summed over flows: one person in two flows counts twice. The exact yearly counts are in the ledger.", "kind")
	m.classes = counter("customs_findings_total", "Findings of at least medium confidence, by class of data.", "class")
	m.judge = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "customs_judge_seconds",
		Help:    "Time from the last body byte to the verdict.",
		Buckets: prometheus.ExponentialBuckets(50e-6, 2.5, 14)})
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "customs_flow_seconds",
		Help:    "Duration of released flows, from their beginning to the last response byte.",
		Buckets: prometheus.ExponentialBuckets(1e-3, 4, 10)})
	m.uninspected = counter("customs_uninspected_total", "Flows that were not read in full, by why.", "why")
	m.reloads = counter("customs_reloads_total", "Reloads of configuration, rule packs and policy.", "result")
	m.reloaded = prometheus.NewGauge(prometheus.GaugeOpts{Name: "customs_reload_ok",
		Help: "1 when the last reload, or the start, took effect; 0 when it failed and the settings before it stay in force."})
	m.reloaded.Set(1)
	m.events = counter("customs_events_total", "Things that happened to connections and are no flow.", "event")
}

// collectors are the metrics that are asked for at each scrape.
func (o *Options) collectors() []prometheus.Collector {
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "customs_build_info",
		Help: "Always 1; the labels say what is running."}, []string{"version", "go", "mode"})
	build.WithLabelValues(o.Version, runtime.Version(), o.Mode.String()).Set(1)
	gaps := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "customs_uninspected",
		Help: "1 for each kind of traffic that this gateway does NOT inspect."}, []string{"what"})
	if o.Uninspected == nil {
		o.Uninspected = Uninspected()
	}
	for _, what := range o.Uninspected {
		gaps.WithLabelValues(what).Set(1)
	}
	out := []prometheus.Collector{build, gaps}
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		out = append(out, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	if o.Held != nil {
		const help = "Body bytes that wait for a verdict or for upstream, by where they are."
		gauge("customs_held_bytes", help, prometheus.Labels{"where": "memory"}, func() float64 { n, _ := o.Held(); return float64(n) })
		gauge("customs_held_bytes", help, prometheus.Labels{"where": "spill"}, func() float64 { _, n := o.Held(); return float64(n) })
	}
	if o.Ready != nil {
		gauge("customs_ready", "1 while all stores answer, 0 otherwise.", nil, func() float64 {
			if o.Ready() != nil {
				return 0
			}
			return 1
		})
	}
	if o.Waiting != nil {
		out = append(out, &waitingCollector{o.Waiting})
	}
	if o.Streams != nil {
		out = append(out, &streamCollector{o.Streams})
	}
	if o.PassThroughs != nil {
		out = append(out, &passCollector{o.PassThroughs})
	}
	if o.Leaves != nil {
		out = append(out, &leafCollector{o.Leaves})
	}
	return out
}

// Event counts an event.
func (m *Meter) Event(e proxy.Event) { m.events.WithLabelValues(closed(events, e)).Inc() }

// Reloaded counts a reload and says whether it took effect.
func (m *Meter) Reloaded(ok bool) {
	if ok {
		m.reloads.WithLabelValues("ok").Inc()
		m.reloaded.Set(1)
		return
	}
	m.reloads.WithLabelValues("failed").Inc()
	m.reloaded.Set(0)
}

// Closed counts a flow from its record.
func (m *Meter) Closed(r *policy.Record) {
	in := &r.Intent
	reason := "none"
	if len(in.Decided.Reasons) > 0 {
		reason = closed(codes, in.Decided.Reasons[0].Code)
	}
	m.flows.WithLabelValues(in.Enforced.String(), reason, closed(modes, in.Mode), closed(doors, in.Door)).Inc()
	if in.Enforced.Releases() && !in.Decided.Action.Releases() {
		m.spared.WithLabelValues(reason).Inc()
	}
	m.judge.Observe(float64(in.JudgeMicros) / 1e6)
	for _, c := range in.Classes {
		if n := c.Medium + c.High; n > 0 {
			m.classes.WithLabelValues(closed(classes, c.Class)).Add(float64(n))
		}
	}
	m.unread(in)
	m.coverage.count(in)
	if r.Outcome == nil {
		return
	}
	m.bytes.WithLabelValues("sent").Observe(float64(r.Outcome.Bytes))
	m.bytes.WithLabelValues("received").Observe(float64(r.Outcome.Received))
	m.duration.Observe((time.Duration(r.Outcome.DurationMS) * time.Millisecond).Seconds())
	if r.Outcome.Sent != policy.SentNone {
		m.persons.WithLabelValues("ns").Add(float64(in.Persons.NS))
		m.persons.WithLabelValues("sp").Add(float64(in.Persons.SP))
		m.persons.WithLabelValues("minor").Add(float64(in.Persons.Minors))
	}
}

// unread counts a flow that was passed unread, or read with gaps.
func (m *Meter) unread(in *policy.Intent) {
	if in.Judged == "unread" {
		m.uninspected.WithLabelValues("unread").Inc()
		return
	}
	for _, g := range in.Coverage.Gaps {
		m.uninspected.WithLabelValues(closed(gaps, g.Reason)).Inc()
	}
}
