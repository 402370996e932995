package match

import "golang.org/x/sys/cpu"

var hasAssembly = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT

func (s *Stream) fill(m *maps, at int, src []byte, n int) {
	if s.plain {
		classifyGo(m, at, src, n)
	} else if n > 0 {
		_ = src[n*groupLen+3]
		classifyAVX2(m, at, &src[0], n, &vectors)
	}
}

func (s *Stream) combine(m *maps, n int) {
	if s.plain {
		combineGo(m, n)
	} else {
		combineAVX2(m, n)
	}
}

func (t *table) filterFast(b, keyed *bitmap, src []byte, n int) {
	_ = src[n*groupLen+7]
	if t.mask == 1<<32-1 {
		filter4(b, keyed, &src[0], n, t)
	} else {
		filterN(b, keyed, &src[0], n, t)
	}
}

func (s *sieve) keepFast(b *bitmap, src []byte, n int) {
	_ = src[n*groupLen+3]
	keepAVX2(b, &src[0], n, s)
}

// classifyAVX2 is classifyGo. It reads up to three bytes behind the groups.
//
//go:noescape
func classifyAVX2(m *maps, at int, src *byte, n int, v *[vectorCount][32]byte)

// combineAVX2 is combineGo for four groups at a time: it may fill up to three
// places behind n.
//
//go:noescape
func combineAVX2(m *maps, n int)

// filter4 is table.filter for prints of four bytes, filterN of any number. They read up to eight bytes behind the groups.
//
//go:noescape
func filter4(b, keyed *bitmap, src *byte, n int, t *table)

//go:noescape
func filterN(b, keyed *bitmap, src *byte, n int, t *table)

// keepAVX2 is sieve.keep. It reads one byte behind the groups.
//
//go:noescape
func keepAVX2(b *bitmap, src *byte, n int, s *sieve)

const vectorCount = 25

// vectors are the constants of classifyAVX2. A byte c is in a range that ends
// at z if c+0x7f-z, as a signed number, is greater than that of the byte before
// the range. A byte is in a set without two of the same lower four bits if the
// set's vector has it at the place of its lower four bits.
var vectors = func() (v [vectorCount][32]byte) {
	var all [vectorCount]func(i byte) byte
	same := func(b byte) func(byte) byte { return func(byte) byte { return b } }
	set := func(members string) func(byte) byte {
		return func(i byte) byte {
			for k := range len(members) {
				if members[k]&15 == i {
					return members[k]
				}
			}
			return (i + 1) & 15 // no byte with these lower bits
		}
	}
	all = [vectorCount]func(byte) byte{
		same(0x7f - '9'), same(0x7f - 10), // digits
		same(0x20), same(0x7f - 'z'), same(0x7f - 26), // letters
		same(0x7f - 'Z'), // capitals
		same('_'), same('.'), same('@'),
		set(" -."), set(":-"), set(`\%&`),
		same(0x0f),
		same(0x96), same(0x7f - 6), same(0x7f - 8), // E4 to E9, E2 to E9
		same(0x81), same(0x40), // C0 to FE
		same(0xef), set("\xe2\xe3\xef"), same(0xbc), same(0xa3),
		set("\x81\x88\x89\x8c\x9a\x9b\x9f"), set("\xe3\xe4\xe5\xe9"), set("\x80\x85\x9b\xb8\xb9\xba"),
	}
	for k, f := range all {
		for i := range byte(32) {
			v[k][i] = f(i & 15)
		}
	}
	return v
}()
