package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
)

// way is the one recipient of an exporter that has only one.
func (w *adviceWorld) way() advise.Way {
	w.t.Helper()
	e := w.one()
	if len(e.Ways) != 1 || e.Ways[0].Draft == nil {
		w.t.Fatalf("%d recipients, %+v", len(e.Ways), e.Ways)
	}
	return e.Ways[0]
}

// TestDraftSaysHowMany wants each kind of persons under its own name, over a
// year and over the validity, and the link as it was used.
func TestDraftSaysHowMany(t *testing.T) {
	w := newAdviceWorld(t)
	for d := range 50 { // 100 days: 2,000 with other data, 500 of them with sensitive data
		w.record(w.now.AddDate(0, 0, -100+2*d), func(in *policy.Intent) {
			sensitive(in)
			in.Persons = policy.PersonCount{Total: 40, NS: 40, SP: 10}
			in.Port = []uint16{443, 8443}[d%2]
		})
	}
	w.set(2026, "", policy.CountNS, 2000)
	w.set(2026, "", policy.CountSP, 500)
	way := w.way()
	f, s := way.Draft, way.Scale
	if s.MostNS != 2000 || s.MostSP != 500 || f.Volume.NSPerYear != 7300 || f.Volume.SPPerYear != 1900 {
		t.Errorf("scale %+v, draft %+v", s, f.Volume)
	}
	if len(f.Links) != 1 || !slices.Equal(f.Links[0].Ports, []uint16{443, 8443}) || !slices.Equal(f.Links[0].DstDomains, []string{"api.example.sg"}) {
		t.Errorf("links %+v", f.Links)
	}
	if !slices.ContainsFunc(f.Items, func(i policy.Item) bool { return i.Sensitive && slices.Contains(i.Categories, inspect.BankCard) }) ||
		slices.ContainsFunc(f.Items, func(i policy.Item) bool { return i.Sensitive && slices.Contains(i.Categories, inspect.Mobile) }) {
		t.Errorf("items %+v", f.Items)
	}
}

// TestDraftOfAnAssessmentCountsItsValidity is for a pathway whose term is law.
func TestDraftOfAnAssessmentCountsItsValidity(t *testing.T) {
	w := newAdviceWorld(t)
	w.exporters[0].CIIO = policy.Yes
	w.record(w.now.AddDate(0, 0, -100), func(in *policy.Intent) { sensitive(in); in.Persons = policy.PersonCount{Total: 200, NS: 200, SP: 10} })
	w.set(2026, "", policy.CountNS, 200)
	w.set(2026, "", policy.CountSP, 10)
	way := w.way()
	f, s := way.Draft, way.Scale
	if f.Pathway != policy.SA || s.Years != 3 || f.Volume.NSPerYear != 730 || f.Volume.TotalOverValidity != 3*730 || f.Valid.Expires != "2029-11-22" {
		t.Errorf("%s over %d years %+v, valid %+v", f.Pathway, s.Years, f.Volume, f.Valid)
	}
}

// TestDataOfMinorsIsSensitive wants all of what a minor is in to be filed as
// sensitive.
func TestDataOfMinorsIsSensitive(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(w.now, func(in *policy.Intent) { in.Persons.Minors, in.Persons.SP = 1, 1 })
	for _, i := range w.way().Draft.Items {
		if !i.Sensitive {
			t.Errorf("item %+v", i)
		}
	}
}

// TestWhatNeverLeavesIsNotDrafted is for a refusal of which other data could
// have been filed.
func TestWhatNeverLeavesIsNotDrafted(t *testing.T) {
	for _, code := range []policy.Code{policy.StateSecret, policy.CoreData, policy.RecipientDenied} {
		w := newAdviceWorld(t)
		w.record(w.now, refused(code, ""))
		if e := w.one(); len(e.Ways) != 0 || len(e.Refused) != 1 {
			t.Errorf("%s: %d recipients are advised on, %d refusals told", code, len(e.Ways), len(e.Refused))
		}
	}
}

