package advise_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/policytest"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, policy.Shanghai)

func record(host string) *policy.Record {
	return &policy.Record{ID: "r1", Time: now.Add(-time.Hour), Complete: true, Intent: policy.Intent{Exporter: "91310115MA1K3ABC99", Host: host, Port: 443,
		Scheme: "https", Place: policy.Place{Country: "SG"}, Classes: []policy.ClassCount{{Class: inspect.Mobile, High: 3}},
		Persons: policy.PersonCount{Total: 3, NS: 3}, Decided: policy.Verdict{Action: policy.Pass, Basis: "EX_SMALL"}, Enforced: policy.Pass}}
}

// advised makes advice with a Decider that answers as told, and returns what
// it was asked.
func advised(t *testing.T, verdict policy.Verdict, records ...*policy.Record) (*advise.Advice, []*policy.Question) {
	t.Helper()
	book, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.At(now)
	if err != nil {
		t.Fatal(err)
	}
	var asked []*policy.Question
	d := &policytest.Decider{Answer: func(q *policy.Question) policy.Verdict { asked = append(asked, q); return verdict }}
	traffic := advise.NewTraffic(advise.TrafficOptions{Rules: rules, Now: now})
	for _, r := range records {
		traffic.Add(r)
	}
	a, err := advise.Advise(context.Background(), advise.Sources{Now: now, Law: book, Decider: d, Pathway: book.Pathway,
		Exporters: []policy.Exporter{{USCC: "91310115MA1K3ABC99", CIIO: policy.No}}}, traffic)
	if err != nil {
		t.Fatal(err)
	}
	return a, asked
}

func TestQuestionsAreThoseOfTheGateway(t *testing.T) {
	_, asked := advised(t, policy.Verdict{Need: policy.NeedSCOrCert, Reasons: []policy.Reason{{Code: policy.FilingNotFound}}}, record("api.example.sg"))
	if len(asked) < 8 {
		t.Fatalf("only %d questions", len(asked))
	}
	days := map[string]bool{}
	for _, q := range asked {
		days[q.Date] = true
		if q.Stage != policy.StagePart || q.Coverage.State != inspect.Full || len(q.Brackets) == 0 || q.Pack.ID == "" || !q.Destination.Overseas {
			t.Errorf("question %+v", q)
		}
		if _, err := q.Canonical(); err != nil {
			t.Error(err)
		}
	}
	if !days["2026-11-22"] || !days["2026-12-31"] {
		t.Errorf("asked about %v", days)
	}
}

func TestFaultOfTheDeciderIsNoAdvice(t *testing.T) {
	book, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rules, _ := book.At(now)
	traffic := advise.NewTraffic(advise.TrafficOptions{Rules: rules, Now: now})
	traffic.Add(record("api.example.sg"))
	d := &policytest.Decider{Fault: func() error { return context.DeadlineExceeded }}
	if a, err := advise.Advise(context.Background(), advise.Sources{Now: now, Law: book, Decider: d, Pathway: book.Pathway}, traffic); err == nil {
		t.Errorf("advice %+v", a)
	}
}

func TestTrafficIsBounded(t *testing.T) {
	traffic := advise.NewTraffic(advise.TrafficOptions{Rules: &policy.Rules{}, Now: now})
	traffic.Bound(50, 20, 3)
	for i := range 1000 {
		r := record(fmt.Sprintf("h%d.example.sg", i))
		r.Intent.Exporter = fmt.Sprintf("exporter %d", i%10)
		traffic.Add(r)
	}
	if n := traffic.Lines(); n != 50 {
		t.Errorf("%d lines", n)
	}
	same := advise.NewTraffic(advise.TrafficOptions{Rules: &policy.Rules{}, Now: now})
	for range 100_000 {
		same.Add(record("api.example.sg"))
	}
	if n := same.Lines(); n != 1 {
		t.Errorf("%d lines for one destination", n)
	}
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[int64]int64{1: 10, 10: 10, 11: 20, 99: 100, 100: 100, 101: 110, 999: 1000, 1234: 1300, 99_999: 100_000, 123_456: 130_000} {
		if got := advise.RoundUp(n); got != want {
			t.Errorf("RoundUp(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestComma(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := advise.Comma(n); got != want {
			t.Errorf("Comma(%d) = %s, want %s", n, got, want)
		}
	}
}

// FuzzNames holds that whatever a record carries does nothing in Markdown, in
// HTML made of it, or on a terminal.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"api.example.sg", "<script>alert(1)</script>", "a|b\n| c", "`x`", "[a](http://b)", "=1+1", "\x1b[2J", "\u202egnp", "![x](y)", "&lt;", "www.example.sg", "--- \n# h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, got := range map[string]string{"code": advise.Code(s), "prose": advise.Prose(s), "shown": advise.Shown(s)} {
			for _, r := range got {
				if !unicode.IsGraphic(r) && r != '\u200b' {
					t.Errorf("%s(%q) = %q moves or hides", name, s, got)
				}
			}
			if name != "shown" && strings.ContainsAny(got, "<>&|\"\\") || name == "prose" && strings.ContainsAny(got, "`[]*#(") || strings.Contains(got, "://") && name == "prose" {
				t.Errorf("%s(%q) = %q means something", name, s, got)
			}
		}
		if c := strings.Trim(advise.Code(s), "`"); s != "" && strings.Contains(c, "`") {
			t.Errorf("code(%q) ends early", s)
		}
	})
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	a, _ := advised(t, policy.Verdict{Need: policy.NeedSCOrCert, Reasons: []policy.Reason{{Code: policy.FilingNotFound}}}, record("api.example.sg"))
	lines := map[string]int{}
	for _, lang := range []string{policy.Chinese, policy.English} {
		var text, md bytes.Buffer
		if err := a.WriteText(&text, lang); err != nil {
			t.Fatal(err)
		}
		if err := a.WriteMarkdown(&md, lang); err != nil {
			t.Fatal(err)
		}
		lines[lang] = strings.Count(text.String(), "\n")*1000 + strings.Count(md.String(), "\n")
		if strings.Contains(text.String()+md.String(), "%!") {
			t.Errorf("%s: a text has a fault of its form", lang)
		}
	}
	if lines[policy.Chinese] != lines[policy.English] {
		t.Errorf("lines %v", lines)
	}
}
