package engine_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
)

// tablePieces are pieces of tables and of what is like them.
func tablePieces() []string {
	return []string{
		"<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "</th>", "<b>", "<td colspan=2>", "<td", "<", ">", "<row><cell>", "<td/>",
		"<td title='" + strings.Repeat("x", 600) + "'>", strings.Repeat("长", 250), strings.Repeat("x ", 500),
		"姓名", "护照号码", "电话", "name", "passport_no", "mobile", "张伟", "E12345678", "13800138000", "110101199003074477", "样本", "12", "\\u5f20",
		",", "\t", "|", ";", "  ", "        ", " ", "\n", "\n\n", "\r\n", "\"", "'", "| --- | --- |\n", "-----  ----\n",
		"姓名,部门,护照号码\n", "张伟,样本,E12345678\n", "姓名    部门    护照号码\n", "张伟    样本    E12345678\n", "\t姓名\t护照号\t\n",
		"INSERT INTO t (姓名, `mobile`, passport_no) VALUES ", "('张伟', '13800138000', 'E12345678')", "INSERT ", "INTO t (", "(", ")", "values", "COPY t (name, mobile) FROM stdin;\n", "\\.\n",
	}
}

// TestTablesInPieces cuts tables anywhere.
func TestTablesInPieces(t *testing.T) {
	e := open(t)
	list := tablePieces()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.SampledFrom([]string{"", "<html>", "<table>", "--\n"}).Draw(r, "head") +
			strings.Join(rapid.SliceOfN(rapid.SampledFrom(list), 10, 200).Draw(r, "pieces"), "")
		want := scan(t, e, inspect.Meta{}, []byte(text), 0)
		s, err := e.Open(inspect.Meta{Time: day}, nil)
		if err != nil {
			r.Fatal(err)
		}
		settled, written := int64(0), int64(0)
		for p := []byte(text); len(p) > 0; {
			n := rapid.IntRange(1, min(len(p), 900)).Draw(r, "cut")
			if _, err := s.Write(p[:n]); err != nil {
				r.Fatal(err)
			}
			p, written = p[n:], written+int64(n)
			for _, f := range s.Take() {
				if f.From < settled {
					r.Fatalf("a finding at %d, but %d was settled", f.From, settled)
				}
			}
			if settled = s.Settled(); written-settled > 7168 && !strings.Contains(text, "\\u") {
				r.Fatalf("%d of %d settled", settled, written)
			}
		}
		got, err := s.Close()
		if err != nil {
			r.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			r.Fatalf("in pieces %+v\nas a whole %+v", got, want)
		}
	})
}

func FuzzTables(f *testing.F) {
	for _, c := range tableCases() {
		f.Add([]byte(c.text), 7)
	}
	e := open(f)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		if len(data) > 16<<10 {
			t.Skip()
		}
		want := scan(t, e, inspect.Meta{}, data, 0)
		if got := scan(t, e, inspect.Meta{}, data, 1+max(n, -n, 0)%1000); !reflect.DeepEqual(got, want) {
			t.Errorf("in pieces of %d %+v\nas a whole %+v", n, got, want)
		}
	})
}
