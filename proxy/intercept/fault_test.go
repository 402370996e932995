package intercept_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func TestPanicOfAPartEndsOneExchange(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{house: proxytest.HouseOptions{Panic: "PANIC-NOW"}})
		c := s.client(h2)
		resp, body := s.do(c, request(t, "POST", s.url("/"), strings.NewReader("PANIC-NOW")))
		if resp.StatusCode != http.StatusForbidden || !strings.Contains(body, "SCAN_FAILED") {
			t.Errorf("got %d %s", resp.StatusCode, body)
		}
		s.untouched()
		if resp, _ := s.do(c, request(t, "POST", s.url("/"), strings.NewReader("fine"))); resp.StatusCode != 200 {
			t.Errorf("after the panic: %d", resp.StatusCode)
		}
		if err := s.house.AwaitEvent(t.Context(), proxy.EventPanic); err != nil {
			t.Error(err)
		}
	}
}

func TestClientGoesAway(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{})
		ctx, cancel := context.WithCancel(t.Context())
		body := newDrip(pattern(5000))
		r := request(t, "POST", s.url("/"), body).WithContext(ctx)
		go func() { <-body.ready; cancel(); close(body.gone) }()
		if _, err := s.client(h2).Do(r); err == nil {
			t.Error("a request that was given up got an answer")
		}
		rec := s.records(1)[0]
		if !rec.Intent.Decided.Has(policy.ClientGone) {
			t.Errorf("decided %+v", rec.Intent.Decided)
		}
		s.untouched()
	}
}

func TestStalledUploadIsRefused(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{options: intercept.Options{BodyIdle: 50 * time.Millisecond, LeftoverTimeout: 50 * time.Millisecond}})
		body := newDrip(pattern(5000))
		r, answered := request(t, "POST", s.url("/"), body), make(chan struct{})
		go func() {
			defer close(answered)
			if resp, err := s.client(h2).Do(r); err == nil {
				resp.Body.Close()
			}
		}()
		defer func() { close(body.gone); <-answered }()
		if rec := s.records(1)[0]; !rec.Intent.Decided.Has(policy.ClientGone) {
			t.Errorf("decided %+v", rec.Intent.Decided)
		}
		if err := s.house.AwaitEvent(t.Context(), proxy.EventTimeout); err != nil {
			t.Error(err)
		}
	}
}

func TestStalledResponseIsCut(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{options: intercept.Options{ResponseIdle: 100 * time.Millisecond},
			origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, "begun")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}}})
		resp, err := s.client(h2).Do(request(t, "GET", s.url("/"), nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Error("stalled response ended cleanly")
		}
		resp.Body.Close()
	}
}

// A stream that nobody reads must not take the window of its connection.
func TestUnreadStreamDoesNotStallItsSiblings(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		held := make(chan struct{})
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}, origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/held" {
				select {
				case <-held:
				case <-r.Context().Done():
				}
			}
			io.Copy(w, r.Body)
		}}})
		c := s.client(true)
		done := make(chan error, 1)
		go func() {
			resp, err := c.Do(request(t, "POST", s.url("/held"), bytes.NewReader(pattern(4<<20))))
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			done <- err
		}()
		for range *reps {
			body := pattern(300 << 10)
			if _, got := s.do(c, request(t, "POST", s.url("/"), bytes.NewReader(body))); got != string(body) {
				t.Errorf("sibling got %d bytes", len(got))
			}
		}
		close(held)
		if err := <-done; err != nil {
			t.Errorf("%v: held stream: %v", mode, err)
		}
	}
}

