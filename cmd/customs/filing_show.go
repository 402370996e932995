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

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// newFilingStatusCmd is suspend or revoke.
func newFilingStatusCmd(name, to, short string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			kind, err := wantKind(cmd)
			if err != nil {
				return err
			}
			reason, _ := cmd.Flags().GetString("reason")
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				c, err := r.SetStatus(cmd.Context(), kind, args[0], to, reason)
				if err != nil {
					return filingFault(cmd, format, err)
				}
				return printChange(cmd.OutOrStdout(), format, c)
			})
		},
	}
	kindFlag(cmd)
	cmd.Flags().String("reason", "", "why; kept with the revision")
	if err := cmd.MarkFlagRequired("reason"); err != nil {
		panic(err)
	}
	return cmd
}

// statusText is the status of a filing with what its dates make of it today.
func statusText(f policy.Filing) string {
	today := time.Now().In(policy.Shanghai).Format(time.DateOnly)
	switch from := cmp.Or(f.Valid.Effective, f.Valid.Issued); {
	case f.Status != "effective":
	case f.Valid.Expires != "" && f.Valid.Expires < today:
		return f.Status + " (expired)"
	case from > today:
		return f.Status + " (from " + from + ")"
	}
	return f.Status
}

// noteEnded says that a filing covers nothing any more: history may be
// registered, and a wrong year must not go unseen.
func noteEnded(cmd *cobra.Command, f policy.Filing) {
	if end := f.Valid.Expires; end != "" && end < time.Now().In(policy.Shanghai).Format(time.DateOnly) {
		fmt.Fprintf(cmd.ErrOrStderr(), "customs: note: %s ended on %s and covers nothing\n", registry.Named(f.ID), end)
	}
}

// noteAdded says what a person who adds a document should know.
func noteAdded(cmd *cobra.Command, doc any) {
	switch d := doc.(type) {
	case policy.Filing:
		noteEnded(cmd, d)
	case registry.ExceptionDoc:
		fmt.Fprintf(cmd.ErrOrStderr(), "customs: note: exception %s has no effect until two reviewers approve this revision; see customs review show %s\n", d.ID, d.ID)
	}
}

func printChange(w io.Writer, format string, c registry.Change) error {
	if format == "json" {
		return json.NewEncoder(w).Encode(c)
	}
	if c.Same {
		_, err := fmt.Fprintf(w, "%s %s revision %d is stored like this already\n", c.Kind, c.Object, c.Revision)
		return err
	}
	_, err := fmt.Fprintf(w, "%s %s revision %d stored (%s), sha256 %s\n", c.Kind, c.Object, c.Revision, c.Act, c.Digest)
	return err
}

// printFiling shows a filing to a person, with the history of its id.
func printFiling(w io.Writer, f policy.Filing, history []registry.Change) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(name string, values ...string) {
		if v := strings.TrimSpace(strings.Join(values, " ")); v != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, v)
		}
	}
	row("filing", f.ID, fmt.Sprintf("revision %d", f.Revision))
	row("pathway", string(f.Pathway), f.AuthorityNo)
	row("status", statusText(f))
	row("exporter", f.Exporter.USCC, f.Exporter.Name)
	row("group", f.Exporter.GroupUSCCs...)
	for _, r := range f.Recipients {
		row("recipient", r.ID, r.Country, r.Name)
	}
	row("purposes", strings.Join(f.Purposes, ", "))
	row("legal basis", f.LegalBasis)
	for _, it := range f.Items {
		row("item", it.ID, itemText(it))
	}
	row("persons a year", fmt.Sprintf("%d non-sensitive, %d sensitive", f.Volume.NSPerYear, f.Volume.SPPerYear))
	if n := f.Volume.TotalOverValidity; n > 0 {
		row("persons in all", fmt.Sprint(n))
	}
	for _, l := range f.Links {
		row("link", l.ID, strings.Join(append(l.DstDomains, l.DstCIDRs...), ","), l.Protocol, string(l.Direction), l.Purpose)
		if l.Window != nil {
			row("window", l.ID, windowText(l.Window))
		}
	}
	row("in force", cmp.Or(f.Valid.Effective, f.Valid.Issued), "to", cmp.Or(f.Valid.Expires, "open"))
	row("sha256", f.Hash)
	for _, c := range history {
		row("history", fmt.Sprintf("revision %d", c.Revision), c.At.In(policy.Shanghai).Format(time.RFC3339), c.Act, c.Note)
	}
	return t.Flush()
}

// windowText says on what terms content that is too large to be held may leave.
func windowText(w *policy.Window) string {
	if len(w.Stop) == 0 {
		return "larger content goes in windows"
	}
	var stop []string
	for _, c := range w.Stop {
		stop = append(stop, string(c))
	}
	return "larger content goes in windows, stopped by " + strings.Join(stop, ", ")
}

func itemText(it policy.Item) string {
	var out []string
	for _, c := range it.Categories {
		out = append(out, string(c))
	}
	words := []string{strings.Join(out, ",")}
	if it.Sensitive {
		words = append(words, "sensitive")
	}
	if it.Level != inspect.General {
		words = append(words, it.Level.String())
	}
	if it.Processing != "" && it.Processing != "raw" {
		words = append(words, it.Processing)
	}
	if !it.Approved {
		words = append(words, "refused")
	}
	return strings.Join(words, " ")
}
