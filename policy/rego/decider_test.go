package rego_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// row is one flow and its verdict. codes are all reasons in order.
type row struct {
	name  string
	flow  asked
	want  policy.Action
	need  policy.Need
	basis string
	codes string
}

const (
	mob  = "pi.contact.mobile"
	id   = "pi.id.resident"
	card = "pi.finance.bankcard"
	imp  = "i:mark.important"
	sec  = "c:mark.secret"
)

const (
	sc   = policy.NeedSCOrCert
	vol  = policy.NeedSAVolume
	hard = policy.NeedSAHard
	none = policy.NeedNone
	unk  = policy.NeedUnknown
)

var (
	scF = one(filing("F1", policy.SC))
	saF = one(filing("F1", policy.SA))
	ceF = one(filing("F1", policy.CERT))
	gbF = one(filing("F1", policy.GBASC))
)

var thresholds = []row{
	{"nothing found", asked{}, policy.Pass, none, "EX_NO_PI", "EX_NO_PI"},
	{"an organisation's code is no personal data", asked{found: "org.uscc"}, policy.Pass, none, "EX_NO_PI", "EX_NO_PI"},
	{"three mobile numbers", asked{found: mob, ns: 3}, policy.Pass, none, "EX_SMALL", "EX_SMALL"},
	{"99,999 persons", asked{found: mob, ns: 99_999}, policy.Pass, none, "EX_SMALL", "EX_SMALL"},
	{"100,000 persons", asked{found: mob, ns: 100_000}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"100,000 persons under a contract", asked{found: mob, ns: 100_000, filings: scF}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"100,000 persons under a certificate", asked{found: mob, ns: 100_000, filings: ceF}, policy.Pass, sc, "CERT", "FILING_COVERS"},
	{"999,999 persons under a contract", asked{found: mob, ns: 999_999, filings: scF}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"1,000,000 persons under a contract", asked{found: mob, ns: 1_000_000, filings: scF}, policy.Block, vol, "", "PATHWAY_INSUFFICIENT:national.ns.1000000"},
	{"1,000,000 persons under a certificate", asked{found: mob, ns: 1_000_000, filings: ceF}, policy.Block, vol, "", "PATHWAY_INSUFFICIENT:national.ns.1000000"},
	{"1,000,000 persons under an assessment", asked{found: mob, ns: 1_000_000, filings: saF}, policy.Pass, vol, "SA", "FILING_COVERS"},
	{"1,000,000 persons without filing", asked{found: mob, ns: 1_000_000}, policy.Block, vol, "", "FILING_NOT_FOUND"},
	{"one person's sensitive data", asked{found: card, sp: 1}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"one person's sensitive data under a contract", asked{found: card, sp: 1, filings: scF}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"9,999 sensitive under a contract", asked{found: card, sp: 9_999, filings: scF}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"10,000 sensitive under a contract", asked{found: card, sp: 10_000, filings: scF}, policy.Block, vol, "", "PATHWAY_INSUFFICIENT:national.sp.10000"},
	{"10,000 sensitive under an assessment", asked{found: card, sp: 10_000, filings: saF}, policy.Pass, vol, "SA", "FILING_COVERS"},
	{"10,000 sensitive without filing", asked{found: card, sp: 10_000}, policy.Block, vol, "", "FILING_NOT_FOUND"},
	{"a child's mobile number is sensitive", asked{found: "m:" + mob, sp: 1}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"plain data of an exporter with a sensitive export", asked{found: mob, ns: 10, sp: 1}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"plain data of an exporter with a sensitive export, under a contract", asked{found: mob, ns: 10, sp: 1, filings: scF}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"plain data of an exporter with many sensitive exports", asked{found: mob, ns: 10, sp: 10_000}, policy.Block, vol, "", "FILING_NOT_FOUND"},
	{"small data needs no filing even if there is one", asked{found: mob, ns: 3, filings: scF}, policy.Pass, none, "EX_SMALL", "EX_SMALL"},
}

