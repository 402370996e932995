package unpack_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// tokens are the lines that come out of data written in pieces of n bytes.
func tokens(t *testing.T, data string, n int) (out []string) {
	k := unpack.NewTokens(func(text []byte, at decode.Span) {
		value := data[at.From:at.To]
		if !strings.HasSuffix(string(text), " "+value) {
			t.Errorf("%q does not stand at %v", text, at)
		}
		out = append(out, string(text))
	})
	for p := range slices.Chunk([]byte(data), n) {
		k.Write(p)
	}
	k.Finish()
	return out
}

func TestTokens(t *testing.T) {
	const id, tel, card = "11010119900307234X", "13800138000", "6222024838266925121"
	long := func(s string) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s }
	tests := []struct {
		name, data, want string
	}{
		{"marshal of python", "(z\x05phonez\x0b" + tel + "z\x12" + id + "u", "phone " + tel + "|" + id},
		{"a serialized object of Java", "t\x00\x05phonet\x00\x0b" + tel + "t\x00\x04name", "phone " + tel},
		{"terms of Erlang", "m\x00\x00\x00\x0b" + tel + "m\x00\x00\x00\x0b" + tel + "j", tel + "|" + tel},
		{"a length in four bytes", "u" + long(tel) + "u" + long("x"), tel},
		{"a length and a type in one byte", "\x8f\xb7r" + id + "ies\xe6\x89\x8b", id},
		{"a number behind it", "\xab" + tel + "7\x01", tel},
		{"a field of protocol buffers behind it", "*\x13" + card + "2!\xe7", card},
		{"the mark of the next value", "\x06\x17" + tel + "d\x05", tel},
		{"a mark before it", "\x00S" + tel + "\x00", tel},
		{"text that stands free", "\x0b" + tel + "\x00 " + tel + "\x00", ""},
		{"a word of a program", "\x00abc" + tel + "\x00v" + tel + "abc\x00", ""},
		{"the time of a certificate", "0\x1e\x17\x0d240102030405Z\x17\x0d250102030405Z0", ""},
		{"a name with a number", "\x00libfoo-12345678901a.so\x00", ""},
		{"too many digits", "\x01z" + strings.Repeat("123456789", 20) + "z\x01", ""},
		{"too few", "z\x0a1234567890z\x01", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 7, 4096} {
				got := tokens(t, strings.Repeat("\x00", n)+tt.data, n)
				want := strings.Split(tt.want, "|")
				if tt.want == "" {
					want = nil
				}
				if len(got) != len(want) {
					t.Fatalf("in pieces of %d: got %q, want %q", n, got, want)
				}
				for i := range got {
					if !strings.HasSuffix(got[i], " "+want[i]) {
						t.Errorf("in pieces of %d: got %q, want %q", n, got, want)
					}
				}
			}
		})
	}
}

// TestTokensKeepsAll writes many values in the ways of such formats, wherever
// the pieces end.
func TestTokensKeepsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	var want []string
	for i := range 3000 {
		v := fmt.Sprint(13800138000+i, strings.Repeat("7", r.IntN(9)))
		want = append(want, v)
		b.WriteString("z" + string(rune(len(v))) + v + "z\x03a\xe6\x89" + strings.Repeat("\x00", r.IntN(80)))
	}
	got := tokens(t, b.String(), 1000)
	if len(got) != len(want) {
		t.Fatalf("got %d, want %d", len(got), len(want))
	}
	for i := range got {
		if !strings.HasSuffix(got[i], " "+want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func BenchmarkTokens(b *testing.B) {
	data := make([]byte, 1<<20)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	k := unpack.NewTokens(func([]byte, decode.Span) {})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		k.Write(data)
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("(z\x0b13800138000z\x12110101199003072342", 3)
	f.Fuzz(func(t *testing.T, data string, n int) {
		whole := tokens(t, data, max(len(data), 1))
		if pieces := tokens(t, data, 1+n&63); !slices.Equal(whole, pieces) {
			t.Errorf("whole %q, in pieces %q", whole, pieces)
		}
	})
}
