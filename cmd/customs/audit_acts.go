package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// listedAct is an act as a program reads it.
type listedAct struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	policy.Admin
}

// auditActs lists what was done to the gateway and its stores, beside the
// flows: changes of the register, reloads, orders of the ledger.
func auditActs(cmd *cobra.Command, s audit.Source, format string, limit int) error {
	w := cmd.OutOrStdout()
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var acts []policy.Entry
	err := audit.Read(cmd.Context(), s, func(e policy.Entry) error {
		if e.Kind != policy.KindAdmin || e.Admin == nil {
			return nil
		}
		if acts = append(acts, e); limit > 0 && len(acts) > 2*limit {
			acts = append(acts[:0], acts[len(acts)-limit:]...)
		}
		return nil
	})
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", readFault(s, err))}
	}
	if n := len(acts); limit > 0 && n > limit {
		acts = acts[n-limit:]
	}
	if format == "text" {
		fmt.Fprintln(tw, "TIME ("+zone+")\tENTRY\tACT\tBY\tOBJECT\tNOTE")
	}
	for _, e := range acts {
		if format == "json" {
			err = errors.Join(err, writeJSON(w, listedAct{e.Seq, e.Time, *e.Admin}))
			continue
		}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\n", clock(e.Time), e.Seq, e.Admin.Act, dash(e.Admin.Actor), dash(e.Admin.Object), dash(plain(e.Admin.Note)))
	}
	if err = errors.Join(err, tw.Flush()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", readFault(s, err))}
	}
	return nil
}
