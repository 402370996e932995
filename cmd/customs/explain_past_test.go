package main

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

const (
	motors  = "91310115MA1K3ABC99" // synthetic, as the others
	trading = "91330100799655058B"
	lake    = "9144030071526726XG"
)

// national is the built-in pack with changes, old and new text in turn.
func national(t testing.TB, change ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "policy", "law", "cn-2024.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i+1 < len(change); i += 2 {
		if !strings.Contains(text, change[i]) {
			t.Fatalf("the pack has no %q", change[i])
		}
		text = strings.Replace(text, change[i], change[i+1], 1)
	}
	return text
}

// pastList is a verified zone list, made up, with one row of two thresholds.
const pastList = `schema: dc.list/1
id: CN-TEST-2025
title: made up for tests
type: negative
zones: [CN-TEST-FTZ]
effective_from: 2025-01-01
applies_to: {registered_in_zone: true, export_from_zone: false}
covers: [retail.member, "icv.*"]
verified: true
source: made up for tests
entries:
  - id: member
    scenario: retail.member
    data_class: pi
    classes: [pi.contact.mobile, pi.name]
    rules:
      - {min: 500000, pathway: SA}
      - {min: 200000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: made up for tests
`

// pastGeneral is a verified list of general data that asks for registration.
const pastGeneral = `schema: dc.list/1
id: CN-TEST-GENERAL-2025
title: made up for tests
type: general
zones: [CN-TEST-FTZ]
effective_from: 2025-01-01
applies_to: {registered_in_zone: true, export_from_zone: true}
requires_registration: true
covers: [icv.aftersales]
verified: true
source: made up for tests
entries:
  - id: service
    scenario: icv.aftersales
    data_class: pi
    classes: [pi.contact.mobile, vehicle.vin]
    max_subjects: 99999
    verified: true
    source: made up for tests
`

// pastMarks are a suspicion by scale and an approval, both verified.
const pastMarks = `schema: dc.catalogue/1
id: TEST-MARKS
title: made up for tests
effective_from: 2025-01-01
important:
  - {id: test.scale, title_zh: 规模, title_en: scale, effect: suspected, scale: {kind: any, reach: 600000}, source: made up for tests, verified: true}
  - {id: test.genes, title_zh: 遗传资源, title_en: genetic resources, effect: approval, approval: hgr, classes: [pi.bio.genomic], source: made up for tests, verified: true}
`

const pastModule = `package customs.operator

import rego.v1

deny contains "no-genes-to-us" if {
	input.destination.country == "US"
	some f in input.found
	f.class == "pi.bio.genomic"
}

hold contains "many-cards" if {
	some f in input.found
	f.class == "pi.finance.bankcard"
	f.magnitude >= 2
}

redact contains "pi.device.imei"

require contains "purpose" if input.declared.scenario == "retail.member"

relax contains "PURPOSE_UNDECLARED"
`

func pastFiling(id, uscc string, p policy.Pathway, host, country string, classes ...inspect.Class) policy.Filing {
	f := policy.Filing{Schema: policy.FilingSchema, ID: id, Pathway: p, AuthorityNo: "NO-1", Status: "effective",
		Exporter:   policy.Filer{USCC: uscc, Name: "Example"},
		Recipients: []policy.Recipient{{ID: "r-" + strings.ToLower(id), Name: "Example Pte", Country: country}},
		Purposes:   []string{"ops"},
		Items: []policy.Item{{ID: "1", PI: true, Categories: []inspect.Class{inspect.Mobile, inspect.Name}, Approved: true},
			{ID: "2", PI: true, Sensitive: true, Categories: classes, Approved: true}},
		Volume: policy.Volume{NSPerYear: 150_000, SPPerYear: 5_000},
		Links:  []policy.Link{{ID: "L1", DstDomains: []string{host}, Protocol: "https", Direction: policy.Push}},
		Valid:  policy.Validity{Issued: "2026-01-01", Effective: "2026-01-01", Expires: "2028-12-31"}}
	switch p {
	case policy.SA:
		f.Valid = policy.Validity{Issued: "2026-01-01", Expires: "2029-01-01"}
		f.Volume = policy.Volume{NSPerYear: 5_000_000, SPPerYear: 500_000}
	case policy.Exemption:
		f.LegalBasis, f.Volume, f.AuthorityNo = "contract", policy.Volume{}, ""
	}
	return f
}

