package certs

import (
	"container/list"
	"crypto/tls"
	"hash/maphash"
	"sync"
	"time"
)

const shards = 16

// cached is one leaf with what decides whether it may still be used.
type cached struct {
	name    string
	cert    *tls.Certificate
	issuer  *issuer
	begins  time.Time
	renewAt time.Time
}

// fresh says whether the leaf is still good. The lower bound matters when the
// clock was set back.
func (c *cached) fresh(now time.Time, signer *issuer) bool {
	return c.issuer == signer && !now.Before(c.begins) && now.Before(c.renewAt)
}

// flight is a mint in progress. done is closed after leaf and err are set.
type flight struct {
	done chan struct{}
	leaf *cached
	err  error
}

// cache holds leaves, the least recently used ones out first. It is split by
// name so that handshakes on different cores seldom meet at one lock.
type cache struct {
	seed   maphash.Seed
	limit  int // of one shard
	shards [shards]shard
}

type shard struct {
	mu      sync.Mutex               // guards everything below
	byName  map[string]*list.Element // of *cached
	order   *list.List               // front is the most recently used
	flights map[string]*flight
}

func newCache(size int) *cache {
	c := &cache{seed: maphash.MakeSeed(), limit: max(1, (size+shards-1)/shards)}
	for n := range c.shards {
		c.shards[n] = shard{byName: map[string]*list.Element{}, order: list.New(), flights: map[string]*flight{}}
	}
	return c
}

func (c *cache) shard(name string) *shard {
	return &c.shards[maphash.String(c.seed, name)%shards]
}

func (c *cache) size() int {
	total := 0
	for n := range c.shards {
		s := &c.shards[n]
		s.mu.Lock()
		total += s.order.Len()
		s.mu.Unlock()
	}
	return total
}

// get returns a fresh leaf, or the flight to wait for. lead is true for the one
// caller that has to mint and land.
func (s *shard) get(name string, now time.Time, signer *issuer) (leaf *cached, f *flight, lead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byName[name]; e != nil {
		if c := e.Value.(*cached); c.fresh(now, signer) {
			s.order.MoveToFront(e)
			return c, nil, false
		}
	}
	if f := s.flights[name]; f != nil {
		return nil, f, false
	}
	f = &flight{done: make(chan struct{})}
	s.flights[name] = f
	return nil, f, true
}

// land ends a flight. The result is set before its waiters wake.
func (s *shard) land(name string, limit int, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flights, name)
	defer close(f.done)
	if f.err != nil {
		return
	}
	if e := s.byName[name]; e != nil {
		e.Value = f.leaf
		s.order.MoveToFront(e)
		return
	}
	s.byName[name] = s.order.PushFront(f.leaf)
	for s.order.Len() > limit {
		oldest := s.order.Back()
		s.order.Remove(oldest)
		delete(s.byName, oldest.Value.(*cached).name)
	}
}
