package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// againWithin is how long after a run that was interrupted another goes on with
// its act. Later the act is recorded once more, which is true as well.
const againWithin = 7 * 24 * time.Hour

// keyAct is what is recorded of a change of keys.
func keyAct(cmd *cobra.Command, act, object string) policy.Admin {
	by, _ := cmd.Flags().GetString("by")
	reason, _ := cmd.Flags().GetString("reason")
	sum := sha256.Sum256([]byte(object))
	return policy.Admin{Act: act, Actor: by, Object: object, Digest: hex.EncodeToString(sum[:]), Note: reason}
}

// recorded reports whether the log holds an act on an object, which is not older
// than a time. It reads only the segments that have entries since.
func recorded(cmd *cobra.Command, cfg *config.Config, act policy.Admin, since time.Time) (bool, error) {
	s := audit.Source{Files: disk.Files{}, Dir: cfg.Data}
	segments, err := audit.Segments(cmd.Context(), s)
	if errors.Is(err, audit.ErrNoLog) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	from := uint64(0)
	for i, seg := range segments {
		// The next one begins when this one has ended.
		if i+1 < len(segments) && segments[i+1].From.Before(since) || seg.State == audit.Gone {
			continue
		}
		from = seg.First
		break
	}
	if from == 0 {
		return false, nil
	}
	found := false
	_, err = audit.ReadFrom(cmd.Context(), s, from, func(i audit.Item) error {
		e, err := i.Entry()
		found = found || err == nil && e.Admin != nil && e.Admin.Act == act.Act && e.Admin.Object == act.Object && !e.Time.Before(since)
		return err
	})
	return found, err
}

// recordOnce records an act unless a run that was interrupted did.
func recordOnce(cmd *cobra.Command, cfg *config.Config, act policy.Admin) error {
	done, err := recorded(cmd, cfg, act, time.Now().Add(-againWithin))
	if err != nil || done {
		return err
	}
	_, err = recordAct(cmd, act)
	return err
}

// checkAct refuses what a person wrote before anything is done.
func (p keysPlace) checkAct(act policy.Admin) error {
	in, err := noteScanner(p.cfg)
	if err != nil {
		return err
	}
	for _, text := range []string{act.Actor, act.Note} {
		if err := noteFault(in, text, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// recordStopped records an act while no gateway runs. It is for changes of the
// keys that orders are sealed under, or that only a stopped gateway allows;
// everything else goes by recordAct.
func (p keysPlace) recordStopped(cmd *cobra.Command, act policy.Admin) (err error) {
	if err := p.checkAct(act); err != nil {
		return err
	}
	if err := checkManifest(p.cfg.Data); err != nil {
		return err
	}
	keys, err := openKeys(p.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	log, err := openLog(p.cfg, keys)
	if errors.Is(err, policy.ErrLocked) {
		return errors.New(p.in.say("the gateway runs: stop it first; nothing was changed", "网关正在运行：请先停止；未作任何更改"))
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	_, err = log.Append(context.WithoutCancel(cmd.Context()), policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindAdmin, Node: nodeName(), Time: time.Now(), Admin: &act})
	return err
}
