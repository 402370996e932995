package explicit

import (
	"net"
	"sync"
)

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

// Close closes the connection and frees its place.
func (s *slot) Close() error {
	s.once.Do(s.free)
	return s.TCPConn.Close()
}
