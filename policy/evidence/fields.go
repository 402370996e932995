package evidence

import (
	"encoding/binary"
	"errors"
)

// What is encrypted is a row of fields, each with its length before it. It is
// made in one buffer of the right size, so that no copy of it is left behind.

// sizeOf is how many bytes fields need.
func sizeOf(fields ...[]byte) int {
	n := 0
	for _, f := range fields {
		n += 4 + len(f)
	}
	return n
}

func pack(fields ...[]byte) []byte {
	out := make([]byte, 0, sizeOf(fields...))
	for _, f := range fields {
		out = binary.BigEndian.AppendUint32(out, uint32(len(f)))
		out = append(out, f...)
	}
	return out
}

var errFields = errors.New("evidence: what was encrypted has another form")

// unpack returns the fields; they share memory with b.
func unpack(b []byte, most int) ([][]byte, error) {
	var out [][]byte
	for len(b) > 0 {
		if len(b) < 4 || len(out) == most {
			return nil, errFields
		}
		n := binary.BigEndian.Uint32(b)
		if uint64(n) > uint64(len(b)-4) {
			return nil, errFields
		}
		out = append(out, b[4:4+n])
		b = b[4+n:]
	}
	return out, nil
}
