package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/evidence"
)

const (
	evidenceWait  = 2 * time.Second // how long the answer to a refused flow waits for its evidence
	evidenceSweep = 24 * time.Hour
)

// openEvidence opens the store of evidence where one is configured, and removes
// what a stop left without an entry. Without auditors nothing is kept, and what
// was kept before is removed when its time comes.
func (h *house) openEvidence(ctx context.Context) error {
	e := h.cfg.Evidence
	if _, err := os.Stat(evidence.Dir(h.cfg.Data)); err != nil && len(e.Auditors) == 0 {
		return nil
	}
	o := evidence.Options{Dir: h.cfg.Data, Files: disk.Files{}, Now: time.Now, Last: h.audit.Last, Samples: e.Samples, Context: e.Context,
		Record: int64(e.PerRecord), Total: int64(e.Total), Keep: e.Keep.Duration(), Read: h.readBodyAgain, Wait: evidenceWait, Held: h.evidenceHeld}
	for _, a := range e.Auditors {
		o.Auditors = append(o.Auditors, evidence.Auditor{Name: a.Name, Key: a.Key})
	}
	for _, text := range e.For {
		var a policy.Action
		if err := a.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("evidence.for: %w", err)
		}
		o.For = append(o.For, a)
	}
	var err error
	if h.evidence, err = evidence.Open(o); err != nil {
		return err
	}
	return h.sweepEvidence(ctx, true)
}

// sealer returns the store as the gateway takes it.
func (h *house) sealer() policy.Sealer {
	if h.evidence == nil || len(h.cfg.Evidence.For) == 0 {
		return nil
	}
	return h.evidence
}

// readBodyAgain reads a body as the gateway's scan did and shows its text part by
// part. Nobody is told apart in it: the findings are known.
func (h *house) readBodyAgain(ctx context.Context, m inspect.Meta, body io.ReaderAt, size int64, see func(path []string, text []byte) bool) error {
	more := true
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize), Catalogue: h.catalogue, MaxFindings: 1,
		Limits: decode.Limits{Time: evidenceWait.Nanoseconds(), Pace: 1},
		Watch:  func(path []string, text []byte) { more = more && see(path, text) }})
	if err != nil {
		return err
	}
	s, err := e.Open(m, body)
	if err != nil {
		return err
	}
	buf := make([]byte, 32<<10)
	defer clear(buf)
	for off := int64(0); err == nil && more && off < size && ctx.Err() == nil; {
		var n int
		n, err = body.ReadAt(buf[:min(int64(len(buf)), size-off)], off)
		if n > 0 {
			off += int64(n)
			_, err = s.Write(buf[:n])
		}
	}
	_, cerr := s.Close() // containers are read here
	if err == nil {
		err = cerr
	}
	return err
}

// sweepEvidence removes evidence whose time is over or that no entry names.
func (h *house) sweepEvidence(ctx context.Context, start bool) error {
	source := audit.Source{Files: disk.Files{}, Dir: h.cfg.Data}
	swept, err := h.evidence.Sweep(ctx, start, func(ctx context.Context, seq uint64, fn func(string)) error {
		return evidenceNamed(ctx, source, seq, func(e policy.Entry) error {
			fn(e.Flow)
			return nil
		})
	})
	if swept != (evidence.Swept{}) {
		h.log.Info("evidence was removed", zap.Int("time_over", swept.Old), zap.Int("without_entry", swept.Orphans), zap.Int("approvals", swept.Expired))
	}
	return err
}

// evidenceHeld reads the legal holds: one about an exporter keeps the evidence
// of all of its time.
func (h *house) evidenceHeld(ctx context.Context) (func(at time.Time) bool, error) {
	r := lookIndex(audit.Source{Files: disk.Files{}, Dir: h.cfg.Data})
	defer r.Close()
	list, err := readHolds(ctx, r)
	return func(at time.Time) bool {
		return slices.ContainsFunc(list, func(h hold) bool { return h.open() && h.covers(at, "") })
	}, err
}

// evidenceNamed calls fn for each entry from seq on that names evidence.
func evidenceNamed(ctx context.Context, s audit.Source, seq uint64, fn func(policy.Entry) error) error {
	_, err := audit.ReadFrom(ctx, s, seq, func(i audit.Item) error {
		e, err := i.Entry()
		if err != nil || e.Intent == nil || e.Intent.Evidence == nil || e.Intent.Evidence.Digest == "" {
			return err
		}
		return fn(e)
	})
	return err
}

// watchEvidence sweeps once a day until ctx ends.
func (h *house) watchEvidence(ctx context.Context) {
	if h.evidence == nil {
		return
	}
	tick := time.NewTicker(evidenceSweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := h.sweepEvidence(ctx, false); err != nil && ctx.Err() == nil {
			h.log.Error("evidence could not be looked through, will try again tomorrow", zap.Error(err))
		}
	}
}

// raiseEvidence tells once a day that evidence of refused flows is not kept.
func (h *house) raiseEvidence(ctx context.Context, now time.Time) error {
	if h.evidence == nil || h.evidence.Ready(ctx) == nil {
		return nil
	}
	return h.raise(ctx, alert.EvidenceOf(nodeName(), now.In(policy.Shanghai).Format(time.DateOnly)))
}
