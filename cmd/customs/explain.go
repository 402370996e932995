package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/replay"
)

func newExplainCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain RECORD",
		Short: "Derive a decision again and say which rule, article and filing it rests on",
		Long: `explain takes a record of the audit log, by its id or "last", asks the policy of its day again under
the rule pack and the filing revisions of its day, and shows which rule decided,
on which article and which clause of a filing it rests, the counters, and what
would make the transfer pass. The recorded verdict is not looked at until the
derived one is compared with it: exit 1 when they differ, when the record
contradicts itself, the register or what became of the flow, or when it cannot
be derived. What stands in the record's question alone, as what reviewers had
answered, is listed as taken from the record; customs audit verify tells whether
the log was changed.

With --packs, --policy or --spi it shows what the verdict would be under these,
with the persons that were counted then. With --records FILE (or - ) it takes
records as "customs audit list --format json" prints them, also without their
verdicts, and prints one JSON object a line: record, verdict, match (null when
the record has no verdict), differences.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if from, _ := cmd.Flags().GetString("records"); from != "" {
				return cobra.NoArgs(cmd, args)
			}
			return oneArg("RECORD")(cmd, args)
		},
		RunE: runExplain,
	}
	addPlaceFlags(cmd)
	addWhatFlags(cmd)
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().String("lang", "", "language of the text, en or zh (default: that of the environment)")
	cmd.Flags().String("records", "", "file of records, one JSON object a line, or -")
	return cmd
}

func runExplain(cmd *cobra.Command, args []string) error {
	format, err := wantFormat(cmd)
	if err != nil {
		return err
	}
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return err
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
		return exitError{Code: 2, Err: fmt.Errorf("explain: %w", err)}
	}
	x := &explaining{cmd: cmd, src: src, what: what}
	if from, _ := cmd.Flags().GetString("records"); from != "" {
		err = x.records(from)
	} else {
		err = x.one(audit.Source{Files: disk.Files{}, Dir: cfg.Data}, args[0], format, wantChinese(lang))
	}
	return errors.Join(err, src.close())
}

// explaining is one run of explain.
type explaining struct {
	cmd  *cobra.Command
	src  *sources
	what replay.What
}

// one explains a record of the log.
func (x *explaining) one(s audit.Source, id, format string, chinese bool) error {
	r, entries, err := audit.Find(x.cmd.Context(), s, id)
	if errors.Is(err, audit.ErrNoRecord) {
		return exitError{Code: 1, Err: fmt.Errorf("explain: %w; see %s", err, again(x.cmd, "customs audit list"))}
	}
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("explain: %w", readFault(s, err))}
	}
	if r.ID == "" {
		return exitError{Code: 1, Err: fmt.Errorf("explain: entry %d is an act of an operator and no flow", entries[0].Seq)}
	}
	d, err := replay.Derive(x.cmd.Context(), r, x.src, x.what)
	if err != nil {
		return exitError{Code: 1, Err: fmt.Errorf("explain: record %s cannot be derived: %w", r.ID, err)}
	}
	e, err := replay.Explain(r, d, x.src)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("explain: %w", err)}
	}
	out := explained{Explanation: e, Recorded: r.Intent.Decided, Enforced: r.Intent.Enforced,
		Changed: replay.Compare(r.Intent.Decided, d.Verdict, x.what.None() && d.Stopped == "")}
	if x.what.None() && !d.Undecided {
		out.Differences = append(out.Differences, replay.CheckOutcome(r, d.Verdict, true)...)
	}
	out.Match = len(out.Changed) == 0 && len(d.Unknown) == 0 && len(out.Differences) == 0
	if article := listArticle(&e); article != "" {
		out.NeedArticle = article
	}
	if x.what.None() { // what became of it is of the flow as it was
		out.Ticket, out.Outcome, out.Judged, out.Groups = r.Intent.Ticket, r.Outcome, r.Intent.Judged, r.Groups
	}
	if format == "json" {
		err = writeIndented(x.cmd.OutOrStdout(), out)
	} else {
		err = printExplanation(x.cmd.OutOrStdout(), &out, chinese, !x.what.None())
	}
	if err == nil && !out.Match {
		err = exitError{Code: 1}
	}
	return err
}

// explained is an explanation beside the recorded verdict.
type explained struct {
	replay.Explanation
	Recorded policy.Verdict      `json:"recorded"`
	Enforced policy.Action       `json:"enforced"`
	Match    bool                `json:"match"`
	Changed  []replay.Difference `json:"changed,omitempty"` // between the verdicts
	Ticket   string              `json:"ticket,omitempty"`
	Outcome  *policy.Outcome     `json:"outcome,omitempty"`
	// Judged says whether it went as a whole or in parts, and Groups what of the
	// parts was let go.
	Judged string        `json:"judged,omitempty"`
	Groups *policy.Group `json:"groups,omitempty"`
}
