// Package rego is the Decider: it asks an OPA policy what to do with a flow.
//
// The policy is a set of embedded Rego modules, one a concern, in the order of
// the law; an operator's directory and signed bundle may add modules that make
// verdicts stricter, and relax what the rule pack lets them. A decision is a function of the canonical question and the rule
// pack, so equal questions have equal answers and are cached. The promise:
// whatever goes wrong in here, also time, nonsense or a panic, is a Block
// with a code and an error.
//
// This is the only package that imports OPA.
package rego

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// Options are the settings of a Decider. Zero fields take their defaults.
type Options struct {
	// Law gives the rule packs. It is required.
	Law policy.Law
	// Dir holds the operator's modules, *.rego; empty means none.
	Dir string
	// Bundle is a signed OPA bundle with the operator's modules and data, a
	// tar.gz; it holds together with Dir. Empty means none.
	Bundle []byte
	// Keys are those that may sign a bundle.
	Keys []sign.Verifier
	// Limit bounds one evaluation by the wall clock. Default 500 ms: a sound
	// policy takes about one, but on a machine with more work than cores a
	// goroutine may wait for hundreds before its next turn.
	Limit time.Duration
	// Cache is how many decisions are kept. Default 8192; negative keeps none.
	Cache int
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Decider answers questions by Rego. It is safe for concurrent use.
type Decider struct {
	o      Options
	reload sync.Mutex
	cur    atomic.Pointer[program]
	packs  packs
	cache  *cache
	kept   bool // made of a snapshot; nothing is read again
	check  time.Duration
}

var _ policy.Decider = (*Decider)(nil)

// New compiles the policy and asks it a first question. A policy that cannot
// answer is an error here, not at the first flow.
func New(o Options) (*Decider, error) {
	d, err := prepared(o)
	if err != nil {
		return nil, err
	}
	if err := d.Reload(); err != nil {
		return nil, err
	}
	return d, nil
}

// prepared is a Decider without a policy.
func prepared(o Options) (*Decider, error) {
	if o.Law == nil {
		return nil, fmt.Errorf("rego: a decider needs rule packs")
	}
	o.Limit = cmp.Or(o.Limit, 500*time.Millisecond)
	o.Cache = cmp.Or(o.Cache, 8192)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Decider{o: o, cache: newCache(o.Cache), check: selfCheckTime}, nil
}

// Reload reads the operator's modules again and swaps the policy as a whole.
// On error the policy in force stays.
func (d *Decider) Reload() error { return d.ReloadUnder(d.o.Law) }

// ReloadUnder is Reload before rule packs that are to come into force with the
// modules: the policy must be able to answer under them.
func (d *Decider) ReloadUnder(packs policy.Law) error {
	d.reload.Lock()
	defer d.reload.Unlock()
	return d.swap(packs, d.o.Bundle)
}

// ReloadWith is ReloadUnder with another bundle in place of the one there was;
// an empty one takes it away.
func (d *Decider) ReloadWith(packs policy.Law, bundle []byte) error {
	d.reload.Lock()
	defer d.reload.Unlock()
	if err := d.swap(packs, bundle); err != nil {
		return err
	}
	d.o.Bundle = bytes.Clone(bundle)
	return nil
}

// swap puts a new policy in place, or leaves everything as it was.
func (d *Decider) swap(packs policy.Law, bundle []byte) error {
	p, o := d.cur.Load(), d.o
	o.Bundle = bundle
	if !d.kept {
		src, err := readSource(o)
		if err != nil {
			return err
		}
		if p, err = compile(src); err != nil {
			return fmt.Errorf("%w%s", err, o.owner())
		}
	}
	rules, err := packs.At(d.o.Now())
	if err != nil {
		return fmt.Errorf("check policy: %w", err)
	}
	if err := p.selfCheck(rules, d.o.Now(), d.check); err != nil {
		if d.kept {
			return err
		}
		return fmt.Errorf("%w%s", err, o.owner())
	}
	d.packs.remember(rules)
	d.cur.Store(p)
	d.cache.clear()
	return nil
}

// Digest identifies the policy in force: modules and data.
func (d *Decider) Digest() string { return d.cur.Load().digest }

// Decide answers a question. With an error the verdict is a Block.
func (d *Decider) Decide(ctx context.Context, q *policy.Question) (v policy.Verdict, err error) {
	p := d.cur.Load()
	defer func() {
		if r := recover(); r != nil {
			// The value of a panic may quote data; only its type is told.
			v, err = policy.Refuse(policy.DeciderFailed), fmt.Errorf("decide: panic of type %T in the policy engine", r)
		}
		v.Policy = p.digest
	}()
	canonical, err := q.Canonical()
	if err != nil {
		return policy.Refuse(policy.DeciderFailed), fmt.Errorf("decide: write question: %w", err)
	}
	day, until, err := validity(q)
	if err != nil {
		return policy.Refuse(policy.DeciderFailed), fmt.Errorf("decide: %w", err)
	}
	now := d.o.Now()
	key := cacheKey(p.digest, canonical)
	if v, ok := d.cache.get(key, now); ok {
		v.ValidUntil = until
		return v, nil
	}
	rules, err := d.packs.find(d.o.Law, q, day)
	if err != nil {
		return policy.Refuse(policy.LawUnavailable), fmt.Errorf("decide: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.Limit)
	defer cancel()
	v, err = p.ask(ctx, rules, q, canonical)
	if err != nil {
		return policy.Refuse(policy.DeciderFailed), fmt.Errorf("decide: %w", err)
	}
	v.ValidUntil, v.Policy = until, p.digest
	if until.After(now) {
		d.cache.put(key, v)
	}
	return v, nil
}

// validity returns the first instant of the question's day and the time until
// which an equal question would have the same answer: the end of the day, or
// the end of a filing before it.
func validity(q *policy.Question) (day, until time.Time, err error) {
	if q.Stage != policy.StageHead && q.Stage != policy.StagePart && q.Stage != policy.StageWindow {
		return day, until, fmt.Errorf("question: stage must be %s, %s or %s", policy.StageHead, policy.StagePart, policy.StageWindow)
	}
	day, err = time.ParseInLocation(time.DateOnly, q.Date, policy.Shanghai)
	if err != nil {
		return day, until, fmt.Errorf("question: date must be written 2006-01-02")
	}
	until = day.AddDate(0, 0, 1)
	for _, c := range q.Candidates {
		// A filing that ended before this day cannot change its answer again.
		if !c.ValidUntil.IsZero() && c.ValidUntil.After(day) && c.ValidUntil.Before(until) {
			until = c.ValidUntil
		}
	}
	return day, until, nil
}

func cacheKey(digest string, canonical []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(digest))
	h.Write([]byte{0})
	h.Write(canonical)
	var key [32]byte
	h.Sum(key[:0])
	return key
}

// packs remembers the rules that questions were asked under, so that a flow
// that began before a reload is still judged by its own pack.
type packs struct {
	mu    sync.Mutex
	known []*policy.Rules
}

const maxPacks = 8

func (s *packs) remember(r *policy.Rules) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = slices.DeleteFunc(s.known, func(k *policy.Rules) bool { return k.Pack == r.Pack && k.Profile == r.Profile })
	s.known = append(s.known, r)
	if len(s.known) > maxPacks {
		s.known = slices.Delete(s.known, 0, 1)
	}
}

func (s *packs) find(l policy.Law, q *policy.Question, day time.Time) (*policy.Rules, error) {
	s.mu.Lock()
	for i, r := range s.known {
		if r.Pack == q.Pack && r.Profile == q.Profile {
			// What is asked under stays, whatever is reloaded meanwhile.
			s.known = append(slices.Delete(s.known, i, i+1), r)
			s.mu.Unlock()
			return r, nil
		}
	}
	s.mu.Unlock()
	r, err := l.At(day)
	if err != nil {
		return nil, err
	}
	if r.Pack != q.Pack || r.Profile != q.Profile {
		return nil, fmt.Errorf("question asks for rule pack %s under profile %s, in force on %s is %s under %s",
			q.Pack.ID, q.Profile, q.Date, r.Pack.ID, r.Profile)
	}
	s.remember(r)
	return r, nil
}
