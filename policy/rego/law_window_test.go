package rego_test

import (
	"context"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// opens is the second reading of windows: the filing under which what came so
// far may leave before the rest is read, or "". No claim, no list and no small
// number opens one, for nobody knows what is still to come.
func (f facts) opens() string {
	need := "sa_hard"
	switch {
	case f.important || f.ciio != "no":
	case !f.plain && !f.sensitive:
		need = f.national()
	default:
		var basis string
		if need, basis, _ = f.lists(); basis == "" {
			need = stronger(need, f.national())
		}
	}
	if f.satisfied(need) && (!f.asked || f.granted) {
		return f.held
	}
	return ""
}

// put as a window; the filings open one until a class of stop is found.
func (f facts) window(t testing.TB, r *policy.Rules, open bool, stop ...inspect.Class) *policy.Question {
	q := f.put(t, r)
	q.Stage = policy.StageWindow
	for i := range q.Candidates {
		q.Candidates[i].Window, q.Candidates[i].Stop = open, stop
	}
	return q
}

// TestWindowsAgainstReading asks about the same transfers as windows. What
// passes as a window passes as a whole, and a refusal names what is too large
// before what the law refuses.
func TestWindowsAgainstReading(t *testing.T) {
	t.Parallel()
	n := sample / 13
	if *reps > 0 {
		n = *reps
	}
	b := lawBook(t, "")
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, rego.Options{Law: b, Cache: -1})
	ask := func(q *policy.Question) policy.Verdict {
		v, err := d.Decide(context.Background(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		return v
	}
	passed := map[string]int{}
	for i := range n {
		f := cell(int(int64(i) * stride % int64(cells())))
		q := f.window(t, r, true)
		v, whole, want := ask(q), f.decide(), f.opens()
		if v.Basis != want || v.Action.Releases() != (want != "") || v.Action.Releases() && whole.action != "pass" {
			t.Fatalf("cell %d: %+v\npolicy  %s %s %s\nreading %q", i, f, v.Action, v.Basis, lawCodes(v), want)
		}
		passed[v.Basis]++
		checkRefusal(t, v, whole)
		for _, q := range []*policy.Question{f.window(t, r, false), f.window(t, r, true, foundClasses(q)...)} {
			if v := ask(q); v.Action.Releases() && (!q.Candidates[0].Window || len(q.Found) > 0) {
				t.Fatalf("cell %d, %+v: passed under %s", i, q.Candidates, v.Basis)
			}
		}
	}
	for _, basis := range []string{"SA", "SC", "CERT", "GBA_SC", ""} {
		if passed[basis] == 0 {
			t.Errorf("no cell is answered by %q", basis)
		}
	}
}

func checkRefusal(t *testing.T, v policy.Verdict, whole ruling) {
	t.Helper()
	if v.Action.Releases() {
		return
	}
	if v.Action != policy.Block || v.Reasons[0].Code != policy.Oversize {
		t.Fatalf("got %s %s, want a block for the size first", v.Action, lawCodes(v))
	}
	for _, c := range whole.codes {
		if whole.action == "block" && !v.Has(policy.Code(c)) {
			t.Fatalf("%s does not name %s", lawCodes(v), c)
		}
	}
}

func foundClasses(q *policy.Question) []inspect.Class {
	var out []inspect.Class
	for _, f := range q.Found {
		out = append(out, f.Class)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// An operator's module makes a window stricter, and what it would hold or take
// out of a whole body ends a window.
func TestOperatorsAndWindows(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	flow := asked{found: mob, ns: 1, filings: one(filing("F1", policy.SC, opened()))}
	tests := []struct {
		name, module string
		want         policy.Action
		codes        string
	}{
		{"nothing to say", `deny contains "never" if false`, policy.Pass, "FILING_COVERS"},
		{"denied", `deny contains "no"`, policy.Block, "OVERSIZE OPERATOR_DENIED:no"},
		{"held", `hold contains "look"`, policy.Block, "OVERSIZE HELD_FOR_REVIEW:look"},
		{"redacted", `redact contains "pi.contact.mobile"`, policy.Block, "OVERSIZE REDACTION_ORDERED:pi.contact.mobile"},
		{"denied in windows alone", `deny contains "no-windows" if input.stage == "window"`, policy.Block, "OVERSIZE OPERATOR_DENIED:no-windows"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "own.rego", own+tt.module)
			v, err := open(t, rego.Options{Law: l, Dir: dir}).Decide(context.Background(), flow.window(t, l))
			if err != nil || v.Action != tt.want || codes(v) != tt.codes || !v.Final {
				t.Errorf("got %s %s, %v; want %s %s", v.Action, codes(v), err, tt.want, tt.codes)
			}
		})
	}
}

// Whatever a policy answers, a window leaves only under a filing that opens it.
func TestNoPolicyOpensAWindow(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Cache: -1})
	under := func(basis, id string) string {
		return release(basis, `"filing": "`+id+`", "revision": 1, `+saysSmall)
	}
	scW := one(filing("F1", policy.SC, opened(inspect.BankCard)))
	tests := []struct {
		name, verdict string
		flow          asked
		want          string // of the error; "" passes
	}{
		{"under a filing that opens it", under("SC", "F1"), asked{found: mob, ns: 1, filings: scW}, ""},
		{"under one that does not", under("SC", "F1"), asked{found: mob, ns: 1, filings: scF}, "no filing opens"},
		{"with a class that stops it", under("SC", "F1"), asked{found: card, sp: 1, filings: scW}, "no filing opens"},
		{"free of personal data", release("EX_NO_PI", saysSmall), asked{filings: scW}, "no filing opens"},
		{"a small number", release("EX_SMALL", saysSmall), asked{found: mob, ns: 1, filings: scW}, "no filing opens"},
		{"under a claim that says so", under("EX_HR", "X1"), asked{claim: "EX_HR", filings: one(claim("EX_HR", opened()))}, "no filing opens"},
		{"called domestic", release("NOT_OUTBOUND", saysSmall), asked{place: "CN", filings: scW}, "no filing opens"},
		{"unread", answerHead + `"pass_unread", "basis": "SC", ` + saysSmall + `}`, asked{filings: scW}, "passed or blocked"},
		{"held", answerHead + `"hold", ` + saysSmall + `}`, asked{filings: scW}, "passed or blocked"},
		{"redacted", answerHead + `"redact", ` + saysSmall + `}`, asked{filings: scW}, "passed or blocked"},
		{"not settled", `verdict := {"final": false, "action": "block", "reasons": []}`, asked{filings: scW}, "not settled"},
		{"read in part", under("SC", "F1"), asked{coverage: "partial", filings: scW}, "coverage"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := d.Force(forced + tt.verdict); err != nil {
				t.Fatal(err)
			}
			if q := tt.flow.window(t, l); tt.want != "" {
				refused(t, d, q, tt.want)
			} else if v, err := d.Decide(context.Background(), q); err != nil || v.Action != policy.Pass {
				t.Errorf("got %s, %v: the other rows prove nothing", v.Action, err)
			}
		})
	}
}
