package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
)

const adviseUSCC = "91310115MA1K3ABC99"

// adviceWorld makes advice of records that tests make up, with the real
// policy, law and register.
type adviceWorld struct {
	t         testing.TB
	now       time.Time
	since     time.Time
	book      *law.Book
	dec       *rego.Decider
	reg       *registry.Registry
	exporters []policy.Exporter
	counts    *madeCounts
	records   []policy.Record
	only      string
}

// madeCounts are counts by exporter, year, filing and kind.
type madeCounts struct {
	n      map[string]int64
	before int64
}

func countKey(entity string, year int, filing string, k policy.CountKind) string {
	return fmt.Sprintf("%s %d %s %s", entity, year, filing, k)
}

// Count implements advise.Counts.
func (c *madeCounts) Count(e policy.Exporter, year int, l policy.Limit) int64 {
	if l.Kind == policy.CountAny {
		return max(c.n[countKey(e.USCC, year, l.Filing, policy.CountNS)], c.n[countKey(e.USCC, year, l.Filing, policy.CountSP)])
	}
	return c.n[countKey(e.USCC, year, l.Filing, l.Kind)]
}

// Before implements advise.Counts.
func (c *madeCounts) Before(policy.Exporter, int) int64 { return c.before }

// Entities implements advise.Counts.
func (c *madeCounts) Entities(int) []string { return nil }

func newAdviceWorld(t testing.TB, filings ...policy.Filing) *adviceWorld {
	t.Helper()
	w := &adviceWorld{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, policy.Shanghai), counts: &madeCounts{n: map[string]int64{}},
		exporters: []policy.Exporter{{USCC: adviseUSCC, Name: "Example Motors", CIIO: policy.No}}}
	w.since = w.now.AddDate(-1, 0, 0)
	var err error
	w.book, err = law.Open(law.Options{})
	w.must(err)
	w.dec, err = rego.New(rego.Options{Law: w.book, Limit: 10 * time.Second, Now: func() time.Time { return w.now }})
	w.must(err)
	w.reg, err = registry.Open(filepath.Join(t.TempDir(), registryFile), registry.Options{Law: w.book, Now: func() time.Time { return w.now }})
	w.must(err)
	t.Cleanup(func() { w.must(w.reg.Close()) })
	for _, f := range filings {
		_, err := w.reg.Add(context.Background(), f)
		w.must(err)
	}
	return w
}

func (w *adviceWorld) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

func (w *adviceWorld) set(year int, filing string, k policy.CountKind, n int64) {
	w.counts.n[countKey(adviseUSCC, year, filing, k)] = n
}

// adviceRecord is a transfer of ten persons' mobile numbers that left as a
// small volume; change makes another one of it.
func (w *adviceWorld) record(at time.Time, change func(in *policy.Intent)) {
	in := policy.Intent{Mode: "enforce", Judged: "whole", Exporter: adviseUSCC, Direction: policy.Push, Protocol: "h2", Scheme: "https",
		Host: "api.example.sg", Port: 443, Place: policy.Place{Country: "SG", Source: "config"},
		Classes: []policy.ClassCount{{Class: inspect.Mobile, High: 10}}, Persons: policy.PersonCount{Total: 10, NS: 10},
		Decided:  policy.Verdict{Action: policy.Pass, Reasons: []policy.Reason{{Code: policy.ExSmall}}, Basis: string(policy.ExSmall), Need: policy.NeedNone},
		Enforced: policy.Pass}
	if change != nil {
		change(&in)
	}
	w.records = append(w.records, policy.Record{ID: fmt.Sprintf("r%05d", len(w.records)), Time: at, Complete: true, Intent: in})
}

// refused makes an intent one that was refused.
func refused(code policy.Code, filing string) func(*policy.Intent) {
	return func(in *policy.Intent) {
		in.Enforced = policy.Block
		in.Decided = policy.Verdict{Reasons: []policy.Reason{{Code: code, Filing: filing}}, Need: policy.NeedSCOrCert, Filing: filing}
	}
}

func sensitive(in *policy.Intent) {
	in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.BankCard, High: 10})
	in.Persons.SP = 10
}

func (w *adviceWorld) data() *adviceData {
	w.t.Helper()
	rules, err := w.book.At(w.now)
	w.must(err)
	d := &adviceData{book: w.book, register: w.reg}
	all, err := w.reg.List(context.Background())
	w.must(err)
	d.src = advise.Sources{Now: w.now, Law: w.book, Decider: w.dec, Pathway: w.book.Pathway, Register: w.reg, Match: newMatching().one,
		Exporters: w.exporters, Filings: all, Only: w.only}
	if w.counts != nil {
		d.src.Counts = w.counts
	}
	d.traffic = advise.NewTraffic(advise.TrafficOptions{Rules: rules, Now: w.now, Since: w.since})
	for i := range w.records {
		d.traffic.Add(&w.records[i])
	}
	return d
}

// advice makes it, with its drafts checked as the command does.
func (w *adviceWorld) advice() *advise.Advice {
	w.t.Helper()
	d := w.data()
	a, err := advise.Advise(context.Background(), d.src, d.traffic)
	w.must(err)
	d.checkDrafts(context.Background(), a)
	return a
}

// one is the advice for the sample exporter.
func (w *adviceWorld) one() advise.Exporter {
	w.t.Helper()
	for _, e := range w.advice().Exporters {
		if e.USCC == adviseUSCC {
			return e
		}
	}
	w.t.Fatal("no advice for the exporter")
	return advise.Exporter{}
}

func (w *adviceWorld) compared(only string) *advise.Compared {
	w.t.Helper()
	d := w.data()
	c, err := advise.Compare(context.Background(), d.src, d.traffic, only)
	w.must(err)
	return c
}

// texts are all the forms that a person reads.
func texts(t testing.TB, a *advise.Advice) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, lang := range []string{policy.Chinese, policy.English} {
		for _, form := range []string{"text", "md"} {
			var b bytes.Buffer
			if err := adviceTo(&b, form, lang, a); err != nil {
				t.Fatal(err)
			}
			out[form+"."+lang] = b.String()
		}
	}
	return out
}

// adviceFiling is a standard contract for what sensitive records hold.
func adviceFiling(id string, persons int64, until string) policy.Filing {
	return policy.Filing{Schema: policy.FilingSchema, ID: id, Pathway: policy.SC, AuthorityNo: "no. " + id, Status: "effective",
		Exporter:   policy.Filer{USCC: adviseUSCC},
		Recipients: []policy.Recipient{{ID: "sg", Name: "Example Pte", Country: "SG", Role: "processor"}, {ID: "jp", Name: "Example KK", Country: "JP", Role: "group"}},
		Purposes:   []string{"retail.member", "hr.group"},
		Items:      []policy.Item{{ID: "1", NameZH: "客户", PI: true, Sensitive: true, Categories: []inspect.Class{inspect.Mobile, inspect.BankCard, inspect.Email}, Approved: true}},
		Volume:     policy.Volume{NSPerYear: persons, SPPerYear: persons},
		Links: []policy.Link{{ID: "api", Recipient: "sg", DstDomains: []string{"*.example.sg"}, Ports: []uint16{443}, Protocol: "https", Direction: policy.Push, Purpose: "retail.member"},
			{ID: "hr", Recipient: "jp", DstDomains: []string{"hr.example.jp"}, Protocol: "https", Purpose: "hr.group"}},
		Valid: policy.Validity{Effective: "2026-01-01", Expires: until}}
}
