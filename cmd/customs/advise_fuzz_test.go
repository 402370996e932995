package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// FuzzAdviceOfAnyRecord holds that whatever stands in a record, the advice can
// be made, its drafts can be imported, and nothing in it does anything.
func FuzzAdviceOfAnyRecord(f *testing.F) {
	f.Add("api.example.sg", "retail.member", "sg", "SG", "pi.contact.mobile", uint8(0))
	f.Add("=HYPERLINK(\"http://x\")", "@SUM(1+1)*cmd|' /C calc'!A0", "+1", "<b>", "pi.name|", uint8(1))
	f.Add("a|b`<script>", "| x |\n# y", "[x](javascript:1)", "sg", "pi.\x1b[2J", uint8(2))
	f.Add("withheld", synth.New(3, policytestDay).Adult().ResidentID, "", "", "geo.survey", uint8(3))
	f.Add("203.0.113.9", "", "\u202e", "DE", "x.own", uint8(4))
	f.Add("a_b.example..sg", strings.Repeat("x", 300), "-", "CNN", "pi.account.x", uint8(9))
	w := newAdviceWorld(f, adviceFiling("SC-1", 100, "2027-12-31"))
	f.Fuzz(func(t *testing.T, host, purpose, recipient, country, class string, flags uint8) {
		if country == "CN" {
			return
		}
		w.t, w.records = t, nil
		w.record(w.now, func(in *policy.Intent) {
			in.Host, in.Recipient, in.Place.Country, in.Declared = host, recipient, country, policy.Declared{Purpose: purpose, Scenario: recipient, Source: "client"}
			in.Classes = append(in.Classes, policy.ClassCount{Class: inspect.Class(class), Level: inspect.Level(flags >> 3 % 3), High: 1})
			if flags&1 != 0 {
				refused(policy.RecipientMismatch, "SC-1")(in)
			}
			if flags&2 != 0 {
				sensitive(in)
			}
			if flags&4 != 0 {
				in.Exporter = recipient
			}
		})
		a := w.advice()
		for form, text := range texts(t, a) {
			if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\n' && r != '\u200b' }) {
				t.Errorf("%s holds what moves or hides", form)
			}
			if strings.HasPrefix(form, "md") {
				inertMarkdown(t, text)
			}
		}
		inertDrafts(t, a.Drafts(), w)
		c := w.compared("")
		var md bytes.Buffer
		w.must(c.WriteMarkdown(&md, policy.English))
		inertMarkdown(t, md.String())
	})
}

func inertMarkdown(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.Contains(line, "<") || strings.Count(line, "`")%2 != 0 {
			t.Fatalf("a line means something: %q", line)
		}
		outside := ""
		for i, part := range strings.Split(line, "`") {
			if i%2 == 0 {
				outside += part
			}
		}
		if strings.ContainsAny(outside, "[]") || strings.Contains(outside, "://") {
			t.Fatalf("a line has a link: %q", line)
		}
	}
}

// inertDrafts imports drafts back from a workbook and from JSON, and looks for
// formulas.
func inertDrafts(t *testing.T, drafts []policy.Filing, w *adviceWorld) {
	t.Helper()
	var book, text bytes.Buffer
	w.must(registry.Export{Filings: drafts}.WriteXLSX(&book))
	w.must(registry.Export{Filings: drafts}.WriteJSON(&text))
	x, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	w.must(err)
	defer x.Close()
	for _, sheet := range []string{"filings", "recipients", "items", "links"} {
		rows, err := x.GetRows(sheet)
		w.must(err)
		for r, row := range rows {
			for c := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				w.must(err)
				if formula, err := x.GetCellFormula(sheet, cell); err != nil || formula != "" {
					t.Fatalf("%s %s is a formula: %v", sheet, cell, err)
				}
			}
		}
	}
	if len(drafts) == 0 {
		return
	}
	for _, in := range []*bytes.Buffer{&book, &text} {
		s, err := registry.ReadSheets(context.Background(), in)
		w.must(err)
		if _, err := w.reg.Import(context.Background(), s, true); err != nil {
			t.Fatalf("a draft does not import: %v", err)
		}
	}
}
