package unpack_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// TestMultipartOfRFC2046 is the first example of its section 5.1.1.
func TestMultipartOfRFC2046(t *testing.T) {
	text := crlf("This is the preamble.  It is to be ignored.\n\n--simple boundary\n\n" +
		"This is implicitly typed plain US-ASCII text.\nIt does NOT end with a linebreak.\n--simple boundary\n" +
		"Content-type: text/plain; charset=us-ascii\n\nThis is explicitly typed plain US-ASCII text.\nIt DOES end with a linebreak.\n\n--simple boundary--\n\n" +
		"This is the epilogue.  It is also to be ignored.\n")
	c := flow(unpack.Multipart(`multipart/mixed; boundary="simple boundary"`), []byte(text), roomy)
	want := []string{
		crlf("This is the preamble.  It is to be ignored.\n"),
		crlf("This is implicitly typed plain US-ASCII text.\nIt does NOT end with a linebreak."),
		"Content-type: text/plain; charset=us-ascii\n",
		crlf("This is explicitly typed plain US-ASCII text.\nIt DOES end with a linebreak.\n"),
		crlf("\nThis is the epilogue.  It is also to be ignored.\n"),
	}
	if len(c.parts) != len(want) || len(c.misses) > 0 {
		t.Fatalf("parts %q, missed %v", c.parts, c.misses)
	}
	for i, p := range c.parts {
		if string(p.data) != want[i] {
			t.Errorf("part %d: got %q, want %q", i, p.data, want[i])
		}
	}
}

func TestMultipartForm(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("身份证号", "110101199003072316")
	_ = w.WriteField("note", "two\nlines")
	_ = w.WriteField("doc", `{"phone":"13800138000"}`)
	_ = w.WriteField("long", strings.Repeat("0123456789", 1000))
	f, _ := w.CreateFormFile("file", "张三.bin")
	_, _ = f.Write([]byte("PK\x03\x04\r\n--x\r\nContent-Type: a\r\n\r\n\x00\x01"))
	_ = w.WriteField("a", "1")
	_ = w.WriteField("b", "2")
	_ = w.Close()
	for name, claim := range map[string]string{"claimed": w.FormDataContentType(), "not claimed": "", "claimed wrong": "multipart/form-data; boundary=nothing"} {
		t.Run(name, func(t *testing.T) {
			c := flow(unpack.Multipart(claim), b.Bytes(), roomy)
			for want, as := range map[string]string{"身份证号: 110101199003072316\n": "", "note: two\nlines\n": "note", `{"phone":"13800138000"}`: "doc", strings.Repeat("0123456789", 1000): "long",
				"PK\x03\x04\r\n--x\r\nContent-Type: a\r\n\r\n\x00\x01": "张三.bin", "a: 1\nb: 2\n": ""} {
				found := false
				for _, p := range c.parts {
					found = found || p.name == as && string(p.data) == want
				}
				if !found {
					t.Errorf("no part %q: %.40q in %q", as, want, c.parts)
				}
			}
			if len(c.misses) > 0 {
				t.Errorf("missed %v", c.misses)
			}
		})
	}
}

