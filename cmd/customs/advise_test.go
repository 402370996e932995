package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
)

func TestNeedsAreThoseOfThePolicy(t *testing.T) {
	jan := time.Date(2026, 1, 1, 0, 30, 0, 0, policy.Shanghai)
	tests := []struct {
		name      string
		make      func(w *adviceWorld)
		now, then policy.Need
		pathway   policy.Pathway // of the draft, empty for none
	}{
		{"few persons", func(w *adviceWorld) { w.set(2026, "", policy.CountNS, 100) }, policy.NeedNone, policy.NeedNone, ""},
		{"a hundred thousand before the year ends", func(w *adviceWorld) { w.set(2026, "", policy.CountNS, 95_000) },
			policy.NeedNone, policy.NeedSCOrCert, policy.SC},
		{"the next person is the hundred thousandth", func(w *adviceWorld) { w.set(2026, "", policy.CountNS, 99_999) },
			policy.NeedSCOrCert, policy.NeedSCOrCert, policy.SC},
		{"a million before the year ends", func(w *adviceWorld) { w.set(2026, "", policy.CountNS, 950_000) },
			policy.NeedSCOrCert, policy.NeedSAVolume, policy.SA},
		{"one person's sensitive data", func(w *adviceWorld) { w.record(w.now, sensitive) }, policy.NeedSCOrCert, policy.NeedSCOrCert, policy.SC},
		{"ten thousand with sensitive data before the year ends", func(w *adviceWorld) {
			w.record(w.now, sensitive)
			w.set(2026, "", policy.CountSP, 9_500)
		}, policy.NeedSCOrCert, policy.NeedSAVolume, policy.SA},
		{"important data", func(w *adviceWorld) {
			w.record(w.now, func(in *policy.Intent) {
				in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.Survey, Level: inspect.Important, High: 1})
			})
		}, policy.NeedSAHard, policy.NeedSAHard, policy.SA},
		{"nobody knows whether it is a CIIO", func(w *adviceWorld) { w.exporters[0].CIIO = policy.Unknown }, policy.NeedSAHard, policy.NeedSAHard, policy.SA},
		{"a CIIO", func(w *adviceWorld) { w.exporters[0].CIIO = policy.Yes }, policy.NeedSAHard, policy.NeedSAHard, policy.SA},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newAdviceWorld(t)
			w.record(jan, nil)
			tt.make(w)
			e := w.one()
			if e.Now.Need != tt.now || e.Then.Need != tt.then {
				t.Errorf("need now %s, by the year's end %s; want %s, %s", e.Now.Need, e.Then.Need, tt.now, tt.then)
			}
			if tt.now > policy.NeedNone && (e.Now.Article == "" || e.Now.Title.ZH == "") {
				t.Errorf("need without article or title: %+v", e.Now)
			}
			var got policy.Pathway
			if d := e.Ways[0].Draft; d != nil {
				got = d.Pathway
			}
			if got != tt.pathway {
				t.Errorf("draft for %q, want %q", got, tt.pathway)
			}
			if (e.IfNotCIIO != nil) != (w.exporters[0].CIIO == policy.Unknown) {
				t.Error("the need without CIIO stands where it is known, or is missing where it is not")
			}
		})
	}
}

func TestCountSaysWhenALimitIsReached(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(time.Date(2026, 1, 1, 0, 30, 0, 0, policy.Shanghai), nil)
	w.set(2026, "", policy.CountNS, 97_500) // in 325.5 days: 299.5 a day, 8.3 days to go
	c := w.one().Counts[0]
	if c.Limit != "national.ns.100000" || c.Reach != 100_000 || c.Left != 2_500 || c.Date != "2026-11-30" || c.Reached {
		t.Errorf("count %+v", c)
	}
	for _, want := range []string{"97,500 of 100,000", "reached on 2026-11-30", "第八条"} {
		if !strings.Contains(c.Line.EN, want) {
			t.Errorf("line %q lacks %q", c.Line.EN, want)
		}
	}
	if !strings.Contains(c.Line.ZH, "将于 2026-11-30 达到") {
		t.Errorf("line %q", c.Line.ZH)
	}
}

func TestOpeningBalanceIsNoRate(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(w.now.AddDate(0, 0, -100), func(in *policy.Intent) { in.Reservation = &policy.Reservation{NewNS: 10} })
	w.set(2026, "", policy.CountNS, 90_010)
	w.counts.before = 90_000
	if c := w.one().Counts[0]; c.PerDay < 0.09 || c.PerDay > 0.11 || c.Date != "" || !c.Opening {
		t.Errorf("with 90,000 from before the gateway: %.2f a day, reached on %q", c.PerDay, c.Date)
	}
}

