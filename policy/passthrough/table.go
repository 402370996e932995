// Package passthrough keeps the operator's entries that let destinations pass
// unread: which flows they cover, and how much of their budget of bytes is
// used, in one append-only file.
//
// The promise: bytes are durable as used before they may move, so a restart, a
// kill or a power cut never gives any of them back. After a stop that was not
// clean an entry may count up to Ahead bytes more than moved.
package passthrough

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Entry is what the operator registered.
type Entry struct {
	ID        string
	Match     []string // hosts, "*.suffix", addresses, networks
	Kind      string   // pinned, private or raw
	Category  string   // of kind private
	Owner     string
	Expires   string // last day, 2006-01-02, in Beijing
	Bytes     int64
	Exporters []string // codes; empty is every exporter that is known
}

// table finds the entry of a destination. It is not changed once it is made.
type table struct {
	rules []rule
	never matcher
}

type rule struct {
	Entry
	matcher
	until time.Time // the first instant after the last day
}

func newTable(entries []Entry, never []string) (*table, error) {
	t := &table{}
	var errs []error
	var err error
	if t.never, err = newMatcher(never); err != nil {
		errs = append(errs, fmt.Errorf("never_unread: %w", err))
	}
	ids := map[string]bool{}
	for i, e := range entries {
		r, err := newRule(e)
		if err == nil && ids[e.ID] {
			err = errors.New("another entry has the same id")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("passthrough: entry %d: %w", i+1, err))
		}
		ids[e.ID] = true
		t.rules = append(t.rules, r)
	}
	return t, errors.Join(errs...)
}

func newRule(e Entry) (rule, error) {
	day, err := time.ParseInLocation(time.DateOnly, e.Expires, policy.Shanghai)
	r := rule{Entry: e, until: day.AddDate(0, 0, 1)}
	switch {
	case err != nil:
		return r, errors.New("expires must be a day, as 2027-03-31")
	case e.ID == "" || e.Owner == "" || e.Bytes <= 0 || len(e.Match) == 0:
		return r, errors.New("id, match, owner and bytes are required")
	case !slices.Contains([]string{policy.PassPinned, policy.PassPrivate, policy.PassRaw}, e.Kind):
		return r, errors.New("kind must be pinned, private or raw")
	}
	r.matcher, err = newMatcher(e.Match)
	return r, err
}

// find returns the first entry that matches a flow, whether or not it is over.
func (t *table) find(f *policy.Flow) *rule {
	if f.Session == nil || !f.Session.Exporter.Known() || t.never.matches(f.Destination) {
		return nil
	}
	for i := range t.rules {
		r := &t.rules[i]
		if r.matches(f.Destination) && (len(r.Exporters) == 0 || slices.Contains(r.Exporters, f.Session.Exporter.USCC)) {
			return r
		}
	}
	return nil
}

// carries reports whether a flow is of the kind that the entry is for. read
// says that it is of such a kind and was decrypted all the same.
func (r *rule) carries(f *policy.Flow) (carried, read bool) {
	tls := r.Kind != policy.PassRaw
	switch f.Protocol {
	case "tls":
		return tls, false
	case "http/1.1", "h2":
		return false, tls && f.Scheme == "https"
	case "tcp":
		// The first look at a tunnel comes before anybody spoke.
		return !tls || f.Method == "CONNECT", false
	}
	return !tls, false
}

// matcher holds hosts, suffixes and networks.
type matcher struct {
	hosts  map[string]bool
	suffix []string
	nets   []netip.Prefix
}

func newMatcher(list []string) (matcher, error) {
	m := matcher{hosts: map[string]bool{}}
	for _, s := range list {
		host := strings.TrimSuffix(strings.ToLower(s), ".")
		if p, err := netip.ParsePrefix(s); err == nil {
			m.nets = append(m.nets, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			m.nets = append(m.nets, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else if suffix, ok := strings.CutPrefix(host, "*"); ok && strings.HasPrefix(suffix, ".") && len(suffix) > 1 {
			m.suffix = append(m.suffix, suffix)
		} else if host != "" && !strings.ContainsAny(host, "*/: ") {
			m.hosts[host] = true
		} else {
			return m, fmt.Errorf("%q is no host, *.suffix, address or network", s)
		}
	}
	return m, nil
}

func (m *matcher) matches(d policy.Destination) bool {
	addr := d.Addr
	if a, err := netip.ParseAddr(d.Host); err == nil && !addr.IsValid() {
		addr = a
	}
	addr = addr.Unmap().WithZone("")
	return m.hosts[d.Host] ||
		slices.ContainsFunc(m.suffix, func(s string) bool { return strings.HasSuffix(d.Host, s) }) ||
		addr.IsValid() && slices.ContainsFunc(m.nets, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Check says what is wrong with entries.
func Check(entries []Entry, never []string) error {
	_, err := newTable(entries, never)
	return err
}
