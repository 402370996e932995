package quic

import (
	"context"
	"net"
	"net/netip"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/sniff"
)

// datagram reads the Initial packets of one datagram and queues the connection
// to be refused once its ClientHello is whole.
func (d *Door) datagram(conn net.PacketConn, client netip.AddrPort, b []byte) {
	if len(b) < sniff.MinInitial {
		return
	}
	for range maxPackets {
		p, rest, err := sniff.ParseInitial(b)
		if err != nil {
			return
		}
		of, at := connection{client, string(p.DstID)}, d.o.Gateway.Now()
		if answer := d.answered(of); answer != nil {
			conn.WriteTo(answer, net.UDPAddrFromAddrPort(client)) // the first was lost on its way
			return
		}
		q, ok := d.hellos.get(of, at)
		if !ok {
			q = &sniff.QUICHello{}
			d.hellos.put(of, q, at)
		}
		switch hello, err := q.Add(p.Frames); err {
		case nil:
			d.hellos.drop(of)
			p.Frames, p.DstID, p.SrcID = nil, []byte(of.id), append([]byte(nil), p.SrcID...) // the buffer is read into again
			select {
			case d.queue <- attempt{of, p, hello}:
			default: // the client asks again
			}
			return
		case sniff.ErrShort:
		default:
			d.hellos.drop(of)
			return
		}
		b = rest
	}
}

// answered returns the answer that a connection got already.
func (d *Door) answered(of connection) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	answer, _ := d.answers.get(of, d.o.Gateway.Now())
	return answer
}

// refuse leaves the record of a connection and then answers it.
func (d *Door) refuse(ctx context.Context, conn net.PacketConn, a attempt) {
	if d.answered(a.of) != nil {
		return // it was queued twice
	}
	name, err := sniff.Host(a.hello.SNI)
	if err != nil {
		name = ""
	}
	key, at := asked{a.of.client.Addr(), name}, d.o.Gateway.Now()
	d.mu.Lock()
	reason, known := d.records.get(key, at)
	allowed := known || d.rate.take(at)
	d.mu.Unlock()
	if !allowed {
		return
	}
	if !known {
		if reason = d.record(ctx, a, name); reason == "" {
			return
		}
	}
	answer, err := sniff.RefuseInitial(a.first, reason)
	if err != nil {
		return
	}
	d.mu.Lock()
	d.records.put(key, reason, at)
	d.answers.put(a.of, answer, at)
	d.mu.Unlock()
	conn.WriteTo(answer, net.UDPAddrFromAddrPort(a.of.client))
}

// record walks the flow to its record and returns the reason for the client,
// or "" where no record could be kept.
func (d *Door) record(ctx context.Context, a attempt, name string) string {
	ctx, cancel := context.WithTimeout(ctx, d.o.JudgeTimeout)
	defer cancel()
	g, h := d.o.Gateway, a.hello
	g.Event(proxy.EventSession)
	s := &policy.Session{ID: g.NewID(), Door: "quic", Accepted: g.Now(), Client: a.of.client, SNI: name, JA4: h.JA4QUIC(), ECH: h.ECH}
	if len(h.ALPN) > 0 && h.ALPN[0] == "h3" {
		s.ALPN = "h3"
	}
	who := d.o.Book.Who(s.Client.Addr())
	s.Exporter, s.MayDeclare = who.Exporter, false
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "quic", Refused: policy.QUICRefused,
		Destination: policy.Destination{Host: name, Port: 443}}
	x := g.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	v := x.Judge(ctx)
	x.Done(ctx, policy.Outcome{Sent: policy.SentNone})
	if !x.Recorded() {
		return ""
	}
	_, reason := refuse.Close(&v, x.ID())
	return reason
}
