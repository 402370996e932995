package meter

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// alerts shows what people were told of, and what a clock and the ledger say.
type alerts struct {
	raised *prometheus.CounterVec
	sync   prometheus.Gauge
	step   prometheus.Gauge
	used   volumes
}

func newAlerts() *alerts {
	a := &alerts{
		raised: counter("customs_alerts_total", "Alerts raised, by what they are about.", "kind"),
		sync: prometheus.NewGauge(prometheus.GaugeOpts{Name: "customs_clock_synchronised",
			Help: "1 while the system says that its clock is synchronised, 0 while it says that it is not, NaN where it cannot be asked."}),
		step: prometheus.NewGauge(prometheus.GaugeOpts{Name: "customs_clock_step_seconds",
			Help: "By how much the clock was last seen to be set, against a clock that only runs; 0 when it never was."}),
	}
	a.sync.Set(math.NaN())
	for _, k := range alertKinds {
		a.raised.WithLabelValues(k)
	}
	return a
}

func (a *alerts) collectors() []prometheus.Collector {
	return []prometheus.Collector{a.raised, a.sync, a.step, &a.used}
}

// Alert counts an alert that was raised.
func (m *Meter) Alert(kind string) { m.alerts.raised.WithLabelValues(closed(alertKinds, kind)).Inc() }

// Clock shows whether the clock is synchronised, where that is known, and the
// last step of it.
func (m *Meter) Clock(known, synchronised bool, step time.Duration) {
	m.alerts.sync.Set(truth(synchronised))
	if !known {
		m.alerts.sync.Set(math.NaN())
	}
	m.alerts.step.Set(step.Seconds())
}

// Use is how much of a limit is used up.
type Use struct {
	Limit    string // id of a national limit; of a filing ns, sp or total
	Exporter string // code or group that is counted; empty for a filing
	Filing   string
	Percent  float64
}

// maxUses bounds the series of customs_volume_percent. The fullest are shown.
const maxUses = 500

// Volumes shows how much of each limit is used up, in place of what was shown
// before.
func (m *Meter) Volumes(list []Use) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Use) int {
		switch {
		case a.Percent > b.Percent:
			return -1
		case a.Percent < b.Percent:
			return 1
		}
		return strings.Compare(a.key(), b.key())
	})
	list = list[:min(len(list), maxUses)]
	slices.SortStableFunc(list, func(a, b Use) int { return strings.Compare(a.key(), b.key()) })
	list = slices.CompactFunc(list, func(a, b Use) bool { return a.key() == b.key() })
	m.alerts.used.Store(&list)
}

func (u *Use) key() string { return u.Limit + "\x00" + u.Exporter + "\x00" + u.Filing }

var volumeDesc = prometheus.NewDesc("customs_volume_percent",
	"How much of a national limit an exporter or group has used up this year, or of its volume a filing. At most 500, the fullest.",
	[]string{"limit", "exporter", "filing"}, nil)

// volumes shows one consistent list a scrape.
type volumes struct{ atomic.Pointer[[]Use] }

// Describe implements prometheus.Collector.
func (v *volumes) Describe(ch chan<- *prometheus.Desc) { ch <- volumeDesc }

// Collect implements prometheus.Collector.
func (v *volumes) Collect(ch chan<- prometheus.Metric) {
	list := v.Load()
	if list == nil {
		return
	}
	for _, u := range *list {
		ch <- prometheus.MustNewConstMetric(volumeDesc, prometheus.GaugeValue, u.Percent, u.Limit, u.Exporter, u.Filing)
	}
}

var waitingDesc = prometheus.NewDesc("customs_alerts_waiting", "Alerts that a receiver has not got yet.", []string{"receiver"}, nil)

// waitingCollector asks the outbox at each scrape.
type waitingCollector struct{ waiting func() map[string]int }

func (c *waitingCollector) Describe(ch chan<- *prometheus.Desc) { ch <- waitingDesc }

func (c *waitingCollector) Collect(ch chan<- prometheus.Metric) {
	for receiver, n := range c.waiting() {
		ch <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(n), receiver)
	}
}
