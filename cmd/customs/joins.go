package main

import (
	"errors"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/split"
	"github.com/datacustoms/customs/proxy"
	"go.uber.org/zap"
)

// openJoins opens the detector of splitting. What it forgot is told; it is no
// reason to stop.
func (h *house) openJoins(now func() time.Time) (err error) {
	h.joins, err = split.Open(split.Options{Dir: h.cfg.Data, Key: h.keys.key("split"), Files: disk.Files{}, Now: now})
	if err != nil {
		return err
	}
	h.closers = append(h.closers, h.joins.Close)
	if lost := h.joins.Lost(); lost != nil {
		h.log.Error("pieces of earlier transfers are forgotten", zap.Error(lost))
	}
	return nil
}

// forgetJoins removes the key of a year from an installation that no gateway
// uses.
func forgetJoins(data string, keys *keyRing, year int, now func() time.Time) error {
	d, err := split.Open(split.Options{Dir: data, Key: keys.key("split"), Files: disk.Files{}, Now: now})
	if err != nil {
		return err
	}
	return errors.Join(d.Destroy(year), d.Close())
}

// departures tell the detector what was sent: to send again the same way what
// has left hides nothing.
type departures struct{ joins *split.Detector }

// Closed implements proxy.Observer.
func (d departures) Closed(r *policy.Record) {
	if o := r.Outcome; o != nil && o.Sent != policy.SentNone && r.Intent.Enforced.Releases() {
		d.joins.Left(r.ID)
	}
}

// Event implements proxy.Observer.
func (departures) Event(proxy.Event) {}
