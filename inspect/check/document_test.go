package check_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/check"
)

// paperForms are the forms of identity documents.
var paperForms = []string{"passport", "passport_other", "passport_old", "passport_foreign", "passport_pnr", "resident_foid", "mrz", "permit_hkmo", "permit_tw",
	"foreign_pr_old", "birth", "driver", "military", "military_key", "home_return", "home_return_long", "tw_compatriot",
	"hkid", "hkid_brackets", "hkid_key", "macao_id", "taiwan_id"}

func paperForm(t testing.TB, name string) check.Form {
	t.Helper()
	forms := check.Forms()
	i := slices.IndexFunc(forms, func(f check.Form) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("there is no form %s", name)
	}
	return forms[i]
}

// paperSight shows a text in which « and » enclose the candidate.
func paperSight(t testing.TB, marked string, gb bool) *check.Sight {
	t.Helper()
	before, rest, ok := strings.Cut(marked, "«")
	word, after, ok2 := strings.Cut(rest, "»")
	if !ok || !ok2 {
		t.Fatalf("no candidate is marked in %q", marked)
	}
	enc := func(s string) string {
		if !gb {
			return s
		}
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before, word, after = enc(before), enc(word), enc(after)
	return &check.Sight{Text: []byte(before + word + after), From: len(before), To: len(before) + len(word), Day: day}
}

type paperCase struct {
	form, text string
	want       string // canonical, "" for none
	kind       check.Kind
}

func runPapers(t *testing.T, tests []paperCase) {
	t.Helper()
	for _, tt := range tests {
		for _, gb := range []bool{false, true} {
			s := paperSight(t, tt.text, gb)
			paperForm(t, tt.form).Confirm(s)
			got, kind := "", check.Nobody
			if len(s.Values) > 0 {
				got, kind = string(s.Values[0].Canonical), s.Values[0].Kind
			}
			if got != tt.want || kind != tt.kind || len(s.Values) > 1 {
				t.Errorf("%s in %q (GB18030 %v): %q of %v, want %q of %v", tt.form, tt.text, gb, got, kind, tt.want, tt.kind)
			}
		}
	}
}

func TestPaperCell(t *testing.T) {
	for _, tt := range []struct{ form, cell, want string }{
		{"passport_old", `"141234567"`, "141234567"}, {"passport_foreign", "AB1234567", "AB1234567"},
		{"tw_compatriot", "0123456701", "01234567"}, {"macao_id", "5123456(7)", "51234567"},
		{"foreign_pr_old", "usa110080010112", "USA110080010112"}, {"hkid_key", "G123456A", "G123456A"},
		{"military_key", "01234567", "01234567"}, {"home_return_long", "H1234567801", "H12345678"},
		{"driver", "310012345678", "310012345678"}, {"tw_compatriot", "", ""}, {"tw_compatriot", "none", ""},
	} {
		text := "x,1\ny," + tt.cell + ",z"
		s := &check.Sight{Text: []byte(text), From: 6, To: 6, Cell: 6 + len(tt.cell), Day: day}
		paperForm(t, tt.form).Confirm(s)
		got := ""
		if len(s.Values) > 0 {
			got = string(s.Values[0].Canonical)
		}
		if got != tt.want {
			t.Errorf("%s in the cell %q: %q, want %q", tt.form, tt.cell, got, tt.want)
		}
	}
}

func TestPaperRefusalAllocatesNothing(t *testing.T) {
	texts := []string{"护照 «QQ123456» x", `{"sku":"«AB1234567»"}`, "call «x123456»(7)", "«护照»办理", "«P<»T> q", "in «CHN» 1", "京字第1号 «字第»x"}
	for _, name := range paperForms {
		f := paperForm(t, name)
		for _, text := range texts {
			s := paperSight(t, text, false)
			if n := testing.AllocsPerRun(10, func() { f.Confirm(s); s.Values = s.Values[:0] }); n > 0 {
				t.Errorf("%s allocates %v times at %q", name, n, text)
			}
		}
	}
}

func FuzzPapers(f *testing.F) {
	for _, text := range []string{"护照 E12345678", "HKID A123456(3)", "\xbb\xa4\xd5\xd5 E12345678", "军官证：南字第01234567号",
		"P<CHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\nE123456782CHN8808084F2901019<<<<<<<<<<<<<<08", "台胞证：01234567"} {
		f.Add([]byte(text), 0, 6, 0)
		f.Add([]byte(text), 7, 9, 40)
	}
	f.Fuzz(func(t *testing.T, text []byte, from, to, cell int) {
		if from < 0 || to < from || to > len(text) || cell != 0 && (cell < to || cell > len(text) || from != to) {
			return
		}
		kept := bytes.Clone(text)
		for _, name := range paperForms {
			s := &check.Sight{Text: text, From: from, To: to, Cell: cell, Day: day}
			paperForm(t, name).Confirm(s)
			for _, v := range s.Values {
				if v.From < 0 || v.From >= v.To || v.To > len(text) || len(v.Canonical) == 0 || v.Kind == check.Nobody {
					t.Fatalf("%s: value [%d, %d) of %v with %d bytes of key in %d bytes", name, v.From, v.To, v.Kind, len(v.Canonical), len(text))
				}
			}
		}
		if !bytes.Equal(kept, text) {
			t.Fatal("the text was changed")
		}
	})
}
