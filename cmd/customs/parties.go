package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy/identity"
	"go.uber.org/zap"
)

// configured gives the exporters of a configuration.
func configured(cfg *config.Config) []identity.Entry {
	var out []identity.Entry
	for _, e := range cfg.Exporters {
		out = append(out, identity.Entry{Clients: e.Clients, MayDeclare: e.MayDeclare,
			Exporter: policy.Exporter{USCC: e.USCC, Name: e.Name, Group: e.Group, CIIO: e.CIIO, Zone: e.Zone, City: e.City, ZoneExport: e.ZoneExport}})
	}
	return out
}

// withRegister adds the exporters of the register to those of the
// configuration. A document that claims a code or a network that is taken
// already is left out and is an error: nobody can tell which of the two is
// right, and both at once would let one exporter send as another. All of them
// get the members of their groups.
func withRegister(own []identity.Entry, docs []registry.ExporterDoc) ([]identity.Entry, error) {
	out := own[:len(own):len(own)]
	codes := map[string]string{}
	networks := map[netip.Prefix]string{}
	for _, e := range own {
		codes[e.Exporter.USCC] = "the configuration"
		for _, p := range e.Clients {
			networks[p] = "the configuration"
		}
	}
	var faults []error
	for _, d := range docs {
		clients, err := networksOf(d, codes, networks)
		if err != nil {
			faults = append(faults, err)
			out = append(out, identity.Entry{Clients: clients}) // nobody's, or a wider one would take them over
			for _, p := range clients {
				networks[p] = "an exporter of the register that contradicts another"
			}
			continue
		}
		codes[d.USCC] = "exporter " + d.USCC + " of the register"
		for _, p := range clients {
			networks[p] = codes[d.USCC]
		}
		e := identity.Entry{Clients: clients, Exporter: d.Exporter(), MayDeclare: d.MayDeclare}
		if d.Status != statusEffective {
			// Its networks stay its own, or a wider one would take them over.
			e.Exporter, e.MayDeclare = policy.Exporter{}, false
		}
		out = append(out, e)
	}
	return withGroups(out, groupsOf(own, docs)), errors.Join(faults...)
}

// statusEffective is the status of a document that counts.
const statusEffective = "effective"

// networksOf returns the networks of a document that nobody else has, and what
// it contradicts.
func networksOf(d registry.ExporterDoc, codes map[string]string, networks map[netip.Prefix]string) (out []netip.Prefix, err error) {
	named := d.USCC // was checked when the document was stored
	var faults []error
	if other, taken := codes[d.USCC]; taken {
		faults = append(faults, fmt.Errorf("exporter %s of the register is also in %s; take it out of one of them", named, other))
	}
	for i, c := range d.Clients {
		p, err := netip.ParsePrefix(c)
		if a, aerr := netip.ParseAddr(c); aerr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || p.Masked() != p {
			faults = append(faults, fmt.Errorf("exporter %s of the register: clients[%d] is no network; add the document again with an address and a prefix length", named, i))
			continue
		}
		if other, taken := networks[p]; taken {
			faults = append(faults, fmt.Errorf("exporter %s of the register: network %s also belongs to %s; a network belongs to one exporter", named, p, other))
			continue
		}
		out = append(out, p)
	}
	return out, errors.Join(faults...)
}

// leftOut is said of exporters that contradict others.
const leftOut = "exporters of the register contradict others: they are left out, and their clients are unknown"

// openParties makes the book of exporters at start. What contradicts the
// configuration is left out, so its clients are unknown and blocked.
func (h *house) openParties(ctx context.Context) error {
	docs, err := h.registry.Exporters(ctx)
	if err != nil {
		return err
	}
	own := configured(h.cfg)
	all, conflict := withRegister(own, docs)
	if conflict != nil {
		h.log.Error(leftOut, zap.Error(conflict))
	}
	h.conflicting = conflict != nil
	h.tellGroups(own, docs)
	if h.exporters, err = identity.New(all); err != nil {
		return err
	}
	return nil
}

// tellGroups logs once what exporters say differently of their groups. The
// caller holds changing, or is alone.
func (h *house) tellGroups(own []identity.Entry, docs []registry.ExporterDoc) {
	err, said := groupFaults(own, docs), ""
	if err != nil {
		said = err.Error()
	}
	if said == h.badGroups {
		return
	}
	if h.badGroups = said; err != nil {
		h.log.Warn("exporters differ about their group: they count as one", zap.Error(err))
		return
	}
	h.log.Info("exporters agree about their groups again")
}

// ownExporters gives the register the exporters of the configuration.
func (h *house) ownExporters() []policy.Exporter {
	var out []policy.Exporter
	for _, e := range configured(h.inForce.Load()) {
		out = append(out, e.Exporter)
	}
	return out
}

// takeParties brings the exporters of the register into force while running.
// What contradicts another is left out as at start, and the rest counts: a
// suspension must not wait until somebody mends a conflict.
func (h *house) takeParties(ctx context.Context) error {
	h.changing.Lock()
	defer h.changing.Unlock()
	docs, err := h.registry.Exporters(ctx)
	if err != nil {
		return err
	}
	own := configured(h.inForce.Load())
	all, conflict := withRegister(own, docs)
	if err := h.exporters.Replace(all); err != nil {
		return err
	}
	h.tellGroups(own, docs)
	h.meter.Exporters(conflict == nil)
	switch {
	case conflict != nil && !h.conflicting:
		h.log.Error(leftOut, zap.Error(conflict))
	case conflict == nil && h.conflicting:
		h.log.Info("exporters of the register are in force again")
	}
	h.conflicting = conflict != nil
	return nil
}
