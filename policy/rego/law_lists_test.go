package rego_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/sign"
)

// The zones of these tests, each with a list in another state. The member
// list asks for an assessment from 999,999 persons and a contract from
// 100,000, its sensitive row for an assessment from 10,000 and a contract
// from 5,000: other numbers than the national ones.
var lawLists = map[string]string{
	// A: in force, verified, nothing to register.
	"a.yaml": lawList("CN-TEST-LIST-A", "negative", "CN-TEST-A", "retail.member, retail.goods.*", "", memberEntries),
	// U: nobody compared the list with its text.
	"u.yaml": strings.Replace(lawList("CN-TEST-LIST-U", "negative", "CN-TEST-U", `"*"`, "", memberEntries), "verified: true", "verified: false", 1),
	// E: the list is verified, its member row is not; its goods row is.
	"e.yaml": lawList("CN-TEST-LIST-E", "negative", "CN-TEST-E", "retail.member, retail.goods", "",
		strings.Replace(memberEntries, "verified: true", "verified: false", 1)),
	// R: in force for an exporter only once its use is registered.
	"r.yaml": lawList("CN-TEST-LIST-R", "negative", "CN-TEST-R", "retail.member", "requires_registration: true", memberEntries),
	// X: only for exports out of the zone.
	"x.yaml": strings.Replace(lawList("CN-TEST-LIST-X", "negative", "CN-TEST-X", "retail.member", "", memberEntries),
		"export_from_zone: false", "export_from_zone: true", 1),
	// W: covers every scenario, also an undeclared one.
	"w.yaml": lawList("CN-TEST-LIST-W", "negative", "CN-TEST-W", `"*"`, "", strings.ReplaceAll(memberEntries, "retail.member", `"*"`)),
	// G: a general list that must be registered, up to 100,000 persons.
	"g.yaml": lawList("CN-TEST-LIST-G", "general", "CN-TEST-G", "retail.member", "requires_registration: true", generalEntry+"    max_subjects: 100000\n"),
	// K: a row of plain data names cards as well.
	"k.yaml": lawList("CN-TEST-LIST-K", "negative", "CN-TEST-K", "retail.member", "",
		lawRow("plain", "pi", "pi.contact.mobile, pi.name", "{min: 100000, pathway: SA}, ")+lawRow("cards", "pi", "pi.finance.bankcard", "")),
	// B: mobile numbers are listed among plain and among sensitive data, cards
	// among sensitive data only, plates so by mistake.
	"b.yaml": lawList("CN-TEST-LIST-B", "negative", "CN-TEST-B", "retail.member", "",
		lawRow("plain", "pi", "pi.contact.mobile", "{min: 100000, pathway: SC_OR_CERT}, ")+
			lawRow("spi", "spi", "pi.contact.mobile, pi.finance.bankcard", "{min: 5000, pathway: SC_OR_CERT}, ")+
			lawRow("plates", "spi", "vehicle.plate", "")),
	// S: one row of two is not verified; the other is stricter than the country.
	"s.yaml": lawList("CN-TEST-LIST-S", "negative", "CN-TEST-S", "retail.member", "",
		lawRow("strict", "pi", "pi.contact.mobile, pi.name", "{min: 100000, pathway: SA}, {min: 1000, pathway: SC_OR_CERT}, ")+
			strings.Replace(lawRow("draft", "spi", "pi.contact.mobile, pi.name", ""), "verified: true", "verified: false", 1)),
	// P: two lists that ask for registration, the second without a row for names.
	"p1.yaml": lawList("CN-TEST-LIST-P1", "negative", "CN-TEST-P", "retail.member", "requires_registration: true", lawRow("plain", "pi", "pi.name", "{min: 1000, pathway: SC_OR_CERT}, ")),
	"p2.yaml": lawList("CN-TEST-LIST-P2", "negative", "CN-TEST-P", "retail.member", "requires_registration: true", lawRow("mail", "pi", "pi.contact.email", "{min: 100, pathway: SC_OR_CERT}, ")),
	// F: a general list that anybody in the zone may use.
	"f.yaml": lawList("CN-TEST-LIST-F", "general", "CN-TEST-F", "retail.member", "", generalEntry),
	// V: a general list whose row nobody compared with its text.
	"v.yaml": lawList("CN-TEST-LIST-V", "general", "CN-TEST-V", "retail.member", "",
		strings.Replace(generalEntry, "verified: true", "verified: false", 1)),
	// D: in force in the year 2025 alone.
	"d.yaml": strings.Replace(lawList("CN-TEST-LIST-D", "negative", "CN-TEST-D", "retail.member", "", memberEntries),
		"effective_from: 2025-01-01", "effective_from: 2025-01-01\neffective_to: 2025-12-31", 1),
	// M: a general list without registration and maximum beside a negative one.
	"m1.yaml": lawList("CN-TEST-LIST-M1", "general", "CN-TEST-M", "retail.member", "",
		strings.Replace(generalEntry, "pi.contact.mobile, pi.name", "pi.contact.email", 1)),
	"m2.yaml": lawList("CN-TEST-LIST-M2", "negative", "CN-TEST-M", "retail.member", "", memberEntries),
}

// lawRow is a verified row; rules go before the last, which asks for nothing.
func lawRow(id, kind, classes, rules string) string {
	return `  - id: ` + id + `
    sector: retail
    scenario: retail.member
    data_class: ` + kind + `
    classes: [` + classes + `]
    rules: [` + rules + `{min: 0, pathway: NONE}]
    verified: true
    source: a test
`
}

func lawList(id, kind, zone, covers, more, entries string) string {
	if more != "" {
		more += "\n"
	}
	return `schema: dc.list/1
id: ` + id + `
title: list of a test
type: ` + kind + `
zones: [` + zone + `]
effective_from: 2025-01-01
applies_to: {registered_in_zone: true, export_from_zone: false}
` + more + `covers: [` + covers + `]
verified: true
source: a test
entries:
` + entries
}

