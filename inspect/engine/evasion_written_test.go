package engine_test

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// writtenEvasions write the value as a person reads it and a program does not.
func writtenEvasions() []evasion {
	spread := func(s, between string) string { return strings.Join(strings.Split(s, ""), between) }
	as := func(s string, digit func(rune) string) string {
		var b strings.Builder
		for _, r := range s {
			if r >= '0' && r <= '9' {
				b.WriteString(digit(r - '0'))
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	from := func(zero rune) func(rune) string { return func(d rune) string { return string(zero + d) } }
	row := func(group, name string, class inspect.Class, data string) evasion {
		return evasion{group: group, name: name, class: class, data: data}
	}
	id, mobile := inspect.ResidentID, inspect.Mobile
	out := []evasion{
		row("names in a charset", "GBK", inspect.Name, string(synth.GB18030([]byte("姓名：李小测\n")))),
		row("names in a charset", "UTF-16", inspect.Name, string(wide("姓名：李小测\n登记资料\n", false, true))),
		row("names in a charset", "GBK in a query", inspect.Name, "name=x&姓名="+each(string(synth.GB18030([]byte("李小测"))), "%%%02X", "")),
		row("full width", "all digits", id, "身份证 "+as(otherID, from('０'))),
		row("full width", "some digits", id, "身份证 "+as(otherID[:9], from('０'))+otherID[9:]),
		row("separated", "by hyphens", id, "身份证 "+otherID[:6]+"-"+otherID[6:14]+"-"+otherID[14:]),
		row("separated", "by blanks", id, "身份证 "+otherID[:6]+" "+otherID[6:14]+" "+otherID[14:]),
		row("separated", "a mobile by dots", mobile, "手机 138.0013.8000"),
		row("separated", "each digit by a blank", id, "身份证 "+spread(otherID, " ")),
		row("separated", "each digit by a hyphen", mobile, "手机 "+spread(phoneA, "-")),
		row("separated", "by line breaks", id, "身份证 "+otherID[:6]+"\n"+otherID[6:14]+"\n"+otherID[14:]),
		row("15 digits", "with its word", id, "身份证号 "+oldID),
		row("15 digits", "in a column", id, "姓名,身份证号\n李小测,"+oldID+"\n"),
		row("column split", "the word in the header", id, "序号,身份证号,备注\n1,"+oldID+",无\n2,"+oldID[:14]+"1,无\n"),
		row("column split", "in three columns", id, "地区码,生日,顺序码\n310115,19880808,1237\n"),
		row("column split", "a JSON array", id, `{"id":["310115","19880808","1237"]}`),
		row("Chinese numerals", "plain", mobile, "手机 "+as(phoneA, func(d rune) string { return string([]rune("〇一二三四五六七八九")[d]) })),
		row("Chinese numerals", "financial", mobile, "手机 "+as(phoneA, func(d rune) string { return string([]rune("零壹贰叁肆伍陆柒捌玖")[d]) })),
		row("Chinese numerals", "an ID", id, "身份证 "+as(otherID, func(d rune) string { return string([]rune("零一二三四五六七八九")[d]) })),
		row("combining mark", "an enclosing circle", id, "身份证 "+as(otherID, func(d rune) string { return string('0'+d) + "\u20dd" })),
		row("combining mark", "a keycap", id, "身份证 "+as(otherID, func(d rune) string { return string('0'+d) + "\ufe0f\u20e3" })),
		row("combining mark", "a stroke", id, "身份证 "+as(otherID, func(d rune) string { return string('0'+d) + "\u0336" })),
		row("homoglyph", "letters for digits", mobile, "手机 l38OOl38OOO"),
		row("homoglyph", "a Cyrillic Х", id, "身份证 "+anID[:17]+"Х"),
		row("homoglyph", "a Roman ten", id, "身份证 "+anID[:17]+"Ⅹ"),
	}
	for name, s := range map[string]string{"space": "\u200b", "joiner": "\u200d", "non-joiner": "\u200c", "no-break": "\ufeff", "soft hyphen": "\u00ad", "word joiner": "\u2060", "direction": "\u202d"} {
		out = append(out, row("zero width", name, id, "身份证 "+spread(otherID, s)), row("zero width", name+", once", mobile, "手机 "+phoneA[:5]+s+phoneA[5:]))
	}
	for name, zero := range map[string]rune{"Arabic": '٠', "Persian": '۰', "Devanagari": '०', "mathematical bold": '𝟎', "mathematical monospace": '𝟶', "subscript": '₀'} {
		out = append(out, row("homoglyph", name, id, "身份证 "+as(otherID, from(zero))))
	}
	for name, set := range map[string]string{"circled": "⓪①②③④⑤⑥⑦⑧⑨", "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹", "parenthesised": "0⑴⑵⑶⑷⑸⑹⑺⑻⑼", "Suzhou": "〇〡〢〣〤〥〦〧〨〩"} {
		out = append(out, row("homoglyph", name, id, "身份证 "+as(otherID, func(d rune) string { return string([]rune(set)[d]) })))
	}
	return out
}
