package registry

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

func (v *validator) dates() {
	d := &v.f.Valid
	days := map[string]time.Time{}
	for _, x := range []struct{ field, day string }{{"issued", d.Issued}, {"effective", d.Effective},
		{"expires", d.Expires}, {"extension_applied", d.ExtensionApplied}} {
		if x.day == "" {
			continue
		}
		if t := v.day("valid."+x.field, x.day); !t.IsZero() {
			days[x.field] = t
		}
	}
	start, begun := days["effective"]
	if !begun {
		start, begun = days["issued"]
	}
	end, ends := days["expires"]
	if begun && ends && end.Before(start) {
		v.fault("valid.expires", "lies before the first day", "correct the dates")
	}
	if applied, ok := days["extension_applied"]; ok && (begun && applied.Before(start) || ends && applied.After(end)) {
		v.fault("valid.extension_applied", "lies outside the filing's time", "give the day of the application, which is made before the end")
	}
	v.term(days)
}

// day reads a date that may be absent; what is none is a fault and the zero
// time.
func (v *validator) day(field, text string) time.Time {
	t, fault := civil(field, text)
	v.faults = append(v.faults, fault...)
	return t
}

// civil reads a date that may be absent.
func civil(field, text string) (time.Time, []Fault) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 {
		return time.Time{}, []Fault{{field, "is no date", "write it like 2026-11-22"}}
	}
	return t, nil
}

// term checks the fixed term of a pathway, and that the date it runs from is
// there.
func (v *validator) term(days map[string]time.Time) {
	issued, has := days["issued"]
	_, effective := days["effective"]
	years := v.law.Years
	switch {
	case years > 0 && !has:
		v.fault("valid.issued", "is missing", fmt.Sprintf("give the date from which the %d years run", years))
	case years > 0:
		end := days["expires"]
		want := after(issued, years)
		extended := after(issued, 2*years)
		if !end.Equal(want) && (v.f.Valid.ExtensionApplied == "" || !end.Equal(extended)) {
			v.fault("valid.expires", fmt.Sprintf("is not %d years after valid.issued", years), "write "+want.Format(time.DateOnly)+", or give valid.extension_applied for a granted extension")
		}
	case (v.f.Pathway == policy.SC || v.f.Pathway == policy.GBASC) && !effective:
		v.fault("valid.effective", "is missing", "give the day on which the contract took effect")
	case !has && !effective:
		v.fault("valid.effective", "is missing", "give the first day")
	}
}

// after is the same day years later; 29 February becomes the 28th.
func after(d time.Time, years int) time.Time {
	t := d.AddDate(years, 0, 0)
	if t.Day() != d.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}
