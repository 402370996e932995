package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerRebuildCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Count everybody again from the journal, and compare with the counters and the audit log",
		Long: `rebuild replays the whole journal of the ledger, compares every counter with the
one in force, and every reservation with the audit log: its flow, its commitment
to the persons, and how it ended. Without --write it changes nothing and works
beside a running gateway. With --write it puts the counters of the journal in
force; the gateway must be stopped, and the base before is kept as .bad.

Exit status: 0 everything agrees, 1 something differs, 2 it could not be done.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			report, err := rebuildLedger(cmd, dir)
			if err != nil {
				return exitError{Code: 2, Err: rebuildFault(err, words(chinese))}
			}
			if err := printRebuild(cmd.OutOrStdout(), report, format, words(chinese)); err != nil {
				return exitError{Code: 2, Err: err}
			}
			if !report.Same() {
				return exitError{Code: 1}
			}
			return nil
		},
	}
	cmd.Flags().Bool("write", false, "put the counters of the journal in force; the gateway must be stopped")
	cmd.Flags().String("format", "text", "text or json (one object a line, the summary last)")
	return cmd
}

func rebuildLedger(cmd *cobra.Command, dir string) (*ledger.RebuildReport, error) {
	if err := errors.Join(checkManifest(dir), ledgerThere(dir)); err != nil {
		return nil, err
	}
	o := ledger.RebuildOptions{Dir: dir, Files: disk.Files{}}
	o.Write, _ = cmd.Flags().GetBool("write")
	source := audit.Source{Files: disk.Files{}, Dir: dir}
	o.Intents = func(yield func(ledger.Intent, error) bool) { intentsOf(cmd.Context(), source, yield) }
	var bar io.WriteCloser
	at := int64(0)
	o.Progress = func(done, total int64) {
		if bar == nil {
			bar = scanProgress(cmd.ErrOrStderr(), total)
		}
		// What is shown is how far it is; the bytes themselves are elsewhere.
		for step := make([]byte, 32<<10); at < done; {
			n, err := bar.Write(step[:min(int64(len(step)), done-at)])
			if at += int64(n); err != nil || n == 0 {
				return
			}
		}
	}
	report, err := ledger.Rebuild(cmd.Context(), o)
	if bar != nil {
		err = errors.Join(err, bar.Close())
	}
	return report, err
}

func rebuildFault(err error, in words) error {
	if errors.Is(err, policy.ErrLocked) {
		return fmt.Errorf(in.say("ledger rebuild --write: a gateway uses the ledger: stop it first, or leave --write out to compare only (%w)",
			"ledger rebuild --write：网关正在使用台账：请先停止网关，或去掉 --write 仅作比对（%w）"), err)
	}
	return err // it says what it was
}

// errEnough ends the reading of a log whose reader wants no more.
var errEnough = errors.New("enough")

// intentsOf reads the reservations of a log as it goes, and holds back only
// those in doubt, on which an operator may have had a word later.
func intentsOf(ctx context.Context, s audit.Source, yield func(ledger.Intent, error) bool) {
	f := &intentFold{open: map[string][]ledger.Intent{}, settled: map[string]policy.Sent{}, yield: yield}
	err := audit.Read(ctx, s, f.entry)
	if err == nil {
		err = f.rest()
	}
	if err != nil && !errors.Is(err, errEnough) {
		yield(ledger.Intent{}, readFault(s, err))
	}
}

type intentFold struct {
	open    map[string][]ledger.Intent // by flow
	doubt   []ledger.Intent
	settled map[string]policy.Sent // by reservation
	yield   func(ledger.Intent, error) bool
}

func (f *intentFold) put(all []ledger.Intent) error {
	for _, in := range all {
		if !f.yield(in, nil) {
			return errEnough
		}
	}
	return nil
}

func (f *intentFold) entry(e policy.Entry) error {
	switch {
	case e.Admin != nil && e.Admin.Act == actSettle:
		f.settled[e.Admin.Object] = settledBy(e.Admin.Note)
	case e.Intent != nil && !e.Intent.Enforced.Releases():
		all := claimed(nil, &e)
		for i := range all {
			all[i].Sent = policy.SentNone
		}
		return f.put(all)
	case e.Intent != nil, e.Group != nil:
		f.open[e.Flow] = claimed(f.open[e.Flow], &e)
	case e.Outcome != nil:
		all := f.open[e.Flow]
		delete(f.open, e.Flow)
		// Of a flow in parts that ended so, the last group may have been taken
		// for one that is not in the log: nothing of it left then.
		if late := e.Outcome.Late; late != nil && late.Stopped == policy.RecorderUnavail && len(all) > 0 {
			all[len(all)-1].Unsure = true
		}
		all = claimed(all, &e)
		for i := range all {
			all[i].Sent, all[i].InDoubt = e.Outcome.Sent, e.Outcome.InDoubt
		}
		if e.Outcome.InDoubt || e.Outcome.Sent == policy.SentUnknown {
			f.doubt = append(f.doubt, all...)
			return nil
		}
		return f.put(all)
	}
	return nil
}

// claimed adds the reservations that an entry names.
func claimed(all []ledger.Intent, e *policy.Entry) []ledger.Intent {
	for _, r := range e.Claims() {
		if !slices.ContainsFunc(all, func(in ledger.Intent) bool { return in.ID == r.ID }) {
			all = append(all, ledger.Intent{Flow: e.Flow, ID: r.ID, Commitment: r.Commitment})
		}
	}
	return all
}

func (f *intentFold) rest() error {
	rest := f.doubt
	for _, all := range f.open {
		rest = append(rest, all...)
	}
	for i := range rest {
		rest[i].Settled = f.settled[rest[i].ID]
	}
	return f.put(rest)
}
