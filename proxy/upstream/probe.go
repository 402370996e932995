package upstream

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// How long an answer of a probe is used again, and how many are kept.
const (
	probeKeep  = 10 * time.Minute
	probeRetry = 15 * time.Second // of a bad one
	probeMost  = 4096
)

// Prober makes a TLS handshake of its own with an origin, to learn whether the
// one at an address is the one that a name means, before a tunnel passes to it
// unread. It is safe for concurrent use.
type Prober struct {
	pool *Pool
	now  func() time.Time

	mu    sync.Mutex
	known map[probeKey]*probe // guarded by mu
}

type probeKey struct {
	addr netip.AddrPort
	name string
}

// probe is one handshake; the fields after done are set before it is closed.
type probe struct {
	done   chan struct{}
	until  time.Time
	origin *policy.Origin
	err    error
}

// NewProber makes a prober that dials and verifies as a pool does.
func NewProber(p *Pool) *Prober {
	return &Prober{pool: p, now: time.Now, known: map[probeKey]*probe{}}
}

// Probe reports whether the origin at an address, which a Guard has checked,
// shows a certificate that is valid for the name. protos are offered to it. An
// answer is used again for a while, and asked for once at a time.
func (r *Prober) Probe(ctx context.Context, to netip.AddrPort, name string, protos []string) (*policy.Origin, error) {
	for {
		p, mine := r.claim(probeKey{to, name})
		if mine {
			p.origin, p.err = r.shake(ctx, to, name, protos)
			r.settle(probeKey{to, name}, p, ctx.Err() != nil)
			return p.origin, p.err
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if !p.until.IsZero() {
			return p.origin, p.err
		}
		// Whoever asked went away in the middle of it.
	}
}

// claim returns what is known or under way, or a probe to be made.
func (r *Prober) claim(k probeKey) (p *probe, mine bool) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.known[k]; p != nil && (p.until.IsZero() || now.Before(p.until)) {
		return p, false
	}
	if len(r.known) >= probeMost {
		for old, q := range r.known {
			if !q.until.IsZero() && (!now.Before(q.until) || len(r.known) >= probeMost) {
				delete(r.known, old)
			}
		}
	}
	p = &probe{done: make(chan struct{})}
	r.known[k] = p
	return p, true
}

// settle keeps an answer, unless nobody waited for it.
func (r *Prober) settle(k probeKey, p *probe, cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case cut:
		delete(r.known, k)
	case p.err == nil:
		p.until = r.now().Add(probeKeep)
	default:
		p.until = r.now().Add(probeRetry)
	}
	close(p.done)
}

func (r *Prober) shake(ctx context.Context, to netip.AddrPort, name string, protos []string) (*policy.Origin, error) {
	o := &r.pool.o
	raw, err := o.Dial(ctx, to, o.DialTimeout)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	ctx, cancel := context.WithTimeout(ctx, o.HandshakeTimeout)
	defer cancel()
	_, origin, err := o.Verifier.Handshake(ctx, raw, Ask{Host: name, Protos: protos})
	var refused *proxy.RefusedError
	if err != nil && origin != nil && origin.Revocation != "" && !errors.As(err, &refused) {
		return origin, nil // it proved who it is, and then wanted a certificate that only the client has
	}
	return origin, err
}
