package engine_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/synth"
)

// TestUnread holds the engine to saying what it could not read, and to
// reading on around it.
func TestUnread(t *testing.T) {
	multi := inspect.Meta{ContentType: "multipart/form-data; boundary=b"}
	js := inspect.Meta{ContentType: "application/json"}
	gz := inspect.Meta{ContentType: multi.ContentType, ContentEncoding: "gzip"}
	const part = "\r\n--b\r\nContent-Disposition: form-data; name=\"f\"\r\n"
	body := func(headers, content string) string {
		return part[2:] + "\r\n" + phoneA + part + headers + "\r\n" + content + part + "\r\n" + phoneB + "\r\n--b--\r\n"
	}
	file := "PK\x03\x04" + strings.Repeat("\x07z", 500)
	cards := strings.Repeat("note "+phoneA+"; ", 60)
	tarball := phoneA + strings.Repeat("\x00", 246) + "ustar\x0000" + strings.Repeat("\x00", 249) + "call " + phoneB + "\n"
	noise := base64.StdEncoding.EncodeToString(synthNoise(1200))
	text := base64.StdEncoding.EncodeToString([]byte(cards))
	tests := []struct {
		name  string
		meta  inspect.Meta
		data  string
		state inspect.CoverState
		gap   inspect.Gap
		want  string
	}{
		{"file in a form", multi, body("", file), inspect.Partial, inspect.Gap{Reason: inspect.GapUnknownFormat, Bytes: 1004}, "M2"},
		{"file in a form nobody declares", js, body("", file), inspect.Partial, inspect.Gap{Reason: inspect.GapUnknownFormat, Bytes: 1004}, "M2"},
		{"gzip in a form", multi, body("", string(zipped(cards))), inspect.Full, inspect.Gap{}, "M9"},
		{"base64 in a form", multi, body("Content-Transfer-Encoding: base64\r\n", text), inspect.Full, inspect.Gap{}, "M9"},
		{"cipher in a form", multi, body("", "Salted__"+file), inspect.Partial, inspect.Gap{Reason: inspect.GapEncrypted, Bytes: 1012}, "M2"},
		{"image in a form", multi, body("", "\xff\xd8\xff\xe1 "+aMail+" "), inspect.Partial, inspect.Gap{Reason: inspect.GapBroken, Bytes: 25}, "M2 E1"},
		{"plain files in a form", multi, body("", "a,b\n1,"+anID+"\n"), inspect.Full, inspect.Gap{}, "I1 M2"},
		{"json in a form", multi, body("Content-Transfer-Encoding: binary\r\n", `{"id":"`+anID+`"}`), inspect.Full, inspect.Gap{}, "I1 M2"},
		{"form in gzip", gz, string(zipped(body("", "hello"))), inspect.Full, inspect.Gap{}, "M2"},
		{"many files", multi, strings.Repeat(part+"\r\n"+file, 2000), inspect.Partial, inspect.Gap{Reason: inspect.GapUnknownFormat, Bytes: 2000 * 1004}, ""},
		{"a message", inspect.Meta{ContentType: "message/rfc822"}, "From: a\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text, inspect.Full, inspect.Gap{}, "M9"},

		{"cipher", inspect.Meta{}, "Salted__" + file, inspect.Opaque, inspect.Gap{Reason: inspect.GapEncrypted, Bytes: 1012}, ""},
		{"cipher in gzip", inspect.Meta{}, string(zipped("age-encryption.org/v1\n" + file)), inspect.Opaque,
			inspect.Gap{Reason: inspect.GapEncrypted, Bytes: int64(len(zipped("age-encryption.org/v1\n" + file)))}, ""},
		{"vault", inspect.Meta{}, "$ANSIBLE_VAULT;1.1;AES256\n3138\n", inspect.Opaque, inspect.Gap{Reason: inspect.GapEncrypted, Bytes: 31}, ""},
		{"image that is none", inspect.Meta{}, "\x89PNG\r\n\x1a\n tEXt " + phoneA + " ", inspect.Partial, inspect.Gap{Reason: inspect.GapBroken, Bytes: 18}, "M1"},
		{"tar that is none", inspect.Meta{}, tarball, inspect.Partial, inspect.Gap{Reason: inspect.GapBroken, Bytes: 512}, "M2"},
		{"base64", inspect.Meta{}, text, inspect.Full, inspect.Gap{}, "M9"},
		{"base64 of noise", inspect.Meta{}, noise, inspect.Opaque, inspect.Gap{Reason: inspect.GapUnknownFormat, Bytes: int64(len(noise))}, ""},
		{"base64 in a value", js, `{"a":"` + text + `"}`, inspect.Full, inspect.Gap{}, "M9"},
		{"a list of numbers", inspect.Meta{}, strings.Repeat(phoneA+"\n", 9), inspect.Full, inspect.Gap{}, "M9"},
		{"a comment", inspect.Meta{}, "-- dump\n--\n\nINSERT INTO t VALUES ('" + phoneA + "');\n", inspect.Full, inspect.Gap{}, "M1"},
		{"a certificate", inspect.Meta{}, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n", inspect.Full, inspect.Gap{}, "M9"},
		{"names in GBK", inspect.Meta{}, string(synth.GB18030([]byte("名字，手机" + phoneA))), inspect.Full, inspect.Gap{}, "M1"},
	}
	e := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var gaps []inspect.Gap
			if tt.gap.Reason != "" {
				gaps = append(gaps, tt.gap)
			}
			whole := scan(t, e, tt.meta, []byte(tt.data), 0)
			c := whole.Coverage
			c.Gaps = slices.DeleteFunc(slices.Clone(c.Gaps), func(g inspect.Gap) bool { // the dots of a picture are never read
				return g.Reason != tt.gap.Reason && tt.gap.Reason != "" && (g.Reason == inspect.GapUnknownFormat || g.Reason == inspect.GapBroken)
			})
			if c.State != tt.state || !slices.Equal(c.Gaps, gaps) || c.Seen != int64(len(tt.data)) || c.Skipped < tt.gap.Bytes {
				t.Errorf("coverage %+v, want %v with %+v", c, tt.state, gaps)
			}
			if got := tells(whole); got != order(tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			sizes := []int{1, 2, 5, 63, 65, 4096}
			if len(tt.data) > 1<<20 {
				sizes = []int{997, 4096}
			}
			for _, n := range sizes {
				if r := scan(t, e, tt.meta, []byte(tt.data), n); !inspecttest.Same(whole, r) {
					t.Errorf("in pieces of %d: %+v", n, r.Coverage)
				}
			}
		})
	}
}