func TestFreshYearGoesByTheLast(t *testing.T) {
	w := newAdviceWorld(t)
	w.now = time.Date(2027, 1, 1, 0, 10, 0, 0, policy.Shanghai)
	w.since = w.now.AddDate(-1, 0, 0)
	for m := range 10 {
		w.record(time.Date(2026, time.Month(m+2), 3, 9, 0, 0, 0, policy.Shanghai), nil)
	}
	w.set(2026, "", policy.CountNS, 365_000)
	e := w.one()
	if e.Now.Need != policy.NeedNone || e.Then.Need != policy.NeedSCOrCert {
		t.Errorf("needs %s and %s", e.Now.Need, e.Then.Need)
	}
	if c := e.Counts[0]; c.Persons != 0 || c.PerDay < 1000 || c.PerDay > 1200 || !strings.HasPrefix(c.Date, "2027-0") {
		t.Errorf("count %+v", c)
	}
	if s := e.Ways[0].Scale; s.Year != 2026 || s.Days < 300 || s.MostNS != 100 {
		t.Errorf("scale %+v", s)
	}
}

func TestClockBeforeTheFirstRecord(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(w.now.AddDate(0, 1, 0), nil)
	a := w.advice()
	if a.Seen.Later != 1 || !strings.Contains(texts(t, a)["text.en"], "dated after this machine's clock") {
		t.Errorf("seen %+v", a.Seen)
	}
	for _, c := range a.Exporters[0].Counts {
		if c.PerDay < 0 || c.Projected < c.Persons {
			t.Errorf("count %+v", c)
		}
	}
}

func TestEmptyLogAndNoLedger(t *testing.T) {
	w := newAdviceWorld(t, adviceFiling("SC-1", 100, "2027-12-31"))
	w.counts = nil
	e := w.one()
	if e.Now.Need != policy.NeedNone || len(e.Held) != 1 || len(e.Ways) != 0 {
		t.Errorf("advice %+v", e)
	}
	for form, text := range texts(t, w.advice()) {
		if !strings.Contains(text, "SC-1") {
			t.Errorf("%s: %s", form, text)
		}
	}
	w.only = "91330100799655058B"
	if all := w.advice().Exporters; len(all) != 1 || all[0].Facts != "nowhere" || all[0].IfNotCIIO == nil {
		t.Errorf("an exporter that nobody knows: %+v", all)
	}
}

func TestHeldSufficesOrSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		name      string
		filing    policy.Filing
		now, then bool
		missing   string
		draft     bool
	}{
		{"covered", adviceFiling("SC-1", 100_000, "2027-12-31"), true, true, "", false},
		{"ends before the year", adviceFiling("SC-1", 100_000, "2026-12-15"), true, false, "By the year's end: Filing SC-1", true},
		{"full", adviceFiling("SC-1", 10, "2027-12-31"), false, false, "above its limit", true},
		{"full before the year ends", adviceFiling("SC-1", 100, "2027-12-31"), true, false, "By the year's end", true},
		{"ended", adviceFiling("SC-1", 100_000, "2026-11-21"), false, false, "expired", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newAdviceWorld(t, tt.filing)
			w.record(w.now.AddDate(0, 0, -3), func(in *policy.Intent) { sensitive(in); in.Decided.Basis, in.Decided.Filing = "SC", "SC-1" })
			for _, filing := range []string{"", "SC-1"} {
				w.set(2026, filing, policy.CountNS, 10)
				w.set(2026, filing, policy.CountSP, 10)
			}
			if tt.name != "full" && tt.name != "ended" {
				w.record(w.now.AddDate(0, 0, -3), sensitive)
			}
			way := w.one().Ways[0]
			if way.Cover.Now != tt.now || way.Cover.Then != tt.then || (way.Draft != nil) != tt.draft {
				t.Errorf("cover %+v, draft %v", way.Cover, way.Draft != nil)
			}
			var all []string
			for _, m := range way.Cover.Missing {
				all = append(all, m.EN)
			}
			if !strings.Contains(strings.Join(all, "\n"), tt.missing) {
				t.Errorf("missing %q lacks %q", all, tt.missing)
			}
			if way.Recipient != "sg" || way.Purpose != "retail.member" || !way.Known {
				t.Errorf("recipient %s for %s", way.Recipient, way.Purpose)
			}
		})
	}
}

