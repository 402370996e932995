package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"go.uber.org/zap"
)

// watchEvery is how often the stores are looked at. A change of the register
// is taken up and recorded within a second.
const watchEvery = 500 * time.Millisecond

// watchStores notes which stores there are, writes every change of the
// register to the log, also those that a command made while nothing ran, takes
// up its exporters, and warns of dates once a day. The last change that is in
// the log stands in a file; a stop in between writes a change twice, never not
// at all.
func (h *house) watchStores(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	failing, day, stale := false, "", false
	for {
		changed, err := h.recordChanges(ctx)
		if stale = stale || changed; stale {
			perr := h.takeParties(ctx)
			stale = perr != nil
			err = errors.Join(err, perr)
		}
		now := time.Now().In(policy.Shanghai)
		if today := now.Format(time.DateOnly); today != day || changed {
			werr := h.warnDates(ctx, now, today != day)
			if werr == nil {
				day = today
			}
			err = errors.Join(err, werr)
		}
		err = errors.Join(err, noteStores(h.cfg.Data))
		if err != nil && !failing && ctx.Err() == nil {
			h.log.Error("state of the stores could not be recorded, will try again", zap.Error(err))
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// recordChanges writes the changes of the register since the last look to the
// log, and says whether there were any.
func (h *house) recordChanges(ctx context.Context) (changed bool, err error) {
	path := h.path("registry.recorded")
	last, err := readSeq(path)
	if err != nil {
		return false, err
	}
	changes, err := h.registry.Since(ctx, last)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	for _, c := range changes {
		if err := h.record(ctx, adminOf(c)); err != nil {
			return true, err
		}
		last = c.Seq
	}
	return true, replaceFile(path, strconv.FormatInt(last, 10)+"\n")
}

// adminOf is a change of the register as an act in the log.
func adminOf(c registry.Change) policy.Admin {
	return policy.Admin{Act: c.Act, Actor: c.Actor, Object: c.Object + "#" + strconv.Itoa(c.Revision), Digest: c.Digest, Note: c.Note}
}

// readSeq reads a number that watchStores wrote; none is 0.
func readSeq(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return 0, nil // the power went while it was written
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}

// maxWarned bounds the lines of one day's warnings.
const maxWarned = 50

// warnDates shows the dates of the register that come near, and logs each once
// a day.
func (h *house) warnDates(ctx context.Context, now time.Time, tell bool) error {
	list, err := h.registry.Warnings(ctx, now, h.law.Load().Calendar(now.Format(time.DateOnly)))
	if err != nil {
		return err
	}
	kinds := map[string]int{}
	for i, w := range list {
		kinds[string(w.What)]++
		if tell && i < maxWarned {
			h.log.Warn("a date in the register comes near", zap.String("kind", string(w.Kind)), zap.String("object", w.Object), zap.String("what", string(w.What)),
				zap.String("date", w.Date), zap.Int("working_days_left", w.Left), zap.String("mend", w.EN), zap.String("mend_zh", w.ZH))
		}
	}
	if tell && len(list) > maxWarned {
		h.log.Warn("more dates come near than are listed here", zap.Int("more", len(list)-maxWarned), zap.String("mend", "see customs filing warnings"))
	}
	h.meter.Warnings(kinds)
	return nil
}
