package intercept_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func domestic() proxytest.HouseOptions {
	return proxytest.HouseOptions{Domestic: map[string]bool{name: true}}
}

// A tunnel that passes unread is held to its name all the same: one that says
// another inside is read, and told so.
func TestFrontingIsFoundInUnreadTunnels(t *testing.T) {
	tests := []struct{ name, sni string }{
		{"the name of another site", "overseas.example"},
		{"a name below it", "x." + name},
		{"the name with another ending", name + ".example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{house: domestic()})
			if _, err := s.unread(name, tt.sni); err == nil {
				t.Fatal("the client met the origin")
			}
			r := s.records(1)[0]
			if !r.Intent.Decided.Has(policy.AuthorityMismatch) || r.Intent.SNI != tt.sni || r.Outcome != nil && r.Outcome.Sent != policy.SentNone {
				t.Errorf("record = %+v", r.Intent)
			}
			raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			c := tls.Client(raw, &tls.Config{ServerName: tt.sni, RootCAs: s.ca.Pool()})
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", tt.sni)
			if got, _ := io.ReadAll(c); !strings.HasPrefix(string(got), "HTTP/1.1 421 ") {
				t.Errorf("inside: got %.200q", got)
			}
		})
	}
	s := newStage(t, setup{house: domestic()})
	c, err := s.unread(name, name)
	if err != nil {
		t.Fatalf("an honest tunnel: %v", err)
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", name)
	if got, _ := io.ReadAll(c); !strings.HasPrefix(string(got), "HTTP/1.1 200 ") {
		t.Errorf("an honest tunnel: got %.200q", got)
	}
	c.Close()
	if r := s.records(1)[0]; r.Intent.Judged != "unread" || r.Intent.Protocol != "tls" || r.Outcome.Origin == nil || r.Outcome.Fault != "" {
		t.Errorf("record = %+v, %+v", r.Intent, r.Outcome)
	}
}

// Before anything passes unread the origin proves that it is the one.
func TestOriginOfAnUnreadTunnelIsVerified(t *testing.T) {
	for _, kind := range []string{"", policy.PassPinned, policy.PassPrivate} {
		entry := &passes{kind: kind, left: 1 << 20, over: make(chan struct{})}
		h := proxytest.HouseOptions{PassThroughs: entry}
		if kind == "" {
			h = domestic()
		}
		s := newStage(t, setup{house: h, foreign: true, options: intercept.Options{PassThroughs: entry}})
		raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		raw.SetDeadline(time.Now().Add(4 * time.Second))
		c := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: s.ca.Pool()})
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", name, s.port())
		got, _ := io.ReadAll(c)
		if told := strings.Contains(string(got), "ORIGIN_UNTRUSTED"); told == (kind == policy.PassPinned) {
			t.Errorf("kind %q: client was told %.200q", kind, got)
		}
		r := s.records(1 + min(len(got), 1))[0]
		if r.Outcome == nil || r.Outcome.Sent != policy.SentNone || r.Outcome.Fault != policy.OriginUntrusted {
			t.Errorf("kind %q: outcome = %+v", kind, r.Outcome)
		}
		if n := len(s.origin.Received()); n != 0 {
			t.Errorf("kind %q: origin got %d requests", kind, n)
		}
	}
}

// A tunnel to an address whose client names a host proves it by the
// certificate; without a name the address is all that is claimed.
func TestUnreadTunnelToAnAddress(t *testing.T) {
	here := map[string]bool{"127.0.0.1": true, name: true}
	s := newStage(t, setup{house: proxytest.HouseOptions{Domestic: here}})
	if _, err := s.unread("127.0.0.1", name); err != nil {
		t.Errorf("with a name: %v", err)
	}
	wrong := newStage(t, setup{house: proxytest.HouseOptions{Domestic: here}, origin: proxytest.OriginOptions{Names: []string{"other.example"}}})
	if _, err := wrong.unread("127.0.0.1", name); err == nil {
		t.Error("an address passed as a name that it cannot prove")
	}
	if r := wrong.records(1)[0]; r.Outcome == nil || r.Outcome.Fault != policy.OriginUntrusted {
		t.Errorf("record = %+v", r)
	}
}

