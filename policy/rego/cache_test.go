package rego_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

func TestCachedAnswersAreTheSameAndTheirOwn(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	q := asked{found: card, sp: 1, filings: scF}.question(t, l)
	first, err := d.Decide(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Decide(context.Background(), q)
	if err != nil || !reflect.DeepEqual(first, second) || d.Cached() != 1 {
		t.Fatalf("got %+v then %+v, %v, %d cached", first, second, err, d.Cached())
	}
	second.Reasons[0].Code, second.Limits[0] = "CHANGED", "changed"
	if third, _ := d.Decide(context.Background(), q); !reflect.DeepEqual(first, third) {
		t.Errorf("a caller changed the cache: %+v", third)
	}
}

func TestAnswersLastUntilTheDayOrTheFilingEnds(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	q := asked{found: card, sp: 1, filings: scF}.question(t, l)
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, policy.Shanghai)
	v, err := d.Decide(context.Background(), q)
	if err != nil || !v.ValidUntil.Equal(midnight) {
		t.Errorf("valid until %s, %v, want %s", v.ValidUntil, err, midnight)
	}
	end := time.Date(2026, 11, 22, 18, 0, 0, 0, policy.Shanghai)
	q.Candidates[0].ValidUntil = end
	if v, _ = d.Decide(context.Background(), q); !v.ValidUntil.Equal(end) {
		t.Errorf("valid until %s, want %s", v.ValidUntil, end)
	}
	q.Candidates[0].ValidUntil = time.Time{}
	// A question of yesterday is answered and not kept.
	q.Date = "2026-11-21"
	n := d.Cached()
	if _, err := d.Decide(context.Background(), q); err != nil || d.Cached() != n {
		t.Errorf("%v, %d cached, want %d", err, d.Cached(), n)
	}
}

func TestTheCacheIsBoundedAndCanBeOff(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Cache: 32})
	off := open(t, rego.Options{Law: l, Cache: -1})
	for i := range 200 {
		q := asked{head: true, place: "CN", link: fmt.Sprint("L", i)}.question(t, l)
		for _, x := range []*rego.Decider{d, off} {
			if _, err := x.Decide(context.Background(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := d.Cached(); n > 32 || n == 0 {
		t.Errorf("%d decisions kept, want at most 32", n)
	}
	if off.Cached() != 0 {
		t.Error("a cache that is off keeps decisions")
	}
}
