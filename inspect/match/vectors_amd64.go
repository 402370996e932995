package match

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
		same('_'), set(`.+/\`), same('@'),
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

// classTables are the constants of classifyAVX512: what bytes below and above
// 0x80 are, by the bits of classes, and what those one and two bytes on are.
type classTables struct {
	low, high, second, third [128]byte
	bits                     [8]byte
	at                       byte
}

var tables = func() (t classTables) {
	for i := range 128 {
		low, high := classes[i], classes[i+128]
		t.low[i] = byte(low) | byte(low/bitOdd&1*bitHigh)
		t.high[i] = byte(high >> 8)
		c := byte(i + 128)
		if second(c) {
			t.second[i] |= bitLead >> 8
		}
		if c == 0xbc {
			t.second[i] |= bitWide >> 8
		}
		if prose(c) {
			t.third[i] |= bitWide >> 8
		}
		if c == 0xa3 {
			t.third[i] |= bitA3 >> 8
		}
	}
	for i := range t.bits {
		t.bits[i] = 1 << i
	}
	t.at = '@'
	return t
}()
