package rego

import "time"

// Force puts one module in place of the whole policy, unchecked, to see what
// the decider makes of a policy that has gone wrong.
func (d *Decider) Force(text string) error {
	p, err := compile(source{modules: []module{{name: "forced.rego", text: text}}})
	if err != nil {
		return err
	}
	d.cur.Store(p)
	return nil
}

// SelfCheckTime is how long a policy that loops delays a reload.
const SelfCheckTime = selfCheckTime

// Hurry bounds the check of a policy that is read.
func (d *Decider) Hurry(limit time.Duration) { d.check = limit }

// Cached says how many decisions are kept.
func (d *Decider) Cached() int {
	n := 0
	for i := range d.cache.shard {
		n += len(d.cache.shard[i].byKey)
	}
	return n
}

// Capabilities names the built-in functions that a policy may call.
func Capabilities() map[string]bool {
	out := map[string]bool{}
	for _, b := range capabilities().Builtins {
		out[b.Name] = true
	}
	return out
}
