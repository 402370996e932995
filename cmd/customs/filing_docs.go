package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// listKind prints the newest revision of every document of a kind.
func listKind(cmd *cobra.Command, r *registry.Registry, kind registry.Kind, format string) error {
	ctx, w := cmd.Context(), cmd.OutOrStdout()
	var err error
	switch kind {
	case registry.KindExporter:
		var all []registry.ExporterDoc
		if all, err = r.Exporters(ctx); err == nil {
			err = printList(w, format, all, "EXPORTER\tREV\tSTATUS\tCIIO\tZONE\tCITY\tCLIENTS\tNAME", func(d registry.ExporterDoc) []any {
				return []any{d.USCC, d.Revision, d.Status, cmp.Or(string(d.CIIO), "unknown"), cmp.Or(d.Zone, "-"), cmp.Or(d.City, "-"), cmp.Or(strings.Join(d.Clients, ","), "-"), d.Name}
			})
		}
	case registry.KindRecipient:
		var all []registry.RecipientDoc
		if all, err = r.Recipients(ctx); err == nil {
			err = printList(w, format, all, "RECIPIENT\tREV\tSTATUS\tCOUNTRY\tROLE\tNAME", func(d registry.RecipientDoc) []any {
				return []any{d.ID, d.Revision, d.Status, d.Country, cmp.Or(d.Role, "-"), d.Name}
			})
		}
	case registry.KindException:
		return listExceptions(cmd, r, format)
	default:
		var all []policy.Filing
		if all, err = r.List(ctx); err == nil {
			err = printFilings(w, format, all)
		}
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	return nil
}

func listExceptions(cmd *cobra.Command, r *registry.Registry, format string) error {
	all, err := r.ExceptionsAll(cmd.Context())
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	return printList(cmd.OutOrStdout(), format, all, "EXCEPTION\tREV\tREVIEW\tEXPORTER\tFOR\tWAIVES\tUNTIL\tUSED\tOWNER", func(d registry.ExceptionDoc) []any {
		state, used := "?", "?"
		if s, err := r.Ticket(cmd.Context(), d.ID); err == nil {
			state, used = s.State, fmt.Sprintf("%d/%d", s.UsedTransfers, d.Quota.Transfers)
		}
		return []any{d.ID, d.Revision, state, d.Exporter, strings.Join(append(d.Recipients, d.Hosts...), ","), strings.Join(d.Waives, ","), d.Expires, used, d.Owner}
	})
}

// printList prints one object a line, or a table.
func printList[T any](w io.Writer, format string, all []T, head string, row func(T) []any) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		for _, d := range all {
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, head)
	for _, d := range all {
		cells := row(d)
		fmt.Fprintf(t, strings.TrimSuffix(strings.Repeat("%v\t", len(cells)), "\t")+"\n", cells...)
	}
	return t.Flush()
}

func printFilings(w io.Writer, format string, all []policy.Filing) error {
	return printList(w, format, all, "FILING\tREV\tPATHWAY\tSTATUS\tEXPORTER\tRECIPIENTS\tUNTIL\tNS/YEAR\tSP/YEAR", func(f policy.Filing) []any {
		return []any{f.ID, f.Revision, f.Pathway, statusText(f), f.Exporter.USCC, recipientsOf(f), cmp.Or(f.Valid.Expires, "open"), f.Volume.NSPerYear, f.Volume.SPPerYear}
	})
}

func recipientsOf(f policy.Filing) string {
	var out []string
	for _, r := range f.Recipients {
		out = append(out, r.ID+"("+r.Country+")")
	}
	return strings.Join(out, ",")
}

// printDocument shows a document to a person, with the history of its id.
// What is no filing is shown as it was written.
func printDocument(w io.Writer, doc any, history []registry.Change) error {
	if f, ok := doc.(policy.Filing); ok {
		return printFiling(w, f, history)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	for _, c := range history {
		if _, err := fmt.Fprintf(w, "revision %d  %s  %s  %s\n", c.Revision, c.At.In(policy.Shanghai).Format(time.RFC3339), c.Act, c.Note); err != nil {
			return err
		}
	}
	return nil
}

func newFilingWarningsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "warnings",
		Short: "What is about to end: filings, contracts without a number, approvals, exceptions",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			day := time.Now().In(policy.Shanghai)
			if text, _ := cmd.Flags().GetString("day"); text != "" {
				if day, err = time.ParseInLocation(time.DateOnly, text, policy.Shanghai); err != nil {
					return exitError{Code: 2, Err: fmt.Errorf("--day must be a date like 2026-11-22")}
				}
			}
			terms, err := filingTerms(cmd)
			if err != nil {
				return err
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				all, err := r.Warnings(cmd.Context(), day, terms.Calendar(day.Format(time.DateOnly)))
				if err != nil {
					return exitError{Code: 2, Err: err}
				}
				return printList(cmd.OutOrStdout(), format, all, "DATE\tLEFT\tKIND\tID\tWHAT\tSAYS", func(x registry.Warning) []any {
					return []any{x.Date, x.Left, x.Kind, x.Object, x.What, x.EN + " / " + x.ZH}
				})
			})
		},
	}
	cmd.Flags().String("day", "", "as of this day (default: today)")
	return cmd
}
