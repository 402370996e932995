package certs

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ErrName reports a name that no certificate can be made for. The error that
// wraps it says why, and never repeats the name: it came from the wire and may
// hold somebody's data.
var ErrName = errors.New("not a host name or address")

// canonicalName returns the one spelling of a host name or address that a leaf
// is made and cached for: lower case, A-labels, no final dot; an IPv4-mapped
// address as IPv4. ip is valid for addresses only. A name that is canonical
// already is returned without allocation.
func canonicalName(name string) (host string, ip netip.Addr, err error) {
	if name == "" {
		return "", ip, fmt.Errorf("%w: it is empty", ErrName)
	}
	if len(name) > 1024 {
		return "", ip, fmt.Errorf("%w: it has %d bytes", ErrName, len(name))
	}
	if addr, ok := parseAddress(name); ok {
		if addr.Zone() != "" {
			return "", ip, fmt.Errorf("%w: an address with a zone is local", ErrName)
		}
		addr = addr.Unmap()
		return addr.String(), addr, nil
	}
	host = name
	if !isASCII(host) {
		if !utf8.ValidString(host) {
			return "", ip, fmt.Errorf("%w: it is not text", ErrName)
		}
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", ip, fmt.Errorf("%w: its international form is invalid", ErrName)
		}
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if err := checkHost(host); err != nil {
		return "", ip, err
	}
	return host, ip, nil
}

// parseAddress looks before it parses, because the error for a host name would
// be the only allocation of a cache hit.
func parseAddress(name string) (netip.Addr, bool) {
	last := name[len(name)-1]
	if (last < '0' || last > '9') && strings.IndexByte(name, ':') < 0 {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(name)
	return addr, err == nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// checkHost accepts what real resolvers serve, which is more than the letter of
// RFC 952: underscores and double hyphens occur in names of object stores and
// video caches. A last label of digits is refused, because some clients would
// read such a name as an address.
func checkHost(host string) error {
	if host == "" || len(host) > 253 {
		return fmt.Errorf("%w: its length is %d, want 1 to 253", ErrName, len(host))
	}
	number, last := 1, ""
	for rest := host; ; number++ {
		label, tail, more := strings.Cut(rest, ".")
		if why := checkLabel(label); why != "" {
			return fmt.Errorf("%w: label %d %s", ErrName, number, why)
		}
		if !more {
			last = label
			break
		}
		rest = tail
	}
	if strings.Trim(last, "0123456789") == "" {
		return fmt.Errorf("%w: its last label is a number", ErrName)
	}
	return nil
}

// checkLabel returns what is wrong with one label, or "".
func checkLabel(label string) string {
	switch {
	case label == "":
		return "is empty"
	case len(label) > 63:
		return fmt.Sprintf("has %d characters, the limit is 63", len(label))
	case label[0] == '-' || label[len(label)-1] == '-':
		return "begins or ends with a hyphen"
	}
	for i := range len(label) {
		c := label[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return fmt.Sprintf("has a character at %d that names do not have", i+1)
		}
	}
	return ""
}
