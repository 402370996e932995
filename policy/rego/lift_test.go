package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

const (
	denyThere = `deny contains "no-sg" if input.destination.country == "SG"`
	holdAll   = `hold contains "look"`
	moreRules = "\n" + `hold contains "more"`
	relaxLink = `relax contains "LINK_NOT_FILED"`
)

var (
	fewPersons = asked{found: mob, ns: 1}
	fewCars    = asked{found: "vehicle.vin " + mob, ns: 1}
	// An assessment of the data of cars, as important or not.
	assessed = filing("F1", policy.SA, func(c *policy.Candidate) {
		c.Covers = append(c.Covers, "vehicle.vin")
		c.Important = append(c.Important, "vehicle.vin")
	})
	assessedAsGeneral = filing("F1", policy.SA, func(c *policy.Candidate) { c.Covers = append(c.Covers, "vehicle.vin") })
)

func bothLift(fs ...func(*policy.Question)) func(*policy.Question) {
	return func(q *policy.Question) {
		for _, f := range fs {
			f(q)
		}
	}
}

func forClass(class inspect.Class) func(*policy.Question) {
	return func(q *policy.Question) { q.Exceptions[0].Classes = []inspect.Class{class} }
}

// liftRows are about relaxations, exceptions, approvals and suspicion.
var liftRows = []struct {
	name, module string
	flow         asked
	change       func(*policy.Question)
	want         policy.Action
	codes, uses  string
}{
	{"a link that may be missing", relaxLink, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink))}, nil, policy.Pass, "FILING_COVERS RELAXED_BY_OPERATOR", ""},
	{"a claim without its link", relaxLink, asked{found: card, sp: 1, claim: "EX_HR", filings: one(claim("EX_HR", otherLink))}, nil, policy.Pass, "EX_HR RELAXED_BY_OPERATOR", ""},
	{"a link and more", relaxLink, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink, expired))}, nil, policy.Block, "FILING_EXPIRED", ""},
	{"a link, and so the purpose too", relaxLink, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink, noPurpose))}, nil, policy.Block, "PURPOSE_UNDECLARED", ""},
	{"one without a fault comes first", relaxLink, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink), filing("F2", policy.SC))}, nil, policy.Pass, "FILING_COVERS", ""},
	{"not in the pack", `relax contains "PURPOSE_MISMATCH"`, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherPurpose))}, nil, policy.Block, "PURPOSE_MISMATCH", ""},
	{"never", `relax contains "FILING_EXPIRED"`, asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, expired))}, nil, policy.Block, "FILING_EXPIRED", ""},

	{"a denial waived", denyThere, fewPersons, excepted("no-sg"), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:no-sg", "E1"},
	{"a denial waived on the head", denyThere, asked{head: true, place: "CN"}, excepted("no-sg"), policy.PassUnread, "NOT_OUTBOUND", ""},
	{"another denial waived", denyThere, fewPersons, excepted("no-jp"), policy.Block, "OPERATOR_DENIED:no-sg", ""},
	{"one of two denials waived", denyThere + "\ndeny contains \"b\"", fewPersons, excepted("no-sg"), policy.Block, "OPERATOR_DENIED:b", ""},
	{"waived and held", denyThere + "\n" + holdAll, fewPersons, excepted("no-sg"), policy.Hold, "HELD_FOR_REVIEW:look", ""},
	{"waived and approved", denyThere + "\n" + holdAll, fewPersons, bothLift(excepted("no-sg"), approvedBy("li", "wang")), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:no-sg REVIEW_APPROVED", "E1 T1"},
	{"a hold waived needs no approval", holdAll, fewPersons, bothLift(excepted("look"), approvedBy("li", "wang")), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:look", "E1"},
	{"nothing to waive", "", fewPersons, bothLift(excepted("look"), approvedBy("li", "wang")), policy.Pass, "EX_SMALL", ""},
	{"a requirement waived", `require contains "filing"`, fewPersons, excepted("require.filing"), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:require.filing", "E1"},
	{"what nobody can meet", `require contains "luck"`, fewPersons, excepted("require.unknown"), policy.Block, "OPERATOR_DENIED:require.unknown", ""},
	{"for this class", denyThere, fewPersons, bothLift(excepted("no-sg"), forClass(mob)), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:no-sg", "E1"},
	{"for another class", denyThere, fewPersons, bothLift(excepted("no-sg"), forClass(card)), policy.Block, "OPERATOR_DENIED:no-sg", ""},
	{"for one of two classes", denyThere, fewCars, bothLift(excepted("no-sg"), forClass(mob)), policy.Block, "OPERATOR_DENIED:no-sg", ""},
	{"the law is not waived", denyThere, asked{found: card, sp: 1}, excepted("no-sg"), policy.Block, "FILING_NOT_FOUND", ""},
	{"a redaction is not waived", `redact contains "pi.contact.mobile"`, fewPersons, excepted("pi.contact.mobile"), policy.Redact, "REDACTION_ORDERED:" + mob, ""},
	{"waived and redacted", denyThere + "\nredact contains \"pi.contact.mobile\"", fewPersons, excepted("no-sg"), policy.Redact, "REDACTION_ORDERED:" + mob, ""},

	{"suspected", "", fewCars, nil, policy.Hold, "IMPORTANT_SUSPECTED:vehicles", ""},
	{"suspected and held", holdAll, fewCars, nil, policy.Hold, "IMPORTANT_SUSPECTED:vehicles HELD_FOR_REVIEW:look", ""},
	{"suspected and approved", "", fewCars, approvedBy("li", "wang"), policy.Pass, "EX_SMALL REVIEW_APPROVED", "T1"},
	{"suspected and approved as another", "", fewCars, bothLift(approvedBy("li", "wang"), seen("vehicles", "suspected.cars")), policy.Hold, "IMPORTANT_SUSPECTED:vehicles", ""},
	{"suspected, held and approved", holdAll, fewCars, approvedBy("li", "wang"), policy.Pass, "EX_SMALL REVIEW_APPROVED", "T1"},
	{"approved, and another rule since", holdAll + moreRules, fewCars, approvedBy("li", "wang"), policy.Hold, "IMPORTANT_SUSPECTED:vehicles HELD_FOR_REVIEW:look HELD_FOR_REVIEW:more", ""},
	{"approved, and another rule since that is waived", holdAll + moreRules, fewPersons, bothLift(approvedBy("li", "wang"), excepted("more")), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:more REVIEW_APPROVED", "E1 T1"},
	{"approved, suspected since", holdAll, fewCars, bothLift(approvedBy("li", "wang"), seen("look")), policy.Hold, "IMPORTANT_SUSPECTED:vehicles HELD_FOR_REVIEW:look", ""},
	{"approved for no rule", holdAll, fewPersons, bothLift(approvedBy("li", "wang"), seen()), policy.Hold, "HELD_FOR_REVIEW:look", ""},
	{"denied by a reviewer", holdAll, fewPersons, deniedBy("li"), policy.Block, "REVIEW_DENIED", ""},
	{"denied by one of three", holdAll, fewCars, deniedBy("li", "wang", "zhao"), policy.Block, "REVIEW_DENIED", ""},
	{"denied, and waived since", holdAll, fewPersons, bothLift(deniedBy("li"), excepted("look")), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:look", "E1"},
	{"denied, and nothing holds it", "", fewPersons, deniedBy("li"), policy.Pass, "EX_SMALL", ""},
	{"denied, and the operator denies it", holdAll + "\n" + denyThere, fewPersons, deniedBy("li"), policy.Block, "OPERATOR_DENIED:no-sg", ""},
	{"denied, and the law refuses it", holdAll, asked{found: card, sp: 1}, deniedBy("li"), policy.Block, "FILING_NOT_FOUND", ""},
	{"suspected, one approver", "", fewCars, approvedBy("li"), policy.Hold, "IMPORTANT_SUSPECTED:vehicles", ""},
	{"suspected and waived", "", fewCars, excepted("suspected.vehicles"), policy.Pass, "EX_SMALL EXCEPTION_APPLIED:suspected.vehicles", "E1"},
	{"suspected and assessed", "", asked{exporter: "ciio", found: "vehicle.vin " + mob, ns: 1, filings: one(assessed)}, nil, policy.Pass, "FILING_COVERS", ""},
	{"suspected and assessed as general", "", asked{exporter: "ciio", found: "vehicle.vin " + mob, ns: 1, filings: one(assessedAsGeneral)}, nil, policy.Hold, "IMPORTANT_SUSPECTED:vehicles", ""},
	{"suspected and refused", "", asked{exporter: "ciio", found: "vehicle.vin " + mob, ns: 1}, nil, policy.Block, "FILING_NOT_FOUND", ""},
	{"suspected and domestic", "", asked{place: "CN", found: "vehicle.vin"}, nil, policy.Pass, "NOT_OUTBOUND", ""},
}

func TestWhatIsLifted(t *testing.T) {
	t.Parallel()
	l := makeLaw(t, "LINK_NOT_FILED", "FILING_EXPIRED")
	deciders := map[string]*rego.Decider{}
	for _, tt := range liftRows {
		t.Run(tt.name, func(t *testing.T) {
			d := deciders[tt.module]
			if d == nil {
				dir := t.TempDir()
				put(t, dir, "own.rego", own+tt.module)
				d = open(t, rego.Options{Law: l, Dir: dir})
				deciders[tt.module] = d
			}
			q := tt.flow.question(t, l)
			if tt.change != nil {
				tt.change(q)
			}
			v, err := d.Decide(context.Background(), q)
			if err != nil || v.Action != tt.want || codes(v) != tt.codes || strings.Join(v.Uses, " ") != tt.uses {
				t.Errorf("got %s %s, uses %v, %v; want %s %s, uses %s", v.Action, codes(v), v.Uses, err, tt.want, tt.codes, tt.uses)
			}
		})
	}
}
