package main

import (
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/atlas"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/proxy/identity"
)

// ruleSet is what a reload exchanges, read and checked as a whole.
type ruleSet struct {
	book      *law.Book
	places    *atlas.Atlas
	exporters []identity.Entry
}

// readRules reads the rule set that a configuration names.
func readRules(cfg *config.Config) (ruleSet, error) {
	var r ruleSet
	var err error
	if r.book, err = law.Open(cfg.Law.Packs, cfg.Law.SPI); err != nil {
		return r, err
	}
	if _, err := r.book.At(time.Now()); err != nil {
		return r, err
	}
	o := atlas.Options{MMDB: cfg.Countries.MMDB}
	for _, d := range cfg.Destinations {
		rule := atlas.Rule{Match: d.Match, Country: d.Country, UnreadFor: d.Unread.Exporters}
		for _, reason := range d.Unread.Allow {
			rule.Unread = append(rule.Unread, inspect.GapReason(reason))
		}
		o.Rules = append(o.Rules, rule)
	}
	if r.places, err = atlas.New(o); err != nil {
		return r, err
	}
	for _, e := range cfg.Exporters {
		r.exporters = append(r.exporters, identity.Entry{Clients: e.Clients, MayDeclare: e.MayDeclare,
			Exporter: policy.Exporter{USCC: e.USCC, Name: e.Name, Group: e.Group, CIIO: e.CIIO, Zone: e.Zone, City: e.City}})
	}
	// A table of its own finds the faults before anything is exchanged.
	_, err = identity.New(r.exporters)
	return r, err
}

// minorAge is the age below which a person is a minor under any of the packs.
func minorAge(b *law.Book) int {
	age := 0
	for _, p := range b.Packs() {
		age = max(age, p.MinorAge)
	}
	return age
}
