package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// PassThrough lets a destination pass without being read. It has an owner, a
// last day and a budget, because nobody sees what goes there.
type PassThrough struct {
	ID       string   `yaml:"id" is:"id" need:"yes" doc:"name in records, metrics and lists; what was used counts with it, so a new budget takes a new id"`
	Match    []string `yaml:"match" is:"match" need:"yes" doc:"host, *.suffix, address or network"`
	Kind     string   `yaml:"kind" is:"pinned|private|raw" need:"yes" doc:"why it is not read: its client pins the certificate, it is private, or its protocol is not TLS or HTTP"`
	Category string   `yaml:"category" is:"banking|health|personal" doc:"of kind private: what it is about, shown to staff on the page /notice; required there"`
	Owner    string   `yaml:"owner" need:"yes" doc:"who answers for the entry"`
	Expires  string   `yaml:"expires" is:"date" need:"yes" doc:"last day on which it holds, Beijing time; after it the destination is refused until the entry is renewed or removed"`
	// Bytes has no default: somebody has to say how much may go unread.
	Bytes     Size     `yaml:"bytes" need:"yes" doc:"most bytes that may pass, both ways together, for as long as the entry exists; then the destination is refused"`
	Exporters []string `yaml:"exporters" is:"uscc" doc:"codes of the exporters for which it holds; absent: all of this file"`
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func checkEntry(is, s string) (what, mend string) {
	if is == "id" && !idForm.MatchString(s) {
		return "is no name", "write lower-case letters, digits, dot, dash or underscore, at most 64, as bank-app"
	}
	if _, err := time.Parse(time.DateOnly, s); is == "date" && err != nil {
		return "is no date", "write year, month and day, as 2027-03-31"
	}
	return "", ""
}

// passthrough refuses entries that let more pass, or less, than their author
// can have meant, and pairs of which only one would ever count.
func (d *decoding) passthrough(c *Config) {
	ids := map[string]int{}
	for i, p := range c.PassThrough {
		at := fmt.Sprintf("passthrough[%d]", i)
		if j, twice := ids[p.ID]; twice && p.ID != "" {
			d.fault(d.places[at+".id"], fmt.Sprintf("%s.id: the same as that of passthrough[%d]", at, j), "give each entry a name of its own")
		}
		ids[p.ID] = i
		d.passthroughValues(at, p)
		for k, code := range p.Exporters {
			if !slices.ContainsFunc(c.Exporters, func(e Exporter) bool { return e.USCC == code }) {
				path := fmt.Sprintf("%s.exporters[%d]", at, k)
				d.fault(d.places[path], path+": is no exporter of this file", "add it to exporters, or correct the code")
			}
		}
		for k, m := range p.Match {
			d.passthroughMatch(c, i, fmt.Sprintf("%s.match[%d]", at, k), m)
		}
	}
}

// passthroughValues looks at the values of one entry by themselves.
func (d *decoding) passthroughValues(at string, p PassThrough) {
	if place := d.places[at+".bytes"]; place != nil && p.Bytes == 0 {
		d.fault(place, at+".bytes: 0 lets nothing pass", "write a size, as 500MiB, or remove the entry")
	}
	if place := d.places[at+".owner"]; place != nil && (strings.TrimSpace(p.Owner) == "" || len(p.Owner) > 128) {
		d.fault(place, at+".owner: nobody is named, or in more than 128 bytes", "name the team or person who answers for the entry")
	}
	if place := d.places["key "+at+".match"]; place != nil && len(p.Match) == 0 {
		d.fault(place, at+".match: no destination", "name one, or remove the entry")
	}
	category := d.places["key "+at+".category"]
	switch {
	case p.Kind == policy.PassPrivate && category == nil:
		d.fault(d.places[at+".kind"], at+": an entry of kind private has no category", "add category: banking, health or personal")
	case p.Kind != policy.PassPrivate && category != nil && p.Kind != "":
		d.fault(category, at+".category: belongs to kind private alone", "leave category out, or write kind: private")
	}
	if list := d.places["key "+at+".exporters"]; list != nil && len(p.Exporters) == 0 {
		d.fault(list, at+".exporters: no exporter", "name one, or leave the key out to mean all")
	}
}

// passthroughMatch compares one pattern of entry i with all that was said of
// the same destinations before it.
func (d *decoding) passthroughMatch(c *Config, i int, path, m string) {
	place := d.places[path]
	if tooWide(m) {
		d.fault(place, path+": "+m+" is half a country or more", "name the hosts: nobody can answer for so many")
		return
	}
	for _, n := range c.NeverUnread {
		if overlaps(m, n) {
			d.fault(place, fmt.Sprintf("%s: %s meets %s of never_unread, which wins", path, m, n), "narrow one of the two")
			return
		}
	}
	for _, to := range c.Destinations {
		if to.Country == "CN" && slices.Contains(to.Match, m) {
			d.fault(place, path+": "+m+" is in the mainland by destinations, and is not read anyway", "leave it out here, or name it under never_unread")
			return
		}
	}
	for j, other := range c.PassThrough[:i] {
		if !sameExporters(other, c.PassThrough[i]) {
			continue
		}
		for _, o := range other.Match {
			if overlaps(m, o) {
				d.fault(place, fmt.Sprintf("%s: %s meets %s of passthrough[%d], and the first entry alone counts", path, m, o, j), "let each destination stand in one entry")
				return
			}
		}
	}
}

// tooWide reports whether a pattern is a whole top-level domain, or a network
// of more than a /16 or, in IPv6, a /32.
func tooWide(m string) bool {
	if p, err := netip.ParsePrefix(m); err == nil {
		return p.Bits() < 16 || p.Addr().Is6() && p.Bits() < 32
	}
	suffix, wild := strings.CutPrefix(m, "*.")
	return wild && !strings.Contains(suffix, ".")
}

// overlaps reports whether two patterns match the same destination. A host and
// a network are not compared: which address a host has is not known here.
func overlaps(a, b string) bool {
	if p, mend := parsePrefix(a); mend == "" {
		q, mend := parsePrefix(b)
		return mend == "" && p.Overlaps(q)
	}
	under := func(host, pattern string) bool {
		suffix, wild := strings.CutPrefix(pattern, "*")
		return wild && strings.HasSuffix(host, suffix)
	}
	return a == b || under(strings.TrimPrefix(a, "*"), b) || under(strings.TrimPrefix(b, "*"), a)
}

func sameExporters(a, b PassThrough) bool {
	if len(a.Exporters) == 0 || len(b.Exporters) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Exporters, func(code string) bool { return slices.Contains(b.Exporters, code) })
}

// Over reports whether an entry's last day has passed.
func (p PassThrough) Over(now time.Time) bool {
	return p.Expires != "" && p.Expires < now.In(policy.Shanghai).Format(time.DateOnly)
}
