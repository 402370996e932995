package explicit

import (
	"net"
	"sync"

	"github.com/datacustoms/customs/proxy/intercept"
)

// guarding puts the checks of HTTP/1 in front of each connection.
type guarding struct {
	net.Listener
	o *Options
}

// Accept waits for a connection.
func (g guarding) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil || g.o.UnguardedForTest {
		return c, err
	}
	return intercept.NewWired(c, g.o.HeaderBytes, g.o.HeaderTimeout), nil
}

// limited is a listener with a bound on open connections: at the bound it
// leaves new ones in the kernel's queue.
type limited struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

func newLimited(l net.Listener, n int) *limited {
	return &limited{Listener: l, slots: make(chan struct{}, n), done: make(chan struct{})}
}

// Accept waits for a free slot and a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		<-l.slots
		c.Close()
		return nil, net.UnknownNetworkError(l.Addr().Network())
	}
	return &slot{TCPConn: tcp, free: func() { <-l.slots }}, nil
}

// Close ends Accept.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// slot is a connection that holds a place until it is closed. Its TCPConn is
// bare, for the kernel to splice.
type slot struct {
	*net.TCPConn
	once sync.Once
	free func()
}

// TCP gives the connection itself.
func (s *slot) TCP() *net.TCPConn { return s.TCPConn }

// Close closes the connection and frees its place.
func (s *slot) Close() error {
	s.once.Do(s.free)
	return s.TCPConn.Close()
}