var exporters = []row{
	{"CIIO, one person", asked{exporter: "ciio", found: mob, ns: 1}, policy.Block, hard, "", "FILING_NOT_FOUND"},
	{"CIIO, one person under a contract", asked{exporter: "ciio", found: mob, ns: 1, filings: scF}, policy.Block, hard, "", "PATHWAY_INSUFFICIENT"},
	{"CIIO, one person under an assessment", asked{exporter: "ciio", found: mob, ns: 1, filings: saF}, policy.Pass, hard, "SA", "FILING_COVERS"},
	{"CIIO, nothing personal", asked{exporter: "ciio", found: "org.uscc"}, policy.Pass, none, "EX_NO_PI", "EX_NO_PI"},
	{"CIIO, contract with the person", asked{exporter: "ciio", found: mob, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT"))}, policy.Pass, none, "EX_CONTRACT", "EX_CONTRACT"},
	{"unknown CIIO counts as CIIO", asked{exporter: "ciio?", found: mob, ns: 1}, policy.Block, hard, "", "FILING_NOT_FOUND CIIO_UNKNOWN"},
	{"unknown CIIO under a contract", asked{exporter: "ciio?", found: mob, ns: 1, filings: scF}, policy.Block, hard, "", "PATHWAY_INSUFFICIENT CIIO_UNKNOWN"},
	{"unknown CIIO under an assessment", asked{exporter: "ciio?", found: mob, ns: 1, filings: saF}, policy.Pass, hard, "SA", "FILING_COVERS"},
	{"unknown CIIO, important data", asked{exporter: "ciio?", found: imp}, policy.Block, hard, "", "FILING_NOT_FOUND"},
	{"nobody with personal data", asked{exporter: "nobody", found: mob, ns: 1}, policy.Block, unk, "", "EXPORTER_UNKNOWN"},
	{"nobody with important data", asked{exporter: "nobody", found: imp}, policy.Block, unk, "", "EXPORTER_UNKNOWN"},
	{"nobody with nothing", asked{exporter: "nobody"}, policy.Pass, none, "EX_NO_PI", "EX_NO_PI"},
}

var order = []row{
	{"a state secret under an assessment", asked{found: sec + " " + card, sp: 1, filings: saF}, policy.Block, unk, "", "STATE_SECRET:mark.secret"},
	{"core data", asked{found: "c:geo.survey"}, policy.Block, unk, "", "CORE_DATA:geo.survey"},
	{"a secret is told before core data", asked{found: "c:geo.survey " + sec}, policy.Block, unk, "", "STATE_SECRET:mark.secret CORE_DATA:geo.survey"},
	{"a secret to a denied recipient", asked{found: sec, denied: true}, policy.Block, unk, "", "STATE_SECRET:mark.secret"},
	{"a secret in what was partly read", asked{found: sec, coverage: "partial"}, policy.Block, unk, "", "STATE_SECRET:mark.secret"},
	{"a denied recipient under a filing", asked{found: card, sp: 1, denied: true, filings: saF}, policy.Block, unk, "", "RECIPIENT_DENIED"},
	{"a denied recipient, nothing found", asked{denied: true}, policy.Block, unk, "", "RECIPIENT_DENIED"},
	{"nothing found in what was partly read", asked{coverage: "partial"}, policy.Block, unk, "", "COVERAGE_PARTIAL"},
	{"nothing could be read", asked{coverage: "opaque", filings: saF}, policy.Block, unk, "", "COVERAGE_OPAQUE"},
	{"domestic destination", asked{place: "CN", found: card, coverage: "opaque"}, policy.Pass, none, "NOT_OUTBOUND", "NOT_OUTBOUND"},
	{"unknown place is overseas", asked{place: "?", found: card, sp: 1}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"Hong Kong is overseas", asked{place: "HK", found: card, sp: 1}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"important data without filing", asked{found: imp}, policy.Block, hard, "", "FILING_NOT_FOUND"},
	{"important data under a contract", asked{found: imp, filings: scF}, policy.Block, hard, "", "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT"},
	{"important data under an assessment", asked{found: imp, filings: saF}, policy.Pass, hard, "SA", "FILING_COVERS"},
	{"important data assessed as general", asked{found: imp, filings: one(filing("F1", policy.SA, notImportant))}, policy.Block, hard, "", "IMPORTANT_NOT_COVERED:mark.important"},
	{"important data under a claim", asked{found: imp + " " + mob, ns: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT"))}, policy.Block, hard, "", "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT"},
}

var claims = []row{
	{"contract", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT"))}, policy.Pass, none, "EX_CONTRACT", "EX_CONTRACT"},
	{"staff", asked{found: id, sp: 1, claim: "EX_HR", filings: one(claim("EX_HR"))}, policy.Pass, none, "EX_HR", "EX_HR"},
	{"emergency", asked{found: id, sp: 1, claim: "EX_EMERGENCY", filings: one(claim("EX_EMERGENCY"))}, policy.Pass, none, "EX_EMERGENCY", "EX_EMERGENCY"},
	{"statutory duty", asked{found: id, sp: 1, claim: "EX_LEGAL_DUTY", filings: one(claim("EX_LEGAL_DUTY"))}, policy.Pass, none, "EX_LEGAL_DUTY", "EX_LEGAL_DUTY"},
	{"not registered", asked{found: card, sp: 1, claim: "EX_CONTRACT"}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"registered for something else", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_HR"))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"registered but not claimed", asked{found: card, sp: 1, filings: one(claim("EX_CONTRACT"))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"expired", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT", expired))}, policy.Block, sc, "", "FILING_EXPIRED"},
	{"suspended", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT", in("suspended")))}, policy.Block, sc, "", "FILING_SUSPENDED"},
	{"draft", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT", in("draft")))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"for another recipient", asked{found: card, sp: 1, claim: "EX_CONTRACT", filings: one(claim("EX_CONTRACT", otherRecipient))}, policy.Block, sc, "", "RECIPIENT_MISMATCH"},
	{"small volume cannot be claimed", asked{found: card, sp: 1, claim: "EX_SMALL", filings: one(claim("EX_SMALL"))}, policy.Block, sc, "", "PATHWAY_INSUFFICIENT"},
	{"transit of foreign data", asked{found: "pi.id.passport", sp: 1, claim: "EX_TRANSIT", filings: one(claim("EX_TRANSIT", passports))}, policy.Pass, none, "EX_TRANSIT", "EX_TRANSIT"},
	{"transit with domestic data", asked{found: "pi.id.passport " + id, sp: 1, claim: "EX_TRANSIT", filings: one(claim("EX_TRANSIT", passports))}, policy.Block, sc, "", "PATHWAY_INSUFFICIENT"},
	{"transit not registered", asked{found: "pi.id.passport", sp: 1, claim: "EX_TRANSIT"}, policy.Block, sc, "", "FILING_NOT_FOUND"},
}

func passports(c *policy.Candidate) {
	c.Covers = append(c.Covers, "pi.id.passport")
	c.Sensitive = append(c.Sensitive, "pi.id.passport")
}

var filings = []row{
	{"expired, right recipient", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, expired))}, policy.Block, sc, "", "FILING_EXPIRED"},
	{"expired by status", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, in("expired")))}, policy.Block, sc, "", "FILING_EXPIRED"},
	{"not yet", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, early))}, policy.Block, sc, "", "FILING_NOT_YET_EFFECTIVE"},
	{"suspended", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, in("suspended")))}, policy.Block, sc, "", "FILING_SUSPENDED"},
	{"revoked", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, in("revoked")))}, policy.Block, sc, "", "FILING_SUSPENDED"},
	{"submitted", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, in("submitted")))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"superseded", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, in("superseded")))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
	{"other recipient", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherRecipient))}, policy.Block, sc, "", "RECIPIENT_MISMATCH"},
	{"other country", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherCountry))}, policy.Block, sc, "", "COUNTRY_MISMATCH"},
	{"other link", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink))}, policy.Block, sc, "", "LINK_NOT_FILED"},
	{"other purpose", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherPurpose))}, policy.Block, sc, "", "PURPOSE_MISMATCH"},
	{"no purpose", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, noPurpose))}, policy.Block, sc, "", "PURPOSE_UNDECLARED"},
	{"no purpose, as the link is not filed either", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherLink, noPurpose))}, policy.Block, sc, "", "LINK_NOT_FILED"},
	{"no purpose, as the recipient is another", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherRecipient, noPurpose))}, policy.Block, sc, "", "RECIPIENT_MISMATCH"},
	{"class outside", asked{found: card + " pi.contact.email", sp: 1, filings: scF}, policy.Block, sc, "", "CATEGORY_NOT_COVERED:pi.contact.email"},
	{"approved as plain only", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, plainItems))}, policy.Block, sc, "", "SPI_NOT_COVERED:" + card},
	{"a child's data under plain items", asked{found: "m:" + mob, sp: 1, filings: scF}, policy.Block, sc, "", "SPI_NOT_COVERED:" + mob},
	{"refused item", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, refusedCard))}, policy.Block, sc, "", "ITEM_REFUSED:" + card},
	{"only in processed form", asked{found: id, sp: 1, filings: one(filing("F1", policy.SC, deidentified))}, policy.Block, sc, "", "DEIDENTIFICATION_MISSING:" + id},
	{"one person too many", asked{found: card, sp: 1, filings: scF, full: []string{"F1.sp"}}, policy.Block, sc, "", "VOLUME_EXCEEDED:F1.sp"},
	{"plain volume full", asked{found: mob, ns: 200_000, filings: scF, full: []string{"F1.ns"}}, policy.Block, sc, "", "VOLUME_EXCEEDED:F1.ns"},
	{"volume before strength", asked{found: card, sp: 10_000, filings: scF, full: []string{"F1.sp"}}, policy.Block, vol, "", "VOLUME_EXCEEDED:F1.sp PATHWAY_INSUFFICIENT:national.sp.10000"},
	{"faults in the order of the steps", asked{found: card + " pi.contact.email", sp: 1, filings: one(filing("F1", policy.SC, expired, otherLink, otherPurpose))},
		policy.Block, sc, "", "FILING_EXPIRED LINK_NOT_FILED PURPOSE_MISMATCH CATEGORY_NOT_COVERED:pi.contact.email"},
	{"never the union of two filings", asked{found: card + " pi.contact.email", sp: 1, filings: one(filing("F1", policy.SC), filing("F2", policy.SC, emailOnly))},
		policy.Block, sc, "", "CATEGORY_NOT_COVERED:pi.contact.email"},
	{"the second of two covers", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, expired), filing("F2", policy.SC))}, policy.Pass, sc, "SC", "FILING_COVERS"},
	{"expired for this recipient is nearer than current for another", asked{found: card, sp: 1, filings: one(filing("F1", policy.SC, otherRecipient), filing("F2", policy.SC, expired))},
		policy.Block, sc, "", "FILING_EXPIRED"},
	{"bay area contract to Hong Kong", asked{place: "HK", exporter: "shenzhen", found: card, sp: 1, filings: gbF}, policy.Pass, sc, "GBA_SC", "FILING_COVERS"},
	{"bay area contract to Macao", asked{place: "MO", exporter: "shenzhen", found: card, sp: 1, filings: gbF}, policy.Pass, sc, "GBA_SC", "FILING_COVERS"},
	{"bay area contract to Singapore", asked{exporter: "shenzhen", found: card, sp: 1, filings: gbF}, policy.Block, sc, "", "PATHWAY_INSUFFICIENT"},
	{"bay area contract of a Shanghai exporter", asked{place: "HK", found: card, sp: 1, filings: gbF}, policy.Block, sc, "", "PATHWAY_INSUFFICIENT"},
	{"bay area contract above the line", asked{place: "HK", exporter: "shenzhen", found: card, sp: 10_000, filings: gbF}, policy.Block, vol, "", "PATHWAY_INSUFFICIENT:national.sp.10000"},
	{"a zone list registration is no filing yet", asked{found: card, sp: 1, filings: one(filing("F1", policy.FTZList))}, policy.Block, sc, "", "FILING_NOT_FOUND"},
}