func TestRefusedSaysWhatWouldPass(t *testing.T) {
	w := newAdviceWorld(t, adviceFiling("SC-1", 100, "2027-12-31"))
	for range 3 {
		w.record(w.now, func(in *policy.Intent) {
			sensitive(in)
			refused(policy.RecipientMismatch, "SC-1")(in)
			in.Host, in.Place.Country = "files.example.de", "DE"
		})
	}
	w.record(w.now, func(in *policy.Intent) {
		refused(policy.StateSecret, "")(in)
		in.Classes = []policy.ClassCount{{Class: inspect.MarkSecret, High: 1}}
	})
	e := w.one()
	r := e.Refused[0]
	if r.Transfers != 3 || r.Total != 30 || len(r.Mend) < 2 || !strings.Contains(r.Mend[0].EN, "none of its recipients") || !strings.Contains(r.Mend[1].ZH, "补充备案") {
		t.Errorf("refusal %+v", r)
	}
	if len(e.Refused) != 2 || len(e.Ways) != 1 {
		t.Errorf("%d refusals, %d recipients: what is secret must be told and not drafted", len(e.Refused), len(e.Ways))
	}
	s := e.Ways[0].Scale
	if s.MostSP != 30 || s.LeastSP != 10 || s.SPPerYear != 11_000 || !s.Rough {
		t.Errorf("scale %+v", s)
	}
	if e.Asked.Need != policy.NeedSCOrCert {
		t.Errorf("with what was refused %s", e.Asked.Need)
	}
}

func TestObservedDomesticUnknownAndWithheld(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(w.now, func(in *policy.Intent) {
		sensitive(in)
		refused(policy.FilingNotFound, "")(in)
		in.Enforced, in.Mode = policy.Pass, "observe"
	})
	w.record(w.now, func(in *policy.Intent) { in.Decided, in.Mode = policy.Verdict{}, "observe" }) // never judged
	w.record(w.now, func(in *policy.Intent) { in.Place.Country = "CN" })
	w.record(w.now, func(in *policy.Intent) { in.Exporter = ""; refused(policy.ExporterUnknown, "")(in) })
	w.record(w.now, func(in *policy.Intent) {
		sensitive(in)
		in.Host, in.Address, in.Place.Country = "withheld", "203.0.113.7", ""
	})
	w.record(w.now, func(in *policy.Intent) { in.Classes, in.Persons = nil, policy.PersonCount{} })
	a := w.advice()
	if s := a.Seen; s.Domestic != 1 || s.Unjudged != 1 || s.Free != 1 || s.Records != 6 || len(a.Unknown) != 1 || len(a.Exporters) != 1 {
		t.Fatalf("seen %+v, unknown %d, exporters %d", s, len(a.Unknown), len(a.Exporters))
	}
	e := a.Exporters[0]
	if len(e.Refused) != 1 || !e.Refused[0].Observed {
		t.Errorf("refusals %+v", e.Refused)
	}
	i := slices.IndexFunc(e.Ways, func(w advise.Way) bool { return w.Recipient == "203.0.113.7" })
	if i < 0 || e.Ways[i].Draft == nil {
		t.Fatalf("no draft for a withheld name: %+v", e.Ways)
	}
	if f := e.Ways[i].Draft; f.Links[0].DstCIDRs[0] != "203.0.113.7" || f.Recipients[0].Country != "ZZ" {
		t.Errorf("draft %+v", f)
	}
}

func TestThousandsOfHostsAreBounded(t *testing.T) {
	w := newAdviceWorld(t)
	for i := range 6_000 {
		w.record(w.now, func(in *policy.Intent) { sensitive(in); in.Host = fmt.Sprintf("h%d.example%d.sg", i, i) })
	}
	a := w.advice()
	e := a.Exporters[0]
	if len(e.Ways) != 100 || a.Seen.Omitted != 2_000 || e.Omitted.Transfers != 2_000 || len(a.Drafts()) != 100 {
		t.Errorf("%d recipients, %d omitted, %d drafts", len(e.Ways), a.Seen.Omitted, len(a.Drafts()))
	}
	text := texts(t, a)
	for _, want := range []string{"are beyond the bound", "Only 100 recipients and purposes are listed"} {
		if !strings.Contains(text["text.en"], want) {
			t.Errorf("the text does not say %q", want)
		}
	}
	if e.Now.Need != policy.NeedSCOrCert {
		t.Errorf("need %s", e.Now.Need)
	}
}
