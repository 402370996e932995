package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

const holdSplit = `suspect contains "splitting"`

func asPiece(q *policy.Question) { q.Split.Evidence = []policy.SplitEvidence{policy.SplitSubset} }

// splitRows are about parts that look like pieces of one list.
var splitRows = []struct {
	name, module string
	flow         asked
	change       func(*policy.Question)
	want         policy.Action
	codes, uses  string
}{
	{"it passes and says so", "", fewPersons, asPiece, policy.Pass, "EX_SMALL SPLITTING_SUSPECTED", ""},
	{"under a contract", "", asked{found: card, sp: 1, filings: scF}, asPiece, policy.Pass, "FILING_COVERS SPLITTING_SUSPECTED", ""},
	{"no filing", "", asked{found: card, sp: 1}, asPiece, policy.Block, "FILING_NOT_FOUND", ""},
	{"nothing governed", "", asked{}, asPiece, policy.Pass, "EX_NO_PI SPLITTING_SUSPECTED", ""},
	{"domestic", "", asked{place: "CN", found: mob, ns: 1}, asPiece, policy.Pass, "NOT_OUTBOUND", ""},
	{"held for something else", holdAll, fewPersons, asPiece, policy.Hold, "HELD_FOR_REVIEW:look", ""},
	{"that approved", holdAll, fewPersons, bothLift(asPiece, approvedBy("li", "wang")), policy.Pass, "EX_SMALL SPLITTING_SUSPECTED REVIEW_APPROVED", "T1"},

	{"the operator wants it held", holdSplit, fewPersons, asPiece, policy.Hold, "SPLITTING_SUSPECTED", ""},
	{"no piece", holdSplit, fewPersons, nil, policy.Pass, "EX_SMALL", ""},
	{"domestic and to be held", holdSplit, asked{place: "CN", found: mob, ns: 1}, asPiece, policy.Pass, "NOT_OUTBOUND", ""},
	{"refused and to be held", holdSplit, asked{found: card, sp: 1}, asPiece, policy.Block, "FILING_NOT_FOUND", ""},
	{"held and more", holdSplit + "\n" + holdAll, fewCars, asPiece, policy.Hold, "IMPORTANT_SUSPECTED:vehicles SPLITTING_SUSPECTED HELD_FOR_REVIEW:look", ""},
	{"approved by two who saw it", holdSplit, fewPersons, bothLift(asPiece, approvedBy("li", "wang"), seen(policy.RuleSplitting)), policy.Pass, "EX_SMALL SPLITTING_SUSPECTED REVIEW_APPROVED", "T1"},
	{"approved by one", holdSplit, fewPersons, bothLift(asPiece, approvedBy("li"), seen(policy.RuleSplitting)), policy.Hold, "SPLITTING_SUSPECTED", ""},
	{"approved by two who saw something else", holdSplit, fewPersons, bothLift(asPiece, approvedBy("li", "wang")), policy.Hold, "SPLITTING_SUSPECTED", ""},
	{"refused by a reviewer", holdSplit, fewPersons, bothLift(asPiece, deniedBy("li"), seen(policy.RuleSplitting)), policy.Block, "REVIEW_DENIED", ""},
	{"waived", holdSplit, fewPersons, bothLift(asPiece, excepted(policy.RuleSplitting)), policy.Pass, "EX_SMALL SPLITTING_SUSPECTED EXCEPTION_APPLIED:suspected.splitting", "E1"},
	{"a word that nobody knows", `suspect contains "spliting"`, fewPersons, nil, policy.Block, "OPERATOR_DENIED:suspect.unknown", ""},
	{"by the operator's own rule", `hold contains "pieces" if "subset" in input.split.evidence`, fewPersons, asPiece, policy.Hold, "HELD_FOR_REVIEW:pieces", ""},
}

func TestSplitting(t *testing.T) {
	t.Parallel()
	l := makeLaw(t)
	deciders := map[string]*rego.Decider{}
	for _, tt := range splitRows {
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

// What is held under a filing says what the filing lacks: nothing but this.
func TestSplittingIsTheNearMiss(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	dir := t.TempDir()
	put(t, dir, "own.rego", own+holdSplit)
	q := asked{found: card, sp: 1, filings: scF}.question(t, l)
	asPiece(q)
	v, err := open(t, rego.Options{Law: l, Dir: dir}).Decide(context.Background(), q)
	if err != nil || v.Action != policy.Hold {
		t.Fatal(v, err)
	}
	for lang, want := range map[string]string{policy.Chinese: "拆分发送的一份", policy.English: "Filing F1 covers this transfer but for: this looks like one piece"} {
		if got := policy.NearMiss(v, lang); !strings.Contains(got, want) {
			t.Errorf("%s: %q lacks %q", lang, got, want)
		}
	}
}

// Whatever a policy answers, it does not keep silent about a piece, and calls
// nothing a piece that is none.
func TestNoPolicyHidesSplitting(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	silent := `{"action": "pass", "final": true, "basis": "EX_SMALL", "need": "none", "reasons": [{"code": "EX_SMALL"}]}`
	told := strings.Replace(silent, `{"code": "EX_SMALL"}`, `{"code": "EX_SMALL"}, {"code": "SPLITTING_SUSPECTED"}`, 1)
	for _, tt := range []struct {
		name, verdict string
		piece         bool
		want          string
	}{
		{"a piece, said", told, true, ""},
		{"no piece, nothing said", silent, false, ""},
		{"a piece, nothing said", silent, true, "does not say"},
		{"no piece, said", told, false, "without evidence"},
	} {
		d := open(t, rego.Options{Law: l})
		if err := d.Force(forced + "verdict := " + tt.verdict); err != nil {
			t.Fatal(err)
		}
		q := fewPersons.question(t, l)
		if tt.piece {
			asPiece(q)
		}
		if _, err := d.Decide(context.Background(), q); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
