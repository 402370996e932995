package sniff_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/sniff"
)

func TestHost(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain name", "example.com", "example.com"},
		{"upper case and trailing dot", "EXAMPLE.com.", "example.com"},
		{"unicode becomes A-labels", "例子.中国", "xn--fsqu00a.xn--fiqs8s"},
		{"ideographic full stop", "example。com", "example.com"},
		{"A-label in upper case", "XN--FSQU00A.cn", "xn--fsqu00a.cn"},
		{"hyphens in third and fourth place", "r3---sn-abc.example.com", "r3---sn-abc.example.com"},
		{"underscore", "my_host.example.com", "my_host.example.com"},
		{"dotted address", "192.0.2.7", "192.0.2.7"},
		{"address with trailing dot", "192.0.2.7.", "192.0.2.7"},
		{"decimal address", "2130706433", "127.0.0.1"},
		{"hex address", "0x7f.1", "127.0.0.1"},
		{"octal address", "0177.0.0.01", "127.0.0.1"},
		{"full-width digits", "１２７.0.0.1", "127.0.0.1"},
		{"three parts", "127.0.258", "127.0.1.2"},
		{"IPv6", "2001:DB8::1", "2001:db8::1"},
		{"IPv6 in brackets", "[2001:db8:0::1]", "2001:db8::1"},
		{"mapped address", "[::ffff:127.0.0.1]", "127.0.0.1"},
		{"nothing", "", ""},
		{"only a dot", ".", ""},
		{"two trailing dots", "example.com..", ""},
		{"empty label", "a..b", ""},
		{"user info", "user@example.com", ""},
		{"zone", "[fe80::1%eth0]", ""},
		{"percent", "exa%6dple.com", ""},
		{"name in brackets", "[example.com]", ""},
		{"IPv4 in brackets", "[127.0.0.1]", ""},
		{"open bracket", "[::1", ""},
		{"bad bracket tail", "[::1]x", ""},
		{"number out of range", "256.1.1.1", ""},
		{"too many numbers", "1.2.3.4.5", ""},
		{"bad octal", "08.1.1.1", ""},
		{"space", "exam ple.com", ""},
		{"slash", "example.com/x", ""},
		{"NUL", "example.com\x00.cn", ""},
		{"bad punycode", "xn--a", ""},
		{"label too long", strings.Repeat("a", 64) + ".com", ""},
		{"name too long", strings.Repeat("abcdefg.", 33) + "com", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sniff.Host(tt.in)
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("Host(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestHostPort(t *testing.T) {
	tests := []struct {
		name, in string
		def      uint16
		host     string
		port     uint16
	}{
		{"both", "Example.com:8443", 443, "example.com", 8443},
		{"default port", "example.com", 443, "example.com", 443},
		{"IPv6 with port", "[::1]:80", 443, "::1", 80},
		{"IPv6 alone", "[::1]", 443, "::1", 443},
		{"leading zero", "a.b:080", 443, "a.b", 80},
		{"no default", "example.com", 0, "", 0},
		{"port zero", "example.com:0", 443, "", 0},
		{"port too large", "example.com:65536", 443, "", 0},
		{"empty port", "example.com:", 443, "", 0},
		{"sign", "example.com:+80", 443, "", 0},
		{"bare IPv6", "::1", 443, "", 0},
		{"no host", ":443", 443, "", 0},
		{"two ports", "a:1:2", 443, "", 0},
		{"user info", "a:b@example.com:443", 443, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			host, port, err := sniff.HostPort(tt.in, tt.def)
			if err == nil && (host != tt.host || port != tt.port) || (err != nil) != (tt.host == "") {
				t.Errorf("HostPort(%q) = %q, %d, %v, want %q, %d", tt.in, host, port, err, tt.host, tt.port)
			}
		})
	}
}

// hello returns the first flight of a real client.
func hello(t testing.TB, cfg *tls.Config) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	go tls.Client(client, cfg).HandshakeContext(context.Background())
	head := make([]byte, 5)
	if _, err := io.ReadFull(server, head); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	if _, err := io.ReadFull(server, body); err != nil {
		t.Fatal(err)
	}
	return append(head, body...)
}

// split cuts the handshake message of one record into records of n bytes.
func split(record []byte, n int) []byte {
	var out []byte
	for rest := record[5:]; len(rest) > 0; {
		k := min(n, len(rest))
		out = append(out, 22, 3, 1, byte(k>>8), byte(k))
		out = append(out, rest[:k]...)
		rest = rest[k:]
	}
	return out
}

func TestParseHello(t *testing.T) {
	raw := hello(t, &tls.Config{ServerName: "Origin.Example", NextProtos: []string{"h2", "http/1.1"}})
	for _, n := range []int{1 << 14, 700, 100, 3} {
		b := split(raw, n)
		h, err := sniff.ParseHello(b)
		if err != nil {
			t.Fatalf("records of %d: %v", n, err)
		}
		if h.SNI != "Origin.Example" || h.Version != tls.VersionTLS13 || len(h.ALPN) != 2 || h.ALPN[0] != "h2" || h.ECH {
			t.Errorf("records of %d: got %+v", n, h)
		}
		if ja4 := h.JA4(); !strings.HasPrefix(ja4, "t13d") || !strings.Contains(ja4, "h2_") {
			t.Errorf("JA4 = %q", ja4)
		}
		for i := range b {
			if _, err := sniff.ParseHello(b[:i]); !errors.Is(err, sniff.ErrShort) {
				t.Fatalf("records of %d cut at %d: %v, want ErrShort", n, i, err)
			}
		}
	}
}

