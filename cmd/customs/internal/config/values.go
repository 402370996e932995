package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Size is a number of bytes, written with a unit: 64KiB, 1MiB, 8GiB, 1MB.
type Size int64

// units are tried in this order: the longer ones first.
var units = [...]struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}}

// ParseSize reads a size. A number without a unit is refused, since nobody
// can tell what its author meant.
func ParseSize(s string) (Size, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > (1<<62)/u.bytes {
			break
		}
		return Size(n * u.bytes), nil
	}
	return 0, fmt.Errorf("write a whole number and a unit, as 64KiB, 1MiB or 8GiB")
}

// String gives the size with the largest unit that leaves a whole number.
func (s Size) String() string {
	for i := 3; i >= 0; i-- {
		if u := units[i]; s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// parsePrefix reads a network, or an address as a network of one.
func parsePrefix(s string) (p netip.Prefix, mend string) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), ""
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return p, "write an address and a prefix length, as 10.0.0.0/8 or 2001:db8::/32"
	case p.Masked() != p:
		return p, fmt.Sprintf("bits are set behind the prefix: write %s for the network, or %s for the one address", p.Masked(), p.Addr())
	case p.Addr().Is4In6():
		return p, "write the IPv4 form"
	}
	return p, ""
}
