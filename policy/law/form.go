package law

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/datacustoms/customs/policy"
)

// The words that the files use.
const (
	typeNegative = "negative"
	typeGeneral  = "general"

	dataPersonal  = "pi"
	dataSensitive = "spi"
	dataImportant = "important"

	rulePass = "NONE"
	ruleSC   = "SC_OR_CERT"
	ruleSA   = "SA"

	effectPublished = "published"
	effectSuspected = "suspected"
	effectApproval  = "approval"

	exemptIn  = "in"
	exemptOut = "out"
)

// RelaxableCodes are the faults of a filing that a pack may let an operator
// overlook. Whatever else stops a transfer is the law's alone.
func RelaxableCodes() []policy.Code {
	return []policy.Code{policy.PurposeUndeclared, policy.PurposeMismatch, policy.LinkNotFiled, policy.DeidentMissing}
}

// The forms of names. Ids stand in records and logs: none may be the number
// of a person.
var (
	idForm       = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	entryForm    = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)
	markForm     = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	nationalForm = regexp.MustCompile(`^national(\.[a-z0-9_-]+)+$`)
	classForm    = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	scenarioForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	branchForm   = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)*\.\*$`)
	zoneForm     = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]+)+$`)
	approvalForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	dayForm      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// maxName bounds ids, classes and codes.
const maxName = 64

// named reports whether a name has a form and cannot be a person's number.
func named(form *regexp.Regexp, s string) bool {
	return len(s) <= maxName && form.MatchString(s) && !longNumber(s)
}

// longNumber reports whether a text holds more than ten digits in a row.
func longNumber(s string) bool {
	run := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			run = 0
			continue
		}
		if run++; run > 10 {
			return true
		}
	}
	return false
}

// pattern reports whether a text names scenarios: one, a branch, or all.
func pattern(s string) bool {
	return s == "*" || named(scenarioForm, s) || len(s) <= maxName && branchForm.MatchString(s)
}

// within reports whether every scenario that the pattern inner names is named
// by outer too.
func within(inner, outer string) bool {
	if outer == "*" || inner == outer {
		return true
	}
	branch, ok := strings.CutSuffix(outer, "*")
	return ok && inner != "*" && strings.HasPrefix(inner, branch)
}

// meet reports whether some scenario is named by both patterns.
func meet(a, b string) bool { return within(a, b) || within(b, a) }

// day parses a civil date; only the written-out form is one. Years that mean
// "for ever" are none: that is an absent date.
func day(s string) (time.Time, error) {
	if !dayForm.MatchString(s) || s < "1949" || s >= "2200" {
		return time.Time{}, errors.New("is no date like 2024-03-22")
	}
	return time.ParseInLocation(time.DateOnly, s, policy.Shanghai)
}

// after is the day that follows a well-formed day.
func after(s string) string {
	t, err := day(s)
	if err != nil {
		return s
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// control reports whether a text would do something to a terminal.
func control(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' || r == '\u2028' || unicode.Is(unicode.Bidi_Control, r)
	})
}
