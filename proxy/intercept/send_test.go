package intercept_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
	"golang.org/x/net/http2"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func shutdown(i *intercept.Interceptor) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	i.Shutdown(ctx)
}

// sendRow is one way in which sending goes. want is what the records say,
// method, status, attempts, sent, bytes and fault, and what the origin saw.
type sendRow struct {
	name    string
	house   proxytest.HouseOptions
	origin  scriptOptions
	foreign bool
	down    bool
	run     func(s *stage, o *scripted)
	want    string
}

const mebibyte = 1 << 20

func TestSending(t *testing.T) {
	rows := append(append(staleRows(), brokenRows()...), append(clientRows(), append(sharedRows(), h2Rows()...)...)...)
	if len(rows) < 30 {
		t.Errorf("%d rows, want 30 or more", len(rows))
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, o := newSendStage(t, row.house, row.origin, row.foreign)
			if row.down {
				o.close()
			}
			row.run(s, o)
			n := strings.Count(row.want, ";")
			got := ""
			for _, r := range s.records(n) {
				out := policy.Outcome{}
				if r.Outcome != nil {
					out = *r.Outcome
				} else {
					out.Fault = r.Intent.Decided.Reasons[0].Code
				}
				got += fmt.Sprintf("%s %d x%d %s %d %s; ", r.Intent.Method, out.Status, out.Attempts, out.Sent, out.Bytes, out.Fault)
			}
			got = strings.ReplaceAll(got, " ; ", "; ")
			got += fmt.Sprintf("conns %d heads %d bytes %d", o.conns.Load(), o.heads.Load(), o.bytes.Load())
			t.Log(got)
			if got != row.want {
				t.Errorf("\n got %s\nwant %s", got, row.want)
			}
		})
	}
}

// ask sends one request and reads its answer; an error is a status of 0.
func (s *stage) ask(c *http.Client, method, body string, header ...string) int {
	s.t.Helper()
	var b io.Reader
	if body != "" {
		b = strings.NewReader(body)
	}
	r := request(s.t, method, s.url("/"), b)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.GetBody = nil // the client's own transport must not send again
	resp, err := c.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0
	}
	return resp.StatusCode
}

// once asks once and wants a status.
func once(method, body string, status int, header ...string) func(*stage, *scripted) {
	return func(s *stage, _ *scripted) {
		s.t.Helper()
		if got := s.ask(s.client(false), method, body, header...); got != status {
			s.t.Errorf("client got %d, want %d", got, status)
		}
	}
}

// again asks for something harmless first, so that the connection is used.
func again(method, body string, status int, header ...string) func(*stage, *scripted) {
	return func(s *stage, o *scripted) {
		s.t.Helper()
		c := s.client(false)
		if got := s.ask(c, "GET", ""); got != 200 {
			s.t.Fatalf("first request: %d", got)
		}
		if got := s.ask(c, method, body, header...); got != status {
			s.t.Errorf("client got %d, want %d", got, status)
		}
	}
}

