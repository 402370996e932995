package main

import (
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

// watchFilings writes every change of the register to the log, also those
// that a command made while nothing ran. The last change that is in the log
// stands in a file; a stop in between writes a change twice, never not at all.
func (h *house) watchFilings(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	failing := false
	for {
		err := h.recordFilings(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			h.log.Error("changes of the register could not be recorded, will try again", zap.Error(err))
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
	temp := path + ".new"
	if err := os.WriteFile(temp, []byte(strconv.FormatInt(last, 10)+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// readSeq reads a number that watchFilings wrote; none is 0.
func readSeq(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