// TestMultipartEvasions are ways to hide a part. Each must be found, or
// reported as not read.
func TestMultipartEvasions(t *testing.T) {
	const id = "110101199003072316"
	b64 := base64.StdEncoding.EncodeToString([]byte("the number is " + id + ", and that is all there is to say"))
	part := func(boundary, headers, body string) string {
		return "--" + boundary + "\n" + headers + "\n\n" + body + "\n"
	}
	const cte = "Content-Transfer-Encoding: base64"
	inner := func(h string) string {
		return part("A", h, part("B", cte, b64)+"--B--\n") + "--A--\n"
	}
	tests := []struct{ name, claim, text string }{
		{"boundary wrong", "multipart/mixed; boundary=Z", part("A", cte, b64)},
		{"boundary missing", "multipart/mixed", part("A", cte, b64) + "--A--\n"},
		{"claimed to be text", "text/plain", part("A", cte, b64)},
		{"two boundaries, the second real", "multipart/mixed; boundary=A; boundary=B", part("B", cte, b64)},
		{"two boundaries, one unclaimed", "multipart/mixed; boundary=A", part("A", "X: y", "words") + part("B", cte, b64)},
		{"no final boundary", "multipart/mixed; boundary=A", part("A", cte, b64)},
		{"part behind the final boundary", "multipart/mixed; boundary=A", "--A--\n" + part("A", cte, b64)},
		{"blanks behind the boundary", "multipart/mixed; boundary=A", "--A \t\n" + cte + "\n\n" + b64 + "\n--A--"},
		{"boundary in pieces", "multipart/mixed; boundary*0=x; boundary*1=\"y\"", part("xy", cte, b64)},
		{"header folded", "multipart/mixed; boundary=A", part("A", "Content-Transfer-Encoding:\n\t base64", b64)},
		{"header with a comment", "multipart/mixed; boundary=A", part("A", "content-TRANSFER-encoding : \"base64\" (no)", b64)},
		{"two headers", "multipart/mixed; boundary=A", part("A", "Content-Transfer-Encoding: 7bit\n"+cte, b64)},
		{"nested", "multipart/mixed; boundary=A", inner("Content-Type: multipart/mixed; boundary=B")},
		{"nested and folded", "multipart/mixed; boundary=A", inner("Content-Type: multipart/mixed;\n boundary=B")},
		{"nested with a wrong boundary", "multipart/mixed; boundary=A", inner("Content-Type: multipart/mixed; boundary=C")},
		{"in a message in a part", "multipart/mixed; boundary=A", part("A", "Content-Type: message/rfc822", "Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n"+part("B", cte, b64))},
		{"in an HTTP message", "multipart/mixed; boundary=A", part("A", "Content-Type: application/http", "POST /x HTTP/1.1\n"+cte+"\n\n"+b64)},
		{"base64 that is plain", "multipart/mixed; boundary=A", part("A", cte, "the number: "+id+", and more of it")},
		{"base64 with an odd character", "multipart/mixed; boundary=A", part("A", cte, b64[:30]+"!"+b64[30:])},
		{"base64 in short lines", "multipart/mixed; boundary=A", part("A", cte, wrap(b64, 5, "\n"))},
		{"quoted-printable", "multipart/mixed; boundary=A", part("A", "Content-Transfer-Encoding: quoted-printable", each(id[:9], "=%02x", "")+"=\n"+id[9:])},
		{"quoted-printable of binary", "multipart/mixed; boundary=A", part("A", "Content-Transfer-Encoding: quoted-printable", "\x00\x01"+id)},
		{"uuencode", "multipart/mixed; boundary=A", part("A", "Content-Transfer-Encoding: x-uuencode", "begin 644 a.txt\n2,3$P,3 Q,3DY,# S,#<R,S$V\n`\nend")},
		{"UTF-7 in base64", "multipart/mixed; boundary=A", part("A", "Content-Type: text/plain; charset=utf-7\n"+cte, base64.StdEncoding.EncodeToString([]byte("+ADEAMQAwADEAMAAxADEAOQA5ADAAMAAzADAANwAyADMAMQA2-")))},
		{"EBCDIC", "multipart/mixed; boundary=A", part("A", "Content-Type: text/plain; charset=cp037", each(id, "%c", "")[:0]+"\xf1\xf1\xf0\xf1\xf0\xf1\xf1\xf9\xf9\xf0\xf0\xf3\xf0\xf7\xf2\xf3\xf1\xf6")},
		{"in a header of its own", "multipart/mixed; boundary=A", part("A", "X-Data: =?utf-8?B?MTEwMTAxMTk5MDAzMDcyMzE2?=", "")},
		{"in the name of a file", "multipart/form-data; boundary=A", part("A", "Content-Disposition: form-data; name=f; filename*=utf-8''%31%31%30101199003072316.txt", "")},
		{"in the name of a field", "multipart/form-data; boundary=A", part("A", `Content-Disposition: form-data; name="=?gbk?Q?=3110101199003072316?="`, "x")},
		{"in the name of a field without a value", "multipart/form-data; boundary=A", "--A\nContent-Disposition: form-data; name*=gbk''%3110101199003072316\n\n\n--A--"},
		{"no blank line behind headers", "multipart/mixed; boundary=A", "--A\n" + cte + "\n" + b64 + "\n--A--\n"},
	}
	for _, tt := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(tt.name, func(t *testing.T) {
				text := strings.ReplaceAll(tt.text, "\n", eol)
				c := flow(unpack.Multipart(tt.claim), []byte(text), roomy)
				if !c.holds(id) {
					t.Errorf("parts %q, missed %v", c.parts, c.misses)
				}
			})
		}
	}
}

