package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

func newAuditShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show RECORD",
		Short: `Show one record with its entries, by its id, an entry's number or "last"`,
		Args:  oneArg("RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := auditSource(cmd)
			if err != nil {
				return err
			}
			r, entries, err := findRecord(cmd.Context(), s, args[0])
			if errors.Is(err, audit.ErrNoRecord) {
				return exitError{Code: 1, Err: fmt.Errorf("audit show: %w; see %s", err, again(cmd, "customs audit list"))}
			}
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit show: %w", readFault(s, err))}
			}
			out := struct {
				Record  *policy.Record `json:"record,omitempty"`
				Entries []policy.Entry `json:"entries"`
			}{Entries: entries}
			if r.ID != "" {
				out.Record = &r
			}
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(out)
		},
	}
	return cmd
}

// findRecord looks a record up by way of the index, and in the log itself when
// that does not answer.
func findRecord(ctx context.Context, s audit.Source, id string) (policy.Record, []policy.Entry, error) {
	r := lookIndex(s)
	defer r.Close()
	if r.Why() != nil || id == audit.Last {
		return audit.Find(ctx, s, id)
	}
	flow := id
	if seq, err := strconv.ParseUint(id, 10, 64); err == nil && seq > 0 {
		found, err := audit.At(ctx, s, seq)
		if err == nil && found[0].Kind == policy.KindAdmin {
			return policy.Record{}, found, nil
		}
		if err == nil {
			flow = found[0].Flow
		}
	}
	if rec, entries, err := r.Entries(ctx, flow); err == nil {
		return rec, entries, nil
	}
	return audit.Find(ctx, s, id)
}
