package engine_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// formEvasions hide the value in how a body is built.
func formEvasions(t *testing.T) []evasion {
	id := inspect.ResidentID
	multi := inspect.Meta{ContentType: "multipart/form-data; boundary=b"}
	js := inspect.Meta{ContentType: "application/json"}
	b64 := string(inLines([]byte(idText)))
	part := func(headers, body string) string {
		return "--b\r\n" + headers + "\r\n" + body + "\r\n--b--\r\n"
	}
	const file = "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n"
	coded := "Content-Transfer-Encoding: base64\r\n"
	gz := string(zipped(idText))
	type m = inspect.Meta
	row := func(group, name string, m inspect.Meta, data string) evasion {
		return evasion{group: group, name: name, meta: m, data: data, class: id}
	}
	out := []evasion{
		row("JSON key", "the number", js, `{"`+otherID+`":true}`),
		row("JSON key", "in escapes", js, `{"`+string(eachUnit(`\u%04x`)([]byte(otherID)))+`":true}`),
		row("JSON escape", "of each character", js, `{"v":"`+string(eachUnit(`\u%04X`)([]byte(idText)))+`"}`),
		row("JSON escape", "of some", js, `{"v":"31011519\u0038808081237"}`),
		row("JSON escape", "no JSON is declared", m{ContentType: "text/plain"}, `{"v":"\u0033\u0031`+otherID[2:]+`"}`),
		row("form name", "the number", m{ContentType: "application/x-www-form-urlencoded"}, otherID+"=1&b=2"),
		row("form name", "in percent", m{ContentType: "application/x-www-form-urlencoded"}, each(otherID, "%%%02x", "")+"=1&b=2"),
		row("multipart file name", "plain", multi, part("Content-Disposition: form-data; name=\"f\"; filename=\""+otherID+".pdf\"\r\n", "hello")),
		row("multipart file name", "extended", multi, part("Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''"+each(otherID, "%%%02x", "")+"\r\n", "hello")),
		row("multipart file name", "continued", multi, part("Content-Disposition: form-data; name=\"f\"; filename*0=\""+otherID[:9]+"\"; filename*1=\""+otherID[9:]+"\"\r\n", "hello")),
		row("multipart file name", "an encoded word", multi, part("Content-Disposition: form-data; name=\"f\"; filename=\"=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(otherID))+"?=\"\r\n", "hello")),
		row("part header", "of its own", multi, part(file+"X-Note: "+otherID+"\r\n", "hello")),
		row("part header", "folded", multi, part(file+"X-Note: "+otherID[:9]+"\r\n "+otherID[9:]+"\r\n", "hello")),
		row("part header", "an encoded word", multi, part(file+"X-Note: =?utf-8?Q?"+each(otherID, "=%02X", "")+"?=\r\n", "hello")),
		row("part header", "the preamble", multi, idText+"\r\n"+part(file, "hello")),
		row("part header", "the preamble, base64", multi, b64+"\r\n"+part(file, "hello")),
		row("part header", "behind the end", multi, part(file, "hello")+b64),
		row("transfer coding", "base64", multi, part(file+coded, b64)),
		row("transfer coding", "in odd case", multi, part(file+"cONTENT-tRANSFER-eNCODING:\tBaSe64\r\n", b64)),
		row("transfer coding", "with a comment", multi, part(file+"Content-Transfer-Encoding: (x) base64 (y)\r\n", b64)),
		row("transfer coding", "blank before the colon", multi, part(file+"Content-Transfer-Encoding : base64\r\n", b64)),
		row("transfer coding", "said twice", multi, part(file+"Content-Transfer-Encoding: 7bit\r\n"+coded, b64)),
		row("transfer coding", "folded", multi, part(file+"Content-Transfer-Encoding:\r\n base64\r\n", b64)),
		row("transfer coding", "said and not done", multi, part(file+coded, idText)),
		row("transfer coding", "quoted-printable", multi, part(file+"Content-Transfer-Encoding: quoted-printable\r\n", each(idText, "=%02X", ""))),
		row("transfer coding", "soft breaks in the number", multi, part(file+"Content-Transfer-Encoding: quoted-printable\r\n", otherID[:5]+"=\r\n"+otherID[5:12]+"=\r\n"+otherID[12:])),
		row("transfer coding", "uuencode", multi, part(file+"Content-Transfer-Encoding: x-uuencode\r\n", uuencoded(idText))),
		row("transfer coding", "unknown", multi, part(file+"Content-Transfer-Encoding: x-rot13\r\n", strings.Repeat("abc", 40))),
		row("spoofed type", "a picture", m{ContentType: "image/png"}, idText),
		row("spoofed type", "a picture that is a zip", m{ContentType: "image/png"}, string(zipOf(t, "a", idText))),
		row("spoofed type", "text that is gzip", m{ContentType: "text/plain"}, gz),
		row("spoofed type", "JSON that is UTF-16", m{ContentType: "application/json; charset=utf-8"}, string(wide(idText, true, false))),
		row("spoofed type", "a PNG head before a zip", m{ContentType: "image/png"}, "\x89PNG\r\n\x1a\n"+string(zipOf(t, "a", idText))),
		row("spoofed type", "a JPEG with a zip behind it", m{ContentType: "image/jpeg"}, string(jpegOf([]byte("x")))+string(zipOf(t, "a", idText))),
		row("spoofed type", "a script before a zip", m{}, "#!/bin/sh\nexit 0\n"+string(zipOf(t, "a", idText))),
		row("spoofed type", "a zip that is a PDF", m{ContentType: "application/zip"}, string(pdfOf(t, []byte(idText)))),
		row("spoofed type", "blanks before gzip", m{ContentType: "application/json"}, strings.Repeat(" ", 64)+gz),
		row("missing boundary", "not in the type", m{ContentType: "multipart/form-data"}, part(file+coded, b64)),
		row("missing boundary", "another one", m{ContentType: "multipart/form-data; boundary=other"}, part(file+coded, b64)),
		row("missing boundary", "no end", multi, strings.TrimSuffix(part(file+coded, b64), "--b--\r\n")),
		row("missing boundary", "no type at all", m{}, part(file+coded, b64)),
		row("missing boundary", "line feeds alone", multi, strings.ReplaceAll(part(file+coded, b64), "\r", "")),
	}
	return append(append(out, packedEvasions(t)...), elsewhere()...)
}

