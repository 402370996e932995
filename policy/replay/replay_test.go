package replay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

type change = func(*policy.Intent, *policy.Question)

func TestASoundRecordHasNoDifferences(t *testing.T) {
	h := newHouse()
	d := derive(t, h, record(t), replay.What{})
	if len(d.Differences) > 0 || d.Verdict.Action != policy.Pass || len(d.Unknown) > 0 {
		t.Errorf("got %+v, %v", d.Verdict, d.Differences)
	}
}

// TestWhatContradictsIsNamed changes one fact of a record at a time.
func TestWhatContradictsIsNamed(t *testing.T) {
	tests := []struct {
		name   string
		change change
		want   string // name of the difference
	}{
		{"a bracket that the counter does not give", func(_ *policy.Intent, q *policy.Question) { q.Brackets[0].Exceeded = true }, "bracket.national.ns"},
		{"a counter above the limit that did not exceed it", func(in *policy.Intent, _ *policy.Question) { in.Counters[0].After = 100 }, "bracket.national.ns"},
		{"a refused reservation that exceeded nothing", func(in *policy.Intent, _ *policy.Question) { in.Counters[2].Refused = true }, "bracket.F.ns"},
		{"another maximum than the pack's", func(in *policy.Intent, _ *policy.Question) { in.Counters[0].Max = 1000 }, "counter.national.ns.max"},
		{"another maximum than the filing's", func(in *policy.Intent, _ *policy.Question) { in.Counters[2].Max = 1000 }, "counter.F.ns.max"},
		{"a counter that falls", func(in *policy.Intent, _ *policy.Question) { in.Counters[0].Before = 44 }, "counter.national.ns"},
		{"a limit left out", func(in *policy.Intent, q *policy.Question) {
			in.Counters, q.Brackets = in.Counters[1:], q.Brackets[1:]
		}, "bracket.national.ns"},
		{"a counter left out", func(in *policy.Intent, _ *policy.Question) { in.Counters = in.Counters[1:] }, "bracket.national.ns"},
		{"no counts for persons who were there", func(in *policy.Intent, q *policy.Question) { in.Counters, q.Brackets = nil, nil }, "brackets"},
		{"a class of the question that nobody found", func(in *policy.Intent, _ *policy.Question) { in.Classes = nil }, "found"},
		{"more of a class than was asked about", func(in *policy.Intent, _ *policy.Question) { in.Classes[0].High = 30 }, "found.pi.contact.mobile"},
		{"sensitive without a minor or a profile", func(_ *policy.Intent, q *policy.Question) {
			q.Found[0].Sensitive, q.Persons.Sensitive = true, true
		}, "found.pi.contact.mobile"},
		{"persons with sensitive data that nobody asked about", func(in *policy.Intent, _ *policy.Question) { in.Persons.SP = 1 }, "persons"},
		{"a minor that nobody asked about", func(in *policy.Intent, _ *policy.Question) { in.Persons.Minors = 1 }, "persons"},
		{"another recipient", func(_ *policy.Intent, q *policy.Question) { q.Destination.Recipient = "us" }, "recipient"},
		{"a country of the mainland that is overseas", func(in *policy.Intent, q *policy.Question) {
			in.Place.Country, q.Destination.Country = "CN", "CN"
		}, "place.overseas"},
		{"another exporter", func(in *policy.Intent, _ *policy.Question) { in.Exporter = "91330100799655058B" }, "exporter"},
		{"coverage that was better", func(_ *policy.Intent, q *policy.Question) { q.Coverage.State = inspect.Partial }, "coverage"},
		{"another purpose", func(in *policy.Intent, _ *policy.Question) { in.Declared.Purpose = "ads" }, "declared"},
		{"evidence of splitting that nobody saw", func(_ *policy.Intent, q *policy.Question) {
			q.Split.Evidence = []policy.SplitEvidence{policy.SplitCut}
		}, "split"},
		{"evidence of splitting that was not asked about", func(in *policy.Intent, _ *policy.Question) {
			in.Split = policy.Split{Set: "s", Evidence: []policy.SplitEvidence{policy.SplitCut}}
		}, "split"},
		{"another pack", func(_ *policy.Intent, q *policy.Question) { q.Pack.Digest = "d2" }, "pack"},
		{"a day after the record", func(_ *policy.Intent, q *policy.Question) { q.Date = "2026-11-23" }, "date"},
		{"a head that was judged as a whole", func(_ *policy.Intent, q *policy.Question) { q.Stage = policy.StageHead }, "stage"},
		{"a revision that the register does not have", func(_ *policy.Intent, q *policy.Question) { q.Candidates[0].Revision = 7 }, "filing.F"},
		{"a filing that covered more", func(_ *policy.Intent, q *policy.Question) {
			q.Candidates[0].Covers = []inspect.Class{inspect.Mobile}
		}, "filing.F"},
		{"a purpose that did not match", func(_ *policy.Intent, q *policy.Question) { q.Candidates[0].Purpose = "mismatch" }, "filing.F"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := derive(t, newHouse(), record(t, tt.change), replay.What{})
			if !slices.ContainsFunc(d.Differences, func(x replay.Difference) bool { return x.Name == tt.want }) {
				t.Errorf("got %v, want one of %s", d.Differences, tt.want)
			}
		})
	}
}

