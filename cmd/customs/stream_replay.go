package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

func newStreamReplayCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay NAME --from TIME|ENTRY --by PERSON",
		Short: "Send again what the log holds from a time or entry on",
		Long: `replay moves the position of a stream back, so that every record that was
completed at that time or entry or later is sent again, under the same ids. It
is recorded. A running gateway takes it up within seconds, any other at its next
start. A position is never moved forward.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := wantWords(cmd)
			if err != nil {
				return err
			}
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			if _, err := streamNamed(cfg, args[0]); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream replay: %w", err)}
			}
			from, _ := cmd.Flags().GetString("from")
			reached, err := replayPoint(from)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream replay: %w", err)}
			}
			p, err := stream.Load(disk.Files{}, cfg.Data, args[0])
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream replay: %s has no position yet, or none that can be read: %w", args[0], err)}
			}
			back, err := stream.Before(cmd.Context(), audit.Source{Files: disk.Files{}, Dir: cfg.Data}, p.Scanned, reached)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream replay: %w", err)}
			}
			if back.Scanned >= p.Scanned {
				return exitError{Code: 1, Err: errors.New(in.say("stream replay: the stream has not come that far: nothing is to be sent again", "stream replay：日志流尚未到达该处，无需重发"))}
			}
			by, _ := cmd.Flags().GetString("by")
			reason, _ := cmd.Flags().GetString("reason")
			seq, err := recordAct(cmd, policy.Admin{Act: actStreamReplay, Actor: by, Object: fmt.Sprintf("%s from entry %d", args[0], back.Scanned+1), Note: reason})
			if err != nil {
				return err
			}
			if err := stream.Order(disk.Files{}, cfg.Data, args[0], back); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream replay: %w", err)}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), in.say("%s goes back from entry %d to entry %d; recorded as entry %d\n", "%s 将从第 %d 条退回到第 %d 条；已记入第 %d 条\n"),
				args[0], p.Scanned, back.Scanned, seq)
			return err
		},
	}
	cmd.Flags().String("from", "", "RFC 3339 time, date (Asia/Shanghai), or number of an entry")
	cmd.Flags().String("by", "", "who orders it")
	cmd.Flags().String("reason", "", "why, for the audit log")
	cmd.MarkFlagRequired("from")
	cmd.MarkFlagRequired("by")
	return cmd
}

// replayPoint reads --from as a test on entries: true for the first that is
// sent again.
func replayPoint(from string) (func(uint64, time.Time) bool, error) {
	if n, err := strconv.ParseUint(from, 10, 64); err == nil && n > 0 {
		return func(seq uint64, _ time.Time) bool { return seq >= n }, nil
	}
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, from, policy.Shanghai)
	}
	if err != nil {
		return nil, errors.New("--from: write a time as 2026-11-01T08:00:00+08:00, a date, or the number of an entry from 1")
	}
	return func(_ uint64, t time.Time) bool { return !t.Before(at) }, nil
}
