package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// found lists class and text of what is found in a text at medium or above.
func found(t *testing.T, text string) (out []string) {
	t.Helper()
	r := scan(t, open(t), inspect.Meta{}, []byte(text), 0)
	for _, f := range r.Findings {
		if f.Confidence >= inspect.Medium {
			out = append(out, fmt.Sprintf("%s %s", f.Class, text[f.From:f.To]))
		}
	}
	return out
}

func TestWhatBringsForms(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"cells under a header", "编号,QQ号,病历号\n1,123456789,ZY00123456\n2,,\n3,987654321,ZY00123457", "pi.contact.qq 123456789; pi.health.record ZY00123456; pi.contact.qq 987654321; pi.health.record ZY00123457"},
		{"cells in quotes, lines of Windows", "no\tpatient_id\r\n1\t\"ZY00123456\"\r\n", "pi.health.record ZY00123456"},
		{"a word behind what it names", "E12345678（护照）", "pi.id.passport E12345678"},
		{"two rules, one piece of text", `{"社会保障号码":"310115198808081237"}`, "pi.id.resident 310115198808081237"},
		{"a run that begins in a character of GBK", "\xd3\xc0LSVAA49J132047371", "vehicle.vin LSVAA49J132047371"},
		{"an escape in the value", `{"病历号":"\u005a\u005900123456"}`, `pi.health.record \u005a\u005900123456`},
		{"digits joined by dots", "call 138.0013.8000", "pi.contact.mobile 138.0013.8000"},
		{"a fraction", "ratio 131.43589542 or 1.13143589542", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(found(t, tt.text), "; "); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFigures holds that a number among figures needs a word, and one among
// other numbers of persons or in a sentence does not.
func TestFigures(t *testing.T) {
	const phone = "13912345678"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"alone", phone, true},
		{"in a sentence", "call " + phone + ", please", true},
		{"in brackets behind a name", "张三(" + phone + ")", true},
		{"a list of them", phone + "," + "13812345678" + "," + "13712345678", true},
		{"one a line", "13812345678\n" + phone + "\n13712345678\n", true},
		{"beside a document number", "1,张三," + phone + ",310115198808081237\n", true},
		{"the value of a key", `{"a":1,"b":` + phone + `,"c":2}`, true},
		{"a word in a row of figures", "phone," + "1.5," + phone + ",2.5", true},
		{"in a row of figures", "1.5," + phone + ",2.5", false},
		{"in a row of figures and a code", "7.5,12,99," + phone + ",ABCDEF,1\n", false},
		{"in a row with a name in letters", "7," + phone + ",zhangsan\n", true},
		{"in an array of figures", "[23.5, " + phone + ", 19]", false},
		{"a column of figures", "20123456789\n" + phone + "\n30123456789\n", false},
		{"assigned", "x := 1; y = " + phone, false},
		{"in brackets behind a login", "zhangsan(" + phone + ")", true},
		{"before a semicolon", "call " + phone + " ;", true},
		{"a row with a name and figures", "张三,25," + phone + ",500\n", true},
		{"a list with one figure", "[" + phone + ",13812345678,1]", true},
		{"lines of them with one figure", phone + "\n13812345678\n100\n", true},
		{"a sample of a metric", "node_memory_bytes " + phone + "\n", false},
		{"a sample with labels", `up{job="a"} ` + phone + "\n", false},
		{"a number that people pay for", "13900000000", true},
		{"a power of two", "17179869184", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(found(t, tt.text)) > 0; got != tt.want {
				t.Errorf("found %v, want %v", got, tt.want)
			}
		})
	}
}

// TestReadingOn holds that a form which asks for more text gets all of it.
func TestReadingOn(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"type":"LineString","coordinates":[`)
	for i := range 500 {
		fmt.Fprintf(&b, "[121.47%04d,31.23%04d],", i, i)
	}
	b.WriteString("[121.5,31.5]]}")
	for _, n := range []int{0, 1, 97} {
		r := scan(t, open(t), inspect.Meta{}, []byte(b.String()), n)
		if got := r.Count(inspect.Coordinate, inspect.Medium); got != 500 {
			t.Errorf("in pieces of %d: %d points, want 500", n, got)
		}
		if got := r.Count(inspect.Track, inspect.Medium); got != 1 {
			t.Errorf("in pieces of %d: %d tracks, want 1", n, got)
		}
	}
}