func pastFilings() []policy.Filing {
	expired := pastFiling("SC-OLD", motors, policy.SC, "old.example.sg", "SG", inspect.BankCard)
	expired.Valid = policy.Validity{Issued: "2024-01-01", Effective: "2024-01-01", Expires: "2025-12-31"}
	nopurpose := pastFiling("SC-MANY", motors, policy.SC, "many.example.sg", "SG", inspect.BankCard)
	nopurpose.Purposes = []string{"ops", "hr"}
	sourced := pastFiling("SC-SRC", trading, policy.SC, "src.example.sg", "SG", inspect.BankCard)
	sourced.Links[0].SrcCIDRs = []string{"10.0.0.0/24"}
	zone := pastFiling("ZONE-1", lake, policy.FTZList, "zone.example.sg", "SG", inspect.BankCard)
	zone.List, zone.Exporter.Zone = "CN-TEST-GENERAL-2025", "CN-TEST-FTZ"
	return []policy.Filing{zone,
		pastFiling("SC-1", motors, policy.SC, "api.example.sg", "SG", inspect.BankCard, inspect.ResidentID), expired, nopurpose, sourced,
		pastFiling("SA-1", motors, policy.SA, "sa.example.us", "US", inspect.BankCard, inspect.Genomic),
		pastFiling("EX-1", trading, policy.Exemption, "shop.example.us", "US", inspect.BankCard),
	}
}