func TestWhatIsSoundIsNotNamed(t *testing.T) {
	tests := []struct {
		name   string
		change change
	}{
		{"a class that is sensitive by a minor", func(in *policy.Intent, q *policy.Question) {
			in.Persons.Minors, in.Persons.SP, in.Persons.NS = 1, 1, 2
			in.Counters[0].After, in.Counters[2].After = 42, 42
			q.Found[0].Sensitive, q.Persons = true, policy.AskedPersons{Sensitive: true, NonSensitive: true, Minors: true}
		}},
		{"a link that cannot be compared again: the name is withheld", func(in *policy.Intent, _ *policy.Question) { in.Host = "withheld" }},
		{"a piece of a list", func(in *policy.Intent, q *policy.Question) {
			in.Split = policy.Split{Set: "s", Pieces: 2, Evidence: []policy.SplitEvidence{policy.SplitCut}}
			q.Split = in.Split.Asked()
		}},
		{"a recipient that the register suspended", func(_ *policy.Intent, q *policy.Question) { q.Destination.Denied = true }},
		{"an address is personal beside a person who does not count", func(in *policy.Intent, q *policy.Question) {
			in.Classes = []policy.ClassCount{{Class: inspect.IPAddress, High: 1}}
			in.Persons = policy.PersonCount{}
			in.Counters[0].After, in.Counters[2].After = 40, 40
			q.Found = []policy.Found{{Class: inspect.IPAddress, Confidence: inspect.High, Magnitude: 1, Personal: true}}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := derive(t, newHouse(), record(t, tt.change), replay.What{}); len(d.Differences) > 0 {
				t.Errorf("got %v", d.Differences)
			}
		})
	}
}

func TestWhatWasNotAskedIsSaid(t *testing.T) {
	h := newHouse()
	stopped := record(t, func(in *policy.Intent, q *policy.Question) { in.Stopped, q.Brackets = policy.Oversize, nil })
	if d := derive(t, h, stopped, replay.What{}); d.Stopped != policy.Oversize || !d.Verdict.Has(policy.Oversize) || len(h.asked) > 0 {
		t.Errorf("stopped: %+v", d)
	}
	observed := record(t, func(in *policy.Intent, q *policy.Question) { in.Mode, q.Stage = "observe", policy.StageHead })
	if d := derive(t, h, observed, replay.What{}); !d.Undecided || len(h.asked) > 0 {
		t.Errorf("observed: %+v", d)
	}
	none := record(t)
	none.Intent.Question = nil
	if _, err := replay.Derive(context.Background(), none, h, replay.What{}); !errors.Is(err, replay.ErrNoQuestion) {
		t.Errorf("no question: %v", err)
	}
	for _, text := range []string{`{"stage":"part","secret-text":1}`, `[]`, `{"stage":"part","date":"never"}`, `{"date":"2026-11-22"} {}`} {
		bad := record(t)
		bad.Intent.Question = []byte(text)
		_, err := replay.Derive(context.Background(), bad, h, replay.What{})
		if err == nil || strings.Contains(err.Error(), "secret-text") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTheVerdictOfTheRecordIsNotLookedAt(t *testing.T) {
	r := record(t)
	r.Intent.Decided = policy.Refuse(policy.StateSecret)
	r.Intent.Enforced = policy.PassUnread
	if d := derive(t, newHouse(), r, replay.What{}); d.Verdict.Action != policy.Pass {
		t.Errorf("got %+v", d.Verdict)
	}
}
