package unpack_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func protoBytes(num int, s string) []byte {
	b := binary.AppendUvarint(nil, uint64(num)<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func protoNumber(num int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(num)<<3), v)
}

func joined(b ...[]byte) []byte { return bytes.Join(b, nil) }

func TestProtobuf(t *testing.T) {
	person := joined(protoBytes(1, "张三"), protoNumber(2, 13800138000), protoBytes(3, "\xD5\xC5\xC8\xFD"))
	tests := []struct {
		name string
		b    []byte
		want string
		miss inspect.GapReason
	}{
		{"text and numbers", person, "张三\t13800138000\t\xD5\xC5\xC8\xFD\n", ""},
		{"a message within", protoBytes(1, string(person)), "张三\t13800138000\t", ""},
		{"small numbers are left out", joined(protoNumber(1, 42), protoBytes(2, "x")), "x\n", ""},
		{"a fixed number", joined([]byte{0x09}, binary.LittleEndian.AppendUint64(nil, 13800138000)), "13800138000\n", ""},
		{"a packed list", protoBytes(4, string(binary.AppendUvarint(binary.AppendUvarint(nil, 13800138000), 13900139000))), "13900139000\n", ""},
		{"a group", joined([]byte{0x0B}, protoBytes(2, "in a group"), []byte{0x0C}), "in a group\n", ""},
		{"broken off", joined(person, []byte("\x0A\x7Frest")), "rest", inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Protobuf, tt.b, roomy)
			if got, _ := c.find("fields"); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
			if n := len(c.misses); n > 0 != (tt.miss != "") || tt.miss != "" && c.misses[tt.miss] == 0 {
				t.Errorf("misses %v, want %q", c.misses, tt.miss)
			}
		})
	}
}

func TestLooksLikeProtobuf(t *testing.T) {
	person := joined(protoBytes(1, "张三"), protoNumber(2, 13800138000), protoNumber(3, 7))
	many := bytes.Repeat(protoBytes(1, string(person)), 50)
	for name, b := range map[string][]byte{"a message": person, "many": many, "the head of many": many[:512]} {
		if !unpack.LooksLikeProtobuf(b) {
			t.Errorf("%s: not known", name)
		}
	}
	for _, b := range []string{"", "\n\n\n\n", "hello, world\n", "{\"a\":1}", "\n\x01a", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "\xFF\xD8\xFF\xE0", "PK\x03\x04\x14\x00", "\x00\x00\x00\x00\x00\x00\x00\x00", "\x08\x01\x10\x02"} {
		if unpack.LooksLikeProtobuf([]byte(b)) {
			t.Errorf("%q taken for a message", b)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 200000 {
		b := make([]byte, 16+r.IntN(200))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if unpack.LooksLikeProtobuf(b) {
			taken++
		}
	}
	if taken > 2 {
		t.Errorf("%d of 200000 random heads taken for a message", taken)
	}
}

func FuzzProtobuf(f *testing.F) {
	f.Add(joined(protoBytes(1, "x"), protoNumber(2, 1e12)))
	f.Fuzz(func(t *testing.T, b []byte) {
		unpack.LooksLikeProtobuf(b)
		keepsBudget(t, unpack.Protobuf, b)
	})
}