func emailOnly(c *policy.Candidate) { c.Covers = append(c.Covers[:0:0], "pi.contact.email") }

var heads = []row{
	{"domestic", asked{head: true, place: "CN"}, policy.PassUnread, none, "NOT_OUTBOUND", "NOT_OUTBOUND"},
	{"denied", asked{head: true, denied: true}, policy.Block, unk, "", "RECIPIENT_DENIED"},
	{"a secret in the head", asked{head: true, found: sec}, policy.Block, unk, "", "STATE_SECRET:mark.secret"},
	{"overseas", asked{head: true, found: card}, policy.Block, unk, "", ""},
	{"unknown place", asked{head: true, place: "?"}, policy.Block, unk, "", ""},
	{"nobody", asked{head: true, exporter: "nobody"}, policy.Block, unk, "", ""},
}

func TestDecide(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	groups := []struct {
		name string
		rows []row
	}{{"thresholds", thresholds}, {"exporters", exporters}, {"order", order}, {"claims", claims}, {"filings", filings}, {"heads", heads}}
	n := 0
	for _, g := range groups {
		for _, tt := range g.rows {
			n++
			t.Run(g.name+"/"+tt.name, func(t *testing.T) {
				v, err := d.Decide(context.Background(), tt.flow.question(t, l))
				if err != nil {
					t.Fatal(err)
				}
				if v.Action != tt.want || codes(v) != tt.codes || v.Basis != tt.basis || v.Need != tt.need {
					t.Errorf("got %s, need %s, basis %q, %s\nwant %s, need %s, basis %q, %s",
						v.Action, v.Need, v.Basis, codes(v), tt.want, tt.need, tt.basis, tt.codes)
				}
				if final := tt.codes != ""; v.Final != final {
					t.Errorf("final = %v, want %v", v.Final, final)
				}
				if want := strings.Contains(tt.codes, "STATE_SECRET") || strings.Contains(tt.codes, "CORE_DATA"); v.Escalate != want {
					t.Errorf("escalate = %v, want %v", v.Escalate, want)
				}
				if v.Policy != d.Digest() {
					t.Error("the verdict does not name its policy")
				}
			})
		}
	}
	if n < 60 {
		t.Errorf("only %d rows", n)
	}
}

