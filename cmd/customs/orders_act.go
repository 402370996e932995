package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/index"
)

// What a person may have put into the audit log by a command, beside orders of
// the ledger. Nothing else is taken.
const (
	actEvidenceApprove = "evidence.approve"
	actEvidenceOpen    = "evidence.open"
	actHoldAdd         = "hold.add"
	actHoldRelease     = "hold.release"
	actIncidentOpen    = "incident.open"
	actIncidentNote    = "incident.note"
	actIncidentReport  = "incident.report"
	actIncidentClose   = "incident.close"
	actKeyRotate       = "key.rotate"
	actKeyProtect      = "key.protect"
	actKeyDestroy      = "key.destroy"
	actKeyRestore      = "key.restore"
	actRetention       = "retention.delete"
	actStreamReplay    = "stream.replay"
)

// recordedActs returns the closed list.
func recordedActs() []string {
	return []string{actEvidenceApprove, actEvidenceOpen, actHoldAdd, actHoldRelease, actIncidentOpen, actIncidentNote, actIncidentReport,
		actIncidentClose, actKeyRotate, actKeyProtect, actKeyDestroy, actKeyRestore, actRetention, actStreamReplay}
}

// orderSubject is what an act of the list is about: a name, and the digest of
// its content.
type orderSubject struct {
	Object string `json:"object"`
	Digest string `json:"digest,omitempty"`
}

var (
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hexWord    = regexp.MustCompile(`^[0-9a-f]{32,}$`)
)

// checkSubject names what is wrong with an act's object and digest.
func (o order) checkSubject() error {
	s := o.Subject
	switch {
	case s == nil || strings.TrimSpace(s.Object) == "":
		return errors.New("what the act is about is missing")
	case len(s.Object) > maxReason || !oneLine(s.Object):
		return fmt.Errorf("what the act is about must be one line of at most %d bytes", maxReason)
	case longDigits(withoutHex(s.Object)):
		return errors.New("what the act is about holds more than 10 digits in a row: leave out numbers of persons")
	case s.Digest != "" && !digestForm.MatchString(s.Digest):
		return errors.New("the act's digest is no SHA-256 in hex")
	}
	return nil
}

// withoutHex leaves out digests and keys, whose digits are chance.
func withoutHex(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(s), hexWord.MatchString), " ")
}

// texts are what a person may have written into an order.
func (o order) texts() []string {
	out := []string{o.Reason, o.By}
	if o.Subject != nil {
		out = append(out, withoutHex(o.Subject.Object))
	}
	return out
}

// subjectAct is the act as it will stand in the log.
func (o order) subjectAct() policy.Admin {
	return policy.Admin{Act: o.Act, Actor: o.By, Object: o.Subject.Object, Digest: o.Subject.Digest, Note: o.Reason}
}

// recordAct puts an act of a person into the audit log and returns the number
// of its entry, when it is durable: through the gateway where one runs, and
// directly where none does. Act, Actor and Object are needed. Errors carry
// their exit code.
func recordAct(cmd *cobra.Command, act policy.Admin) (seq uint64, err error) {
	a, err := giveAct(cmd, act)
	if err != nil {
		return 0, err
	}
	if len(a.Entries) == 0 {
		return 0, exitError{Code: 2, Err: fmt.Errorf("%s: %s is not in the log", commandName(cmd), act.Act)}
	}
	return a.Entries[len(a.Entries)-1], nil
}

// giveAct is recordAct for an act that the holder of the log does something
// for: the whole answer to it.
func giveAct(cmd *cobra.Command, act policy.Admin) (orderAnswer, error) {
	return giveOrder(cmd, order{Act: act.Act, By: act.Actor, Reason: act.Note, Subject: &orderSubject{act.Object, act.Digest}})
}

// A deed is what the holder of the log does for an act of the list. Both parts
// are repeated after a crash, and then must change nothing more. A person is
// refused by an answer whose Code is not saidDone; an error is too, unless it is
// policy.ErrLedgerUnavailable, after which the order is tried again.
type deed struct {
	// do comes before the act stands in the log. It returns what is to be
	// recorded. Without it that is the act itself.
	do func(ctx context.Context, o order, fresh bool) (orderAnswer, []policy.Admin, error)
	// after comes when the act is durable in the log. When it fails it is
	// tried again until it does not.
	after func(ctx context.Context, act policy.Admin) error
}

// perform does an act of the list.
func (d *orderDesk) perform(ctx context.Context, o order, fresh bool) (orderAnswer, []policy.Admin, error) {
	if do := d.deeds[o.Act].do; do != nil {
		return do(ctx, o, fresh)
	}
	return orderAnswer{Order: o.ID, Code: saidDone}, []policy.Admin{o.subjectAct()}, nil
}

// logActs returns the entries of the log since a time that are exactly these
// acts, by object.
func logActs(ctx context.Context, s audit.Source, since time.Time, act policy.Admin) (map[string]uint64, error) {
	out := map[string]uint64{}
	r := lookIndex(s)
	defer r.Close()
	err := r.Acts(ctx, act.Act, act.Actor, func(a index.Act) error {
		if a.Admin == act && !a.Time.Before(since) {
			out[a.Object] = a.Seq
		}
		return nil
	})
	if errors.Is(err, audit.ErrNoLog) {
		return out, nil
	}
	return out, err
}
