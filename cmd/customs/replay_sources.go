package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/replay"
)

// sources finds what past decisions rested on: rule packs and policies in the
// program, in the installation's own files and in its archive, filings in its
// register. It is used by one goroutine.
type sources struct {
	show     func(id string, revision int) (policy.Filing, error) // of the register
	cfg      *config.Config
	archive  archive
	books    []*law.Book
	current  *rego.Decider // of the configuration, or the built-in one
	register *registry.Registry
	rules    map[ruleKey]*policy.Rules
	deciders map[deciderKey]policy.Decider
	filings  map[filingKey]policy.Filing
	parties  parties
}

type ruleKey struct{ digest, profile string }

type deciderKey struct {
	policy string
	rules  *policy.Rules
}

type filingKey struct {
	id       string
	revision int
}

// maxDeciders bounds how many compiled policies are kept.
const maxDeciders = 16

var _ replay.Sources = (*sources)(nil)

// openSources opens the sources of an installation. Nothing there is changed.
func openSources(ctx context.Context, cfg *config.Config) (*sources, error) {
	s := &sources{cfg: cfg, archive: archiveOf(cfg.Data), rules: map[ruleKey]*policy.Rules{},
		deciders: map[deciderKey]policy.Decider{}, filings: map[filingKey]policy.Filing{},
		parties: parties{ctx: ctx, own: ownOf(cfg), exporters: map[string][]datedExporter{}, lifts: map[filingKey]knownLift{}}}
	builtin, err := law.Open(law.Options{Profile: cfg.Law.SPI})
	if err != nil {
		return nil, err
	}
	s.books = []*law.Book{builtin}
	if cfg.Law.Packs != "" {
		// What came into force is in the archive; files that are broken now
		// must not keep anybody from reading the past.
		if own, err := openBook(cfg); err == nil {
			s.books = append(s.books, own)
		}
	}
	if s.current, err = rego.New(rego.Options{Law: s.books[len(s.books)-1], Dir: cfg.Policy.Dir}); err != nil {
		if s.current, err = rego.New(rego.Options{Law: builtin}); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(cfg.Data, registryFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	s.register, err = registry.Open(path, registry.Options{Law: builtin, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	s.parties.register = s.register
	s.show = func(id string, revision int) (policy.Filing, error) { return s.register.Show(ctx, id, revision) }
	return s, nil
}

func (s *sources) close() error {
	if s.register == nil {
		return nil
	}
	return s.register.Close()
}

// Rules implements replay.Sources.
func (s *sources) Rules(pack policy.PackID, profile string) (*policy.Rules, error) {
	key := ruleKey{pack.Digest, profile}
	if r, ok := s.rules[key]; ok {
		return r, nil
	}
	snapshot, err := s.pack(pack.Digest)
	if errors.Is(err, errNotArchived) {
		return nil, fmt.Errorf("%s@%s is neither in this program nor in %s; restore the archive of the installation", registry.Named(pack.ID), short(pack.Digest), s.archive.dir)
	}
	if err != nil {
		return nil, err
	}
	r, err := law.FromSnapshot(snapshot, profile)
	if err != nil {
		return nil, err
	}
	s.rules[key] = r
	return r, nil
}

func (s *sources) pack(digest string) ([]byte, error) {
	for _, b := range s.books {
		if snapshot, ok := b.Snapshot(digest); ok {
			return snapshot, nil
		}
	}
	return s.archive.get(archivedPack, digest)
}

// Decider implements replay.Sources. A record that does not name its policy is
// asked under the only one that was ever in force, or the present one.
func (s *sources) Decider(digest string, r *policy.Rules) (policy.Decider, error) {
	if digest == "" {
		if all := s.archive.policies(); len(all) == 1 {
			digest = all[0]
		}
	}
	key := deciderKey{digest, r}
	if d, ok := s.deciders[key]; ok {
		return d, nil
	}
	var snapshot []byte
	var err error
	if digest == "" || digest == s.current.Digest() {
		snapshot = s.current.Snapshot()
	} else if snapshot, err = s.archive.get(archivedPolicy, digest); errors.Is(err, errNotArchived) {
		return nil, fmt.Errorf("policy %s is neither in this program nor in %s; restore the archive of the installation", short(digest), s.archive.dir)
	} else if err != nil {
		return nil, err
	}
	d, err := rego.FromSnapshot(snapshot, patient(r))
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", short(digest), err)
	}
	if len(s.deciders) >= maxDeciders {
		clear(s.deciders)
	}
	s.deciders[key] = d
	return d, nil
}

// patient are the options of a policy that nobody waits for in a connection.
func patient(r *policy.Rules) rego.Options {
	return rego.Options{Law: oneLaw{r}, Limit: 10 * time.Second}
}

// oneLaw is the law of one record, whatever the day.
type oneLaw struct{ r *policy.Rules }

var _ policy.Law = oneLaw{}

// At implements policy.Law.
func (l oneLaw) At(time.Time) (*policy.Rules, error) { return l.r, nil }

// Filing implements replay.Sources.
func (s *sources) Filing(id string, revision int) (policy.Filing, bool) {
	key := filingKey{id, revision}
	if f, ok := s.filings[key]; ok || s.register == nil || revision < 1 {
		return f, ok
	}
	f, err := s.show(id, revision)
	if err != nil {
		return policy.Filing{}, false
	}
	s.filings[key] = f
	return f, true
}

// Match implements replay.Sources.
func (s *sources) Match(filings []policy.Filing, f *policy.Flow) ([]policy.Candidate, error) {
	return registry.Match(filings, f)
}
