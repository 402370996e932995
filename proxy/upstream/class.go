package upstream

import "net/netip"

// Class is the kind of network an address belongs to. The set is closed.
type Class string

// The classes. Only Global is dialled without an explicit allowance.
const (
	Global        Class = "global"
	Unspecified   Class = "unspecified"
	Loopback      Class = "loopback"
	Private       Class = "private" // RFC 1918 and unique local
	LinkLocal     Class = "link_local"
	Shared        Class = "shared" // carrier-grade NAT, RFC 6598
	Metadata      Class = "metadata"
	Multicast     Class = "multicast"
	Translated    Class = "translated" // NAT64, 6to4, Teredo: another address is meant
	Documentation Class = "documentation"
	Reserved      Class = "reserved"
)

// metadata are the addresses where clouds answer with credentials. Some lie
// in networks that an operator may well allow, so they come first.
var metadata = [...]netip.Addr{
	netip.MustParseAddr("169.254.169.254"),
	netip.MustParseAddr("fe80::a9fe:a9fe"), // OpenStack
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd00:ec2::23"),    // AWS, of a pod
	netip.MustParseAddr("169.254.170.23"),  // AWS, of a pod
	netip.MustParseAddr("169.254.170.2"),   // AWS, of a task
	netip.MustParseAddr("fd20:ce::254"),    // Google Cloud
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
	netip.MustParseAddr("100.96.0.96"),     // Volcano Engine
	netip.MustParseAddr("169.254.0.23"),    // Tencent Cloud
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("192.0.0.192"),     // Oracle Cloud
}

// embedding are the networks whose addresses mean an IPv4 address, which
// begins at byte at. Teredo has it inverted.
var embedding = [...]struct {
	prefix netip.Prefix
	at     int
	invert byte
}{
	{netip.MustParsePrefix("::/96"), 12, 0},
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12, 0},
	{netip.MustParsePrefix("64:ff9b::/96"), 12, 0},   // RFC 6052
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12, 0}, // RFC 8215, where a /96 of it is used
	{netip.MustParsePrefix("2001::/32"), 12, 0xff},
	{netip.MustParsePrefix("2002::/16"), 2, 0},
}

// meant returns the IPv4 address that an address means, if it means one.
func meant(a netip.Addr) (netip.Addr, bool) {
	for _, e := range embedding {
		if !e.prefix.Contains(a) {
			continue
		}
		b := a.As16()
		var v4 [4]byte
		for i := range v4 {
			v4[i] = b[e.at+i] ^ e.invert
		}
		return netip.AddrFrom4(v4), true
	}
	return netip.Addr{}, false
}

type network struct {
	prefix netip.Prefix
	class  Class
}

// networks is the order of precedence; longer ones stand before those that
// hold them.
var networks = [...]network{
	{netip.MustParsePrefix("0.0.0.0/8"), Unspecified},
	{netip.MustParsePrefix("10.0.0.0/8"), Private},
	{netip.MustParsePrefix("100.64.0.0/10"), Shared},
	{netip.MustParsePrefix("127.0.0.0/8"), Loopback},
	{netip.MustParsePrefix("169.254.0.0/16"), LinkLocal},
	{netip.MustParsePrefix("172.16.0.0/12"), Private},
	{netip.MustParsePrefix("192.0.2.0/24"), Documentation},
	{netip.MustParsePrefix("192.0.0.0/24"), Reserved},
	// Sinks of reverse look-ups (AS112) and multicast relays: whoever is
	// nearest answers, so in what country is not known.
	{netip.MustParsePrefix("192.31.196.0/24"), Reserved},
	{netip.MustParsePrefix("192.52.193.0/24"), Reserved},
	{netip.MustParsePrefix("192.175.48.0/24"), Reserved},
	{netip.MustParsePrefix("192.88.99.0/24"), Translated},
	{netip.MustParsePrefix("192.168.0.0/16"), Private},
	{netip.MustParsePrefix("198.18.0.0/15"), Reserved}, // benchmarks
	{netip.MustParsePrefix("198.51.100.0/24"), Documentation},
	{netip.MustParsePrefix("203.0.113.0/24"), Documentation},
	{netip.MustParsePrefix("224.0.0.0/4"), Multicast},
	{netip.MustParsePrefix("240.0.0.0/4"), Reserved},
	{netip.MustParsePrefix("::/128"), Unspecified},
	{netip.MustParsePrefix("::1/128"), Loopback},
	{netip.MustParsePrefix("::/96"), Translated}, // IPv4-compatible
	{netip.MustParsePrefix("::ffff:0:0:0/96"), Translated},
	{netip.MustParsePrefix("64:ff9b::/96"), Translated},
	{netip.MustParsePrefix("64:ff9b:1::/48"), Translated},
	{netip.MustParsePrefix("100::/64"), Reserved},
	{netip.MustParsePrefix("2001::/32"), Translated},
	{netip.MustParsePrefix("2001:db8::/32"), Documentation},
	{netip.MustParsePrefix("2001::/23"), Reserved},         // protocol assignments: ORCHIDv2, AS112, relays
	{netip.MustParsePrefix("2620:4f:8000::/48"), Reserved}, // AS112
	{netip.MustParsePrefix("2002::/16"), Translated},
	{netip.MustParsePrefix("3fff::/20"), Documentation},
	{netip.MustParsePrefix("2000::/3"), Global},
	{netip.MustParsePrefix("fc00::/7"), Private},
	{netip.MustParsePrefix("fe80::/10"), LinkLocal},
	{netip.MustParsePrefix("fec0::/10"), Private}, // site-local
	{netip.MustParsePrefix("ff00::/8"), Multicast},
}

// Classify says what kind of network an address belongs to. IPv4-mapped
// addresses are read as the IPv4 address that they reach.
func Classify(a netip.Addr) Class {
	if !a.IsValid() {
		return Unspecified
	}
	a = a.Unmap().WithZone("")
	for _, m := range metadata {
		if a == m {
			return Metadata
		}
	}
	for _, n := range networks {
		if n.prefix.Contains(a) {
			return n.class
		}
	}
	if a.Is4() {
		return Global
	}
	return Reserved // not delegated for use
}
