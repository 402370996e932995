package intercept

import (
	"bufio"
	"bytes"
	"io"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/refuse"
)

// down relays what the origin sends, frame by frame, each checked and passed
// at once. What it sends is not held: it comes in, and is not judged.
func (s *socket) down() {
	in := message.NewFrames(bufio.NewReaderSize(s.wire, 16<<10), message.Server, s.agreed.On)
	buf := s.t.i.buffers.Get().(*[]byte)
	defer s.t.i.buffers.Put(buf)
	for {
		f, err := in.Next()
		switch {
		case err != nil:
		case f.Kind.Control():
			err = s.answer(f, in)
		default:
			err = s.pass(f, in, *buf)
		}
		if err != nil {
			s.originEnded(err)
			return
		}
		if f.Kind == message.Close {
			s.conn.SetReadDeadline(time.Now().Add(closeGrace)) // the client has its word yet
			return
		}
	}
}

// answer passes a control frame of the origin on.
func (s *socket) answer(f message.Frame, in *message.Frames) error {
	payload, err := in.Payload(f)
	if err != nil {
		return err
	}
	switch f.Kind {
	case message.Ping:
		s.pings.asks(payload)
	case message.Pong:
		payload = s.pings.answered(payload)
	}
	return s.client.control(f.Kind, payload)
}

// pass relays a frame in pieces that are written whole, so that a close frame
// finds its place between them.
func (s *socket) pass(f message.Frame, in *message.Frames, buf []byte) error {
	piece := f
	for left := f.Size; ; {
		k := min(left, int64(len(buf)))
		if _, err := io.ReadFull(in, buf[:k]); err != nil {
			return err
		}
		left -= k
		piece.Size, piece.Last = k, f.Last && left == 0
		if err := s.client.frame(piece, bytes.NewReader(buf[:k])); err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		piece.Kind, piece.Compressed = message.More, false
	}
}

// originEnded tells the client that the origin ended without a word, or spoke
// nonsense.
func (s *socket) originEnded(err error) {
	if f := message.Fault(err); f != nil {
		s.settle(policy.MessageMalformed)
		v := policy.Refuse(policy.MessageMalformed)
		_, reason := refuse.Close(&v, s.t.recordID())
		s.client.close(message.CloseProtocol, reason)
		s.origin.close(f.Close, "")
		s.wire.Close()
		s.conn.SetReadDeadline(time.Now().Add(closeGrace))
		return
	}
	s.end(policy.OriginCut)
	s.mu.Lock()
	abrupt := s.fault == policy.OriginCut
	s.mu.Unlock()
	if abrupt { // as it came
		s.conn.Close()
	}
}
