package intercept_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// passes is one entry of an operator as a fake. The zero state is current.
type passes struct {
	mu    sync.Mutex
	kind  string
	state string
	left  int
	over  chan struct{}
	open  int
}

func (p *passes) Covering(f *policy.Flow) *policy.PassThrough {
	p.mu.Lock()
	defer p.mu.Unlock()
	tls := f.Protocol == "tls" || f.Method == "CONNECT"
	switch raw := p.kind == policy.PassRaw; {
	case p.kind == "", strings.HasPrefix(f.Protocol, "h"), raw != !tls && f.Method != "CONNECT":
		return nil
	}
	state := p.state
	if state == "" {
		state = policy.PassCurrent
	}
	return &policy.PassThrough{ID: "entry", Kind: p.kind, State: state}
}

func (p *passes) Lease(*policy.Flow) (policy.Lease, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open++
	return p, p.state == ""
}

func (p *passes) Charge(n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n = min(n, p.left)
	p.left -= n
	return n
}

func (p *passes) Over() <-chan struct{} { return p.over }
func (p *passes) Close()                {}

// server is an origin that speaks as it likes.
func server(t *testing.T, talk func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var talking sync.WaitGroup
	talking.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talking.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(5 * time.Second))
				talk(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); talking.Wait() })
	return netip.MustParseAddrPort(l.Addr().String())
}

// greet says something and then gives back what it is sent.
func greet(banner string) func(net.Conn) {
	return func(c net.Conn) {
		io.WriteString(c, banner)
		io.Copy(c, c)
	}
}

// to opens a tunnel to a port of the origin's name, says something, or hears
// the first line, and reads to the end.
func (s *stage) to(port uint16, say string, half bool) string {
	s.t.Helper()
	c, err := s.dial(s.t.Context(), "tcp", net.JoinHostPort(name, strconv.Itoa(int(port))))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(4 * time.Second))
	io.WriteString(c, say)
	in := bufio.NewReader(c)
	line := ""
	if say == "" {
		line, err = in.ReadString('\n')
	}
	if half && err == nil {
		c.(*net.TCPConn).CloseWrite()
	}
	b, err := io.ReadAll(in)
	if isTimeout(err) {
		s.t.Errorf("the tunnel hangs after %q", line+string(b))
	}
	return line + string(b)
}

// What a tunnel carries against where it goes: a protocol that is not read
// passes where the policy lets it pass unread, and nowhere else, and whoever
// waits for the other side never waits for ever.
func TestTunnelsThatAreNotRead(t *testing.T) {
	type place struct {
		name     string
		domestic bool
		mode     proxy.Mode
		kind     string // of an entry
		passes   bool
	}
	places := []place{
		{"overseas", false, proxy.Enforce, "", false},
		{"the mainland", true, proxy.Enforce, "", true},
		{"overseas, observed", false, proxy.Observe, "", true},
		{"under a raw entry", false, proxy.Enforce, policy.PassRaw, true},
		{"under an entry for pinned clients", false, proxy.Enforce, policy.PassPinned, false},
	}
	kinds := []struct{ name, banner, say, protocol string }{
		{"a shell", "SSH-2.0-server\r\n", "SSH-2.0-client\r\n", "ssh"},
		{"mail, the server first", "220 mx.example ESMTP\r\n", "", "smtp"},
		{"mail, a client that does not wait", "", "EHLO client.example\r\n", "smtp"},
		{"files, the server first", "220 (vsFTPd)\r\n", "", "ftp"},
		{"a protocol that nobody knows", "", "\x00\x01\x02\x03", "tcp"},
		{"an unknown server first", "hello\r\n", "", "tcp"},
	}
	for _, p := range places {
		for _, k := range kinds {
			t.Run(k.name+" to "+p.name, func(t *testing.T) {
				t.Parallel()
				entry := &passes{kind: p.kind, left: 1 << 20, over: make(chan struct{})}
				s := newStage(t, setup{house: proxytest.HouseOptions{Mode: p.mode, Domestic: map[string]bool{name: p.domestic},
					PassThroughs: entry}, options: intercept.Options{ServerFirst: 30 * time.Millisecond, PassThroughs: entry}})
				at := server(t, greet(k.banner))
				if k.say == "" && p.mode == proxy.Observe {
					t.Skip("nobody may ask the server of a place that is read who speaks first")
				}
				got := s.to(at.Port(), k.say, true)
				r := s.records(1)[0]
				if !p.passes {
					protocol := k.protocol
					if k.say == "" && p.kind == "" {
						protocol = "tcp" // nobody asked the server
					}
					if !r.Intent.Decided.Has(policy.ProtocolNotRead) || r.Intent.Protocol != protocol || r.Outcome != nil && r.Outcome.Sent != policy.SentNone {
						t.Errorf("record = %+v", r)
					}
					if !strings.Contains(got, "PROTOCOL_NOT_READ") || !strings.Contains(got, "record="+r.ID) {
						t.Errorf("client was told %q", got)
					}
					return
				}
				if k.say != "" && got != k.banner+k.say || k.say == "" && got != k.banner {
					t.Errorf("got %q", got)
				}
				if r.Intent.Protocol != k.protocol || r.Outcome.Bytes != int64(len(k.say)) || r.Outcome.Received != int64(len(got)) {
					t.Errorf("protocol %s, outcome %+v", r.Intent.Protocol, *r.Outcome)
				}
				if p.mode == proxy.Observe != r.Intent.Decided.Has(policy.ProtocolNotRead) || p.kind != "" && !r.Intent.Decided.Has(policy.RegisteredUnread) {
					t.Errorf("decided %+v", r.Intent.Decided)
				}
			})
		}
	}
}

