package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
)

// actDeeds are what is done for acts that are more than their entry in the log.
func actDeeds(k *keeper) map[string]deed {
	return map[string]deed{
		actHoldAdd:     addable(),
		actHoldRelease: releasable(func() *index.Reader { return lookIndex(audit.Source{Files: disk.Files{}, Dir: k.data}) }),
		actRetention:   k.deed(),
	}
}

// keeper deletes for the running gateway.
func (h *house) keeper() *keeper {
	return &keeper{log: h.audit, data: h.cfg.Data, now: time.Now, synced: clockSynchronised, filings: h.registry.List,
		keep:   func() time.Duration { return h.inForce.Load().Audit.Retention.Duration() },
		behind: func() (uint64, string, error) { return streamsNeed(h.inForce.Load()) }}
}

// deeds returns what a command does for acts while no gateway runs.
func (g *giver) deeds(log *audit.Log) map[string]deed {
	return actDeeds(&keeper{log: log, data: g.cfg.Data, now: time.Now, synced: clockSynchronised, filings: storedFilings(g.cfg), keep: g.cfg.Audit.Retention.Duration,
		behind: func() (uint64, string, error) { return streamsBehind(g.cfg) }})
}

// retainEvery is how often a gateway looks for what is to be deleted.
const retainEvery = 24 * time.Hour

// retainDaily deletes what is due when a day has passed, and returns when it
// looked last. It runs between orders, so that no hold comes while it deletes.
func (h *house) retainDaily(ctx context.Context, k *keeper, last time.Time) time.Time {
	now := k.now()
	if now.Sub(last) < retainEvery {
		return last
	}
	plan, err := k.run(ctx, "", "", false)
	if err != nil && ctx.Err() == nil {
		h.log.Error("what is older than the retention could not be deleted; will try again tomorrow", zap.Error(err))
	}
	for _, p := range plan {
		if p.Kept == keptClock {
			h.log.Error("nothing is deleted from the audit log: the clock is not trusted to say what is old; set it right, or compare it and run customs audit retain --clock-checked",
				zap.String("clock", p.Which))
			break
		}
	}
	for _, p := range plan {
		if p.Done {
			h.log.Info("segment of the audit log deleted: older than audit.retention", zap.Int("segment", p.Ordinal),
				zap.Uint64("first", p.First), zap.Uint64("last", p.Last))
		}
	}
	return now
}
