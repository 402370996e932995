package rego_test

import (
	"context"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// A flow is judged by the law of its day in Shanghai: both ends of a list's
// days are included, and a mark is none before its catalogue.
func TestLawOfTheDay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		at   string // in UTC
		flow transfer
		code policy.Code
	}{
		{"the list, a minute before its first day", "2024-12-31T15:59:00Z", transfer{"company in zone D", "card", 0, 1, "for retail.member"}, "FILING_NOT_FOUND"},
		{"the list, from 0:00 in Shanghai", "2024-12-31T16:00:00Z", transfer{"company in zone D", "card", 0, 1, "for retail.member"}, "EX_FTZ_BELOW_LIST_THRESHOLD"},
		{"the list, to 24:00 of its last day", "2025-12-31T15:59:00Z", transfer{"company in zone D", "card", 0, 1, "for retail.member"}, "EX_FTZ_BELOW_LIST_THRESHOLD"},
		{"the list, the day after", "2025-12-31T16:00:00Z", transfer{"company in zone D", "card", 0, 1, "for retail.member"}, "FILING_NOT_FOUND"},
		{"the mark, the day before", "2024-12-31T15:59:00Z", transfer{"company", "VIN", 1, 0, "for test.charging"}, "EX_SMALL"},
		{"the mark, its first day", "2024-12-31T16:00:00Z", transfer{"company", "VIN", 1, 0, "for test.charging"}, "FILING_NOT_FOUND"},
		{"the country, first day of the 2024 Provisions", "2024-03-21T16:00:00Z", transfer{"company", "mobile", 99_999, 0, ""}, "EX_SMALL"},
	}
	b := lawBook(t, "")
	d := open(t, rego.Options{Law: b})
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.At(at)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		q := tt.flow.question(t, r)
		q.Date = at.In(policy.Shanghai).Format(time.DateOnly)
		v, err := d.Decide(context.Background(), q)
		if err != nil || v.Reasons[0].Code != tt.code {
			t.Errorf("%s: got %s, %v; want %s", tt.name, lawCodes(v), err, tt.code)
		}
	}
	before := time.Date(2024, 3, 21, 23, 59, 0, 0, policy.Shanghai)
	if _, err := b.At(before); err == nil {
		t.Error("there is a law before the first pack")
	}
}
