package tap

import (
	"errors"

	"github.com/datacustoms/customs/proxy/sniff"
)

// maxInitials is how many datagrams of a client are looked at for its
// ClientHello, and maxHellos how many flows may wait for the rest of theirs.
const (
	maxInitials = 8
	maxHellos   = 1024
)

// quicHello reads what a client says in clear as it opens a QUIC connection.
func (c *conversation) quicHello(datagram []byte) {
	if c.known || c.flow.Protocol != "quic" {
		return
	}
	if c.quic == nil {
		if c.t.hellos >= maxHellos {
			c.known = true
			return
		}
		c.t.hellos++
		c.quic = &sniff.QUICHello{}
	}
	c.initials++
	for len(datagram) > 0 {
		p, rest, err := sniff.ParseInitial(datagram)
		if err != nil {
			break
		}
		hello, err := c.quic.Add(p.Frames)
		switch {
		case err == nil:
			c.flow.ALPN, c.flow.JA4, c.flow.ECH = protocols(hello.ALPN), hello.JA4QUIC(), hello.ECH
			c.name(hello.SNI)
			c.quicDone()
			return
		case !errors.Is(err, sniff.ErrShort):
			c.quicDone()
			return
		}
		datagram = rest
	}
	if c.initials >= maxInitials {
		c.quicDone()
	}
}

// quicDone looks no further.
func (c *conversation) quicDone() {
	if c.quic != nil {
		c.t.hellos--
	}
	c.quic, c.known = nil, true
}

// countQUIC adds an ended flow to what went by QUIC, which is never read.
func (s *Stats) countQUIC(f *Flow) {
	if f.Protocol == "quic" {
		s.QUIC++
		s.QUICOut += f.BytesOut
	}
}
