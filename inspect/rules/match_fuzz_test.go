package rules_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/rules"
)

// FuzzMatch gives the generic confirmers any bytes, and a candidate anywhere
// in them.
func FuzzMatch(f *testing.F) {
	numbers, _ := made(f, "1000123", "AB-1007")
	texts, _ := made(f, "示例汽车集团", "Example Motors")
	open := func(_, name string) ([]byte, error) {
		return map[string][]byte{"numbers": numbers, "texts": texts}[name], nil
	}
	var all []*rules.Rule
	for _, file := range []rules.File{
		own(keyword),
		own("confirm: pattern", `pattern: '\b[A-Z]{0,3}第.{0,9}号'`, `hit: ["A第1号"]`, `miss: ["x"]`),
		own("confirm: pattern", `pattern: '(?m)^\w{3,9}$'`, "slow: true", `hit: ["abcd"]`, `miss: ["x"]`),
		own("confirm: exact", "list: numbers", "trigger: {zh: [客户号]}", "person: true"),
		own("confirm: exact", "list: texts", "trigger: {zh: [客户号]}"),
	} {
		c, err := rules.Extend(open, file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, byID(f, c, "acme.x"))
	}
	f.Add([]byte("见AB第12号文，客户号：示例汽车集团，ab-1007"), uint16(5), uint16(3), uint16(0))
	f.Add([]byte("\xbc\xfbAB\xb5\xda12\xba\xc5"), uint16(4), uint16(2), uint16(0))
	f.Add([]byte("a,1000123\nb"), uint16(2), uint16(0), uint16(9))
	f.Fuzz(func(t *testing.T, text []byte, from, n, cell uint16) {
		s := check.Sight{Text: text}
		s.From = int(from) % (len(text) + 1)
		s.To = min(s.From+int(n), len(text))
		if cell > 0 {
			s.To = s.From
			s.Cell = min(s.From+int(cell), len(text))
		}
		for _, r := range all {
			s.Values = s.Values[:0]
			r.Match(&s)
			for _, v := range s.Values {
				if v.From < 0 || v.From >= v.To || v.To > len(text) {
					t.Fatalf("%s: value at [%d, %d) of %d bytes", r.Confirm, v.From, v.To, len(text))
				}
			}
		}
	})
}
