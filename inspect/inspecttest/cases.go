package inspecttest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// want is one expected finding. The place is given by the text as it stands
// in the part; a text that is not there (it is coded) has no place.
type want struct {
	class inspect.Class
	conf  inspect.Confidence
	text  string
}

type sample struct {
	name    string
	meta    inspect.Meta
	data    []byte
	wants   []want // all findings of medium and above, by offset
	cover   inspect.CoverState
	persons int
}

func samples() []sample {
	const (
		id     = "11010519491231002X"
		phone  = "13800138000"
		mail   = "zhang.san@example.com"
		card   = "6217001210024455220"
		credit = "91330100799655058B"
	)
	form := inspect.Meta{ContentType: "application/x-www-form-urlencoded"}
	gz := inspect.Meta{ContentEncoding: "gzip", ContentType: "application/json"}
	obj := `{"name":"样本","idNo":"` + id + `","phone":"` + phone + `","email":"` + mail + `","card":"` + card + `"}`
	all := []want{{inspect.ResidentID, inspect.High, id}, {inspect.Mobile, inspect.High, phone},
		{inspect.Email, inspect.High, mail}, {inspect.BankCard, inspect.High, card}}
	coded := []want{{inspect.ResidentID, inspect.High, ""}, {inspect.Mobile, inspect.High, ""},
		{inspect.Email, inspect.High, ""}, {inspect.BankCard, inspect.High, ""}}
	long := strings.Repeat("lorem ipsum dolor sit amet, ", 400)
	return append(unreadSamples(long, phone), []sample{
		{name: "nothing", cover: inspect.Full},
		{name: "clean text", data: []byte(long), cover: inspect.Full},
		{name: "one object", data: []byte(obj), wants: all, cover: inspect.Full, persons: 1},
		{name: "deep in a long text", data: []byte(long + obj + long), wants: all, cover: inspect.Full, persons: 1},
		{name: "only a number", data: []byte(id), wants: []want{{inspect.ResidentID, inspect.Medium, id}}, cover: inspect.Full, persons: 1},
		{name: "grouped mobile", data: []byte("call 138-0013-8000 or +86 139 1234 5678."), cover: inspect.Full, persons: 2,
			wants: []want{{inspect.Mobile, inspect.Medium, "138-0013-8000"}, {inspect.Mobile, inspect.Medium, "+86 139 1234 5678"}}},
		{name: "full-width digits", data: []byte("电话１３８００１３８０００。"), cover: inspect.Full, persons: 1,
			wants: []want{{inspect.Mobile, inspect.High, "１３８００１３８０００"}}},
		{name: "credit code", data: []byte("buyer " + credit + ", seller none"), cover: inspect.Full,
			wants: []want{{inspect.USCC, inspect.Medium, credit}}},
		{name: "secrecy mark", data: synth.Secret(), cover: inspect.Full, wants: []want{{inspect.MarkSecret, inspect.High, "机密★20年"}}},
		{name: "secrecy mark in GB18030", data: synth.SecretGB18030(), cover: inspect.Full,
			wants: []want{{inspect.MarkSecret, inspect.High, string(synth.GB18030([]byte("机密★20年")))}}},
		{name: "context in GB18030", data: synth.GB18030([]byte("姓名样本，身份证号" + id + "，手机" + phone)), cover: inspect.Full, persons: 1,
			wants: []want{{inspect.ResidentID, inspect.High, id}, {inspect.Mobile, inspect.High, phone}}},
		{name: "form", meta: form, data: []byte("phone=%2B86+138+0013+8000&mail=zhang.san%40example.com&x=1"), cover: inspect.Full, persons: 1,
			wants: []want{{inspect.Mobile, inspect.High, "%2B86+138+0013+8000"}, {inspect.Email, inspect.High, "zhang.san%40example.com"}}},
		{name: "head", meta: inspect.Meta{Kind: inspect.Head}, data: []byte("GET /u?tel=138%30013800%30&q=a HTTP/1.1\r\nHost: a.example\r\n\r\n"),
			cover: inspect.Full, persons: 1, wants: []want{{inspect.Mobile, inspect.High, "138%30013800%30"}}},
		{name: "json escapes", data: []byte(`{"\u624b\u673a":"138\u00300138000","note":"line\nzhang.san@example.com\n` + id + `"}`),
			cover: inspect.Full, persons: 1, wants: []want{{inspect.Mobile, inspect.High, `138\u00300138000`},
				{inspect.Email, inspect.Medium, mail}, {inspect.ResidentID, inspect.Medium, id}}},
		{name: "escapes that come and go", data: []byte(`a\tb ` + long + phone + " " + long + `\u0031` + phone[1:] + `\n` + long + "100%"),
			cover: inspect.Full, persons: 1, wants: []want{{inspect.Mobile, inspect.Medium, phone}, {inspect.Mobile, inspect.Medium, `\u0031` + phone[1:]}}},
		{name: "gzip", meta: gz, data: pack(gzipTo, obj), wants: coded, cover: inspect.Full, persons: 1},
		{name: "gzip nobody declares", data: pack(gzipTo, long+obj+long), wants: coded, cover: inspect.Full, persons: 1},
		{name: "gzip twice", meta: inspect.Meta{ContentEncoding: "gzip, gzip"}, data: pack(gzipTo, string(pack(gzipTo, obj))),
			wants: coded, cover: inspect.Full, persons: 1},
		{name: "deflate", meta: inspect.Meta{ContentEncoding: "deflate"}, data: pack(zlibTo, obj), wants: coded, cover: inspect.Full, persons: 1},
		{name: "gzip cut off", meta: gz, data: pack(gzipTo, long+obj+long)[:60], cover: inspect.Opaque},
		{name: "gzip that is none", meta: gz, data: []byte(obj), wants: all, cover: inspect.Partial, persons: 1},
		{name: "utf-16", data: utf16le("\ufeff" + obj), wants: coded, cover: inspect.Full, persons: 1},
		{name: "utf-16 without mark", data: utf16le(obj), wants: coded, cover: inspect.Full, persons: 1},
		{name: "utf-16 in gzip", data: pack(gzipTo, string(utf16le(obj))), wants: coded, cover: inspect.Full, persons: 1},
		{name: "inside other tokens", data: []byte("a13800138000 13800138000z 1.13800138000 x_" + id + " 0" + phone + "0"), cover: inspect.Full},
	}...)
}

