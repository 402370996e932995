package ledger

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"math/bits"
)

// person is a distinct natural person within one scope: the first 104 bits of
// its keyed hash. Among 20 million persons two share them with a chance of
// 1 in 10^17.
type person [13]byte

// row is a person and the number of its state, which is never zero in use.
type row [16]byte

func (r *row) state() uint32 { return uint32(r[13])<<16 | uint32(r[14])<<8 | uint32(r[15]) }

func (r *row) set(p *person, state uint32) {
	copy(r[:13], p[:])
	r[13], r[14], r[15] = byte(state>>16), byte(state>>8), byte(state)
}

// table is a set of rows: open addressing without order of arrival. Hashes are
// uniform, so a row's place is its hash scaled to the capacity, and the rows of
// a run stand in order of their hash; the whole table is therefore sorted at
// all times. A small table is one shard and a larger one 256, by the first
// byte. Each shard grows by itself and by a quarter, which keeps the load near
// 0.8 and every pause short.
type table struct {
	shards []shard
	n      int
}

type shard struct {
	rows []row  // places, then room for the run at the end
	cap  uint64 // places
	n    int
}

const (
	manyShards = 256
	splitAt    = 8192
	tailRoom   = 64
)

func newTable() *table { return &table{shards: make([]shard, 1)} }

func (t *table) len() int { return t.n }

// size returns the bytes that the table takes in memory.
func (t *table) size() int64 {
	n := int64(len(t.shards)) * 40
	for i := range t.shards {
		n += int64(cap(t.shards[i].rows)) * int64(len(row{}))
	}
	return n
}

func (t *table) shard(p *person) (*shard, uint64) {
	h := binary.BigEndian.Uint64(p[:8])
	if len(t.shards) == 1 {
		return &t.shards[0], h
	}
	return &t.shards[p[0]], h << 8
}

// home is the place that a hash would have if nobody was in the way.
func (s *shard) home(h uint64) int {
	at, _ := bits.Mul64(h, s.cap)
	return int(at)
}

// find returns where a person is, or where it would be put.
func (s *shard) find(p *person, h uint64) (at int, there bool) {
	head := binary.BigEndian.Uint64(p[:8])
	for at = s.home(h); at < len(s.rows); at++ {
		r := &s.rows[at]
		have := binary.BigEndian.Uint64(r[:8])
		if have < head && r.state() != 0 {
			continue
		}
		if have > head || r.state() == 0 {
			return at, false
		}
		if c := bytes.Compare(r[8:13], p[8:]); c >= 0 {
			return at, c == 0
		}
	}
	return at, false
}

// get returns a person's state, or 0.
func (t *table) get(p person) uint32 {
	s, h := t.shard(&p)
	if at, there := s.find(&p, h); there {
		return s.rows[at].state()
	}
	return 0
}

// put gives a person a state, which is not zero.
func (t *table) put(p person, state uint32) {
	s, h := t.shard(&p)
	if at, there := s.find(&p, h); there {
		s.rows[at].set(&p, state)
		return
	}
	if len(t.shards) == 1 && t.n >= splitAt {
		t.rehash(manyShards, t.n+t.n/4)
		s, h = t.shard(&p)
	}
	for !s.insert(&p, h, state) {
		s.grow(max(s.cap+s.cap/4, 16), len(t.shards) > 1)
	}
	t.n++
}

// insert puts a new row in its place and moves the rest of its run by one. It
// reports false when there is no room.
func (s *shard) insert(p *person, h uint64, state uint32) bool {
	if uint64(s.n)*100 >= s.cap*88 {
		return false
	}
	at, _ := s.find(p, h)
	end := at
	for end < len(s.rows) && s.rows[end].state() != 0 {
		end++
	}
	if end == len(s.rows) {
		return false
	}
	copy(s.rows[at+1:end+1], s.rows[at:end])
	s.rows[at].set(p, state)
	s.n++
	return true
}

// grow makes room in one pass; rows come out of it in order, so that each is
// put right behind the one before. Of rows that are no hashes all may belong at
// the end, which no number of places helps against: it gets room for all.
func (s *shard) grow(places uint64, many bool) {
	old, n := s.rows, s.n
	tail := tailRoom
	for {
		s.rows, s.cap, s.n = make([]row, places+uint64(tail)), places, 0
		if s.fill(old, many) {
			return
		}
		places += places / 8
		tail = tailRoom + 2*n
	}
}

func (s *shard) fill(old []row, many bool) bool {
	next := 0
	for i := range old {
		if old[i].state() == 0 {
			continue
		}
		h := binary.BigEndian.Uint64(old[i][:8])
		if many {
			h <<= 8
		}
		at := max(next, s.home(h))
		if at >= len(s.rows)-1 { // the last one is for who comes next
			return false
		}
		s.rows[at] = old[i]
		s.n++
		next = at + 1
	}
	return true
}

// reserve makes room for n rows in all, so that loading them moves nothing.
func (t *table) reserve(n int) {
	switch {
	case n <= t.n:
	case n < splitAt:
		if places := roomy(n); places > t.shards[0].cap && len(t.shards) == 1 {
			t.shards[0].grow(places, false)
		}
	default:
		t.rehash(manyShards, n)
	}
}

// roomy is how many places n rows get.
func roomy(n int) uint64 { return uint64(math.Ceil(float64(n)/0.8)) + 16 }

// rehash spreads the rows over a number of shards with room for n rows. The
// shards begin at different sizes, so that they do not all grow at once.
func (t *table) rehash(shards, n int) {
	old := *t
	t.shards, t.n = make([]shard, shards), 0
	for i := range t.shards {
		// From 0.85 to 0.72 rows a place, and room for a shard that gets more
		// than its part.
		part := float64(n) / float64(shards)
		room := part*(1.18+0.21*float64(i*37%shards)/float64(shards)) + 4*math.Sqrt(part)
		t.shards[i].grow(uint64(room)+16, true)
	}
	for p, state := range old.rows() {
		s, h := t.shard(&p)
		for !s.insert(&p, h, state) {
			s.grow(s.cap+s.cap/4, true)
		}
		t.n++
	}
}

// rows yields all persons with their states, in ascending order. The table
// must not change meanwhile.
func (t *table) rows() iter.Seq2[person, uint32] {
	return func(yield func(person, uint32) bool) {
		for i := range t.shards {
			rows := t.shards[i].rows
			for j := range rows {
				if state := rows[j].state(); state != 0 && !yield(person(rows[j][:13]), state) {
					return
				}
			}
		}
	}
}
