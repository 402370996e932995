package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// TestWhatFollowsIsNotReadFromTheQuestion spoils, in records without verdicts,
// everything of the question that follows from the facts beside it, the pack
// and the filings. The verdicts must be those of the records all the same, and
// each record must be told as one that contradicts itself.
func TestWhatFollowsIsNotReadFromTheQuestion(t *testing.T) {
	w := newPastWorld(t, map[string]string{"cn-2024.yaml": national(t, "may_relax: []", "may_relax: [PURPOSE_UNDECLARED]", "hosts: []", "hosts: [bad.example.ru]"),
		"list.yaml": pastList, "general.yaml": pastGeneral, "marks.yaml": pastMarks}, pastModule, pastFilings()...)
	rng := rand.New(rand.NewPCG(5, 12))
	for range 100 * *reps {
		w.send(randomFlow(rng))
	}
	var asked []policy.Record
	for _, r := range w.records() {
		if len(r.Intent.Question) > 0 && r.Intent.Stopped == "" {
			asked = append(asked, r)
		}
	}
	out, code := asProcess(t, "explain", "--data", w.data(), "--records", spoiled(t, asked))
	if code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	lines, spoilt := derivedLines(t, out), map[string]int{}
	for _, r := range asked {
		l := lines[r.ID]
		for _, d := range l.Differences {
			spoilt[d.Name]++
		}
		switch {
		case l.Verdict == nil:
			t.Errorf("%s %s: not derived: %s", r.ID, recordKind(&r), l.Error)
		case verdictText(t, r.Intent.Decided) != verdictText(t, *l.Verdict):
			t.Errorf("%s: recorded %s\nderived %s\n%v", r.ID, verdictText(t, r.Intent.Decided), verdictText(t, *l.Verdict), l.Differences)
		case len(l.Differences) == 0:
			t.Errorf("%s %s: a spoiled question was not noticed", r.ID, recordKind(&r))
		}
	}
	for _, name := range []string{"bracket.national.ns.100000", "found.pi.contact.mobile", "filing.SC-1", "persons", "place", "declared", "coverage", "exporter", "pack", "destination.denied"} {
		if spoilt[name] == 0 {
			t.Errorf("no difference of %s was told", name)
		}
	}
	t.Logf("%d records", len(asked))
}

// spoiled writes records without verdicts, their questions spoiled.
func spoiled(t testing.TB, records []policy.Record) string {
	t.Helper()
	out := slices.Clone(records)
	for i, r := range out {
		var q policy.Question
		if err := json.Unmarshal(r.Intent.Question, &q); err != nil {
			t.Fatal(err)
		}
		spoil(&q, r.Intent.Persons.Minors > 0 || q.Persons.Minors)
		if r.Intent.Host != "withheld" {
			q.Destination.Denied = false
		}
		b, err := q.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		out[i].Intent.Question = b
	}
	return stripped(t, out)
}

// spoil changes what can be derived. Who among the persons is a minor, and the
// persons of a head, stand nowhere else.
func spoil(q *policy.Question, minor bool) {
	for i := range q.Brackets {
		q.Brackets[i].Exceeded = !q.Brackets[i].Exceeded
	}
	for i := range q.Found {
		f := &q.Found[i]
		f.Level, f.Confidence, f.Magnitude = inspect.General, inspect.Low, 19
		if !minor && f.Class != inspect.IPAddress {
			f.Personal, f.Sensitive = !f.Personal, !f.Personal
		}
	}
	if q.Stage == policy.StagePart && !minor {
		q.Persons = policy.AskedPersons{NonSensitive: !q.Persons.NonSensitive, Sensitive: !q.Persons.Sensitive}
	}
	for i := range q.Candidates {
		c := &q.Candidates[i]
		c.Pathway, c.Status, c.Time, c.Purpose = policy.SA, "effective", "current", "match"
		c.Covers, c.Sensitive, c.Important, c.Refused, c.Deidentified = inspectAll(), inspectAll(), inspectAll(), nil, nil
		c.Claim, c.List, c.Approvals = "", "", []string{"geo", "hgr"}
	}
	q.Pack, q.Profile, q.Exporter.USCC = policy.PackID{ID: "other", Digest: "0"}, "gb35273-2020", "91330100799655058B"
	q.Direction, q.Protocol, q.Declared = policy.Pull, "sftp", policy.Declared{Purpose: "spoiled", Source: "client"}
	q.Destination.Place, q.Destination.Overseas = policy.Place{Country: "CN", Source: "table"}, false
	q.Coverage, q.Content = policy.AskedCoverage{State: inspect.Opaque}, policy.AskedContent{}
}

// inspectAll are the classes of the test flows.
func inspectAll() []inspect.Class {
	return []inspect.Class{inspect.Mobile, inspect.Name, inspect.BankCard, inspect.ResidentID, inspect.Genomic, "mark.important"}
}
