package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/inspect/synth"
)

var salt = []byte("0123456789abcdef")

// made is a list of values, as a file.
func made(t testing.TB, values ...string) ([]byte, rules.ListHeader) {
	t.Helper()
	m, err := rules.NewListMaker("customers", salt)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		if err := m.Add([]byte(v)); err != nil {
			t.Fatalf("%q: %v", v, err)
		}
	}
	var b bytes.Buffer
	h, err := m.Write(&b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h
}

func TestListHeader(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   string // shape, prefix, bounds, serial, count
	}{
		{"digits", []string{"1000123", "1000 124", "20000999"}, "digits  7-8 false 3"},
		{"one written in four ways", []string{"kh-1001", "KH 1001", "ＫＨ1001", "kh_10.01"}, "code  6-6 false 1"},
		{"a prefix", []string{"CUST-1001", "cust-99999999"}, "code CUST 8-12 false 2"},
		{"serial numbers", []string{"AB123456", "C987654321"}, "code  8-10 true 2"},
		{"serial numbers that share one letter", []string{"C123456", "C987654321"}, "code  7-10 true 2"},
		{"names", []string{"示例汽车集团", "AB123456"}, "text  8-18 false 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, h := made(t, tt.values...)
			if got := fmt.Sprintf("%s %s %d-%d %v %d", h.Shape, h.Prefix, h.Min, h.Max, h.Serial, h.Count); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestListHas(t *testing.T) {
	var values []string
	for i := range 5000 {
		values = append(values, fmt.Sprintf("%07d", 1000000+i*7))
	}
	data, _ := made(t, values...)
	l, err := rules.ReadList(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 35000 {
		v := fmt.Sprintf("%07d", 1000000+i)
		if l.Has([]byte(v)) != (i%7 == 0) {
			t.Fatalf("Has(%s) = %v", v, i%7 != 0)
		}
	}
	for _, v := range []string{"", "1", strings.Repeat("1", 90)} {
		if l.Has([]byte(v)) {
			t.Errorf("Has(%q)", v)
		}
	}
	if n := testing.AllocsPerRun(100, func() { l.Has([]byte("1000007")) }); n > 0 {
		t.Errorf("a look-up allocates %v times", n)
	}
	if bytes.Contains(data, []byte("1000007")) {
		t.Error("the file shows a value")
	}
}

func TestReadListRefuses(t *testing.T) {
	data, _ := made(t, "1000123", "1000124", "1000125")
	flip := func(i int) []byte {
		out := bytes.Clone(data)
		out[i] ^= 1
		return out
	}
	nl := bytes.Index(data, []byte("}\n"))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "no list"},
		{"another file", []byte("id,name\n1,a\n"), "no list"},
		{"cut in the header", data[:40], "cut off"},
		{"cut in the hashes", data[:len(data)-5], "cut off or damaged"},
		{"longer", append(bytes.Clone(data), 0), "cut off or damaged"},
		{"a changed hash", flip(nl + 9), "checksum"},
		{"a changed checksum", flip(len(data) - 1), "checksum"},
		{"a changed salt", bytes.Replace(data, []byte(`"salt":"MD`), []byte(`"salt":"ND`), 1), "checksum"},
		{"a count that is too large", bytes.Replace(data, []byte(`"count":3`), []byte(`"count":9`), 1), "cut off or damaged"},
		{"an unknown key", bytes.Replace(data, []byte(`"count"`), []byte(`"cuont"`), 1), "header that cannot be read"},
		{"another normal form", bytes.Replace(data, []byte(`"norm":"1"`), []byte(`"norm":"2"`), 1), "another version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := rules.ReadList(tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestListMakerRefuses(t *testing.T) {
	m, err := rules.NewListMaker("x", salt)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"", "123", "1-2-3", strings.Repeat("9", 65), strings.Repeat("号", 22)} {
		if err := m.Add([]byte(v)); !errors.Is(err, rules.ErrValue) || strings.Contains(err.Error(), v) && v != "" {
			t.Errorf("Add(%q) = %v", v, err)
		}
	}
	if _, err := m.Write(&bytes.Buffer{}); err == nil {
		t.Error("an empty list is written")
	}
	if _, err := rules.NewListMaker("x", nil); err == nil {
		t.Error("no salt is taken")
	}
	if _, err := rules.NewListMaker("", salt); err == nil {
		t.Error("no name is taken")
	}
}

func TestNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09-_. /Ａｚ９汉\u3000")), 0, 20, -1).Draw(t, "value")
		once := rules.Normal([]byte(v))
		if twice := rules.Normal(once); !bytes.Equal(once, twice) {
			t.Errorf("%q, then %q", once, twice)
		}
	})
	if got := string(rules.Normal(synth.GB18030([]byte("示例 a-1")))); got != "示例A1" {
		t.Errorf("from GB18030: %q", got)
	}
}

