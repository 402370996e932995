package unpack_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/unpack"
)

// thriftNumbers makes a structure of numbers: pairs of a field and its value.
func thriftNumbers(pairs ...int64) (b []byte) {
	last := int64(0)
	for i := 0; i < len(pairs); i += 2 {
		b = append(b, byte(pairs[i]-last)<<4|5)
		last = pairs[i]
		b = binary.AppendVarint(b, pairs[i+1])
	}
	return b
}

// parquetClaims makes a file of one column of a few bytes and a page that
// claims to hold much, in so many row groups.
func parquetClaims(codec, encoding, values, size int64, page []byte, groups int) []byte {
	head := thriftNumbers(1, 0, 2, size, 3, int64(len(page)))
	head = append(append(append(head, 0x2C), thriftNumbers(1, values, 2, encoding, 3, 3, 4, 3)...), 0, 0)
	b := append(append([]byte("PAR1"), head...), page...)
	packed := int64(len(head) + len(page))
	foot := append([]byte{0x15, 2, 0x19, 0x2C}, 0x48, 1, 'r', 0x15, 2, 0) // a root with one child
	foot = append(foot, 0x15, 4, 0x25, 2, 0x18, 1, 'c', 0)                // INT64, optional, c
	foot = append(append(foot, thriftNumbers(1, values*int64(groups))...), 0x19, 0xFC)
	foot = binary.AppendUvarint(foot, uint64(groups))
	for range groups {
		meta := append(append([]byte{0x15, 4, 0x19, 0x05, 0x19, 0x08}, thriftNumbers(1, codec, 2, values, 3, size, 4, packed, 6, 4)...), 0)
		foot = append(append(append(foot, 0x19, 0x1C, 0x3C), meta...), 0)
		foot = append(append(foot, thriftNumbers(1, size, 2, values)...), 0)
	}
	foot = append(foot, 0)
	b = append(b, foot...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(foot))), "PAR1"...)
}

// TestParquetBounds gives small files that claim much: none may take memory
// or time by what it claims, and none may look read.
func TestParquetBounds(t *testing.T) {
	nulls := append([]byte{6, 0, 0, 0}, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0) // 2^31 of nothing
	ones := append([]byte{6, 0, 0, 0}, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 1)
	deltas := append(append([]byte{}, ones...), 0x80, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF, 7, 2)
	tests := map[string][]byte{
		"rows of nothing":      parquetClaims(0, 0, 1<<31-1, int64(len(nulls)), nulls, 1),
		"values of no bits":    parquetClaims(0, 5, 1<<31-1, int64(len(deltas)), deltas, 1),
		"a page of any size":   parquetClaims(6, 0, 1<<31-1, 1<<31-1, nulls, 1),
		"many pages of a size": parquetClaims(1, 0, 10, 20<<20, []byte{0x80, 0x80, 0x80, 10, 0}, 5000),
		"many times one page":  parquetClaims(0, 0, 1<<20, int64(len(nulls)), nulls, 5000),
	}
	for name, b := range tests {
		used, spent := sqliteTakes(unpack.Parquet, b, roomy)
		if used > 256<<20 || spent > time.Minute {
			t.Errorf("%s: %d bytes allocated, %v", name, used, spent)
		}
		if c := whole(unpack.Parquet, b, unpack.Limits{Entries: 9, Memory: 1 << 20, Bytes: 1 << 20, Budget: tightBudget(len(b))}); len(c.misses) == 0 {
			t.Errorf("%s: %d bytes look read", name, len(b))
		}
		t.Logf("%s: %d MiB, %v", name, used>>20, spent)
	}
}
