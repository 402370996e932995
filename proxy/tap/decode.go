package tap

import (
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// decoder takes a packet apart in place, without allocating.
type decoder struct {
	eth      layers.Ethernet
	sll      layers.LinuxSLL
	loop     layers.Loopback
	vlan     layers.Dot1Q
	ip4      layers.IPv4
	ip6      layers.IPv6
	skip     layers.IPv6ExtensionSkipper
	tcp      layers.TCP
	udp      layers.UDP
	payload  gopacket.Payload
	parsers  map[gopacket.LayerType]*gopacket.DecodingLayerParser
	decoded  []gopacket.LayerType
	src, dst netip.Addr
	net      gopacket.Flow
}

// transport is what a packet turned out to hold.
type transport uint8

const (
	undecoded transport = iota
	fragment
	otherIP
	isTCP
	isUDP
)

// decode reads a packet down to TCP or UDP.
func (d *decoder) decode(p *packet) transport {
	first := firstLayer(p)
	if first == gopacket.LayerTypeZero {
		return undecoded
	}
	parser := d.parsers[first]
	if parser == nil {
		parser = gopacket.NewDecodingLayerParser(first, &d.eth, &d.sll, &d.loop, &d.vlan, &d.ip4, &d.ip6, &d.skip, &d.tcp, &d.udp, &d.payload)
		parser.IgnoreUnsupported = true
		if d.parsers == nil {
			d.parsers = map[gopacket.LayerType]*gopacket.DecodingLayerParser{}
		}
		d.parsers[first] = parser
	}
	parser.Truncated = false
	err := parser.DecodeLayers(p.data, &d.decoded)
	kind := undecoded
	for _, l := range d.decoded {
		switch l {
		case layers.LayerTypeIPv4:
			kind = otherIP
			d.src, d.dst = addr(d.ip4.SrcIP), addr(d.ip4.DstIP)
			d.net = d.ip4.NetworkFlow()
			if d.ip4.FragOffset != 0 || d.ip4.Flags&layers.IPv4MoreFragments != 0 {
				return fragment
			}
		case layers.LayerTypeIPv6:
			kind = otherIP
			d.src, d.dst = addr(d.ip6.SrcIP), addr(d.ip6.DstIP)
			d.net = d.ip6.NetworkFlow()
		case layers.LayerTypeIPv6Fragment:
			return fragment
		case layers.LayerTypeTCP:
			return isTCP
		case layers.LayerTypeUDP:
			return isUDP
		}
	}
	if err != nil {
		return undecoded
	}
	return kind
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

// firstLayer is the layer that a link type begins with.
func firstLayer(p *packet) gopacket.LayerType {
	switch p.link {
	case layers.LinkTypeEthernet:
		return layers.LayerTypeEthernet
	case layers.LinkTypeLinuxSLL:
		return layers.LayerTypeLinuxSLL
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		return layers.LayerTypeLoopback
	case layers.LinkTypeRaw, 12, 14, layers.LinkTypeIPv4, layers.LinkTypeIPv6: // 12 and 14: raw IP of BSDs
		if len(p.data) > 0 && p.data[0]>>4 == 6 {
			return layers.LayerTypeIPv6
		}
		return layers.LayerTypeIPv4
	}
	return gopacket.LayerTypeZero
}
