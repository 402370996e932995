package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/advise"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// adviceData is what advice is made of.
type adviceData struct {
	src      advise.Sources
	traffic  *advise.Traffic
	book     *law.Book
	register *registry.Registry // nil without one
}

func (d *adviceData) close() error {
	if d.register == nil {
		return nil
	}
	return d.register.Close()
}

// traffic reads the log of the installation, record by record, and opens what
// else is asked. Nothing there is changed.
func (a *adviceAsk) traffic(cmd *cobra.Command) (_ *adviceData, err error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return nil, err
	}
	if err := sourcesThere(cfg.Data); err != nil {
		return nil, err
	}
	d := &adviceData{}
	if d.book, err = openBook(cfg); err != nil {
		return nil, err
	}
	rules, err := d.book.At(a.now)
	if err != nil {
		return nil, err
	}
	d.src = advise.Sources{Now: a.now, Law: d.book, Pathway: d.book.Pathway, Only: a.exporter, Match: newMatching().one}
	if err := d.openRegister(cmd.Context(), cfg); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	d.traffic = advise.NewTraffic(advise.TrafficOptions{Rules: rules, Now: a.now, Since: a.since, Only: d.together(a.exporter)})
	log := audit.Source{Files: disk.Files{}, Dir: cfg.Data}
	bar := replayProgress(cmd.ErrOrStderr())
	last := ""
	err = audit.Records(cmd.Context(), log, func(r policy.Record) error {
		bar.step()
		if r.Intent.Policy != "" {
			last = r.Intent.Policy
		}
		d.traffic.Add(&r)
		return nil
	})
	bar.close()
	if err != nil {
		return nil, readFault(log, err)
	}
	if d.src.Decider, err = adviceDecider(cmd.Context(), cfg, d.book, last); err != nil {
		return nil, err
	}
	if err = d.openCounts(cfg.Data); err != nil {
		return nil, err
	}
	return d, nil
}

// sourcesThere refuses an installation that lost its ledger or register: advice
// would count nobody and say that nothing is needed. A copy of the log alone,
// without a list of stores, is read as it is.
func sourcesThere(data string) error {
	listed, err := readManifest(data)
	if err != nil {
		return err
	}
	for _, p := range []string{"ledger/journal-*", registryFile} {
		if slices.Contains(listed, p) && !present(data, p) {
			return fmt.Errorf("%s has lost %s: without it the advice would be wrong; restore it from a backup", data, p)
		}
	}
	return nil
}

// together are the exporters whose traffic has to be read for advice to one:
// it counts with its group. Nobody means everybody.
func (d *adviceData) together(uscc string) []string {
	if uscc == "" {
		return nil
	}
	out := []string{uscc}
	for _, e := range d.src.Exporters {
		if e.USCC == uscc {
			out = append(out, e.Group...)
		}
	}
	return out
}

// matching compares single filings with flows, each made ready once.
type matching map[string]*registry.Matcher

func newMatching() matching { return matching{} }

func (m matching) one(f policy.Filing, flow *policy.Flow) (policy.Candidate, error) {
	key := fmt.Sprintf("%s#%d", f.ID, f.Revision)
	if m[key] == nil {
		ready, err := registry.NewMatcher([]policy.Filing{f})
		if err != nil {
			return policy.Candidate{}, err
		}
		m[key] = ready
	}
	if all := m[key].Candidates(flow); len(all) > 0 {
		return all[0], nil
	}
	return policy.Candidate{}, nil
}

// openRegister takes filings and exporters from the register, if there is one.
func (d *adviceData) openRegister(ctx context.Context, cfg *config.Config) error {
	own := configured(cfg)
	path := filepath.Join(cfg.Data, registryFile)
	var docs []registry.ExporterDoc
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if d.register, err = registry.Open(path, registry.Options{Law: d.book, ReadOnly: true}); err != nil {
			return err
		}
		if d.src.Filings, err = d.register.List(ctx); err == nil {
			docs, err = d.register.Exporters(ctx)
		}
		if err != nil {
			return errors.Join(err, d.close())
		}
		d.src.Register = d.register
	}
	// What contradicts another is left out, as the gateway leaves it out.
	all, _ := withRegister(own, docs)
	for _, e := range all {
		if e.Exporter.Known() {
			d.src.Exporters = append(d.src.Exporters, e.Exporter)
		}
	}
	return nil
}

// adviceDecider is the policy in force: modules and bundle of the
// configuration. A bundle that is fetched over the network is not fetched for
// advice; the policy of the newest record stands for it.
func adviceDecider(ctx context.Context, cfg *config.Config, book *law.Book, last string) (policy.Decider, error) {
	keys, err := sign.ParseVerifiers(cfg.Policy.Keys)
	if err != nil {
		return nil, fmt.Errorf("policy.keys: %w", err)
	}
	o := policyOptions(book, cfg, keys, nil)
	o.Limit = 10 * time.Second
	switch {
	case cfg.Policy.Bundle == "":
	case config.IsURL(cfg.Policy.Bundle):
		snapshot, err := archiveOf(cfg.Data).get(archivedPolicy, last)
		if err != nil {
			return nil, fmt.Errorf("policy.bundle is not fetched for advice, and the archive has no policy of the newest record: %w", err)
		}
		return rego.FromSnapshot(snapshot, rego.Options{Law: book, Limit: o.Limit})
	default:
		got, err := newBundleSource(cfg.Policy.Bundle, nil).fetch(ctx)
		if err != nil {
			return nil, err
		}
		o.Bundle = got.body
	}
	return rego.New(o)
}

// openCounts reads the ledger, if there is one.
func (d *adviceData) openCounts(data string) error {
	names, err := disk.Files{}.List(filepath.Join(data, ledger.Sub))
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0 {
		return nil
	}
	view, err := loadLedger(data)
	if err != nil {
		return err
	}
	d.src.Counts = &ledgerCounts{view: view, totals: view.Totals()}
	return nil
}

// ledgerCounts gives the counts of a ledger to advice.
type ledgerCounts struct {
	view   *ledger.View
	totals []ledger.Total
}

var _ advise.Counts = (*ledgerCounts)(nil)

// entities are the scopes that hold an exporter's count of a year: its group's
// or its own, or those of all members where the group has none yet.
func (c *ledgerCounts) entities(e policy.Exporter, year int) []string {
	if len(e.Group) < 2 {
		return []string{e.USCC}
	}
	id := policy.GroupID(e.Group)
	if slices.ContainsFunc(c.totals, func(t ledger.Total) bool { return t.Entity == id && t.Year == year && t.Filing == "" }) {
		return []string{id}
	}
	return e.Group
}

// Count implements advise.Counts.
func (c *ledgerCounts) Count(e policy.Exporter, year int, l policy.Limit) int64 {
	if l.Filing != "" {
		return c.view.Count(e.USCC, year, l)
	}
	var n int64
	for _, u := range c.entities(e, year) {
		n += c.view.Count(u, year, l)
	}
	return n
}

// Before implements advise.Counts.
func (c *ledgerCounts) Before(e policy.Exporter, year int) int64 {
	var n int64
	all := c.entities(e, year)
	for _, t := range c.totals {
		if t.Filing == "" && t.Year == year && slices.Contains(all, t.Entity) {
			n += t.Opening
		}
	}
	return n
}

// Entities implements advise.Counts.
func (c *ledgerCounts) Entities(year int) []string {
	var out []string
	for _, t := range c.totals {
		if t.Filing == "" && t.Year == year && len(t.Members) == 0 {
			out = append(out, t.Entity)
		}
	}
	return out
}
