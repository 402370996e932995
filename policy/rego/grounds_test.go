package rego_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// madeLaw is the pack in force with a zone of one list, marks, and what an
// operator may relax.
type madeLaw struct{ r *policy.Rules }

func (m madeLaw) At(time.Time) (*policy.Rules, error) { return m.r, nil }

const madeZone = "CN-TEST"

func makeLaw(t testing.TB, relax ...string) policy.Law {
	t.Helper()
	r, err := openLaw(t).At(noon())
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r.Data)
	if err != nil {
		t.Fatal(err)
	}
	out := *r
	if err := json.Unmarshal(b, &out.Data); err != nil {
		t.Fatal(err)
	}
	out.Data["operator"] = map[string]any{"may_relax": anys(relax)}
	out.Data["lists"] = []any{map[string]any{"id": "CN-TEST-2026", "type": "negative", "zones": anys([]string{madeZone}),
		"covers": anys([]string{"retail.*"}), "verified": true, "applies_to": map[string]any{},
		"entries": []any{map[string]any{"id": "member", "scenario": "retail.member", "verified": true, "classes": anys([]string{card}),
			"data_class": "spi", "rules": []any{map[string]any{"min": 100, "pathway": "SC_OR_CERT", "limit": "list.test"}, map[string]any{"min": 0, "pathway": "NONE"}}}}}}
	out.Data["marks"] = []any{map[string]any{"id": "vehicles", "effect": "suspected", "verified": true, "classes": anys([]string{"vehicle.vin"})}}
	out.Zone = map[string][]policy.Limit{madeZone: {{ID: "list.test", Kind: policy.CountSP, Max: 99}}}
	out.Pack.Digest = "made"
	return madeLaw{&out}
}