func TestMultipartMiss(t *testing.T) {
	part := func(headers, body string) string { return "--A\n" + headers + "\n\n" + body + "\n--A--\n" }
	deep := ""
	for i := range 50 {
		deep += "--" + strings.Repeat("x", i+1) + "\nContent-Type: multipart/mixed; boundary=" + strings.Repeat("x", i+2) + "\n\n"
	}
	tests := []struct {
		name, text string
		want       inspect.GapReason
	}{
		{"base64 that is none", part("Content-Transfer-Encoding: base64", "PK\x03\x04\x00\x01\x02\x03"), inspect.GapBroken},
		{"base64 cut off", part("Content-Transfer-Encoding: base64", "AAAAA"), inspect.GapBroken},
		{"an unknown transfer coding", part("Content-Transfer-Encoding: x-own", "abc"), inspect.GapUnknownFormat},
		{"a content coding without a mark", part("Content-Encoding: br", "abc"), inspect.GapUnknownFormat},
		{"an unknown charset", part("Content-Type: text/plain; charset=x-own", "\xff\xfe\xfd"), inspect.GapUnknownFormat},
		{"winmail.dat", part("Content-Type: application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00"), inspect.GapUnknownFormat},
		{"too deep", deep + "--" + strings.Repeat("x", 50) + "\n\nabc", inspect.GapLimitDepth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := flow(unpack.Multipart("multipart/mixed; boundary=A"), []byte(tt.text), roomy)
			if c.misses[tt.want] != 1 || len(c.misses) != 1 {
				t.Errorf("missed %v, parts %q", c.misses, c.parts)
			}
		})
	}
}

func TestMultipartLimits(t *testing.T) {
	text := []byte(strings.Repeat("--A\nX: y\n\nwords and words\n", 5000))
	c := flow(unpack.Multipart("x/y; boundary=A"), text, unpack.Limits{Entries: 10, Memory: 1 << 20, Bytes: 1 << 20})
	if len(c.parts) != 10 || c.misses[inspect.GapLimitEntries] != 1 {
		t.Errorf("%d parts, missed %v", len(c.parts), c.misses)
	}
	c = flow(unpack.Multipart("x/y; boundary=A"), text, unpack.Limits{Entries: 10000, Memory: 1 << 20, Bytes: 1000})
	if c.total != 1000 || c.misses[inspect.GapLimitBytes] != 1 {
		t.Errorf("%d bytes, missed %v", c.total, c.misses)
	}
	c = &collect{stop: 100}
	unpack.Multipart("x/y; boundary=A")(bytes.NewReader(text), roomy, c)
	if c.late > 0 || len(c.misses) > 0 {
		t.Errorf("%d calls too late, missed %v", c.late, c.misses)
	}
	c = &collect{}
	unpack.Multipart("x/y; boundary=A")(io.MultiReader(bytes.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)), unpack.Limits{Entries: 20000, Memory: 1 << 20, Bytes: 1 << 20}, c)
	if c.misses[inspect.GapBroken] != 1 {
		t.Errorf("a source that fails: missed %v", c.misses)
	}
}

func TestMultipartQuotedPrintable(t *testing.T) {
	text := strings.Repeat("证件号码 = 110101199003072316; ", 300) + "\nend"
	var b bytes.Buffer
	b.WriteString("--A\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	b.WriteString("\r\n--A--")
	c := flow(unpack.Multipart("a/b; boundary=A"), b.Bytes(), roomy)
	if got := string(c.parts[len(c.parts)-1].data); strings.ReplaceAll(got, "\r\n", "\n") != text {
		t.Errorf("got %.100q", got)
	}
}

func TestLooksMultipart(t *testing.T) {
	for text, want := range map[string]bool{
		"--a\r\nContent-Type: x\r\n": true, "words\n--a\ncontent-disposition: x": true, "-- \nContent-Type: x": false, "--a\nb": false, "": false,
	} {
		if got := unpack.LooksMultipart([]byte(text)); got != want {
			t.Errorf("LooksMultipart(%q) = %v", text, got)
		}
	}
}

func FuzzMultipart(f *testing.F) {
	f.Add("multipart/mixed; boundary=A", []byte("--A\nContent-Transfer-Encoding: base64\nContent-Type: message/rfc822\n\nAAAA\n--A--\n"), uint8(3))
	f.Add("", []byte("--x\r\nContent-Type: text/plain; charset=utf-7; format=flowed\r\n\r\n+AGEAYg- \r\nbegin 644 x\r\n#0V%T\r\nend\r\n--x--"), uint8(9))
	f.Fuzz(func(t *testing.T, claim string, b []byte, n uint8) {
		l := unpack.Limits{Entries: 100, Memory: 1 << 20, Bytes: 1 << 20}
		whole := flow(unpack.Multipart(claim), b, l)
		if limit := int64(len(b))*8 + 64; whole.total > limit {
			t.Errorf("%d bytes of %d", whole.total, len(b))
		}
		c := &collect{}
		unpack.Multipart(claim)(iotest.OneByteReader(bytes.NewReader(b)), l, c)
		if len(c.parts) != len(whole.parts) || c.total != whole.total {
			t.Errorf("in pieces: %q\nwhole: %q", c.parts, whole.parts)
		}
		_ = flow(unpack.Mail, b, l)
	})
}
