package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/registry"
)

// world is what the counts of a ledger are read against: exporters with their
// groups, filings with their volumes, and the rules.
type world struct {
	book    *law.Book
	facts   map[string]policy.Exporter
	groupOf map[string]string         // exporter → the name its group is counted under
	members map[string][]string       // of a group, by that name
	filings map[string][]policy.Limit // of a filing, by its id
}

// openWorld reads configuration and register. An installation without a
// register has the exporters of its configuration.
func openWorld(ctx context.Context, cfg *config.Config) (*world, error) {
	w := &world{facts: map[string]policy.Exporter{}, groupOf: map[string]string{}, members: map[string][]string{}, filings: map[string][]policy.Limit{}}
	var err error
	if w.book, err = openBook(cfg); err != nil {
		return nil, err
	}
	docs, err := w.readRegister(ctx, filepath.Join(cfg.Data, registryFile))
	if err != nil {
		return nil, err
	}
	own := configured(cfg)
	for _, d := range docs {
		w.facts[d.USCC] = d.Exporter()
	}
	for _, e := range own {
		w.facts[e.Exporter.USCC] = e.Exporter
	}
	for uscc, list := range groupsOf(own, docs) {
		id := policy.GroupID(list)
		w.groupOf[uscc], w.members[id] = id, list
	}
	return w, nil
}

func (w *world) readRegister(ctx context.Context, path string) (docs []registry.ExporterDoc, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r, err := registry.Open(path, registry.Options{Law: w.book, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	filings, err := r.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range filings {
		w.filings[f.ID] = registry.Form(f).Limits
	}
	return r.Exporters(ctx)
}

// concerns reports whether a count is asked for: the exporter's own, its
// group's, or all.
func (w *world) concerns(t ledger.Total, exporter string) bool {
	return exporter == "" || t.Entity == exporter || t.Entity != "" && t.Entity == w.groupOf[exporter]
}

// claimsIn reports whether a reservation's persons are counted in a scope.
func claimsIn(p ledger.Pending, t ledger.Total) bool {
	switch {
	case t.Filing != "":
		return p.Filing == t.Filing && (t.Year == 0 || t.Year == yearOf(p.At))
	case t.Year != yearOf(p.At):
		return false
	}
	return p.Exporter == t.Entity || slices.Contains(t.Members, p.Exporter)
}
