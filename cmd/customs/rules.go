package main

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy/atlas"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/passthrough"
	"github.com/datacustoms/customs/policy/sign"
	"github.com/datacustoms/customs/proxy/identity"
)

// ruleSet is what a reload exchanges, read and checked as a whole.
type ruleSet struct {
	book       *law.Book
	places     *atlas.Atlas
	exporters  []identity.Entry // of the configuration
	reviewers  []sign.Verifier
	policyKeys []sign.Verifier
}

// openBook reads the rule packs that a configuration names.
func openBook(cfg *config.Config) (*law.Book, error) {
	keys, err := sign.ParseVerifiers(cfg.Law.Keys)
	if err != nil {
		return nil, fmt.Errorf("law.keys: %w", err)
	}
	return law.Open(law.Options{Dir: cfg.Law.Packs, Profile: cfg.Law.SPI, Keys: keys})
}

// readRules reads the rule set that a configuration names.
func readRules(cfg *config.Config) (ruleSet, error) {
	var r ruleSet
	var err error
	if r.book, err = openBook(cfg); err != nil {
		return r, err
	}
	if _, err := r.book.At(time.Now()); err != nil {
		return r, err
	}
	if r.reviewers, err = sign.ParseVerifiers(cfg.Review.Reviewers); err != nil {
		return r, fmt.Errorf("review.reviewers: %w", err)
	}
	if r.policyKeys, err = sign.ParseVerifiers(cfg.Policy.Keys); err != nil {
		return r, fmt.Errorf("policy.keys: %w", err)
	}
	o := atlas.Options{MMDB: cfg.Countries.MMDB, Never: cfg.NeverUnread}
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
	if err := passthrough.Check(passEntries(cfg), cfg.NeverUnread); err != nil {
		return r, err
	}
	r.exporters = configured(cfg)
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
