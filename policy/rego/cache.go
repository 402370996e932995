package rego

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

const shards = 16

// cache is a bounded set of decisions, least recently used first out.
type cache struct{ shard [shards]shard }

type shard struct {
	mu    sync.Mutex
	max   int
	byKey map[[32]byte]*list.Element
	order *list.List // front is the newest
}

type cached struct {
	key     [32]byte
	verdict policy.Verdict
}

func newCache(size int) *cache {
	c := &cache{}
	for i := range c.shard {
		c.shard[i].max = max(0, (size+shards-1)/shards)
		c.shard[i].byKey = map[[32]byte]*list.Element{}
		c.shard[i].order = list.New()
	}
	return c
}

// get returns a copy of the decision, unless its time is over.
func (c *cache) get(key [32]byte, now time.Time) (policy.Verdict, bool) {
	s := &c.shard[key[0]%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byKey[key]
	if !ok {
		return policy.Verdict{}, false
	}
	v := e.Value.(*cached).verdict
	if !now.Before(v.ValidUntil) {
		s.order.Remove(e)
		delete(s.byKey, key)
		return policy.Verdict{}, false
	}
	s.order.MoveToFront(e)
	return own(v), true
}

func (c *cache) put(key [32]byte, v policy.Verdict) {
	s := &c.shard[key[0]%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.max == 0 {
		return
	}
	if e, ok := s.byKey[key]; ok {
		e.Value.(*cached).verdict = own(v)
		s.order.MoveToFront(e)
		return
	}
	s.byKey[key] = s.order.PushFront(&cached{key, own(v)})
	if s.order.Len() > s.max {
		last := s.order.Back()
		s.order.Remove(last)
		delete(s.byKey, last.Value.(*cached).key)
	}
}

func (c *cache) clear() {
	for i := range c.shard {
		s := &c.shard[i]
		s.mu.Lock()
		clear(s.byKey)
		s.order.Init()
		s.mu.Unlock()
	}
}

// own copies the slices, so that callers may change theirs.
func own(v policy.Verdict) policy.Verdict {
	v.Reasons = slices.Clone(v.Reasons)
	v.Limits = slices.Clone(v.Limits)
	v.Uses = slices.Clone(v.Uses)
	return v
}
