package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// form is one way to write a person's number into a body.
type form struct {
	name, kind string
	body       []byte
}

// writings are the forms in which one number of 18 digits can come.
func writings(t testing.TB, id string) []form {
	plain := func(s string) []byte { return []byte(`{"id_card":"` + s + `"}`) }
	text := func(s string) []byte { return []byte("序号,身份证号\n1," + s + "\n") }
	parts := []string{id[:6], id[6:14], id[14:]}
	const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	return []form{
		{"18 digits", jsonKind, plain(id)},
		{"15 digits", jsonKind, plain(old15(id))},
		{"spaced", jsonKind, plain(strings.Join(parts, " "))},
		{"hyphenated", jsonKind, plain(strings.Join(parts, "-"))},
		{"full width", jsonKind, plain(fullWidth(id))},
		{"15 digits in full width", jsonKind, plain(fullWidth(old15(id)))},
		{"JSON escapes", jsonKind, plain(jsonEscaped(id))},
		{"JSON escapes of full width", jsonKind, plain(jsonEscaped(fullWidth(id)))},
		{"GB18030", "text/csv; charset=gb18030", synth.GB18030(text(id))},
		{"GB18030, full width, without a charset", "text/csv", synth.GB18030(text(fullWidth(id)))},
		{"UTF-16, little end first", "text/csv", utf16Of(string(text(id)), binary.LittleEndian)},
		{"UTF-16, big end first", "text/csv", utf16Of(string(text(id)), binary.BigEndian)},
		{"a spreadsheet", spreadsheet, sheetOf(t, [][]string{{"序号", "身份证号"}, {"1", id}})},
		{"15 digits in a spreadsheet", spreadsheet, sheetOf(t, [][]string{{"序号", "身份证号"}, {"1", old15(id)}})},
		{"a form", "application/x-www-form-urlencoded", []byte(url.Values{"idNo": {id}}.Encode())},
		{"Base64", jsonKind, []byte(`{"file":"` + base64.StdEncoding.EncodeToString(plain(id)) + `"}`)},
		{"a gzip file", "application/gzip", gzipped(text(id))},
	}
}

// old15 is the number in the notation of before 1999.
func old15(id string) string { return id[:6] + id[8:17] }

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

func jsonEscaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

func utf16Of(s string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func gzipped(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(text) // a Buffer takes everything
	z.Close()
	return b.Bytes()
}

// elder is an adult who was born before 1980 and so may have a number of 15
// digits.
func elder(m *synth.Maker) synth.Person {
	for {
		if p := m.Adult(); p.Born.Year() < 1980 {
			return p
		}
	}
}

// TestSamePersonInEveryForm sends one person in every form: it counts once.
// Another person in a row of forms shows that the count can grow.
func TestSamePersonInEveryForm(t *testing.T) { samePersonInEveryForm(t, harbourOptions{}) }

func samePersonInEveryForm(t testing.TB, o harbourOptions) {
	h := newHarbour(t, o)
	const host, filing = "forms.example.sg", "SA-FORMS"
	h.file(filing, host, 10, nil)
	client := h.client("127.0.0.1", true)
	h.waitFiling(client, host)
	m := synth.New(18, policytestDay)
	for n := range 2 {
		for i, f := range writings(t, elder(m).ResidentID) {
			path := fmt.Sprintf("/form%d-%d", n, i)
			h.passes(client, host, path, f.kind, f.body)
			h.settled()
			for _, scope := range []struct {
				entity, filing string
				year           int
			}{{demoMotors, "", policytestDay.Year()}, {"", filing, policytestDay.Year()}} {
				if got := h.total(scope.entity, scope.filing, scope.year); got != int64(n+1) {
					t.Fatalf("after %q of person %d: %d persons in %+v, want %d", f.name, n+1, got, scope, n+1)
				}
			}
		}
	}
}

// TestSamePersonAcrossAGroup sends one person by two exporters of one group,
// under a filing each: the group counts it once, and each of its own scopes
// once. A third exporter's count is its own.
func TestSamePersonAcrossAGroup(t *testing.T) { samePersonAcrossAGroup(t, harbourOptions{}) }

func samePersonAcrossAGroup(t testing.TB, o harbourOptions) {
	o.config = func(c *config.Config) {
		c.Exporters[0].Group, c.Exporters[1].Group = []string{demoBank}, []string{demoMotors}
	}
	h := newHarbour(t, o)
	h.file("SA-ONE", "one.example.sg", 10, nil)
	h.file("SA-TWO", "two.example.sg", 10, func(f *policy.Filing) { f.Exporter.USCC = demoBank })
	h.file("SA-OWN", "own.example.sg", 10, func(f *policy.Filing) { f.Exporter.USCC = demoClinic })
	one, two, own := h.client("127.0.0.1", true), h.client("127.0.0.2", true), h.client("127.0.0.3", true)
	h.waitFiling(one, "one.example.sg")
	h.waitFiling(two, "two.example.sg")
	h.waitFiling(own, "own.example.sg")
	m := synth.New(19, policytestDay)
	person, alone := elder(m), m.Adult()
	for i, f := range writings(t, person.ResidentID) {
		path := fmt.Sprint("/group", i)
		if i%2 == 0 {
			h.passes(one, "one.example.sg", path, f.kind, f.body)
		} else {
			h.passes(two, "two.example.sg", path, f.kind, f.body)
		}
	}
	h.passes(two, "two.example.sg", "/alone", jsonKind, idOf(alone))
	h.passes(own, "own.example.sg", "/own", jsonKind, idOf(person))
	year := policytestDay.Year()
	members := []string{demoMotors, demoBank}
	h.wantTotal("the group", policy.GroupID(members), "", year, 2)
	h.wantTotal("the first member", demoMotors, "", year, 1)
	h.wantTotal("the second member", demoBank, "", year, 2)
	h.wantTotal("the first filing", "", "SA-ONE", year, 1)
	h.wantTotal("the second filing", "", "SA-TWO", year, 2)
	h.wantTotal("an exporter outside", demoClinic, "", year, 1)
}
