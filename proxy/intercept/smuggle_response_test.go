package intercept_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/proxytest"
)

// responseRows are answers of an origin that two readers could take apart
// differently, and what the client must read: "" where it must get an error.
// poison, where an answer holds it, is a second answer behind the first.
const poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

var responseRows = []struct{ name, answer, want string }{
	{"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"},
	{"a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + poison, "hello"},
	{"the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello", ""},
	{"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", ""},
	{"a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", ""},
	{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", ""},
	{"an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello", ""},
	{"a length in hex", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello", ""},
	{"two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
	{"a list of codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
	{"a coding with a space before its colon", "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\nhello", "hello"}, // a name that is none is dropped
	{"a bad size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n0\r\n\r\n", ""},
	{"a bare LF behind a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", ""},
	{"an extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n", "hello"},
	{"data longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!!\r\n0\r\n\r\n", ""},
	{"chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ""},
	{"a length without all of its bytes", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", ""},
	{"a length as a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n", "hello"},
	{"a folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"a length folded away", "HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"bare LFs", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"},
	{"a bare CR in a field", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a NUL in a field", "HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a field without a colon", "HTTP/1.1 200 OK\r\nX\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a name with a space", "HTTP/1.1 200 OK\r\nX Y: z\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"HTTP/2.0 in the line", "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
	{"no version", "200 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"another answer behind it", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + poison, "hello"},
	{"another answer behind an empty one", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + poison, "empty"},
	{"another answer behind a 204", "HTTP/1.1 204 No Content\r\n\r\n" + poison, "empty"},
	{"another answer behind a 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n" + poison, "empty"},
	{"another answer behind chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + poison, "empty"},
}

// An answer reaches the client as one answer, framed anew, or as an error; what
// comes behind it is never taken for the answer to the next request.
func TestResponsesHaveOneReading(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("h2 %v", h2), func(t *testing.T) {
			t.Parallel()
			for _, tt := range responseRows {
				keep := func(c net.Conn, rw *bufio.ReadWriter) {
					if !strings.Contains(tt.answer, poison) {
						return
					}
					for { // the connection stays, and serves what comes
						r, err := http.ReadRequest(rw.Reader)
						if err != nil {
							return
						}
						io.Copy(io.Discard, r.Body)
						io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal")
					}
				}
				odd := says(tt.answer, keep)
				s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path != "/odd" {
						io.WriteString(w, "real")
						return
					}
					odd(w, r)
				}}})
				c := s.client(h2)
				resp, err := c.Do(request(t, "POST", s.url("/odd"), strings.NewReader("x")))
				got := ""
				if err == nil {
					var b []byte
					b, err = io.ReadAll(resp.Body)
					resp.Body.Close()
					if got = string(b); err == nil && resp.StatusCode < 400 && got == "" {
						got = "empty"
					}
				}
				switch failed := err != nil || resp.StatusCode == http.StatusBadGateway; {
				case tt.want == "" && !failed:
					t.Errorf("%s: got %d %q, want an error", tt.name, resp.StatusCode, got)
				case tt.want != "" && (failed || got != tt.want):
					t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
				}
				if err == nil && len(resp.Header["Content-Length"]) > 1 {
					t.Errorf("%s: client got lengths %q", tt.name, resp.Header["Content-Length"])
				}
				if !strings.Contains(tt.answer, poison) {
					continue
				}
				if _, body := s.do(c, request(t, "GET", s.url("/next"), nil)); body != "real" {
					t.Errorf("%s: the next request was answered %q", tt.name, body)
				}
			}
		})
	}
}

// The bytes on the client's side have one framing and no bare line end.
func TestResponsesAreFramedAnew(t *testing.T) {
	for _, tt := range responseRows {
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: says(tt.answer, nil)}})
		c := s.raw()
		io.WriteString(c, s.head("POST /")+"Content-Length: 1\r\nConnection: close\r\n\r\nx")
		got, err := io.ReadAll(c)
		head, _, _ := bytes.Cut(got, []byte("\r\n\r\n"))
		low := bytes.ToLower(head)
		framings := bytes.Count(low, []byte("\r\ncontent-length:")) + bytes.Count(low, []byte("\r\ntransfer-encoding:"))
		if framings > 1 || bytes.Count(head, []byte("\n")) != bytes.Count(head, []byte("\r\n")) || bytes.Count(head, []byte("\r")) != bytes.Count(head, []byte("\r\n")) || bytes.Contains(got, []byte("poison")) {
			t.Errorf("%s: got %q, %v", tt.name, got, err)
		}
		c.Close()
	}
}