// unreadSamples are parts of which something cannot be read.
func unreadSamples(long, phone string) []sample {
	return []sample{
		{name: "zip", data: []byte("PK\x03\x04" + long), cover: inspect.Opaque},
		{name: "zip in a form", meta: inspect.Meta{ContentType: "multipart/form-data; boundary=b"}, cover: inspect.Partial, persons: 1,
			data:  []byte("--b\r\nContent-Type: application/zip\r\n\r\nPK\x03\x04" + long + "\r\n--b\r\n\r\n" + phone + "\r\n--b--\r\n"),
			wants: []want{{inspect.Mobile, inspect.Medium, phone}}},
		{name: "form nobody declares as multipart", data: []byte("--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + long + "\r\n--b--\r\n"), cover: inspect.Partial},
		{name: "text in a form", data: []byte("--b\r\nContent-Type: text/csv\r\n\r\n" + long + "\r\n--b--\r\n"), cover: inspect.Full},
		{name: "encrypted", data: []byte("Salted__" + long), cover: inspect.Opaque},
		{name: "image", data: []byte("\x89PNG\r\n\x1a\n" + long), cover: inspect.Partial},
		{name: "tar", data: []byte(strings.Repeat("a", 257) + "ustar\x00" + long), cover: inspect.Partial},
		{name: "base64", data: []byte(strings.Repeat("aGVsbG8gd29ybGQsIDEy", 8)), cover: inspect.Full},
		{name: "zstd that is none", meta: inspect.Meta{ContentEncoding: "zstd"}, data: []byte(long), cover: inspect.Partial},
		{name: "a coding that nobody knows", meta: inspect.Meta{ContentEncoding: "x-own"}, data: []byte(long), cover: inspect.Opaque},
	}
}

func pack(to func(io.Writer) io.WriteCloser, text string) []byte {
	var b bytes.Buffer
	w := to(&b)
	_, _ = io.WriteString(w, text) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func gzipTo(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibTo(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

func utf16le(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
