package inspecttest

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// Carried is a vector as it may travel: From and To bound its text in Data.
type Carried struct {
	Name     string
	Meta     inspect.Meta
	Data     []byte
	From, To int
	// Least is the confidence at which a valid one must be found.
	Least inspect.Confidence
}

// filler keeps the text around a value long enough to be judged as text.
const filler = "本季度样本数据整理工作已经完成。"

// Carriages lists the ways in which a vector is carried.
func (v Vector) Carriages() []Carried {
	if v.Whole {
		return v.codings("", v.Text)
	}
	var out []Carried
	add := func(name, typ, before, text, after string, least inspect.Confidence) {
		out = append(out, Carried{Name: name, Meta: inspect.Meta{ContentType: typ}, Data: []byte(before + text + after),
			From: len(before), To: len(before) + len(text), Least: least})
	}
	if v.Checked || !v.Valid {
		add("bare", "", "", v.Text, "", inspect.Low)
		add("bare in a line", "", filler+"\n", v.Text, "\n"+filler, inspect.Low)
	}
	if !v.Valid && v.Alone {
		return out
	}
	add("chinese phrase", "", v.Zh+"：", v.Text, "，"+filler, inspect.Medium)
	if v.En != "" {
		add("english phrase", "", "The "+v.En+": ", v.Text, " was given.", inspect.Medium)
	}
	add("json key", "application/json", `{"no":1,"`+v.Key+`":"`, v.Text, `","ok":true}`, inspect.Medium)
	add("json chinese key", "application/json", `{"序号":1,"`+v.Zh+`":"`, v.Text, `"}`, inspect.Medium)
	add("csv", "text/csv", "no,"+v.Key+",status\n1,", v.Text, ",ok\n", inspect.Medium)
	add("csv chinese header", "text/csv", "序号,"+v.Zh+",状态\n1,", v.Text, ",有效\n", inspect.Medium)
	add("form", "application/x-www-form-urlencoded", "a=1&"+url.QueryEscape(v.Key)+"=", url.QueryEscape(v.Text), "&b=2", inspect.Medium)
	add("xml", "application/xml", "<r><"+v.Key+">", v.Text, "</"+v.Key+"></r>", inspect.Medium)
	if !v.Fixed {
		add("full-width", "", v.Zh+"：", fullWidth(v.Text), "，"+filler, inspect.Medium)
	}
	add("json escapes", "application/json", `{"`+v.Key+`":"`, jsonEscapes(v.Text), `"}`, inspect.Medium)
	if v.Class == inspect.ResidentID || v.Class == inspect.Mobile && v.Groups != nil {
		add("chinese numerals", "", v.Zh+"：", hanDigits(v.Text), "，"+filler, inspect.Medium)
	}
	for _, sep := range separators() {
		if text, ok := v.grouped(sep.text); ok {
			add(sep.name, "", v.Zh+"："+"", text, "，"+filler, inspect.Medium)
		}
	}
	return append(out, v.codings(v.Zh+"：", v.Text)[1:]...)
}

type separator struct{ name, text string }

func separators() []separator {
	return []separator{{"spaces", " "}, {"hyphens", "-"}, {"dots", "."}, {"middle dots", "·"}, {"zero-width spaces", "\u200b"}, {"soft hyphens", "\u00ad"}}
}

// grouped joins the usual groups of a vector.
func (v Vector) grouped(sep string) (string, bool) {
	var parts []string
	rest := v.Text
	for _, n := range v.Groups {
		if n > len(rest) {
			return "", false
		}
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	return strings.Join(parts, sep), len(parts) > 0 && rest == ""
}

// codings carries a text as it is and in the codings of characters.
func (v Vector) codings(before, text string) []Carried {
	after := "\n" + filler + filler
	if v.Whole && strings.ContainsRune(text, 0) {
		after = "\n" // no text
	}
	if v.Whole && strings.HasPrefix(text, "{") {
		after = "\n"
	}
	out := []Carried{{Name: "as it is", Data: []byte(before + text + after), From: len(before), To: len(before) + len(text), Least: inspect.Medium}}
	if v.Raw || strings.ContainsRune(text, 0) {
		return out
	}
	pieces := func(name string, mark []byte, code func(string) []byte) {
		head := append(bytes.Clone(mark), code(before)...)
		data := append(bytes.Clone(head), code(text)...)
		to := len(data)
		out = append(out, Carried{Name: name, Data: append(data, code(after)...), From: len(head), To: to, Least: inspect.Medium})
	}
	pieces("gb18030", nil, func(s string) []byte { return synth.GB18030([]byte(s)) })
	pieces("utf-16le", []byte{0xff, 0xfe}, func(s string) []byte { return wideBytes(s, false) })
	pieces("utf-16be", []byte{0xfe, 0xff}, func(s string) []byte { return wideBytes(s, true) })
	return out
}

func wideBytes(s string, big bool) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// jsonEscapes writes every other character by its number.
func jsonEscapes(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i%2 == 0 && r < 0x10000 {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hanDigits writes digits as they are read aloud.
func hanDigits(s string) string {
	return strings.NewReplacer("0", "〇", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(s)
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}
