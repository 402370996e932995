package replay_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// withMinor is a record whose mobile numbers are sensitive because of a minor.
func withMinor(in *policy.Intent, q *policy.Question) {
	in.Persons.Minors, in.Persons.SP, in.Counters[1].After = 1, 1, 1
	q.Persons.Minors, q.Persons.Sensitive, q.Found[0].Sensitive = true, true, true
}

func TestTheNumberOfThePackDecidesAndNotThatOfTheRecord(t *testing.T) {
	raised := record(t, func(in *policy.Intent, _ *policy.Question) {
		in.Counters[0].After, in.Counters[0].Max = 150, 1000
	})
	if d := derive(t, newHouse(), raised, replay.What{}); d.Verdict.Action != policy.Block || len(d.Differences) == 0 {
		t.Errorf("got %+v, %v", d.Verdict, d.Differences)
	}
}

func TestSensitiveByAMinorStaysSo(t *testing.T) {
	h := newHouse()
	derive(t, h, record(t, withMinor), under(rulesOf("d2", 100, 10, inspect.BankCard)))
	if f := h.asked[0].Found[0]; !f.Sensitive || !h.asked[0].Persons.Sensitive {
		t.Errorf("asked about %+v", h.asked[0])
	}
	// A class that the old profile listed hides whether the minor was there.
	h = newHouse()
	h.rules["d1"] = rulesOf("d1", 100, 10, inspect.Mobile)
	derive(t, h, record(t, withMinor), under(rulesOf("d2", 100, 10)))
	if len(h.asked) != 2 || h.asked[0].Found[0].Sensitive == h.asked[1].Found[0].Sensitive {
		t.Errorf("not tried both ways: %d questions", len(h.asked))
	}
}

func TestAClassThatIsNoLongerSensitiveCountsNobodyThere(t *testing.T) {
	h := newHouse()
	h.rules["d1"] = rulesOf("d1", 100, 10, inspect.Mobile)
	sensitive := func(in *policy.Intent, q *policy.Question) {
		in.Persons.NS, in.Persons.SP = 0, 3
		in.Counters[1].After = 3
		q.Found[0].Sensitive, q.Persons = true, policy.AskedPersons{Sensitive: true}
	}
	d := derive(t, h, record(t, sensitive), under(rulesOf("d2", 100, 1)))
	if len(d.Unknown) > 0 || d.Question.Brackets[1].Exceeded || d.Question.Persons.Sensitive || !d.Question.Persons.NonSensitive {
		t.Errorf("unknown %v, asked %+v", d.Unknown, d.Question)
	}
}

func TestOtherFilingsNeedThoseOfTheRecord(t *testing.T) {
	h := newHouse()
	h.filings = nil
	_, err := replay.Derive(context.Background(), record(t), h, replay.What{Filings: []policy.Filing{filing(2, 50)}})
	if err == nil {
		t.Error("filings were put over ones that nobody knows")
	}
	if d := derive(t, h, record(t), replay.What{}); d.Verdict.Action != policy.Pass || !slices.ContainsFunc(d.Differences, func(x replay.Difference) bool { return x.Name == "filing.F" }) {
		t.Errorf("%+v, %v", d.Verdict, d.Differences)
	}
	// Another pack leaves the limits of a lost filing as they were.
	full := func(in *policy.Intent, q *policy.Question) { in.Counters[2].After, q.Brackets[2].Exceeded = 51, true }
	if d := derive(t, h, record(t, full), under(rulesOf("d2", 100, 10, inspect.BankCard))); d.Verdict.Reasons[0].Limit != "F.ns" {
		t.Errorf("%+v", d.Verdict)
	}
}

func TestAFilingSaysWhereTheDestinationIs(t *testing.T) {
	domestic := func(in *policy.Intent, q *policy.Question) {
		in.Place, in.Recipient = policy.Place{Country: "CN", Source: "table"}, ""
		q.Destination = policy.AskedPlace{Place: in.Place}
		in.Declared, q.Declared = policy.Declared{}, policy.Declared{}
		q.Candidates, q.Brackets = []policy.Candidate{}, q.Brackets[:2]
		in.Counters = in.Counters[:2]
	}
	d := derive(t, newHouse(), record(t, domestic), replay.What{Filings: []policy.Filing{filing(2, 50)}})
	q := d.Question
	if !q.Destination.Overseas || q.Destination.Country != "SG" || q.Destination.Recipient != "sg" || q.Declared.Purpose != "ops" || q.Declared.Link != "L1" {
		t.Errorf("asked about %+v, declared %+v", q.Destination, q.Declared)
	}
	said := record(t, domestic, func(in *policy.Intent, q *policy.Question) {
		in.Declared = policy.Declared{Purpose: "ads", Source: "client"}
		q.Declared = in.Declared
	})
	if d := derive(t, newHouse(), said, replay.What{Filings: []policy.Filing{filing(2, 50)}}); d.Question.Declared.Purpose != "ads" {
		t.Errorf("what the client said is gone: %+v", d.Question.Declared)
	}
}

func TestPersonsWhoMayCountNoMoreAreNotTakenForCounted(t *testing.T) {
	named := func(in *policy.Intent, q *policy.Question) {
		in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.Name, High: 3})
		q.Found = append(q.Found, policy.Found{Class: inspect.Name, Confidence: inspect.High, Magnitude: 1, Personal: true})
	}
	// 40 before, 43 with the three persons; how many of them have a name and
	// no mobile number, the record does not tell.
	d := derive(t, newHouse(), record(t, named), under(rulesOf("d2", 42, 10, inspect.Mobile)))
	if !slices.Contains(d.Unknown, "limit.national.ns") {
		t.Errorf("got %+v, unknown %v", d.Verdict, d.Unknown)
	}
}

func TestAPolicyOfAnotherDigestIsNotThatOfTheRecord(t *testing.T) {
	r := record(t, func(in *policy.Intent, _ *policy.Question) { in.Policy = "another" })
	if d, err := replay.Derive(context.Background(), r, newHouse(), replay.What{}); err == nil {
		t.Errorf("derived %+v under the policy %s", d.Verdict, d.Policy)
	}
}

// TestComparedIsEveryFieldOfAVerdict changes one at a time.
func TestComparedIsEveryFieldOfAVerdict(t *testing.T) {
	fields := reflect.TypeFor[policy.Verdict]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		var v policy.Verdict
		switch at := reflect.ValueOf(&v).Elem().Field(i); f.Type.Kind() {
		case reflect.String:
			at.SetString("x")
		case reflect.Bool:
			at.SetBool(true)
		case reflect.Slice:
			at.Set(reflect.MakeSlice(f.Type, 1, 1))
		case reflect.Struct:
			continue // until when it holds is not compared
		default:
			switch {
			case at.CanInt():
				at.SetInt(1)
			case at.CanUint():
				at.SetUint(1)
			default:
				t.Fatalf("%s is of a kind that this test cannot change", f.Name)
			}
		}
		if d := replay.Compare(policy.Verdict{}, v, true); len(d) != 1 {
			t.Errorf("%s: %v", f.Name, d)
		}
	}
	if d := replay.Compare(policy.Verdict{Policy: "a"}, policy.Verdict{Policy: "b"}, false); len(d) != 0 {
		t.Errorf("under another policy: %v", d)
	}
}
