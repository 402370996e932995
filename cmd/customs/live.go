package main

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/atlas"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/sign"
)

// liveLaw and liveAtlas let a reload exchange the whole set of packs or
// destinations while flows go on: a flow keeps the rules that it began with.

type liveLaw struct{ atomic.Pointer[law.Book] }

var _ policy.Law = (*liveLaw)(nil)

// At implements policy.Law.
func (l *liveLaw) At(t time.Time) (*policy.Rules, error) { return l.Load().At(t) }

// Pathway implements registry.Terms.
func (l *liveLaw) Pathway(w policy.Pathway, day string) law.Pathway { return l.Load().Pathway(w, day) }

// liveKeys are the reviewers' keys in force.
type liveKeys struct {
	atomic.Pointer[[]sign.Verifier]
}

func (k *liveKeys) list() []sign.Verifier {
	if p := k.Load(); p != nil {
		return *p
	}
	return nil
}

type liveAtlas struct{ atomic.Pointer[atlas.Atlas] }

var _ policy.Atlas = (*liveAtlas)(nil)

// Place implements policy.Atlas.
func (a *liveAtlas) Place(host string, addr netip.Addr) policy.Place {
	return a.Load().Place(host, addr)
}

// Unread implements policy.Atlas.
func (a *liveAtlas) Unread(f *policy.Flow) []inspect.GapReason { return a.Load().Unread(f) }

// Digest implements policy.Atlas.
func (a *liveAtlas) Digest() string { return a.Load().Digest() }
