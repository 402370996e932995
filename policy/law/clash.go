package law

import (
	"errors"
	"fmt"
	"slices"
)

// clashes are contradictions between files that are in force together, each
// told once, for the first day on which it shows.
type clashes struct {
	told   map[string]bool
	seen   map[[2]*file]bool // pairs of lists that were compared
	faults []error
}

func (c *clashes) err() error { return errors.Join(c.faults...) }

// add tells a clash at a place of one file.
func (c *clashes) add(key string, f *file, path, format string, args ...any) {
	if c.told == nil {
		c.told = map[string]bool{}
	}
	if c.told[key] || len(c.faults) >= maxFaults {
		return
	}
	c.told[key] = true
	k := checker{name: f.name}
	k.doc, _ = plain(f.src) // it was read before
	k.fault(path, format, args...)
	c.faults = append(c.faults, k.faults...)
}

// look looks at what is in force on a day.
func (c *clashes) look(day string, files []*file) {
	c.catalogues(day, files)
	limits := map[string]int{}
	for _, f := range files {
		if f.list == nil {
			continue
		}
		for _, z := range f.list.Zones {
			if limits[z] += len(f.list.limits(nil)); limits[z] > maxZoneLimits {
				c.add("limits "+z, f, "$.zones", "the lists of zone %s have more than %d numbers in force on %s; leave out what no exporter uses",
					z, maxZoneLimits, day)
			}
		}
		for _, g := range files {
			if g.list != nil && f.list.Type == typeNegative && g.list.Type == typeGeneral && f.list.Verified && g.list.Verified {
				c.zones(day, g, f)
			}
		}
	}
}

// zones looks for a class that one zone frees and lists in one scenario.
func (c *clashes) zones(day string, general, negative *file) {
	pair := [2]*file{general, negative}
	if c.seen == nil {
		c.seen = map[[2]*file]bool{}
	}
	if c.seen[pair] {
		return
	}
	c.seen[pair] = true
	if !slices.ContainsFunc(general.list.Zones, func(z string) bool { return slices.Contains(negative.list.Zones, z) }) {
		return
	}
	for i, g := range general.list.Entries {
		for _, n := range negative.list.Entries {
			if !g.Verified || !n.Verified || !meet(g.Scenario, n.Scenario) {
				continue
			}
			at := slices.IndexFunc(g.Classes, func(class string) bool { return slices.Contains(n.Classes, class) })
			if at < 0 {
				continue
			}
			c.add(general.name+" "+negative.name+" "+g.ID+" "+n.ID, general, fmt.Sprintf("$.entries[%d].classes[%d]", i, at),
				"contradicts entry %s of the negative list %s in %s: on %s both rule class %s of one scenario; take it out of one of them",
				n.ID, negative.list.ID, negative.name, day, g.Classes[at])
		}
	}
}

// catalogues looks for a name that two of them give. The words of a scenario
// may be an operator's own in place of the built-in ones.
func (c *clashes) catalogues(day string, files []*file) {
	marks, codes := map[string]*file{}, map[string]*file{}
	for _, f := range files {
		if f.catalogue == nil {
			continue
		}
		for i, m := range f.catalogue.Important {
			if other := marks[m.ID]; other != nil {
				c.add("mark "+m.ID, f, fmt.Sprintf("$.important[%d].id", i), "%s has this mark too, and both are in force on %s", other.name, day)
			}
			marks[m.ID] = f
		}
		for i, s := range f.catalogue.Scenarios {
			if other := codes[s.Code]; other != nil && other.builtIn == f.builtIn {
				c.add("code "+s.Code, f, fmt.Sprintf("$.scenarios[%d].code", i), "%s has this scenario too, and both are in force on %s", other.name, day)
			}
			codes[s.Code] = f
		}
	}
}
