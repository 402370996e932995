package export

import (
	"time"

	"github.com/datacustoms/customs/policy"
)

// Filter says which records are exported. The zero value takes all.
type Filter struct {
	From      time.Time // first instant
	To        time.Time // the first instant that is not taken any more; zero: no end
	Exporter  string
	Recipient string // id in the filings, or host where none is known
	Filing    string
	Action    string // enforced
	Overseas  bool   // only what leaves the mainland, or may
}

// Match reports whether a record is taken. Its time is that of its first
// entry, so a flow stands in one period only.
func (f Filter) Match(r *policy.Record) bool {
	switch {
	case !f.From.IsZero() && r.Time.Before(f.From), !f.To.IsZero() && !r.Time.Before(f.To):
		return false
	case f.Exporter != "" && r.Intent.Exporter != f.Exporter:
		return false
	case f.Recipient != "" && r.Intent.Recipient != f.Recipient && r.Intent.Host != f.Recipient:
		return false
	case f.Filing != "" && r.Verdict().Filing != f.Filing, f.Overseas && !r.Intent.Place.Overseas():
		return false
	}
	return f.Action == "" || r.Intent.Enforced.String() == f.Action
}

// Each calls fn for every record of a log, as audit.Records does.
type Each func(fn func(policy.Record) error) error

// Filtered calls fn for the records that a filter takes.
func (e Each) Filtered(f Filter, fn func(*policy.Record) error) error {
	return e(func(r policy.Record) error {
		if !f.Match(&r) {
			return nil
		}
		return fn(&r)
	})
}

// Filings returns a registered filing at a revision, or false.
type Filings func(id string, revision int) (policy.Filing, bool)
