package unpack

import "encoding/binary"

// protoField is one field: its wire type, its number as an integer or its bytes.
type protoField struct {
	num  uint64
	wire byte
	v    uint64
	data []byte
}

// nextField cuts one field off b; n is 0 where none begins there.
func nextField(b []byte) (f protoField, n int) {
	tag, n := binary.Uvarint(b)
	if n <= 0 || tag>>3 == 0 || tag>>3 >= 1<<29 {
		return f, 0
	}
	f.num, f.wire = tag>>3, byte(tag&7)
	rest := b[n:]
	switch f.wire {
	case 0:
		v, k := binary.Uvarint(rest)
		if k <= 0 {
			return f, 0
		}
		f.v = v
		return f, n + k
	case 1:
		if len(rest) < 8 {
			return f, 0
		}
		f.v = binary.LittleEndian.Uint64(rest)
		return f, n + 8
	case 2:
		size, k := binary.Uvarint(rest)
		if k <= 0 || size > uint64(len(rest)-k) {
			return f, 0
		}
		f.data = rest[k : k+int(size)]
		return f, n + k + int(size)
	case 3, 4: // marks around a group
		return f, n
	case 5:
		if len(rest) < 4 {
			return f, 0
		}
		return f, n + 4
	}
	return f, 0
}

// isMessage tells whether all of b is fields.
func isMessage(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	for len(b) > 0 {
		f, n := nextField(b)
		if n == 0 || f.num > 1<<18 {
			return false
		}
		b = b[n:]
	}
	return true
}
