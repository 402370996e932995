package main

import (
	"context"
	"crypto/x509"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
	cosign "github.com/datacustoms/customs/policy/witness"
)

const (
	witnessEvery = 2 * time.Second // how often the state of the witnesses is looked at
	witnessLast  = 3 * time.Second // for the checkpoint that closing the log makes
)

// logWatch is what the gateway does about its own log: it has checkpoints
// cosigned, and tells what the log could not do in the background.
type logWatch struct {
	pusher *cosign.Pusher // nil without witnesses

	mu     sync.Mutex
	faults map[string]error // of the log's background work, by what it was
	told   map[string]cosign.Refusal
}

// openAudit opens the log. What its background work says is kept for
// watchLog, since nobody is there to tell yet.
func (h *house) openAudit() (err error) {
	h.watch = &logWatch{faults: map[string]error{}, told: map[string]cosign.Refusal{}}
	if h.watch.pusher, err = newPusher(h.cfg, h.roots); err != nil {
		return err
	}
	o := logOptions(h.cfg, h.keys)
	o.Failed = h.watch.failed
	if p := h.watch.pusher; p != nil {
		o.Published = p.Offer
	}
	if h.audit, err = audit.Open(o); err != nil {
		return err
	}
	if h.watch.pusher != nil {
		h.closers = append(h.closers, h.lastCosignature) // runs when the log is closed
	}
	h.closers = append(h.closers, h.audit.Close)
	return nil
}

func (w *logWatch) failed(what string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[what] = err
}

// newPusher asks the witnesses that a configuration names; nil for none.
func newPusher(cfg *config.Config, roots *x509.CertPool) (*cosign.Pusher, error) {
	var clients []*cosign.Client
	for _, w := range cfg.Audit.Witnesses {
		key, err := tree.ParseCosigner(w.Key)
		if err != nil {
			return nil, err
		}
		clients = append(clients, cosign.NewClient(cosign.ClientOptions{URL: w.URL, Key: key, Roots: roots}))
	}
	if len(clients) == 0 {
		return nil, nil
	}
	return cosign.NewPusher(cosign.PushOptions{Dir: filepath.Join(cfg.Data, audit.Sub), Files: disk.Files{}, Now: time.Now,
		Witnesses: clients, Refresh: cfg.Audit.WitnessAlarm / 4}), nil
}

// lastCosignature asks once more when the log has signed its last checkpoint.
// What is not had then is asked for at the next start.
func (h *house) lastCosignature() error {
	ctx, cancel := context.WithTimeout(context.Background(), witnessLast)
	defer cancel()
	h.watch.pusher.Round(ctx)
	h.watch.pusher.Close()
	return nil
}

// watchLog has checkpoints cosigned until ctx ends, and tells what goes wrong
// with them and with the log's work in the background.
func (h *house) watchLog(ctx context.Context) {
	var pushing sync.WaitGroup
	defer pushing.Wait()
	if p := h.watch.pusher; p != nil {
		pushing.Go(func() { p.Run(ctx) })
	}
	tick := time.NewTicker(witnessEvery)
	defer tick.Stop()
	failing := false
	for {
		err := errors.Join(h.tellFaults(ctx), h.tellWitnesses(ctx, time.Now()))
		if err != nil && !failing && ctx.Err() == nil {
			h.log.Error("the state of the log could not be told in full, will try again", zap.Error(err))
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tellFaults tells of work of the log that failed since the last look. The log
// tries it again by itself.
func (h *house) tellFaults(ctx context.Context) error {
	w := h.watch
	w.mu.Lock()
	faults := w.faults
	w.faults = map[string]error{}
	w.mu.Unlock()
	var errs []error
	for what, fault := range faults {
		h.log.Error("the audit log could not do its background work, will try again", zap.String("what", what), zap.Error(fault))
		errs = append(errs, h.raise(ctx, alert.BehindOf(what, nodeName(), time.Now().In(policy.Shanghai).Format(time.DateOnly))))
	}
	return errors.Join(errs...)
}

// tellWitnesses tells of witnesses that refuse, or have been silent for long.
func (h *house) tellWitnesses(ctx context.Context, now time.Time) error {
	if h.watch.pusher == nil || !h.watch.pusher.Offered() {
		return nil
	}
	states, err := h.watch.pusher.States()
	errs := []error{err}
	day := now.In(policy.Shanghai).Format(time.DateOnly)
	for _, s := range states {
		if was := h.watch.told[s.Name]; was != s.Refused {
			h.watch.told[s.Name] = s.Refused
			h.sayWitness(s)
		}
		if s.Refused != "" {
			errs = append(errs, h.raise(ctx, alert.WitnessRefusedOf(s.Name, string(s.Refused), day, s.Asked)))
		}
		since := s.Last
		if since.IsZero() {
			since = s.Since
		}
		if silent := now.Sub(since); silent >= h.cfg.Audit.WitnessAlarm {
			errs = append(errs, h.raise(ctx, alert.WitnessSilentOf(s.Name, day, silent)))
		}
	}
	return errors.Join(errs...)
}

// sayWitness logs that a witness began or ceased to refuse.
func (h *house) sayWitness(s cosign.State) {
	name := zap.String("witness", s.Name)
	switch s.Refused {
	case "":
		h.log.Info("the witness cosigns again", name, zap.Int64("entries", s.Size))
	case cosign.Fork, cosign.Rollback:
		h.log.Error("WITNESS REFUSES the audit log: "+s.Fault, name, zap.String("refusal", string(s.Refused)),
			zap.String("mend", "secure the data directory, and compare with customs audit verify --witness"))
	default:
		h.log.Warn(s.Fault, name, zap.String("refusal", string(s.Refused)))
	}
}
