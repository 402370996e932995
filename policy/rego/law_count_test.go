package rego_test

import (
	"context"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// TestBothKindsInBothSets: the wording is silent on a person with sensitive
// and other data. The pack's cautious reading counts that person in both sets.
func TestBothKindsInBothSets(t *testing.T) {
	t.Parallel()
	report := func(people ...string) *inspect.Report {
		r := &inspect.Report{Tallies: []inspect.Tally{{Class: inspect.Mobile, High: 9}, {Class: inspect.BankCard, High: 9}}}
		for i, what := range people {
			p := inspect.Person{Key: inspect.Subject{byte(i + 1)}, Minor: what == "child"}
			if what != "card" {
				p.Classes.Add(0)
			}
			if what == "card" || what == "both" {
				p.Classes.Add(1)
			}
			r.Persons = append(r.Persons, p)
		}
		return r
	}
	tests := []struct {
		name    string
		people  []string
		reading string
		ns, sp  int
	}{
		{"one with a mobile number", []string{"mobile"}, "", 1, 0},
		{"one with a card", []string{"card"}, "", 0, 1},
		{"one with both", []string{"both"}, "", 1, 1},
		{"a child with a mobile number", []string{"child"}, "", 0, 1},
		{"one of each", []string{"mobile", "card", "both", "child"}, "", 2, 3},
		{"one with both, one kind at a time", []string{"both"}, "one kind at a time", 0, 1},
		{"one of each, one kind at a time", []string{"mobile", "card", "both", "child"}, "one kind at a time", 1, 3},
	}
	for _, tt := range tests {
		r, err := lawBook(t, tt.reading).At(noon())
		if err != nil {
			t.Fatal(err)
		}
		_, got := policy.CountPersons(r, report(tt.people...))
		if got.NS != tt.ns || got.SP != tt.sp || got.Total != len(tt.people) {
			t.Errorf("%s: %d plain and %d sensitive of %d, want %d and %d", tt.name, got.NS, got.SP, got.Total, tt.ns, tt.sp)
		}
	}
}

// TestExemptVolumes: whether what went out under an exemption counts towards
// the numbers of arts. 7 and 8 is a reading of the pack; "out" is the common
// one. The numbers are persons of the year by legal basis.
func TestExemptVolumes(t *testing.T) {
	t.Parallel()
	type byBasis map[string]int64
	tests := []struct {
		name        string
		ns, sp      byBasis
		what        string
		out, in     string // what the transfer passes under, or the refusal
		outN, inN   policy.Need
		zone, zone2 string // the same for a company on the list of zone A
	}{
		{"claims and a small volume", byBasis{"EX_CONTRACT": 60_000, "EX_SMALL": 50_000}, nil, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, sc,
			"EX_FTZ_BELOW_LIST_THRESHOLD", "FILING_NOT_FOUND"},
		{"claims alone", byBasis{"EX_HR": 2_000_000, "EX_SMALL": 1}, nil, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, vol,
			"EX_FTZ_BELOW_LIST_THRESHOLD", "FILING_NOT_FOUND"},
		{"transit", byBasis{"EX_TRANSIT": 100_000, "EX_SMALL": 1}, nil, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, sc,
			"EX_FTZ_BELOW_LIST_THRESHOLD", "FILING_NOT_FOUND"},
		{"off a zone's list", byBasis{"EX_FTZ_OFFLIST": 100_000, "EX_SMALL": 1}, nil, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, sc,
			"EX_FTZ_BELOW_LIST_THRESHOLD", "FILING_NOT_FOUND"},
		// What a list itself lets go counts towards the numbers of lists.
		{"below a zone's list", byBasis{"EX_FTZ_BELOW_LIST_THRESHOLD": 100_000}, nil, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, sc,
			"FILING_NOT_FOUND", "FILING_NOT_FOUND"},
		{"sensitive staff data", byBasis{"EX_SMALL": 1}, byBasis{"EX_HR": 20_000}, "mobile", "EX_SMALL", "FILING_NOT_FOUND", none, vol,
			"EX_FTZ_BELOW_LIST_THRESHOLD", "EX_FTZ_BELOW_LIST_THRESHOLD"},
		{"contract and small volume count anyhow", byBasis{"EX_SMALL": 50_000, "SC": 50_000}, nil, "mobile", "FILING_NOT_FOUND", "FILING_NOT_FOUND", sc, sc,
			"FILING_NOT_FOUND", "FILING_NOT_FOUND"},
		{"what went out in observe mode counts anyhow", byBasis{policy.BasisObserved: 100_000}, nil, "mobile", "FILING_NOT_FOUND", "FILING_NOT_FOUND", sc, sc,
			"FILING_NOT_FOUND", "FILING_NOT_FOUND"},
	}
	count := func(of byBasis, bases []string) (n int64) {
		for basis, persons := range of {
			if len(bases) == 0 || slices.Contains(bases, basis) {
				n += persons
			}
		}
		return n
	}
	for reading, exempt := range map[string]bool{"": false, "exempt counts": true} {
		b := lawBook(t, reading)
		d := open(t, rego.Options{Law: b})
		r, err := b.At(noon())
		if err != nil {
			t.Fatal(err)
		}
		ask := func(x transfer, ns, sp byBasis) policy.Verdict {
			q := x.question(t, r)
			q.Brackets = q.Brackets[:0]
			for _, l := range r.Limits(q.Exporter) {
				of := ns
				if l.Kind == policy.CountSP {
					of = sp
				}
				q.Brackets = append(q.Brackets, policy.Bracket{Limit: l.ID, Exceeded: count(of, l.Bases) > l.Max})
			}
			v, err := d.Decide(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		for _, tt := range tests {
			code, need, zone := tt.out, tt.outN, tt.zone
			if exempt {
				code, need, zone = tt.in, tt.inN, tt.zone2
			}
			if v := ask(transfer{who: "company", what: tt.what}, tt.ns, tt.sp); string(v.Reasons[0].Code) != code || v.Need != need {
				t.Errorf("%s, exempt volumes counted %v: got %s, need %s; want %s, need %s", tt.name, exempt, lawCodes(v), v.Need, code, need)
			}
			if v := ask(transfer{who: "company in zone A", what: tt.what, with: "for retail.member"}, tt.ns, tt.sp); string(v.Reasons[0].Code) != zone {
				t.Errorf("%s, in zone A, exempt volumes counted %v: got %s, want %s", tt.name, exempt, lawCodes(v), zone)
			}
		}
	}
}
