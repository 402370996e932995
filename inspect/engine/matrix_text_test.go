package engine_test

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/datacustoms/customs/inspect/synth"
)

// eachByte writes every byte in a format, with something in between.
func eachByte(format, between string) func([]byte) []byte {
	return func(b []byte) []byte {
		var out bytes.Buffer
		for i, c := range b {
			if i > 0 {
				out.WriteString(between)
			}
			fmt.Fprintf(&out, format, c)
		}
		return out.Bytes()
	}
}

// eachUnit writes every unit of UTF-16 in a format.
func eachUnit(format string) func([]byte) []byte {
	return func(b []byte) []byte {
		var out bytes.Buffer
		for _, u := range utf16.Encode([]rune(string(b))) {
			fmt.Fprintf(&out, format, u)
		}
		return out.Bytes()
	}
}

func inJSON(value string) []byte { return []byte(`{"id":7,"v":"` + value + `"}`) }

// lines breaks a text of one line into lines.
func lines(s string, n int) string {
	var b strings.Builder
	for ; len(s) > n; s = s[n:] {
		b.WriteString(s[:n] + "\n")
	}
	return b.String() + s + "\n"
}

// textCodings are the ways to write text or bytes as plain text.
func textCodings() []layer {
	percent := eachByte("%%%02X", "")
	inPlace := func(name string, light, heavy func(b []byte) []byte) layer {
		return layer{name: name, takes: words | ascii, gives: ascii, wrap: light, heavy: heavy}
	}
	run := func(name, path string, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: words | ascii | octets, gives: ascii, path: path, wrap: wrap}
	}
	quote := func(b []byte) []byte {
		q, err := json.Marshal(string(b))
		if err != nil {
			panic(err) // of a string there is none
		}
		return inJSON(string(q[1 : len(q)-1]))
	}
	return []layer{
		inPlace("percent", func(b []byte) []byte { return []byte("a=1&v=" + url.QueryEscape(string(b))) }, func(b []byte) []byte { return append([]byte("v="), percent(b)...) }),
		inPlace("percent twice", func(b []byte) []byte { return []byte("v=" + url.QueryEscape(url.QueryEscape(string(b)))) },
			func(b []byte) []byte {
				return append([]byte("v="), bytes.ReplaceAll(percent(b), []byte("%"), []byte("%25"))...)
			}),
		inPlace("JSON", quote, func(b []byte) []byte { return inJSON(string(eachUnit(`\u%04x`)(b))) }),
		inPlace("HTML", func(b []byte) []byte { return []byte("<p>" + html.EscapeString(string(b)) + "</p>") },
			func(b []byte) []byte {
				var out strings.Builder
				for _, r := range string(b) {
					fmt.Fprintf(&out, "&#x%x;", r)
				}
				return []byte("<p>" + out.String() + "</p>")
			}),
		{name: "encoded word", takes: words, gives: octets, path: "mail|base64", said: "message/rfc822", wrap: encodedWord("utf-8", nil)},
		{name: "encoded word of GB18030", takes: words, gives: octets, path: "mail|base64", said: "message/rfc822", wrap: encodedWord("gb18030", synth.GB18030)},
		run("base64 in JSON", "base64", func(b []byte) []byte { return inJSON(base64.StdEncoding.EncodeToString(b)) }),
		run("base64 in a URL", "base64", func(b []byte) []byte {
			return []byte("https://a.example/x?v=" + base64.RawURLEncoding.EncodeToString(b) + "&y=1")
		}),
		run("base64 in lines", "base64", func(b []byte) []byte { return []byte("data:\n" + lines(base64.StdEncoding.EncodeToString(b), 76)) }),
		run("base64 alone", "base64", func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }),
		run("base64 without padding", "base64", func(b []byte) []byte { return []byte("v: " + base64.RawStdEncoding.EncodeToString(b)) }),
		run("base32", "base32", func(b []byte) []byte { return inJSON(base32.StdEncoding.EncodeToString(b)) }),
		run("hexadecimal", "hex", func(b []byte) []byte { return inJSON(hex.EncodeToString(b)) }),
		run("hexadecimal with blanks", "hex", func(b []byte) []byte { return append([]byte("dump: "), eachByte("%02x", " ")(b)...) }),
		run("hexadecimal with colons", "hex", eachByte("%02X", ":")),
		run("bytes of C", "hex", func(b []byte) []byte { return append(append([]byte("{"), eachByte("0x%02x", ", ")(b)...), '}') }),
	}
}

// encodedWord writes a text as the subject of a mail.
func encodedWord(charset string, in func([]byte) []byte) func([]byte) []byte {
	return func(b []byte) []byte {
		b = bytes.ReplaceAll(b, []byte("\n"), []byte(" "))
		var subject string
		if in == nil {
			subject = strings.ReplaceAll(mime.BEncoding.Encode(charset, string(b)), "?= =?", "?=\r\n =?")
		} else {
			subject = "=?" + charset + "?B?" + base64.StdEncoding.EncodeToString(in(b)) + "?="
		}
		return []byte("From: Office <office@example.com>\r\nTo: all@example.com\r\nSubject: " + subject + "\r\nMIME-Version: 1.0\r\n\r\nhello\r\n")
	}
}

// quotedPrintable writes bytes as RFC 2045 says.
func quotedPrintable(b []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Binary = bytes.ContainsRune(b, 0)
	if _, err := w.Write(b); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// traditional are the simplified characters of the samples that Big5 lacks.
var traditional = strings.NewReplacer("登记资料", "登記資料", "请核对", "請核對", "保存", "保存", "以上内容由系统生成", "以上內容由系統生成", "身份证号", "身份證號", "联系电话", "聯繫電話",
	"银行卡号", "銀行卡號", "护照号", "護照號", "邮箱", "郵箱", "测", "測", "部门", "部門", "销售", "銷售", "统一社会信用代码", "統一社會信用代碼", "机密", "機密", "香港身份证", "香港身份證", "后", "後")

// charsets are the ways to write Chinese.
func charsets(t testing.TB) []layer {
	of := func(name, path string, gives form, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: words, gives: gives, path: path, wrap: wrap}
	}
	big5 := func(b []byte) []byte {
		out, err := traditionalchinese.Big5.NewEncoder().Bytes([]byte(traditional.Replace(string(b))))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16 := func(name, path string, big, bom bool) layer {
		l := of(name, path, octets, func(b []byte) []byte { return wide(string(b), big, bom) })
		l.takes |= ascii
		return l
	}
	return []layer{
		of("GB18030", "", octets, synth.GB18030),
		of("Big5", "big5", octets, big5),
		utf16("UTF-16LE", "utf-16le", false, true),
		utf16("UTF-16BE", "utf-16be", true, true),
		utf16("UTF-16LE without a mark", "utf-16le", false, false),
		utf16("UTF-16BE without a mark", "utf-16be", true, false),
	}
}
