package sniff_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/proxy/sniff"
)

const host = "Host: a.example\r\n"

// wireCases are streams and the rule that each breaks, "" for none. A body
// whose framing is broken has no name for it: the server finds the fault.
var wireCases = []struct {
	name, in string
	want     sniff.Fault
}{
	{"plain", "GET / HTTP/1.1\r\n" + host + "\r\n", ""},
	{"old", "GET / HTTP/1.0\r\n\r\n", ""},
	{"length", "POST /x?y HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", ""},
	{"two in a row", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n" + host + "\r\n", ""},
	{"line end after a POST", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx\r\nGET / HTTP/1.1\r\n" + host + "\r\n", ""},
	{"chunked with trailers", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-A: b\r\n\r\n", ""},
	{"absolute target", "GET http://a.example/x HTTP/1.1\r\n" + host + "\r\n", ""},
	{"absolute target with the port that is meant", "GET http://a.example:80/x HTTP/1.1\r\n" + host + "\r\n", ""},
	{"address in brackets", "GET http://[::1]:8080/ HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", ""},
	{"raw UTF-8 in the target", "GET /例?q=例 HTTP/1.1\r\n" + host + "\r\n", ""},
	{"everything of a server", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", ""},
	{"expects", "POST / HTTP/1.1\r\n" + host + "Expect: 100-Continue\r\nContent-Length: 0\r\n\r\n", ""},
	{"empty value", "GET / HTTP/1.1\r\n" + host + "X:\r\n\r\n", ""},

	{"handshake", "\x16\x03\x01\x02\x00", sniff.FaultLine},
	{"empty line first", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"three line ends after a POST", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"no target", "GET HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"HTTP/0.9", "GET /\r\n", sniff.FaultLine},
	{"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"tab for a space", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", sniff.FaultVersion},
	{"bad method", "G(T / HTTP/1.1\r\n" + host + "\r\n", sniff.FaultLine},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", sniff.FaultVersion},
	{"lower case version", "GET / http/1.1\r\n" + host + "\r\n", sniff.FaultVersion},
	{"version of three parts", "GET / HTTP/1.1.1\r\n" + host + "\r\n", sniff.FaultVersion},
	{"space behind the version", "GET / HTTP/1.1 \r\n" + host + "\r\n", sniff.FaultVersion},
	{"relative target", "GET x HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"fragment", "GET /#x HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"broken escape", "GET /%4 HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"NUL in the target", "GET /\x00 HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"star for another method", "GET * HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"another scheme", "GET ftp://a.example/ HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"opaque", "GET http:a.example HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"user info", "GET http://u@a.example/ HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"zone", "GET http://[fe80::1%25lo]/ HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"another host than the target", "GET http://a.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n", sniff.FaultAuthority},
	{"another port than the target", "GET http://a.example/ HTTP/1.1\r\nHost: a.example:81\r\n\r\n", sniff.FaultAuthority},
	{"CONNECT with user info", "CONNECT u@a.example:443 HTTP/1.1\r\n" + host + "\r\n", sniff.FaultTarget},
	{"CONNECT with a body", "CONNECT a.example:443 HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx", sniff.FaultLength},

	{"bare LF", "GET / HTTP/1.1\n" + host + "\r\n", sniff.FaultLineEnd},
	{"bare LF in a field", "GET / HTTP/1.1\r\nHost: a.example\n\r\n", sniff.FaultLineEnd},
	{"bare CR in a field", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", sniff.FaultLineEnd},
	{"bare LF at the end", "GET / HTTP/1.1\r\n" + host + "\n", sniff.FaultLineEnd},
	{"folded", "GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", sniff.FaultFold},
	{"folded first field", "GET / HTTP/1.1\r\n Host: a.example\r\n\r\n", sniff.FaultFold},
	{"space before the colon", "GET / HTTP/1.1\r\n" + host + "X : a\r\n\r\n", sniff.FaultField},
	{"no colon", "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", sniff.FaultField},
	{"no name", "GET / HTTP/1.1\r\n" + host + ": x\r\n\r\n", sniff.FaultField},
	{"NUL in a value", "GET / HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", sniff.FaultField},
	{"NUL in a name", "GET / HTTP/1.1\r\n" + host + "X\x00: ab\r\n\r\n", sniff.FaultField},
	{"DEL in a value", "GET / HTTP/1.1\r\n" + host + "X: \x7f\r\n\r\n", sniff.FaultField},
	{"name that is not ASCII", "GET / HTTP/1.1\r\n" + host + "Transfer-Encod\u0131ng: chunked\r\n\r\n", sniff.FaultField},

	{"no host", "GET / HTTP/1.1\r\n\r\n", sniff.FaultHost},
	{"two hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", sniff.FaultHost},
	{"host with user info", "GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n", sniff.FaultHost},
	{"host with a slash", "GET / HTTP/1.1\r\nHost: a.example/x\r\n\r\n", sniff.FaultHost},

	{"the same length twice", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", sniff.FaultLength},
	{"two lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\ncontent-length: 2\r\n\r\nx", sniff.FaultLength},
	{"list of lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\nx", sniff.FaultLength},
	{"signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\nx", sniff.FaultLength},
	{"negative length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\nx", sniff.FaultLength},
	{"hex length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\nx", sniff.FaultLength},
	{"empty length", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\nx", sniff.FaultLength},
	{"length that overflows", "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551617\r\n\r\nx", sniff.FaultLength},
	{"length and coding", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"coding and length", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"coding twice", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"another coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"identity", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n", sniff.FaultCoding},
	{"coding in another case", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"coding in quotes", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"empty coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding:\r\n\r\n", sniff.FaultCoding},
	{"coding for HTTP/1.0", "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", sniff.FaultCoding},
	{"expects something else", "POST / HTTP/1.1\r\n" + host + "Expect: x\r\n\r\n", sniff.FaultExpect},
	{"announces a length as a trailer", "POST / HTTP/1.1\r\n" + host + "Trailer: X, Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", sniff.FaultTrailer},
	{"too many fields", "GET / HTTP/1.1\r\n" + host + strings.Repeat("a:\r\n", 1000) + "\r\n", sniff.FaultSize},
	{"head too large", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 1<<16) + "\r\n\r\n", sniff.FaultSize},
	{"behind one that is right", "GET / HTTP/1.1\r\n" + host + "\r\nGET / HTTP/1.1\r\n\r\n", sniff.FaultHost},
}

// pieces cuts a stream for a reader.
var pieces = map[string]func(io.Reader) io.Reader{
	"whole":     func(r io.Reader) io.Reader { return r },
	"one byte":  iotest.OneByteReader,
	"halves":    iotest.HalfReader,
	"with EOF":  iotest.DataErrReader,
	"by eleven": func(r io.Reader) io.Reader { return &elevens{r} },
}

type elevens struct{ r io.Reader }

func (e *elevens) Read(p []byte) (int, error) { return e.r.Read(p[:min(11, len(p))]) }

func TestWire(t *testing.T) {
	for _, tt := range wireCases {
		for cut, make := range pieces {
			w := sniff.NewWire(make(strings.NewReader(tt.in)), 1<<16)
			got, err := io.ReadAll(w)
			f := w.Replaced(standIn(got))
			if err != nil || f != tt.want || tt.want == "" && string(got) != tt.in {
				t.Errorf("%s, %s: got %q, %v, %q, want %q", tt.name, cut, f, err, tail(got), tt.want)
			}
		}
	}
}

// standIn returns the fields of the request that was put in a head's place.
func standIn(b []byte) map[string][]string {
	_, after, ok := bytes.Cut(b, []byte("OPTIONS * HTTP/1.1\r\nHost: invalid\r\n"))
	if !ok {
		return nil
	}
	_, f, _ := strings.Cut(string(after), sniff.FaultHeader+": ")
	f, _, _ = strings.Cut(f, "\r\n")
	return map[string][]string{sniff.FaultHeader: {f}}
}

func tail(b []byte) []byte { return b[max(0, len(b)-200):] }

// Broken framing of a body ends the stream with framing that is broken as well.
func TestWireBodies(t *testing.T) {
	head := "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n"
	tests := []struct{ name, body, passes string }{
		{"extension", "3;x=y\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"space behind the size", "3 \r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"space before the size", " 3\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"no size", "\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"prefix", "0x3\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"sign", "+3\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"bare LF", "3\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"CR in the size", "3\r\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"size that overflows", "1000000000000003\r\nabc\r\n0\r\n\r\n", "x\r\n"},
		{"data too long", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabcxx"},
		{"bare LF behind the data", "3\r\nabc\n0\r\n\r\n", "3\r\nabcxx"},
		{"no trailer line", "0\r\nX\r\n\r\n", "0\r\n \r\n\r\n"},
		{"folded trailer", "0\r\nX: y\r\n z\r\n\r\n", "0\r\n \r\n\r\n"},
		{"length as a trailer", "0\r\nContent-Length: 3\r\n\r\n", "0\r\n \r\n\r\n"},
		{"host as a trailer", "0\r\nHost: x\r\n\r\n", "0\r\n \r\n\r\n"},
		{"bare LF in trailers", "0\r\nX: y\n\r\n", "0\r\n \r\n\r\n"},
		{"trailers too long", "0\r\nX: " + strings.Repeat("y", 5000) + "\r\n\r\n", "0\r\n \r\n\r\n"},
	}
	for _, tt := range tests {
		for cut, make := range pieces {
			w := sniff.NewWire(make(strings.NewReader(head+tt.body+"GET /smuggled HTTP/1.1\r\n"+host+"\r\n")), 1<<16)
			if got, err := io.ReadAll(w); err != nil || string(got) != head+tt.passes {
				t.Errorf("%s, %s: got %q, %v, want %q", tt.name, cut, got, err, tt.passes)
			}
		}
	}
}

// What comes behind a request that can end HTTP waits for the answer.
func TestWireWaits(t *testing.T) {
	for _, head := range []string{"CONNECT a.example:443 HTTP/1.1\r\n" + host + "\r\n",
		"GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"} {
		t.Run("taken over", func(t *testing.T) {
			w := sniff.NewWire(strings.NewReader(head+"\x16\x03 not HTTP"), 1<<16)
			if got, err := io.ReadAll(w); err != nil || string(got) != head {
				t.Fatalf("before the answer: got %q, %v", got, err)
			}
			w.Release()
			if got, err := io.ReadAll(w); err != nil || string(got) != "\x16\x03 not HTTP" {
				t.Errorf("after it: got %q, %v", got, err)
			}
		})
		t.Run("answered", func(t *testing.T) {
			stop := errors.New("nothing yet")
			r := &turns{parts: []any{head, stop, "GET / HTTP/1.1\r\n" + host + "\r\n"}}
			w := sniff.NewWire(r, 1<<16)
			if got, err := io.ReadAll(w); err != stop || string(got) != head {
				t.Fatalf("before the answer: got %q, %v", got, err)
			}
			w.Answered()
			if got, err := io.ReadAll(w); err != nil || !strings.HasPrefix(string(got), "GET /") {
				t.Errorf("after it: got %q, %v", got, err)
			}
		})
		t.Run("answered, but something came before", func(t *testing.T) {
			w := sniff.NewWire(strings.NewReader(head+"GET /smuggled HTTP/1.1\r\n"+host+"\r\n"), 1<<16)
			io.ReadAll(w)
			w.Answered()
			if got, err := io.ReadAll(w); err != nil || len(got) > 0 {
				t.Errorf("got %q, %v", got, err)
			}
		})
		t.Run("flood", func(t *testing.T) {
			w := sniff.NewWire(io.MultiReader(strings.NewReader(head), endless{}), 1<<16)
			if got, err := io.ReadAll(w); err != nil || string(got) != head {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// turns gives strings and errors in turn.
type turns struct{ parts []any }

func (r *turns) Read(p []byte) (int, error) {
	if len(r.parts) == 0 {
		return 0, io.EOF
	}
	part := r.parts[0]
	r.parts = r.parts[1:]
	if err, ok := part.(error); ok {
		return 0, err
	}
	return copy(p, part.(string)), nil
}
