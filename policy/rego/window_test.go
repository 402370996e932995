package rego_test

import (
	"context"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// opened is a filing whose link may be sent in windows until a class is found.
func opened(stop ...inspect.Class) func(*policy.Candidate) {
	return func(c *policy.Candidate) { c.Window, c.Stop = true, stop }
}

// window is a question about what came so far.
func (a asked) window(t testing.TB, l policy.Law) *policy.Question {
	q := a.question(t, l)
	q.Stage = policy.StageWindow
	return q
}

func TestWindow(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	scW := one(filing("F1", policy.SC, opened()))
	saW := one(filing("F1", policy.SA, opened()))
	stops := one(filing("F1", policy.SC, opened(inspect.BankCard, inspect.ResidentID)))
	tests := []struct {
		name  string
		flow  asked
		want  policy.Action
		basis string
		codes string
	}{
		{"nothing found yet, a filing opens it", asked{filings: scW}, policy.Pass, "SC", "FILING_COVERS"},
		{"nothing found yet, no filing", asked{}, policy.Block, "", "OVERSIZE"},
		{"nothing found yet, the filing opens none", asked{filings: scF}, policy.Block, "", "OVERSIZE"},
		{"a few persons, no filing", asked{found: mob, ns: 1}, policy.Block, "", "OVERSIZE"},
		{"a few persons, filed", asked{found: mob, ns: 1, filings: scW}, policy.Pass, "SC", "FILING_COVERS"},
		{"a card, filed", asked{found: card, sp: 1, filings: scW}, policy.Pass, "SC", "FILING_COVERS"},
		{"a card, an assessment", asked{found: card, sp: 1, filings: saW}, policy.Pass, "SA", "FILING_COVERS"},
		{"a card, the filing opens none", asked{found: card, sp: 1, filings: scF}, policy.Block, "", "OVERSIZE"},
		{"a card, no filing", asked{found: card, sp: 1}, policy.Block, "", "OVERSIZE FILING_NOT_FOUND"},
		{"a class that stops it", asked{found: mob + " " + card, sp: 1, filings: stops}, policy.Block, "", "OVERSIZE:pi.finance.bankcard"},
		{"a class beside those that stop it", asked{found: mob, ns: 1, filings: stops}, policy.Pass, "SC", "FILING_COVERS"},
		{"one stops it, another filing opens it", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, opened(inspect.BankCard)), filing("F2", policy.SC, opened()))},
			policy.Pass, "SC", "FILING_COVERS"},
		{"another filing opens it that does not fit", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC), filing("F2", policy.SC, opened(), expired))},
			policy.Block, "", "OVERSIZE"},
		{"a class that is not filed", asked{found: "pi.contact.email " + card, sp: 1, filings: scW}, policy.Block, "", "OVERSIZE CATEGORY_NOT_COVERED:pi.contact.email"},
		{"another link", asked{filings: one(filing("F1", policy.SC, opened(), otherLink))}, policy.Block, "", "OVERSIZE"},
		{"its volume is full", asked{found: card, sp: 1, filings: scW, full: []string{"F1.sp"}}, policy.Block, "", "OVERSIZE VOLUME_EXCEEDED:F1.sp"},
		{"a contract that is too weak", asked{found: mob, ns: 1_000_000, filings: scW}, policy.Block, "", "OVERSIZE PATHWAY_INSUFFICIENT:national.ns.1000000"},
		{"an exemption that says so", asked{found: card, sp: 1, claim: "EX_HR", filings: one(claim("EX_HR", opened()))}, policy.Block, "", "OVERSIZE"},
		{"an exemption, beside a filing", asked{found: card, sp: 1, claim: "EX_HR", filings: one(claim("EX_HR"), filing("F1", policy.SC, opened()))},
			policy.Pass, "SC", "FILING_COVERS"},
		{"a list that says so", asked{filings: one(filing("Z1", policy.FTZList, opened()))}, policy.Block, "", "OVERSIZE"},
		{"not read in full", asked{coverage: "partial", filings: scW}, policy.Block, "", "OVERSIZE COVERAGE_PARTIAL"},
		{"not read at all", asked{coverage: "opaque", filings: saW}, policy.Block, "", "OVERSIZE COVERAGE_OPAQUE"},
		{"a secret", asked{found: sec, filings: saW}, policy.Block, "", "OVERSIZE STATE_SECRET:mark.secret"},
		{"important data under a contract", asked{found: imp, filings: scW}, policy.Block, "", "OVERSIZE CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT"},
		{"important data under an assessment", asked{found: imp, filings: saW}, policy.Pass, "SA", "FILING_COVERS"},
		{"a CIIO under an assessment", asked{found: mob, ns: 1, exporter: "ciio", filings: saW}, policy.Pass, "SA", "FILING_COVERS"},
		{"a CIIO under a contract", asked{exporter: "ciio", filings: scW}, policy.Block, "", "OVERSIZE"},
		{"a denied recipient", asked{denied: true, filings: saW}, policy.Block, "", "OVERSIZE RECIPIENT_DENIED"},
		{"nobody known, persons", asked{found: mob, ns: 1, exporter: "nobody", filings: scW}, policy.Block, "", "OVERSIZE EXPORTER_UNKNOWN"},
		{"the mainland", asked{place: "CN", filings: scW}, policy.Block, "", "OVERSIZE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := d.Decide(context.Background(), tt.flow.window(t, l))
			if err != nil {
				t.Fatal(err)
			}
			if v.Action != tt.want || codes(v) != tt.codes || v.Basis != tt.basis || !v.Final {
				t.Errorf("got %s, basis %q, %s; want %s, basis %q, %s", v.Action, v.Basis, codes(v), tt.want, tt.basis, tt.codes)
			}
		})
	}
}
