package meter

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/prometheus/client_golang/prometheus"
)

// coverage counts how much of the flows was read, and why not more.
type coverage struct {
	flows      *prometheus.CounterVec
	stopped    *prometheus.CounterVec
	allowed    *prometheus.CounterVec
	bytes      *prometheus.CounterVec
	skipped    *prometheus.CounterVec
	mismatches prometheus.Counter
}

func newCoverage() *coverage {
	c := &coverage{
		flows: counter("customs_coverage_flows_total",
			"Flows by how much of them was read (full, partial, opaque; unread: passed unread; head: ended at the head) and enforced action.",
			"coverage", "action"),
		stopped: counter("customs_coverage_refusals_total",
			"Flows whose decided verdict refuses them because content was not read, once for each reason why.", "coverage", "why"),
		allowed: counter("customs_unread_allowed_total",
			"Flows that went although content was not read, by the setting unread of a destination, once for each reason why.", "why"),
		bytes: counter("customs_inspected_bytes_total",
			"Bytes of flows: seen on the wire, decoded from codings, scanned by the matcher.", "stage"),
		skipped: counter("customs_skipped_bytes_total",
			"Bytes on the wire that were not read, by why. A part whose size cannot be told counts as all that was left of its flow.", "why"),
		mismatches: prometheus.NewCounter(prometheus.CounterOpts{Name: "customs_content_mismatches_total",
			Help: "Flows with content of another format than its sender said."}),
	}
	for _, g := range gaps { // a rate needs a zero to start from
		c.skipped.WithLabelValues(string(g))
	}
	return c
}

func (c *coverage) collectors() []prometheus.Collector {
	return []prometheus.Collector{c.flows, c.stopped, c.allowed, c.bytes, c.skipped, c.mismatches}
}

func (c *coverage) count(in *policy.Intent) {
	state := closed(covers, in.Coverage.State.String())
	if in.Judged == "unread" || in.Judged == "head" {
		state = in.Judged
	}
	c.flows.WithLabelValues(state, in.Enforced.String()).Inc()
	for _, r := range in.Decided.Reasons {
		c.reason(r)
	}
	if len(in.Mismatches) > 0 {
		c.mismatches.Inc()
	}
	if in.Judged == "unread" {
		return
	}
	c.bytes.WithLabelValues("seen").Add(positive(in.Coverage.Seen))
	c.bytes.WithLabelValues("decoded").Add(positive(in.Coverage.Decoded))
	c.bytes.WithLabelValues("scanned").Add(positive(in.Coverage.Scanned))
	for _, g := range in.Coverage.Gaps {
		c.skipped.WithLabelValues(closed(gaps, g.Reason)).Add(positive(g.Bytes))
	}
}

func (c *coverage) reason(r policy.Reason) {
	for _, g := range r.Gaps {
		why := closed(gaps, g)
		switch r.Code {
		case policy.CoverageOpaque:
			c.stopped.WithLabelValues(inspect.Opaque.String(), why).Inc()
		case policy.CoveragePartial:
			c.stopped.WithLabelValues(inspect.Partial.String(), why).Inc()
		case policy.UnreadAllowed:
			c.allowed.WithLabelValues(why).Inc()
		}
	}
}

// positive keeps a counter from panicking over a figure that is no count.
func positive(n int64) float64 { return float64(max(0, n)) }
