package main

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/ledger"
)

func newLedgerExportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write every count of every year, by legal basis, as JSON or CSV",
		Long: `export writes every scope that the ledger has: the years of exporters and groups,
and filings by year and over their validity (no year). In CSV the line of a scope
has no basis, and below it stands a line for each legal basis; a person that went
out under two bases is in both. It works beside a running gateway.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, _ := cmd.Flags().GetString("format")
			if format != "json" && format != "csv" {
				return exitError{Code: 2, Err: errors.New("--format must be json (one object a line) or csv")}
			}
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			view, err := loadLedger(dir)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			write := exportJSON
			if format == "csv" {
				write = exportCSV
			}
			if err := write(cmd.OutOrStdout(), view.Totals()); err != nil {
				return exitError{Code: 2, Err: err}
			}
			return nil
		},
	}
	cmd.Flags().String("format", "json", "json (one object a line) or csv")
	return cmd
}

func exportJSON(w io.Writer, totals []ledger.Total) error {
	for _, t := range totals {
		if err := writeJSON(w, t); err != nil {
			return err
		}
	}
	return nil
}

var exportHead = []string{"exporter", "members", "filing", "year", "basis", "ns", "sp", "any", "opening", "pending", "sealed"}

func exportCSV(w io.Writer, totals []ledger.Total) error {
	out := csv.NewWriter(w)
	if err := out.Write(exportHead); err != nil {
		return err
	}
	for _, t := range totals {
		year := ""
		if t.Year != 0 {
			year = strconv.Itoa(t.Year)
		}
		row := func(basis string, ns, sp, either int64, more ...string) error {
			return out.Write(append([]string{t.Entity, strings.Join(t.Members, " "), t.Filing, year, basis, number(ns), number(sp), number(either)}, more...))
		}
		if err := row("", t.NS, t.SP, t.Any, number(t.Opening), strconv.Itoa(t.Pending), strconv.FormatBool(t.Sealed)); err != nil {
			return err
		}
		for _, b := range t.Bases {
			if err := row(b.Basis, b.NS, b.SP, b.Any, "", "", ""); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
