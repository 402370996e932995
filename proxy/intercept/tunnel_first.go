package intercept

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// first is what was said in a tunnel before anything was decided of it.
type first struct {
	speaks sniff.Speaker
	head   []byte // of the client
	banner []byte // of an origin that spoke first
	hello  *sniff.Hello
	broken bool // what begins as TLS is none
}

// first reads until it is clear what the client speaks, or that it waits for
// the server. Its whole time is bounded. ok is false where there is nothing to
// decide: a connection opened in advance, or one that said too little.
func (o *Opening) first(c net.Conn, early []byte) (f first, ok bool) {
	end := time.Now().Add(o.i.o.HelloTimeout)
	f.head = early
	if len(f.head) == 0 {
		if f, ok = o.begins(c, end); !ok || f.speaks != sniff.Undecided {
			return f, ok
		}
	}
	c.SetReadDeadline(end)
	defer c.SetReadDeadline(time.Time{})
	for {
		var done bool
		if f.speaks, f.hello, f.broken, done = decide(f.head); done {
			return f, true
		}
		var err error
		if f.head, err = more(c, f.head); err != nil {
			o.tellQuiet(err, len(f.head) > 0)
			return f, false
		}
	}
}

// decide says what the bytes of a client are, once that is clear.
func decide(head []byte) (speaks sniff.Speaker, hello *sniff.Hello, broken, done bool) {
	speaks = sniff.Speaks(head)
	if speaks != sniff.TLS {
		return speaks, nil, false, speaks != sniff.Undecided
	}
	hello, err := sniff.ParseHello(head)
	return speaks, hello, err != nil, !errors.Is(err, sniff.ErrShort)
}

// tellQuiet counts a client that did not come to say enough.
func (o *Opening) tellQuiet(err error, some bool) {
	switch {
	case isTimeout(err):
		o.i.o.Gateway.Event(proxy.EventTimeout)
	case some:
		o.i.o.Gateway.Event(proxy.EventHandshakeFailed)
	}
}

// begins waits for the first byte. At a port where servers are known to speak
// first nobody waits for the client, elsewhere for a while; after that it is
// the origin's turn, if it may be asked at all.
func (o *Opening) begins(c net.Conn, end time.Time) (f first, ok bool) {
	port := o.s.Port
	speaks, known := sniff.SpeaksFirst(port)
	if !known {
		wait := time.Now().Add(o.i.o.ServerFirst)
		if wait.After(end) || sniff.Waits(port) {
			wait = end
		}
		c.SetReadDeadline(wait)
		head, err := more(c, nil)
		if len(head) > 0 {
			return first{head: head}, true
		}
		if !isTimeout(err) || wait.Equal(end) {
			o.tellQuiet(err, false)
			return f, false
		}
		speaks = sniff.Other
	}
	if o.origin == nil {
		return first{speaks: speaks}, true
	}
	return o.either(c, end)
}

// either waits for the client or the origin, whoever speaks first.
func (o *Opening) either(c net.Conn, end time.Time) (f first, ok bool) {
	c.SetReadDeadline(end)
	o.origin.SetReadDeadline(end)
	var reading sync.WaitGroup
	var banner []byte
	var originErr, err error
	reading.Go(func() {
		banner, originErr = more(o.origin, nil)
		c.SetReadDeadline(time.Now())
	})
	f.head, err = more(c, nil)
	o.origin.SetReadDeadline(time.Now())
	reading.Wait()
	c.SetReadDeadline(time.Time{})
	o.origin.SetReadDeadline(time.Time{})
	switch {
	case len(banner) > 0:
		f.banner = banner
		if f.speaks = sniff.Banner(banner, o.s.Port); f.speaks == sniff.Undecided {
			f.speaks = sniff.Other
		}
	case len(f.head) > 0:
	case originErr != nil && !isTimeout(originErr): // it went away without a word
		return f, false
	default:
		o.tellQuiet(err, false)
		return f, false
	}
	return f, true
}

// more reads once and returns all that was read so far. A hello is the longest
// that is waited for.
func more(c net.Conn, head []byte) ([]byte, error) {
	if len(head) == cap(head) {
		head = append(make([]byte, 0, max(4<<10, 2*len(head))), head...)
	}
	n, err := c.Read(head[len(head):min(cap(head), 2*sniff.MaxHello)])
	if n > 0 {
		err = nil
	}
	return head[:len(head)+n], err
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
