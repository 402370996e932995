package ledger

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// counted is a flow's persons, each once, ready to be looked up in the scopes
// of its limits. All hashing is done here, outside the ledger's lock.
type counted struct {
	kinds   []byte
	persons map[scopeID][]person // in the order of kinds; none when the scope has no key
}

// merge joins persons that occur twice. A person of neither kind counts as
// both: what is not known may be sensitive.
func merge(in []policy.Counted) ([]inspect.Subject, []byte) {
	seen := make(map[inspect.Subject]int, len(in))
	subjects, kinds := make([]inspect.Subject, 0, len(in)), make([]byte, 0, len(in))
	for _, c := range in {
		var kind byte
		if c.NS {
			kind |= kindNS
		}
		if c.SP {
			kind |= kindSP
		}
		if kind == 0 {
			kind = kindNS | kindSP
		}
		if i, ok := seen[c.Subject]; ok {
			kinds[i] |= kind
			continue
		}
		seen[c.Subject] = len(subjects)
		subjects, kinds = append(subjects, c.Subject), append(kinds, kind)
	}
	return subjects, kinds
}

// limitScope returns the scope that a limit counts, and the year of its
// persons that counts there; zero is every year.
func limitScope(l policy.Limit, entity string, year int) (scopeID, int) {
	switch {
	case l.Filing == "":
		return scopeID{Entity: entity, Year: year}, year
	case l.Validity:
		return scopeID{Filing: l.Filing}, 0
	}
	return scopeID{Filing: l.Filing}, year
}

// hash hashes the persons under every scope that is claimed or only limited.
// Only claimed scopes get a key when they have none.
func (l *Ledger) hash(c *policy.Count, year int, claim []scopeID) (*counted, error) {
	subjects, kinds := merge(c.Persons)
	out := &counted{kinds: kinds, persons: map[scopeID][]person{}}
	if len(subjects) == 0 {
		return out, nil
	}
	need := map[scopeID]bool{} // whether it is claimed
	for _, lim := range c.Limits {
		id, _ := limitScope(lim, c.Counting(), year)
		need[id] = false
	}
	for _, id := range claim {
		need[id] = true
	}
	for id, claimed := range need {
		key, err := l.keys.get(keyScope(id), claimed)
		if err != nil {
			return nil, fmt.Errorf("scope key: %w", err)
		}
		if key != nil {
			out.persons[id] = scoped(key, subjects)
		}
	}
	return out, nil
}

func scoped(key []byte, subjects []inspect.Subject) []person {
	mac := hmac.New(sha256.New, key)
	list := make([]person, len(subjects))
	var sum [sha256.Size]byte
	for i := range subjects {
		mac.Reset()
		mac.Write(subjects[i][:])
		list[i] = person(mac.Sum(sum[:0])[:len(person{})])
	}
	return list
}

// pack puts some of a scope's persons into a part, sorted by the scope's own
// hashes, so that their order joins no two scopes. which comes in that order
// then, in which a table is looked through twice as fast.
func (c *counted) pack(id scopeID, which []int32) part {
	list := c.persons[id]
	type row struct {
		head uint64 // of the hash: nearly always enough to tell rows apart
		at   int32
	}
	rows := make([]row, len(which))
	for i, at := range which {
		rows[i] = row{binary.BigEndian.Uint64(list[at][:8]), at}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return bytes.Compare(list[a.at][:], list[b.at][:])
	})
	out := make([]byte, 0, personBytes*len(rows))
	for i, r := range rows {
		which[i] = r.at
		out = append(append(out, list[r.at][:]...), c.kinds[r.at])
	}
	return part{Scope: id, Persons: out}
}

// commitment is SHA-256 over the scopes and their sorted persons.
func commitment(parts []part) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%q %q %d %d\n", p.Scope.Entity, p.Scope.Filing, p.Scope.Year, len(p.Persons))
		h.Write(p.Persons)
	}
	return hex.EncodeToString(h.Sum(nil))
}