// staleRows are connections that ended while nobody used them.
func staleRows() []sendRow {
	stale := scriptOptions{script: func(c *spoken) {
		if c.n > 1 {
			c.serve()
			return
		}
		c.all()
		c.answer(200, "", "ok")
		c.all() // and says nothing
	}}
	past := func() time.Time { return time.Now().Add(-time.Second) }
	observe := proxytest.HouseOptions{Mode: proxy.Observe}
	return []sendRow{
		{name: "stale connection, GET", origin: stale, run: again("GET", "", 200),
			want: "GET 200 x1 all 0; GET 200 x2 all 0; conns 2 heads 3 bytes 0"},
		{name: "stale connection, HEAD", origin: stale, run: again("HEAD", "", 200),
			want: "GET 200 x1 all 0; HEAD 200 x2 all 0; conns 2 heads 3 bytes 0"},
		{name: "stale connection, POST", origin: stale, run: again("POST", "12345", 502),
			want: "GET 200 x1 all 0; POST 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 2 bytes 5"},
		{name: "stale connection, POST with an idempotency key", origin: stale, run: again("POST", "12345", 200, "Idempotency-Key", "k"),
			want: "GET 200 x1 all 0; POST 200 x2 all 10; conns 2 heads 3 bytes 10"},
		{name: "stale connection, PUT comes from the gate again", origin: stale, run: again("PUT", "12345", 200),
			want: "GET 200 x1 all 0; PUT 200 x2 all 10; conns 2 heads 3 bytes 10"},
		{name: "stale connection, the verdict ended", origin: stale, house: proxytest.HouseOptions{Until: past}, run: again("GET", "", 502),
			want: "GET 200 x1 all 0; GET 0 x1 some 0 ORIGIN_UNREACHABLE; conns 1 heads 2 bytes 0"},
		{name: "stale connection, observed GET", origin: stale, house: observe, run: again("GET", "", 200),
			want: "GET 200 x1 all 0; GET 200 x2 all 0; conns 2 heads 3 bytes 0"},
		{name: "stale connection, observed PUT that nobody holds", origin: stale, house: observe, run: again("PUT", "12345", 502),
			want: "GET 200 x1 all 0; PUT 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 2 bytes 5"},
	}
}

