package unpack_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// TestMimeCodings hides the number in the coding of a body.
func TestMimeCodings(t *testing.T) {
	const mixed, form = "multipart/mixed; boundary=A", "multipart/form-data; boundary=A"
	const quoted = "Content-Transfer-Encoding: quoted-printable"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	wide := func(s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			b.Write([]byte{byte(u >> 8), byte(u)})
		}
		return b.String()
	}
	in := func(headers, body string) string { return partOf("A", headers, body) + "--A--\n" }
	utf7 := "+" + strings.TrimRight(b64(wide(hidden)), "=") + "-"
	evaded(t, []evasion{
		{"base64 that is plain", mixed, in(inBase64, "the number: "+hidden+", and more of it")},
		{"base64 that is a number", mixed, in(inBase64, hidden)},
		{"base64 with an odd character", mixed, in(inBase64, hidden64[:30]+"!"+hidden64[30:])},
		{"base64 in short lines", mixed, in(inBase64, wrap(hidden64, 5, "\n"))},
		{"base64 without its padding", mixed, in(inBase64, strings.TrimRight(b64("x"+hidden), "="))},
		{"base64 twice", mixed, in(inBase64, b64("ab")+b64(hidden)+b64("c"))},
		{"quoted-printable", mixed, in(quoted, each(hidden[:9], "=%02x", "")+"=\n"+hidden[9:])},
		{"quoted-printable with blanks behind the break", mixed, in(quoted, hidden[:9]+"="+strings.Repeat(" ", 200)+"\n"+hidden[9:])},
		{"quoted-printable of binary", mixed, in(quoted, "\x00\x01"+hidden)},
		{"quoted-printable that is cut off", mixed, in(quoted, each(hidden, "=%02X", "")+"=")},
		{"uuencode", mixed, in("Content-Transfer-Encoding: x-uuencode", "begin 644 a.txt\n2,3$P,3 Q,3DY,# S,#<R,S$V\n`\nend")},
		{"uuencode that is not declared", mixed, in("X: y", "words\nbegin 644 a.txt\n2,3$P,3 Q,3DY,# S,#<R,S$V\n`\nend")},
		{"uuencode in base64", mixed, in("X: y", "begin-base64 644 a.txt\n"+hidden64+"\n====\nmore")},
		{"UTF-7", mixed, in("Content-Type: text/plain; charset=utf-7", utf7)},
		{"UTF-7 in base64", mixed, in("Content-Type: text/plain; charset=utf-7\n"+inBase64, b64(utf7))},
		{"UTF-7 behind another charset", mixed, in("Content-Type: text/plain; charset=utf-8; charset=utf-7", utf7)},
		{"UTF-7 in long lines in base64", mixed, in("Content-Type: text/plain; charset=utf-7\n"+inBase64, b64(strings.Repeat("1", 1020)+utf7))},
		{"full-width digits in ISO-2022-JP", mixed, in("Content-Type: text/plain; charset=iso-2022-jp", "\x1b$B;aL>\x1b(B"+hidden)},
		{"HZ", mixed, in("Content-Type: text/plain; charset=hz-gb-2312", "~{I\x6d7]V$~}"+hidden)},
		{"EBCDIC", mixed, in("Content-Type: text/plain; charset=cp037", "\xf1\xf1\xf0\xf1\xf0\xf1\xf1\xf9\xf9\xf0\xf0\xf3\xf0\xf7\xf2\xf3\xf1\xf6")},
		{"a wrong charset over a plain text", mixed, in("Content-Type: text/plain; charset=utf-16le\n"+inBase64, b64(hidden+" and so on"))},
		{"flowed lines", mixed, in("Content-Type: text/plain; format=flowed; delsp=yes", hidden[:9]+" \n"+hidden[9:])},
		{"flowed lines in base64", mixed, in("Content-Type: text/plain; format=flowed; delsp=yes\n"+inBase64, b64("words\n"+hidden[:9]+" \n"+hidden[9:]))},
		{"a field in base64", form, in("Content-Disposition: form-data; name=x\n"+inBase64, b64(hidden))},
		{"a field in a charset of the form", form, partOf("A", "Content-Disposition: form-data; name=_charset_", "utf-7") + in("Content-Disposition: form-data; name=x", utf7)},
		{"a message in base64", mixed, in("Content-Type: message/rfc822\n"+inBase64, b64("Subject: x\n"+quoted+"\n\n"+each(hidden, "=%02X", "")))},
		{"a message in base64, thrice", mixed, in("Content-Type: message/rfc822\n"+inBase64, b64("Content-Type: message/rfc822\n"+inBase64+"\n\n"+
			b64("Content-Type: message/rfc822\n"+inBase64+"\n\n"+b64("Subject: =?utf-8?B?"+b64(hidden)+"?=\n\n"))))},
		{"a multipart in quoted-printable", mixed, in("Content-Type: multipart/mixed; boundary=B\n"+quoted, "--B\nContent-Transfer-=\nEncoding: base64\n\n"+strings.ReplaceAll(hidden64, "=", "=3D"))},
		{"a multipart that says base64 and is not", mixed, in("Content-Type: multipart/mixed; boundary=B\n"+inBase64, partOf("B", inBase64, hidden64))},
		{"the text before the first part", "multipart/mixed; boundary=A", "begin 644 a.txt\n2,3$P,3 Q,3DY,# S,#<R,S$V\n`\nend\n--A--"},
		{"the text behind the last part", "multipart/mixed; boundary=A", "--A--\nbegin 644 a.txt\n2,3$P,3 Q,3DY,# S,#<R,S$V\n`\nend"},
		{"a range", "multipart/byteranges; boundary=A", in("Content-Range: bytes 0-99/100\n"+inBase64, hidden64)},
	}, false)
	evaded(t, []evasion{
		{"base64 and a footer", mixed, in(inBase64, b64("words and more words, of 2026")+"\n____\nthe number: "+hidden)},
		{"base64 and a number", mixed, in(inBase64, b64("words and more words, of 2026")+"\n"+hidden)},
	}, true)
}

