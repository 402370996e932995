package ledger

// join notes of the groups among the parts that what they began with is in the
// journal.
func (b *books) join(parts []part) {
	for _, p := range parts {
		if len(p.Members) > 0 {
			b.scope(p.Scope).joined = true
		}
	}
}
