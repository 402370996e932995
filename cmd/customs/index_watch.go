package main

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// The index follows the log at a distance: at least indexEvery after its last
// step, and indexShare times as long as that step took. What it does not hold
// yet a reader takes from the log.
const (
	indexEvery = time.Second
	indexShare = 10
	indexRetry = time.Minute
)

// watchIndex keeps the index while the gateway runs. No flow waits for it.
func (h *house) watchIndex(ctx context.Context) {
	said := ""
	for ctx.Err() == nil {
		err := h.followLog(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		if text := err.Error(); text != said {
			said = text
			h.log.Warn("the index of the log cannot be kept; lists are read from the log, which takes longer; will try again", zap.Error(err))
		}
		if !pause(ctx, indexRetry) {
			return
		}
	}
}

func (h *house) followLog(ctx context.Context) (err error) {
	x, lock, err := openIndex(h.cfg.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close(), lock.Close()) }()
	if err := x.Check(ctx); err != nil {
		return err
	}
	if why := x.Aside(); why != "" {
		h.log.Warn("the index of the log could not be used and is made again", zap.String("why", why))
	}
	src := audit.Source{Files: disk.Files{}, Dir: h.cfg.Data}
	for {
		began := time.Now()
		p, err := x.Update(ctx, src)
		took := time.Since(began)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if p.Again != "" {
			h.log.Warn("the index of the log did not fit and was made again", zap.String("why", p.Again), zap.Uint64("entries", p.Entries))
		}
		select {
		case <-h.audit.Grown(p.Last):
		case <-ctx.Done():
			return nil
		}
		if !pause(ctx, max(indexEvery, indexShare*took)) {
			return nil
		}
	}
}

// pause waits, and reports whether the time passed.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