func TestUpgrade(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Upgrade", r.Header.Get("Upgrade"))
		w.Header().Set("Connection", "Upgrade")
		w.WriteHeader(http.StatusSwitchingProtocols)
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		b := make([]byte, 4)
		io.ReadFull(rw, b)
		c.Write(b)
	}
	tests := []struct {
		name   string
		to     string
		house  proxytest.HouseOptions
		status int
	}{
		{"governed", "websocket", proxytest.HouseOptions{}, 403},
		{"observed", "websocket", proxytest.HouseOptions{Mode: proxy.Observe}, 101},
		{"governed, another protocol", "SPDY/3.1", proxytest.HouseOptions{}, 403},
		{"observed, another protocol", "SPDY/3.1", proxytest.HouseOptions{Mode: proxy.Observe}, 101},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{house: tt.house, origin: proxytest.OriginOptions{H1: true, Handler: echo}})
			raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
			if err != nil {
				t.Fatal(err)
			}
			c := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: s.ca.Pool()})
			defer c.Close()
			c.SetDeadline(time.Now().Add(5 * time.Second))
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s:%s\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\nping", name, s.port(), tt.to)
			got := make([]byte, 4096)
			n, err := c.Read(got)
			if err != nil || !bytes.HasPrefix(got[:n], fmt.Appendf(nil, "HTTP/1.1 %d ", tt.status)) {
				t.Fatalf("got %.200q, %v, want %d", got[:n], err, tt.status)
			}
			if tt.status == 403 {
				s.untouched()
				if r := s.records(1)[0]; !r.Intent.Decided.Has(policy.UpgradeNotRead) {
					t.Errorf("decided %+v", r.Intent.Decided)
				}
				return
			}
			if !bytes.Contains(got[:n], []byte("Upgrade: "+tt.to+"\r\n")) {
				t.Errorf("got %q, want a switch to %s", got[:n], tt.to)
			}
			rest, _ := io.ReadAll(c)
			if all := string(got[:n]) + string(rest); !strings.HasSuffix(all, "ping") {
				t.Errorf("got %q", all)
			}
			r := s.records(1)[0]
			if r.Outcome.Bytes != 4 || r.Outcome.Received != 4 {
				t.Errorf("outcome = %+v", *r.Outcome)
			}
			if tt.name == "observed" && !r.Intent.Decided.Has(policy.UpgradeNotRead) {
				t.Errorf("decided %+v", r.Intent.Decided)
			}
		})
	}
}

func TestObserveRecordsWhatItWouldHaveDone(t *testing.T) {
	s := newStage(t, setup{house: proxytest.HouseOptions{Mode: proxy.Observe}})
	if resp, _ := s.do(s.client(true), request(t, "POST", s.url("/"), strings.NewReader(proxytest.Mark))); resp.StatusCode != 200 {
		t.Errorf("got %d, want 200", resp.StatusCode)
	}
	r := s.records(1)[0]
	if r.Intent.Enforced != policy.Pass || r.Intent.Decided.Action != policy.Block || !r.Intent.Decided.Has(policy.FilingNotFound) {
		t.Errorf("intent = %+v", r.Intent)
	}
}

func TestShellInATunnel(t *testing.T) {
	s := newStage(t, setup{})
	c, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "SSH-2.0-test\r\n")
	b, _ := io.ReadAll(c)
	r := s.records(1)[0]
	if !r.Intent.Decided.Has(policy.ProtocolNotRead) || r.Intent.Protocol != "ssh" {
		t.Errorf("intent = %+v", r.Intent)
	}
	if !bytes.Contains(b, []byte("PROTOCOL_NOT_READ")) || !bytes.Contains(b, []byte("record="+r.ID)) {
		t.Errorf("client was told %q", b)
	}
	s.untouched()
}

func TestSilentTunnelTimesOut(t *testing.T) {
	s := newStage(t, setup{options: intercept.Options{HelloTimeout: 30 * time.Millisecond}})
	c, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, _ := io.ReadAll(c); len(b) > 0 {
		t.Errorf("got %q", b)
	}
	if err := s.house.AwaitEvent(t.Context(), proxy.EventTimeout); err != nil {
		t.Error(err)
	}
}

func TestPlain(t *testing.T) {
	s := newStage(t, setup{})
	plain, err := proxytest.NewOrigin(proxytest.OriginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	session := &policy.Session{ID: "s", Door: "test", Client: netip.MustParseAddrPort("127.0.0.1:9")}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.i.Plain(w, r, session) }))
	defer door.Close()
	c := proxytest.Client(door.Listener.Addr().String(), nil, false)
	defer c.CloseIdleConnections()
	body := pattern(100 << 10)
	url := fmt.Sprintf("http://%s:%d/a", name, plain.Addr.Port())
	if _, got := s.do(c, request(t, "POST", url, bytes.NewReader(body))); got != digest(body) {
		t.Errorf("got %s", got)
	}
	if resp, _ := s.do(c, request(t, "GET", url+"?"+proxytest.Mark, nil)); resp.StatusCode != 403 {
		t.Errorf("got %d, want 403", resp.StatusCode)
	}
	raw, err := net.Dial("tcp", door.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	io.WriteString(raw, "GET http://user@origin.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if got, _ := io.ReadAll(raw); !bytes.HasPrefix(got, []byte("HTTP/1.1 400 ")) {
		t.Errorf("user info: got %.60q", got)
	}
	if n := len(plain.Received()); n != 1 {
		t.Errorf("origin got %d requests, want 1", n)
	}
}
