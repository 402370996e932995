package unpack_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/inspect/unpack"
)

// keeps holds what an opener makes of b against what it makes of it in pieces,
// and what comes out beside the text against what comes out without it.
func keeps(t testing.TB, f unpack.Flow, b []byte) {
	tight := unpack.Limits{Entries: 100, Memory: 1 << 20, Bytes: 1 << 20}
	whole := opened(t, f, b, tight)
	if limit := int64(len(b))*8 + 64; whole.total > limit {
		t.Errorf("%d bytes of %d", whole.total, len(b))
	}
	tight.Beside = true
	some := opened(t, f, b, tight)
	pieces := &sameOut{}
	f(iotest.OneByteReader(bytes.NewReader(b)), tight, pieces)
	if len(pieces.parts) != len(some.parts) || len(pieces.misses) != len(some.misses) {
		t.Fatalf("in pieces: %q\nwhole: %q", pieces.parts, some.parts)
	}
	for i, p := range pieces.parts {
		if p.String() != some.parts[i].String() {
			t.Errorf("in pieces: %q\nwhole: %q", p, some.parts[i])
		}
	}
	if len(whole.misses) > 0 {
		return
	}
	for _, p := range whole.parts {
		for word := range strings.FieldsFuncSeq(string(p.data), func(r rune) bool { return r < '0' || r > '9' }) {
			if len(word) >= 6 && !some.shows(word, b, tight) {
				t.Errorf("%q comes out alone but not beside %q: %q, and %q", word, b, whole.parts, some.parts)
			}
		}
	}
}

func FuzzMultipart(f *testing.F) {
	f.Add("multipart/mixed; boundary=A", []byte("--A\nContent-Transfer-Encoding: base64\nContent-Type: message/rfc822\n\nAAAA\n--A--\n"))
	f.Add("", []byte("--x\r\nContent-Type: text/plain; charset=utf-7; format=flowed\r\n\r\n+AGEAYg- \r\nbegin 644 x\r\n#0V%T\r\nend\r\n--x--"))
	f.Add("", []byte("--x\rContent-Disposition: form-data; name*0*=gbk''%31; name*1=2\rContent-Type: text/plain; charset=big5\r\r\xa8\xad123456\r--x--"))
	f.Fuzz(func(t *testing.T, claim string, b []byte) { keeps(t, unpack.Multipart(claim), b) })
}

func FuzzMail(f *testing.F) {
	f.Add([]byte(mimeSample[len(mimeSample)-1800:]))
	f.Add([]byte("From a@b Thu Jan  1 00:00:00 2026\nSubject: =?utf-8?B?MTIz?=\n =?utf-8?B?NDU2?=\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nX: =\n1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = unpack.IsMail(b)
		_ = unpack.LooksMultipart(b)
		keeps(t, unpack.Mail, b)
	})
}