const memberEntries = `  - id: member
    sector: retail
    scenario: retail.member
    data_class: pi
    classes: [pi.contact.mobile, pi.name]
    rules:
      - {min: 999999, pathway: SA}
      - {min: 100000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 1
  - id: payment
    sector: retail
    scenario: retail.member
    data_class: spi
    classes: [pi.finance.bankcard]
    rules:
      - {min: 10000, pathway: SA}
      - {min: 5000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 2
  - id: vehicles
    sector: retail
    scenario: retail.member
    data_class: important
    classes: [vehicle.vin]
    rules:
      - {min: 0, pathway: SA}
    verified: true
    source: row 3
`

const generalEntry = `  - id: trade
    sector: retail
    scenario: retail.member
    data_class: pi
    classes: [pi.contact.mobile, pi.name]
    rules:
      - {min: 0, pathway: NONE}
    verified: true
    source: row 1
`

// lawMarks is an important-data catalogue with one mark of each effect, and
// one of them that nobody verified.
const lawMarks = `schema: dc.catalogue/1
id: cn-test-marks
title: marks of a test
effective_from: 2025-01-01
scenarios:
  - {code: retail.member, sector: retail, title_zh: 会员管理, title_en: members, source: a test, verified: true}
  - {code: retail.goods, sector: retail, title_zh: 商品, title_en: goods, source: a test, verified: true}
  - {code: retail.goods.stock, sector: retail, title_zh: 库存, title_en: stock, source: a test, verified: true}
  - {code: test.charging, sector: icv, title_zh: 充电运营, title_en: charging, source: a test, verified: true}
  - {code: test.video, sector: icv, title_zh: 车外影像, title_en: video, source: a test, verified: true}
  - {code: test.scale, sector: icv, title_zh: 规模, title_en: scale, source: a test, verified: true}
  - {code: test.genes, sector: bio, title_zh: 基因, title_en: genes, source: a test, verified: true}
  - {code: test.draft, sector: icv, title_zh: 草案, title_en: draft, source: a test, verified: true}
important:
  - {id: test.charging, title_zh: 充电网运行数据, title_en: charging, effect: published, classes: [vehicle.vin], scenarios: [test.charging], source: a test, verified: true}
  - {id: test.video, title_zh: 车外影像, title_en: outside video, effect: suspected, classes: [vehicle.plate], scenarios: [test.video], source: a test, verified: true}
  - {id: test.scale, title_zh: 十万人以上, title_en: over 100000 persons, effect: suspected, scenarios: [test.scale], scale: {kind: any, reach: 100001}, source: a test, verified: true}
  - {id: test.genes, title_zh: 人类遗传资源, title_en: human genetic resources, effect: approval, approval: hgr, scenarios: [test.genes], source: a test, verified: true}
  - {id: test.survey, title_zh: 测绘成果, title_en: survey results, effect: approval, approval: geo, classes: [geo.survey], source: a test, verified: true}
  - {id: test.much, title_zh: 百万条以上, title_en: over a million values, effect: approval, approval: hgr, min_magnitude: 7, classes: [pi.contact.mobile, pi.name, pi.finance.bankcard, mark.important], source: a test, verified: true}
  - {id: test.draft, title_zh: 未核对, title_en: nobody verified it, effect: published, classes: [pi.contact.mobile], scenarios: [test.draft], source: a test, verified: false}
`

// lawVariants are the readings that a pack can switch: what to replace in the
// national pack, and by what.
var lawVariants = map[string][2]string{
	"":                   {},
	"gba covers volume":  {"satisfies: [sc_or_cert]\n    file_within_working_days: 10\n    cities", "satisfies: [sc_or_cert, sa_volume]\n    file_within_working_days: 10\n    cities"},
	"without sp.1":       {"national.sp.1,", ""},
	"exempt counts":      {"thresholds:\n", "thresholds:\n  exempt: in\n"},
	"may relax":          {"may_relax: []", "may_relax: [PURPOSE_UNDECLARED, PURPOSE_MISMATCH, LINK_NOT_FILED, DEIDENTIFICATION_MISSING]"},
	"one kind at a time": {"both_kinds: true", "both_kinds: false"},
}

// lawBook opens the law with the lists and marks above under one reading, all
// of it signed.
func lawBook(t testing.TB, variant string) *law.Book {
	t.Helper()
	private, public, err := sign.Generate("law-test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sign.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParseVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		sig, err := sign.Sign(signer, sign.Pack, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for n, b := range map[string][]byte{name: []byte(text), name + ".sig": sig} {
			if err := os.WriteFile(filepath.Join(dir, n), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range lawLists {
		write(name, text)
	}
	write("marks.yaml", lawMarks)
	if variant != "" {
		write("cn-2024.yaml", lawPack(t, variant))
	}
	b, err := law.Open(law.Options{Dir: dir, Profile: "strict", Keys: []sign.Verifier{key}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lawPack is the national pack under another reading.
func lawPack(t testing.TB, variant string) string {
	t.Helper()
	b, err := os.ReadFile("../law/cn-2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	change, ok := lawVariants[variant]
	if !ok {
		t.Fatalf("no reading %q", variant)
	}
	var out []string
	found := false
	text := string(b)
	if change[1] == "" { // take out the line
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, change[0]) {
				found = true
				continue
			}
			out = append(out, line)
		}
		text = strings.Join(out, "\n")
	} else {
		found = strings.Contains(text, change[0])
		text = strings.Replace(text, change[0], change[1], 1)
	}
	if !found {
		t.Fatalf("the national pack has no %q", change[0])
	}
	return text
}
