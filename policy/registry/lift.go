package registry

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// maxExceptions is how many exceptions a question can hold; those in force go
// before the others.
const maxExceptions = 32

// The states of an exception, as policy.Exception has them.
const (
	liftCurrent    = "current"
	liftUnapproved = "unapproved"
	liftNotYet     = "not_yet"
	liftExpired    = "expired"
	liftUsedUp     = "used_up"
	liftSuspended  = "suspended"
)

// lift is an exception made ready for flows.
type lift struct {
	doc         ExceptionDoc
	from, until time.Time
	hosts       []pattern
	nets        []netip.Prefix
	form        policy.Exception // what does not depend on flow and time
}

func newLift(d ExceptionDoc) (*lift, error) {
	l := &lift{doc: d}
	var err error
	if l.from, err = midnight(d.Effective); err != nil {
		return nil, err
	}
	if l.until, err = midnight(d.Expires); err != nil || l.until.IsZero() {
		return nil, fmt.Errorf("stored exception has no proper end")
	}
	l.until = l.until.AddDate(0, 0, 1)
	for _, h := range d.Hosts {
		if net, err := parseCIDR(h); err == nil {
			l.nets = append(l.nets, net)
			continue
		}
		p, err := parsePattern(h)
		if err != nil {
			return nil, fmt.Errorf("stored exception: a host %w", err)
		}
		l.hosts = append(l.hosts, p)
	}
	l.form = policy.Exception{ID: d.ID, Revision: d.Revision, Waives: slices.Sorted(slices.Values(d.Waives)),
		Classes: slices.Sorted(slices.Values(d.Classes))}
	return l, nil
}

// covers reports whether the exception is for a destination. A name is never
// looked up by its address: that may be anybody's.
func (l *lift) covers(d *policy.Destination) bool {
	if d.Recipient != "" && slices.Contains(l.doc.Recipients, d.Recipient) {
		return true
	}
	if a, err := netip.ParseAddr(d.Host); err == nil {
		return within(l.nets, a) > 0
	}
	return slices.ContainsFunc(l.hosts, func(p pattern) bool { return p.rank(d.Host) > 0 })
}

// state says whether the exception has effect at a time, after what was used.
func (l *lift) state(q quorum, used usage, t time.Time) string {
	switch {
	case l.doc.Status != statusEffective:
		return liftSuspended
	case !t.Before(l.until) || len(q.approvers) >= needed && !t.Before(q.expires):
		return liftExpired
	case q.denied != "" || len(q.approvers) < needed:
		return liftUnapproved
	case t.Before(l.from):
		return liftNotYet
	case q.spent(used):
		return liftUsedUp
	}
	return liftCurrent
}

// Exceptions returns those of the exporter whose scope fits the flow, by id.
func (r *Registry) Exceptions(ctx context.Context, f *policy.Flow) ([]policy.Exception, error) {
	b, err := r.current(ctx)
	if err != nil {
		return nil, fmt.Errorf("find exceptions: %w", err)
	}
	if f.Session == nil || !f.Session.Exporter.Known() {
		return nil, nil
	}
	used := r.view.Load().used
	reviewers := r.reviewers()
	var current, others []policy.Exception
	for _, l := range b.lifts[f.Session.Exporter.USCC] {
		if !l.covers(&f.Destination) {
			continue
		}
		q := l.quorum(reviewers, b.votes[l.doc.ID])
		e := l.form
		e.State, e.Approvers = l.state(q, used[l.doc.ID], f.Time), q.approvers
		if e.State == liftCurrent {
			current = append(current, e)
		} else {
			others = append(others, e)
		}
	}
	out := append(current, others...)
	out = out[:min(len(out), maxExceptions)]
	slices.SortFunc(out, func(a, b policy.Exception) int { return compareIDs(a.ID, b.ID) })
	return out, nil
}

// usage reads what went out under the exceptions that somebody approved.
func (r *Registry) usage(ctx context.Context, b *book, q querier) (map[string]usage, error) {
	out := map[string]usage{}
	for _, list := range b.lifts {
		for _, l := range list {
			if len(b.votes[l.doc.ID]) == 0 {
				continue
			}
			u, err := r.taken(ctx, q, l.doc.ID)
			if err != nil {
				return nil, err
			}
			out[l.doc.ID] = u.usage
		}
	}
	return out, nil
}
