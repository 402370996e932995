package intercept_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func TestBlockReachesNobody(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, s *stage) *http.Request
	}{
		{"body", func(t *testing.T, s *stage) *http.Request {
			return request(t, "POST", s.url("/"), strings.NewReader("a "+proxytest.Mark))
		}},
		{"end of a long body", func(t *testing.T, s *stage) *http.Request {
			return request(t, "POST", s.url("/"), bytes.NewReader(append(pattern(2<<20), proxytest.Mark...)))
		}},
		{"query", func(t *testing.T, s *stage) *http.Request {
			return request(t, "GET", s.url("/?q="+proxytest.Mark), nil)
		}},
		{"header", func(t *testing.T, s *stage) *http.Request {
			r := request(t, "GET", s.url("/"), nil)
			r.Header.Set("X-Name", proxytest.Mark)
			return r
		}},
		{"trailer", func(t *testing.T, s *stage) *http.Request {
			r := request(t, "POST", s.url("/"), io.MultiReader(strings.NewReader("x")))
			r.Trailer = http.Header{"X-Name": {proxytest.Mark}}
			return r
		}},
	}
	for _, tt := range tests {
		for _, h2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s h2 %v", tt.name, h2), func(t *testing.T) {
				s := newStage(t, setup{})
				resp, body := s.do(s.client(h2), tt.make(t, s))
				if resp.StatusCode != http.StatusForbidden || !strings.Contains(body, "FILING_NOT_FOUND") {
					t.Errorf("got %d %s", resp.StatusCode, body)
				}
				s.untouched()
				r := s.records(1)[0]
				if resp.Header.Get("X-Customs-Record") != r.ID || !r.Complete || r.Outcome != nil {
					t.Errorf("record %+v, shown %q", r, resp.Header.Get("X-Customs-Record"))
				}
			})
		}
	}
}

func TestWithoutLogNothingLeaves(t *testing.T) {
	s := newStage(t, setup{house: proxytest.HouseOptions{Broken: true}})
	resp, _ := s.do(s.client(true), request(t, "GET", s.url("/"), nil))
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || resp.Header.Get("X-Customs-Record") != "" {
		t.Errorf("got %d, %v", resp.StatusCode, resp.Header)
	}
	s.untouched()
}

func TestAuthorities(t *testing.T) {
	addr := "203.0.113.9"
	tests := []struct {
		name, tunnel, sni, host string
		status                  int
	}{
		{"all the same", name, name, name, 200},
		{"case and dot", name, "ORIGIN.example", "Origin.EXAMPLE.", 200},
		{"another host", name, name, "other.example", 421},
		{"another port", name, name, name + ":1", 421},
		{"another SNI", name, "other.example", name, 421},
		{"SNI and host against the tunnel", name, "other.example", "other.example", 421},
		{"no SNI", name, "", name, 200},
		{"host with user info", name, name, "a@" + name, 400}, // the server's own refusal
		{"address binds the name inside", addr, name, name, 200},
		{"address, names differ", addr, name, "other.example", 421},
		{"address, SNI and address as host", addr, name, addr, 421},
		{"another address", addr, "", "203.0.113.10", 421},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{house: proxytest.HouseOptions{Hosts: map[string]netip.Addr{
				name: netip.MustParseAddr("127.0.0.1"), addr: netip.MustParseAddr("127.0.0.1")}}})
			raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(tt.tunnel, s.port()))
			if err != nil {
				t.Fatal(err)
			}
			c := tls.Client(raw, &tls.Config{ServerName: tt.sni, InsecureSkipVerify: true})
			defer c.Close()
			host := tt.host
			if _, _, err := net.SplitHostPort(host); err != nil {
				host = net.JoinHostPort(host, s.port())
			}
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
			got, err := io.ReadAll(c)
			if err != nil || !bytes.HasPrefix(got, fmt.Appendf(nil, "HTTP/1.1 %d ", tt.status)) {
				t.Errorf("got %.60q, %v, want %d", got, err, tt.status)
			}
			if tt.status != 200 {
				s.untouched()
			}
		})
	}
}

func TestRequestTargets(t *testing.T) {
	tests := []struct {
		name, line string
		status     int
	}{
		{"absolute form of the same", "GET https://origin.example:%s/x HTTP/1.1", 200},
		{"absolute form of another", "GET https://other.example:%s/x HTTP/1.1", 421},
		{"absolute form without TLS", "GET http://origin.example:%s/x HTTP/1.1", 421},
		{"opaque target", "GET https:origin.example:%s HTTP/1.1", 400},
		{"CONNECT in a tunnel", "CONNECT origin.example:%s HTTP/1.1", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{})
			raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
			if err != nil {
				t.Fatal(err)
			}
			c := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: s.ca.Pool()})
			defer c.Close()
			fmt.Fprintf(c, tt.line+"\r\nHost: %s\r\nConnection: close\r\n\r\n", s.port(), name+":"+s.port())
			got, err := io.ReadAll(c)
			if err != nil || !bytes.HasPrefix(got, fmt.Appendf(nil, "HTTP/1.1 %d ", tt.status)) {
				t.Errorf("got %.200q, %v, want %d", got, err, tt.status)
			}
			if tt.status != 200 {
				s.untouched()
			}
		})
	}
}

