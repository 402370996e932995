package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/replay"
)

func newReplayCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "What a new policy, rule pack or filing would have done to past flows",
		Long: `replay asks about the flows in the audit log again, under the policy, rule packs
or filings that are given, and lists those whose verdict or grounds would be
others. It reads the log and changes nothing.

A record holds what was found and how many persons, never the content. The
counters are those of the record: nobody is counted again, so a pass that would
have become a block earlier in the year still counts in what came after it, and
a filing that was never counted is held to the persons of each flow alone.
Filings are put over those of the record; one of the same id takes its place.
What a record does not tell, as a name that was withheld, is tried both ways;
where the answer depends on it the flow is listed as undetermined and never
taken for unchanged, and so is a record that contradicts itself or the register.

T is a day like 2026-03-01 in Beijing time, or an instant like
2026-03-01T08:00:00+08:00; --until is the last day, or the instant, that counts.
Exit 0 when the list is complete, 2 when it could not be made.`,
		Args: cobra.NoArgs,
		RunE: runReplay,
	}
	addPlaceFlags(cmd)
	addWhatFlags(cmd)
	cmd.Flags().String("since", "", "first day or instant (needed)")
	cmd.Flags().String("until", "", "last day or instant (default: now)")
	cmd.Flags().StringArray("filings", nil, "file, or directory of *.json files, with filings to put over those of the records")
	cmd.Flags().String("format", "text", "text or json (one object a line, the summary last)")
	cmd.Flags().String("lang", "", "language of the text, en or zh (default: that of the environment)")
	return cmd
}

func runReplay(cmd *cobra.Command, _ []string) error {
	format, err := wantFormat(cmd)
	if err != nil {
		return err
	}
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return err
	}
	span, err := readSpan(cmd)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	cfg, err := loadPlace(cmd)
	if err != nil {
		return err
	}
	what, err := readWhat(cmd, cfg)
	if err != nil {
		return err
	}
	src, err := openSources(cmd.Context(), cfg)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("replay: %w", err)}
	}
	defer func() { _ = src.close() }() // only read
	names, _ := cmd.Flags().GetStringArray("filings")
	if what.Filings, err = src.otherFilings(names); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("--filings: %w", err)}
	}
	if what.None() {
		return exitError{Code: 2, Err: errors.New("replay: name what to ask under: --policy, --packs, --spi or --filings")}
	}
	log := audit.Source{Files: disk.Files{}, Dir: cfg.Data}
	out := newReplayOutput(cmd.OutOrStdout(), format, wantChinese(lang))
	bar := replayProgress(cmd.ErrOrStderr())
	err = audit.Records(cmd.Context(), log, func(r policy.Record) error {
		bar.step()
		if !span.holds(r.Time) {
			return nil
		}
		return out.put(replayed(cmd.Context(), r, src, what))
	})
	bar.close()
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("replay: %w", readFault(log, errors.Join(err, out.cut())))}
	}
	if err := out.close(); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("replay: %w", err)}
	}
	return nil
}

// span is a stretch of time; until is the first instant after it.
type span struct{ since, until time.Time }

func (s span) holds(t time.Time) bool {
	return !t.Before(s.since) && (s.until.IsZero() || t.Before(s.until))
}

func readSpan(cmd *cobra.Command) (span, error) {
	since, _ := cmd.Flags().GetString("since")
	until, _ := cmd.Flags().GetString("until")
	var s span
	var err error
	if since == "" {
		return s, errors.New("replay: --since is missing; give a day like 2026-03-01")
	}
	if s.since, _, err = readInstant(since); err != nil {
		return s, fmt.Errorf("--since: %w", err)
	}
	if until == "" {
		return s, nil
	}
	at, whole, err := readInstant(until)
	if err != nil {
		return s, fmt.Errorf("--until: %w", err)
	}
	if s.until = at.Add(1); whole {
		s.until = at.AddDate(0, 0, 1)
	}
	if !s.since.Before(s.until) {
		return s, errors.New("--until lies before --since")
	}
	return s, nil
}

// readInstant reads a day or an instant and says which of them it was.
func readInstant(text string) (t time.Time, whole bool, err error) {
	if t, err = time.ParseInLocation(time.DateOnly, text, policy.Shanghai); err == nil {
		return t, true, nil
	}
	if t, err = time.Parse(time.RFC3339, text); err == nil {
		return t, false, nil
	}
	return t, false, errors.New("is no time; write a day like 2026-03-01 or an instant like 2026-03-01T08:00:00+08:00")
}

// replayed asks about one record again.
func replayed(ctx context.Context, r policy.Record, src replay.Sources, w replay.What) replayLine {
	old := r.Intent.Decided
	line := replayLine{Record: r.ID, Time: r.Time, Exporter: r.Intent.Exporter, Recipient: r.Intent.Recipient, Host: r.Intent.Host,
		Persons: r.Intent.Persons.Total, Old: outcomeOf(&old)}
	d, err := replay.Derive(ctx, r, src, w)
	faults := append(d.Differences, replay.CheckOutcome(r, old, true)...)
	switch {
	case err != nil:
		line.Change, line.Error = undetermined, err.Error()
	case len(faults) > 0:
		line.Change, line.Error = undetermined, "the record is contradicted: "+faults[0].Name
	case d.Stopped != "" || d.Undecided:
		line.Change = notAsked
	case len(d.Unknown) > 0:
		line.Change, line.Unknown = undetermined, d.Unknown
	default:
		now := outcomeOf(&d.Verdict)
		line.New, line.Assumed = &now, d.Assumed
		line.Change = changeOf(&old, &d.Verdict)
	}
	return line
}
