// Package law keeps the law as dated data: national rule packs with the legal
// numbers, class lists and sensitivity profiles, lists of free-trade zones, and
// catalogues of scenarios and important data.
//
// A Book holds the files that came with the program and those in an operator's
// directory, and gives the Rules in force on the date of a flow, so a flow of
// the past is judged by the law of its day. The promise: a file that is not
// understood in full is refused in full, an operator's file has a signature,
// and a Reload that meets a fault keeps what was in force.
package law

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// Options say where the files of the law are.
type Options struct {
	// Dir holds the operator's own files; empty for none. Each *.yaml there
	// has its signature beside it, in a file of that name with .sig added.
	Dir     string
	Profile string          // sensitivity profile; empty means strict
	Keys    []sign.Verifier // that the operator's own files are signed with
}

// Book is the law under one sensitivity profile.
type Book struct {
	o     Options
	mu    sync.Mutex // serialises Reload
	state atomic.Pointer[state]
}

var _ policy.Law = (*Book)(nil)

// state is what is in force, read and checked as a whole.
type state struct {
	packs      []*Pack // by date
	lists      []*List // by id
	catalogues []*Catalogue
	pages      []page // by date
}

// Open reads the built-in files and, unless Dir is empty, all *.yaml files in
// it. A file there with the id of a built-in one replaces it.
func Open(o Options) (*Book, error) {
	o.Profile = cmp.Or(o.Profile, "strict")
	o.Keys = slices.Clone(o.Keys)
	b := &Book{o: o}
	if err := b.Reload(); err != nil {
		return nil, err
	}
	return b, nil
}

// Reload reads the files again. On error what was in force stays.
func (b *Book) Reload() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	files, err := readAll(&b.o)
	if err != nil {
		return err
	}
	s, err := bind(files, b.o.Profile)
	if err != nil {
		return err
	}
	b.state.Store(s)
	return nil
}

// At returns the rules in force on the Shanghai date of t.
func (b *Book) At(t time.Time) (*policy.Rules, error) {
	s := b.state.Load()
	if p := s.page(t); p != nil {
		return p.rules()
	}
	return nil, fmt.Errorf("no rule pack in force on %s; there are %s; add a pack for that day", dayOf(t), listed(s.packs))
}

// page is that of the Shanghai date of t, or nil.
func (s *state) page(t time.Time) *page {
	day := dayOf(t)
	for i := range s.pages {
		if p := &s.pages[i]; day >= p.from && (p.until == "" || day < p.until) {
			return p
		}
	}
	return nil
}

func dayOf(t time.Time) string { return t.In(policy.Shanghai).Format(time.DateOnly) }

func listed(packs []*Pack) string {
	var out []string
	for _, p := range packs {
		out = append(out, fmt.Sprintf("%s (%s to %s)", p.ID, p.From, cmp.Or(p.To, "open")))
	}
	return strings.Join(out, ", ")
}

// Profile returns the name of the sensitivity profile.
func (b *Book) Profile() string { return b.o.Profile }

// Packs returns the national packs by date. They are shared and must not be
// changed, and neither must Lists and Catalogues.
func (b *Book) Packs() []*Pack { return slices.Clone(b.state.Load().packs) }

// Lists returns the lists of the zones by id, of any date.
func (b *Book) Lists() []*List { return slices.Clone(b.state.Load().lists) }

// Catalogues returns the catalogues by id, of any date.
func (b *Book) Catalogues() []*Catalogue { return slices.Clone(b.state.Load().catalogues) }

// Snapshot returns the merged document with a digest, as PackID has it. It is
// shared and must not be changed.
func (b *Book) Snapshot(digest string) ([]byte, bool) {
	for _, p := range b.state.Load().pages {
		if p.digest == digest {
			return p.merged, true
		}
	}
	return nil, false
}

// Snapshots returns all merged documents, of any date, by their digests.
func (b *Book) Snapshots() map[string][]byte {
	out := map[string][]byte{}
	for _, p := range b.state.Load().pages {
		out[p.digest] = p.merged
	}
	return out
}

// Pathway returns what the law says of a pathway on a day written 2006-01-02,
// by the newest pack that had begun by then, or else the oldest. A pathway
// that the pack does not know is the zero Pathway, which binds nothing.
func (b *Book) Pathway(w policy.Pathway, day string) Pathway {
	return b.pack(day).Pathways[string(w)]
}

// Calendar returns the working days as the pack of a day knows them, which is
// chosen as by Pathway.
func (b *Book) Calendar(day string) Calendar { return b.pack(day).Calendar }

func (b *Book) pack(day string) *Pack {
	packs := b.state.Load().packs
	out := packs[0]
	for _, p := range packs {
		if day >= p.From {
			out = p
		}
	}
	return out
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
