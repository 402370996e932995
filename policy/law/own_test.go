package law_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/sign"
)

// pair is a key pair of an operator.
type pair struct {
	signer sign.Signer
	public sign.Verifier
}

func newPair(name string) pair {
	private, public, err := sign.Generate(name)
	if err != nil {
		panic(err)
	}
	s, err := sign.ParseSigner(private)
	if err != nil {
		panic(err)
	}
	v, err := sign.ParseVerifier(public)
	if err != nil {
		panic(err)
	}
	return pair{s, v}
}

// operator has the key that the tests trust, stranger one that they do not.
var (
	operator = sync.OnceValue(func() pair { return newPair("operator") })
	stranger = sync.OnceValue(func() pair { return newPair("stranger") })
)

// open opens a directory under the operator's key.
func open(dir string) (*law.Book, error) {
	return law.Open(law.Options{Dir: dir, Keys: []sign.Verifier{operator().public}})
}

// opened opens a directory with the given files, signed.
func opened(t testing.TB, files map[string]string) *law.Book {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	b, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// write puts a file with the operator's signature into a directory.
func write(t testing.TB, dir, name, text string) {
	t.Helper()
	put(t, dir, name, text)
	put(t, dir, name+".sig", signed(t, operator(), sign.Pack, text))
}

func put(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func signed(t testing.TB, p pair, kind sign.Kind, text string) string {
	t.Helper()
	sig, err := sign.Sign(p.signer, kind, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(sig)
}

// sub replaces text that must be there.
func sub(t testing.TB, text, old, new string) string {
	t.Helper()
	out := strings.Replace(text, old, new, 1)
	if out == text {
		t.Fatalf("there is no %q", old)
	}
	return out
}

// ownList is a verified list of a zone, as an operator who read the annex
// would write it.
const ownList = `schema: dc.list/1
id: CN-SH-TEST
title: a list
type: negative
zones: [CN-SH-FTZ, CN-SH-FTZ-LINGANG]
effective_from: 2026-01-01
effective_to: 2026-12-31
applies_to: {registered_in_zone: true, export_from_zone: true}
report_within_working_days: 15
covers: ["retail.*", hotel.member]
verified: true
source: the annex
entries:
  - id: member
    scenario: retail.member
    data_class: pi
    classes: [pi.name, pi.contact.mobile]
    rules:
      - {min: 1000000, pathway: SA}
      - {min: 200000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 1
  - id: member-sensitive
    scenario: retail.member
    data_class: spi
    classes: [pi.finance.bankcard]
    rules:
      - {min: 5000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 2
  - id: secret-recipe
    scenario: retail.member
    data_class: important
    classes: [mark.important]
    rules: [{min: 0, pathway: SA}]
    verified: true
    source: row 3
`

// ownGeneral is a verified general list of the same zone.
const ownGeneral = `schema: dc.list/1
id: CN-SH-GENERAL
title: a general list
type: general
zones: [CN-SH-FTZ-LINGANG]
effective_from: 2026-03-01
applies_to: {registered_in_zone: true, export_from_zone: false}
requires_registration: true
covers: [icv.aftersales]
verified: true
source: the annex
entries:
  - id: service
    scenario: icv.aftersales
    data_class: pi
    classes: [pi.name, vehicle.vin]
    max_subjects: 99999
    verified: true
    source: row 1
`

// ownCatalogue has a mark of each effect.
const ownCatalogue = `schema: dc.catalogue/1
id: OWN
title: a catalogue
effective_from: 2026-02-01
scenarios:
  - {code: own.returns, sector: retail, title_zh: 退货, title_en: returns, source: ours, verified: true}
important:
  - id: own.scale
    title_zh: 规模
    title_en: scale
    effect: suspected
    classes: [pi.name]
    min_magnitude: 4
    scale: {kind: any, reach: 5000}
    source: ours
    verified: true
  - id: own.approval
    title_zh: 审批
    title_en: approval
    effect: approval
    approval: hgr
    classes: [pi.bio.genomic]
    source: ours
    verified: true
  - id: own.published
    title_zh: 公布
    title_en: published
    effect: published
    classes: [geo.coordinate]
    scenarios: ["own.*"]
    source: ours
    verified: true
`
