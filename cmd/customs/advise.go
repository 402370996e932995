package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
)

func newAdviseCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "advise",
		Short: "Which pathway each exporter needs, now and by the year's end, with draft filings",
		Long: `advise reads what was observed and counted, asks the policy which pathway that
needs now and, at this rate, by 31 December, and says whether a filing that is
held suffices, what was refused and what would let it pass. For each recipient
and purpose that nothing covers it drafts what would have to be filed: items,
recipient, scale and link table; what only people can know is marked for them to
fill in. A draft approves nothing and covers nothing.

The formats are text, json (dc.advice/1), md (the advice with the annex of each
draft), and xlsx and filings, which hold the drafts alone as a workbook or as
JSON, for "customs filing import". --out DIR/ writes all of them. Drafts keep
their ids: importing later advice makes a new revision of the same draft, so
give one that was worked on an id of its own.

T is a day like 2026-03-01 in Beijing time; without --since the last 365 days
are read. The log is read beside a running gateway and nothing is changed.`,
		Args: cobra.NoArgs,
		RunE: runAdvise,
	}
	addPlaceFlags(cmd)
	cmd.Flags().String("exporter", "", "only this unified social credit code")
	cmd.Flags().String("since", "", "first day T that is looked at (default: 365 days ago)")
	cmd.Flags().String("format", "text", "text, json, md, xlsx or filings")
	cmd.Flags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.Flags().String("out", "", "file to write, or directory for all formats (default: standard output)")
	cmd.Flags().Bool("force", false, "overwrite what is there")
	return cmd
}

// adviceForms are the formats of advise with the endings of their files.
var adviceForms = map[string]string{"text": ".txt", "json": ".json", "md": ".md", "xlsx": ".xlsx", "filings": ".json"}

func runAdvise(cmd *cobra.Command, _ []string) error {
	format, _ := cmd.Flags().GetString("format")
	if adviceForms[format] == "" {
		return exitError{Code: 2, Err: errors.New("--format must be text, json, md, xlsx or filings")}
	}
	ask, err := wantAdvice(cmd, time.Now())
	if err != nil {
		return err
	}
	got, err := ask.traffic(cmd)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("advise: %w", err)}
	}
	defer func() { _ = got.close() }() // only read
	advice, err := advise.Advise(cmd.Context(), got.src, got.traffic)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("advise: %w", err)}
	}
	got.checkDrafts(cmd.Context(), advice)
	if err := writeAdvice(cmd, format, ask.lang, advice); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("advise: %w", err)}
	}
	return nil
}

// adviceAsk is what the flags of advise and report ask for.
type adviceAsk struct {
	exporter string
	since    time.Time
	now      time.Time
	lang     string
}

func wantAdvice(cmd *cobra.Command, now time.Time) (a adviceAsk, err error) {
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return a, err
	}
	a.lang = policy.English
	if wantChinese(lang) {
		a.lang = policy.Chinese
	}
	a.exporter, _ = cmd.Flags().GetString("exporter")
	if a.exporter != "" && !check.USCCString(a.exporter) {
		return a, exitError{Code: 2, Err: errors.New("--exporter fails the GB 32100 check: copy the 18 characters from the business licence")}
	}
	a.now = now
	y, m, d := now.In(policy.Shanghai).Date()
	a.since = time.Date(y, m, d-365, 0, 0, 0, 0, policy.Shanghai)
	if text, _ := cmd.Flags().GetString("since"); text != "" {
		if a.since, _, err = readInstant(text); err != nil {
			return a, exitError{Code: 2, Err: fmt.Errorf("--since: %w", err)}
		}
		if a.since.After(now) {
			return a, exitError{Code: 2, Err: errors.New("--since lies in the future")}
		}
	}
	return a, nil
}
