package intercept_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// raw opens a TLS connection inside a tunnel to the origin's name.
func (s *stage) raw(protos ...string) *tls.Conn {
	s.t.Helper()
	c, err := s.dial(s.t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		s.t.Fatal(err)
	}
	conn := tls.Client(c, &tls.Config{ServerName: name, RootCAs: s.ca.Pool(), NextProtos: protos})
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(8 * time.Second))
	return conn
}

// head is the beginning of a request for the origin.
func (s *stage) head(line string) string {
	return line + " HTTP/1.1\r\nHost: " + name + ":" + s.port() + "\r\n"
}

// says makes an origin whose answer to anything is exactly this.
func says(answer string, more func(c net.Conn, rw *bufio.ReadWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, answer)
		if more != nil {
			more(c, rw)
		}
	}
}

// A client and its origin could otherwise turn a judged request into a tunnel.
func TestSwitchThatNobodyAskedForIsRefused(t *testing.T) {
	modes(t, func(t *testing.T, mode proxy.Mode, h2 bool) {
		leaked := make(chan string, 1)
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}, origin: proxytest.OriginOptions{H1: true,
			Handler: says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", func(c net.Conn, rw *bufio.ReadWriter) {
				c.SetReadDeadline(time.Now().Add(3 * time.Second))
				b, _ := io.ReadAll(rw)
				leaked <- string(b)
			})}})
		if h2 {
			resp, body := s.do(s.client(true), request(t, "GET", s.url("/"), nil))
			if resp.StatusCode != http.StatusBadGateway {
				t.Errorf("got %d %q, want 502", resp.StatusCode, body)
			}
		} else {
			c := s.raw()
			io.WriteString(c, s.head("GET /")+"\r\n"+proxytest.Mark)
			got := make([]byte, 4096)
			n, err := c.Read(got)
			if err != nil || !bytes.HasPrefix(got[:n], []byte("HTTP/1.1 502 ")) {
				t.Errorf("got %.60q, %v, want 502", got[:n], err)
			}
			c.Close()
		}
		if b := <-leaked; b != "" {
			t.Errorf("origin got %q unjudged", b)
		}
		s.records(1)
	})
}

func TestAnswersThatAreNoAnswer(t *testing.T) {
	for _, line := range []string{"HTTP/1.1 000 x", "HTTP/1.1 012 x", "HTTP/1.1 101 x", "HTTP/1.1 -12 x", "nonsense"} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: says(line+"\r\nContent-Length: 1\r\n\r\nx", nil)}})
		resp, body := s.do(s.client(false), request(t, "POST", s.url("/"), strings.NewReader("x")))
		if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "ORIGIN_UNREACHABLE") {
			t.Errorf("%s: got %d %s", line, resp.StatusCode, body)
		}
		if out := s.records(1)[0].Outcome; out.Fault != policy.OriginUnreachable {
			t.Errorf("%s: outcome %+v", line, *out)
		}
	}
}

// The names of trailers travel ahead of the body, and also without it.
func TestTrailerNamesAreJudged(t *testing.T) {
	marked := "X-" + proxytest.Mark
	t.Run("announced and never sent", func(t *testing.T) {
		s := newStage(t, setup{})
		c := s.raw()
		io.WriteString(c, s.head("POST /")+"Trailer: "+marked+"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n")
		if got, _ := io.ReadAll(c); !bytes.HasPrefix(got, []byte("HTTP/1.1 403 ")) {
			t.Errorf("got %.60q, want 403", got)
		}
		s.untouched()
	})
	t.Run("not announced", func(t *testing.T) {
		s := newStage(t, setup{})
		c := s.raw()
		io.WriteString(c, s.head("POST /")+"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\nX-Late: "+proxytest.Mark+"\r\n\r\n")
		if got, _ := io.ReadAll(c); !bytes.HasPrefix(got, []byte("HTTP/1.1 403 ")) {
			t.Errorf("got %.60q, want 403", got)
		}
		s.untouched()
	})
	for _, body := range []bool{false, true} {
		t.Run(fmt.Sprintf("h2 with a body %v", body), func(t *testing.T) {
			s := newStage(t, setup{})
			status := s.h2Status("trailer", strings.ToLower(marked), body)
			if body && status != "403" {
				t.Errorf("got %s, want 403", status)
			}
			for _, r := range s.origin.Received() { // without a body none is announced
				if len(r.Trailer) > 0 || body {
					t.Errorf("origin got a request with trailers %v", r.Trailer)
				}
			}
		})
	}
}

// h2Status sends one request with one more header as frames of its own, and
// returns the status of the answer.
func (s *stage) h2Status(header, value string, body bool) string {
	s.t.Helper()
	c := s.raw("h2")
	io.WriteString(c, http2.ClientPreface)
	f := http2.NewFramer(c, c)
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.WriteSettings()
	s.h2Request(f, header, value, body)
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return err.Error()
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			return frame.PseudoValue("status")
		case *http2.RSTStreamFrame:
			return frame.ErrCode.String()
		}
	}
}

// h2Request writes the frames of a request.
func (s *stage) h2Request(f *http2.Framer, header, value string, body bool) {
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	for _, h := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":authority", name + ":" + s.port()}, {":path", "/"}, {header, value}} {
		enc.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: !body})
	if body {
		f.WriteData(1, true, []byte("x"))
	}
}

func TestHostBesideAuthority(t *testing.T) {
	s := newStage(t, setup{})
	if status := s.h2Status("host", "other.example", true); status != "421" {
		t.Errorf("another host beside :authority: got %s, want 421", status)
	}
	s.untouched()
	if status := s.h2Status("host", "Origin.Example:"+s.port(), true); status != "200" {
		t.Errorf("the same host beside :authority: got %s, want 200", status)
	}
}

