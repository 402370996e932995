package main

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/datacustoms/customs/policy/index"
)

// listedAct is an act as a program reads it.
type listedAct = index.Act

// acts lists what was done to the gateway and its stores, beside the flows:
// changes of the register, reloads, orders of the ledger.
func (l *lister) acts() (err error) {
	r := l.read()
	defer func() { err = errors.Join(err, r.Close()) }()
	act, _ := l.cmd.Flags().GetString("act")
	by, _ := l.cmd.Flags().GetString("by")
	var acts []listedAct
	err = r.Acts(l.cmd.Context(), act, by, func(a index.Act) error {
		f := l.f
		if !f.From.IsZero() && a.Time.Before(f.From) || !f.To.IsZero() && !a.Time.Before(f.To) || f.Before > 0 && a.Seq >= f.Before {
			return nil
		}
		if acts = append(acts, a); f.Limit > 0 && len(acts) > 2*f.Limit {
			acts = append(acts[:0], acts[len(acts)-f.Limit:]...)
		}
		return nil
	})
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", readFault(l.src, err))}
	}
	if n := len(acts); l.f.Limit > 0 && n > l.f.Limit {
		acts = acts[n-l.f.Limit:]
	}
	if !l.f.Oldest {
		slices.Reverse(acts)
	}
	tw := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', 0)
	if l.format == "text" {
		fmt.Fprintln(tw, l.in.say("TIME ("+zone+")\tENTRY\tACT\tBY\tOBJECT\tNOTE", "时间（"+zone+"）\t条目\t操作\t操作人\t对象\t说明"))
	}
	for _, a := range acts {
		if l.format == "json" {
			err = errors.Join(err, writeJSON(l.out, a))
			continue
		}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\n", clock(a.Time), a.Seq, a.Act, dash(a.Actor), dash(a.Object), dash(plain(a.Note)))
	}
	if err = errors.Join(err, tw.Flush()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit list: %w", err)}
	}
	return nil
}
