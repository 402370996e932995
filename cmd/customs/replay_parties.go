package main

import (
	"context"
	"slices"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/replay"
)

var _ replay.Parties = (*sources)(nil)

// parties finds exporters and exceptions of the past: all revisions of the
// register, and the exporters of the configuration of now.
type parties struct {
	ctx       context.Context
	register  *registry.Registry // nil without one
	own       map[string]policy.Exporter
	exporters map[string][]datedExporter
	groups    []datedGroups // nil until they are asked for
	lifts     map[filingKey]knownLift
}

type datedExporter struct {
	since time.Time
	facts policy.Exporter
}

type knownLift struct {
	form     policy.Exception
	exporter string
	found    bool
}

func ownOf(cfg *config.Config) map[string]policy.Exporter {
	out := map[string]policy.Exporter{}
	for _, e := range configured(cfg) {
		out[e.Exporter.USCC] = e.Exporter
	}
	return out
}

// Exporters implements replay.Parties. An exporter that the configuration
// names may have had other facts there before; nobody kept them.
func (s *sources) Exporters(uscc string, until time.Time) (known []policy.Exporter, all bool) {
	for _, d := range s.parties.dated(uscc) {
		if !d.since.After(until) {
			known = append(known, s.parties.inGroups(d.facts, until)...)
		}
	}
	all = len(known) > 0
	if own, ok := s.parties.own[uscc]; ok {
		known, all = append(known, s.parties.inGroups(own, until)...), false
	}
	return known, all
}

func (p *parties) dated(uscc string) []datedExporter {
	if out, ok := p.exporters[uscc]; ok || p.register == nil {
		return out
	}
	var out []datedExporter
	history, err := p.register.HistoryOf(p.ctx, registry.KindExporter, uscc)
	if err != nil {
		history = nil // there is none, or it cannot be read: nothing is known
	}
	for _, c := range history {
		doc, err := p.register.ShowDocument(p.ctx, registry.KindExporter, uscc, c.Revision)
		if d, ok := doc.(registry.ExporterDoc); ok && err == nil {
			out = append(out, datedExporter{c.At, d.Exporter()})
		}
	}
	p.exporters[uscc] = out
	return out
}

// Exception implements replay.Parties.
func (s *sources) Exception(id string, revision int) (e policy.Exception, exporter string, found, known bool) {
	p := &s.parties
	if p.register == nil {
		return e, "", false, false
	}
	key := filingKey{id, revision}
	l, ok := p.lifts[key]
	if !ok {
		doc, err := p.register.ShowDocument(p.ctx, registry.KindException, id, revision)
		if d, is := doc.(registry.ExceptionDoc); is && err == nil && revision > 0 {
			l = knownLift{policy.Exception{ID: d.ID, Revision: d.Revision, Waives: slices.Sorted(slices.Values(d.Waives)),
				Classes: slices.Sorted(slices.Values(d.Classes))}, d.Exporter, true}
		}
		p.lifts[key] = l
	}
	return l.form, l.exporter, l.found, true
}