// randomFlow makes up a flow of any kind.
func randomFlow(rng *rand.Rand) pastFlow {
	f := pastFlow{
		exporter: policy.Exporter{USCC: pick(rng, motors, motors, motors, trading, trading, lake, lake, ""), CIIO: pick(rng, policy.No, policy.No, policy.No, policy.No, policy.No, policy.No, policy.Yes, policy.Unknown),
			Zone: pick(rng, "", "", "CN-TEST-FTZ"), City: pick(rng, "", "440305")},
		host:  pick(rng, "api.example.sg", "old.example.sg", "many.example.sg", "src.example.sg", "sa.example.us", "shop.example.us", "x.example.com", "bad.example.ru"),
		place: policy.Place{Country: pick(rng, "US", "SG", "DE", "", "CN"), Source: "table"},
		ns:    pick[int64](rng, 0, 99_900, 99_999, 100_000, 150_000, 250_000, 700_000, 1_500_000), sp: pick[int64](rng, 0, 0, 1, 9_990, 9_999, 12_000),
		filed: pick[int64](rng, 0, 10, 4_999, 149_999, 200_000), broken: rng.IntN(40) == 0, observe: rng.IntN(10) == 0, private: rng.IntN(12) == 0,
		head: inspect.Report{Coverage: inspect.Coverage{State: inspect.Full}},
	}
	f.declared = policy.Declared{Purpose: pick(rng, "", "", "ops", "ads"), Scenario: pick(rng, "", "", "retail.member", "icv.rnd"),
		Claim: pick(rng, "", "", "", "EX_CONTRACT", "EX_TRANSIT", "EX_HR")}
	if rng.IntN(2) == 0 { // what the filings are for
		f.declared = policy.Declared{Purpose: "ops"}
		f.host = pick(rng, "api.example.sg", "api.example.sg", "many.example.sg", "sa.example.us", "shop.example.us")
		f.filed = pick[int64](rng, 0, 10, 4_999)
	}
	if f.declared != (policy.Declared{}) {
		f.declared.Source = "client"
	}
	var classes []string
	for _, c := range []string{"pi.contact.mobile", "pi.name", "pi.contact.mobile", "pi.finance.bankcard", "pi.id.resident", "pi.bio.genomic", "-pi.address",
		"pi.net.ip", "vehicle.vin", "pi.device.imei", "org.uscc", "!mark.important", "#geo.coordinate", "mark.secret", "x.own"} {
		odds := 7
		if strings.Contains(c, "mark") || strings.HasPrefix(c, "#") {
			odds = 60
		}
		if rng.IntN(odds) == 0 {
			classes = append(classes, c)
		}
	}
	if rng.IntN(2) == 0 { // what the filings cover, by an exporter with room left
		classes = pick(rng, []string{"pi.contact.mobile"}, []string{"pi.contact.mobile", "pi.name"}, []string{"pi.finance.bankcard"}, []string{"pi.id.resident", "pi.contact.mobile"}, []string{"pi.bio.genomic"})
		f.ns, f.sp = pick[int64](rng, 0, 99_900, 99_990, 250_000, 700_000), pick[int64](rng, 0, 0, 9_000)
	}
	switch rng.IntN(10) {
	case 0: // by the lists of a zone
		f.exporter = policy.Exporter{USCC: pick(rng, lake, lake, motors), CIIO: policy.No, Zone: "CN-TEST-FTZ", ZoneExport: pick(rng, policy.Yes, policy.Yes, policy.Unknown)}
		f.declared = policy.Declared{Scenario: pick(rng, "retail.member", "icv.rnd", "icv.aftersales", "icv.aftersales"), Purpose: "ops", Source: "client"}
		f.host, f.ns, f.sp = pick(rng, "zone.example.sg", "zone.example.sg", "x.example.com"), pick[int64](rng, 10, 10, 10, 150_000, 250_000, 550_000), 0
		classes = []string{"pi.contact.mobile"}
	case 1: // by what the operator relaxed
		f.exporter, f.host, f.declared, f.filed = policy.Exporter{USCC: motors, CIIO: policy.No}, "many.example.sg", policy.Declared{}, 5
		f.ns, classes = 10, []string{"pi.contact.mobile", pick(rng, "pi.finance.bankcard", "pi.name")}
	}
	f.body = reportOf(pick(rng, 0, 1, 3, 40), rng.IntN(8) == 0, unique(classes)...)
	switch rng.IntN(12) {
	case 0:
		f.body.Coverage.State, f.body.Coverage.Gaps = inspect.Partial, []inspect.Gap{{Reason: inspect.GapEncrypted, Bytes: 9}}
		f.unread = pick(rng, nil, []inspect.GapReason{inspect.GapEncrypted})
	case 1:
		f.head = reportOf(1, false, pick(rng, "mark.secret", "pi.contact.mobile"))
	case 2:
		f.body.Mismatches = []inspect.Mismatch{{Said: "image/png", Found: "zip"}}
	}
	if rng.IntN(4) == 0 {
		f.full = pick(rng, "national.ns.100000", "SC-1.ns", "list.CN-TEST-2025.member.200000")
	}
	if rng.IntN(3) == 0 {
		f.approval = &policy.Approval{Approvers: pick(rng, []string{"a", "b"}, []string{"a"})}
	}
	if rng.IntN(4) == 0 && f.exporter.Known() {
		waived := pick(rng, pastWaived...)
		f.exceptions = []policy.Exception{{ID: pastLift(f.exporter.USCC, waived), Revision: 1, State: pick(rng, "current", "expired"), Waives: []string{waived}}}
	}
	return f
}

// pastWaived are the rules that exceptions of the past lifted.
var pastWaived = []string{"no-genes-to-us", "many-cards", "require.purpose", "suspected.test.scale"}

// pastLift is the id of the exception of an exporter.
func pastLift(uscc, waived string) string { return "E-" + uscc[14:] + "-" + waived }

// addLifts registers the exceptions of the past.
func (w *pastWorld) addLifts() {
	for _, uscc := range []string{motors, trading, lake} {
		for _, waived := range pastWaived {
			_, err := w.reg.AddDocument(context.Background(), registry.ExceptionDoc{Schema: registry.ExceptionSchema, ID: pastLift(uscc, waived),
				Exporter: uscc, Owner: "olaf", Reason: "made up for tests", Hosts: []string{"*.example.sg"}, Waives: []string{waived},
				Quota: registry.Quota{Transfers: 2, Persons: 10}, Effective: "2026-11-01", Expires: "2026-12-31", Status: "effective"})
			w.must(err)
		}
	}
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}
