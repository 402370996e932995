package intercept

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/refuse"
)

// closeGrace is how long each side has to answer a close frame.
const closeGrace = 3 * time.Second

// socket relays the messages of one WebSocket. The goroutine of the handler
// reads the client, owns the exchange and judges; another relays what the
// origin says.
type socket struct {
	t      *transfer
	agreed message.Deflate
	wire   *switched // to the origin
	conn   net.Conn  // to the client

	client *peer
	origin *peer
	ahead  *feed
	buf    *bufio.Reader // over ahead
	in     *message.Reader
	pings  pings
	said   []byte // the payload of the client's close frame
	parts  parts

	idle  *time.Timer
	mu    sync.Mutex
	why   policy.Code // idle cuts; guarded by mu
	fault policy.Code // what ended it, if not the two sides; guarded by mu
	over  bool        // it is known what ended it; guarded by mu
	gone  bool        // guarded by mu
}

func (s *socket) guardClient() func() {
	s.conn.SetWriteDeadline(time.Now().Add(s.t.i.o.ResponseIdle))
	return func() {}
}

// start begins to read the client, whose first bytes may be here already.
func (s *socket) start(early []byte) {
	s.client = newPeer(s.conn, message.Server, s.guardClient)
	s.origin = newPeer(s.wire, message.Client, watched(s.wire, s.t.i.o.ResponseIdle))
	s.why = policy.OriginTimeout
	s.idle = time.AfterFunc(s.t.i.o.ResponseIdle, s.cut)
	s.wire.alive = s.alive
	s.ahead = startFeed(io.MultiReader(bytes.NewReader(early), s.conn), func(error) {})
	s.buf = bufio.NewReaderSize(s.ahead, 16<<10)
	s.in = message.NewReader(s.buf, message.Client, s.agreed, message.Limits{Message: s.t.i.o.MaxBody}, s.control)
	s.parts = parts{t: s.t, small: s.small}
}

func (s *socket) alive() { s.idle.Reset(s.t.i.o.ResponseIdle) }

// run relays both ways until both have ended.
func (s *socket) run(ctx context.Context) {
	release := s.t.i.upgrade(draining{s})
	down := make(chan struct{})
	go func() {
		defer close(down)
		defer s.t.i.contain(func() { s.end(policy.InternalFault) })
		s.down()
	}()
	s.up(ctx)
	select { // the origin may still answer the close frame
	case <-down:
	case <-time.After(closeGrace):
	}
	release()
	s.wire.Close()
	<-down
	if s.said != nil { // the origin did not answer it
		s.client.control(message.Close, s.said)
	}
	s.linger()
	s.conn.Close()
	s.ahead.stop()
	s.ahead.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	s.idle.Stop()
	if s.t.fault == "" {
		s.t.fault = s.fault
	}
}

// drain has the socket cut because the gateway shuts down, and does not wait
// for it.
func (s *socket) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		s.why = policy.Draining
		s.idle.Reset(0)
	}
}

// draining is a socket as what Shutdown closes.
type draining struct{ *socket }

func (d draining) Close() error { d.drain(); return nil }

// linger takes what the client still sends until it answers the close frame:
// to close a connection with bytes unread would destroy what it has not read
// yet.
func (s *socket) linger() {
	s.conn.SetReadDeadline(time.Now().Add(closeGrace))
	var err error
	for s.said == nil && err == nil {
		if _, err = io.Copy(io.Discard, s.in); err == nil {
			_, err = s.in.Next()
		}
	}
	if message.Fault(err) != nil {
		io.Copy(io.Discard, s.ahead)
	}
}

// up reads the client until it ends or is refused.
func (s *socket) up(ctx context.Context) {
	for {
		v, err := s.parts.judge(ctx, s.next)
		s.alive()
		if err == nil && !v.Action.Releases() {
			s.refuse(v, nil)
			return
		}
		if sent := s.parts.send(s.send); sent != nil {
			s.end(policy.OriginCut)
			return
		}
		if err != nil {
			s.clientEnded(ctx, err)
			return
		}
	}
}

