package tap

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/google/gopacket"
	"github.com/google/gopacket/reassembly"
)

// table holds the open flows. One goroutine owns it.
type table struct {
	o     Options
	emit  func(Flow) error
	stats Stats
	d     decoder

	assembler *reassembly.Assembler
	tcp       int // open TCP flows
	hellos    int // QUIC flows whose ClientHello is not whole
	udp       map[udpKey]*conversation
	done      []*conversation // ended, not yet emitted
	order     int64           // of the next new flow
	swept     time.Time
}

// conversation is a flow while it is open.
type conversation struct {
	t     *table
	order int64
	flow  Flow
	hello []byte // first bytes of the client, until its protocol is known
	known bool
	flip  bool // the reassembler's client is our server

	quic     *sniff.QUICHello // until its ClientHello is whole
	initials int
}

type udpKey struct {
	a, b netip.AddrPort
}

func newTable(o Options, emit func(Flow) error) *table {
	t := &table{o: o, emit: emit, udp: map[udpKey]*conversation{}}
	t.assembler = reassembly.NewAssembler(reassembly.NewStreamPool((*factory)(t)))
	t.assembler.MaxBufferedPagesPerConnection = 64
	t.assembler.MaxBufferedPagesTotal = 16 << 10 // 32 MiB
	return t
}

// captured lets the reassembler know when a packet was seen.
type captured gopacket.CaptureInfo

func (c *captured) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(*c) }

// packet takes one packet and emits the flows that it ended.
func (t *table) packet(p packet) error {
	t.stats.Packets++
	t.sweep(p.info.Timestamp)
	switch t.d.decode(&p) {
	case undecoded:
		t.stats.Undecoded++
	case fragment:
		t.stats.Fragments++
	case otherIP:
		t.stats.Other++
	case isTCP:
		if t.tcp >= t.o.MaxFlows {
			t.stats.Forced += int64(t.tcp)
			t.assembler.FlushAll()
		}
		p.info.AncillaryData = nil
		t.assembler.AssembleWithContext(t.d.net, &t.d.tcp, (*captured)(&p.info))
	case isUDP:
		t.datagram(p.info.Timestamp)
	}
	return t.drain()
}

// sweep ends silent flows, every ten seconds of the capture's own clock,
// which may also run backwards.
func (t *table) sweep(now time.Time) {
	if d := now.Sub(t.swept); d < 10*time.Second && d >= 0 {
		return
	}
	t.swept = now
	t.assembler.FlushCloseOlderThan(now.Add(-t.o.Idle))
	for k, c := range t.udp {
		if now.Sub(c.flow.End) > t.o.Idle {
			delete(t.udp, k)
			t.done = append(t.done, c)
		}
	}
}

// datagram counts a UDP packet. Whoever sent first is the client, unless
// only the other one's port is a service's.
func (t *table) datagram(at time.Time) {
	src := netip.AddrPortFrom(t.d.src, uint16(t.d.udp.SrcPort))
	dst := netip.AddrPortFrom(t.d.dst, uint16(t.d.udp.DstPort))
	key := udpKey{src, dst}
	if dst.Compare(src) < 0 {
		key = udpKey{dst, src}
	}
	c := t.udp[key]
	if c == nil {
		if len(t.udp) >= t.o.MaxFlows {
			t.stats.Forced += int64(len(t.udp))
			t.endDatagrams()
		}
		c = t.begin("udp", at)
		client, server := src, dst
		if src.Port() < 1024 && dst.Port() >= 1024 {
			client, server = dst, src
			c.flow.Midstream = true
		}
		c.flow.Client, c.flow.ClientPort = client.Addr(), client.Port()
		c.flow.Server, c.flow.ServerPort = server.Addr(), server.Port()
		t.udp[key] = c
	}
	payload := t.d.udp.Payload
	out := src.Addr() == c.flow.Client && src.Port() == c.flow.ClientPort
	c.seen(at, out, int64(len(payload)))
	if c.flow.PacketsOut+c.flow.PacketsIn == 1 {
		c.flow.Protocol = datagramProtocol(c.flow.ServerPort, payload)
		c.known = c.flow.Protocol != "quic"
	}
	if out {
		c.quicHello(payload)
	}
}

// datagramProtocol tells QUIC by its long header with a version, and DNS by
// its port.
func datagramProtocol(port uint16, p []byte) string {
	switch {
	case port == 53:
		return "dns"
	case len(p) >= 1200 && p[0]&0xc0 == 0xc0 && (p[1]|p[2]|p[3]|p[4]) != 0:
		return "quic"
	}
	return "unknown"
}

func (t *table) begin(transport string, at time.Time) *conversation {
	t.order++
	return &conversation{t: t, order: t.order, flow: Flow{Start: at, End: at, Transport: transport, Protocol: "unknown"}}
}

// seen counts one packet.
func (c *conversation) seen(at time.Time, out bool, bytes int64) {
	f := &c.flow
	if at.After(f.End) {
		f.End = at
	}
	if out {
		f.PacketsOut++
		f.BytesOut += bytes
	} else {
		f.PacketsIn++
		f.BytesIn += bytes
	}
}

func (t *table) endDatagrams() {
	for _, c := range t.udp {
		t.done = append(t.done, c)
	}
	clear(t.udp)
}

// finish ends all flows.
func (t *table) finish() (err error) {
	defer func() {
		if recover() != nil {
			err = errBroken
		}
	}()
	t.assembler.FlushAll()
	t.endDatagrams()
	return t.drain()
}

// drain emits what ended, in the order in which it began.
func (t *table) drain() error {
	if len(t.done) == 0 {
		return nil
	}
	done := t.done
	t.done = nil
	slices.SortFunc(done, func(a, b *conversation) int { return cmp.Compare(a.order, b.order) })
	for _, c := range done {
		c.quicDone()
		t.stats.Flows++
		t.stats.countQUIC(&c.flow)
		if err := t.emit(c.flow); err != nil {
			return err
		}
	}
	return nil
}