// The budget ends a tunnel in the middle, to the byte, and so does its end.
func TestPassThroughIsCut(t *testing.T) {
	const budget = 50_000
	entry := &passes{kind: policy.PassPinned, left: budget, over: make(chan struct{})}
	long := setup{house: proxytest.HouseOptions{PassThroughs: entry}, options: intercept.Options{PassThroughs: entry}}
	s := newStage(t, long)
	c, err := s.unread(name, name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000000\r\n\r\n%s", name, pattern(1000000))
	if got, err := io.ReadAll(c); err == nil && len(got) > 0 {
		t.Errorf("got %.100q", got)
	}
	r := s.records(1)[0]
	if o := r.Outcome; o.Fault != policy.PassThroughOver || o.Sent != policy.SentSome || o.Bytes+o.Received != budget {
		t.Errorf("outcome = %+v", *o)
	}
	if !r.Intent.Decided.Has(policy.RegisteredUnread) || !strings.Contains(string(r.Intent.Question), `"id":"entry"`) {
		t.Errorf("intent = %+v", r.Intent)
	}

	entry = &passes{kind: policy.PassPinned, left: 1 << 20, over: make(chan struct{})}
	long.house.PassThroughs, long.options.PassThroughs = entry, entry
	s = newStage(t, long)
	if c, err = s.unread(name, name); err != nil {
		t.Fatal(err)
	}
	close(entry.over)
	if _, err := io.ReadAll(c); isTimeout(err) {
		t.Error("the tunnel goes on after the end of its entry")
	}
	if o := s.records(1)[0].Outcome; o.Fault != policy.PassThroughOver {
		t.Errorf("outcome = %+v", *o)
	}
}

// An entry that is over is no reason to read what was not to be read.
func TestPassThroughThatIsOver(t *testing.T) {
	for _, state := range []string{policy.PassExpired, policy.PassUsedUp} {
		entry := &passes{kind: policy.PassPinned, state: state, over: make(chan struct{})}
		s := newStage(t, setup{house: proxytest.HouseOptions{PassThroughs: entry}, options: intercept.Options{PassThroughs: entry}})
		if _, err := s.unread(name, name); err == nil {
			t.Error("the client met the origin")
		}
		if r := s.records(1)[0]; !r.Intent.Decided.Has(policy.PassThroughOver) || r.Intent.Enforced != policy.Block {
			t.Errorf("decided %+v", r.Intent.Decided)
		}
		s.untouched()
	}
}

// A client that pins its certificate is known by how it leaves, in every
// version of TLS, and is never let past for it.
func TestPinnedClientsAreRecognised(t *testing.T) {
	unknown := newCA(t).Pool()
	tests := []struct {
		name   string
		config *tls.Config
	}{
		{"a client with roots of its own", &tls.Config{RootCAs: unknown}},
		{"the same in TLS 1.2", &tls.Config{RootCAs: unknown, MaxVersion: tls.VersionTLS12}},
		{"one that looks at the certificate itself", &tls.Config{InsecureSkipVerify: true,
			VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return io.ErrClosedPipe }}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, setup{})
			raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			tt.config.ServerName = name
			if err := tls.Client(raw, tt.config).HandshakeContext(t.Context()); err == nil {
				t.Fatal("the client took the certificate")
			}
			s.pinned()
		})
	}
	t.Run("one that leaves after the handshake", func(t *testing.T) {
		for _, protos := range [][]string{nil, {"h2"}} {
			s := newStage(t, setup{})
			c := s.raw(protos...)
			if err := c.HandshakeContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Close()
			s.pinned()
		}
	})
	t.Run("one that leaves without a word", func(t *testing.T) {
		s := newStage(t, setup{})
		raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
		if err != nil {
			t.Fatal(err)
		}
		tls.Client(raw, &tls.Config{InsecureSkipVerify: true, ServerName: name,
			VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { raw.Close(); return nil }}).HandshakeContext(t.Context())
		s.pinned()
	})
}

// pinned wants the event and the record of a client that pins.
func (s *stage) pinned() {
	s.t.Helper()
	r := s.records(1)[0]
	if !r.Intent.Decided.Has(policy.LeafRefused) || r.Intent.Enforced != policy.Block || r.Intent.SNI != name || r.Intent.Protocol != "tls" {
		s.t.Errorf("intent = %+v", r.Intent)
	}
	if err := s.house.AwaitEvent(s.t.Context(), proxy.EventLeafRefused); err != nil {
		s.t.Error(err)
	}
	s.untouched()
}

// A client that used its connection, or is only slow, is no pinned one.
func TestOthersAreNotTakenForPinned(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("GET /")+"Connection: close\r\n\r\n")
	io.Copy(io.Discard, c)
	c.Close()
	if r := s.records(1)[0]; r.Intent.Decided.Has(policy.LeafRefused) {
		t.Errorf("decided %+v", r.Intent.Decided)
	}
	h2 := s.raw("h2")
	io.WriteString(h2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	io.ReadFull(h2, make([]byte, 9))
	h2.Close()
	raw, err := s.dial(t.Context(), "tcp", net.JoinHostPort(name, s.port()))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(raw, "\x16\x03\x01\x00")
	raw.Close()
	if err := s.house.AwaitEvent(t.Context(), proxy.EventHandshakeFailed); err != nil {
		t.Error(err)
	}
	s.records(1)
}

// openssl is another reader of what the gateway says.
func TestOpenSSLMeetsTheOrigin(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	s := newStage(t, setup{house: domestic()})
	relay := server(t, func(c net.Conn) {
		s.i.Tunnel(t.Context(), c, nil, policy.Session{ID: "s", Door: "test", Client: netip.MustParseAddrPort(c.RemoteAddr().String()),
			Host: name, Port: s.origin.Addr.Port()})
	})
	out, _ := exec.CommandContext(t.Context(), openssl, "s_client", "-connect", relay.String(), "-servername", name, "-brief").CombinedOutput()
	if !strings.Contains(string(out), "proxytest CA") && !strings.Contains(string(out), "CONNECTION ESTABLISHED") {
		t.Errorf("got %s", out)
	}
	if r := s.records(1)[0]; r.Intent.Judged != "unread" {
		t.Errorf("intent = %+v", r.Intent)
	}
}