// next finds the next message of the client.
func (s *socket) next() (unit, error) {
	h, err := s.in.Next()
	return unit{size: h.Size, head: h, content: s.in}, err
}

// small reports whether a small message is here in full.
func (s *socket) small() bool {
	if s.buf.Buffered() < message.Small && s.ahead.pending() {
		s.buf.Peek(min(s.buf.Buffered()+1, s.buf.Size()))
	}
	b, _ := s.buf.Peek(s.buf.Buffered())
	return message.SmallSocket(b)
}

// send writes a judged message to the origin, deflated again if it came so.
func (s *socket) send(u unit, open func() io.ReadCloser, size int64) error {
	f := message.Frame{Kind: u.head.Kind, Last: true, Size: size}
	s.t.out.sent.Add(size) // before it is written: a record may say too much of what left
	if u.head.Compressed {
		body := open()
		packed, err := s.t.i.packer.Pack(s.agreed, message.Client, body, size)
		body.Close()
		if err != nil {
			return err
		}
		if packed != nil {
			f.Compressed, f.Size = true, int64(len(packed))
			return s.origin.frame(f, bytes.NewReader(packed))
		}
	}
	body := open()
	defer body.Close()
	return s.origin.frame(f, body)
}

// control takes a control frame of the client.
func (s *socket) control(k message.Kind, payload []byte) error {
	s.alive()
	switch k {
	case message.Ping:
		return s.origin.control(message.Ping, s.pings.ask(payload))
	case message.Pong:
		return s.origin.control(message.Pong, s.pings.answer(payload))
	}
	s.said = append([]byte{}, payload...)
	return nil
}

// clientEnded tells the origin how the client ended.
func (s *socket) clientEnded(ctx context.Context, err error) {
	f := message.Fault(err)
	switch {
	case s.ended(): // the client answered, or did not
	case s.said != nil:
		code, reason := message.CloseOf(s.said)
		if reason != "" && !s.client.heard(s.said) { // the client's words, as any message
			v, _ := s.parts.judge(ctx, func() (unit, error) {
				return unit{size: int64(len(reason)), content: bytes.NewReader([]byte(reason))}, nil
			})
			s.parts.close()
			if !v.Action.Releases() {
				s.refuse(v, nil)
				return
			}
		}
		s.settle("")
		s.origin.control(message.Close, message.ClosePayload(code, reason))
	case f != nil && f.Close == message.CloseTooBig:
		s.refuse(s.parts.fail(ctx, policy.Oversize), f)
	case f != nil:
		s.refuse(s.parts.fail(ctx, policy.MessageMalformed), f)
	case isTimeout(err), errors.Is(err, errStopped): // it was cut, or did not answer a close frame
		s.end("")
	default:
		s.end(policy.ClientGone)
	}
}

// refuse closes both sides: the client learns why, the origin nothing.
func (s *socket) refuse(v policy.Verdict, f *message.FaultError) {
	s.parts.close()
	s.settle(v.Reasons[0].Code)
	code, reason := refuse.Close(&v, s.t.recordID())
	if f != nil {
		code = f.Close
	}
	s.client.close(code, reason)
	s.origin.close(message.CloseGoing, "") // what left before is still its to read
}

// settle keeps what ended the socket; the first counts.
func (s *socket) settle(code policy.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over, s.fault = true, code
	}
}

func (s *socket) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// end closes the origin's connection, with what went wrong if anything did.
func (s *socket) end(code policy.Code) {
	s.settle(code)
	s.wire.Close()
}

// cut ends both sides from outside.
func (s *socket) cut() {
	s.mu.Lock()
	why, gone := s.why, s.gone
	s.mu.Unlock()
	if gone {
		return
	}
	s.conn.SetDeadline(time.Now().Add(closeGrace))
	s.end(why)
	v := policy.Refuse(why)
	_, reason := refuse.Close(&v, s.t.recordID())
	s.client.close(message.CloseGoing, reason)
}
