package match

import (
	"encoding/binary"
	"slices"
)

// The assembly has these numbers too.
const (
	multiplier = 0x9e3779b1         // spreads prints over the table
	caseless   = 0x2020202020202020 // the bits in which capitals differ
	chains     = 1 << 11
)

// table finds words by their print: four bytes at the anchor, or those of them
// that all words have. Bits says cheaply that none is there, and next that the
// bytes behind the print are not those of a word.
type table struct {
	bits  [chains]uint32
	next  [chains]next
	mask  uint32 // of the bytes of a print
	fold  uint32 // the bits of it that are set before
	skip  uint64 // how far behind the anchor the print begins
	grid  *grid  // for anchors at the level inAVX512
	sieve *sieve // for them at others if there are many; may be nil
	chain [chains + 1]uint32
	links []link
}

// next tells the four bytes behind a print.
type next struct {
	mask uint32 // of those that all words of the chain have
	bits uint32
}

// place is a word from its anchor on.
type place struct {
	text  string
	key   uint16
	exact bool // capitals are not small letters
}

// link is a word's place in a table, with its first bytes from the anchor on
// and its last. The assembly knows its size.
type link struct {
	head, mask  uint64 // the mask is without the bits in which capitals differ
	tail, tmask uint64 // of the eight bytes that begin off bytes behind the anchor
	off         uint32
	key         uint16
}

// eight returns the eight bytes of the word from a place on, or fewer, and the
// bits of them that are known.
func (p *place) eight(at int) (x, mask uint64) {
	for i, c := range []byte(p.text[at:min(at+8, len(p.text))]) {
		x |= uint64(c) << (8 * i)
		known := uint64(0xff)
		if alpha(c) && !p.exact {
			known = 0xdf
		}
		mask |= known << (8 * i)
	}
	return x, mask
}

// maxTail is how far behind the anchor the last bytes that are compared begin:
// what they are is known there.
const maxTail = Lookahead - 8

// meets reports whether a word may stand where the text begins, of which head
// has the first eight bytes.
func (l *link) meets(head uint64, text []byte) bool {
	return (head^l.head)&l.mask == 0 && (binary.LittleEndian.Uint64(text[l.off:])^l.tail)&l.tmask == 0
}

// print returns a number that stands for the first bytes of a text.
func (t *table) print(text []byte) uint32 {
	return (binary.LittleEndian.Uint32(text[t.skip:]) | t.fold) & t.mask * multiplier
}

// has reports whether a word with a print may begin where the text does.
func (t *table) has(print uint32, text []byte) bool {
	if t.bits[print>>21]>>(print>>16&31)&1 == 0 {
		return false
	}
	n := &t.next[print>>21]
	return n.bits>>n.bit(binary.LittleEndian.Uint32(text[t.skip+4:]))&1 != 0
}

func (n *next) bit(text uint32) uint32 {
	return (text | caseless&(1<<32-1)) & n.mask * multiplier >> 27
}

// with returns the words that may have a print.
func (t *table) with(print uint32) []link {
	return t.links[t.chain[print>>21]:t.chain[print>>21+1]]
}

// layout says which bytes of words make their print.
type layout struct {
	skip, n int  // n bytes behind skip others
	cased   bool // no letters are among them
	sieved  bool
	tests   steps
}

// printed is a link with the print by which it is found.
type printed struct {
	link
	print uint32
	next  [4]byte // what stands behind the print
	n     int     // how many of these bytes the word has
}

// newTable makes a table of words. A word of one byte less than a print is put
// in with every byte that may follow.
func newTable(places []place, y layout) *table {
	if places == nil {
		return nil
	}
	t := &table{mask: uint32(1<<(8*y.n) - 1), fold: caseless & (1<<32 - 1), skip: uint64(y.skip)}
	if y.cased {
		t.fold = 0
	}
	if y.sieved {
		t.sieve = newSieve(places, y.n)
	}
	t.grid = newGrid(places, y.tests, t.fold != 0)
	var links []printed
	for _, p := range places {
		links = t.add(links, p, y.skip+y.n)
	}
	slices.SortStableFunc(links, func(a, b printed) int { return int(a.print>>21) - int(b.print>>21) })
	for i := range t.next {
		t.next[i].mask = 1<<32 - 1
	}
	for _, l := range links {
		t.links = append(t.links, l.link)
		t.chain[l.print>>21+1]++
		t.bits[l.print>>21] |= 1 << (l.print >> 16 & 31)
		t.next[l.print>>21].mask &= uint32(1<<(8*l.n) - 1)
	}
	for _, l := range links {
		n := &t.next[l.print>>21]
		n.bits |= 1 << n.bit(binary.LittleEndian.Uint32(l.next[:]))
	}
	for i := range chains {
		t.chain[i+1] += t.chain[i]
	}
	return t
}

// add appends the links of a word; n is where its print ends.
func (t *table) add(links []printed, p place, n int) []printed {
	var b [16]byte
	copy(b[:], p.text)
	l := link{key: p.key}
	l.head, l.mask = p.eight(0)
	if off := min(len(p.text)-8, maxTail); off > 0 {
		l.off = uint32(off)
		l.tail, l.tmask = p.eight(off)
	}
	behind := int(t.skip) + 4
	x := printed{link: l, n: min(max(len(p.text)-behind, 0), 4)}
	copy(x.next[:], b[behind:])
	if len(p.text) >= n {
		x.print = t.print(b[:])
		return append(links, x)
	}
	for c := range 256 {
		if c&0x20 != 0 || t.fold == 0 { // the same with and without the bit
			b[n-1] = byte(c)
			x.print = t.print(b[:])
			links = append(links, x)
		}
	}
	return links
}

// filter keeps those bits of n groups from src on whose text the table knows,
// and adds them to keyed.
func (t *table) filter(b, keyed *bitmap, src []byte, n int) {
	for i := range n {
		kept := uint64(0)
		for x := b[i+1]; x != 0; x &= x - 1 {
			k := trailing(x)
			text := src[i*groupLen+k:]
			print := t.print(text)
			if !t.has(print, text) {
				continue
			}
			head := binary.LittleEndian.Uint64(text)
			links := t.with(print)
			for j := range links {
				if links[j].meets(head, text) {
					kept |= 1 << k
					break
				}
			}
		}
		b[i+1] = kept
		keyed[i+1] |= kept
	}
}
