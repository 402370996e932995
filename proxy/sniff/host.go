// Package sniff reads what a client says before anything is decrypted or
// forwarded: names, ClientHellos and heads. Everything in it is a pure
// function from bytes to values; whatever is ambiguous is an error, because
// two readings of one name are how a gateway authorises one host and reaches
// another.
package sniff

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ErrHost means that a name has no one canonical form. The name itself is
// not in the error: it may hold data.
var ErrHost = errors.New("host name has no canonical form")

// ErrPort means that a port is not a number from 1 to 65535.
var ErrPort = errors.New("port is not a number from 1 to 65535")

// Host returns the canonical form of a host: lower case A-labels without a
// trailing dot, or an IP address without brackets, IPv4-mapped ones unmapped.
// Decimal, octal and hex IPv4 forms become the dotted form, as an operating
// system would read them. User info, zones and everything else that a second
// reader might read otherwise is ErrHost.
func Host(s string) (string, error) {
	if s == "" || len(s) > 1024 {
		return "", ErrHost
	}
	if s[0] == '[' {
		if s[len(s)-1] != ']' {
			return "", ErrHost
		}
		return address(s[1 : len(s)-1])
	}
	if strings.IndexByte(s, ':') >= 0 {
		return address(s)
	}
	name, err := ascii(s)
	if err != nil {
		return "", err
	}
	name = strings.TrimSuffix(name, ".")
	if err := checkName(name); err != nil {
		return "", err
	}
	if last := name[strings.LastIndexByte(name, '.')+1:]; numeric(last) {
		return legacyIPv4(name)
	}
	return name, nil
}

// address takes an IPv6 literal.
func address(s string) (string, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || !a.Is6() {
		return "", ErrHost
	}
	return a.Unmap().String(), nil
}

// ascii maps a name to lower case A-labels. Plain names skip the tables, and
// keep hyphens where IDNA does not want them, for such names are in use.
func ascii(s string) (string, error) {
	plain, lower := true, true
	for i := range len(s) {
		c := s[i]
		plain = plain && c < 0x80
		lower = lower && (c < 'A' || c > 'Z')
	}
	if plain && !lower {
		s = strings.ToLower(s)
	}
	if plain && !strings.Contains(s, "xn--") {
		return s, nil
	}
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
		idna.StrictDomainName(false), idna.CheckHyphens(false))
	out, err := profile.ToASCII(s)
	if err != nil || !utf8.ValidString(s) {
		return "", ErrHost
	}
	// What the tables map to something that they map again has two readings.
	if again, err := profile.ToASCII(out); err != nil || again != out {
		return "", ErrHost
	}
	return out, nil
}

// checkName checks lengths and letters. Underscores are in use in host names.
func checkName(name string) error {
	if name == "" || len(name) > 253 {
		return ErrHost
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return ErrHost
		}
		for i := range len(label) {
			c := label[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return ErrHost
			}
		}
	}
	return nil
}

// numeric reports whether a last label makes a name an IPv4 address.
func numeric(label string) bool {
	if rest, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

// legacyIPv4 reads one to four numbers in C notation; the last one fills the
// bytes that are left.
func legacyIPv4(name string) (string, error) {
	parts := strings.Split(name, ".")
	if len(parts) > 4 {
		return "", ErrHost
	}
	var v uint64
	for i, p := range parts {
		n, err := number(p)
		if err != nil {
			return "", err
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		if n >= 1<<bits {
			return "", ErrHost
		}
		v = v<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String(), nil
}

func number(p string) (uint64, error) {
	base := 10
	switch {
	case p == "0x":
		return 0, nil
	case strings.HasPrefix(p, "0x"):
		p, base = p[2:], 16
	case len(p) > 1 && p[0] == '0':
		p, base = p[1:], 8
	}
	n, err := strconv.ParseUint(p, base, 33)
	if err != nil {
		return 0, ErrHost
	}
	return n, nil
}

// HostPort splits an authority and returns both in canonical form. port is
// the default for an authority that names none; 0 means there is no default.
func HostPort(s string, port uint16) (string, uint16, error) {
	host := s
	colon := strings.LastIndexByte(s, ':')
	if colon >= 0 && strings.IndexByte(s[colon:], ']') < 0 {
		host = s[:colon]
		if host == "" || host[0] != '[' && strings.IndexByte(host, ':') >= 0 {
			return "", 0, ErrHost
		}
		p := s[colon+1:]
		if p == "" || len(p) > 5 || strings.Trim(p, "0123456789") != "" {
			return "", 0, ErrPort
		}
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return "", 0, ErrPort
		}
		port = uint16(n)
	}
	if port == 0 {
		return "", 0, ErrPort
	}
	host, err := Host(host)
	return host, port, err
}
