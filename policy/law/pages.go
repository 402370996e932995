package law

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/datacustoms/customs/policy"
)

// page is a run of days on which the same files are in force.
type page struct {
	from   string
	until  string // exclusive; empty for no end
	doc    *merged
	merged []byte
	digest string
	rules  func() (*policy.Rules, error) // worked out when first asked
}

// span is the time of a national pack.
type span struct {
	file        *file
	from, until string
}

// bind puts the files together, day by day.
func bind(files []*file, profile string) (*state, error) {
	s := &state{}
	spans, err := nationals(files)
	if err != nil {
		return nil, err
	}
	for _, n := range spans {
		s.packs = append(s.packs, n.file.pack)
		if _, ok := n.file.pack.Profiles[profile]; !ok {
			return nil, noProfile(n.file.pack)
		}
	}
	for _, f := range files {
		switch {
		case f.list != nil:
			s.lists = append(s.lists, f.list)
		case f.catalogue != nil:
			s.catalogues = append(s.catalogues, f.catalogue)
		}
	}
	days := boundaries(files, spans)
	clashes := clashes{}
	for i, from := range days {
		at := slices.IndexFunc(spans, func(n span) bool { return n.from <= from && (n.until == "" || from < n.until) })
		if at < 0 {
			continue
		}
		until := ""
		if i+1 < len(days) {
			until = days[i+1]
		}
		inForce := slices.DeleteFunc(slices.Clone(files), func(f *file) bool { return f.pack != nil || !f.in(from) })
		clashes.look(from, inForce)
		p, err := newPage(from, until, merge(spans[at].file.pack, inForce), profile)
		if err != nil {
			return nil, err
		}
		s.pages = append(s.pages, p)
	}
	return s, clashes.err()
}

func newPage(from, until string, m *merged, profile string) (page, error) {
	b, err := m.encode()
	if err != nil {
		return page{}, fmt.Errorf("rule pack %s as data: %w", m.ID, err)
	}
	if len(b) > maxSnapshot {
		return page{}, fmt.Errorf("rule pack %s with the lists in force from %s on is larger than %d bytes; end lists that no exporter uses",
			m.ID, from, maxSnapshot)
	}
	digest := digestOf(b)
	return page{from: from, until: until, doc: m, merged: b, digest: digest,
		rules: sync.OnceValues(func() (*policy.Rules, error) { return m.rules(b, digest, profile) })}, nil
}

// nationals orders the national packs by date. One without an end lasts until
// the next begins.
func nationals(files []*file) ([]span, error) {
	var out []span
	for _, f := range files {
		if f.pack == nil {
			continue
		}
		n := span{file: f, from: f.pack.From}
		if f.pack.To != "" {
			n.until = after(f.pack.To)
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := range len(out) - 1 {
		n, next := &out[i], &out[i+1]
		if next.from == n.from || n.until != "" && next.from < n.until {
			return nil, fmt.Errorf("rule packs %s (%s to %s) and %s (from %s) overlap; end the first before the second begins",
				n.file.pack.ID, n.from, cmp.Or(n.file.pack.To, "open"), next.file.pack.ID, next.from)
		}
		n.until = cmp.Or(n.until, next.from)
	}
	if len(out) == 0 {
		return nil, errors.New("there is no national rule pack")
	}
	return out, nil
}

// boundaries are the days on which something begins or has ended.
func boundaries(files []*file, spans []span) []string {
	days := map[string]bool{}
	for _, f := range files {
		h := f.head()
		days[h.from] = true
		if h.to != "" {
			days[after(h.to)] = true
		}
	}
	for _, n := range spans {
		if n.until != "" {
			days[n.until] = true
		}
	}
	return slices.Sorted(maps.Keys(days))
}

func noProfile(p *Pack) error {
	return fmt.Errorf("rule pack %s has no sensitivity profile of that name; it has %s",
		p.ID, strings.Join(slices.Sorted(maps.Keys(p.Profiles)), ", "))
}