func TestDeclarationsMustBeIdentifiers(t *testing.T) {
	s := newStage(t, setup{})
	r := request(t, "GET", s.url("/"), nil)
	r.Header.Set("Customs-Purpose", "for Ms Example")
	if resp, _ := s.do(s.client(false), r); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d, want 400", resp.StatusCode)
	}
	s.untouched()
}

func TestOriginFaults(t *testing.T) {
	tests := []struct {
		name   string
		setup  setup
		status int
		code   policy.Code
		sent   policy.Sent
	}{
		{"nothing listens", setup{down: true}, 502, policy.OriginUnreachable, policy.SentNone},
		{"unknown authority", setup{foreign: true}, 502, policy.OriginUntrusted, policy.SentNone},
		{"certificate for another name", setup{origin: proxytest.OriginOptions{Names: []string{"other.example"}}}, 502, policy.OriginUntrusted, policy.SentNone},
		{"no such name", setup{house: proxytest.HouseOptions{Hosts: map[string]netip.Addr{"x": {}}}}, 502, policy.NameUnresolved, ""},
		{"hangs", setup{origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}}, 504, policy.OriginTimeout, policy.SentSome},
		{"closes at once", setup{origin: proxytest.OriginOptions{H1: true, Handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}}, 502, policy.OriginUnreachable, policy.SentSome},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, tt.setup)
			resp, body := s.do(s.client(true), request(t, "POST", s.url("/"), strings.NewReader("x")))
			if resp.StatusCode != tt.status || !strings.Contains(body, string(tt.code)) {
				t.Errorf("got %d %s, want %d %s", resp.StatusCode, body, tt.status, tt.code)
			}
			r := s.records(1)[0]
			if tt.sent != "" && (r.Outcome.Sent != tt.sent || r.Outcome.Fault != tt.code) {
				t.Errorf("outcome = %+v", *r.Outcome)
			}
		})
	}
}

func TestHalfAResponseIsAnError(t *testing.T) {
	for _, length := range []string{"", "100000"} {
		for _, h2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("length %s h2 %v", length, h2), func(t *testing.T) {
				s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
					if length != "" {
						w.Header().Set("Content-Length", length)
					}
					w.Write(pattern(50000))
					w.(http.Flusher).Flush()
					panic(http.ErrAbortHandler)
				}}})
				resp, err := s.client(h2).Do(request(t, "GET", s.url("/"), nil))
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				if err == nil {
					t.Error("half a response ended cleanly")
				}
				if out := s.records(1)[0].Outcome; out.Fault != policy.OriginCut || out.Status != 200 {
					t.Errorf("outcome = %+v", *out)
				}
			})
		}
	}
}

func TestCutConnectionIsAnError(t *testing.T) {
	for name, fault := range map[string]proxytest.Fault{"cut": {CutAfter: 30000}, "reset": {CutAfter: 30000, Reset: true},
		"slow and cut": {CutAfter: 9000, Slow: 1000, Delay: time.Millisecond}} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{Wrap: func(c net.Conn) net.Conn { return proxytest.NewFaultConn(c, fault) },
			Handler: func(w http.ResponseWriter, r *http.Request) { w.Write(pattern(50000)) }}})
		resp, err := s.client(true).Do(request(t, "GET", s.url("/"), nil))
		if err == nil {
			if _, err = io.ReadAll(resp.Body); err == nil && resp.StatusCode == 200 {
				t.Errorf("%s: half a response ended cleanly", name)
			}
			resp.Body.Close()
		}
		s.records(1)
	}
}

func TestEarlyRefusalOfASlowUpload(t *testing.T) {
	tooLarge := func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.ReadFull(r.Body, make([]byte, 1000))
		w.Header().Set("Content-Length", "9")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		io.WriteString(w, "too large")
		http.NewResponseController(w).Flush()
	}
	tests := []struct {
		name   string
		setup  setup
		length int64
		code   string
	}{
		{"gate is full", setup{house: proxytest.HouseOptions{Limit: 50000}}, -1, "OVERSIZE"},
		{"stated length", setup{options: intercept.Options{MaxBody: 1 << 20}}, 1<<20 + 1, "OVERSIZE"},
		{"origin says so", setup{house: proxytest.HouseOptions{Mode: proxy.Observe},
			origin: proxytest.OriginOptions{H1: true, Handler: tooLarge}}, -1, "too large"},
	}
	for _, tt := range tests {
		for _, h2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s h2 %v", tt.name, h2), func(t *testing.T) {
				s := newStage(t, tt.setup)
				body := newDrip(pattern(100000))
				r := request(t, "POST", s.url("/"), body)
				r.ContentLength = tt.length
				if tt.length > 0 && !h2 {
					r.Header.Set("Expect", "100-continue") // must be refused without a 100
				}
				began := time.Now()
				resp, err := s.client(h2).Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close() // which waits for the upload's reader
				defer close(body.gone)
				got := make([]byte, resp.ContentLength)
				io.ReadFull(resp.Body, got)
				if took := time.Since(began); resp.StatusCode != 413 || !strings.Contains(string(got), tt.code) || took > 2*time.Second {
					t.Errorf("got %d %.80s after %v", resp.StatusCode, got, took)
				}
				if tt.code == "OVERSIZE" {
					s.untouched()
				}
				s.records(1)
			})
		}
	}
}
