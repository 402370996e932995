package replay

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// ownCandidates derives the filings of the question from the revisions that it
// names.
func (b *Rebuilt) ownCandidates(src Sources) {
	q := &b.Question
	out := make([]policy.Candidate, 0, len(q.Candidates))
	for _, was := range q.Candidates {
		c, ok := b.ownCandidate(src, was)
		b.lost = b.lost || !ok
		out = append(out, c)
	}
	q.Candidates, b.was = out, out
}

func (b *Rebuilt) ownCandidate(src Sources, was policy.Candidate) (policy.Candidate, bool) {
	name := "filing." + was.Filing
	revision := fmt.Sprintf("revision %d", was.Revision)
	f, ok := src.Filing(was.Filing, was.Revision)
	if !ok {
		b.text(name, revision, "no such revision in the register")
		return was, false
	}
	b.filings = append(b.filings, f)
	if !holds(&f, b.Question.Exporter.USCC) {
		b.text(name+".exporter", b.Question.Exporter.USCC, f.Exporter.USCC)
	}
	list, err := src.Match([]policy.Filing{f}, b.flow())
	if err != nil || len(list) != 1 {
		b.text(name, revision, "a revision that cannot be compared with the flow")
		return was, false
	}
	c := list[0]
	if !b.tells(&f) {
		c.Recipient, c.Country, c.Link = was.Recipient, was.Country, was.Link
	}
	b.same(name, was, c)
	return c, true
}

// tells reports whether the record says enough of the flow to compare it with
// the filing's link table again: the name of the destination may be withheld,
// the client is a pseudonym, and the source of what is pulled is not kept.
func (b *Rebuilt) tells(f *policy.Filing) bool {
	if b.in.Host == withheld {
		return false
	}
	_, err := netip.ParseAddr(b.in.Client)
	return !slices.ContainsFunc(f.Links, func(l policy.Link) bool {
		pulled := l.Direction == policy.Pull || l.Direction == policy.RemoteAccess
		return len(l.SrcCIDRs) > 0 && err != nil || pulled && len(l.SrcDomains) > 0
	})
}

// holds reports whether a filing speaks for an exporter.
func holds(f *policy.Filing, uscc string) bool {
	return uscc != "" && (f.Exporter.USCC == uscc || slices.Contains(f.Exporter.GroupUSCCs, uscc))
}
