package intercept_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// mute says nothing more after its first write.
type mute struct {
	net.Conn
	said bool
}

func (m *mute) Write(p []byte) (int, error) {
	if m.said {
		return len(p), nil
	}
	m.said = true
	return m.Conn.Write(p)
}

// ends wants that the gateway closes the connection, and soon.
func ends(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(3 * time.Second))
	if _, err := io.Copy(io.Discard, c); isTimeout(err) {
		t.Error("the connection is still open")
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

func TestHandshakeThatStallsIsCut(t *testing.T) {
	s := newStage(t, setup{options: intercept.Options{HandshakeTimeout: 40 * time.Millisecond}})
	raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	tls.Client(&mute{Conn: raw}, &tls.Config{ServerName: name, RootCAs: s.ca.Pool()}).HandshakeContext(t.Context())
	ends(t, raw)
	if err := s.house.AwaitEvent(t.Context(), proxy.EventHandshakeFailed); err != nil {
		t.Error(err)
	}
}

func TestHeadThatStallsIsCut(t *testing.T) {
	for _, begin := range []string{"", "GET / HTTP/1.1\r\nHost: x\r\n"} {
		s := newStage(t, setup{options: intercept.Options{HeaderTimeout: 40 * time.Millisecond, KeepAlive: time.Minute}})
		c := s.raw()
		io.WriteString(c, begin)
		ends(t, c)
	}
}

func TestIdleConnectionIsClosed(t *testing.T) {
	s := newStage(t, setup{options: intercept.Options{KeepAlive: 40 * time.Millisecond}})
	h1 := s.raw()
	io.WriteString(h1, s.head("GET /")+"\r\n")
	ends(t, h1)
	s.records(1)
	// A head that never ends opens no stream, so the connection counts as idle.
	h2 := s.raw("h2")
	io.WriteString(h2, http2.ClientPreface)
	f := http2.NewFramer(h2, h2)
	f.WriteSettings()
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
	ends(t, h2)
}

func TestClientThatTakesNothingIsCut(t *testing.T) {
	piece := pattern(1 << 20)
	s := newStage(t, setup{options: intercept.Options{ResponseIdle: 500 * time.Millisecond},
		origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, _ *http.Request) {
			for range 32 {
				w.Write(piece)
			}
		}}})
	h1 := s.raw()
	io.WriteString(h1, s.head("GET /")+"\r\n")
	h2 := s.raw("h2")
	io.WriteString(h2, http2.ClientPreface)
	f := http2.NewFramer(h2, h2)
	f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	s.h2Request(f, "accept", "*/*", false)
	for _, r := range s.records(2) {
		if r.Outcome == nil || r.Outcome.Fault != policy.ClientGone || r.Outcome.Sent != policy.SentAll {
			t.Errorf("outcome = %+v", r.Outcome)
		}
	}
}

// A hello may come in as many pieces as it likes.
func TestHelloInSingleBytes(t *testing.T) {
	s := newStage(t, setup{})
	raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		t.Fatal(err)
	}
	raw.(*net.TCPConn).SetNoDelay(true)
	c := tls.Client(proxytest.NewFaultConn(raw, proxytest.Fault{Slow: 1}), &tls.Config{ServerName: name, RootCAs: s.ca.Pool()})
	defer c.Close()
	io.WriteString(c, s.head("GET /")+"Connection: close\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200 ") {
		t.Errorf("got %.60q, %v", got, err)
	}
}

// When the limit of a drain cuts a flow, its outcome is still recorded.
func TestShutdownWaitsForTheRecordsOfWhatItCuts(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}}})
		resp, err := s.client(h2).Do(request(t, "GET", s.url("/"), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		if err := s.i.Shutdown(ctx); err == nil {
			t.Error("shutdown came to a clean end with a flow under way")
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if r, _ := s.house.Records(over, 1); len(r) != 1 || r[0].Outcome == nil {
			t.Errorf("h2 %v: %d records after shutdown", h2, len(r))
		}
	}
}

// NTLM and Kerberos log a connection in, not a request: nobody else may use it.
func TestConnectionLoginsAreNotShared(t *testing.T) {
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.RemoteAddr)
	}}})
	ask := func(c *http.Client, login string) string {
		r := request(t, "GET", s.url("/"), nil)
		if login != "" {
			r.Header.Set("Authorization", login)
		}
		_, from := s.do(c, r)
		return from
	}
	for n, scheme := range []string{"NTLM", "negotiate"} {
		a, b := s.client(false), s.client(false)
		mine := ask(a, fmt.Sprintf("%s TlRMTVNTUAAB%d", scheme, n))
		if other := ask(b, ""); other == mine {
			t.Errorf("%s: another client got the connection that was logged in", scheme)
		}
		if again := ask(a, ""); again != mine {
			t.Errorf("%s: the login was lost between two requests", scheme)
		}
	}
	if a, b := ask(s.client(false), "Basic x"), ask(s.client(false), "Basic x"); a != b {
		t.Error("connections without a login of their own are not shared")
	}
}