// brokenRows are origins that misbehave.
func brokenRows() []sendRow {
	script := func(f func(c *spoken)) scriptOptions { return scriptOptions{script: f} }
	large := strings.Repeat("x", 4*mebibyte)
	dies := script(func(c *spoken) {
		if r := c.head(); r != nil {
			c.some(r, 1000)
		}
	})
	return []sendRow{
		{name: "origin closes before the response, GET", origin: script(func(c *spoken) { c.all() }), run: once("GET", "", 502),
			want: "GET 0 x3 some 0 ORIGIN_UNREACHABLE; conns 3 heads 3 bytes 0"},
		{name: "origin closes before the response, POST", origin: script(func(c *spoken) { c.all() }), run: once("POST", "12345", 502),
			want: "POST 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 5"},
		{name: "origin closes within the response head", origin: script(func(c *spoken) { c.all(); io.WriteString(c, "HTTP/1.1 200 OK\r\nA: b") }), run: once("GET", "", 502),
			want: "GET 0 x1 some 0 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 0"},
		{name: "origin closes within the request body, POST", origin: dies, run: func(s *stage, _ *scripted) {
			if got := s.ask(s.client(false), "POST", "1234567"); got != 502 {
				s.t.Errorf("got %d", got)
			}
		}, want: "POST 0 x1 some 7 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 7"},
		{name: "origin closes within the request body, PUT", origin: dies, run: once("PUT", "1234567", 502),
			want: "PUT 0 x3 some 21 ORIGIN_UNREACHABLE; conns 3 heads 3 bytes 21"},
		{name: "early response while uploading", origin: script(func(c *spoken) { c.head(); c.answer(413, "Connection: close\r\n", "large"); c.gone() }),
			run: func(s *stage, _ *scripted) {
				if got := s.ask(s.client(false), "POST", large); got != 413 {
					s.t.Errorf("got %d", got)
				}
				r := s.records(1)[0].Outcome
				if r.Status != 413 || r.Attempts != 1 || r.Sent != policy.SentSome || r.Bytes == 0 || r.Bytes > 4*mebibyte || r.Fault != "" {
					s.t.Errorf("outcome %+v", *r)
				}
				s.house.Forget()
			}, want: "conns 1 heads 1 bytes 0"},
		{name: "origin dies within the response", origin: script(func(c *spoken) {
			c.all()
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.")
		}), run: once("GET", "", 0), want: "GET 200 x1 all 0 ORIGIN_CUT_RESPONSE; conns 1 heads 1 bytes 0"},
		{name: "origin dies within a chunked response", origin: script(func(c *spoken) {
			c.all()
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nten bytes.\r\n")
		}), run: once("GET", "", 0), want: "GET 200 x1 all 0 ORIGIN_CUT_RESPONSE; conns 1 heads 1 bytes 0"},
		{name: "origin is slow, GET is not sent again", origin: script(func(c *spoken) { c.all(); c.gone() }), run: once("GET", "", 504),
			want: "GET 0 x1 some 0 ORIGIN_TIMEOUT; conns 1 heads 1 bytes 0"},
		{name: "informational response, then cut", origin: script(func(c *spoken) { c.all(); io.WriteString(c, "HTTP/1.1 103 X\r\nLink: a\r\n\r\n") }), run: once("GET", "", 502),
			want: "GET 0 x1 some 0 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 0"},
		{name: "informational response, then the final one", origin: script(func(c *spoken) { c.all(); io.WriteString(c, "HTTP/1.1 103 X\r\n\r\n"); c.answer(200, "", "") }),
			run: once("GET", "", 200), want: "GET 200 x1 all 0; conns 1 heads 1 bytes 0"},
		{name: "certificate of nobody", foreign: true, origin: script(func(c *spoken) { c.serve() }), run: once("GET", "", 502),
			want: "GET 0 x0 none 0 ORIGIN_UNTRUSTED; conns 1 heads 0 bytes 0"},
		{name: "TLS 1.1 and no later", origin: scriptOptions{script: func(c *spoken) { c.serve() }, change: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }},
			run: once("GET", "", 502), want: "GET 0 x0 none 0 ORIGIN_UNTRUSTED; conns 1 heads 0 bytes 0"},
		{name: "certificate that was revoked", origin: scriptOptions{staple: true, status: ocsp.Revoked, script: func(c *spoken) { c.serve() }}, run: func(s *stage, o *scripted) {
			once("GET", "", 502)(s, o)
			if f := s.records(1)[0].Outcome.Origin; f == nil || f.Revocation != "revoked" || f.Certificate == "" {
				s.t.Errorf("origin %+v", f)
			}
		}, want: "GET 0 x0 none 0 ORIGIN_REVOKED; conns 1 heads 0 bytes 0"},
		{name: "certificate that is good", origin: scriptOptions{staple: true, h2: true, script: func(c *spoken) { c.serve() }}, run: func(s *stage, o *scripted) {
			once("GET", "", 200)(s, o)
			if f := s.records(1)[0].Outcome.Origin; f == nil || f.Revocation != "good" || f.Version != "TLS 1.3" || f.ALPN != "h2" {
				s.t.Errorf("origin %+v", f)
			}
		}, want: "GET 200 x1 all 0; conns 1 heads 1 bytes 0"},
		{name: "no TLS at all", origin: scriptOptions{plain: true, script: func(c *spoken) { io.WriteString(c, "HTTP/1.1 400 X\r\n\r\n") }},
			run: once("GET", "", 502), want: "GET 0 x0 none 0 ORIGIN_UNTRUSTED; conns 1 heads 0 bytes 0"},
		{name: "nobody listens", down: true, origin: script(func(*spoken) {}), run: once("POST", "12345", 502),
			want: "POST 0 x0 none 0 ORIGIN_UNREACHABLE; conns 0 heads 0 bytes 0"},
		{name: "nothing goes wrong, one connection for both", origin: script(func(c *spoken) { c.serve() }), run: again("POST", "12345", 200),
			want: "GET 200 x1 all 0; POST 200 x1 all 5; conns 1 heads 2 bytes 5"},
	}
}

// leave asks, and goes away when ready says so.
func (s *stage) leave(c *http.Client, method string, body io.Reader, ready func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	go func() { ready(); cancel() }()
	r := request(s.t, method, s.url("/"), body).WithContext(ctx)
	if resp, err := c.Do(r); err == nil {
		if _, err := io.Copy(io.Discard, resp.Body); err == nil {
			s.t.Error("a request that was given up was answered")
		}
		resp.Body.Close()
	}
}