// TestRefusedPersonsAreAskedAbout wants the need with those who wait to be that
// of all of them.
func TestRefusedPersonsAreAskedAbout(t *testing.T) {
	w := newAdviceWorld(t)
	w.record(time.Date(2026, 1, 1, 0, 30, 0, 0, policy.Shanghai), nil)
	w.set(2026, "", policy.CountSP, 5000)
	w.record(w.now, func(in *policy.Intent) {
		sensitive(in)
		refused(policy.FilingNotFound, "")(in)
		in.Persons = policy.PersonCount{Total: 6000, NS: 6000, SP: 6000}
	})
	if e := w.one(); e.Then.Need != policy.NeedSCOrCert || e.Asked.Need != policy.NeedSAVolume {
		t.Errorf("by the year's end %s, with what was refused %s", e.Then.Need, e.Asked.Need)
	}
}

// TestAnotherExportersFilingIsNotHeld wants advice and comparison to keep to
// the filings of whom they are about.
func TestAnotherExportersFilingIsNotHeld(t *testing.T) {
	other := adviceFiling("SC-OTHER", 100_000, "2027-12-31")
	other.Exporter.USCC = "91330100799655058B"
	ours := adviceFiling("SC-OURS", 100_000, "2027-12-31")
	ours.Exporter = other.Exporter
	ours.Exporter.GroupUSCCs = []string{adviseUSCC}
	w := newAdviceWorld(t, other, ours)
	w.record(w.now, sensitive)
	e := w.one()
	if len(e.Held) != 1 || e.Held[0].Filing != "SC-OURS" {
		t.Errorf("held %+v", e.Held)
	}
	w.only = adviseUSCC
	if c := w.compared(""); len(c.Filings) != 1 || c.Filings[0].Filing != "SC-OURS" || c.Filings[0].Sent.Transfers != 1 {
		t.Errorf("compared %+v", c.Filings)
	}
}

// TestComparisonSaysHowACategoryDiffers is for classes that stand in a filing
// and are not filed as what they are.
func TestComparisonSaysHowACategoryDiffers(t *testing.T) {
	survey := func(in *policy.Intent) {
		in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.Survey, Level: inspect.Important, High: 1})
	}
	for _, tt := range []struct {
		name   string
		filing func(*policy.Item)
		send   func(*policy.Intent)
		class  inspect.Class
		says   string
	}{
		{"sensitive, filed as plain", func(i *policy.Item) { i.Sensitive = false }, sensitive, inspect.BankCard, "sensitive, and filed as plain"},
		{"refused by the authority", func(i *policy.Item) { i.Approved = false }, sensitive, inspect.BankCard, "its item was refused"},
		{"important, filed as general", func(i *policy.Item) { i.Categories = append(i.Categories, inspect.Survey) }, survey, inspect.Survey, "important data, and filed as general"},
		{"as filed", func(*policy.Item) {}, sensitive, inspect.BankCard, ""},
	} {
		f := adviceFiling("SC-1", 100, "2027-12-31")
		tt.filing(&f.Items[0])
		w := newAdviceWorld(t, f)
		w.record(w.now.AddDate(0, 0, -1), func(in *policy.Intent) { underSC(in); in.Classes, in.Persons.SP = in.Classes[:1], 0; tt.send(in) })
		var got string
		for _, d := range w.compared("").Filings[0].Observed {
			if d.What == advise.WhatCategory && d.Value == string(tt.class) {
				got = d.Title.EN
				if !d.Beyond {
					t.Errorf("%s: it left under the filing and is not beyond it", tt.name)
				}
			}
		}
		if (got == "") != (tt.says == "") || !strings.Contains(got, tt.says) {
			t.Errorf("%s: said %q, want %q", tt.name, got, tt.says)
		}
	}
}

// TestAFullVolumeIsNotBeyond wants the last place of a filing to be used, and
// one more to be told.
func TestAFullVolumeIsNotBeyond(t *testing.T) {
	for n, beyond := range map[int64]bool{100: false, 101: true} {
		w := newAdviceWorld(t, adviceFiling("SC-1", 100, "2027-12-31"))
		w.record(w.now, underSC)
		w.set(2026, "SC-1", policy.CountNS, n)
		if c := w.compared(""); c.Beyond != beyond {
			t.Errorf("%d of 100: beyond %t\n%s", n, c.Beyond, differences(c))
		}
	}
}
