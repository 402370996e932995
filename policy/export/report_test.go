package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

func sortStrings(s []string) { slices.Sort(s) }

// The totals of the records of provision are those of a plain fold, and the
// rows add up to them.
func TestProvisionAddsUp(t *testing.T) {
	records := many(3000, 7)
	f := export.Filter{From: start.Add(100 * time.Hour), To: start.Add(2900 * time.Hour), Exporter: motors}
	p, err := export.NewProvision(all(records...), f, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	var want, doubtful, ns, sent, findings, seen int64
	for _, r := range records {
		if r.Time.Before(f.From) || !r.Time.Before(f.To) || r.Intent.Exporter != motors {
			continue
		}
		seen++
		released := r.Intent.Enforced == policy.Pass || r.Intent.Enforced == policy.PassUnread
		n := int64(0)
		for _, c := range r.Intent.Classes {
			n += c.Medium + c.High
		}
		read := r.Intent.Judged != "unread" && r.Intent.Coverage.State.String() == "full"
		if !released || n == 0 && read {
			continue
		}
		want++
		findings += n
		ns += int64(r.Intent.Persons.NS)
		if r.Outcome != nil {
			sent += r.Outcome.Bytes
			if r.Outcome.InDoubt {
				doubtful++
			}
		}
	}
	if p.Counts.Records != seen || p.Total.Transfers != want || p.Total.PersonsNS != ns || p.Total.Bytes != sent || p.Total.InDoubt != doubtful {
		t.Errorf("%+v %+v; want %d records, %d transfers, %d persons, %d bytes, %d in doubt", p.Counts, p.Total, seen, want, ns, sent, doubtful)
	}
	c := p.Counts
	if c.Provisions+c.Unread+c.Nothing+c.Refused+c.NothingSent != c.Records || c.Provisions+c.Unread != p.Total.Transfers {
		t.Errorf("the parts do not add up: %+v", c)
	}
	var rows, rowFindings, rowBytes int64
	for _, g := range p.Rows {
		rows, rowBytes = rows+g.Transfers, rowBytes+g.Bytes
		for _, x := range g.Types {
			rowFindings += x.Findings
		}
	}
	if rows != want || rowFindings != findings || rowBytes != sent {
		t.Errorf("rows add up to %d transfers, %d findings, %d bytes; want %d, %d, %d", rows, rowFindings, rowBytes, want, findings, sent)
	}
}

// What no longer fits stands in one row, and nothing is lost of it.
func TestProvisionIsBounded(t *testing.T) {
	each := export.Each(func(fn func(policy.Record) error) error {
		r := sample("x")
		for i := range 21_000 {
			r.Intent.Recipient = "r" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
			if err := fn(r); err != nil {
				return err
			}
		}
		return nil
	})
	p, err := export.NewProvision(each, export.Filter{}, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	var sum, other int64
	for _, g := range p.Rows {
		sum += g.Transfers
		if g.Recipient == "(other)" {
			other = g.Transfers
		}
	}
	if !p.Limited || len(p.Rows) > 20_001 || sum != 21_000 || other == 0 {
		t.Errorf("limited %v, %d rows, %d transfers, %d of them in the last row", p.Limited, len(p.Rows), sum, other)
	}
}

func TestProvisionSaysWhatTheFilingSays(t *testing.T) {
	filings := func(id string, revision int) (policy.Filing, bool) {
		if id != "SC-1" || revision != 2 {
			return policy.Filing{}, false
		}
		return policy.Filing{Recipients: []policy.Recipient{{ID: "crm-sg", Name: "CRM Pte"}}, Purposes: []string{"retail.member"},
			Storage: &policy.Storage{Countries: []string{"SG"}, RetentionDays: 30}, Valid: policy.Validity{Effective: "2026-01-01", Expires: "2028-12-31"}}, true
	}
	p, err := export.NewProvision(all(sample("a")), export.Filter{}, filings, start)
	if err != nil || len(p.Rows) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, lang := range []string{"zh", "en"} {
		for _, format := range []string{"json", "csv", "xlsx", "md"} {
			var b bytes.Buffer
			if err := p.Write(&b, format, lang); err != nil {
				t.Fatal(err)
			}
			if format == "xlsx" {
				continue
			}
			for _, want := range []string{"CRM Pte", "SG", "SC-1", "retail.member", "crm", "2026-01-01/2028-12-31", "pi.contact.mobile"} {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%s %s lacks %q:\n%s", format, lang, want, &b)
				}
			}
		}
	}
	if err := p.Write(&bytes.Buffer{}, "pdf", "en"); err == nil {
		t.Error("a format that is not offered is taken")
	}
}

func TestRiskReportCounts(t *testing.T) {
	var records []policy.Record
	for _, r := range kinds() {
		records = append(records, r)
	}
	x, err := export.NewRisk(all(records...), export.Filter{}, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	stopped := map[string]export.Stopped{}
	for _, s := range x.Stopped {
		stopped[s.Code] = s
	}
	if x.Counts.Records != int64(len(records))-1 || x.Inland != 1 || x.Observed != 1 || x.Measures.Doubt != 1 || x.Coverage.Partial != 1 {
		t.Errorf("%+v", x)
	}
	if s := stopped["STATE_SECRET"]; s.Blocked != 1 || s.Escalate != 1 {
		t.Errorf("state secrets: %+v", s)
	}
	if s := stopped["HELD_FOR_REVIEW"]; s.Held != 1 || s.Blocked != 0 {
		t.Errorf("holds: %+v", s)
	}
	for _, lang := range []string{"zh", "en"} {
		var b bytes.Buffer
		if err := x.Write(&b, "md", lang); err != nil || !strings.Contains(b.String(), "STATE_SECRET") {
			t.Errorf("%v\n%s", err, &b)
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b, "json", ""); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("%v: %s", err, &b)
	}
}

func TestFilterTakes(t *testing.T) {
	r := sample("a")
	for _, tt := range []struct {
		name string
		f    export.Filter
		want bool
	}{
		{"anything", export.Filter{}, true},
		{"from its instant on", export.Filter{From: r.Time}, true},
		{"to its instant", export.Filter{To: r.Time}, false},
		{"from a later one", export.Filter{From: r.Time.Add(1)}, false},
		{"its recipient", export.Filter{Recipient: "crm-sg"}, true},
		{"its host", export.Filter{Recipient: "crm.example.sg"}, true},
		{"another recipient", export.Filter{Recipient: "hr-de"}, false},
		{"another filing", export.Filter{Filing: "SC-2"}, false},
		{"another action", export.Filter{Action: "block"}, false},
		{"its action", export.Filter{Action: "pass"}, true},
	} {
		if got := tt.f.Match(&r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTablesHaveOneRowARecord(t *testing.T) {
	var b bytes.Buffer
	s := export.CSV(&b)
	records := many(50, 3)
	for i := range records {
		if err := s.Put(&records[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 51 || rows[0][1] != "record" || rows[50][1] != "r00049" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
