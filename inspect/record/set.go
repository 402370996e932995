package record

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

type node struct {
	key     inspect.Subject
	classes inspect.ClassSet
	parent  int32
	person  bool
	minor   bool
	alike   uint32 // persons of this name, where the key is a name
}

// Set holds the distinct persons of one part, up to a limit, and which keys
// stood together in a record.
type Set struct {
	max     int
	persons int
	table   []int32 // open hash of the keys: place in blocks, +1
	blocks  []*[blockLen]node
	nodes   int32
	full    bool
}

// blockLen is how many keys one block holds; blocks are never copied, so that
// a large Set needs its own size and not twice as much.
const blockLen = 1024

// NewSet makes a Set of at most max persons.
func NewSet(max int) *Set {
	return &Set{max: max}
}

// Full reports whether a person was found that the Set could not hold.
func (s *Set) Full() bool { return s.full }

// record takes the keys of one record that has ended. Of its classes, remarks
// are those that name nobody: in doubt they are everybody's. It returns how
// many persons it took them for.
func (s *Set) record(keys []Key, classes, remarks inspect.ClassSet) int {
	best := 0
	for i, k := range keys {
		if k.Rank < keys[best].Rank {
			best = i
		}
		for _, o := range keys[:i] {
			if o.Rank == k.Rank { // several persons, nobody knows whose is what
				for _, k := range keys {
					s.alone(k, remarks)
				}
				return len(keys)
			}
		}
	}
	minor := slices.ContainsFunc(keys, func(k Key) bool { return k.Minor })
	who := s.person(keys[best].Subject, classes, minor)
	for i, k := range keys {
		// Keys that are no persons take at most as many places as persons.
		if i == best || who < 0 || s.find(k.Subject) < 0 && int(s.nodes)-s.persons >= s.max {
			continue
		}
		s.union(who, s.node(k.Subject))
	}
	return 1
}

// spread makes neighbours of numbers that follow each other rare in the table.
const spread = 0x9e3779b1

// named counts one more person of a name. The key of each follows from that of
// the name and their number, so that the same part gives the same keys again.
func (s *Set) named(k Key, remarks inspect.ClassSet) {
	remarks.Add(int(k.Class))
	i := s.person(k.Subject, remarks, k.Minor)
	if i < 0 {
		return
	}
	n := s.at(i)
	if n.alike++; n.alike > 1 {
		key := k.Subject
		binary.LittleEndian.PutUint32(key[:], binary.LittleEndian.Uint32(key[:])^(n.alike-1)*spread)
		if j := s.person(key, remarks, k.Minor); j >= 0 {
			s.union(i, j) // the estimate takes them for one
		}
	}
}

// alone counts a key as a person of its own.
func (s *Set) alone(k Key, remarks inspect.ClassSet) {
	remarks.Add(int(k.Class))
	s.person(k.Subject, remarks, k.Minor)
}

func (s *Set) person(key inspect.Subject, classes inspect.ClassSet, minor bool) int32 {
	i := s.find(key)
	if (i < 0 || !s.at(i).person) && s.persons == s.max {
		s.full = true
		return -1
	}
	if i < 0 {
		i = s.node(key)
	}
	n := s.at(i)
	if !n.person {
		n.person = true
		s.persons++
	}
	n.classes[0] |= classes[0]
	n.classes[1] |= classes[1]
	n.minor = n.minor || minor
	return i
}

// node returns the place of a key and makes one for a new key.
func (s *Set) node(key inspect.Subject) int32 {
	if i := s.find(key); i >= 0 {
		return i
	}
	if int(s.nodes)*4 >= len(s.table)*3 {
		s.grow()
	}
	i := s.nodes
	if i%blockLen == 0 {
		s.blocks = append(s.blocks, new([blockLen]node))
	}
	s.nodes++
	*s.at(i) = node{key: key, parent: i}
	s.table[s.slot(key)] = i + 1
	return i
}

func (s *Set) at(i int32) *node { return &s.blocks[i/blockLen][i%blockLen] }

func (s *Set) find(key inspect.Subject) int32 {
	if len(s.table) == 0 {
		return -1
	}
	return s.table[s.slot(key)] - 1
}

// slot returns where a key stands in the table, or the free place for it.
// Keys are keyed hashes already, so their own bits spread them.
func (s *Set) slot(key inspect.Subject) int {
	mask := len(s.table) - 1
	h := int(binary.LittleEndian.Uint32(key[:])) & mask
	for s.table[h] != 0 && s.at(s.table[h]-1).key != key {
		h = (h + 1) & mask
	}
	return h
}

func (s *Set) grow() {
	s.table = make([]int32, max(64, 2*len(s.table)))
	for i := range s.nodes {
		s.table[s.slot(s.at(i).key)] = i + 1
	}
}

func (s *Set) root(i int32) int32 {
	for s.at(i).parent != i {
		s.at(i).parent = s.at(s.at(i).parent).parent
		i = s.at(i).parent
	}
	return i
}

func (s *Set) union(a, b int32) {
	if a, b = s.root(a), s.root(b); a != b {
		s.at(max(a, b)).parent = min(a, b)
	}
}

// Persons returns the distinct persons by key, with class indexes mapped by
// place, and the estimate of how many they are after joining keys across
// records.
func (s *Set) Persons(place func(class int) int) (out []inspect.Person, linked int) {
	out = make([]inspect.Person, 0, s.persons)
	roots := make([]bool, s.nodes)
	for i := range s.nodes {
		n := s.at(i)
		if !n.person {
			continue
		}
		p := inspect.Person{Key: n.key, Minor: n.minor}
		for c := range inspect.MaxClasses {
			if n.classes.Has(c) {
				p.Classes.Add(place(c))
			}
		}
		out = append(out, p)
		if r := s.root(i); !roots[r] {
			roots[r] = true
			linked++
		}
	}
	slices.SortFunc(out, func(a, b inspect.Person) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	return out, linked
}
