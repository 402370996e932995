package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

func newReviewApproveCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approve TICKET --key FILE --reason TEXT",
		Short: "Approve a held transfer or an exception as one of two persons",
		Long: `Sign an approval with your own key. It counts once another person has approved
too. Of all approvals the earliest end and the smallest quota hold. One that ran
out or was used up can be given again.

For a held transfer the default is one transfer within 24 hours, of as many
persons as were held; for an exception what its document asks for.`,
		Args: oneArg("TICKET"),
		RunE: func(cmd *cobra.Command, args []string) error { return answerReview(cmd, registry.Approve, args[0]) },
	}
	answerFlags(cmd)
	cmd.Flags().String("expires", "", "until when: a time from now as 24h or 7d, or a last day as 2026-12-31 (default: 24h, an exception's own last day)")
	cmd.Flags().Int64("transfers", 0, "how many transfers in all, with those that went out already (default: one more, an exception's own quota)")
	cmd.Flags().Int64("persons", 0, "how many persons in all of them (default: as many as were held for each, an exception's own quota)")
	return cmd
}

func newReviewDenyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deny TICKET --key FILE --reason TEXT",
		Short: "Deny a held transfer or an exception for good",
		Args:  oneArg("TICKET"),
		RunE:  func(cmd *cobra.Command, args []string) error { return answerReview(cmd, registry.Deny, args[0]) },
	}
	answerFlags(cmd)
	return cmd
}

func answerFlags(cmd *cobra.Command) {
	cmd.Flags().String("key", "", "file of your private key, which customs keygen made")
	cmd.Flags().String("reason", "", "why; kept with the answer and in the log")
	cmd.Flags().String("object", "", "answer only if this is still the digest that show prints")
	for _, name := range []string{"key", "reason"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

// answerReview signs an answer to what the ticket is now, and stores it.
func answerReview(cmd *cobra.Command, verdict, id string) error {
	file, _ := cmd.Flags().GetString("key")
	signer, err := readSigner(file)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("review %s: %w", verdict, err)}
	}
	return withReview(cmd, func(v *reviewing) error {
		s, err := v.registry.Ticket(cmd.Context(), id)
		if err != nil {
			return reviewFault(cmd, verdict, id, err)
		}
		a := registry.Answer{Ticket: id, Object: s.Object, Verdict: verdict, Reviewer: signer.Name(), At: time.Now()}
		if err := v.admits(cmd, verdict, signer.Name(), s); err != nil {
			return err
		}
		if err := fillAnswer(cmd, &a, s); err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("review %s: %w", verdict, err)}
		}
		signature, err := sign.Sign(signer, sign.Approval, a.Statement())
		if err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("review %s: %w", verdict, err)}
		}
		if _, err := v.registry.Answer(cmd.Context(), a, signature); err != nil {
			return reviewFault(cmd, verdict, id, err)
		}
		if s, err = v.registry.Ticket(cmd.Context(), id); err != nil {
			return reviewFault(cmd, verdict, id, err)
		}
		return v.printAnswered(a, s)
	})
}

// admits says beforehand what the register would refuse, with how to mend it.
// The register checks all of it again.
func (v *reviewing) admits(cmd *cobra.Command, verdict, reviewer string, s registry.TicketState) error {
	if object, _ := cmd.Flags().GetString("object"); object != "" && object != s.Object {
		return no("it is not what you were shown any more: look again with customs review show")
	}
	known := func(k sign.Verifier) bool { return k.Name() == reviewer }
	twice := s.State == registry.StateOpen || s.State == registry.StateApproved
	switch {
	case len(v.reviewers) == 0:
		return no("no reviewers are configured here: name the installation with --config, and add the public keys of the reviewers to review.reviewers in it")
	case !slices.ContainsFunc(v.reviewers, known):
		return no("%s is none of the configured reviewers: add the public key to review.reviewers, and reload the gateway", reviewer)
	case verdict == registry.Approve && twice && slices.Contains(s.Approvers, reviewer):
		return no("%s approved already: another person must approve", reviewer)
	}
	return nil
}

// no is the answer no with its ground.
func no(format string, args ...any) error {
	return exitError{Code: 1, Err: fmt.Errorf("review: "+format, args...)}
}

// fillAnswer takes the reason and the bounds from the command line.
func fillAnswer(cmd *cobra.Command, a *registry.Answer, s registry.TicketState) (err error) {
	a.Reason, _ = cmd.Flags().GetString("reason")
	if a.Reason = strings.TrimSpace(a.Reason); strings.ContainsFunc(a.Reason, unicode.IsControl) {
		return errors.New("--reason holds line ends or control characters: write it on one line")
	}
	if a.Verdict != registry.Approve {
		return nil
	}
	until, _ := cmd.Flags().GetString("expires")
	a.Transfers, _ = cmd.Flags().GetInt64("transfers")
	a.Persons, _ = cmd.Flags().GetInt64("persons")
	for _, name := range []string{"transfers", "persons"} {
		if n, _ := cmd.Flags().GetInt64(name); cmd.Flags().Changed(name) && n < 1 {
			return fmt.Errorf("--%s must be 1 or more", name)
		}
	}
	if x := s.Exception; x != nil {
		a.Transfers, a.Persons, until = cmp.Or(a.Transfers, x.Quota.Transfers), cmp.Or(a.Persons, x.Quota.Persons), cmp.Or(until, x.Expires)
	} else {
		a.Transfers, until = cmp.Or(a.Transfers, s.UsedTransfers+1), cmp.Or(until, "24h")
		more := max(a.Transfers-s.UsedTransfers, 1) * int64(max(s.Ticket.Persons.Total, 1))
		a.Persons = cmp.Or(a.Persons, s.UsedPersons+more)
	}
	a.Expires, err = parseUntil(until, a.At)
	return err
}

// maxUntil bounds a typing error; the register has bounds of its own.
const maxUntil = 2 * 366 * 24 * time.Hour

var untilForm = regexp.MustCompile(`^([0-9]{1,4})([smhd])$`)

// parseUntil reads a time from now, or a last day in Shanghai.
func parseUntil(text string, now time.Time) (time.Time, error) {
	var until time.Time
	if day, err := time.ParseInLocation(time.DateOnly, text, policy.Shanghai); err == nil {
		until = day.AddDate(0, 0, 1)
	} else if m := untilForm.FindStringSubmatch(text); m != nil {
		d, err := time.ParseDuration(m[1] + strings.Replace(m[2], "d", "h", 1))
		if err != nil {
			return until, err
		}
		if m[2] == "d" {
			d *= 24
		}
		until = now.Add(d)
	} else {
		return until, errors.New("--expires must be a time from now as 30m, 24h or 7d, or a last day as 2026-12-31")
	}
	if !until.After(now) || until.Sub(now) > maxUntil {
		return until, errors.New("--expires must lie in the future, and at most two years from now")
	}
	return until.UTC().Truncate(time.Second), nil
}
