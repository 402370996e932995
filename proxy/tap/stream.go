package tap

import (
	"bytes"
	"errors"

	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/reassembly"
)

// factory makes the TCP flows of a table.
type factory table

// New begins a flow with its first packet. The reassembler calls its sender
// the client; where that packet is no SYN, the lower port is the server's.
func (f *factory) New(_, _ gopacket.Flow, tcp *layers.TCP, ac reassembly.AssemblerContext) reassembly.Stream {
	t := (*table)(f)
	t.tcp++
	c := t.begin("tcp", ac.GetCaptureInfo().Timestamp)
	client, server := t.d.src, t.d.dst
	clientPort, serverPort := uint16(tcp.SrcPort), uint16(tcp.DstPort)
	c.flow.Midstream = !tcp.SYN || tcp.ACK
	if tcp.SYN && tcp.ACK || !tcp.SYN && clientPort < serverPort {
		c.flip = true
		client, server, clientPort, serverPort = server, client, serverPort, clientPort
	}
	c.flow.Client, c.flow.ClientPort, c.flow.Server, c.flow.ServerPort = client, clientPort, server, serverPort
	return c
}

var _ reassembly.Stream = (*conversation)(nil)

// out reports whether a direction of the reassembler is from our client.
func (c *conversation) out(dir reassembly.TCPFlowDirection) bool {
	return (dir == reassembly.TCPDirClientToServer) != c.flip
}

// Accept takes every packet, also where the capture begins within the flow.
func (c *conversation) Accept(_ *layers.TCP, ci gopacket.CaptureInfo, dir reassembly.TCPFlowDirection,
	_ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	c.seen(ci.Timestamp, c.out(dir), 0)
	return true
}

// ReassembledSG takes bytes in order. Only the first ones of the client are
// looked at; all are counted.
func (c *conversation) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	dir, _, _, skip := sg.Info()
	n, _ := sg.Lengths()
	if skip > 0 {
		c.flow.Missing += int64(skip)
	}
	if !c.out(dir) {
		c.flow.BytesIn += int64(n)
		return
	}
	c.flow.BytesOut += int64(n)
	if c.known || n == 0 {
		return
	}
	if skip > 0 {
		c.flow.Midstream = true
	}
	room := sniff.MaxHello - len(c.hello)
	c.hello = append(c.hello, sg.Fetch(min(n, room))...)
	c.recognise(false)
}

// ReassemblyComplete ends the flow.
func (c *conversation) ReassemblyComplete(reassembly.AssemblerContext) bool {
	if !c.known {
		c.recognise(true)
	}
	c.hello = nil
	c.t.tcp--
	// Late packets of an ended flow look like a new one without beginning and
	// data.
	if f := &c.flow; !f.Midstream || f.BytesOut+f.BytesIn > 0 {
		c.t.done = append(c.t.done, c)
	}
	return true
}

// recognise reads the client's first bytes. last says that there will be no
// more.
func (c *conversation) recognise(last bool) {
	hello, err := sniff.ParseHello(c.hello)
	short := errors.Is(err, sniff.ErrShort) && len(c.hello) < sniff.MaxHello && !last
	switch {
	case err == nil:
		c.flow.Protocol = "tls"
		c.flow.ALPN, c.flow.JA4, c.flow.ECH = protocols(hello.ALPN), hello.JA4(), hello.ECH
		c.name(hello.SNI)
	case short:
		return
	case errors.Is(err, sniff.ErrShort) && len(c.hello) > 5 && c.hello[0] == 0x16:
		c.flow.Protocol = "tls"
	default:
		p := cleartext(c.hello)
		if p == "" && len(c.hello) < 32 && !last {
			return
		}
		if p != "" {
			c.flow.Protocol = p
		}
	}
	c.known, c.hello = true, nil
}

// name keeps an SNI unless it may hold personal data.
func (c *conversation) name(sni string) {
	if sni == "" {
		return
	}
	host, err := sniff.Host(sni)
	if err != nil || c.t.o.Private == nil || c.t.o.Private(host) {
		c.flow.Withheld = true
		return
	}
	c.flow.SNI = host
}

// protocols names the registered protocols of an ALPN list; the client can
// write anything there, so the rest is "other".
func protocols(alpn []string) []string {
	var out []string
	for _, p := range alpn[:min(len(alpn), 16)] {
		switch p {
		case "h2", "http/1.1", "http/1.0", "h3", "dot", "doq", "imap", "pop3", "ftp", "mqtt", "acme-tls/1":
		default:
			p = "other"
		}
		out = append(out, p)
	}
	return out
}

// methods begin the cleartext HTTP requests that are recognised.
var methods = [][]byte{[]byte("GET "), []byte("POST "), []byte("PUT "), []byte("HEAD "), []byte("DELETE "), []byte("PATCH "), []byte("OPTIONS "), []byte("CONNECT ")}

// cleartext recognises HTTP by its first bytes, without reading the head.
func cleartext(b []byte) string {
	if bytes.HasPrefix(b, []byte("PRI * HTTP/2.0\r\n")) {
		return "http/2"
	}
	for _, m := range methods {
		if bytes.HasPrefix(b, m) {
			return "http/1"
		}
	}
	return ""
}
