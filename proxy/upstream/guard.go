// Package upstream is how flows leave: names are resolved once and their
// addresses checked, exactly the checked address is dialled, the origin's
// certificate is verified for the name, and connections are shared only
// between flows that agree in address, name, exporter and link.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// GuardOptions are the settings of a Guard.
type GuardOptions struct {
	// Allow are prefixes that may be dialled whatever their class. A metadata
	// address must be named by itself, and of NAT64 the address that is meant
	// must be allowed too.
	Allow []netip.Prefix
	// Lookup resolves a canonical name; nil uses the system's resolver
	// without search domains.
	Lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	// Timeout bounds one look-up; 5 s.
	Timeout time.Duration
	// Keep is how long a checked answer is used again; 30 s. Within it a
	// name keeps one address, so connections to it are shared.
	Keep time.Duration
	// Names is how many answers are kept; 4096.
	Names int
	Now   func() time.Time // nil is time.Now
}

// Guard resolves names to addresses that may be dialled. It is safe for
// concurrent use.
type Guard struct {
	o GuardOptions

	mu      sync.Mutex
	answers map[string]answer // guarded by mu; only of names, only good ones
}

type answer struct {
	addr  netip.Addr
	until time.Time
}

var _ proxy.Resolver = (*Guard)(nil)

// NewGuard makes a guard.
func NewGuard(o GuardOptions) *Guard {
	if o.Lookup == nil {
		o.Lookup = systemLookup
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Keep == 0 {
		o.Keep = 30 * time.Second
	}
	if o.Names == 0 {
		o.Names = 4096
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Guard{o: o, answers: map[string]answer{}}
}

// systemLookup asks for the absolute name: search domains would turn one name
// into another. The hosts file has names of one label without the final dot,
// so it is read for them before anybody is asked.
func systemLookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if !strings.Contains(name, ".") {
		local := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errHostsOnly }}
		if addrs, err := local.LookupNetIP(ctx, "ip", name); err == nil {
			return addrs, nil
		}
	}
	r := net.Resolver{PreferGo: true}
	return r.LookupNetIP(ctx, "ip", name+".")
}

var errHostsOnly = errors.New("upstream: only the hosts file is read")

// Resolve returns the one address that is dialled for a canonical host. Of
// several answers the first that may be dialled is taken.
func (g *Guard) Resolve(ctx context.Context, host string, _ uint16) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return g.pick([]netip.Addr{a})
	}
	now := g.o.Now()
	g.mu.Lock()
	kept, ok := g.answers[host]
	g.mu.Unlock()
	if ok && now.Before(kept.until) {
		return kept.addr, nil
	}
	lookup, cancel := context.WithTimeout(ctx, g.o.Timeout)
	defer cancel()
	addrs, err := g.o.Lookup(lookup, host)
	if err != nil || len(addrs) == 0 {
		// The resolver's own error repeats the name, so it is not passed on.
		return netip.Addr{}, &proxy.RefusedError{Code: policy.NameUnresolved}
	}
	a, err := g.pick(addrs)
	if err == nil {
		g.keep(host, answer{a, now.Add(g.o.Keep)}, now)
	}
	return a, err
}

// pick returns the first address that may be dialled.
func (g *Guard) pick(addrs []netip.Addr) (netip.Addr, error) {
	var class Class
	for _, a := range addrs {
		a = a.Unmap()
		if a.Zone() != "" {
			class = LinkLocal
			continue
		}
		if class = g.refused(a); class == "" {
			return a, nil
		}
	}
	return netip.Addr{}, &proxy.RefusedError{Code: policy.DialRefused,
		Err: fmt.Errorf("address is %s; add its network to upstream.allow if it is meant", class)}
}

// refused returns the class for which an address is not dialled, or nothing.
func (g *Guard) refused(a netip.Addr) Class {
	class := Classify(a)
	if class == Global {
		return ""
	}
	for _, p := range g.o.Allow {
		switch {
		case !p.Contains(a):
		case p.IsSingleIP():
			return ""
		case class == Metadata: // only by its own address, not by a network around it
		case nat64.Contains(a):
			b := a.As16()
			return g.refused(netip.AddrFrom4([4]byte(b[12:])))
		default:
			return ""
		}
	}
	return class
}

// keep stores an answer and makes room by dropping what is over, then any.
func (g *Guard) keep(host string, a answer, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.answers) >= g.o.Names {
		for h, old := range g.answers {
			if !now.Before(old.until) {
				delete(g.answers, h)
			}
		}
	}
	for h := range g.answers {
		if len(g.answers) < g.o.Names {
			break
		}
		delete(g.answers, h)
	}
	g.answers[host] = a
}
