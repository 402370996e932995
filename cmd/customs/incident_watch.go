package main

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
)

// incidentEvery is how often the clocks of incidents are looked at.
const incidentEvery = 5 * time.Second

// watchIncidents tells when a clock of an incident is half run, nearly run and
// run out, until ctx ends.
func (h *house) watchIncidents(ctx context.Context) {
	tick := time.NewTicker(incidentEvery)
	defer tick.Stop()
	failing := false
	for {
		err := h.raiseIncidents(ctx, time.Now())
		if err != nil && !failing && ctx.Err() == nil {
			h.log.Error("the clocks of incidents could not be looked at in full, will try again", zap.Error(err))
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// raiseIncidents tells the last mark that each clock has reached; those before
// it need no telling any more.
func (h *house) raiseIncidents(ctx context.Context, now time.Time) error {
	list, err := incident.List(disk.Files{}, h.cfg.Data)
	errs := []error{err}
	if err != nil {
		errs = append(errs, h.raise(ctx, alert.IncidentUnreadOf(nodeName(), now.In(policy.Shanghai).Format(time.DateOnly))))
	}
	for _, i := range list {
		if i.Closed() != nil {
			continue
		}
		for _, c := range i.States(now) {
			mark := c.Mark()
			if mark == "" {
				continue
			}
			m := alert.IncidentMark{Incident: i.ID, Clock: c.ID, Mark: string(mark), Minutes: c.Minutes, Due: c.Due, Left: c.Left}
			var covers []string
			for _, before := range incident.Marks(mark) {
				if b := m; before != mark {
					b.Mark = string(before)
					covers = append(covers, alert.IncidentOf(b).Sealed().ID)
				}
			}
			errs = append(errs, h.raise(ctx, alert.IncidentOf(m), covers...))
		}
	}
	return errors.Join(errs...)
}
