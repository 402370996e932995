package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
)

// differences are those of a comparison as "side what value".
func differences(c *advise.Compared) string {
	var out []string
	for _, d := range c.Filings {
		for _, x := range d.Observed {
			side := "observed"
			if x.Beyond {
				side = "BEYOND"
			}
			out = append(out, side+" "+x.What+" "+x.Value)
		}
		for _, x := range d.Unused {
			out = append(out, "unused "+x.What+" "+x.Value)
		}
	}
	for _, u := range c.Unfiled {
		for _, x := range u.Observed {
			out = append(out, "unfiled "+x.What+" "+x.Value)
		}
	}
	return strings.Join(out, "\n")
}

// underSC makes an intent one that filing SC-1 let go.
func underSC(in *policy.Intent) {
	sensitive(in)
	in.Decided.Basis, in.Decided.Filing = "SC", "SC-1"
	in.Decided.Reasons = []policy.Reason{{Code: policy.FilingCovers, Filing: "SC-1"}}
}

func TestDeclaredAgainstObserved(t *testing.T) {
	all := []string{"unused recipient sg", "unused recipient jp", "unused country SG", "unused country JP", "unused link api", "unused link hr",
		"unused purpose retail.member", "unused purpose hr.group", "unused category pi.contact.mobile", "unused category pi.finance.bankcard",
		"unused category pi.contact.email", "unused volume SC-1.ns", "unused volume SC-1.sp"}
	tests := []struct {
		name   string
		change func(in *policy.Intent) // nil sends nothing
		want   []string
		unused int
		beyond bool
	}{
		{"no traffic", nil, all, 13, false},
		{"as filed", underSC, []string{"unused recipient jp", "unused link hr", "unused purpose hr.group", "unused category pi.contact.email"}, 5, false},
		{"another recipient", func(in *policy.Intent) {
			refused(policy.RecipientMismatch, "SC-1")(in)
			in.Host, in.Place.Country = "api.example.de", "DE"
		}, []string{"BEYOND recipient api.example.de (DE)", "unused recipient sg"}, 11, true},
		{"another country", func(in *policy.Intent) { refused(policy.CountryMismatch, "SC-1")(in); in.Place.Country = "US" },
			[]string{"BEYOND country US"}, 8, true},
		{"another link", func(in *policy.Intent) { refused(policy.LinkNotFiled, "SC-1")(in); in.Port = 8443 },
			[]string{"BEYOND link push https api.example.sg:8443", "unused link api"}, 9, true},
		{"another purpose", func(in *policy.Intent) {
			refused(policy.PurposeMismatch, "SC-1")(in)
			in.Declared = policy.Declared{Purpose: "marketing", Source: "client"}
		}, []string{"BEYOND purpose marketing", "unused purpose retail.member"}, 8, true},
		{"another category", func(in *policy.Intent) {
			refused(policy.CategoryNotCovered, "SC-1")(in)
			in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.Passport, High: 2})
		}, []string{"BEYOND category pi.id.passport"}, 7, true},
		{"more persons", func(in *policy.Intent) {
			refused(policy.VolumeExceeded, "SC-1")(in)
			in.Decided.Reasons[0].Limit = "SC-1.ns"
		}, []string{"BEYOND volume SC-1.ns"}, 7, true},
		{"a small volume to its recipient", func(in *policy.Intent) {
			in.Classes = []policy.ClassCount{{Class: inspect.Passport, High: 2}}
		}, []string{"observed category pi.id.passport"}, 8, false},
		{"observe mode, another category", func(in *policy.Intent) {
			refused(policy.CategoryNotCovered, "SC-1")(in)
			in.Enforced = policy.Pass
			in.Classes = []policy.ClassCount{{Class: inspect.Passport, High: 2}}
		}, []string{"BEYOND category pi.id.passport"}, 8, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newAdviceWorld(t, adviceFiling("SC-1", 100, "2027-12-31"))
			if tt.change != nil {
				w.record(w.now.AddDate(0, 0, -1), tt.change)
			}
			c := w.compared("")
			got := differences(c)
			for _, want := range tt.want {
				if !strings.Contains("\n"+got+"\n", "\n"+want+"\n") {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			if c.Beyond != tt.beyond {
				t.Errorf("beyond %v, want %v\n%s", c.Beyond, tt.beyond, got)
			}
			if n := strings.Count(got, "unused "); tt.change == nil && n != tt.unused {
				t.Errorf("%d unused, want %d\n%s", n, tt.unused, got)
			}
			for _, lang := range []string{policy.Chinese, policy.English} {
				var text, md bytes.Buffer
				w.must(c.WriteText(&text, lang))
				w.must(c.WriteMarkdown(&md, lang))
				if !strings.Contains(text.String(), "SC-1") || !strings.Contains(md.String(), "`SC-1`") {
					t.Errorf("%s: %s", lang, text.String())
				}
			}
		})
	}
}

func TestComparisonKeepsTrafficApart(t *testing.T) {
	draft := adviceFiling("SC-2", 100, "2027-12-31")
	draft.Status = "draft"
	w := newAdviceWorld(t, adviceFiling("SC-1", 100, "2027-12-31"), draft)
	w.set(2026, "SC-1", policy.CountNS, 101)
	w.record(w.now, underSC)
	w.record(w.now, func(in *policy.Intent) {
		in.Host, in.Place.Country = "x.example.us", "US"
		refused(policy.FilingNotFound, "")(in)
	})
	w.record(w.now, func(in *policy.Intent) { refused(policy.StateSecret, "")(in) })
	w.record(w.now, func(in *policy.Intent) { in.Place.Country = "CN" })
	c := w.compared("")
	if len(c.Filings) != 1 || c.Filings[0].Sent.Transfers != 1 || c.Filings[0].Refused.Transfers != 0 {
		t.Errorf("filings %+v", c.Filings)
	}
	got := differences(c)
	for _, want := range []string{"BEYOND volume 101", "unfiled recipient x.example.us (US)"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if c := w.compared("SC-2"); len(c.Filings) != 1 || c.Filings[0].Status != "draft" || len(c.Unfiled) != 0 {
		t.Errorf("a draft that is named: %+v", c)
	}
}
