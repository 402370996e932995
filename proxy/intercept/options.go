// Package intercept is the one path of every flow that is read. A connection
// whose tunnel is open comes in; its ClientHello is peeked, TLS ends here
// with a leaf for the name asked for, and a standard HTTP server feeds each
// request through goproxy's handler to one Exchange:
//
//	head → Begin → body into the gate → Judge → origin → response → Done
//
// The promise: nothing of a request, its name included, reaches a socket
// before Judge released it; a response that could not be copied whole ends in
// an error at the client and never as if it were complete; a panic ends one
// exchange and no more.
package intercept

import (
	"crypto/tls"
	"errors"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/upstream"
)

// Minter gives the certificate of one canonical name or address.
type Minter interface {
	Leaf(name string) (*tls.Certificate, error)
}

// Options are the settings and dependencies of an Interceptor. The first four
// are required; a zero limit takes the default.
type Options struct {
	Gateway  *proxy.Gateway
	Minter   Minter
	Pool     *upstream.Pool
	Resolver proxy.Resolver // checks the address of a tunnel opened to one

	// MaxBody is the most that a gate can hold: a larger Content-Length is
	// refused before the body is read. 0 leaves it to the gate.
	MaxBody int64

	// PassThroughs are those of the Gateway; nil is none.
	PassThroughs policy.PassThroughs
	Splice       upstream.SpliceLimits // of tunnels that pass unread

	// ServerFirst is how long a tunnel waits for its client before it is taken
	// for one in which the server speaks first; 2 s.
	ServerFirst      time.Duration
	DialTimeout      time.Duration // of tunnels that pass unread; 10 s
	HelloTimeout     time.Duration // for the whole ClientHello; 5 s
	HandshakeTimeout time.Duration // 10 s
	HeaderTimeout    time.Duration // for a request head; 10 s
	BodyIdle         time.Duration // between two pieces of a request body; 30 s
	ResponseIdle     time.Duration // without progress at the origin or the client; 5 min
	KeepAlive        time.Duration // between two requests; 60 s
	JudgeTimeout     time.Duration // for a verdict and its entry; 30 s
	LeftoverTimeout  time.Duration // for the rest of a body nobody wants; 5 s
	HeaderBytes      int           // of a request head; 256 KiB

	// UnguardedForTest leaves the checks of HTTP/1 requests to the server alone,
	// so that a test can show what they are for.
	UnguardedForTest bool
}

func (o *Options) fill() error {
	if o.Gateway == nil || o.Minter == nil || o.Pool == nil || o.Resolver == nil {
		return errors.New("intercept: options Gateway, Minter, Pool and Resolver are required")
	}
	set := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&o.ServerFirst, 2*time.Second)
	set(&o.DialTimeout, 10*time.Second)
	set(&o.HelloTimeout, 5*time.Second)
	set(&o.HandshakeTimeout, 10*time.Second)
	set(&o.HeaderTimeout, 10*time.Second)
	set(&o.BodyIdle, 30*time.Second)
	set(&o.ResponseIdle, 5*time.Minute)
	set(&o.KeepAlive, 60*time.Second)
	set(&o.JudgeTimeout, 30*time.Second)
	set(&o.LeftoverTimeout, 5*time.Second)
	if o.HeaderBytes == 0 {
		o.HeaderBytes = 256 << 10
	}
	return nil
}
