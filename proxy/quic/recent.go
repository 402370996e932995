package quic

import "time"

// recent remembers values for a while: for at least span unless there are more
// than max of them, and never more than twice max. One goroutine uses it, or a
// lock guards it.
type recent[K comparable, V any] struct {
	max       int
	span      time.Duration
	now, last map[K]V
	turned    time.Time
}

func newRecent[K comparable, V any](max int, span time.Duration) *recent[K, V] {
	return &recent[K, V]{max: max, span: span, now: map[K]V{}, last: map[K]V{}}
}

func (r *recent[K, V]) get(k K, at time.Time) (V, bool) {
	r.turn(at)
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.last[k]
	return v, ok
}

func (r *recent[K, V]) put(k K, v V, at time.Time) {
	r.turn(at)
	r.now[k] = v
}

func (r *recent[K, V]) drop(k K) {
	delete(r.now, k)
	delete(r.last, k)
}

// turn makes the newer half the older one when it is full or old.
func (r *recent[K, V]) turn(at time.Time) {
	age := at.Sub(r.turned)
	if len(r.now) < r.max && age < r.span && age >= 0 {
		return
	}
	r.last, r.now, r.turned = r.now, map[K]V{}, at
	if age >= 2*r.span {
		r.last = map[K]V{}
	}
}

// allowance is a bucket of tokens: so many a second, and twice that at once.
type allowance struct {
	rate  float64
	left  float64
	asked time.Time
}

func (a *allowance) take(at time.Time) bool {
	if gone := at.Sub(a.asked).Seconds(); gone > 0 || a.asked.IsZero() {
		a.left = min(a.left+gone*a.rate, 2*a.rate)
		if a.asked.IsZero() {
			a.left = 2 * a.rate
		}
		a.asked = at
	}
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}