func anys(list []string) []any {
	out := []any{}
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func inZone(q *policy.Question) {
	q.Exporter.Zone, q.Declared.Scenario = madeZone, "retail.member"
	q.Brackets = append(q.Brackets, policy.Bracket{Limit: "list.test"})
}

func excepted(waives ...string) func(*policy.Question) {
	return func(q *policy.Question) {
		q.Exceptions = []policy.Exception{{ID: "E1", Revision: 1, State: "current", Waives: waives}}
	}
}

func approvedBy(names ...string) func(*policy.Question) {
	return func(q *policy.Question) {
		q.Approval = &policy.Approval{Ticket: "T1", Approvers: names, Rules: []string{"look", "suspected.vehicles"}}
	}
}

func deniedBy(names ...string) func(*policy.Question) {
	return bothLift(approvedBy(names...), func(q *policy.Question) { q.Approval.Denied = true })
}

func seen(rules ...string) func(*policy.Question) {
	return func(q *policy.Question) { q.Approval.Rules = rules }
}

const answerHead = `verdict := {"final": true, "action": `

func release(basis, more string) string {
	return answerHead + `"pass", "basis": "` + basis + `", "need": "none", ` + more + `}`
}

func saying(reasons string) string { return `"reasons": [` + reasons + `]` }

var (
	saysSmall     = saying(`{"code": "EX_SMALL"}`)
	underZ1       = `"filing": "Z1", "revision": 1, ` + saysSmall
	registeredUse = filing("Z1", policy.FTZList, func(c *policy.Candidate) { c.List = "CN-TEST-2026" })
	otherUse      = filing("Z1", policy.FTZList, func(c *policy.Candidate) { c.List = "CN-OTHER" })
)

// grounds are answers of a policy, and what is wrong with them.
var grounds = []struct {
	name, verdict, want string
	filings             []policy.Candidate
	change              func(*policy.Question)
}{
	{"off the list of a zone", release("EX_FTZ_OFFLIST", saysSmall), "", nil, inZone},
	{"off a list, in no zone", release("EX_FTZ_OFFLIST", saysSmall), "belong together", nil, nil},
	{"off a list, in a zone without one", release("EX_FTZ_OFFLIST", saysSmall), "belong together", nil, func(q *policy.Question) { inZone(q); q.Exporter.Zone = "CN-NONE" }},
	{"off a list, a CIIO", release("EX_FTZ_OFFLIST", saysSmall), "belong together", nil, func(q *policy.Question) { inZone(q); q.Exporter.CIIO = policy.Yes }},
	{"off a list, perhaps a CIIO", release("EX_FTZ_GENERAL_LIST", saysSmall), "belong together", nil, func(q *policy.Question) { inZone(q); q.Exporter.CIIO = policy.Unknown }},
	{"under a registration", release("EX_FTZ_GENERAL_LIST", underZ1), "", one(registeredUse), inZone},
	{"under a registration of another list", release("EX_FTZ_GENERAL_LIST", underZ1), "belong together", one(otherUse), inZone},
	{"under a contract in its place", release("EX_FTZ_GENERAL_LIST", underZ1), "belong together", one(filing("Z1", policy.SC)), inZone},
	{"a registration as a filing", release("FTZ_LIST", underZ1), "belong together", one(registeredUse), inZone},
	{"a registration for a small volume", release("EX_SMALL", underZ1), "belong together", one(registeredUse), inZone},
	{"a limit of the zone", release("EX_FTZ_BELOW_LIST_THRESHOLD", `"limits": ["list.test"], `+saysSmall), "", nil, inZone},
	{"a limit of another zone", release("EX_SMALL", `"limits": ["list.test"], `+saysSmall), "limit", nil, nil},
	{"a contract as an assessment", release("SA", `"filing": "F1", "revision": 1, `+saysSmall), "belong together", scF, nil},
	{"a contract of another revision", release("SC", `"filing": "F1", "revision": 2, `+saysSmall), "belong together", scF, nil},
	{"a claim nobody made", release("EX_HR", `"filing": "X1", "revision": 1, `+saysSmall), "belong together", one(claim("EX_HR")), nil},
	{"a claim of another kind", release("EX_HR", `"filing": "X1", "revision": 1, `+saysSmall), "belong together", one(claim("EX_CONTRACT")), func(q *policy.Question) { q.Declared.Claim = "EX_HR" }},
	{"a claim", release("EX_HR", `"filing": "X1", "revision": 1, `+saysSmall), "", one(claim("EX_HR")), func(q *policy.Question) { q.Declared.Claim = "EX_HR" }},
	{"a basis nobody knows", release("EX_LUCK", saysSmall), "belong together", nil, nil},

	{"relaxed within the pack", release("EX_SMALL", saying(`{"code": "RELAXED_BY_OPERATOR", "of": "LINK_NOT_FILED"}`)), "", nil, nil},
	{"relaxed beyond the pack", release("EX_SMALL", saying(`{"code": "RELAXED_BY_OPERATOR", "of": "PURPOSE_MISMATCH"}`)), "relaxed", nil, nil},
	{"relaxed beyond any pack", release("EX_SMALL", saying(`{"code": "RELAXED_BY_OPERATOR", "of": "FILING_EXPIRED"}`)), "relaxed", nil, nil},
	{"relaxed without saying what", release("EX_SMALL", saying(`{"code": "RELAXED_BY_OPERATOR"}`)), "relaxed", nil, nil},
	{"something else that lifts", release("EX_SMALL", saying(`{"code": "EX_SMALL", "of": "LINK_NOT_FILED"}`)), "lifts", nil, nil},

	{"an exception", release("EX_SMALL", `"uses": ["E1"], `+saying(`{"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E1"}`)), "", nil, excepted("r")},
	{"an exception unused", release("EX_SMALL", saying(`{"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E1"}`)), "uses", nil, excepted("r")},
	{"a use without a reason", release("EX_SMALL", `"uses": ["E1"], `+saysSmall), "uses", nil, excepted("r")},
	{"an exception for another rule", release("EX_SMALL", `"uses": ["E1"], `+saying(`{"code": "EXCEPTION_APPLIED", "rule": "q", "by": "E1"}`)), "exception", nil, excepted("r")},
	{"an exception that is over", release("EX_SMALL", `"uses": ["E1"], `+saying(`{"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E1"}`)), "exception", nil,
		func(q *policy.Question) { excepted("r")(q); q.Exceptions[0].State = "expired" }},
	{"an exception nobody has", release("EX_SMALL", `"uses": ["E1"], `+saying(`{"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E1"}`)), "exception", nil, nil},
	{"an approval", release("EX_SMALL", `"uses": ["T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "", nil, approvedBy("li", "wang")},
	{"an approval of one", release("EX_SMALL", `"uses": ["T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "approval", nil, approvedBy("li", "li")},
	{"an approval of nobody", release("EX_SMALL", `"uses": ["T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "approval", nil, approvedBy()},
	{"an approval that was taken back", release("EX_SMALL", `"uses": ["T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "approval", nil, deniedBy("li", "wang")},
	{"an approval of no rule", release("EX_SMALL", `"uses": ["T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "approval", nil, bothLift(approvedBy("li", "wang"), seen())},
	{"a denial", answerHead + `"block", ` + saying(`{"code": "REVIEW_DENIED", "by": "T1"}`) + `}`, "blocks", nil, deniedBy("li")},
	{"a denial nobody gave", answerHead + `"block", ` + saying(`{"code": "REVIEW_DENIED", "by": "T1"}`) + `}`, "nobody gave", nil, approvedBy("li", "wang")},
	{"a denial without a ticket", answerHead + `"block", ` + saying(`{"code": "REVIEW_DENIED", "by": "T1"}`) + `}`, "nobody gave", nil, nil},
	{"a denial of another ticket", answerHead + `"block", ` + saying(`{"code": "REVIEW_DENIED", "by": "T2"}`) + `}`, "nobody gave", nil, deniedBy("li")},
	{"a denial of no ticket", answerHead + `"block", ` + saying(`{"code": "REVIEW_DENIED"}`) + `}`, "nobody gave", nil, deniedBy("li")},
	{"a denial that uses its ticket", answerHead + `"block", "uses": ["T1"], ` + saying(`{"code": "REVIEW_DENIED", "by": "T1"}`) + `}`, "releases nothing", nil, deniedBy("li")},
	{"a denial that releases", release("EX_SMALL", saying(`{"code": "REVIEW_DENIED", "by": "T1"}`)), "nobody gave", nil, deniedBy("li")},
	{"a denial that holds", answerHead + `"hold", ` + saying(`{"code": "REVIEW_DENIED", "by": "T1"}`) + `}`, "nobody gave", nil, deniedBy("li")},
	{"an approval of another ticket", release("EX_SMALL", `"uses": ["T2"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T2"}`)), "approval", nil, approvedBy("li", "wang")},
	{"uses out of order", release("EX_SMALL", `"uses": ["T1", "E1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}, {"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E1"}`)), "sorted", nil,
		func(q *policy.Question) { excepted("r")(q); approvedBy("li", "wang")(q) }},
	{"a use twice", release("EX_SMALL", `"uses": ["T1", "T1"], `+saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`)), "each once", nil, approvedBy("li", "wang")},
	{"a hold that uses", answerHead + `"hold", "uses": ["T1"], ` + saying(`{"code": "REVIEW_APPROVED", "by": "T1"}`) + `}`, "releases nothing", nil, approvedBy("li", "wang")},
	{"a refusal that names a ticket", answerHead + `"block", ` + saying(`{"code": "EX_SMALL", "by": "T1"}`) + `}`, "without resting", nil, approvedBy("li", "wang")},
}

// A policy is trusted to judge, not to be well formed: what it says it rests
// on must be in the question and in the pack.
func TestGroundsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	l := makeLaw(t, "LINK_NOT_FILED", "FILING_EXPIRED")
	d := open(t, rego.Options{Law: l})
	for _, tt := range grounds {
		t.Run(tt.name, func(t *testing.T) {
			if err := d.Force(forced + tt.verdict); err != nil {
				t.Fatal(err)
			}
			q := asked{found: mob, ns: 1, filings: tt.filings}.question(t, l)
			if tt.change != nil {
				tt.change(q)
			}
			v, err := d.Decide(context.Background(), q)
			switch {
			case tt.want == "" && (err != nil || v.Action != policy.Pass):
				t.Errorf("got %s %s, %v", v.Action, codes(v), err)
			case tt.want == "blocks" && (err != nil || v.Action != policy.Block || !v.Has(policy.ReviewDenied)):
				t.Errorf("got %s %s, %v", v.Action, codes(v), err)
			case tt.want != "" && tt.want != "blocks" && (err == nil || !strings.Contains(err.Error(), tt.want) || v.Action != policy.Block || !v.Has(policy.DeciderFailed)):
				t.Errorf("got %s %s, %v, want %q", v.Action, codes(v), err, tt.want)
			}
		})
	}
}