func FuzzReadList(f *testing.F) {
	data, _ := made(f, "1000123", "AB-99")
	f.Add(data)
	f.Add(data[:60])
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := rules.ReadList(data)
		if (l == nil) == (err == nil) && err != nil {
			t.Fatalf("list %v with error %v", l, err)
		}
		if err == nil {
			l.Has([]byte("1000123"))
		}
	})
}

func TestExact(t *testing.T) {
	digits, _ := made(t, "1000123", "20000999")
	codes, _ := made(t, "KH-1001", "X99-22")
	prefix, _ := made(t, "CUST-1001", "CUST-77777")
	names, _ := made(t, "示例汽车集团", "Example Motors")
	long, _ := made(t, "100020003000")
	files := map[string][]byte{"digits": digits, "codes": codes, "prefix": prefix, "names": names, "long": long}
	open := func(_, name string) ([]byte, error) { return files[name], nil }
	const words = "trigger: {zh: [客户号], en: [customer_no]}"
	gb := func(s string) string { return string(synth.GB18030([]byte(s))) }
	tests := []struct{ list, text, want string }{
		{"digits", `{"customer_no":"1000123"}`, "1000123"},
		{"digits", `{"customer_no":1000124}`, ""},
		{"digits", "客户号：1000 123 ", ""},
		{"digits", "客户号 of Mr X is 2000-0999.", "2000-0999"},
		{"digits", "１０００１２３（客户号）", "１０００１２３"},
		{"digits", gb("客户号：1000123。"), "1000123"},
		{"digits", "10001234 customer_no", ""},
		{"codes", "customer_no=kh1001&x=1", "kh1001"},
		{"codes", "customer_no=kh1001a", ""},
		{"codes", gb("客户号X9922完"), "X9922"},
		{"prefix", "seen: cust-1001, CUST-1002", "cust-1001"},
		{"prefix", "accust-1001", "cust-1001"}, // the matcher, not the list, judges the border
		{"names", `{"customer_no":"示例汽车集团"}`, "示例汽车集团"},
		{"names", "客户号：EXAMPLE MOTORS，", "EXAMPLE MOTORS"},
		{"names", gb("客户号：示例汽车集团，"), gb("示例汽车集团")},
		{"names", "客户号：示例汽车", ""},
	}
	for _, tt := range tests {
		t.Run(tt.list+" in "+tt.text, func(t *testing.T) {
			w := words
			if tt.list == "prefix" {
				w = ""
			}
			c, err := rules.Extend(open, own("confirm: exact", "list: "+tt.list, w))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(matches(byID(t, c, "acme.x"), tt.text), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("a cell under a header", func(t *testing.T) {
		c, err := rules.Extend(open, own("confirm: exact", "list: digits", words, "person: true"))
		if err != nil {
			t.Fatal(err)
		}
		s := check.Sight{Text: []byte(`7,"1000123",x`), From: 2, To: 2, Cell: 11}
		byID(t, c, "acme.x").Match(&s)
		if len(s.Values) != 1 || s.Values[0].Kind != check.KindAccount || string(s.Values[0].Canonical) != "x.thing\x001000123" {
			t.Errorf("values %+v", s.Values)
		}
	})
	t.Run("brought by its form", func(t *testing.T) {
		c, err := rules.Extend(open, own("confirm: exact", "list: long"))
		if err != nil {
			t.Fatal(err)
		}
		r := byID(t, c, "acme.x")
		s := check.Sight{Text: []byte(`100020003000`), To: 12, Digits: []byte("100020003000")}
		if r.Match(&s); r.On != check.OnDigits || len(s.Values) != 1 {
			t.Errorf("on %v, values %+v", r.On, s.Values)
		}
	})
}
