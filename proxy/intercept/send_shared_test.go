package intercept_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// of is a client of an exporter, in a session of its own.
func (s *stage) of(exporter string) *http.Client {
	c := s.client(false)
	c.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		near, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, err
		}
		far, err := l.Accept()
		if err != nil {
			return nil, err
		}
		session := policy.Session{ID: near.LocalAddr().String(), Door: "test", Client: netip.MustParseAddrPort(near.LocalAddr().String()),
			Host: name, Port: s.origin.Addr.Port(), MayDeclare: true, Exporter: policy.Exporter{USCC: exporter}}
		go s.i.Tunnel(context.Background(), far, nil, session)
		return near, nil
	}
	return c
}

// sharedRows are what connections are shared between.
func sharedRows() []sendRow {
	plain := func(h2 bool) scriptOptions { return scriptOptions{h2: h2, script: func(c *spoken) { c.serve() }} }
	const a, b = "91310115MA1K3ABC99", "91310115MA1K3ABD87"
	gets := func(n int) string { return strings.Repeat("GET 200 x1 all 0; ", n) }
	asks := func(t *testing.T, s *stage, c *http.Client, header ...string) {
		t.Helper()
		if got := s.ask(c, "GET", "", header...); got != 200 {
			t.Errorf("got %d", got)
		}
	}
	return []sendRow{
		{name: "two sessions of one exporter share", origin: plain(false), run: func(s *stage, _ *scripted) {
			asks(s.t, s, s.of(a))
			asks(s.t, s, s.of(a))
		}, want: gets(2) + "conns 1 heads 2 bytes 0"},
		{name: "two exporters to one origin do not", origin: plain(false), run: func(s *stage, _ *scripted) {
			asks(s.t, s, s.of(a))
			asks(s.t, s, s.of(b))
		}, want: gets(2) + "conns 2 heads 2 bytes 0"},
		{name: "two exporters to one HTTP/2 origin do not", origin: plain(true), run: func(s *stage, _ *scripted) {
			asks(s.t, s, s.of(a))
			asks(s.t, s, s.of(b))
		}, want: gets(2) + "conns 2 heads 2 bytes 0"},
		{name: "two links do not", origin: plain(true), run: func(s *stage, _ *scripted) {
			c := s.of(a)
			asks(s.t, s, c, "Customs-Link", "one")
			asks(s.t, s, c, "Customs-Link", "two")
			asks(s.t, s, c, "Customs-Link", "one")
		}, want: gets(3) + "conns 2 heads 3 bytes 0"},
		{name: "a request with NTLM makes its session's connection private", origin: plain(false), run: func(s *stage, _ *scripted) {
			c := s.of(a)
			asks(s.t, s, c, "Authorization", "NTLM TlRMTVNTUAAB")
			asks(s.t, s, c) // logged in by its connection
			asks(s.t, s, s.of(a))
			asks(s.t, s, s.of(a))
		}, want: gets(4) + "conns 2 heads 4 bytes 0"},
		{name: "an offer of Negotiate makes it private from then on", origin: scriptOptions{script: func(c *spoken) {
			for c.all() != nil {
				c.answer(401, "WWW-Authenticate: Basic realm=a, Negotiate\r\n", "")
			}
		}}, run: func(s *stage, _ *scripted) {
			c := s.of(a)
			s.ask(c, "GET", "")
			s.ask(c, "GET", "")
			s.ask(c, "GET", "")
			s.ask(s.of(a), "GET", "")
		}, want: strings.Repeat("GET 401 x1 all 0; ", 4) + "conns 2 heads 4 bytes 0"},
	}
}

