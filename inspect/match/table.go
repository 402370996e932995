package match

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// The assembly has these numbers too.
const (
	multiplier = 0x9e3779b97f4a7c15 // spreads prints over the table
	caseless   = 0x2020202020202020 // the bits in which capitals differ
	chains     = 1 << 11
)

// table finds words by their print: the first bytes from the anchor on. Bits
// says cheaply that none is there.
type table struct {
	bits  [1 << 10]uint64
	mask  uint64 // of the bytes of a print
	chain [chains + 1]uint32
	links []link
}

// place is a word from its anchor on.
type place struct {
	text string
	key  uint16
}

// link is a word's place in a table, with its first bytes from the anchor on
// and its last. The assembly knows its size.
type link struct {
	head, mask  uint64
	tail, tmask uint64 // of the eight bytes that begin off bytes behind the anchor
	off         uint32
	key         uint16
}

// maxTail is how far behind the anchor the last bytes that are compared begin:
// what they are is known there.
const maxTail = Lookahead - 8

// meets reports whether a word may stand where the text begins, of which head
// has the first eight bytes without case.
func (l *link) meets(head uint64, text []byte) bool {
	return head&l.mask == l.head && (binary.LittleEndian.Uint64(text[l.off:])|caseless)&l.tmask == l.tail
}

// print returns two numbers that stand for the first bytes of a text.
func (t *table) print(text uint64) (high, low uint64) {
	return bits.Mul64((text|caseless)&t.mask, multiplier)
}

func (t *table) has(high, low uint64) bool { return t.bits[low>>54]>>(high&63)&1 != 0 }

// with returns the words that may have a print.
func (t *table) with(low uint64) []link {
	return t.links[t.chain[low>>53]:t.chain[low>>53+1]]
}

// newTable makes a table of words, of which it takes the first n bytes. A word
// of one byte less is put in with every byte that may follow.
func newTable(places []place, n int) *table {
	if places == nil {
		return nil
	}
	t := &table{mask: 1<<(8*n) - 1}
	type printed struct {
		link
		low uint64
	}
	var links []printed
	for _, p := range places {
		var b [8]byte
		copy(b[:], p.text)
		whole := binary.LittleEndian.Uint64(b[:])
		l := link{mask: 1<<(8*min(8, len(p.text))) - 1, key: p.key}
		l.head = (whole | caseless) & l.mask
		if off := min(len(p.text)-8, maxTail); off > 0 {
			l.off, l.tmask = uint32(off), ^uint64(0)
			l.tail = binary.LittleEndian.Uint64([]byte(p.text[off:off+8])) | caseless
		}
		last := uint64(0)
		if len(p.text) < n {
			last = 255
		}
		for x := uint64(0); x <= last; x++ {
			high, low := t.print(whole | x<<(8*n-8))
			links = append(links, printed{l, low})
			t.bits[low>>54] |= 1 << (high & 63)
			if last > 0 && x&0x20 == 0 {
				links = links[:len(links)-1] // the same as with the bit
			}
		}
	}
	slices.SortStableFunc(links, func(a, b printed) int { return int(a.low>>53) - int(b.low>>53) })
	for _, l := range links {
		t.links = append(t.links, l.link)
		t.chain[l.low>>53+1]++
	}
	for i := range chains {
		t.chain[i+1] += t.chain[i]
	}
	return t
}

// filter keeps those bits of n groups from src on whose text the table knows,
// and adds them to keyed.
func (t *table) filter(b, keyed *bitmap, src []byte, n int) {
	for i := range n {
		kept := uint64(0)
		for x := b[i+1]; x != 0; x &= x - 1 {
			k := trailing(x)
			head := binary.LittleEndian.Uint64(src[i*groupLen+k:])
			if high, low := t.print(head); t.has(high, low) {
				links := t.with(low)
				for j := range links {
					if links[j].meets(head|caseless, src[i*groupLen+k:]) {
						kept |= 1 << k
						break
					}
				}
			}
		}
		b[i+1] = kept
		keyed[i+1] |= kept
	}
}
