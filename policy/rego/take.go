package rego

// Take puts the policy of another Decider in force in place of this one's, as
// a whole: its modules, its bundle and the keys that count. It cannot fail,
// since the other one has compiled its policy and answered with it, so what
// must happen before the exchange can happen between the two. Rule packs that
// were asked about stay known, for flows that began under them.
func (d *Decider) Take(next *Decider) {
	d.reload.Lock()
	defer d.reload.Unlock()
	next.packs.mu.Lock()
	known := next.packs.known
	next.packs.mu.Unlock()
	for _, r := range known {
		d.packs.remember(r)
	}
	d.o.Dir, d.o.Bundle, d.o.Keys, d.kept = next.o.Dir, next.o.Bundle, next.o.Keys, next.kept
	d.cur.Store(next.cur.Load())
	d.cache.clear()
}
