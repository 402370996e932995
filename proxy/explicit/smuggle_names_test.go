package explicit_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/datacustoms/customs/proxy/proxytest"
)

// nameRows are tricks with the names of an origin: that of the tunnel, of the
// handshake, and of the request.
func nameRows() (rows []row) {
	for _, n := range []struct{ name, connect, sni, host, want string }{
		{"all names the same", "{A}", name, "{A}", "pass"},
		{"fronting: another Host", "{A}", name, "other.example:{port}", mismatch},
		{"fronting: another SNI", "{A}", "other.example", "{A}", mismatch},
		{"fronting: another tunnel", "other.example:{port}", name, "{A}", mismatch},
		{"fronting: SNI and Host agree against the tunnel", "{A}", "other.example", "other.example:{port}", mismatch},
		{"coalescing: a second name of the same address", "{A}", name, "xn--fsqu00a.example:{port}", mismatch},
		{"a subdomain", "{A}", name, "x.origin.example:{port}", mismatch},
		{"a name that begins alike", "{A}", name, "origin.example.other.example:{port}", mismatch},
		{"another port", "{A}", name, "origin.example:1", mismatch},
		{"no port where one is needed", "{A}", name, "origin.example", mismatch},
		{"an empty port", "{A}", name, "origin.example:", mismatch},
		{"a port that overflows", "{A}", name, "origin.example:99999", mismatch},
		{"a port with a sign", "{A}", name, "origin.example:+{port}", mismatch},
		{"two ports", "{A}", name, "origin.example:{port}:{port}", mismatch},
		{"another case", "{A}", "ORIGIN.example", "Origin.EXAMPLE:{port}", "pass"},
		{"a trailing dot", "{A}", name, "origin.example.:{port}", "pass"},
		{"a trailing dot in the tunnel", "origin.example.:{port}", name, "{A}", "pass"},
		{"two trailing dots", "{A}", name, "origin.example..:{port}", mismatch},
		{"a dot in front", "{A}", name, ".origin.example:{port}", mismatch},
		{"user info", "{A}", name, "origin.example@other.example:{port}", malformed},
		{"user info in front of the same", "{A}", name, "x@{A}", malformed},
		{"a path in Host", "{A}", name, "{A}/x", malformed},
		{"a query in Host", "{A}", name, "{A}?x", malformed},
		{"a fragment in Host", "{A}", name, "{A}#x", malformed},
		{"a backslash in Host", "{A}", name, "{A}\\x", malformed},
		{"a space in Host", "{A}", name, "origin.example other.example", malformed},
		{"a list of hosts", "{A}", name, "{A}, other.example:{port}", malformed},
		{"a NUL in Host", "{A}", name, "origin.example\x00.other.example:{port}", malformed},
		{"an escape in Host", "{A}", name, "origin%2eexample:{port}", mismatch},
		{"an empty Host", "{A}", name, "", mismatch},
		{"only a port", "{A}", name, ":{port}", mismatch},
		{"a name in its own letters", "{A}", name, "例.example:{port}", malformed},
		{"the A-label of a tunnel in Unicode", "例子.example:{port}", "xn--fsqu00a.example", "xn--fsqu00a.example:{port}", malformed},
		{"an A-label in another case", "XN--FSQU00A.example:{port}", "xn--fsqu00a.example", "Xn--fsqu00a.example:{port}", "pass"},
		{"a bad A-label", "{A}", name, "xn--a:{port}", mismatch},
		{"an underscore", "a_b.example:{port}", "a_b.example", "a_b.example:{port}", "pass"},
		{"no SNI", "{A}", "-", "{A}", "pass"},
		{"no SNI and another Host", "{A}", "-", "other.example:{port}", mismatch},
		{"an address", "127.0.0.1:{port}", "-", "127.0.0.1:{port}", "pass"},
		{"an address as decimal", "2130706433:{port}", "-", "127.0.0.1:{port}", "pass"},
		{"an address as hex", "0x7f000001:{port}", "-", "0x7f.1:{port}", "pass"},
		{"an address as octal", "0177.0.0.1:{port}", "-", "127.1:{port}", "pass"},
		{"an address with a trailing dot", "127.0.0.1.:{port}", "-", "127.0.0.1:{port}", "pass"},
		{"an address mapped into IPv6", "[::ffff:127.0.0.1]:{port}", "-", "[::ffff:7f00:1]:{port}", "pass"},
		{"another address", "127.0.0.1:{port}", "-", "127.0.0.2:{port}", mismatch},
		{"an address without brackets", "127.0.0.1:{port}", "-", "::1", mismatch},
		{"an IPv4 address in brackets", "127.0.0.1:{port}", "-", "[127.0.0.1]:{port}", mismatch},
		{"a name for an address", "203.0.113.9:{port}", name, "{A}", "ok by address"},
		{"an address for a name", "{A}", name, "127.0.0.1:{port}", mismatch},
		{"SNI names one, Host another, the tunnel an address", "203.0.113.9:{port}", name, "other.example:{port}", mismatch},
		{"the tunnel an address, Host that address, SNI a name", "203.0.113.9:{port}", name, "203.0.113.9:{port}", mismatch},
	} {
		if n.want == "ok by address" {
			n.want = "pass"
		}
		rows = append(rows, row{name: n.name, connect: n.connect, sni: n.sni, want: n.want,
			in: "GET / HTTP/1.1\r\nHost: " + n.host + "\r\nConnection: close\r\n\r\n"})
	}
	for _, f := range []string{"X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "Forwarded: host=other.example;x"} {
		field, value, ok := strings.Cut(f, ": ")
		if !ok {
			value = "other.example/admin"
		}
		rows = append(rows, row{name: "another name or target in " + field, want: "pass",
			in: "GET /x HTTP/1.1\r\nHost: {A}\r\n" + field + ": " + value + "\r\nConnection: close\r\n\r\n"})
	}
	return append(rows, row{name: "an underscore for a Host", want: malformed, in: "GET /x HTTP/1.1\r\nHost: {A}\r\nHOST_: y\r\nhost_: other.example\r\nContent_Length: 3\r\nConnection: close\r\n\r\n"})
}

// tunnelTo opens a tunnel and ends the handshake in it. A CONNECT that is
// refused is an error that holds the answer.
func tunnelTo(ctx context.Context, d *desk, authority, sni string, protos []string) (net.Conn, error) {
	c, resp, err := proxytest.Connect(ctx, d.addr, authority, nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != 200 {
		defer c.Close()
		b := make([]byte, 4096)
		n, _ := resp.Body.Read(b)
		return nil, errors.New(resp.Status + " " + resp.Header.Get("X-Customs-Record") + string(b[:n]))
	}
	t := tls.Client(c, &tls.Config{ServerName: sni, InsecureSkipVerify: true, NextProtos: protos})
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}