// A port at which servers are known to speak first is decided at once.
func TestKnownPortsDoNotWait(t *testing.T) {
	s := newStage(t, setup{options: intercept.Options{ServerFirst: time.Hour, HelloTimeout: time.Hour}})
	for i, port := range []uint16{21, 22, 25, 110, 143, 587} {
		if got := s.to(port, "", false); !strings.Contains(got, "PROTOCOL_NOT_READ") {
			t.Errorf("port %d: got %q", port, got)
		}
		r := s.records(i + 1)[i]
		if want := map[uint16]string{21: "ftp", 22: "ssh", 25: "smtp", 587: "smtp"}[port]; want != "" && r.Intent.Protocol != want {
			t.Errorf("port %d is recorded as %s", port, r.Intent.Protocol)
		}
	}
	s.untouched()
}

// Requests without TLS are read like any others, whatever tunnel they are in.
func TestPlainRequestsInATunnel(t *testing.T) {
	plain, err := proxytest.NewOrigin(proxytest.OriginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	host := fmt.Sprintf("%s:%d", name, plain.Addr.Port())
	tests := []struct{ name, say, want, code string }{
		{"an honest one", "GET / HTTP/1.1\r\nHost: " + host + "\r\n", "HTTP/1.1 200", ""},
		{"one with a finding", "GET /?" + proxytest.Mark + " HTTP/1.1\r\nHost: " + host + "\r\n", "HTTP/1.1 403", "FILING_NOT_FOUND"},
		{"in absolute form", "GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n", "HTTP/1.1 200", ""},
		{"in absolute form of TLS", "GET https://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n", "HTTP/1.1 4", "AUTHORITY_MISMATCH"},
		{"for another host", "GET / HTTP/1.1\r\nHost: other.example\r\n", "HTTP/1.1 421", "AUTHORITY_MISMATCH"},
		{"for another port", "GET / HTTP/1.1\r\nHost: " + name + "\r\n", "HTTP/1.1 421", "AUTHORITY_MISMATCH"},
	}
	s := newStage(t, setup{})
	for i, tt := range tests {
		got := s.to(plain.Addr.Port(), tt.say+"Connection: close\r\n\r\n", false)
		if !strings.HasPrefix(got, tt.want) || !strings.Contains(got, tt.code) {
			t.Errorf("%s: got %.200q", tt.name, got)
		}
		if r := s.records(i + 1)[i]; r.Intent.Scheme != "http" || r.Intent.Host != name || tt.code != "" && r.Outcome != nil && r.Outcome.Sent != policy.SentNone {
			t.Errorf("%s: intent = %+v", tt.name, r.Intent)
		}
	}
	if n := len(plain.Received()); n != 2 {
		t.Errorf("origin got %d requests, want 2", n)
	}
}

// Without TLS nothing proves that an address is that of a name.
func TestPlainRequestBindsNoName(t *testing.T) {
	s := newStage(t, setup{house: proxytest.HouseOptions{Domestic: map[string]bool{"inside.example": true}}})
	c, err := s.dial(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", s.port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: inside.example:"+s.port()+"\r\nConnection: close\r\n\r\n")
	if got, _ := io.ReadAll(c); !bytes.HasPrefix(got, []byte("HTTP/1.1 421 ")) {
		t.Errorf("got %.200q", got)
	}
	s.records(1)
	s.untouched()
}

// unread is a TLS client in a tunnel that passes unread: it meets the origin.
func (s *stage) unread(authority, sni string) (*tls.Conn, error) {
	raw, err := s.dial(s.t.Context(), "tcp", net.JoinHostPort(authority, s.port()))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { raw.Close() })
	raw.SetDeadline(time.Now().Add(5 * time.Second))
	pool := s.signs.Pool()
	c := tls.Client(raw, &tls.Config{ServerName: sni, RootCAs: pool})
	return c, c.HandshakeContext(s.t.Context())
}
