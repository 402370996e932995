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
	// address must be named by itself, and of an address that means an IPv4
	// one (NAT64, 6to4, Teredo) that one must be allowed too. The order: an
	// address allowed by itself, metadata, the networks of Allow, the class.
	Allow []netip.Prefix
	// Lookup resolves a canonical name; nil uses the system's resolver
	// without search domains.
	Lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	// Timeout bounds one look-up; 5 s.
	Timeout time.Duration
	// Keep is how long a checked answer is used again; 30 s. Within it a
	// name keeps one address, so connections to it are shared, unless that
	// address fails.
	Keep time.Duration
	// Shun is how long an address that failed comes after others; 30 s.
	Shun time.Duration
	// Names is how many answers are kept, and how many failed addresses; 4096.
	Names int
	Now   func() time.Time // nil is time.Now
}

// Guard resolves names to addresses that may be dialled. It is safe for
// concurrent use.
type Guard struct {
	o GuardOptions

	mu      sync.Mutex
	answers map[string]answer        // guarded by mu; only of names, only good ones
	failed  map[netip.Addr]time.Time // when an address failed last; guarded by mu
}

// answer is the addresses of a name that may be dialled, as they came.
type answer struct {
	addrs []netip.Addr
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
	if o.Shun == 0 {
		o.Shun = 30 * time.Second
	}
	if o.Names == 0 {
		o.Names = 4096
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Guard{o: o, answers: map[string]answer{}, failed: map[netip.Addr]time.Time{}}
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

// Resolve returns the one address that is dialled for a canonical host: of
// several answers the first that may be dialled and did not fail of late.
func (g *Guard) Resolve(ctx context.Context, host string, _ uint16) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		good, err := g.check([]netip.Addr{a})
		if err != nil {
			return netip.Addr{}, err
		}
		return good[0], nil
	}
	now := g.o.Now()
	g.mu.Lock()
	if kept, ok := g.answers[host]; ok && now.Before(kept.until) {
		defer g.mu.Unlock()
		return g.choose(kept.addrs, now), nil
	}
	g.mu.Unlock()
	lookup, cancel := context.WithTimeout(ctx, g.o.Timeout)
	defer cancel()
	addrs, err := g.o.Lookup(lookup, host)
	if err != nil || len(addrs) == 0 {
		// The resolver's own error repeats the name, so it is not passed on.
		return netip.Addr{}, &proxy.RefusedError{Code: policy.NameUnresolved}
	}
	good, err := g.check(addrs[:min(len(addrs), maxAnswers)])
	if err != nil {
		return netip.Addr{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	makeRoom(g.answers, g.o.Names, func(a answer) bool { return !now.Before(a.until) })
	g.answers[host] = answer{good, now.Add(g.o.Keep)}
	return g.choose(good, now), nil
}

// maxAnswers is how many addresses of one name are looked at.
const maxAnswers = 64

// choose takes the first address that did not fail of late, or the one whose
// failure is longest ago.
func (g *Guard) choose(addrs []netip.Addr, now time.Time) netip.Addr {
	best := addrs[0]
	for _, a := range addrs {
		at, bad := g.failed[a]
		if !bad || now.Sub(at) >= g.o.Shun {
			return a
		}
		if at.Before(g.failed[best]) {
			best = a
		}
	}
	return best
}

// Failed tells the guard that no connection came about to an address. Flows
// that begin later try another of the same name first; the flow it is told of
// keeps its own, which stands in its record.
func (g *Guard) Failed(a netip.Addr) {
	now := g.o.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	makeRoom(g.failed, g.o.Names, func(at time.Time) bool { return now.Sub(at) >= g.o.Shun })
	g.failed[a] = now
}

// check returns the addresses that may be dialled.
func (g *Guard) check(addrs []netip.Addr) (good []netip.Addr, err error) {
	var class Class
	for _, a := range addrs {
		a = a.Unmap()
		if a.Zone() != "" {
			class = LinkLocal
			continue
		}
		if bad := g.refused(a); bad == "" {
			good = append(good, a)
		} else {
			class = bad
		}
	}
	if len(good) == 0 {
		return nil, &proxy.RefusedError{Code: policy.DialRefused,
			Err: fmt.Errorf("address is %s; add its network to upstream.allow if it is meant", class)}
	}
	return good, nil
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
		default:
			if v4, ok := meant(a); ok {
				return g.refused(v4)
			}
			return ""
		}
	}
	return class
}

// makeRoom drops what is over from a full map, then any.
func makeRoom[K comparable, V any](m map[K]V, most int, over func(V) bool) {
	if len(m) < most {
		return
	}
	for k, v := range m {
		if over(v) {
			delete(m, k)
		}
	}
	for k := range m {
		if len(m) < most {
			break
		}
		delete(m, k)
	}
}
