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

// The kinds of data of a person in a flow, as bits.
const (
	kindNS byte = 1
	kindSP byte = 2
)

// counted is a flow's persons, each once, ready to be looked up in the scopes
// of its limits. All hashing is done here, outside the ledger's lock.
type counted struct {
	kinds   []byte
	persons map[string][]person // by key scope, in the order of kinds; nil when the scope has no key
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

// scopesOf returns the scopes that a flow's persons are counted in; the first
// is the exporter's year.
func scopesOf(entity, filing string, year int) []scopeID {
	ids := []scopeID{{Entity: entity, Year: year}}
	if filing != "" {
		ids = append(ids, scopeID{Filing: filing, Year: year}, scopeID{Filing: filing})
	}
	return ids
}

// limitScope returns the scope that a limit counts.
func limitScope(l policy.Limit, entity string, year int) scopeID {
	switch {
	case l.Filing == "":
		return scopeID{Entity: entity, Year: year}
	case l.Validity:
		return scopeID{Filing: l.Filing}
	}
	return scopeID{Filing: l.Filing, Year: year}
}

// hash hashes the persons under every scope that is claimed or only limited.
// Only claimed scopes get a key when they have none.
func (l *Ledger) hash(c policy.Count, year int, claim []scopeID) (*counted, error) {
	subjects, kinds := merge(c.Persons)
	out := &counted{kinds: kinds, persons: map[string][]person{}}
	if len(subjects) == 0 {
		return out, nil
	}
	need := map[string]bool{} // key scope → claimed
	for _, lim := range c.Limits {
		need[keyScope(limitScope(lim, c.Entity, year))] = false
	}
	for _, id := range claim {
		need[keyScope(id)] = true
	}
	for scope, claimed := range need {
		key, err := l.keys.get(scope, claimed)
		if err != nil {
			return nil, fmt.Errorf("scope key: %w", err)
		}
		if key == nil {
			continue
		}
		mac := hmac.New(sha256.New, key)
		list := make([]person, len(subjects))
		var sum [sha256.Size]byte
		for i := range subjects {
			mac.Reset()
			mac.Write(subjects[i][:])
			list[i] = person(mac.Sum(sum[:0])[:16])
		}
		out.persons[scope] = list
	}
	return out, nil
}

// parts packs the persons for the journal, sorted in each scope by its own
// hashes, so that their order joins no two scopes.
func (c *counted) parts(ids []scopeID) []part {
	out := make([]part, len(ids))
	packed := map[string][]byte{} // a filing's year and validity share one
	for i, id := range ids {
		scope := keyScope(id)
		if packed[scope] == nil {
			packed[scope] = c.pack(c.persons[scope])
		}
		out[i] = part{id, packed[scope]}
	}
	return out
}

func (c *counted) pack(list []person) []byte {
	type row struct {
		head uint64 // of the hash, big-endian: nearly always enough to tell rows apart
		at   int
	}
	rows := make([]row, len(list))
	for i, p := range list {
		rows[i] = row{binary.BigEndian.Uint64(p[:8]), i}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return bytes.Compare(list[a.at][:], list[b.at][:])
	})
	out := make([]byte, 0, personBytes*len(list))
	for _, r := range rows {
		out = append(append(out, list[r.at][:]...), c.kinds[r.at])
	}
	return out
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
