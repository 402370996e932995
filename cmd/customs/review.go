package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

func newReviewCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Look at held transfers and exception requests, and answer them",
		Long: `A transfer that a rule of the operator holds, or that may be important data, is
refused with a ticket. Nothing of it is kept: the ticket says who sent what kind
of data of how many persons to whom, never the data. Two different persons must
approve it, each with a key of their own that stands under review.reviewers in
the configuration; one who denies it ends it. When exactly the same content is
sent again, it is judged again with the approvals, within their time and quota.

An exception lifts rules of the operator for one exporter, until a day and up to
a quota. It is asked for with a document of schema dc.exception/1, which customs
filing add stores, and answered like a ticket, by its id. Approving lifts nothing
that the law asks for.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("format", "text", "text or json (lists: one object a line)")
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newReviewListCmd(), newReviewShowCmd(), newReviewApproveCmd(), newReviewDenyCmd())
	return cmd
}

// reviewAll is the state that stands for every state.
const reviewAll = "all"

var reviewStates = []string{registry.StateOpen, registry.StateApproved, registry.StateDenied, registry.StateExpired, registry.StateUsedUp, registry.StateSuspended, reviewAll}

func newReviewListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List held transfers and exceptions that wait for an answer, oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			state, _ := cmd.Flags().GetString("state")
			if !slices.Contains(reviewStates, state) {
				return exitError{Code: 2, Err: fmt.Errorf("--state must be one of %s", strings.Join(reviewStates, ", "))}
			}
			return withReview(cmd, func(v *reviewing) error {
				all, err := v.registry.Tickets(cmd.Context())
				if err != nil {
					return exitError{Code: 2, Err: fmt.Errorf("review list: %w", err)}
				}
				all = slices.DeleteFunc(all, func(s registry.TicketState) bool { return state != reviewAll && s.State != state })
				slices.SortStableFunc(all, func(a, b registry.TicketState) int { return a.Ticket.At.Compare(b.Ticket.At) })
				return v.printList(all, state)
			})
		},
	}
	cmd.Flags().String("state", registry.StateOpen, strings.Join(reviewStates, ", "))
	return cmd
}

func newReviewShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "show TICKET",
		Short: "Show what was held and why, who answered, and what is still needed",
		Args:  oneArg("TICKET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withReview(cmd, func(v *reviewing) error {
				s, err := v.registry.Ticket(cmd.Context(), args[0])
				if err != nil {
					return reviewFault(cmd, "show", args[0], err)
				}
				return v.printTicket(s)
			})
		},
	}
}

// withReview opens the register of an installation for reviews.
func withReview(cmd *cobra.Command, do func(*reviewing) error) (err error) {
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
	reviewers, err := sign.ParseVerifiers(cfg.Review.Reviewers)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("review.reviewers: %w", err)}
	}
	path := filepath.Join(cfg.Data, registryFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return exitError{Code: 2, Err: fmt.Errorf("no register in %s; name the installation with --config or --data", cfg.Data)}
	}
	o := registry.Options{Reviewers: func() []sign.Verifier { return reviewers }}
	r, err := registry.Open(path, o)
	if registry.Unwritable(err) {
		o.ReadOnly = true
		r, err = registry.Open(path, o)
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	defer func() {
		if cerr := r.Close(); err == nil && cerr != nil {
			err = exitError{Code: 2, Err: cerr}
		}
	}()
	return do(&reviewing{registry: r, out: cmd.OutOrStdout(), reviewers: reviewers, format: format, chinese: wantChinese(lang)})
}

// reviewFault gives what the register refuses, and what is not there, exit
// code 1, and everything else 2.
func reviewFault(cmd *cobra.Command, verb, id string, err error) error {
	var faults *registry.FaultError
	switch {
	case errors.As(err, &faults):
		return exitError{Code: 1, Err: fmt.Errorf("review %s: %w", verb, err)}
	case errors.Is(err, registry.ErrNotFound):
		return exitError{Code: 1, Err: fmt.Errorf("review %s: there is no such ticket or exception; see %s", verb, again(cmd, "customs review list --state all"))}
	}
	return exitError{Code: 2, Err: fmt.Errorf("review %s: %w", verb, err)}
}
