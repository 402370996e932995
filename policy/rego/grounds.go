package rego

import (
	"errors"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// candidate is the one that the answer names, or nil.
func (a *answer) candidate(q *policy.Question) *policy.Candidate {
	for i := range q.Candidates {
		if c := &q.Candidates[i]; a.Filing != "" && c.Filing == a.Filing && c.Revision == a.Revision {
			return c
		}
	}
	return nil
}

// restsOn reports whether the paper that a release names is of the kind that
// its basis asks for.
func (a *answer) restsOn(of *policy.Candidate, q *policy.Question, r *policy.Rules) bool {
	if a.Filing != "" && of == nil {
		return false
	}
	switch basis := policy.Code(a.Basis); basis {
	case policy.NotOutbound, policy.ExNoPI, policy.ExSmall, policy.UnreadAllowed:
		return of == nil
	case policy.RegisteredUnread:
		return of == nil && passes(q)
	case policy.ExZoneOfflist, policy.ExZoneBelow, policy.ExZoneGeneral:
		return zoneCounts(q, r) && (of == nil || of.Pathway == policy.FTZList && listed(r, q.Exporter.Zone, of.List))
	case policy.ExTransit, policy.ExContract, policy.ExHR, policy.ExEmergency, policy.ExLegalDuty, policy.ExTreaty:
		return of != nil && of.Pathway == policy.Exemption && of.Claim == a.Basis && q.Declared.Claim == a.Basis
	}
	switch w := policy.Pathway(a.Basis); w {
	case policy.SA, policy.SC, policy.CERT, policy.GBASC:
		return of != nil && of.Pathway == w
	}
	return false
}

// passes reports whether the operator's entry lets the flow pass unread.
func passes(q *policy.Question) bool {
	p := q.Link.PassThrough
	return q.Stage == policy.StageHead && q.Exporter.Known() && p != nil && p.State == policy.PassCurrent
}

// opens reports whether a paper lets content leave in windows: a filing whose
// link says so, of whose stop list nothing was found.
func opens(of *policy.Candidate, q *policy.Question) bool {
	if of == nil || !of.Window || !q.Coverage.Full() {
		return false
	}
	switch of.Pathway {
	case policy.SA, policy.SC, policy.CERT, policy.GBASC:
		return !slices.ContainsFunc(q.Found, func(f policy.Found) bool { return slices.Contains(of.Stop, f.Class) })
	}
	return false
}

// zoneCounts reports whether a zone list can be asked at all: no list is for
// an operator of critical information infrastructure, or one that may be.
func zoneCounts(q *policy.Question, r *policy.Rules) bool {
	return q.Exporter.CIIO == policy.No && q.Exporter.Zone != "" && listed(r, q.Exporter.Zone, "")
}

// listed reports whether the rule pack has a list of a zone that somebody
// compared with its text; with an id, that list.
func listed(r *policy.Rules, zone, id string) bool {
	lists, _ := r.Data["lists"].([]any)
	return slices.ContainsFunc(lists, func(one any) bool {
		l, _ := one.(map[string]any)
		zones, _ := l["zones"].([]any)
		return l["verified"] == true && slices.Contains(zones, any(zone)) && (id == "" || l["id"] == id)
	})
}

// relaxable are the only reasons that an operator may lift, whatever a pack
// says.
func relaxable(c policy.Code) bool {
	switch c {
	case policy.PurposeUndeclared, policy.PurposeMismatch, policy.LinkNotFiled, policy.DeidentMissing:
		return true
	}
	return false
}

func mayRelax(r *policy.Rules, c policy.Code) bool {
	operator, _ := r.Data["operator"].(map[string]any)
	codes, _ := operator["may_relax"].([]any)
	return relaxable(c) && slices.Contains(codes, any(string(c)))
}

// checkLifted holds for what a verdict says was lifted: by an operator within
// the pack, or on a release by a ticket or an exception whose quota it names.
func (a *answer) checkLifted(q *policy.Question, r *policy.Rules) error {
	if len(a.Uses) > 0 && !a.Action.Releases() {
		return errors.New("what releases nothing uses no ticket or exception")
	}
	if !slices.IsSorted(a.Uses) || len(slices.Compact(slices.Clone(a.Uses))) != len(a.Uses) {
		return errors.New("uses must be sorted, each once")
	}
	named := map[string]bool{}
	for _, reason := range a.Reasons {
		switch {
		case reason.Code == policy.Relaxed:
			if !mayRelax(r, reason.Of) || !a.Action.Releases() {
				return errors.New("something was relaxed that the rule pack does not let an operator relax")
			}
		case reason.Of != "":
			return errors.New("a reason lifts another one and is no relaxation")
		}
		switch reason.Code {
		case policy.ReviewApproved:
			if !approves(q, reason.By) {
				return errors.New("an approval is named that two different persons did not give")
			}
			named[reason.By] = true
		case policy.ReviewDenied:
			if *a.Action != policy.Block || !denies(q, reason.By) {
				return errors.New("a refusal by reviewers is named that nobody gave")
			}
		case policy.ExceptionApplied:
			if !waives(q, reason.By, reason.Rule) {
				return errors.New("an exception is named that is not in force for this rule")
			}
			named[reason.By] = true
		default:
			if reason.By != "" {
				return errors.New("a reason names a ticket or an exception without resting on one")
			}
		}
	}
	if len(named) != len(a.Uses) || slices.ContainsFunc(a.Uses, func(id string) bool { return !named[id] }) {
		return errors.New("uses and the reasons that name tickets and exceptions differ")
	}
	return nil
}

// approves reports whether the question's ticket was approved by two, who saw
// a rule that held it.
func approves(q *policy.Question, ticket string) bool {
	if !answered(q, ticket) || q.Approval.Denied || len(q.Approval.Rules) == 0 {
		return false
	}
	return slices.ContainsFunc(q.Approval.Approvers, func(name string) bool { return name != q.Approval.Approvers[0] })
}

// denies reports whether the question's ticket was refused.
func denies(q *policy.Question, ticket string) bool { return answered(q, ticket) && q.Approval.Denied }

func answered(q *policy.Question, ticket string) bool {
	return q.Approval != nil && ticket != "" && q.Approval.Ticket == ticket
}

// waives reports whether an exception in force lifts a rule.
func waives(q *policy.Question, id, rule string) bool {
	return slices.ContainsFunc(q.Exceptions, func(e policy.Exception) bool {
		return e.ID == id && id != "" && e.State == "current" && slices.Contains(e.Waives, rule)
	})
}
