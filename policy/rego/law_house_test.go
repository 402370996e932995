package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
)

// house is a transfer under a module of the operator, with what reviewers and
// registered exceptions lift. What the law refuses stays refused.
type house struct {
	name    string
	module  string
	reading string
	flow    transfer
	lifts   []policy.Exception
	two     []string // who approved its ticket T1
	verdict policy.Action
	codes   string
	uses    string
}

func exception(id, state, waives string, classes ...inspect.Class) policy.Exception {
	return policy.Exception{ID: id, Revision: 1, State: state, Waives: strings.Fields(waives), Classes: classes, Approvers: []string{"li", "zhang"}}
}

var (
	smallFlow = transfer{"company", "mobile", 5, 0, ""}
	both      = []string{"li", "zhang"}
	denySG    = `deny contains "no-sg" if input.destination.country == "SG"`
	lookFirst = `hold contains "look-first"`
	relaxAll  = "relax contains c if some c in {\"PURPOSE_UNDECLARED\", \"PURPOSE_MISMATCH\", \"LINK_NOT_FILED\", \"DEIDENTIFICATION_MISSING\"}"
	lifts     = func(e ...policy.Exception) []policy.Exception { return e }
)

var houseRows = []house{
	// The pack says what an operator may relax; by itself, nothing.
	{"no purpose told, the pack does not allow it", relaxAll, "", transfer{"company", "card", 0, 1, "SC without purpose told"}, nil, nil, block, "PURPOSE_UNDECLARED", ""},
	{"no purpose told", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC without purpose told"}, nil, nil, pass, "FILING_COVERS RELAXED_BY_OPERATOR:PURPOSE_UNDECLARED", ""},
	{"another purpose", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC for another purpose"}, nil, nil, pass, "FILING_COVERS RELAXED_BY_OPERATOR:PURPOSE_MISMATCH", ""},
	{"another link", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC for another link"}, nil, nil, pass, "FILING_COVERS RELAXED_BY_OPERATOR:LINK_NOT_FILED", ""},
	{"raw and not processed", relaxAll, "may relax", transfer{"company", "ID number", 0, 1, "SC with IDs processed"}, nil, nil, pass, "FILING_COVERS RELAXED_BY_OPERATOR:pi.id.resident:DEIDENTIFICATION_MISSING", ""},
	{"allowed by the pack, the operator does not", lookFirst, "may relax", transfer{"company", "card", 0, 1, "SC for another link"}, nil, nil, block, "LINK_NOT_FILED", ""},
	{"a claim's link", relaxAll, "may relax", transfer{"company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT for another link"}, nil, nil, pass, "EX_CONTRACT RELAXED_BY_OPERATOR:LINK_NOT_FILED", ""},
	{"the link of a list's registration", relaxAll, "may relax", transfer{"company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R for another link"}, nil, nil, pass,
		"EX_FTZ_BELOW_LIST_THRESHOLD RELAXED_BY_OPERATOR:LINK_NOT_FILED", ""},
	{"never the strength", relaxAll, "may relax", transfer{"CIIO", "card", 0, 1, "SC"}, nil, nil, block, "PATHWAY_INSUFFICIENT", ""},
	{"never the recipient", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC for another recipient"}, nil, nil, block, "RECIPIENT_MISMATCH", ""},
	{"never the time", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC expired"}, nil, nil, block, "FILING_EXPIRED", ""},
	{"never the volume", relaxAll, "may relax", transfer{"company", "card", 0, 1, "SC full of sp"}, nil, nil, block, "VOLUME_EXCEEDED:F1.sp", ""},

	// An exception lifts what the operator made.
	{"a denial", denySG, "", smallFlow, lifts(exception("E-1", "current", "no-sg")), nil, pass, "EX_SMALL EXCEPTION_APPLIED:no-sg:E-1", "E-1"},
	{"a denial, not approved yet", denySG, "", smallFlow, lifts(exception("E-1", "unapproved", "no-sg")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"a denial, expired", denySG, "", smallFlow, lifts(exception("E-1", "expired", "no-sg")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"a denial, not begun", denySG, "", smallFlow, lifts(exception("E-1", "not_yet", "no-sg")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"a denial, used up", denySG, "", smallFlow, lifts(exception("E-1", "used_up", "no-sg")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"a denial, suspended", denySG, "", smallFlow, lifts(exception("E-1", "suspended", "no-sg")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"another denial", denySG, "", smallFlow, lifts(exception("E-1", "current", "no-us")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"one of two denials", denySG + "\n" + `deny contains "no-mobile"`, "", smallFlow, lifts(exception("E-1", "current", "no-sg")), nil, block, "OPERATOR_DENIED:no-mobile", ""},
	{"two denials by two exceptions", denySG + "\n" + `deny contains "no-mobile"`, "", smallFlow, lifts(exception("E-1", "current", "no-sg"), exception("E-2", "current", "no-mobile")), nil, pass,
		"EX_SMALL EXCEPTION_APPLIED:no-sg:E-1 EXCEPTION_APPLIED:no-mobile:E-2", "E-1 E-2"},
	{"for these classes", denySG, "", smallFlow, lifts(exception("E-1", "current", "no-sg", "pi.contact.mobile", "pi.name")), nil, pass, "EX_SMALL EXCEPTION_APPLIED:no-sg:E-1", "E-1"},
	{"for other classes", denySG, "", transfer{"company", "mobile + email", 5, 0, ""}, lifts(exception("E-1", "current", "no-sg", "pi.contact.mobile")), nil, block, "OPERATOR_DENIED:no-sg", ""},
	{"that nothing needs is not used", `deny contains "never" if false`, "", smallFlow, lifts(exception("E-1", "current", "no-sg")), nil, pass, "EX_SMALL", ""},
	{"a review", lookFirst, "", smallFlow, lifts(exception("E-1", "current", "look-first")), nil, pass, "EX_SMALL EXCEPTION_APPLIED:look-first:E-1", "E-1"},
	{"a wanted filing", `require contains "filing"`, "", smallFlow, lifts(exception("E-1", "current", "require.filing")), nil, pass, "EX_SMALL EXCEPTION_APPLIED:require.filing:E-1", "E-1"},
	{"a wanted assessment", `require contains "sa"`, "", transfer{"company", "card", 0, 1, "SC"}, lifts(exception("E-1", "current", "require.sa")), nil, pass, "FILING_COVERS EXCEPTION_APPLIED:require.sa:E-1", "E-1"},
	{"a suspicion", lookFirst + " if false", "", transfer{"company", "plate", 5, 0, "for test.video"}, lifts(exception("E-1", "current", "suspected.test.video")), nil, pass,
		"EX_SMALL EXCEPTION_APPLIED:suspected.test.video:E-1", "E-1"},
	{"never a redaction", `redact contains "pi.contact.mobile"`, "", smallFlow, lifts(exception("E-1", "current", "pi.contact.mobile redact")), nil, policy.Redact, "REDACTION_ORDERED:pi.contact.mobile", ""},
	{"never a missing filing", denySG, "", transfer{"company", "card", 0, 1, ""}, lifts(exception("E-1", "current", "no-sg FILING_NOT_FOUND")), nil, block, "FILING_NOT_FOUND", ""},
	{"never a state secret", denySG, "", transfer{"company", "state secret", 0, 0, ""}, lifts(exception("E-1", "current", "no-sg STATE_SECRET")), nil, block, "STATE_SECRET:mark.secret", ""},

	// Two different reviewers lift a review, and nothing else.
	{"two reviewers", lookFirst, "", smallFlow, nil, both, pass, "EX_SMALL REVIEW_APPROVED:T1", "T1"},
	{"one reviewer", lookFirst, "", smallFlow, nil, []string{"li"}, hold, "HELD_FOR_REVIEW:look-first", ""},
	{"one reviewer twice", lookFirst, "", smallFlow, nil, []string{"li", "li"}, hold, "HELD_FOR_REVIEW:look-first", ""},
	{"nobody", lookFirst, "", smallFlow, nil, nil, hold, "HELD_FOR_REVIEW:look-first", ""},
	{"two reviewers of a suspicion", lookFirst + " if false", "", transfer{"company", "plate", 5, 0, "for test.video"}, nil, both, pass, "EX_SMALL REVIEW_APPROVED:T1", "T1"},
	{"two reviewers, and a rule that they did not see", lookFirst + "\n" + `hold contains "look-again"`, "", smallFlow, nil, both, hold, "HELD_FOR_REVIEW:look-first HELD_FOR_REVIEW:look-again", ""},
	{"two reviewers of a denial", denySG, "", smallFlow, nil, both, block, "OPERATOR_DENIED:no-sg", ""},
	{"two reviewers of a missing filing", lookFirst, "", transfer{"company", "card", 0, 1, ""}, nil, both, block, "FILING_NOT_FOUND", ""},
	{"two reviewers of important data", lookFirst, "", transfer{"company", "marked data", 0, 0, ""}, nil, both, block, "FILING_NOT_FOUND", ""},
	{"two reviewers where nothing was held", `deny contains "never" if false`, "", smallFlow, nil, both, pass, "EX_SMALL", ""},
	{"a denial excepted and a review answered", denySG + "\n" + lookFirst, "", smallFlow, lifts(exception("E-1", "current", "no-sg")), both, pass,
		"EX_SMALL EXCEPTION_APPLIED:no-sg:E-1 REVIEW_APPROVED:T1", "E-1 T1"},
	{"a denial excepted and a review open", denySG + "\n" + lookFirst, "", smallFlow, lifts(exception("E-1", "current", "no-sg")), nil, hold, "HELD_FOR_REVIEW:look-first", ""},
}

func TestHouseRules(t *testing.T) {
	t.Parallel()
	books := map[string]*law.Book{"": lawBook(t, ""), "may relax": lawBook(t, "may relax")}
	deciders := map[[2]string]*rego.Decider{}
	for _, row := range houseRows {
		b, key := books[row.reading], [2]string{row.reading, row.module}
		if deciders[key] == nil {
			dir := t.TempDir()
			put(t, dir, "own.rego", own+row.module+"\n")
			deciders[key] = open(t, rego.Options{Law: b, Dir: dir})
		}
		d := deciders[key]
		t.Run(row.name, func(t *testing.T) {
			r, err := b.At(noon())
			if err != nil {
				t.Fatal(err)
			}
			q := row.flow.question(t, r)
			q.Exceptions = row.lifts
			if row.two != nil {
				q.Approval = &policy.Approval{Ticket: "T1", Approvers: row.two, Rules: []string{"look-first", "suspected.test.video"}}
			}
			v, err := d.Decide(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if v.Action != row.verdict || !lawSameCodes(v, row.codes) || strings.Join(v.Uses, " ") != row.uses {
				t.Errorf("got  %s: %s, uses %v\nwant %s: %s, uses %s", v.Action, lawCodes(v), v.Uses, row.verdict, row.codes, row.uses)
			}
			if v.Action.Releases() && v.Basis == "" {
				t.Error("it passes without a basis")
			}
		})
	}
}
