package engine_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// codedEvasions write the value in another alphabet, or several.
func codedEvasions(t *testing.T) []evasion {
	std, raw := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	id, js := inspect.ResidentID, inspect.Meta{ContentType: "application/json"}
	form := inspect.Meta{ContentType: "application/x-www-form-urlencoded"}
	row := func(group, name string, m inspect.Meta, data string) evasion {
		return evasion{group: group, name: name, meta: m, data: data, class: id}
	}
	value := func(s string) string { return `{"a":1,"v":"` + s + `"}` }
	heavy := func(s string) string { return each(s, "%%%02X", "") }
	out := []evasion{
		row("base64", "in a value", js, value(std([]byte(idText)))),
		row("base64", "of the number alone", js, value(std([]byte(otherID)))),
		row("base64", "for URLs, in a query", form, "x=1&v="+raw([]byte(idText))),
		row("base64", "as a path", inspect.Meta{}, "https://a.example/b/"+raw([]byte(idText))+"/c"),
		row("base64", "in a data URL", inspect.Meta{}, `<img src="data:text/plain;base64,`+std([]byte(idText))+`">`),
		row("base64", "in short lines", inspect.Meta{}, "v:\n"+lines(std([]byte(strings.Repeat(idText, 4))), 40)),
		row("base64", "with blanks in it", inspect.Meta{}, "v: "+each(std([]byte(idText)), "%c", " ")),
		row("base64", "in pieces that are joined", inspect.Meta{}, `v = "`+strings.Join(strings.Split(strings.TrimSpace(lines(std([]byte(idText)), 32)), "\n"), "\" +\n    \"")+`"`),
		row("base64", "reversed", js, value(reversed(std([]byte(idText))))),
		row("base64", "three times", js, value(again(3, idText, func(s string) string { return std([]byte(s)) }))),
		row("base64", "six times", js, value(again(6, idText, func(s string) string { return std([]byte(s)) }))),
		row("base64", "of UTF-16, as PowerShell takes it", inspect.Meta{}, "powershell -enc "+std(wide(idText, false, false))),
		row("base32", "in a value", js, value(base32.StdEncoding.EncodeToString([]byte(idText)))),
		row("base32", "without padding, small", js, value(strings.ToLower(strings.TrimRight(base32.StdEncoding.EncodeToString([]byte(idText)), "=")))),
		row("base32", "as labels of a host", inspect.Meta{}, strings.ReplaceAll(strings.TrimSpace(lines(strings.ToLower(strings.TrimRight(base32.StdEncoding.EncodeToString([]byte(idText)), "=")), 60)), "\n", ".")+".t.example.com"),
		row("hexadecimal", "in a value", js, value(hex.EncodeToString([]byte(idText)))),
		row("hexadecimal", "of the number alone", js, value(hex.EncodeToString([]byte(otherID)))),
		row("URL encoding", "mixed with plain digits", form, "v="+otherID[:9]+heavy(otherID[9:])),
	}
	for _, between := range []string{" ", ":", "-", ",", ", ", "\n", ";", "_", "|", " : "} {
		out = append(out, row("hexadecimal", fmt.Sprintf("with %q between", between), inspect.Meta{}, "v = "+each(idText, "%02x", between)))
	}
	for _, style := range []string{`\x%02x`, "0x%02X,", "%%%02x", `\%03o`, "&#%d;", "%08b ", "%d,", "%d "} {
		out = append(out, row("hexadecimal", "as "+style, inspect.Meta{}, "v = "+each(idText, style, "")))
	}
	for _, n := range []int{1, 2, 3, 5, 10} {
		out = append(out, row("URL encoding", fmt.Sprintf("%d layers", n), form, "v="+again(n-1, heavy(idText), url.QueryEscape)))
	}
	gz := string(zipped(idText))
	chains := map[string]string{
		"hex of base64":            value(hex.EncodeToString([]byte(std([]byte(idText))))),
		"base64 of hex":            value(std([]byte(hex.EncodeToString([]byte(idText))))),
		"base64 of gzip":           value(std([]byte(gz))),
		"base64 of gzip of base64": value(std(zipped(std([]byte(idText))))),
		"percent of base64":        "v=" + heavy(std([]byte(idText))),
		"escapes of base64":        value(string(eachUnit(`\u%04x`)([]byte(std([]byte(idText)))))),
		"entities of base64":       "<p>" + each(std([]byte(idText)), "&#%d;", "") + "</p>",
		"base64 of percent":        value(std([]byte(heavy(idText)))),
		"base64 of escapes":        value(std([]byte(string(eachUnit(`\u%04x`)([]byte(idText)))))),
		"hex of percent of base64": value(hex.EncodeToString([]byte(url.QueryEscape(std([]byte(idText)))))),
		"base32 of hex of base64":  value(base32.StdEncoding.EncodeToString([]byte(hex.EncodeToString([]byte(std([]byte(idText))))))),
		"base64 of a zip":          value(std(zipOf(t, "a", idText))),
		"hex of GB18030":           value(hex.EncodeToString(synth.GB18030([]byte(idText)))),
		"percent of GB18030":       "v=" + each(string(synth.GB18030([]byte(idText))), "%%%02X", ""),
		"escapes in escapes":       value(strings.ReplaceAll(string(eachUnit(`\u%04x`)([]byte(idText))), `\`, `\\`)),
		"entities of percent":      "<p>" + each(heavy(otherID), "&#%d;", "") + "</p>",
	}
	for name, data := range chains {
		out = append(out, row("mixed chain", name, inspect.Meta{}, data))
	}
	return out
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
