package unpack_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// hidden is what the tests of evasion hide.
const hidden = "110101199003072316"

var hidden64 = base64.StdEncoding.EncodeToString([]byte("the number is " + hidden + ", and that is all there is to say"))

const inBase64 = "Content-Transfer-Encoding: base64"

// partOf is a part behind its delimiter.
func partOf(boundary, headers, body string) string {
	return "--" + boundary + "\n" + headers + "\n\n" + body + "\n"
}

// evasion hides a number in a multipart.
type evasion struct{ name, claim, text string }

// evaded wants that the number comes out or stands plainly, whatever ends the
// lines. Where miss says so, a miss will do.
func evaded(t *testing.T, tests []evasion, miss bool) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			alike(t, func(t *testing.T, l unpack.Limits) {
				for _, eol := range []string{"\n", "\r\n", "\r"} {
					text := []byte(strings.ReplaceAll(tt.text, "\n", eol))
					s := opened(t, unpack.Multipart(tt.claim), text, l)
					if !s.shows(hidden, text, l) && (!miss || len(s.misses) == 0) {
						t.Errorf("line ends %q: parts %q, missed %v", eol, s.parts, s.misses)
					}
				}
			})
		})
	}
}

func TestMimeBoundaries(t *testing.T) {
	inner := func(h string) string {
		return partOf("A", h, partOf("B", inBase64, hidden64)+"--B--\n") + "--A--\n"
	}
	deep := ""
	for i := range 31 {
		deep += "--" + strings.Repeat("x", i+1) + "\nContent-Type: multipart/mixed; boundary=" + strings.Repeat("x", i+2) + "\n\n"
	}
	const mixed = "multipart/mixed; boundary=A"
	evaded(t, []evasion{
		{"wrong", "multipart/mixed; boundary=Z", partOf("A", inBase64, hidden64)},
		{"missing", "multipart/mixed", partOf("A", inBase64, hidden64) + "--A--\n"},
		{"claimed to be text", "text/plain", partOf("A", inBase64, hidden64)},
		{"the header of a part comes third", "text/plain", partOf("A", "X: 1\nY: 2\n"+inBase64, hidden64)},
		{"the header of a part comes late", "text/plain", partOf("A", strings.Repeat("X: 123456789\n", 200)+inBase64, hidden64)},
		{"two, the second real", "multipart/mixed; boundary=A; boundary=B", partOf("B", inBase64, hidden64)},
		{"two, one unclaimed", mixed, partOf("A", "X: y", "words") + partOf("B", inBase64, hidden64)},
		{"two, the unclaimed one without a header of a part", mixed, partOf("A", "X: y", "words") + partOf("B", "Subject: =?utf-8?B?"+hidden64+"?=", "")},
		{"left and used again", mixed, partOf("A", "Content-Type: multipart/mixed; boundary=B", "") + partOf("A", "X: y", "") + partOf("B", "X: y\n"+inBase64, hidden64)},
		{"no final one", mixed, partOf("A", inBase64, hidden64)},
		{"a part behind the final one", mixed, "--A--\n" + partOf("A", inBase64, hidden64)},
		{"blanks behind it", mixed, "--A \t\n" + inBase64 + "\n\n" + hidden64 + "\n--A--"},
		{"in pieces", "multipart/mixed; boundary*0=x; boundary*1=\"y\"", partOf("xy", inBase64, hidden64)},
		{"percent-coded", "multipart/mixed; boundary*=utf-8''%78y", partOf("xy", "X: y", "") + partOf("xy", inBase64, hidden64)},
		{"an encoded word that is meant so", `multipart/mixed; boundary="=?utf-8?Q?x?="`, partOf("=?utf-8?Q?x?=", inBase64, hidden64)},
		{"of Chinese in GBK", "multipart/mixed; boundary=\xc9\xed", partOf("\xc9\xed", inBase64, hidden64)},
		{"within base64", mixed, partOf("A", inBase64, hidden64[:20]+"\n--A\n"+inBase64+"\n\n"+hidden64)},
		{"nested", mixed, inner("Content-Type: multipart/mixed; boundary=B")},
		{"nested and folded", mixed, inner("Content-Type: multipart/mixed;\n boundary=B")},
		{"nested with a wrong one", mixed, inner("Content-Type: multipart/mixed; boundary=C")},
		{"nested 31 deep", "multipart/mixed; boundary=x", deep + "--" + strings.Repeat("x", 32) + "\n" + inBase64 + "\n\n" + hidden64},
		{"a body before the first", mixed, inBase64 + "\n\n" + hidden64 + "\n--A--\n"},
	}, false)
	long := strings.Repeat("b", 1200)
	evaded(t, []evasion{
		{"too many claimed", "multipart/mixed; boundary=1; boundary=2; boundary=3; boundary=4; boundary=5; boundary=6; boundary=7; boundary=8; boundary=A", partOf("A", "X: y", "") + partOf("A", inBase64, hidden64)},
		{"too long", "multipart/mixed; boundary=" + long, partOf(long, "X: y", "") + partOf(long, inBase64, hidden64)},
		{"nested 40 deep", "multipart/mixed; boundary=x", deep + strings.ReplaceAll(deep, "x", "y") + "--" + strings.Repeat("y", 32) + "\n" + inBase64 + "\n\n" + hidden64},
	}, true)
}

