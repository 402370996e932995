package intercept

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/proxy/message"
)

// peer is one end of a WebSocket as it is written to, by two goroutines. A
// frame goes out whole, and nothing after a close frame.
type peer struct {
	mu     sync.Mutex
	w      *message.Writer // guarded by mu
	closed bool            // guarded by mu
	said   []byte          // in the close frame; guarded by mu
	// guard is called before each write and lets it take only so long.
	guard func() (done func())
}

func newPeer(w io.Writer, as message.Side, guard func() func()) *peer {
	return &peer{w: message.NewWriter(w, as), guard: guard}
}

// frame writes one frame with the next f.Size bytes of r, which does not
// wait.
func (p *peer) frame(f message.Frame, r io.Reader) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = f.Kind == message.Close
	defer p.guard()()
	err := p.w.Frame(f, r)
	p.closed = p.closed || err != nil
	return err
}

// heard reports whether payload is what the close frame said.
func (p *peer) heard(payload []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said != nil && bytes.Equal(p.said, payload)
}

func (p *peer) control(k message.Kind, payload []byte) error {
	if k == message.Close {
		p.mu.Lock()
		if !p.closed {
			p.said = append([]byte{}, payload...)
		}
		p.mu.Unlock()
	}
	return p.frame(message.Frame{Kind: k, Last: true, Size: int64(len(payload))}, bytes.NewReader(payload))
}

func (p *peer) close(code uint16, reason string) {
	p.control(message.Close, message.ClosePayload(code, reason)) // it may be gone
}

// watched guards a write by closing c when it takes too long.
func watched(c io.Closer, limit time.Duration) func() func() {
	return func() func() {
		timer := time.AfterFunc(limit, func() { c.Close() })
		return func() { timer.Stop() }
	}
}

// maxPings is how many pings without an answer are remembered; of more, the
// oldest is forgotten, as RFC 6455 lets an end do that answers late.
const maxPings = 16

// pings lets pings and pongs pass end to end without a byte of what the
// client puts into them: the origin gets a number instead, and the pong that
// answers it is given back what the client had put.
type pings struct {
	mu    sync.Mutex
	next  uint64
	sent  []ping   // to the origin; guarded by mu
	asked [][]byte // by the origin; guarded by mu
}

type ping struct{ number, payload []byte }

// ask returns what the origin is asked with for a ping of the client.
func (p *pings) ask(payload []byte) []byte {
	if len(payload) == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	number := []byte{byte(p.next >> 24), byte(p.next >> 16), byte(p.next >> 8), byte(p.next)}
	if p.sent = append(p.sent, ping{number, payload}); len(p.sent) > maxPings {
		p.sent = p.sent[1:]
	}
	return number
}

// answered returns what the client gets for a pong of the origin.
func (p *pings) answered(payload []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range p.sent {
		if bytes.Equal(s.number, payload) {
			p.sent = p.sent[i+1:]
			return s.payload
		}
	}
	return payload
}

// asks keeps a ping of the origin.
func (p *pings) asks(payload []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked = append(p.asked, payload); len(p.asked) > maxPings {
		p.asked = p.asked[1:]
	}
}

// answer returns what of a client's pong goes to the origin: its own bytes,
// or nothing.
func (p *pings) answer(payload []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.asked, func(a []byte) bool { return bytes.Equal(a, payload) })
	if i < 0 {
		return nil
	}
	p.asked = p.asked[i+1:]
	return payload
}