// h2Rows are origins that speak HTTP/2 and break.
func h2Rows() []sendRow {
	script := func(f func(c *spoken)) scriptOptions { return scriptOptions{h2: true, script: f} }
	// first answers one request, then lets f break the second.
	first := func(f func(c *spoken, id uint32)) scriptOptions {
		return script(func(c *spoken) {
			if c.n > 1 {
				c.serve()
				return
			}
			c.respond(c.stream(), 200, true)
			f(c, c.stream())
		})
	}
	before := first(func(c *spoken, _ uint32) { c.fr.WriteGoAway(1, http2.ErrCodeNo, nil); c.gone() })
	after := first(func(c *spoken, id uint32) { c.fr.WriteGoAway(id, http2.ErrCodeNo, nil) })
	refuse := func(times int) scriptOptions {
		left := times
		return script(func(c *spoken) {
			for id := c.stream(); id != 0; id = c.stream() {
				if left--; left >= 0 {
					c.fr.WriteRSTStream(id, http2.ErrCodeRefusedStream)
				} else {
					c.respond(id, 200, true)
				}
			}
		})
	}
	return []sendRow{
		{name: "GOAWAY before processing, POST", origin: before, run: again("POST", "12345", 200),
			want: "GET 200 x1 all 0; POST 200 x2 all 10; conns 2 heads 3 bytes 10"},
		{name: "GOAWAY before processing, observed GET", origin: before, house: proxytest.HouseOptions{Mode: proxy.Observe}, run: again("GET", "", 200),
			want: "GET 200 x1 all 0; GET 200 x2 all 0; conns 2 heads 3 bytes 0"},
		{name: "GOAWAY before processing, the verdict ended", origin: before, house: proxytest.HouseOptions{Until: func() time.Time { return time.Unix(1, 0) }}, run: again("POST", "12345", 502),
			want: "GET 200 x1 all 0; POST 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 2 bytes 5"},
		{name: "GOAWAY while it is processed, POST", origin: after, run: again("POST", "12345", 502),
			want: "GET 200 x1 all 0; POST 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 2 bytes 5"},
		{name: "GOAWAY while it is processed, GET", origin: after, run: again("GET", "", 200),
			want: "GET 200 x1 all 0; GET 200 x2 all 0; conns 2 heads 3 bytes 0"},
		{name: "GOAWAY that lets it finish", origin: first(func(c *spoken, id uint32) {
			c.fr.WriteGoAway(id, http2.ErrCodeNo, nil)
			c.respond(id, 200, true)
			c.gone()
		}), run: again("POST", "12345", 200), want: "GET 200 x1 all 0; POST 200 x1 all 5; conns 1 heads 2 bytes 5"},
		{name: "refused stream, POST", origin: refuse(1), run: once("POST", "12345", 200),
			want: "POST 200 x2 all 10; conns 1 heads 2 bytes 10"},
		{name: "refused stream for ever", origin: refuse(99), run: once("POST", "12345", 502),
			want: "POST 0 x3 some 15 ORIGIN_UNREACHABLE; conns 1 heads 3 bytes 15"},
		{name: "reset stream, GET is not sent again", origin: script(func(c *spoken) { c.fr.WriteRSTStream(c.stream(), http2.ErrCodeInternal); c.gone() }),
			run: once("GET", "", 502), want: "GET 0 x1 some 0 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 0"},
		{name: "HTTP/2 closes before the response, GET", origin: script(func(c *spoken) { c.stream() }), run: once("GET", "", 502),
			want: "GET 0 x3 some 0 ORIGIN_UNREACHABLE; conns 3 heads 3 bytes 0"},
		{name: "HTTP/2 closes before the response, POST", origin: script(func(c *spoken) { c.stream() }), run: once("POST", "12345", 502),
			want: "POST 0 x1 some 5 ORIGIN_UNREACHABLE; conns 1 heads 1 bytes 5"},
		{name: "HTTP/2 answers while uploading", origin: script(func(c *spoken) {
			id := c.begun()
			c.respond(id, 413, true)
			c.fr.WriteRSTStream(id, http2.ErrCodeNo)
			c.gone()
		}), run: func(s *stage, _ *scripted) {
			if got := s.ask(s.client(true), "POST", strings.Repeat("x", 4*mebibyte)); got != 413 {
				s.t.Errorf("got %d", got)
			}
			if r := s.records(1)[0].Outcome; r.Status != 413 || r.Attempts != 1 || r.Sent != policy.SentSome || r.Bytes > mebibyte {
				s.t.Errorf("outcome %+v", *r)
			}
			s.house.Forget()
		}, want: "conns 1 heads 1 bytes 0"},
		{name: "HTTP/2 dies within the response", origin: script(func(c *spoken) {
			id := c.stream()
			c.respond(id, 200, false)
			c.fr.WriteData(id, false, []byte("ten bytes."))
		}), run: once("GET", "", 0), want: "GET 200 x1 all 0 ORIGIN_CUT_RESPONSE; conns 1 heads 1 bytes 0"},
		{name: "HTTP/2 is slow", origin: script(func(c *spoken) { c.stream(); c.gone() }), run: once("GET", "", 504),
			want: "GET 0 x1 some 0 ORIGIN_TIMEOUT; conns 1 heads 1 bytes 0"},
	}
}
