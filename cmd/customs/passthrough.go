package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/passthrough"
	"github.com/spf13/cobra"
)

func newPassThroughCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "passthrough",
		Short: "What passes unread by an entry of the configuration, and what looks pinned",
		Args:  cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	list := &cobra.Command{
		Use:   "list",
		Short: "List the entries with owner, last day and budget, and destinations that look pinned",
		Long: `List each entry under passthrough of the configuration with its kind, owner, last
day, and how much of its budget of bytes is used; of a gateway that runs, up to
8 MiB more than moved. Below them stand the destinations whose clients refused
the gateway's certificate: each may pin its own, and passes only by an entry
that somebody writes, never by itself.

Exit 1 when an entry is over, so that its destination is refused, 0 when none
is, 2 when it could not be told.`,
		Args: cobra.NoArgs,
		RunE: runPassThroughList,
	}
	list.Flags().String("format", "text", "text, or json: one object a line")
	cmd.AddCommand(list)
	return cmd
}

// passLine is an entry, or a destination that looks pinned, as JSON.
type passLine struct {
	ID        string   `json:"id,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Category  string   `json:"category,omitempty"`
	Match     []string `json:"match,omitempty"`
	Owner     string   `json:"owner,omitempty"`
	Expires   string   `json:"expires,omitempty"`
	State     string   `json:"state,omitempty"`
	Used      *int64   `json:"used,omitempty"`
	Budget    int64    `json:"budget,omitempty"`
	Exporters []string `json:"exporters,omitempty"`
	Remarks   []string `json:"remarks,omitempty"`

	LooksPinned *passthrough.Refusal `json:"looks_pinned,omitempty"`
}

func runPassThroughList(cmd *cobra.Command, _ []string) error {
	format, _ := cmd.Flags().GetString("format")
	if format != "text" && format != "json" {
		return exitError{Code: 2, Err: errors.New("--format must be text or json")}
	}
	cfg, err := loadPlace(cmd)
	if err != nil {
		return err
	}
	book, err := passthrough.Read(disk.Files{}, cfg.Data)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	now := time.Now()
	all, err := book.Standings(passEntries(cfg), now)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	if format == "json" {
		err = passJSON(cmd.OutOrStdout(), cfg, all, book.Refused(), now)
	} else {
		err = passText(cmd.OutOrStdout(), cfg, all, book.Refused(), now)
	}
	switch {
	case err != nil:
		return exitError{Code: 2, Err: err}
	case slices.ContainsFunc(all, func(s passthrough.Standing) bool { return s.State != policy.PassCurrent }):
		return exitError{Code: 1}
	}
	return nil
}

func passJSON(out io.Writer, cfg *config.Config, all []passthrough.Standing, pinned []passthrough.Refusal, now time.Time) error {
	enc := json.NewEncoder(out)
	for i, s := range all {
		err := enc.Encode(passLine{ID: s.ID, Kind: s.Kind, Category: s.Category, Match: s.Match, Owner: s.Owner, Expires: s.Expires,
			State: s.State, Used: &s.Used, Budget: s.Bytes, Exporters: s.Exporters, Remarks: passRemarks(cfg, &cfg.PassThrough[i], now)})
		if err != nil {
			return err
		}
	}
	for i := range pinned {
		if err := enc.Encode(passLine{LooksPinned: &pinned[i]}); err != nil {
			return err
		}
	}
	return nil
}

func passText(out io.Writer, cfg *config.Config, all []passthrough.Standing, pinned []passthrough.Refusal, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(all) > 0 {
		fmt.Fprintln(w, "id\tkind\tstate\tused\tbudget\texpires\towner\tmatch")
	} else {
		fmt.Fprintln(w, "no entry: nothing passes unread but to the mainland")
	}
	for i, s := range all {
		kind := s.Kind
		if s.Category != "" {
			kind += " (" + s.Category + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s (%d%%)\t%s\t%s\t%s\t%s\n", s.ID, kind, s.State, config.Size(s.Used), 100*s.Used/s.Bytes,
			config.Size(s.Bytes), s.Expires, s.Owner, strings.Join(s.Match, " "))
		for _, r := range passRemarks(cfg, &cfg.PassThrough[i], now) {
			fmt.Fprintf(w, "  %s\n", r)
		}
	}
	if len(pinned) > 0 {
		fmt.Fprintln(w, "\nlooks pinned\trefusals\tlast")
	}
	for _, r := range pinned {
		fmt.Fprintf(w, "%s\t%d\t%s\n", r.Name, r.Times, r.Last.In(policy.Shanghai).Format(time.DateTime))
	}
	if len(pinned) > 0 {
		fmt.Fprintln(w, "Their clients refused the gateway's certificate, and nothing was sent. Install the CA\nthere (customs ca export), or write an entry under passthrough.")
	}
	return w.Flush()
}