func TestParseHelloRefuses(t *testing.T) {
	raw := hello(t, &tls.Config{ServerName: "origin.example"})
	twice := append([]byte{}, raw...)
	twice[5] = 2 // a ServerHello
	tests := map[string][]byte{
		"HTTP":               []byte("GET / HTTP/1.1\r\n"),
		"SSH":                []byte("SSH-2.0-x\r\n"),
		"another message":    twice,
		"empty record":       {22, 3, 1, 0, 0},
		"wrong version":      {22, 2},
		"alert":              {21, 3, 1, 0, 2, 2, 40},
		"hello too long":     {22, 3, 1, 0, 4, 1, 1, 0, 0},
		"truncated inside":   {22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3},
		"two of one kind":    withExtensions(0x0005, 0x0005),
		"never ending short": append([]byte{22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0}, make([]byte, 16384)...),
	}
	for name, b := range tests {
		if h, err := sniff.ParseHello(b); !errors.Is(err, sniff.ErrNotTLS) {
			t.Errorf("%s: got %+v, %v, want ErrNotTLS", name, h, err)
		}
	}
}

func withExtensions(kinds ...uint16) []byte {
	msg := append([]byte{3, 3}, make([]byte, 33)...)
	msg = append(msg, 0, 2, 0x13, 1, 1, 0)
	msg = append(msg, byte(len(kinds)*4>>8), byte(len(kinds)*4))
	for _, k := range kinds {
		msg = append(msg, byte(k>>8), byte(k), 0, 0)
	}
	msg = append([]byte{1, 0, byte(len(msg) >> 8), byte(len(msg))}, msg...)
	return append([]byte{22, 3, 1, byte(len(msg) >> 8), byte(len(msg))}, msg...)
}

// The vector is the worked example of the JA4 specification.
func TestJA4(t *testing.T) {
	h := sniff.Hello{Version: 0x0304, ALPN: []string{"h2", "http/1.1"},
		Ciphers: []uint16{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		Extensions: []uint16{0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
			0xff01, 0x000b, 0x000a, 0x0015},
		SigAlgs: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}}
	if got, want := h.JA4(), "t13d1516h2_8daaf6152771_e5627efa2ab1"; got != want {
		t.Errorf("JA4 = %s, want %s", got, want)
	}
	if got, want := (&sniff.Hello{}).JA4(), "t00i000000_000000000000_000000000000"; got != want {
		t.Errorf("JA4 of nothing = %s, want %s", got, want)
	}
}

func TestHeadText(t *testing.T) {
	got := string(sniff.HeadText("POST", "/a?b=c", map[string][]string{"X-B": {"1", "2"}, "Accept": {"*/*"}, "Content-Length": {"11"}}))
	if want := "POST /a?b=c\nAccept: */*\nX-B: 1\nX-B: 2\n"; got != want {
		t.Errorf("HeadText = %q, want %q", got, want)
	}
	if got := sniff.TrailerText(nil); got != nil {
		t.Errorf("TrailerText(nil) = %q", got)
	}
}

// FuzzParseHello wants no panic, and the same answer however the message is
// cut into records.
func FuzzParseHello(f *testing.F) {
	f.Add(hello(f, &tls.Config{ServerName: "origin.example", NextProtos: []string{"h2"}}), 100)
	f.Add(withExtensions(0x0005, 0xfe0d), 1)
	f.Add([]byte("GET / HTTP/1.1\r\n"), 3)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		h, err := sniff.ParseHello(b)
		if err != nil || n < 1 || len(b) < 5 || len(b) != 5+int(b[3])<<8+int(b[4]) {
			return
		}
		again, err := sniff.ParseHello(split(b, n))
		if err != nil || again.JA4() != h.JA4() || again.SNI != h.SNI {
			t.Errorf("cut into %d: %v", n, err)
		}
	})
}

// FuzzHost wants a canonical form to be its own canonical form, and an
// address where one is meant.
func FuzzHost(f *testing.F) {
	for _, s := range []string{"Example.com.", "0x7f.1", "[::ffff:1.2.3.4]", "例子.中国", "a@b", "１.１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := sniff.Host(s)
		if err != nil {
			return
		}
		again, err := sniff.Host(host)
		if err != nil || again != host {
			t.Errorf("Host(Host(%q)) = %q, %v", s, again, err)
		}
		if a, err := netip.ParseAddr(host); err == nil && (a.String() != host || a.Is4In6() || a.Zone() != "") {
			t.Errorf("Host(%q) = %q is no canonical address", s, host)
		}
	})
}
