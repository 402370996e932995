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
	"go.uber.org/zap"
)

// watchStores notes which stores there are, and writes every change of the
// register to the log, also those that a command made while nothing ran. The last change that is in the log
// stands in a file; a stop in between writes a change twice, never not at all.
func (h *house) watchStores(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	failing := false
	for {
		err := errors.Join(h.recordFilings(ctx), noteStores(h.cfg.Data))
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

func (h *house) recordFilings(ctx context.Context) error {
	path := h.path("registry.recorded")
	last, err := readSeq(path)
	if err != nil {
		return err
	}
	changes, err := h.registry.Since(ctx, last)
	if err != nil || len(changes) == 0 {
		return err
	}
	for _, c := range changes {
		e := policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindAdmin, Node: nodeName(), Time: time.Now(),
			Admin: &policy.Admin{Act: c.Act, Object: c.Filing + "#" + strconv.Itoa(c.Revision), Digest: c.Digest}}
		if _, err := h.audit.Append(ctx, e); err != nil {
			return err
		}
		last = c.Seq
	}
	return replaceFile(path, strconv.FormatInt(last, 10)+"\n")
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