// TestNoPartIsClean lets each head that is not read stand in each kind of
// multipart: none may look clean, and text in its place must.
func TestNoPartIsClean(t *testing.T) {
	heads := []string{"PK\x03\x04", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07\x01", "\xfd7zXZ\x00", "BZh9", "\x28\xb5\x2f\xfd", "%PDF-1.7", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"\x1f\x8b\x08\x00", "Salted__", "age-encryption.org/v1", "\x85\x01\x0c\x0312345678\x01", "\x8c\x0d\x04\x09\x03\x08", "LUKS\xba\xbe",
		"-----BEGIN PGP MESSAGE-----\n\n", "$ANSIBLE_VAULT;1.1", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "GIF89a",
		"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00"}
	frames := []string{
		"--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b--\r\n", "--b\n\n%s\n--b--", "--other\r\nA: b\r\n\r\n%s\r\n--other--",
		"preamble\r\n--b\r\nA: b\r\n\r\n%s", "\r\n\r\n--b\r\nA: b\r\n\r\nx\r\n--b\r\nA: b\r\n\r\n%s\r\n--b--",
		"--b\r\nContent-Type: multipart/mixed; boundary=\"c d\"\r\n\r\n--c d\r\nA: b\r\n\r\n%s\r\n--c d--\r\n--b--",
		"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\n%s\r\n--b--",
	}
	e := open(t)
	for _, m := range []inspect.Meta{{ContentType: "Multipart/form-data; boundary=b"}, {ContentType: "multipart/mixed"}} {
		for _, frame := range frames {
			for _, head := range heads {
				data := fmt.Sprintf(frame, head+"\x01\x02"+strings.Repeat("content ", 20))
				if c := scan(t, e, m, []byte(data), 0).Coverage; c.State == inspect.Full || len(c.Gaps) == 0 {
					t.Errorf("%q looks clean: %+v", data[:min(len(data), 90)], c)
				}
			}
			if c := scan(t, e, m, []byte(fmt.Sprintf(frame, strings.Repeat("content ", 20))), 0).Coverage; c.State != inspect.Full {
				t.Errorf("text in %q: %+v", frame, c)
			}
		}
	}
}

// A type that a sender claims hides nothing: the same form is read under each.
func TestFormUnderAnyType(t *testing.T) {
	e, err := engine.New(engine.Options{Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	for _, ct := range []string{"", "application/x-www-form-urlencoded", "image/png", "application/json", "text/html", "video/mp4"} {
		s, err := e.Open(inspect.Meta{ContentType: ct, Size: -1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Write([]byte("tel=%2B86+138+0013+8000&a=1%33%38%30%30%3138001&b=x"))
		r, err := s.Close()
		if err != nil {
			t.Fatal(err)
		}
		if n := r.Count(inspect.Mobile, inspect.Medium); n != 2 {
			t.Errorf("as %q: %d mobiles, want 2", ct, n)
		}
	}
}

// synthNoise is n bytes of no meaning, always the same.
func synthNoise(n int) []byte {
	b := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}
