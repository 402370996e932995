// Package law keeps the rule packs: dated data with the legal numbers, class
// lists and sensitivity profiles that decisions rest on.
//
// A Book holds the packs that came with the program and those in an
// operator's directory, and gives the Rules in force on the date of a flow,
// so a flow of the past is judged by the law of its day. The promise: a pack
// that is not understood in full is refused in full, and a Reload that
// meets one keeps what was in force.
package law

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
)

//go:embed *.yaml
var builtin embed.FS

// Book is a set of rule packs under one sensitivity profile.
type Book struct {
	dir     string
	profile string
	mu      sync.Mutex // serialises Reload
	pages   atomic.Pointer[[]page]
}

var _ policy.Law = (*Book)(nil)

// page is a pack with its first day and the first day it no longer rules.
type page struct {
	pack  *Pack
	from  string
	until string // exclusive; empty for no end
	rules *policy.Rules
}

// Open reads the built-in packs and, unless dir is empty, all *.yaml files in
// it. A file there with the id of a built-in pack replaces that pack. An
// empty profile means strict.
func Open(dir, profile string) (*Book, error) {
	b := &Book{dir: dir, profile: cmp.Or(profile, "strict")}
	if err := b.Reload(); err != nil {
		return nil, err
	}
	return b, nil
}

// Reload reads the packs again. On error the packs in force stay.
func (b *Book) Reload() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	packs, err := readAll(builtin)
	if err != nil {
		return err
	}
	if b.dir != "" {
		own, err := readAll(os.DirFS(b.dir))
		if err != nil {
			return fmt.Errorf("rule packs in %s: %w", b.dir, err)
		}
		for id, p := range own {
			packs[id] = p
		}
	}
	pages, err := bind(packs, b.profile)
	if err != nil {
		return err
	}
	b.pages.Store(&pages)
	return nil
}

// At returns the rules in force on the Shanghai date of t.
func (b *Book) At(t time.Time) (*policy.Rules, error) {
	day := t.In(policy.Shanghai).Format(time.DateOnly)
	pages := *b.pages.Load()
	for i := range pages {
		p := &pages[i]
		if day >= p.from && (p.until == "" || day < p.until) {
			return p.rules, nil
		}
	}
	return nil, fmt.Errorf("no rule pack in force on %s; there are %s; add a pack for that day", day, listed(pages))
}

// Profile returns the name of the sensitivity profile.
func (b *Book) Profile() string { return b.profile }

// Packs returns the packs by date. They are shared and must not be changed.
func (b *Book) Packs() []*Pack {
	var out []*Pack
	for _, p := range *b.pages.Load() {
		out = append(out, p.pack)
	}
	return out
}

func listed(pages []page) string {
	var out []string
	for _, p := range pages {
		to := cmp.Or(p.pack.To, "open")
		out = append(out, fmt.Sprintf("%s (%s to %s)", p.pack.ID, p.from, to))
	}
	return strings.Join(out, ", ")
}

// source is a parsed pack with where it came from.
type source struct {
	pack   *Pack
	name   string
	digest string
}

func readAll(fsys fs.FS) (map[string]source, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(fsys, "."); err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	out := map[string]source{}
	var faults []error
	for _, name := range names {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("read rule pack: %w", err))
			continue
		}
		p, err := parse(name, src)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if other, ok := out[p.ID]; ok {
			faults = append(faults, fmt.Errorf("rule packs %s and %s have the same id %s", other.name, name, p.ID))
			continue
		}
		out[p.ID] = source{p, filepath.Base(name), digest(src)}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return out, nil
}

// bind orders the packs by date and resolves the profile in each.
func bind(packs map[string]source, profile string) ([]page, error) {
	var all []source
	for _, s := range packs {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.pack.From, b.pack.From), cmp.Compare(a.pack.ID, b.pack.ID))
	})
	var pages []page
	for i, s := range all {
		pg := page{pack: s.pack, from: s.pack.From}
		if s.pack.To != "" {
			to, err := time.Parse(time.DateOnly, s.pack.To)
			if err != nil {
				return nil, fmt.Errorf("rule pack %s: effective_to: %w", s.pack.ID, err)
			}
			pg.until = to.AddDate(0, 0, 1).Format(time.DateOnly)
		}
		if i+1 < len(all) {
			next := all[i+1].pack
			if next.From == s.pack.From || pg.until != "" && next.From < pg.until {
				return nil, fmt.Errorf("rule packs %s (%s to %s) and %s (from %s) overlap; end the first before the second begins",
					s.pack.ID, s.pack.From, s.pack.To, next.ID, next.From)
			}
			if pg.until == "" {
				pg.until = next.From
			}
		}
		var err error
		if pg.rules, err = resolve(s, profile); err != nil {
			return nil, err
		}
		pages = append(pages, pg)
	}
	return pages, nil
}
