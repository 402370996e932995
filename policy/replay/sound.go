package replay

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/policy"
)

// CheckOutcome compares what became of a flow with the verdict derived of it.
// enforced says that the record tells what was enforced. In observe mode
// nothing is stopped, so nothing follows from the verdict.
func CheckOutcome(r policy.Record, v policy.Verdict, enforced bool) []Difference {
	var c comparison
	in := &r.Intent
	switch in.Mode {
	case "observe":
		return nil
	case "enforce":
	default:
		c.text("mode", in.Mode, "enforce or observe")
	}
	if in.InParts() && r.Outcome != nil && in.Enforced.Releases() {
		return append(c.out, checkParts(&r, v, enforced)...)
	}
	if enforced {
		c.text("enforced", in.Enforced.String(), v.Action.String())
	}
	if v.Action.Releases() {
		if r.Complete && r.Outcome == nil {
			c.text("outcome", "", "what became of the release")
		}
		if in.Persons.Total > 0 && in.Judged == "whole" && in.Reservation == nil && anybodyNew(in.Counters) {
			c.text("reservation", "", strconv.Itoa(in.Persons.Total)+" persons")
		}
		return c.out
	}
	if in.Reservation != nil {
		c.text("reservation", "persons", "")
	}
	if o := r.Outcome; o != nil {
		c.text("outcome.sent", string(o.Sent), string(policy.SentNone))
		c.text("outcome.bytes", strconv.FormatInt(o.Bytes, 10), "0")
	}
	if r.Groups != nil {
		c.text("groups", strconv.FormatInt(r.Groups.Bytes, 10), "")
	}
	return c.out
}

// anybodyNew reports whether persons had to be reserved: those who were final
// already are not claimed again, and move no counter.
func anybodyNew(counters []policy.Counter) bool {
	return len(counters) == 0 || slices.ContainsFunc(counters, func(c policy.Counter) bool { return c.After != c.Before })
}

// policyAlone are the codes that only a policy gives: no flow is stopped by
// them without it.
var policyAlone = []policy.Code{policy.NotOutbound, policy.ExNoPI, policy.ExTransit, policy.ExContract, policy.ExHR, policy.ExEmergency,
	policy.ExLegalDuty, policy.ExSmall, policy.ExTreaty, policy.ExZoneOfflist, policy.ExZoneBelow, policy.ExZoneGeneral, policy.Relaxed,
	policy.ReviewApproved, policy.ExceptionApplied, policy.FilingCovers, policy.RegisteredUnread, policy.PassThroughOver, policy.UnreadAllowed,
	policy.StateSecret, policy.CoreData, policy.RecipientDenied, policy.FilingNotFound, policy.FilingNotEffective, policy.FilingExpired,
	policy.FilingSuspended, policy.RecipientMismatch, policy.CountryMismatch, policy.LinkNotFiled, policy.PurposeMismatch, policy.PurposeUndeclared,
	policy.CategoryNotCovered, policy.SPINotCovered, policy.ImportantNotCover, policy.ItemRefused, policy.DeidentMissing, policy.VolumeExceeded,
	policy.PathwayTooWeak, policy.ApprovalMissing, policy.ImportantSuspected, policy.SplittingSuspected, policy.ZoneNotRegistered, policy.ZoneUnverified, policy.HeldForReview,
	policy.ReviewDenied, policy.RedactionOrdered, policy.OperatorDenied, policy.CIIOUnknown, policy.CoverageOpaque, policy.CoveragePartial}

// afterAsking are the stops that can come once the content was asked about;
// any other stop comes before that.
var afterAsking = []policy.Code{policy.RegisterUnavail, policy.LedgerUnavail, policy.DeciderFailed, policy.VolumeContended,
	policy.RedactionUnavail, policy.QuotaUsedUp, policy.ExporterUnknown, policy.InternalFault, policy.RecorderUnavail}

// checkStop compares the stop of a record with what else it tells.
func checkStop(in *policy.Intent) []Difference {
	var c comparison
	if slices.Contains(policyAlone, in.Stopped) {
		c.text("stopped", string(in.Stopped), "a verdict of the policy")
	}
	var q struct {
		Stage policy.Stage `json:"stage"`
	}
	if len(in.Question) > 0 && json.Unmarshal(in.Question, &q) != nil {
		c.text("question", "unreadable", "")
	}
	// Of a flow in parts, what is read later can fail.
	if q.Stage == policy.StagePart && !in.InParts() && !slices.Contains(afterAsking, in.Stopped) {
		c.text("stopped.question", string(q.Stage), string(policy.StageHead))
	}
	return c.out
}
