package unpack_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// beside are the limits of a caller that reads the text as it lies, too.
var beside = unpack.Limits{Entries: roomy.Entries, Memory: roomy.Memory, Bytes: roomy.Bytes, Beside: true}

// sameOut is a collect that knows which parts stand in the text as they are.
type sameOut struct {
	collect
	from []int64 // of each part, or -1
}

func (s *sameOut) Begin(name []byte, at decode.Span) bool {
	s.from = append(s.from, -1)
	return s.collect.Begin(name, at)
}

func (s *sameOut) Same(name []byte, from int64) bool {
	ok := s.Begin(name, decode.Span{From: from, To: from + 1})
	s.from[len(s.from)-1] = from
	return ok
}

// opened opens a text by f in the given way and holds each part against it.
func opened(t testing.TB, f unpack.Flow, text []byte, l unpack.Limits) *sameOut {
	t.Helper()
	s := &sameOut{}
	f(bytes.NewReader(text), l, s)
	for i, p := range s.parts {
		if p.at.From < 0 || p.at.To <= p.at.From || p.at.From > int64(len(text)) {
			t.Errorf("part %v of a text of %d bytes", p, len(text))
		}
		if from := s.from[i]; from >= 0 && !bytes.HasPrefix(text[from:], p.data) {
			t.Errorf("part %v does not stand at %d in %q", p, from, text)
		}
	}
	return s
}

// shows reports whether s came out, be it in UTF-16, or stands plainly in a
// text that is read beside the parts.
func (s *sameOut) shows(want string, text []byte, l unpack.Limits) bool {
	for _, p := range s.parts {
		if bytes.Contains(bytes.ReplaceAll(p.data, []byte{0}, nil), []byte(want)) {
			return true
		}
	}
	return s.holds(want) || l.Beside && bytes.Contains(text, []byte(want))
}

// alike runs a test alone and beside the reading of the text.
func alike(t *testing.T, f func(t *testing.T, l unpack.Limits)) {
	t.Run("alone", func(t *testing.T) { f(t, roomy) })
	t.Run("beside", func(t *testing.T) { f(t, beside) })
}

// mimeSample holds a marker in every place that a message has for text.
var mimeSample = crlf(`Subject: =?utf-8?B?TUFSSzAx?= =?big5?Q?MARK=30=32?=
To: =?gb2312?B?TUFSSzAz?= <a@example.com>
X-Long: ` + strings.Repeat("=?utf-8?Q?abcdefghijklmnopqrstuvwxyz?=\n ", 300) + `=?utf-8?Q?MARK=30=34?=
X-Folded: MARK
 05
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="A"

MARK06
--A
Content-Type: text/plain; charset=utf-8; name*0*=gb18030''%4dAR; name*1*=K07
Content-Transfer-Encoding: base64

TUFSSzA4IGluIGJhc2U2NCB3aXRoIG90aGVyIHdvcmRzIGFuZCBudW1iZXJzIDAxMjM=
--A
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

MAR=
K09 =4DARK10
--A
Content-Type: multipart/alternative; boundary=B

--B
Content-Type: text/plain; charset=utf-7

+AE0AQQBSAEs-11
--B
Content-Type: text/plain; format=flowed; delsp=yes

MAR 
K12
--B--
MARK13
--A
Content-Disposition: form-data; name*=utf-8''%4dARK14

MARK15
--A
Content-Type: message/rfc822

Subject: =?utf-8?Q?MARK16?=
Content-Type: text/plain; charset=utf-16be
Content-Transfer-Encoding: base64

AE0AQQBSAEsAMQA3
--A
Content-Type: message/rfc822
Content-Transfer-Encoding: base64

U3ViamVjdDogPT91dGYtOD9RP01BUks9MzE9Mzg/PQpDb250ZW50LVRyYW5zZmVyLUVuY29kaW5n
OiBxdW90ZWQtcHJpbnRhYmxlCgo9NERBUksxOQo=
--A

begin 644 MARK20
&34%22S(Q
` + "`" + `
end
begin-base64 644 x.txt
TUFSSzIyIGFuZCBtb3JlIG9mIGl0
====
MARK23
--A--
MARK24
`)

// mimeMarks are those of the sample that come out decoded or as they lie.
func mimeMarks() (out []string) {
	for i := 1; i <= 24; i++ {
		out = append(out, "MARK"+string([]byte{byte('0' + i/10), byte('0' + i%10)}))
	}
	return out
}

// slowly gives one byte at a time, and says how many there were.
type slowly struct {
	text []byte
	n    int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.n == len(s.text) {
		return 0, io.EOF
	}
	p[0] = s.text[s.n]
	s.n++
	return 1, nil
}
