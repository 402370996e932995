package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy/identity"
)

// naming is what one place says of an exporter: with whom it files together.
type naming struct {
	where string // for a person
	uscc  string
	group []string
}

// namings lists what configuration and register say. Suspended exporters and
// those left out for a contradiction are members all the same: whoever is
// counted together with them must not be counted alone.
func namings(own []identity.Entry, docs []registry.ExporterDoc) []naming {
	var out []naming
	for _, e := range own {
		out = append(out, naming{"the configuration", e.Exporter.USCC, e.Exporter.Group})
	}
	for _, d := range docs {
		out = append(out, naming{"the register", d.USCC, d.Group})
	}
	return out
}

// groupsOf returns, for every exporter that counts together with another, the
// codes of all members, sorted, its own among them. To be named by one is
// enough: exporters that name each other, in one direction or over others, are
// one group. A group too large counts more persons, never fewer.
func groupsOf(own []identity.Entry, docs []registry.ExporterDoc) map[string][]string {
	leader := map[string]string{}
	var find func(string) string
	find = func(u string) string {
		if up, known := leader[u]; known && up != u {
			leader[u] = find(up)
			return leader[u]
		}
		leader[u] = u
		return u
	}
	for _, n := range namings(own, docs) {
		for _, other := range n.group {
			leader[find(other)] = find(n.uscc)
		}
	}
	members := map[string][]string{}
	for _, u := range slices.Sorted(maps.Keys(leader)) {
		members[find(u)] = append(members[find(u)], u)
	}
	out := map[string][]string{}
	for _, list := range members {
		for _, u := range list {
			if len(list) > 1 {
				out[u] = list
			}
		}
	}
	return out
}

// withGroups gives the entries the members of their groups.
func withGroups(all []identity.Entry, groups map[string][]string) []identity.Entry {
	out := slices.Clone(all)
	for i := range out {
		if e := &out[i].Exporter; e.Known() {
			e.Group = groups[e.USCC]
		}
	}
	return out
}

// groupFaults names exporters that say of their group something else than what
// it comes to with the words of the others.
func groupFaults(own []identity.Entry, docs []registry.ExporterDoc) error {
	groups := groupsOf(own, docs)
	var faults []error
	for _, n := range namings(own, docs) {
		var unsaid []string
		for _, u := range groups[n.uscc] {
			if u != n.uscc && !slices.Contains(n.group, u) {
				unsaid = append(unsaid, u)
			}
		}
		if len(unsaid) > 0 {
			faults = append(faults, fmt.Errorf("exporter %s of %s counts together with %s and does not name %s: all of them count as one group; name them there, or take them out where they name each other",
				n.uscc, n.where, few(groups[n.uscc]), few(unsaid)))
		}
	}
	return errors.Join(faults...)
}

// few lists codes, the first of many.
func few(codes []string) string {
	const most = 5
	if len(codes) <= most {
		return strings.Join(codes, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(codes[:most], ", "), len(codes)-most)
}
