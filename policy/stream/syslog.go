package stream

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"
)

// MaxSyslog bounds one message to a syslog receiver. What is longer goes as a
// line that names it and says how long it was.
const MaxSyslog = 256 << 10

// maxAnswer bounds what a syslog receiver may say: it has nothing to say.
const maxAnswer = 4 << 10

// SyslogOptions name a receiver of RFC 5424 over TLS (RFC 5425).
type SyslogOptions struct {
	Servers []string    // host:port, tried in order
	TLS     *tls.Config // nil: plain TCP, with the same frames (RFC 6587, 3.4.1)
}

// Syslog sends each batch on a connection of its own. The protocol has no
// acknowledgement, so the orderly end of the connection is taken for one: our
// close_notify, then the receiver's, or, since many receivers send none, the
// end of TCP after it had every byte. A connection that ends in any other way
// says nothing about what was taken, and the batch is sent again. What a
// receiver loses after it has read it, nobody can see.
type Syslog struct {
	o    SyslogOptions
	dial net.Dialer
}

var _ Sink = (*Syslog)(nil)

// NewSyslog makes a sink. It connects with each Send.
func NewSyslog(o SyslogOptions) *Syslog {
	if o.TLS != nil {
		o.TLS = o.TLS.Clone()
		o.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(len(o.Servers) + 1)
	}
	return &Syslog{o: o}
}

// Close implements Sink.
func (*Syslog) Close() error { return nil }

// Send implements Sink.
func (s *Syslog) Send(ctx context.Context, batch []Message) error {
	var first error
	for _, server := range s.o.Servers {
		raw, err := s.dial.DialContext(ctx, "tcp", server)
		if err == nil {
			return s.deliver(ctx, raw, server, batch)
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// deliver sends a batch on one connection and waits for its end.
func (s *Syslog) deliver(ctx context.Context, raw net.Conn, server string, batch []Message) error {
	defer raw.Close()
	limit, ok := ctx.Deadline()
	if !ok {
		limit = time.Now().Add(time.Minute)
	}
	raw.SetDeadline(limit)
	defer context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })()
	watched := &ending{Conn: raw}
	conn, finish := net.Conn(raw), raw.(*net.TCPConn).CloseWrite
	if s.o.TLS != nil {
		conf := s.o.TLS.Clone()
		if conf.ServerName == "" {
			conf.ServerName, _, _ = net.SplitHostPort(server)
		}
		t := tls.Client(watched, conf)
		if err := t.HandshakeContext(ctx); err != nil {
			if c := ClassOf(err); c == ClassOther || c == ClassClosed {
				return fault(ClassTLS, err)
			}
			return err
		}
		conn, finish = t, t.CloseWrite
	}
	var frames bytes.Buffer
	for i := range batch {
		appendFrame(&frames, cut(&batch[i]))
		if frames.Len() > 64<<10 || i == len(batch)-1 {
			if _, err := conn.Write(frames.Bytes()); err != nil {
				return err
			}
			frames.Reset()
		}
	}
	if err := finish(); err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(conn, maxAnswer))
	switch {
	case err != nil && ClassOf(err) == ClassTimeout:
		return err
	case err != nil, n == maxAnswer, !s.orderly(watched):
		return &Fault{ClassUnsure, err}
	}
	return nil
}

// orderly judges an end that came without an error.
func (s *Syslog) orderly(e *ending) bool {
	if s.o.TLS != nil && !e.ended.Load() {
		return true // close_notify
	}
	yes, known := drained(e.Conn.(*net.TCPConn))
	return yes || !known && s.o.TLS == nil
}

// ending notes that TCP ended. TLS ended first when the receiver has sent
// close_notify, which crypto/tls does not tell from a bare end.
type ending struct {
	net.Conn
	ended atomic.Bool
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		e.ended.Store(true)
	}
	return n, err
}

// appendFrame counts octets: MSG-LEN SP MSG.
func appendFrame(b *bytes.Buffer, msg []byte) {
	b.WriteString(strconv.Itoa(len(msg)))
	b.WriteByte(' ')
	b.Write(msg)
}

// cut gives a message's line, or a short one in its place.
func cut(m *Message) []byte {
	if len(m.Body) <= MaxSyslog {
		return m.Body
	}
	return line(5, m.Time, "-", string(m.Kind), [][2]string{{"id", m.ID}, {"bytes", strconv.Itoa(len(m.Body))}, {"omitted", "yes"}},
		[]byte(`too long for syslog: see the log`))
}
