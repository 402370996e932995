package proxytest

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// Fault is what goes wrong on a connection. The zero value is nothing.
type Fault struct {
	Delay time.Duration // before each write
	Slow  int           // bytes a write passes on at most, each after Delay
	// CutAfter closes the connection once so many bytes were written; Reset
	// does it without a proper end.
	CutAfter int64
	Reset    bool
}

// ErrCut is what a write returns that came to the end of a cut connection.
var ErrCut = errors.New("connection was cut by the test")

// FaultConn is a connection with a fault in what is written to it.
type FaultConn struct {
	net.Conn
	fault   Fault
	written atomic.Int64
}

// NewFaultConn puts a fault on a connection.
func NewFaultConn(c net.Conn, f Fault) *FaultConn { return &FaultConn{Conn: c, fault: f} }

// Written returns how many bytes passed.
func (c *FaultConn) Written() int64 { return c.written.Load() }

// Write passes bytes on as the fault lets it.
func (c *FaultConn) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		step := p
		if c.fault.Slow > 0 && len(step) > c.fault.Slow {
			step = step[:c.fault.Slow]
		}
		if left := c.fault.CutAfter - c.written.Load(); c.fault.CutAfter > 0 && int64(len(step)) > left {
			step = step[:left]
		}
		if c.fault.Delay > 0 {
			time.Sleep(c.fault.Delay)
		}
		k, err := c.Conn.Write(step)
		n += k
		c.written.Add(int64(k))
		if err != nil {
			return n, err
		}
		p = p[k:]
		if c.fault.CutAfter > 0 && c.written.Load() >= c.fault.CutAfter {
			c.cut()
			return n, ErrCut
		}
	}
	return n, nil
}

func (c *FaultConn) cut() {
	if t, ok := c.Conn.(*net.TCPConn); ok && c.fault.Reset {
		t.SetLinger(0)
	}
	c.Conn.Close()
}