func TestMimeHeaders(t *testing.T) {
	const mixed, form = "multipart/mixed; boundary=A", "multipart/form-data; boundary=A"
	coded := func(header string) string { return partOf("A", header, hidden64) + "--A--" }
	evaded(t, []evasion{
		{"folded", mixed, coded("Content-Transfer-Encoding:\n\t base64")},
		{"folded before the colon", mixed, coded("Content-Transfer-Encoding\n : base64")},
		{"a blank before the colon, quotes, a comment", mixed, coded("content-TRANSFER-encoding : \"base64\" (no)")},
		{"a comment before the word", mixed, coded("Content-Transfer-Encoding: (a(b)c) base64")},
		{"a semicolon behind it", mixed, coded("Content-Transfer-Encoding: BASE64;")},
		{"two, the second real", mixed, coded("Content-Transfer-Encoding: 7bit\n" + inBase64)},
		{"two, the first real", mixed, coded(inBase64 + "\nContent-Transfer-Encoding: 7bit")},
		{"two words", mixed, coded("Content-Transfer-Encoding: 7bit, base64")},
		{"two that are coded", mixed, coded("Content-Transfer-Encoding: quoted-printable\n" + inBase64)},
		{"behind a line that is none", mixed, coded("no header\n" + inBase64)},
		{"behind a folded line that is none", mixed, coded(" X\n" + inBase64)},
		{"behind one of 1 MB", mixed, coded("X: " + strings.Repeat("long ", 200_000) + "\n" + inBase64)},
		{"no blank line behind them", mixed, "--A\n" + inBase64 + "\n" + hidden64 + "\n--A--\n"},
		{"in a message in a part", mixed, partOf("A", "Content-Type: message/rfc822", "Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n"+partOf("B", inBase64, hidden64))},
		{"of a message that a text quotes", mixed, partOf("A", "Content-Type: text/plain", "your message was:\n\nSubject: x\n"+inBase64+"\n\n"+hidden64)},
		{"in an HTTP message", mixed, partOf("A", "Content-Type: application/http", "POST /x HTTP/1.1\n"+inBase64+"\n\n"+hidden64)},
		{"of a message whose type comes twice", mixed, partOf("A", "Content-Type: message/rfc822\nContent-Type: text/plain", "Subject: x\n"+inBase64+"\n\n"+hidden64)},
		{"an encoded word", mixed, partOf("A", "X-Data: =?utf-8?B?MTEwMTAxMTk5MDAzMDcyMzE2?=", "")},
		{"encoded words that are neighbours", mixed, partOf("A", "X-Data: =?utf-8?B?MTEwMTAxMTk5?=\n =?utf-8?B?MDAzMDcyMzE2?=", "")},
		{"a number that is folded", mixed, partOf("A", "X-Data: 110101199\n 003072316", "")},
		{"a file's name", form, partOf("A", "Content-Disposition: form-data; name=f; filename*=utf-8''%31%31%30101199003072316.txt", "")},
		{"a file's name in pieces", form, partOf("A", "Content-Disposition: form-data; name=f; filename*1*=%39%30%303072316; filename*0*=gb18030'zh'%31%31%301011%39", "")},
		{"a file's name that is percent-coded unsaid", form, partOf("A", "Content-Disposition: form-data; name=f; filename=\"%31%31%30101199003072316.txt\"", "")},
		{"a field's name", form, partOf("A", `Content-Disposition: form-data; name="=?gbk?Q?=3110101199003072316?="`, "x")},
		{"a field's name without a value", form, "--A\nContent-Disposition: form-data; name*=gbk''%3110101199003072316\n\n\n--A--"},
		{"a field's name with a long value", form, partOf("A", "Content-Disposition: form-data; name*=gbk''%3110101199003072316", strings.Repeat("long ", 2000))},
	}, false)
	evaded(t, []evasion{
		{"a word of 8 KB", mixed, partOf("A", "X: =?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("long ", 1200)+hidden))+"?=", "")},
		{"words five layers deep", mixed, partOf("A", "X: "+wordsOf(hidden, 5), "")},
		{"a parameter behind 5 KB of others", mixed, partOf("A", "X: y; "+strings.Repeat("a=bcdefgh; ", 500)+"b*=utf-8''%3110101199003072316", "")},
		{"the coding behind a comment of 5 KB", mixed, coded("Content-Transfer-Encoding: (" + strings.Repeat("long ", 1000) + ") base64")},
		{"a word in an unknown charset", mixed, partOf("A", "X: =?x-own?B?8fHw8fDx8fn58PDz8Pfy8/H2?=", "")},
	}, true)
}

// wordsOf puts s into encoded words within encoded words.
func wordsOf(s string, n int) string {
	for range n {
		s = "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
	}
	return s
}
