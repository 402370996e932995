// Package atlas tells the country of a destination that no filing names.
//
// It asks the operator's own map first, then the operator's country database
// if there is one, then the table that is built in. A place that none of them
// knows is the zero Place, which counts as overseas; so do loopback and
// private addresses that the operator's map does not name.
package atlas

import (
	"crypto/sha256"
	_ "embed" // the table
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

//go:generate go run ./gen -version 2.3.2026061719 -date 2026-06-17 asn-country-ipv4-num.csv asn-country-ipv6.csv country.tbl
//go:embed country.tbl
var embedded string

// Rule names the country of hosts and networks.
type Rule struct {
	// Match holds exact hosts, "*.suffix" for every host below a name,
	// addresses and networks in CIDR form.
	Match []string
	// Country is ISO 3166-1 alpha-2; CN is the mainland.
	Country string
	// Unread are the reasons for which content may go there unread, of the
	// exporters with the codes in UnreadFor, or of all when it is empty.
	Unread    []inspect.GapReason `json:",omitempty"`
	UnreadFor []string            `json:",omitempty"`
}

// Options says what an atlas knows beside its table.
type Options struct {
	// Rules are asked in order; the first match wins.
	Rules []Rule
	// Never are hosts and networks, as in Rule.Match, of which it is not known
	// where they are, whatever rule or table says: fronts of other places.
	Never []string
	// MMDB is the file of a country database in MaxMind's format, or empty.
	// The file is read once.
	MMDB string
}

// Atlas is safe for concurrent use.
type Atlas struct {
	rules  []rule
	never  rule
	mmdb   *maxminddb.Reader
	table  func() (*table, error) // decoded when first asked
	digest string
}

var _ policy.Atlas = (*Atlas)(nil)

type rule struct {
	hosts   map[string]bool
	suffix  []string
	nets    []netip.Prefix
	country string

	unread    []inspect.GapReason
	unreadFor []string
}

// New makes an atlas and checks all of its rules.
func New(opts Options) (*Atlas, error) {
	a := &Atlas{table: sync.OnceValues(func() (*table, error) { return decode(strings.NewReader(embedded)) })}
	for i, r := range opts.Rules {
		parsed, err := parseRule(r)
		if err != nil {
			return nil, fmt.Errorf("atlas: destination %d: %w", i+1, err)
		}
		a.rules = append(a.rules, parsed)
	}
	if len(opts.Never) > 0 {
		var err error
		if a.never, err = parseRule(Rule{Match: opts.Never, Country: "CN"}); err != nil {
			return nil, fmt.Errorf("atlas: never unread: %w", err)
		}
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(opts.Rules); err != nil {
		return nil, fmt.Errorf("atlas: %w", err)
	}
	if len(opts.Never) > 0 {
		if err := json.NewEncoder(h).Encode(opts.Never); err != nil {
			return nil, fmt.Errorf("atlas: %w", err)
		}
	}
	if opts.MMDB != "" {
		b, err := os.ReadFile(opts.MMDB)
		if err != nil {
			return nil, fmt.Errorf("atlas: country database: %w", err)
		}
		if a.mmdb, err = maxminddb.OpenBytes(b); err != nil {
			return nil, fmt.Errorf("atlas: country database %s: %w", opts.MMDB, err)
		}
		sum := sha256.Sum256(b)
		h.Write(sum[:])
	}
	sum := sha256.Sum256([]byte(embedded))
	h.Write(sum[:])
	a.digest = hex.EncodeToString(h.Sum(nil))
	return a, nil
}

func parseRule(r Rule) (rule, error) {
	out := rule{hosts: map[string]bool{}, country: r.Country}
	if len(r.Country) != 2 || r.Country[0] < 'A' || r.Country[0] > 'Z' || r.Country[1] < 'A' || r.Country[1] > 'Z' {
		return out, fmt.Errorf("country must be two capital letters, as SG")
	}
	if len(r.Match) == 0 {
		return out, fmt.Errorf("match is empty; give hosts, *.suffixes or networks")
	}
	for _, m := range r.Match {
		host := strings.TrimSuffix(strings.ToLower(m), ".")
		if p, err := netip.ParsePrefix(m); err == nil {
			out.nets = append(out.nets, p.Masked())
		} else if ip, err := netip.ParseAddr(m); err == nil {
			out.nets = append(out.nets, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		} else if suffix, ok := strings.CutPrefix(host, "*."); ok && validHost(suffix) {
			out.suffix = append(out.suffix, "."+suffix)
		} else if validHost(host) {
			out.hosts[host] = true
		} else {
			return out, fmt.Errorf("%q is no host, *.suffix, address or network", m)
		}
	}
	for _, g := range r.Unread {
		if !policy.MayGoUnread(g) {
			return out, fmt.Errorf("content cannot go unread for %s: persons would go uncounted", g)
		}
	}
	out.unread, out.unreadFor = slices.Sorted(slices.Values(r.Unread)), slices.Clone(r.UnreadFor)
	return out, nil
}

func validHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for _, c := range s {
		if c != '-' && c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func (r *rule) matches(host string, addr netip.Addr) bool {
	if r.hosts[host] {
		return true
	}
	for _, s := range r.suffix {
		if strings.HasSuffix(host, s) {
			return true
		}
	}
	for _, n := range r.nets {
		if addr.IsValid() && n.Contains(addr) {
			return true
		}
	}
	return false
}

// Place tells where a destination is. host is canonical; addr may be invalid
// when nothing was resolved.
func (a *Atlas) Place(host string, addr netip.Addr) policy.Place {
	r, addr := a.rule(host, addr)
	if a.never.matches(host, addr) {
		return policy.Place{}
	}
	if r != nil {
		return policy.Place{Country: r.country, Source: "config"}
	}
	if !public(addr) {
		return policy.Place{}
	}
	if a.mmdb != nil {
		var country string
		if err := a.mmdb.Lookup(addr).DecodePath(&country, "country", "iso_code"); err == nil && len(country) == 2 {
			return policy.Place{Country: country, Source: "mmdb"}
		}
	}
	t, err := a.table()
	if err != nil {
		return policy.Place{}
	}
	if country := t.lookup(translated(addr)); country != "" {
		return policy.Place{Country: country, Source: "table"}
	}
	return policy.Place{}
}

// Unread returns what the first rule that matches lets go unread, also where a
// filing tells the country. An exporter that is not known is granted nothing.
func (a *Atlas) Unread(f *policy.Flow) []inspect.GapReason {
	if f.Session == nil || !f.Session.Exporter.Known() {
		return nil
	}
	r, _ := a.rule(f.Destination.Host, f.Destination.Addr)
	if r == nil || len(r.unreadFor) > 0 && !slices.Contains(r.unreadFor, f.Session.Exporter.USCC) {
		return nil
	}
	return r.unread
}

// rule returns the first rule that matches, or nil, and the address to go on
// with.
func (a *Atlas) rule(host string, addr netip.Addr) (*rule, netip.Addr) {
	if ip, err := netip.ParseAddr(host); err == nil && !addr.IsValid() {
		addr = ip
	}
	addr = addr.Unmap().WithZone("")
	for i := range a.rules {
		if a.rules[i].matches(host, addr) {
			return &a.rules[i], addr
		}
	}
	return nil, addr
}

func public(a netip.Addr) bool {
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate()
}

// translated returns the IPv4 address inside the well-known NAT64 prefix.
func translated(a netip.Addr) netip.Addr {
	b := a.As16()
	if a.Is6() && netip.AddrFrom16(b).Is6() && [12]byte(b[:12]) == [12]byte{0, 0x64, 0xff, 0x9b} {
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

// Digest identifies rules, database and table.
func (a *Atlas) Digest() string { return a.digest }

// Version returns the source, version and date of the built-in table.
func Version() string {
	h, _, err := parseHead(embedded)
	if err != nil {
		return "unknown"
	}
	return h.Source + " " + h.Version + " (" + h.Date + ")"
}

// Version returns the source, version and date of the built-in table.
func (a *Atlas) Version() string { return Version() }
