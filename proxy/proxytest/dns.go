package proxytest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/net/dns/dnsmessage"
)

// DNS is a name server on loopback, over UDP and TCP, that answers as a test
// wants and lets nobody keep an answer.
type DNS struct {
	// answer is called with the name without its dot, and how many questions
	// came before; a text that is no address is an alias.
	answer  func(name string, n int) []string
	udp     net.PacketConn
	tcp     net.Listener
	asked   atomic.Int64
	serving sync.WaitGroup
}

// NewDNS starts a name server.
func NewDNS(answer func(name string, n int) []string) (*DNS, error) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	udp, err := net.ListenPacket("udp", tcp.Addr().String())
	if err != nil {
		tcp.Close()
		return nil, err
	}
	d := &DNS{answer: answer, udp: udp, tcp: tcp}
	d.serving.Go(d.serveUDP)
	d.serving.Go(d.serveTCP)
	return d, nil
}

// Lookup asks the server as the system's resolver would.
func (d *DNS) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var dial net.Dialer
		return dial.DialContext(ctx, network, d.tcp.Addr().String())
	}}
	return r.LookupNetIP(ctx, "ip", name+".")
}

// Asked returns how many questions came.
func (d *DNS) Asked() int64 { return d.asked.Load() }

// Close stops the server and waits for it.
func (d *DNS) Close() {
	d.udp.Close()
	d.tcp.Close()
	d.serving.Wait()
}

func (d *DNS) serveUDP() {
	b := make([]byte, 4<<10)
	for {
		n, from, err := d.udp.ReadFrom(b)
		if err != nil {
			return
		}
		if out := d.reply(b[:n], 1232); out != nil {
			d.udp.WriteTo(out, from)
		}
	}
}

func (d *DNS) serveTCP() {
	for {
		c, err := d.tcp.Accept()
		if err != nil {
			return
		}
		var size [2]byte
		io.ReadFull(c, size[:])
		b := make([]byte, binary.BigEndian.Uint16(size[:]))
		io.ReadFull(c, b)
		if out := d.reply(b, 1<<16-1); out != nil {
			c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(out))))
			c.Write(out)
		}
		c.Close()
	}
}

// reply answers one question, and says that it is cut short where it is
// longer than most.
func (d *DNS) reply(b []byte, most int) []byte {
	var m dnsmessage.Message
	if m.Unpack(b) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m = dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	d.resolve(&m, q.Name, q.Type, int(d.asked.Add(1))-1, 8)
	out, err := m.Pack()
	if err == nil && len(out) > most {
		m.Answers, m.Truncated = nil, true
		out, err = m.Pack()
	}
	if err != nil {
		return nil
	}
	return out
}

func (d *DNS) resolve(m *dnsmessage.Message, name dnsmessage.Name, kind dnsmessage.Type, n, depth int) {
	if depth == 0 {
		return
	}
	for _, text := range d.answer(strings.TrimSuffix(strings.ToLower(name.String()), "."), n) {
		h := dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}
		a, err := netip.ParseAddr(text)
		switch {
		case err != nil:
			alias := dnsmessage.MustNewName(text + ".")
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.CNAMEResource{CNAME: alias}})
			d.resolve(m, alias, kind, n, depth-1)
		case a.Is4() && kind == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && kind == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
}
