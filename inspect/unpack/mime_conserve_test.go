package unpack_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

func TestMimeConserves(t *testing.T) {
	alike(t, func(t *testing.T, l unpack.Limits) {
		s := opened(t, unpack.Mail, []byte(mimeSample), l)
		for _, m := range mimeMarks() {
			if !s.shows(m, []byte(mimeSample), l) {
				t.Errorf("%s did not come out", m)
			}
		}
		if len(s.misses) > 0 {
			t.Errorf("missed %v", s.misses)
		}
		if t.Failed() {
			t.Logf("%.4000s", fmt.Sprint(s.parts[1:]))
		}
	})
}

// TestMimeMutated breaks the sample: what came out before still does, or a
// miss is reported, unless its bytes are gone.
func TestMimeMutated(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 6))
	lines := strings.SplitAfter(mimeSample, "\r\n")
	for i := range 600 {
		broken := slices.Clone(lines)
		at := rnd.IntN(len(broken))
		for strings.Contains(broken[at], "abcdef") {
			at = rnd.IntN(len(broken))
		}
		lost := "" // what may be lost with the line
		switch i % 5 {
		case 0:
			if strings.HasPrefix(broken[at], "--") || strings.Contains(broken[at], ": ") {
				broken[at] = strings.TrimRight(broken[at], "\r\n") + " \t\r\n"
			}
		case 1:
			broken[at] = strings.Replace(broken[at], "\r\n", "\n", 1)
		case 2:
			broken[at] = strings.Replace(broken[at], "\r\n", "\r", 1)
		case 3:
			broken[at] += broken[at]
		case 4:
			broken = broken[:at]
			lost = strings.Join(lines[max(at-8, 0):], "")
		}
		text := []byte(strings.Join(broken, ""))
		alike(t, func(t *testing.T, l unpack.Limits) {
			s := opened(t, unpack.Mail, text, l)
			whole := opened(t, unpack.Mail, []byte(mimeSample), l)
			for _, m := range mimeMarks() {
				if whole.shows(m, []byte(mimeSample), l) && !s.shows(m, text, l) && len(s.misses) == 0 && lost == "" {
					t.Fatalf("line %d, way %d: %s is lost without a miss", at, i%5, m)
				}
			}
		})
	}
}

// TestMimeRest tells that a truncated message gives all that is left of it.
func TestMimeRest(t *testing.T) {
	for cut := 12700; cut < len(mimeSample); cut += 7 {
		text := []byte(mimeSample[:cut])
		alike(t, func(t *testing.T, l unpack.Limits) {
			s := opened(t, unpack.Mail, text, l)
			for _, m := range mimeMarks()[:6] {
				if !s.shows(m, text, l) {
					t.Fatalf("cut at %d: %s is lost", cut, m)
				}
			}
		})
	}
}

// lagOut notes by how much what comes out follows what was read.
type lagOut struct {
	src  *slowly
	last []byte
	worst,
	marks int
}

func (o *lagOut) Begin([]byte, decode.Span) bool { o.last = o.last[:0]; return true }
func (o *lagOut) Same([]byte, int64) bool        { return o.Begin(nil, decode.Span{}) }
func (o *lagOut) Miss(inspect.GapReason, int64)  {}
func (o *lagOut) Write(p []byte) bool {
	o.last = append(o.last, p...)
	for {
		k := bytes.Index(o.last, []byte("<<"))
		if k < 0 || len(o.last) < k+12 {
			break
		}
		at := 0
		for _, c := range o.last[k+2 : k+10] {
			at = at*10 + int(c-'0')
		}
		o.marks++
		o.worst = max(o.worst, o.src.n-at)
		o.last = o.last[k+10:]
	}
	if len(o.last) > 64 {
		o.last = slices.Clone(o.last[len(o.last)-64:])
	}
	return true
}

func TestMimeLag(t *testing.T) {
	const size = 60 << 10
	place := func(n, scale int) string { // names its own place in the text
		digits := make([]byte, 8)
		for v, i := n*scale/300, 7; i >= 0; i, v = i-1, v/10 {
			digits[i] = byte('0' + v%10)
		}
		return "<<" + string(digits) + ">>"
	}
	body := func(scale int, end string) string {
		var b strings.Builder
		for b.Len() < size*300/scale {
			b.WriteString(place(b.Len(), scale) + end)
		}
		return b.String()
	}
	coded := func(s string, line int) string {
		return wrap(base64.StdEncoding.EncodeToString([]byte(s)), line, "\r\n")
	}
	tests := []struct{ name, head, body string }{
		{"lines", "", body(300, "\n")},
		{"one line", "", body(300, " ")},
		{"base64", "Content-Transfer-Encoding: base64", coded(body(411, "\n"), 76)},
		{"base64 in one line", "Content-Transfer-Encoding: base64", coded(body(400, "\n"), 1<<20)},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable", body(300, "\n")},
		{"a charset", "Content-Type: text/plain; charset=utf-7", body(300, " ")},
		{"a charset in base64", "Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-7", coded(body(411, " "), 76)},
		{"flowed", "Content-Type: text/plain; format=flowed", body(300, " \n")},
		{"a field", "Content-Disposition: form-data; name*=utf-8''x", body(300, "\n")},
		{"a field in base64", "Content-Disposition: form-data; name=x\nContent-Transfer-Encoding: base64", coded(body(411, "\n"), 76)},
		{"a header", "X: " + body(300, " ") + " =?utf-8?Q?x?=", ""},
		{"a message in base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", coded(body(411, "\n"), 76)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			alike(t, func(t *testing.T, l unpack.Limits) {
				src := &slowly{text: []byte("--A\n" + tt.head + "\n\n" + tt.body + "\n--A--")}
				o := &lagOut{src: src}
				unpack.Multipart("multipart/mixed; boundary=A")(src, l, o)
				if o.worst > 12<<10 || o.marks < size/20 && !l.Beside {
					t.Errorf("%d marks, at most %d bytes behind", o.marks, o.worst)
				}
			})
		})
	}
}
