package engine_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

const (
	anID    = "11010519491231002X"
	otherID = "310115198808081237"
	oldID   = "110105491231002"
	phoneA  = "13800138000"
	phoneB  = "13900139000"
	aCard   = "6217001210024455220"
	aMail   = "zhang.san@example.com"
	aCode   = "91330100799655058B"
)

// tells counts what a report holds at medium or above, as "ID2 M1".
func tells(r inspect.Report) string {
	var out []string
	for _, c := range []struct {
		class inspect.Class
		name  string
	}{{inspect.ResidentID, "I"}, {inspect.Mobile, "M"}, {inspect.BankCard, "C"}, {inspect.Email, "E"}, {inspect.USCC, "U"}, {inspect.MarkSecret, "S"}} {
		if n := r.Count(c.class, inspect.Medium); n > 0 {
			out = append(out, c.name+string(rune('0'+min(n, 9))))
		}
	}
	return strings.Join(out, " ")
}

func zipped(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(p)) // a bytes.Buffer takes everything
		_ = w.Close()
	}
	return b.Bytes()
}

func wide(s string, big, bom bool) []byte {
	var out []byte
	if bom {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestAdversary holds the engine to forms that have hidden a value or made
// one up. persons is the upper bound; -1 where it is not the point.
func TestAdversary(t *testing.T) {
	head := inspect.Meta{Kind: inspect.Head}
	form := inspect.Meta{ContentType: "application/x-www-form-urlencoded"}
	multi := inspect.Meta{ContentType: "multipart/form-data; boundary=b"}
	prose := strings.Repeat("本季度样本数据整理工作已经完成，", 8)
	tests := []struct {
		name    string
		meta    inspect.Meta
		data    string
		want    string
		persons int
	}{
		{"only an id", inspect.Meta{}, anID, "I1", 1},
		{"only a mobile", inspect.Meta{}, phoneA, "M1", 1},
		{"only an address", inspect.Meta{}, aMail, "E1", 1},
		{"only a card", inspect.Meta{}, aCard, "C1", 1},
		{"only a code", inspect.Meta{}, aCode, "U1", 0},
		{"only a mark", inspect.Meta{}, "机密★", "S1", 0},
		{"lower-case x", inspect.Meta{}, "id " + strings.ToLower(anID), "I1", 1},
		{"full-width X", inspect.Meta{}, anID[:17] + "Ｘ", "I1", 1},
		{"lower-case code", inspect.Meta{}, strings.ToLower(aCode), "U1", 0},
		{"old id in a pair", inspect.Meta{}, `{"idCard":"` + oldID + `"}`, "I1", 1},

		{"two mobiles, space", inspect.Meta{}, phoneA + " " + phoneB, "M2", 2},
		{"two mobiles, hyphen", inspect.Meta{}, phoneA + "-" + phoneB, "M2", 2},
		{"three mobiles, hyphen", inspect.Meta{}, phoneA + "-" + phoneB + "-" + phoneA, "M3", 2},
		{"two mobiles, comma", inspect.Meta{}, phoneA + "," + phoneB, "M2", 2},
		{"two mobiles, slash", inspect.Meta{}, phoneA + "/" + phoneB, "M2", 2},
		{"two mobiles, letter between", inspect.Meta{}, phoneA + "、" + phoneB, "M2", 2},
		{"two grouped mobiles, space", inspect.Meta{}, "138 0013 8000 139 0013 9000", "M2", 2},
		{"two grouped mobiles, hyphens", inspect.Meta{}, "138-0013-8000 139-0013-9000", "M2", 2},
		{"two grouped mobiles, all hyphens", inspect.Meta{}, "138-0013-8000-139-0013-9000", "M2", 2},
		{"two ids, hyphen", inspect.Meta{}, otherID + "-" + anID + "-" + otherID, "I3", 2},
		{"id and mobile, hyphen", inspect.Meta{}, anID + "-" + phoneA, "I1 M1", 1},
		{"mobile and id, hyphen", inspect.Meta{}, phoneA + "-" + otherID, "I1 M1", 1},
		{"id and mobile, space", inspect.Meta{}, otherID + " " + phoneA, "I1 M1", 1},
		{"two cards, hyphen", inspect.Meta{}, aCard + "-" + aCard, "C2", 1},
		{"two cards, space", inspect.Meta{}, aCard + " " + aCard, "C2", 1},
		{"card and cvv", inspect.Meta{}, "card 4111111111111111 129", "C1", 1},
		{"postcode that makes a card of a mobile", inspect.Meta{}, "621000 13800138002", "M1", -1},
		{"five digits that make a card of a mobile", inspect.Meta{}, "41113 13800138005", "M1", -1},
		{"short number before", inspect.Meta{}, "1 " + phoneA + " 2", "M1", 1},
		{"a code that makes an old id of a mobile", inspect.Meta{}, "身份证 1301 13800118000", "M1", -1},

		{"+86 and hyphens", inspect.Meta{}, "+86 138-0013-8000", "M1", 1},
		{"(0086)", inspect.Meta{}, "(0086)" + phoneA, "M1", 1},
		{"(+86)", inspect.Meta{}, "(+86)" + phoneA, "M1", 1},
		{"(+86) and a space", inspect.Meta{}, "(+86) 138 0013 8000", "M1", 1},
		{"+86-", inspect.Meta{}, "+86-" + phoneA, "M1", 1},
		{"same mobile in four forms is one person", inspect.Meta{}, phoneA + ",+86" + phoneA + ",0086-138 0013 8000,１３８００１３８０００", "M4", 1},

		{"longer than a mobile", inspect.Meta{}, "1" + phoneA + " " + phoneA + "1", "", 0},
		{"id in a longer number", inspect.Meta{}, "2" + otherID + " " + otherID + "2", "", 0},
		{"order number of 24 digits", inspect.Meta{}, "202611" + otherID, "", 0},
		{"id in hex", inspect.Meta{}, "ab" + otherID + "cd", "", 0},
		{"milliseconds", inspect.Meta{}, "1763780000000 1763780000001", "", 0},
		{"time in a tar header", inspect.Meta{}, "0001750\x0000000000000\x0014742417324\x00010565\x00 5\x00", "", 0},
		{"number between zeros", inspect.Meta{}, "\x00" + phoneA + "\x00abc", "M1", 1},
		{"eighteen zeros", inspect.Meta{}, "id 000000000000000000 505721480261300224", "", 0},
		{"microseconds", inspect.Meta{}, strings.Repeat("1763780000000008 4763780000000007 ", 40), "", 0},

		{"json unicode digits", inspect.Meta{}, `{"m":"\u0031\u0033\u0038\u0030\u0030\u0031\u0033\u0038\u0030\u0030\u0030"}`, "M1", 1},
		{"json escaped slash", inspect.Meta{}, `{"u":"http:\/\/a.example\/u\/` + phoneA + `\/x"}`, "M1", 1},
		{"json newline before", inspect.Meta{}, `{"t":"a\n` + phoneA + `\t` + phoneB + `\r\n` + anID + `"}`, "I1 M2", -1},
		{"json in a json string", inspect.Meta{}, `{"m":"{\"phone\":\"` + phoneA + `\"}"}`, "M1", 1},
		{"newline escaped twice", inspect.Meta{}, `{"m":"{\"t\":\"a\\n` + phoneA + `\"}"}`, "M1", 1},
		{"json number", inspect.Meta{}, `{"p":` + phoneA + `,"q":[` + phoneB + `]}`, "M2", 2},

		{"urlencoded", form, "a=1&phone=%31%33%38%30%30%31%33%38%30%30%30&e=zhang.san%40example.com", "M1 E1", 1},
		{"url path", head, "GET /u/" + phoneA + "/" + aMail + " HTTP/1.1\r\n\r\n", "M1 E1", 1},
		{"url path, coded", head, "GET /u/%3138%30013%38000/zhang.san%40example%2Ecom HTTP/1.1\r\n\r\n", "M1 E1", 1},
		{"address in a path of a full url", inspect.Meta{}, "https://a.example.com/users/" + aMail + "/orders", "E1", 1},
		{"login in a url", inspect.Meta{}, "https://zhang:secret@example.com/ ssh://zhang.san@example.com/", "", 0},
		{"cookie", head, "GET / HTTP/1.1\r\nCookie: a=1; m=" + phoneA + "; id=" + anID + "; e=" + aMail + "\r\n\r\n", "I1 M1 E1", 1},
		{"multipart", multi, "--b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n" + phoneA + "\r\n--b--\r\n", "M1", 1},

		{"csv quoted", inspect.Meta{}, "\"a\",\"" + phoneA + "\",\"" + anID + "\"\r\n", "I1 M1", 1},
		{"csv glued", inspect.Meta{}, phoneA + "," + anID + "," + aCard + "," + aMail + "\n", "I1 M1 C1 E1", 1},
		{"old id below its header", inspect.Meta{}, "name,id_card,x\na," + oldID + ",1\n\"b,c\"," + oldID + ",2\n", "I2", 1},
		{"old id beside its column", inspect.Meta{}, "name,x,id_card\na," + oldID + ",1\n", "", 0},
		{"order numbers below their header", inspect.Meta{}, "order_no,phone\n" + phoneA + "," + phoneB + "\n", "M1", 1},
		{"tab separated header", inspect.Meta{}, "姓名\t身份证\n" + prose + "\t" + oldID + "\n", "I1", 1},
		{"xml", inspect.Meta{}, "<p><tel>" + phoneA + "</tel><id>" + anID + "</id></p>", "I1 M1", 1},
		{"protobuf strings", inspect.Meta{}, "\x0a\x15" + aMail + "\x12\x0b" + phoneA + "\x1a\x12" + anID + "\x00", "I1 M1 E1", 1},
		{"log pairs", inspect.Meta{}, "trace_id=abc123 user=" + phoneA + "\ntime 10:00:01 call " + phoneB + "\n", "M2", 2},
		{"order number with a space", inspect.Meta{}, "order no: " + phoneA + "\norder_no: " + phoneB + "\n订单号： " + phoneA + "\nx=1 seq=" + phoneB, "", 0},
		{"two addresses, hyphen", inspect.Meta{}, aMail + "-" + "li.si@example.com", "E2", 2},
		{"addresses in a list", inspect.Meta{}, aMail + ";li@example.com,<wang@example.com>/ma@example.com", "E4", 4},

		{"gzip of two members", inspect.Meta{}, string(zipped("a 138", "00138000 "+anID)), "I1 M1", 1},
		{"utf-16le", inspect.Meta{}, string(wide(prose+phoneA, false, true)), "M1", 1},
		{"utf-16be", inspect.Meta{}, string(wide(prose+phoneA, true, true)), "M1", 1},
		{"utf-16le, no mark", inspect.Meta{}, string(wide(prose+phoneA, false, false)), "M1", 1},
		{"utf-16be, no mark", inspect.Meta{}, string(wide(prose+phoneA, true, false)), "M1", 1},
		{"utf-16le, no mark, a zero low byte", inspect.Meta{}, string(wide("一号,"+phoneA+",一号,"+aMail, false, false)), "M1 E1", 1},

		{"gb18030, four bytes before", inspect.Meta{}, string(synth.GB18030([]byte("张㐀" + phoneA + "，㐀" + otherID + "㐀"))), "I1 M1", 1},
		{"gb18030, four bytes make no number", inspect.Meta{}, "\x81\x30\x81\x313800138000", "", 0},
		{"gb18030, four bytes before a code", inspect.Meta{}, string(synth.GB18030([]byte("张㐀" + aCode))), "U1", 0},
		{"gbk, letter as second byte", inspect.Meta{}, string(synth.GB18030([]byte("統一社會信用代碼" + aCode + "，電話碼" + phoneA))), "U1 M1", 1},
		{"gb18030 mark after four bytes", inspect.Meta{}, string(synth.GB18030([]byte("㐀机密★"))), "S1", 0},
	}
	e := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var first inspect.Report
			for i, n := range []int{0, 1, 7} {
				r := scan(t, e, tt.meta, []byte(tt.data), n)
				if i == 0 {
					first = r
				}
				got := tells(r)
				if want := order(tt.want); got != want {
					t.Errorf("in pieces of %d: found %q, want %q", n, got, want)
				}
				if tt.persons >= 0 && len(r.Persons) != tt.persons {
					t.Errorf("in pieces of %d: %d persons, want %d", n, len(r.Persons), tt.persons)
				}
			}
			if first.Coverage.State != inspect.Full {
				t.Errorf("coverage %+v", first.Coverage)
			}
		})
	}
}