// elsewhere are the ways that use more than one part.
func elsewhere() []evasion {
	head := func(name, data string) evasion {
		group, name, _ := strings.Cut(name, ", ")
		return evasion{group: group, name: name, meta: inspect.Meta{Kind: inspect.Head}, data: data, class: inspect.ResidentID}
	}
	return []evasion{
		head("header split, over two fields of a name", "GET / HTTP/1.1\r\nX-A: "+otherID+"\r\nX-A: b\r\n\r\n"),
		head("header split, base64 in a cookie", "GET / HTTP/1.1\r\nCookie: s="+base64.StdEncoding.EncodeToString([]byte(idText))+"\r\n\r\n"),
		head("subdomain labels, the number in one", "GET / HTTP/1.1\r\nHost: "+otherID+".t.example.com\r\n\r\n"),
		head("subdomain labels, the number in three", "GET / HTTP/1.1\r\nHost: 310115.19880808.1237.t.example.com\r\n\r\n"),
		head("subdomain labels, hexadecimal", "GET / HTTP/1.1\r\nHost: "+hex.EncodeToString([]byte(otherID))+".t.example.com\r\n\r\n"),
		head("query splitting, over values", "GET /x?a=310115&b=19880808&c=1237 HTTP/1.1\r\nHost: a.example\r\n\r\n"),
		head("query splitting, percent", "GET /x?v="+each(otherID, "%%%02X", "")+" HTTP/1.1\r\nHost: a.example\r\n\r\n"),
		{group: "header split", name: "over two headers of one request", elsewhere: "no record joins pieces of a number: the policy on distinct persons does not see half a key"},
		{group: "header split", name: "folded", elsewhere: "net/http joins the lines of a header with a blank before a scan sees it, and numbers with blanks are found"},
		{group: "WebSocket", name: "fragments", elsewhere: "an upgrade overseas is refused: UPGRADE_NOT_READ"},
		{group: "WebSocket", name: "compressed frames", elsewhere: "an upgrade overseas is refused: UPGRADE_NOT_READ"},
		{group: "drip", name: "a character a request", elsewhere: "a scan sees one part; the ledger counts persons over many"},
		{group: "part boundary", name: "S3 upload in parts", elsewhere: "each part is a body of its own; what is cut at the border is two bodies, and proxy says so of the flow"},
	}
}

// uuencoded is a text in uuencode.
func uuencoded(s string) string {
	out := "begin 644 a\r\n"
	for b := []byte(s); len(b) > 0; {
		n := min(len(b), 45)
		out += string(rune(' ' + n))
		for i := 0; i < n; i += 3 {
			var q [3]byte
			copy(q[:], b[i:n])
			v := uint(q[0])<<16 | uint(q[1])<<8 | uint(q[2])
			for s := 18; s >= 0; s -= 6 {
				c := byte(v>>s&63) + ' '
				if c == ' ' {
					c = '`'
				}
				out += string(rune(c))
			}
		}
		out += "\r\n"
		b = b[n:]
	}
	return out + "`\r\nend\r\n"
}
