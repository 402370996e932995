package policy

import (
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// AskedLink is what the operator set for the flow's destination. The zero
// value grants nothing.
type AskedLink struct {
	// Unread are the reasons for which content may go to this destination
	// although it was not read, sorted.
	Unread []inspect.GapReason `json:"unread,omitempty"`
	// PassThrough is the operator's entry that covers the flow, if any.
	PassThrough *PassThrough `json:"passthrough,omitempty"`
}

// MayGoUnread reports whether an operator can let content go that a scan left
// unread for a reason. A report that overflowed is no such reason: the persons
// were there and would go uncounted.
func MayGoUnread(r inspect.GapReason) bool { return r != inspect.GapLimitFindings }

// AskCoverage is a coverage without its byte counts.
func AskCoverage(c inspect.Coverage) AskedCoverage {
	out := AskedCoverage{State: c.State}
	for _, g := range c.Gaps {
		out.Gaps = append(out.Gaps, g.Reason)
	}
	slices.Sort(out.Gaps)
	return out
}

// Full reports whether every byte was read.
func (c AskedCoverage) Full() bool { return c.State == inspect.Full }

// String is the state with the reasons, as "partial:limit_ratio,unknown_format".
func (c AskedCoverage) String() string {
	if len(c.Gaps) == 0 {
		return c.State.String()
	}
	return c.State.String() + ":" + joined(c.Gaps)
}

// UnreadGranted reports whether the flow was not read in full and the operator
// lets it go for every reason of that. A coverage that gives no reason is
// never granted.
func (q *Question) UnreadGranted() bool {
	if s := q.Coverage.State; s != inspect.Opaque && s != inspect.Partial || len(q.Coverage.Gaps) == 0 {
		return false
	}
	for _, g := range q.Coverage.Gaps {
		if !MayGoUnread(g) || !slices.Contains(q.Link.Unread, g) {
			return false
		}
	}
	return true
}

// Coverage is what a reason says of the coverage, as "opaque:encrypted", or
// empty for a reason that says nothing of it.
func (r Reason) Coverage() string {
	if len(r.Gaps) == 0 {
		return ""
	}
	switch r.Code {
	case CoverageOpaque:
		return inspect.Opaque.String() + ":" + joined(r.Gaps)
	case CoveragePartial:
		return inspect.Partial.String() + ":" + joined(r.Gaps)
	case UnreadAllowed:
		return "allowed:" + joined(r.Gaps)
	}
	return ""
}

// String is the code with what narrows it down, as lines and tables show it.
func (r Reason) String() string {
	switch {
	case len(r.Gaps) > 0:
		return string(r.Code) + ":" + joined(r.Gaps)
	case r.Class != "":
		return string(r.Code) + ":" + r.Class
	case r.Rule != "":
		return string(r.Code) + ":" + r.Rule
	}
	return string(r.Code)
}

func joined(gaps []inspect.GapReason) string {
	var b strings.Builder
	for i, g := range gaps {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(g))
	}
	return b.String()
}