// order brings a wish into the order of tells.
func order(want string) string {
	var out []string
	for _, c := range "IMCEUS" {
		for _, w := range strings.Fields(want) {
			if rune(w[0]) == c {
				out = append(out, w)
			}
		}
	}
	return strings.Join(out, " ")
}

// TestUpperBound holds the count of persons to never being too low.
func TestUpperBound(t *testing.T) {
	js := inspect.Meta{ContentType: "application/json"}
	deep := strings.Repeat(`{"a":`, 90) + `[{"id":"` + otherID + `"},{"m":"` + phoneA + `"}]` + strings.Repeat("}", 90)
	tests := []struct {
		name    string
		meta    inspect.Meta
		data    string
		persons int
	}{
		{"array of mobiles", js, `["` + phoneA + `","` + phoneB + `"]`, 2},
		{"array of numbers in an object", js, `{"p":[` + phoneA + `,` + phoneB + `]}`, 2},
		{"array of unlike primitives", js, `["` + phoneA + `","` + otherID + `"]`, 2},
		{"array of unlike primitives in an object", js, `{"who":["` + phoneA + `","` + aMail + `"]}`, 2},
		{"array of one belongs to its object", js, `{"p":["` + phoneA + `"],"id":"` + otherID + `"}`, 1},
		{"rows of arrays", js, `{"rows":[["` + otherID + `","` + phoneA + `"],["` + anID + `","` + phoneB + `"]]}`, 2},
		{"rows of arrays, unlike", js, `[["` + otherID + `"],["` + phoneA + `"]]`, 2},
		{"nested objects", js, `{"buyer":{"id":"` + otherID + `"},"seller":{"m":"` + phoneA + `"}}`, 2},
		{"objects deeper than any", js, deep, 2},
		{"objects behind a prefix", inspect.Meta{}, `data: [{"id":"` + otherID + `"},{"m":"` + phoneA + `"}]`, 2},
		{"call with an array", inspect.Meta{}, `cb([{"id":"` + otherID + `"},{"m":"` + phoneA + `"}]);`, 2},
		{"log that begins with a bracket", inspect.Meta{}, "[2026-11-22 10:00:00] open {\n[2026-11-22 10:00:01] " + otherID + "\n[2026-11-22 10:00:02] " + phoneA + "\n", 2},
		{"log with a level", inspect.Meta{}, "[INFO] open {\n[INFO] " + otherID + "\n[INFO] " + phoneA + "\n", 2},
		{"csv row with two mobiles", inspect.Meta{}, "a," + phoneA + "," + phoneB + "\n", 2},
		{"csv row with two mobiles and an id", inspect.Meta{}, "a," + phoneA + "," + phoneB + "," + otherID + "\n", 3},
		{"xml in one line", inspect.Meta{}, "<r><p><id>" + otherID + "</id></p><p><tel>" + phoneA + "</tel></p></r>", 2},
		{"xml, one person", inspect.Meta{}, "<r><p><id>" + otherID + "</id><tel>" + phoneA + "</tel></p></r>", 1},
		{"xml attributes", inspect.Meta{}, `<r><p id="` + otherID + `"/><p tel="` + phoneA + `"/></r>`, 2},
		{"xml attributes with text", inspect.Meta{}, `<r><p id="` + otherID + `">a</p><p tel="` + phoneA + `">b</p></r>`, 2},
		{"html list", inspect.Meta{}, `<ul><li>` + otherID + `</li><li>` + phoneA + `</li></ul>`, 2},
		{"html list with attributes", inspect.Meta{}, `<ul><li class="a">` + otherID + `</li><li class="b" title="` + phoneA + `">x</li></ul>`, 2},
		{"html row", inspect.Meta{}, `<table><tr><td>` + otherID + `</td><td>` + phoneA + `</td></tr><tr><td>` + phoneB + `</td></tr></table>`, 2},
		{"xml attributes of one", inspect.Meta{}, `<r><p id="` + otherID + `" tel="` + phoneA + `"/></r>`, 1},
		{"lines of json", js, `{"id":"` + otherID + `"}` + "\n" + `{"m":"` + phoneA + `"}`, 2},
	}
	e := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 64} {
				if r := scan(t, e, tt.meta, []byte(tt.data), n); len(r.Persons) != tt.persons {
					t.Errorf("in pieces of %d: %d persons, want %d", n, len(r.Persons), tt.persons)
				}
			}
		})
	}
}
