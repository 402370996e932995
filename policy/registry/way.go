package registry

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// reach says how closely the link names the destination; 0 is not at all. A
// destination by name is looked up by name, and by address only in a link
// that has no names.
func (w *way) reach(d *policy.Destination) int {
	if a, err := netip.ParseAddr(d.Host); err == nil {
		return within(w.dst, a)
	}
	if len(w.hosts) == 0 {
		return within(w.dst, d.Addr)
	}
	best := 0
	for _, p := range w.hosts {
		best = max(best, p.rank(d.Host))
	}
	return best
}

// fits says whether the flow uses the link as it was filed.
func (w *way) fits(f *policy.Flow) bool {
	l, d := w.link, &f.Destination
	switch {
	case len(w.dst) > 0 && d.Addr.IsValid() && within(w.dst, d.Addr) == 0,
		len(l.Ports) > 0 && !slices.Contains(l.Ports, d.Port),
		l.Direction != "" && l.Direction != cmp.Or(f.Direction, policy.Push),
		!speaks(l.Protocol, f),
		f.Declared.Source == sourceClient && f.Declared.Link != "" && f.Declared.Link != l.ID:
		return false
	}
	return w.comesFrom(f.Session)
}

// comesFrom checks the source. A name of the source can be seen only where
// the source is what was asked for, which is in the other direction.
func (w *way) comesFrom(s *policy.Session) bool {
	if len(w.src) > 0 && (s == nil || within(w.src, s.Client.Addr()) == 0) {
		return false
	}
	pulled := w.link.Direction == policy.Pull || w.link.Direction == policy.RemoteAccess
	if !pulled || len(w.origins) == 0 {
		return true
	}
	if s == nil {
		return false
	}
	host := strings.ToLower(cmp.Or(s.Host, s.SNI))
	return slices.ContainsFunc(w.origins, func(p pattern) bool { return p.rank(host) > 0 })
}

// speaks says whether the flow's protocol is the filed one. On a dedicated
// line any is.
func speaks(filed string, f *policy.Flow) bool {
	switch filed {
	case "", "dedicated_line":
		return true
	case "https":
		return f.Scheme == "https" || f.Scheme == "wss"
	case "http":
		return f.Scheme == "http" || f.Scheme == "ws"
	case "remote_access":
		return f.Direction == policy.RemoteAccess
	}
	return f.Protocol == filed || f.Scheme == filed
}
