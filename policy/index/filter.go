package index

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Filter says which records are wanted. A zero field asks for nothing.
type Filter struct {
	From, To  time.Time // of the intent; To is not included
	Exporter  string
	Recipient string
	Country   string
	Action    *policy.Action // that was decided
	Enforced  *policy.Action // that was done
	Reason    string         // a code, or a code with what narrows it
	Class     string         // or a family of classes, as "pi.id"
	Filing    string
	Open      bool // only what is not complete
	InDoubt   bool // only what is in doubt

	// Before leaves out what begins with this entry or after it: the First of
	// the last row of a page asks for the next one. Newest first only.
	Before uint64
	// Limit is how many rows there are at most; zero for all. Always the
	// newest.
	Limit int
	// Oldest turns the order round.
	Oldest bool

	entries bool // the rows are to know their entries
}

// All reports whether the filter lets every record through.
func (f Filter) All() bool {
	f.Oldest = false
	return f == Filter{}
}

// Match reports whether a row is wanted. Limit is not its business.
func (f Filter) Match(r Row) bool {
	switch {
	case !f.From.IsZero() && r.Time.Before(f.From), !f.To.IsZero() && !r.Time.Before(f.To):
		return false
	case f.Exporter != "" && r.Exporter != f.Exporter, f.Recipient != "" && r.Recipient != f.Recipient:
		return false
	case f.Country != "" && r.Country != f.Country, f.Filing != "" && r.Filing != f.Filing:
		return false
	case f.Action != nil && r.Action != *f.Action, f.Enforced != nil && r.Enforced != *f.Enforced:
		return false
	case f.Open && r.Complete, f.InDoubt && !r.InDoubt:
		return false
	case f.Before > 0 && r.First >= f.Before:
		return false
	}
	return (f.Reason == "" || slices.ContainsFunc(r.Reasons, f.reason)) && (f.Class == "" || slices.ContainsFunc(r.Classes, f.class))
}

// passed reports whether an answer that has come to last is past first.
func (f Filter) passed(first, last uint64) bool {
	return first == last || (first < last) == f.Oldest
}

func (f Filter) reason(s string) bool {
	code, _, _ := strings.Cut(s, ":")
	return s == f.Reason || code == f.Reason
}

func (f Filter) class(s string) bool { return s == f.Class || strings.HasPrefix(s, f.Class+".") }

var timeForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].{5,30})?$`)

// ParseTime reads a moment: RFC 3339, or a date, or a date with a time, in
// Asia/Shanghai. With end, a date means the end of that day.
func ParseTime(s string, end bool) (time.Time, error) {
	if timeForm.MatchString(s) {
		if t, err := time.ParseInLocation(time.DateOnly, s, policy.Shanghai); err == nil {
			if end {
				t = t.AddDate(0, 0, 1)
			}
			return t, inRange(t)
		}
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return t, inRange(t)
		}
		for _, form := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
			if t, err := time.ParseInLocation(form, s, policy.Shanghai); err == nil {
				return t, inRange(t)
			}
		}
	}
	return time.Time{}, fmt.Errorf("it is no time: write a date as 2026-03-31, or 2026-03-31T08:00:00+08:00")
}

// inRange keeps to years that the index can hold.
func inRange(t time.Time) error {
	if y := t.UTC().Year(); y < 1990 || y > 2200 {
		return fmt.Errorf("the year must be between 1990 and 2200")
	}
	return nil
}
