package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// parcel is one transfer of a list: what it is, and whither.
type parcel struct {
	host, kind string
	body       []byte
}

// listColumns are the columns of a list, by their names.
var listColumns = map[string]func(i int, p synth.Person) string{
	"序号":   func(i int, _ synth.Person) string { return fmt.Sprint(i + 1) },
	"身份证号": func(_ int, p synth.Person) string { return p.ResidentID },
	"手机号":  func(_ int, p synth.Person) string { return p.Mobile },
	"邮箱":   func(_ int, p synth.Person) string { return p.Email },
}

var numbered, unnumbered = []string{"序号", "身份证号", "手机号", "邮箱"}, []string{"身份证号", "手机号", "邮箱"}

// cells are rows from..to-1 of a list; the first row is its names.
func cells(list []synth.Person, from, to int, names []string) [][]string {
	out := [][]string{names}
	for i := from; i < to; i++ {
		var row []string
		for _, n := range names {
			row = append(row, listColumns[n](i, list[i]))
		}
		out = append(out, row)
	}
	return out
}

func csvOf(rows [][]string) []byte {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, ",") + "\n")
	}
	return []byte(b.String())
}

func gzipOf(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func jsonOf(rows [][]string) []byte {
	var out []map[string]any
	for _, r := range rows[1:] {
		o := map[string]any{}
		for i, n := range rows[0] {
			if o[n] = r[i]; n == "序号" {
				o[n] = json.Number(r[i])
			}
		}
		out = append(out, o)
	}
	b, _ := json.Marshal(out)
	return b
}

func xlsxOf(t *testing.T, rows [][]string) []byte {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var quays = [2]string{"a.example.sg", "b.example.sg"}

// fifths makes five parcels over two links of what a test says of each fifth
// of a list.
func fifths(n int, body func(from, to int) []byte) []parcel {
	var out []parcel
	for i := range 5 {
		out = append(out, parcel{quays[i%2], "text/csv", body(i*n/5, (i+1)*n/5)})
	}
	return out
}

// shuffled is a list in another order.
func shuffled(list []synth.Person) []synth.Person {
	out := append([]synth.Person(nil), list...)
	rand.New(rand.NewPCG(7, 7)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// splitCases say from which parcel on splitting is suspected, 0 for never.
func splitCases(t *testing.T) map[string]struct {
	parcels []parcel
	from    int
	why     policy.SplitEvidence
} {
	people := synth.New(61, time.Now()).Adults(500)
	mixed := shuffled(people)
	all := csvOf(cells(people, 0, 500, unnumbered))
	refused := parcel{"c.example.sg", "text/csv", all} // no filing is for it
	others := func(names []string) []parcel {
		var out []parcel
		for i := range 5 {
			out = append(out, parcel{quays[i%2], "text/csv", csvOf(cells(people[i*100:i*100+100], 0, 100, names))})
		}
		return out
	}
	coded := fifths(500, func(from, to int) []byte { return csvOf(cells(mixed, from, to, unnumbered)) })
	coded[1] = parcel{quays[1], "application/gzip", gzipOf(coded[1].body)}
	coded[2] = parcel{quays[0], jsonKind, jsonOf(cells(mixed, 200, 300, unnumbered))}
	coded[3] = parcel{quays[1], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsxOf(t, cells(mixed, 300, 400, unnumbered))}
	wrapped := fifths(500, func(from, to int) []byte { return csvOf(cells(people, from, to, numbered)) })
	wrapped[1] = parcel{quays[1], "application/gzip", gzipOf(wrapped[1].body)}
	cut := fifths(len(all), func(from, to int) []byte { return all[from:to] })
	return map[string]struct {
		parcels []parcel
		from    int
		why     policy.SplitEvidence
	}{
		"rows numbered":            {fifths(500, func(from, to int) []byte { return csvOf(cells(people, from, to, numbered)) }), 2, policy.SplitNumbered},
		"rows numbered, one in gz": {wrapped, 2, policy.SplitNumbered},
		"cut by bytes":             {cut, 2, policy.SplitCut},
		"refused whole, then shuffled": {append([]parcel{refused}, fifths(500, func(from, to int) []byte { return csvOf(cells(mixed, from, to, unnumbered)) })...),
			3, policy.SplitSubset},
		"refused whole, then in other codings": {append([]parcel{refused}, coded...), 3, policy.SplitSubset},
		"columns apart": {[]parcel{{quays[0], "text/csv", csvOf(cells(people, 0, 100, []string{"身份证号", "手机号"}))},
			{quays[1], "text/csv", csvOf(cells(people, 0, 100, []string{"身份证号", "邮箱"}))}}, 2, policy.SplitColumns},

		"unrelated lists":                         {others(unnumbered), 0, ""},
		"unrelated lists, each numbered from one": {others(numbered), 0, ""},
		"one list twice, to two": {[]parcel{{quays[0], "text/csv", csvOf(cells(people, 0, 100, numbered))}, {quays[1], "text/csv", csvOf(cells(people, 0, 100, numbered))},
			{quays[0], "text/csv", csvOf(cells(people, 0, 100, numbered))}}, 0, ""},
		"departments with common customers": {[]parcel{{quays[0], "text/csv", csvOf(cells(people, 0, 200, unnumbered))}, {quays[1], "text/csv", csvOf(cells(people, 100, 300, unnumbered))}}, 0, ""},
	}
}

func splitHarbour(t *testing.T, o harbourOptions) *harbour {
	h := newHarbour(t, o)
	for i, host := range quays {
		h.file(fmt.Sprint("SA-", i), host, 10_000, nil)
	}
	return h
}

// One list in five pieces over two links is suspected and passes with that
// said; lists that have nothing to do with each other are not.
func TestSplitting(t *testing.T) {
	t.Parallel()
	for name, tt := range splitCases(t) {
		t.Run(name, func(t *testing.T) {
			h := splitHarbour(t, harbourOptions{})
			client := h.client("127.0.0.1", true)
			for i, p := range tt.parcels {
				want := tt.from > 0 && i+1 >= tt.from
				answer := h.post(client, p.host, "/list", p.kind, p.body)
				if pass := p.host != "c.example.sg"; (answer.status == http.StatusOK) != pass {
					t.Fatalf("parcel %d: %+v", i+1, answer)
				}
				r := <-h.records
				s := &r.Intent.Split
				if s.Suspected() != want || r.Intent.Decided.Has(policy.SplittingSuspected) != want {
					t.Errorf("parcel %d: %+v, %v; suspected should be %t", i+1, s, r.Intent.Decided.Reasons, want)
				}
				if want && !strings.Contains(fmt.Sprint(s.Evidence), string(tt.why)) {
					t.Errorf("parcel %d: evidence %v, want %s", i+1, s.Evidence, tt.why)
				}
			}
		})
	}
}

// The record says what the part belongs with, and its verdict is derived again
// from that.
func TestSplittingIsExplained(t *testing.T) {
	h := splitHarbour(t, harbourOptions{})
	client := h.client("127.0.0.1", true)
	people := synth.New(63, time.Now()).Adults(100)
	var last string
	for _, p := range fifths(100, func(from, to int) []byte { return csvOf(cells(people, from, to, numbered)) }) {
		h.passes(client, p.host, "/list", p.kind, p.body)
		last = (<-h.records).ID
	}
	for lang, want := range map[string][]string{
		"en": {"(as recorded)", "SPLITTING_SUSPECTED", "5 pieces, at most 100 persons", "numbered on from another", "differs in  destination"},
		"zh": {"与记录一致", "疑似拆分出境", "5 份，至多 100 人", "行号与另一份相接", "不同之处    目的地"},
	} {
		out, errs, code := customs("explain", "--data", h.house.cfg.Data, "--lang", lang, last)
		for _, w := range want {
			if code != 0 || !strings.Contains(out, w) {
				t.Errorf("%s: exit %d, lacks %q\n%s%s", lang, code, w, out, errs)
			}
		}
	}
}

// An operator who wants it held has it held, from the second piece on.
func TestSplittingIsHeld(t *testing.T) {
	dir := t.TempDir()
	writeTest(t, dir+"/own.rego", "package customs.operator\n\nsuspect contains \"splitting\"\n")
	h := splitHarbour(t, harbourOptions{config: func(c *config.Config) { c.Policy.Dir = dir }})
	client := h.client("127.0.0.1", true)
	people := synth.New(62, time.Now()).Adults(500)
	for i, p := range fifths(500, func(from, to int) []byte { return csvOf(cells(people, from, to, numbered)) }) {
		answer := h.post(client, p.host, "/list", p.kind, p.body)
		if held := strings.HasPrefix(answer.reasons, string(policy.SplittingSuspected)); held != (i > 0) || (answer.status == http.StatusOK) != (i == 0) {
			t.Errorf("parcel %d: %+v", i+1, answer)
		}
	}
}