func TestVerdictsNameFilingAndLimits(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	tests := []struct {
		name   string
		flow   asked
		filing string
		limits string
	}{
		{"contract", asked{found: card, sp: 1, filings: scF}, "F1", "F1.ns F1.sp national.ns.1000000 national.sp.10000"},
		{"assessment", asked{found: card, sp: 1, filings: saF}, "F1", "F1.ns F1.sp"},
		{"small", asked{found: mob, ns: 1}, "", "national.ns.100000 national.sp.1"},
		{"nothing", asked{}, "", ""},
		{"near miss", asked{found: card, sp: 1, filings: one(filing("F7", policy.SC, expired))}, "F7", ""},
	}
	for _, tt := range tests {
		v, err := d.Decide(context.Background(), tt.flow.question(t, l))
		if err != nil {
			t.Fatal(err)
		}
		if v.Filing != tt.filing || strings.Join(v.Limits, " ") != tt.limits {
			t.Errorf("%s: filing %q, limits %v; want %q, %s", tt.name, v.Filing, v.Limits, tt.filing, tt.limits)
		}
		if tt.filing != "" && (v.Revision != 1 || v.Reasons[0].Filing != tt.filing) {
			t.Errorf("%s: revision %d, reason of filing %q", tt.name, v.Revision, v.Reasons[0].Filing)
		}
	}
}

// What the canonical question leaves out must not be needed for a Pass.
func TestMissingCountsBlock(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	q := asked{found: mob, ns: 1}.question(t, l)
	q.Brackets = q.Brackets[:1]
	v, err := d.Decide(context.Background(), q)
	if err != nil || v.Action != policy.Block || !v.Has(policy.LedgerUnavail) {
		t.Errorf("got %s %s, %v", v.Action, codes(v), err)
	}
	q.Brackets = nil
	if v, _ = d.Decide(context.Background(), q); v.Basis != "EX_SMALL" || len(v.Limits) != 2 {
		t.Errorf("nobody counted: got %s %s, limits %v", v.Action, codes(v), v.Limits)
	}
	q = asked{found: card, sp: 1, filings: scF}.question(t, l)
	q.Brackets = slices.DeleteFunc(q.Brackets, func(b policy.Bracket) bool { return strings.HasPrefix(b.Limit, "F1.") })
	if v, _ = d.Decide(context.Background(), q); v.Action != policy.Block || !v.Has(policy.LedgerUnavail) {
		t.Errorf("without the filing's counts: got %s %s", v.Action, codes(v))
	}
}
