package sniff_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/sniff"
)

// FuzzCanonical wants one canonical form of a name: its own, that of its URL,
// and that of the address it may be.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"a.example", "A.Example.", "127.1", "0x7f.0.0.1", "[::1]", "[::ffff:1.2.3.4]", "例え.jp", "xn--fsqu00a.cn", "１２７.1", "a.example:443"} {
		f.Add(s)
	}
	f.Fuzz(canonical)
}

func canonical(t *testing.T, s string) {
	got, err := sniff.Host(s)
	if err != nil {
		return
	}
	if again, err := sniff.Host(got); err != nil || again != got {
		t.Fatalf("Host(%q) = %q, and of that %q, %v", s, got, again, err)
	}
	a, ipErr := netip.ParseAddr(got)
	if ipErr == nil && (a.String() != got || a.Zone() != "" || a.Is4In6()) {
		t.Fatalf("Host(%q) = %q, an address that is written %q", s, got, a)
	}
	// What netip reads as an address is the same one here.
	if b, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil && b.Unmap() != a {
		t.Fatalf("Host(%q) = %q, netip reads %q", s, got, b)
	}
	// A URL made of it leads to the same host, and so does one made of what
	// came in, where net/url reads that at all.
	written := got
	if a.Is6() {
		written = "[" + got + "]"
	}
	if u, err := url.Parse("https://" + written + ":8443/"); err != nil || u.Hostname() != got || u.Port() != "8443" {
		t.Fatalf("Host(%q) = %q, not the host of a URL: %v", s, got, err)
	}
	if host, port, err := sniff.HostPort(written+":8443", 0); err != nil || host != got || port != 8443 {
		t.Fatalf("HostPort of %q: %q, %d, %v", written, host, port, err)
	}
	if u, err := url.Parse("https://" + s + "/"); err == nil && u.User == nil && u.Port() == "" && u.Path == "/" && u.Host != "" && !strings.Contains(s, "%") {
		if theirs, err := sniff.Host(u.Hostname()); err != nil || theirs != got {
			t.Fatalf("Host(%q) = %q, by way of net/url %q, %v", s, got, theirs, err)
		}
	}
}
