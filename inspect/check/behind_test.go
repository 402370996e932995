package check_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/synth"
)

// keyed is a value that a form took, as text, with what it is worth.
type keyedValue struct {
	text  string
	canon string
	kind  check.Kind
	lift  int
	low   bool
}

func formNamed(t testing.TB, name string) check.Form {
	for _, f := range check.Forms() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no form %q", name)
	return check.Form{}
}

// bring lets a form look at the first place of a trigger word in a text.
func bring(t testing.TB, form, trigger, text string) []keyedValue {
	t.Helper()
	at := strings.Index(text, trigger)
	if at < 0 {
		t.Fatalf("%q is not in %q", trigger, text)
	}
	return see(t, form, check.Sight{Text: []byte(text), From: at, To: at + len(trigger), Day: day})
}

// bringGB is bring for the same text in GB18030.
func bringGB(t testing.TB, form, trigger, text string) []keyedValue {
	t.Helper()
	return bring(t, form, string(synth.GB18030([]byte(trigger))), string(synth.GB18030([]byte(text))))
}

// cellOf lets a form look at a cell under a header that brings it.
func cellOf(t testing.TB, form, cell string) []keyedValue {
	t.Helper()
	text := "1," + cell + ",x\n"
	return see(t, form, check.Sight{Text: []byte(text), From: 2, To: 2, Cell: 2 + len(cell), Day: day})
}

func see(t testing.TB, form string, s check.Sight) (out []keyedValue) {
	t.Helper()
	formNamed(t, form).Confirm(&s)
	for _, v := range s.Values {
		if v.From < 0 || v.To > len(s.Text) || v.From >= v.To {
			t.Fatalf("%s: value [%d,%d) of %d bytes", form, v.From, v.To, len(s.Text))
		}
		out = append(out, keyedValue{string(s.Text[v.From:v.To]), string(v.Canonical), v.Kind, v.Lift, v.Low})
	}
	return out
}

// sure reports whether a value counts under a rule of base medium.
func sure(v []keyedValue) bool {
	for _, x := range v {
		if x.lift >= 0 && !x.low {
			return true
		}
	}
	return false
}

// keyForms are the forms whose confirmers this file's property covers.
var keyForms = []string{"name", "name_plain", "address", "secret_mark", "internal_mark", "important_mark", "core_mark",
	"private_key", "cloud_key", "jwt", "password", "invoice_number", "customs_entry", "bill_of_lading"}

// anywhere calls all forms at a place of a text and checks that they stay in
// it and say the same of the text they may read.
func anywhere(t testing.TB, text []byte, from, to, cell int) {
	for _, name := range keyForms {
		f := formNamed(t, name)
		s := check.Sight{Text: text, From: from, To: to, Cell: cell, Day: day}
		f.Confirm(&s)
		for _, v := range s.Values {
			if v.From < 0 || v.To > len(text) || v.From >= v.To {
				t.Fatalf("%s: value [%d,%d) of %d bytes in %q", name, v.From, v.To, len(text), text)
			}
		}
		low, high := max(0, from-check.ReachBytes), min(len(text), max(to, cell)+check.ReachBytes)
		r := check.Sight{Text: text[low:high], From: from - low, To: to - low, Day: day}
		if cell > 0 {
			r.Cell = cell - low
		}
		// Where the text goes on, its border is none of the stream's.
		if low > 0 || high < len(text) {
			continue
		}
		f.Confirm(&r)
		if len(r.Values) != len(s.Values) {
			t.Fatalf("%s: %d values, %d in the window, %q", name, len(s.Values), len(r.Values), text)
		}
	}
}

var scraps = []string{"姓名", "：", ":", "王建国", "张", "·", "先生", "地址", "北京市", "海淀区", "中关村大街", "27号", "-", "1101室", "机密", "★", "20年", "\n",
	"000001", "【", "】", "内部资料", "confidential", "CONFIDENTIAL", "[", "]", "重要数据", "data_level", "\"", "important", "-----BEGIN", " PRIVATE KEY-----",
	"MC4CAQAwBQYDK2VwBCIEIPq0k3vN8sT1uY5wZ7x", "eyJhbGciOiJIUzI1NiJ9", ".", "password=", "xK9#mQ2vR7!tB4wZ", "发票号码", "24312000000012345678",
	"ghp_7fK2mQ9xR4tV1wZ8bN3cY6dH5jL0pS2gA4eU", "<w:t>", "\xd5\xc5", "\xce\xb0", "\xff", "\x00", " ", "　", "\t", "name", "=", "a"}

func TestKeyFormsStayInBounds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var b []byte
		for range rapid.IntRange(0, 24).Draw(r, "n") {
			b = append(b, rapid.SampledFrom(scraps).Draw(r, "scrap")...)
		}
		from := rapid.IntRange(0, len(b)).Draw(r, "from")
		to := rapid.IntRange(from, min(len(b), from+30)).Draw(r, "to")
		anywhere(t, b, from, to, 0)
		if to > from && from > 0 {
			anywhere(t, b, from, from, to)
		}
	})
}

func FuzzKeyForms(f *testing.F) {
	for i, s := range scraps {
		f.Add([]byte(s+scraps[(i+1)%len(scraps)]+scraps[(i+2)%len(scraps)]), uint16(0), uint8(len(s)), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, from uint16, n uint8, cell bool) {
		at := int(from) % (len(text) + 1)
		to := min(at+int(n), len(text))
		if cell && at > 0 && to > at {
			anywhere(t, text, at, at, to)
			return
		}
		anywhere(t, text, at, to, 0)
	})
}
