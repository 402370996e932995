package unpack_test

import (
	"bytes"
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

func TestLooksUU(t *testing.T) {
	for text, want := range map[string]bool{
		"begin 644 a b\r\n#0V%T\r\n": true, "begin-base64 644 x\nQ2F0\n": true, "begin 644 x\nwords": false, "begin 644 x": false, "begin\n#0V%T": false, "": false,
	} {
		if got := unpack.LooksUU([]byte(text)); got != want {
			t.Errorf("LooksUU(%q) = %v", text, got)
		}
	}
}
