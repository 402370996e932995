package engine_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// roster is a list of people, with its header.
func roster(seed uint64, n, first int) (rows [][]string) {
	rows = append(rows, []string{"序号", "姓名", "身份证号", "手机号", "Department"})
	for i, p := range synth.New(seed, day).Adults(n) {
		rows = append(rows, []string{strconv.Itoa(first + i), p.Name, p.ResidentID, p.Mobile, []string{"finance", "sales", "law"}[i%3]})
	}
	return rows
}

func csvOf(rows [][]string) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		b.WriteString(strings.Join(r, ",") + "\n")
	}
	return b.Bytes()
}

// jsonOf writes rows as objects, with a piece of text before, between and
// behind them.
func jsonOf(rows [][]string, before, between, after string) []byte {
	var b bytes.Buffer
	b.WriteString(before)
	for i, r := range rows[1:] {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteByte('{')
		for k, v := range r {
			if k > 0 {
				b.WriteByte(',')
			}
			name, _ := json.Marshal(rows[0][k]) // strings are always told
			value, _ := json.Marshal(v)
			if k == 0 {
				value = []byte(v)
			}
			fmt.Fprintf(&b, "%s:%s", name, value)
		}
		b.WriteByte('}')
	}
	b.WriteString(after)
	return b.Bytes()
}

func xlsxOf(t testing.TB, rows [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		cells := make([]any, len(r))
		for k, v := range r {
			if n, err := strconv.Atoi(v); err == nil && k == 0 {
				cells[k] = n
			} else {
				cells[k] = v
			}
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func htmlOf(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html><html><body><p>list</p><table>\n")
	for i, r := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for _, v := range r {
			fmt.Fprintf(&b, "<%s>%s</%s>", tag, v, tag)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table></body></html>")
	return b.Bytes()
}

func sqlOf(rows [][]string) []byte {
	var b bytes.Buffer
	for _, r := range rows[1:] {
		fmt.Fprintf(&b, "INSERT INTO `people` (`%s`) VALUES (%s,'%s');\n", strings.Join(rows[0], "`,`"), r[0], strings.Join(r[1:], "','"))
	}
	return b.Bytes()
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func shapeOf(t testing.TB, e inspect.Inspector, data []byte) inspect.Shape {
	t.Helper()
	return scan(t, e, inspect.Meta{}, data, 0).Shape
}

func TestOneListHasOneShapeInAnyFormat(t *testing.T) {
	e := open(t)
	for _, n := range []int{12, 1500} {
		rows := roster(1, n, 1)
		csv := csvOf(rows)
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(csv)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(csv)
		if err != nil {
			t.Fatal(err)
		}
		part := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"l.csv\"\r\nContent-Type: text/csv\r\n\r\n" + string(csv) + "\r\n--b--\r\n"
		want := shapeOf(t, e, csv)
		if last := int64(n); want.Rows != last || len(want.Runs) != 1 || want.Runs[0] != (inspect.Run{Column: 0, First: 1, Last: last}) || want.CutStart || want.CutEnd {
			t.Fatalf("%d rows of CSV: %+v", n, want)
		}
		tests := []struct {
			name string
			data []byte
		}{
			{"lines of CR LF", bytes.ReplaceAll(csv, []byte("\n"), []byte("\r\n"))},
			{"a mark before", append([]byte("\xef\xbb\xbf"), csv...)},
			{"tabs", bytes.ReplaceAll(csv, []byte(","), []byte("\t"))},
			{"quotes", []byte("\"" + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(string(csv), "\n"), ",", `","`), "\n", "\"\n\"") + "\"\n")},
			{"gzip", gzipped(t, csv)},
			{"GB 18030", gb},
			{"UTF-16", wide},
			{"multipart", []byte(part)},
			{"JSON lines", jsonOf(rows, "", "\n", "\n")},
			{"a JSON array", jsonOf(rows, "[", ",", "]")},
			{"a JSON array of lines", jsonOf(rows, "[\n", ",\n", "\n]\n")},
			{"JSON within JSON", jsonOf(rows, `{"code":0,"data":{"rows":[`, ",", "]}}")},
			{"xlsx", xlsxOf(t, rows)},
			{"HTML", htmlOf(rows)},
			{"SQL", sqlOf(rows)},
		}
		for _, tt := range tests {
			t.Run(fmt.Sprint(tt.name, " ", n), func(t *testing.T) {
				got := shapeOf(t, e, tt.data)
				got.Text, got.Lines = want.Text, want.Lines
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("the shape is\n%+v, want\n%+v", got, want)
				}
			})
		}
	}
}