// clientRows are clients that go away, phase by phase.
func clientRows() []sendRow {
	serve := scriptOptions{script: func(c *spoken) { c.serve() }}
	judging, judge := make(chan struct{}), make(chan struct{})
	return []sendRow{
		{name: "client gone in its head", origin: serve, run: func(s *stage, _ *scripted) {
			c := s.raw()
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s", name)
			c.Close()
		}, want: "conns 0 heads 0 bytes 0"},
		{name: "client gone in its body", origin: serve, run: func(s *stage, _ *scripted) {
			c := s.raw()
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: %s:%s\r\nContent-Length: 10\r\n\r\n12345", name, s.port())
			c.Close()
		}, want: "POST 0 x0  0 CLIENT_GONE; conns 0 heads 0 bytes 0"},
		{name: "client gone while it is judged", origin: serve, house: proxytest.HouseOptions{Until: func() time.Time { close(judging); <-judge; return time.Time{} }},
			run: func(s *stage, _ *scripted) {
				c := s.client(true)
				s.leave(c, "GET", nil, func() { <-judging })
				// Once this one is answered, the reset before it was read.
				if got := s.ask(c, "POST", proxytest.Mark); got != 403 {
					s.t.Errorf("got %d", got)
				}
				close(judge)
			}, want: "POST 0 x0  0 FILING_NOT_FOUND; GET 0 x0 none 0 CLIENT_GONE; conns 0 heads 0 bytes 0"},
		{name: "client gone while it is sent", origin: scriptOptions{script: func(c *spoken) { c.head(); c.o.seen <- "head"; c.gone() }},
			run: func(s *stage, o *scripted) {
				s.leave(s.client(false), "PUT", strings.NewReader(strings.Repeat("x", 16*mebibyte)), func() { <-o.seen })
				<-o.seen
				if r := s.records(1)[0].Outcome; r.Attempts != 1 || r.Sent != policy.SentSome || r.Fault != policy.ClientGone {
					s.t.Errorf("outcome %+v", *r)
				}
				s.house.Forget()
			}, want: "conns 1 heads 1 bytes 0"},
		{name: "client gone while the origin thinks", origin: scriptOptions{script: func(c *spoken) { c.all(); c.o.seen <- "all"; c.gone() }},
			run: func(s *stage, o *scripted) {
				s.leave(s.client(false), "PUT", strings.NewReader("12345"), func() { <-o.seen })
				<-o.seen
			}, want: "PUT 0 x1 some 5 CLIENT_GONE; conns 1 heads 1 bytes 5"},
		{name: "client gone in the response", origin: scriptOptions{script: func(c *spoken) {
			c.all()
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nten bytes.\r\n")
			c.gone()
		}}, run: func(s *stage, o *scripted) {
			resp, err := s.client(true).Do(request(s.t, "GET", s.url("/"), nil))
			if err != nil {
				s.t.Fatal(err)
			}
			io.ReadFull(resp.Body, make([]byte, 10))
			resp.Body.Close()
			<-o.seen
		}, want: "GET 200 x1 all 0 CLIENT_GONE; conns 1 heads 1 bytes 0"},
		{name: "client gone while HTTP/2 thinks", origin: scriptOptions{h2: true, script: func(c *spoken) {
			c.stream()
			c.o.seen <- "all"
			if f, ok := c.frame().(*http2.RSTStreamFrame); ok && f.ErrCode == http2.ErrCodeCancel {
				c.o.seen <- "reset"
			}
			c.frame()
		}}, run: func(s *stage, o *scripted) {
			s.leave(s.client(false), "PUT", strings.NewReader("12345"), func() { <-o.seen })
			<-o.seen
		}, want: "PUT 0 x1 some 5 CLIENT_GONE; conns 1 heads 1 bytes 5"},
	}
}