// An origin that still sends informational heads after the gateway gave up
// must not write into the answer that the client gets.
func TestLateInformationalHeads(t *testing.T) {
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: says("", func(c net.Conn, _ *bufio.ReadWriter) {
		for {
			if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nX-Customs-Record: forged\r\nAlt-Svc: h3=\":1\"\r\n\r\n"); err != nil {
				return
			}
		}
	})}})
	c := s.raw()
	io.WriteString(c, s.head("GET /")+"Connection: close\r\n\r\n")
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Contains(got, []byte("HTTP/1.1 504 ")) || bytes.Count(got, []byte("ORIGIN_TIMEOUT")) == 0 {
		t.Errorf("got %d bytes that end %.300q, %v, want 504", len(got), got[max(0, len(got)-300):], err)
	}
	if !bytes.HasPrefix(got, []byte("HTTP/1.1 103 ")) || bytes.Contains(got, []byte("forged")) || bytes.Contains(got, []byte("Alt-Svc")) {
		t.Errorf("got %.300q", got)
	}
}

func TestOldClientsGetNoInformationalHeads(t *testing.T) {
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "done")
	}}})
	c := s.raw()
	fmt.Fprintf(c, "GET / HTTP/1.0\r\nHost: %s:%s\r\n\r\n", name, s.port())
	if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.0 200 ")) || !bytes.HasSuffix(got, []byte("done")) {
		t.Errorf("got %.200q, %v", got, err)
	}
}

// Java offers h2c with every plain request; it is an offer and can be declined.
func TestOfferOfH2CIsDeclined(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("GET /")+"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) {
		t.Fatalf("got %.200q, %v", got, err)
	}
	for _, h := range []string{"Upgrade", "Http2-Settings", "Connection"} {
		if v, ok := s.origin.Received()[0].Header[h]; ok {
			t.Errorf("origin got %s: %q", h, v)
		}
	}
}

func TestOptionsOfTheServerReachesTheOrigin(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("OPTIONS *")+"Connection: close\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) {
		t.Fatalf("got %.200q, %v", got, err)
	}
	if r := s.origin.Received(); len(r) != 0 && r[0].URI != "*" {
		t.Errorf("origin got %q", r[0].URI)
	}
	s.records(1)
}

// What the wire refuses is refused for that reason, and no resolver hears of it.
func TestWireRefusalsAskNobody(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode, Hosts: map[string]netip.Addr{"x": {}}}})
		c := s.raw()
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: other.example:"+s.port()+"\r\nConnection: close\r\n\r\n")
		got, err := io.ReadAll(c)
		if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 421 ")) || !bytes.Contains(got, []byte("AUTHORITY_MISMATCH")) {
			t.Errorf("got %.300q, %v", got, err)
		}
		r := s.records(1)[0]
		if !r.Intent.Decided.Has(policy.AuthorityMismatch) || r.Intent.Host != name || r.Intent.Enforced != policy.Block {
			t.Errorf("intent = %+v", r.Intent)
		}
		if n := s.house.Lookups(); slices.Contains(n, "other.example") {
			t.Errorf("looked up %v", n)
		}
	}
}

// A refused request's body is never read as the next request.
func TestRefusedBodyIsNoRequest(t *testing.T) {
	next := "POST /smuggled HTTP/1.1\r\nHost: " + name + "\r\nContent-Length: 0\r\n\r\n"
	tests := []struct{ name, head, body string }{
		{"length", "Content-Length: %d\r\n", strings.Repeat(next, 10)},
		{"long", "Content-Length: %d\r\n", strings.Repeat(next, 8000)},
		{"chunked and length", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + next},
		{"twice chunked", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + next},
		{"two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", next},
		{"signed length", "Content-Length: +5\r\n", next},
		{"space before the colon", "Content-Length : 5\r\n", next},
		{"bare line feed", "X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{})
			c := s.raw()
			head := tt.head
			if strings.Contains(head, "%d") {
				head = fmt.Sprintf(head, len(tt.body))
			}
			go io.WriteString(c, s.head("POST /?"+proxytest.Mark)+head+"\r\n"+tt.body)
			br := bufio.NewReader(c)
			resp, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			if io.Copy(io.Discard, resp.Body); resp.StatusCode < 400 {
				t.Errorf("got %d", resp.StatusCode)
			}
			c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
			for {
				resp, err := http.ReadResponse(br, nil)
				if err != nil {
					break
				}
				io.Copy(io.Discard, resp.Body)
				t.Logf("then got %d", resp.StatusCode)
			}
			s.untouched()
		})
	}
}

func TestNoContinueForARefusedHead(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("POST /?"+proxytest.Mark)+"Expect: 100-continue\r\nContent-Length: 10\r\nConnection: close\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 403 ")) {
		t.Errorf("got %.60q, %v", got, err)
	}
	s.untouched()
}

// A second header line counts as much as the first.
func TestEveryCodingIsToldToTheScan(t *testing.T) {
	s := newStage(t, setup{})
	r := request(t, "POST", s.url("/"), strings.NewReader("x"))
	r.Header["Content-Encoding"] = []string{"identity", "gzip"}
	r.Header["Content-Type"] = []string{"image/png", "text/csv"}
	s.do(s.client(false), r)
	metas := s.house.Metas()
	if m := metas[len(metas)-1]; m.ContentEncoding != "identity, gzip" || m.ContentType != "image/png, text/csv" {
		t.Errorf("told %q, %q", m.ContentEncoding, m.ContentType)
	}
}
