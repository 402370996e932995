package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
	"github.com/datacustoms/customs/policy/registry"
)

func newReportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Reports from the log: filings against traffic",
		Args:  cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newDeclaredObservedCmd())
	return cmd
}

func newDeclaredObservedCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "declared-observed",
		Short: "Compare each filing with traffic: what was observed and not declared, and the other way round",
		Long: `declared-observed sets each filing against the traffic that was decided by it or
went to its recipients, and names each recipient, country, category, link,
purpose and volume that stands on one side only, and governed traffic that no
filing knows. The newest revision of each filing is compared; drafts only with
--filing. Persons are added up transfer by transfer and are upper bounds, the
volumes are those of the ledger. Without --since the last 365 days are read.

Exit 1 when traffic went beyond what is declared or was refused for it, 0 when
there is nothing of the kind, 2 when it could not be told.`,
		Args: cobra.NoArgs,
		RunE: runDeclaredObserved,
	}
	cmd.Flags().String("filing", "", "only this filing")
	cmd.Flags().String("exporter", "", "only this unified social credit code")
	cmd.Flags().String("since", "", "first day that is looked at (default: 365 days ago)")
	cmd.Flags().String("format", "text", "text, json or md")
	cmd.Flags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.Flags().String("out", "", "file to write (default: standard output)")
	cmd.Flags().Bool("force", false, "overwrite what is there")
	return cmd
}

func runDeclaredObserved(cmd *cobra.Command, _ []string) error {
	format, _ := cmd.Flags().GetString("format")
	if !slices.Contains([]string{"text", "json", "md"}, format) {
		return exitError{Code: 2, Err: errors.New("--format must be text, json or md")}
	}
	ask, err := wantAdvice(cmd, time.Now())
	if err != nil {
		return err
	}
	got, err := ask.traffic(cmd)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("report: %w", err)}
	}
	defer func() { _ = got.close() }() // only read
	id, _ := cmd.Flags().GetString("filing")
	if id != "" && !slices.ContainsFunc(got.src.Filings, func(f policy.Filing) bool { return f.ID == id }) {
		return exitError{Code: 2, Err: fmt.Errorf("report: %s is not registered; see %s", registry.Named(id), again(cmd, "customs filing list"))}
	}
	report, err := advise.Compare(cmd.Context(), got.src, got.traffic, id)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("report: %w", err)}
	}
	if err := writeReport(cmd, format, ask.lang, report); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("report: %w", err)}
	}
	if report.Beyond {
		return exitError{Code: 1}
	}
	return nil
}

func writeReport(cmd *cobra.Command, format, lang string, r *advise.Compared) error {
	write := func(w io.Writer) error {
		switch format {
		case "json":
			return writeIndented(w, r)
		case "md":
			return r.WriteMarkdown(w, lang)
		}
		return r.WriteText(w, lang)
	}
	if out, _ := cmd.Flags().GetString("out"); out != "" && out != "-" {
		return exportFile(cmd, out, write)
	}
	return write(cmd.OutOrStdout())
}
