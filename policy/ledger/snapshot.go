package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
)

// peopleALine is how many persons one line of a snapshot holds.
const peopleALine = 4096

// snapshot returns the lines that make the books again.
func (b *books) snapshot(keyCheck string) ([]byte, error) {
	var buf bytes.Buffer
	var failed error
	put := func(r record) {
		line, err := r.line()
		failed = errors.Join(failed, err)
		buf.Write(line)
	}
	put(record{Op: opHead, Schema: journalSchema, Key: keyCheck})
	openings := map[string]Opening{}
	for id, s := range b.scopes {
		for _, o := range s.openings {
			openings[o.ID] = o
		}
		people := make([]byte, 0, min(len(s.firm), peopleALine)*24)
		flush := func() {
			put(record{Op: opScope, Scope: &id, Bases: s.bases, People: people})
			people = people[:0]
		}
		for p, m := range s.firm {
			people = append(people, p[:]...)
			people = binary.LittleEndian.AppendUint64(people, uint64(m))
			if len(people) == peopleALine*24 {
				flush()
			}
		}
		flush()
	}
	for _, id := range slices.Sorted(maps.Keys(openings)) {
		o := openings[id]
		put(record{Op: opOpening, Opening: &o})
	}
	for _, r := range b.inOrder() {
		put(r.record())
	}
	put(record{Op: opReady})
	return buf.Bytes(), failed
}

// load takes one line of a snapshot's scope.
func (b *books) load(r record) error {
	s := b.scope(*r.Scope)
	if len(s.bases) > len(r.Bases) || !slices.Equal(s.bases, r.Bases[:len(s.bases)]) {
		return errors.New("legal bases of a scope do not agree")
	}
	s.bases = r.Bases
	for p := r.People; len(p) > 0; p = p[24:] {
		s.firm[person(p[:16])] |= marks(binary.LittleEndian.Uint64(p[16:24]))
	}
	return nil
}

// inOrder returns the reservations that are open or in doubt, oldest first.
func (b *books) inOrder() []*reservation {
	out := slices.Collect(maps.Values(b.pending))
	slices.SortFunc(out, func(a, c *reservation) int { return int(int64(a.order) - int64(c.order)) })
	return out
}
