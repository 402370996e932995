package main

import (
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy/identity"
)

// datedGroups are the groups that exporters formed from a change of the
// register on.
type datedGroups struct {
	since  time.Time
	groups map[string][]string
}

// inGroups returns facts of an exporter with each group that it ever had until
// a time, by the configuration of now.
func (p *parties) inGroups(e policy.Exporter, until time.Time) []policy.Exporter {
	var out []policy.Exporter
	for _, g := range p.timeline() {
		if !g.since.IsZero() && g.since.After(until) {
			break
		}
		e.Group = g.groups[e.USCC]
		if !slices.ContainsFunc(out, func(o policy.Exporter) bool { return slices.Equal(o.Group, e.Group) }) {
			out = append(out, e)
		}
	}
	return out
}

// timeline lists the groups by the time they began, first those without the
// register.
func (p *parties) timeline() []datedGroups {
	if p.groups != nil {
		return p.groups
	}
	var own []identity.Entry
	for _, e := range p.own {
		own = append(own, identity.Entry{Exporter: e})
	}
	p.groups = []datedGroups{{groups: groupsOf(own, nil)}}
	if p.register == nil {
		return p.groups
	}
	all, err := p.register.Exporters(p.ctx)
	if err != nil {
		return p.groups // what cannot be read is not known
	}
	var changes []datedExporter
	for _, d := range all {
		changes = append(changes, p.dated(d.USCC)...)
	}
	slices.SortStableFunc(changes, func(a, b datedExporter) int { return a.since.Compare(b.since) })
	said := map[string][]string{}
	for _, c := range changes {
		if slices.Equal(said[c.facts.USCC], c.facts.Group) {
			continue
		}
		said[c.facts.USCC] = c.facts.Group
		var docs []registry.ExporterDoc
		for uscc, group := range said {
			docs = append(docs, registry.ExporterDoc{USCC: uscc, Group: group})
		}
		p.groups = append(p.groups, datedGroups{c.since, groupsOf(own, docs)})
	}
	return p.groups
}