func TestMultipartMiss(t *testing.T) {
	part := func(headers, body string) string { return "--A\n" + headers + "\n\n" + body + "\n--A--\n" }
	deep := ""
	for i := range 50 {
		deep += "--" + strings.Repeat("x", i+1) + "\nContent-Type: multipart/mixed; boundary=" + strings.Repeat("x", i+2) + "\n\n"
	}
	signed := "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x0b\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x30"
	oid := "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	tests := []struct {
		name, text string
		want       inspect.GapReason
	}{
		{"base64 that is none", part("Content-Transfer-Encoding: base64", "PK\x03\x04\x00\x01\x02\x03"), inspect.GapBroken},
		{"base64 cut off", part("Content-Transfer-Encoding: base64", "AAAAA"), inspect.GapBroken},
		{"two codings", part("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable", "AAAA"), inspect.GapBroken},
		{"an unknown transfer coding", part("Content-Transfer-Encoding: x-own", "abc"), inspect.GapUnknownFormat},
		{"a transfer coding that is a comment", part("Content-Transfer-Encoding: (x)", "abc"), inspect.GapUnknownFormat},
		{"a content coding without a mark", part("Content-Encoding: br", "abc"), inspect.GapUnknownFormat},
		{"a content coding behind another header", part("Content-Encoding: br\nContent-Encoding: identity", "abc"), inspect.GapUnknownFormat},
		{"a content coding that is not there", part("Content-Encoding: gzip", "abc"), inspect.GapUnknownFormat},
		{"a content coding on a message", part("Content-Type: message/rfc822\nContent-Encoding: br", "abc"), inspect.GapUnknownFormat},
		{"a content coding in an HTTP message", part("Content-Type: application/http", "HTTP/1.1 200 OK\nContent-Encoding: br\n\nabc"), inspect.GapUnknownFormat},
		{"chunks in an HTTP message", part("Content-Type: application/http", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n"), inspect.GapUnknownFormat},
		{"a range that is a piece", part("Content-Range: bytes 0-99/1000", "abc"), inspect.GapUnknownFormat},
		{"a piece of a message", part("Content-Type: message/partial; number=2; total=3", "abc\n\nabc"), inspect.GapUnknownFormat},
		{"an unknown charset", part("Content-Type: text/plain; charset=x-own", "\xfd\xff\xfd"), inspect.GapUnknownFormat},
		{"a charset of a family that is not read", part("Content-Type: text/plain; charset=iso-2022-kr", "abc"), inspect.GapUnknownFormat},
		{"a charset that the text is not in", part("Content-Type: text/plain; charset=utf-7", "\x00\x01\x02\xff"), inspect.GapUnknownFormat},
		{"UTF-16 in either order", part("Content-Type: text/plain; charset=utf-16", "\x11\x22\x33\x44"), inspect.GapUnknownFormat},
		{"two charsets", part("Content-Type: text/plain; charset=utf-7; charset=big5", "abc"), inspect.GapBroken},
		{"winmail.dat", part("Content-Type: application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00"), inspect.GapUnknownFormat},
		{"a message in its signature", part("Content-Type: application/pkcs7-mime", signed+"\x80"+oid+"\xa0\x80\x24\x80\x04\x03abc"), inspect.GapUnknownFormat},
		{"a signature", part("Content-Type: application/pkcs7-signature", signed+"\x0b"+oid+"\xa0\x80"), ""},
		{"yEnc", part("X: y", "=ybegin line=128 size=3 name=x\nabc\n=yend size=3"), inspect.GapUnknownFormat},
		{"BinHex", part("X: y", "(This file must be converted with BinHex 4.0)\n\n:abc:"), inspect.GapUnknownFormat},
		{"xxencode", part("X: y", "begin 644 x\nAbcde\nend"), inspect.GapUnknownFormat},
		{"a message that is encrypted within a text", part("X: y", "see below\n-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nabc"), inspect.GapEncrypted},
		{"a multipart that is encrypted", part("Content-Type: multipart/encrypted; boundary=B", "--B\n\nabc"), inspect.GapEncrypted},
		{"too deep", deep + "--" + strings.Repeat("x", 50) + "\n\nabc", inspect.GapLimitDepth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			alike(t, func(t *testing.T, l unpack.Limits) {
				c := opened(t, unpack.Multipart("multipart/mixed; boundary=A"), []byte(tt.text), l)
				if tt.want == "" && len(c.misses) == 0 {
					return
				}
				if c.misses[tt.want] != 1 || len(c.misses) != 1 {
					t.Errorf("missed %v, parts %q", c.misses, c.parts)
				}
			})
		})
	}
}
