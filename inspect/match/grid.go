package match

import "math/bits"

// grid knows roughly which bytes begin a word, better than a sieve: by two or
// three tests of two bytes each, one of them the same in all. The assembly
// knows its layout.
type grid struct {
	first, second uint64 // matrices that make of two bytes the place in a row of bits
	shared        uint64 // how far behind the anchor the second byte stands
	at            [tests]uint64
	bits          [tests][128]byte
}

const tests = 3

// steps says how far behind the anchor stand the second byte of all tests and
// the first of each; the last may be the second again: then it is no test.
type steps [1 + tests]uint64

// newGrid makes a grid of words. If fold is set it does not tell capitals from
// small letters.
func newGrid(places []place, at steps, fold bool) *grid {
	g := &grid{shared: at[0], at: [tests]uint64(at[1:])}
	var first, second [8]byte // by bits of the place: the bits of the byte that change it
	for i := range 7 {
		first[i] = 1 << i
	}
	for i := 2; i < 7; i++ {
		second[i] = 1 << (9 - i)
	}
	if fold {
		first[5], second[4] = 0, 0
	}
	for i := range 8 {
		g.first |= uint64(first[i]) << (56 - 8*i)
		g.second |= uint64(second[i]) << (56 - 8*i)
	}
	for k, step := range g.at {
		for _, p := range places {
			for _, b := range values(p.text, g.shared) {
				for _, a := range values(p.text, step) {
					g.bits[k][g.place(a, b)] |= 1 << (b & 7)
				}
			}
		}
	}
	return g
}

// values returns which bytes may stand at a place of a word.
func values(text string, at uint64) []byte {
	if at < uint64(len(text)) {
		c := text[at]
		if alpha(c) {
			return []byte{c, c ^ 0x20}
		}
		return []byte{c}
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

// place is what the assembly does with the two bytes of a test.
func (g *grid) place(a, b byte) (at byte) {
	for i := range 7 {
		x, y := a&byte(g.first>>(56-8*i)), b&byte(g.second>>(56-8*i))
		at |= byte((bits.OnesCount8(x)+bits.OnesCount8(y))&1) << i
	}
	return at
}
