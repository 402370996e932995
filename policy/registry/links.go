package registry

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/datacustoms/customs/policy"
)

var (
	protocols  = []string{"", "https", "http", "sftp", "smtp", "mq", "dedicated_line", "remote_access"}
	directions = []policy.Direction{"", policy.Push, policy.Pull, policy.RemoteAccess}
)

// links checks the export-link table. Without it no flow could be matched.
func (v *validator) links() {
	if len(v.f.Links) == 0 || len(v.f.Links) > maxList {
		v.fault("links", "is empty or too long", "list the links of the export-link table with their dst_domains or dst_cidrs")
	}
	seen := map[string]bool{}
	for i := range v.f.Links {
		l := &v.f.Links[i]
		at := fmt.Sprintf("links[%d]", i)
		if !idForm.MatchString(l.ID) || seen[l.ID] {
			v.fault(at+".link_id", "is not a proper id or stands twice", "use 1 to 64 letters, digits, dots, dashes or underscores")
		} else if longNumber(l.ID) {
			v.fault(at+".link_id", numberIn, "use an id without numbers of persons; it stands in records")
		}
		seen[l.ID] = true
		v.linkEnds(at, l)
		if slices.Contains(l.Ports, 0) {
			v.fault(at+".ports", "contains 0", "give ports from 1 to 65535, or none for any")
		}
		if !slices.Contains(protocols, l.Protocol) {
			v.fault(at+".protocol", "is none that is known", "use https, http, sftp, smtp, mq, dedicated_line or remote_access")
		}
		if !slices.Contains(directions, l.Direction) {
			v.fault(at+".direction", "is none that is known", "use push, pull or remote_access")
		}
		if l.Purpose != "" && !slices.Contains(v.f.Purposes, l.Purpose) {
			v.fault(at+".purpose", "is not among the filing's purposes", "add it to purposes if it was filed")
		}
		v.window(at+".window", l.Window)
	}
}

func (v *validator) linkEnds(at string, l *policy.Link) {
	if len(l.DstDomains) == 0 && len(l.DstCIDRs) == 0 {
		v.fault(at, "has no destination", "give dst_domains or dst_cidrs")
	}
	for j, d := range l.DstDomains {
		if _, err := parsePattern(d); err != nil {
			v.fault(fmt.Sprintf("%s.dst_domains[%d]", at, j), err.Error(), "write a name like api.example.sg or *.example.sg")
		}
	}
	for j, d := range l.SrcDomains {
		if _, err := parsePattern(d); err != nil {
			v.fault(fmt.Sprintf("%s.src_domains[%d]", at, j), err.Error(), "write a name like crm.example.cn or *.example.cn")
		}
	}
	for _, x := range []struct {
		field string
		list  []string
	}{{"dst_cidrs", l.DstCIDRs}, {"src_cidrs", l.SrcCIDRs}} {
		for j, c := range x.list {
			if _, err := parseCIDR(c); err != nil {
				v.fault(fmt.Sprintf("%s.%s[%d]", at, x.field, j), "is no address range", "write it like 203.0.113.0/24")
			}
		}
	}
	switch {
	case l.Recipient == "" && len(v.f.Recipients) > 1:
		v.fault(at+".recipient", "is missing, and the filing has several recipients", "give the id of the one that this link leads to")
	case l.Recipient != "" && !slices.ContainsFunc(v.f.Recipients, func(r policy.Recipient) bool { return r.ID == l.Recipient }):
		v.fault(at+".recipient", "is none of the filing's recipients", "give an id from recipients")
	}
}

// pattern is a host name, or the suffix with its dot of all names below one.
type pattern struct {
	name string
	any  bool
}

// parsePattern reads an exact name or *.suffix into its canonical form.
func parsePattern(s string) (pattern, error) {
	var p pattern
	name, any := strings.CutPrefix(strings.TrimSpace(s), "*.")
	p.any = any
	if _, err := netip.ParseAddr(name); err == nil {
		return p, fmt.Errorf("is an address, which belongs into a list of ranges")
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || ascii == "" || strings.Contains(ascii, "*") {
		return p, fmt.Errorf("is no host name")
	}
	if p.any && !strings.Contains(ascii, ".") {
		return p, fmt.Errorf("covers a whole top-level domain")
	}
	p.name = ascii
	if p.any {
		p.name = "." + ascii
	}
	return p, nil
}

// suffixRank is that of a suffix besides its length: above any range of
// addresses, since a name that a filing gives says more than where it leads.
const suffixRank = 200

// rank says how closely the pattern names the host; 0 is not at all. An exact
// name ranks above any suffix, a longer suffix above a shorter.
func (p pattern) rank(host string) int {
	switch {
	case !p.any && host == p.name:
		return 1000 + len(p.name)
	case p.any && len(host) > len(p.name) && strings.HasSuffix(host, p.name):
		return suffixRank + len(p.name)
	}
	return 0
}

// example is a name that the pattern covers.
func (p pattern) example() string {
	if p.any {
		return "x" + p.name
	}
	return p.name
}

// parseCIDR reads a range or a single address.
func parseCIDR(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return a.Prefix(a.BitLen())
	}
	p, err := netip.ParsePrefix(s)
	if err == nil && p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96) // addresses are compared unmapped
	}
	return p.Masked(), err
}

// within returns the length of the longest range that holds the address, plus
// one; 0 is none.
func within(list []netip.Prefix, a netip.Addr) int {
	best := 0
	for _, p := range list {
		if a.IsValid() && p.Contains(a.Unmap()) {
			best = max(best, p.Bits()+1)
		}
	}
	return best
}
