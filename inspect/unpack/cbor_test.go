package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// cborOf writes the head of an item and what is in it.
func cborOf(major byte, arg uint64, inner ...string) string {
	b := []byte{major<<5 | 27}
	switch {
	case arg < 24:
		b[0] = major<<5 | byte(arg)
	case arg < 1<<8:
		b = []byte{major<<5 | 24, byte(arg)}
	case arg < 1<<16:
		b = binary.BigEndian.AppendUint16([]byte{major<<5 | 25}, uint16(arg))
	default:
		b = binary.BigEndian.AppendUint64(b, arg)
	}
	return string(b) + strings.Join(inner, "")
}

func cborStr(s string) string         { return cborOf(3, uint64(len(s)), s) }
func cborBin(s string) string         { return cborOf(2, uint64(len(s)), s) }
func cborList(items ...string) string { return cborOf(4, uint64(len(items)), items...) }
func cborDict(items ...string) string { return cborOf(5, uint64(len(items)/2), items...) }

func TestCBOR(t *testing.T) {
	const tel = "13800138000"
	number := cborOf(0, 13800138000)
	double := string(binary.BigEndian.AppendUint64(nil, math.Float64bits(13800138000)))
	tests := []struct {
		name, b, want string
		miss          inspect.GapReason
	}{
		{"a map", cborDict(cborStr("姓名"), cborStr("张三"), cborStr("tel"), cborStr(tel)), "姓名: 张三\ttel: " + tel + "\n", ""},
		{"rows", cborList(cborList(cborStr("a"), cborStr("b")), cborList(cborOf(0, 1), number)), "a\tb\n1\t" + tel + "\n", ""},
		{"a number", cborList(number), tel, ""},
		{"the highest", cborList(cborOf(0, math.MaxUint64)), "18446744073709551615", ""},
		{"a negative number", cborList(cborOf(1, 13800137999)), "-" + tel, ""},
		{"a number as key", cborDict(number, cborOf(0, 1)), tel + ": 1", ""},
		{"a text in pieces", "\x7f" + cborStr("13800") + cborStr("138000") + "\xff", tel, ""},
		{"lists without a length", "\x9f\xbf" + cborStr("k") + cborStr(tel) + "\xff\xff", "k: " + tel, ""},
		{"a double", "\xfb" + double, tel, ""},
		{"a big number", "\xc2" + cborBin("\x00\x00\x00\x03\x36\x8d\x65\x50"), "13800138064", ""},
		{"a decimal fraction", "\xc4" + cborList("\x22", cborOf(0, 13800138000000)), tel + ".000", ""},
		{"one of thousands", "\xc4" + cborList("\x03", cborOf(0, 13800138)), tel, ""},
		{"one of powers of two", "\xc5" + cborList("\x04", cborOf(0, 13800138000/16)), tel, ""},
		{"items in bytes", "\xd8\x18" + cborBin(cborDict(cborStr("k"), number)), "k: " + tel, ""},
		{"claims of COSE", "\xd2" + cborList(cborBin(""), "\xa0", cborBin(cborDict(cborOf(0, 4), number)), cborBin("\x00\x01sig")), "4: " + tel, ""},
		{"what COSE encrypts", "\xd0" + cborList(cborBin(""), "\xa0", cborBin("\x00\x01")), "\x00\x01", inspect.GapEncrypted},
		{"that without its tag", cborList(cborBin(""), "\xa0", cborBin("\x00\x01")), "\x00\x01", inspect.GapEncrypted},
		{"a typed array", "\xd8\x43" + cborBin("\x00\x00\x00\x03\x36\x8d\x65\x50"), "13800138064", ""},
		{"a typed array of doubles", "\xd8\x52" + cborBin(double), tel, ""},
		{"text in bytes", cborBin("\xD5\xC5\xC8\xFD " + tel), "\xD5\xC5\xC8\xFD " + tel, ""},
		{"UTF-16 in bytes", cborBin("1\x003\x008\x000\x000\x001\x00"), "1\x003\x008\x000\x000\x001\x00", ""},
		{"compressed bytes", cborBin(zlibbed(tel)), zlibbed(tel), ""},
		{"items one behind the other", cborDict(cborStr("k"), number) + cborDict(cborStr("l"), number), "k: " + tel + "\nl: " + tel, ""},
		{"broken off", cborList(cborStr("a"), "\x78\x7f"+tel), tel, inspect.GapBroken},
		{"too few", "\x84" + cborStr(tel), tel, inspect.GapBroken},
		{"a length that is too high", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff" + cborStr(tel), tel, inspect.GapBroken},
		{"a list that ends too early", cborList(cborStr("a")) + cborStr(tel), tel, inspect.GapBroken},
		{"too deep", strings.Repeat("\x81", 1000) + cborStr(tel), tel, inspect.GapLimitDepth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.CBOR, []byte(tt.b), roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 != (tt.miss != "") || tt.miss != "" && c.misses[tt.miss] == 0 {
				t.Errorf("got %q, misses %v, want %q and %q", c.parts, c.misses, tt.want, tt.miss)
			}
		})
	}
}

// person is a map of CBOR that holds marks.
func cborPerson(i int) string {
	return cborDict(cborStr("name"), cborStr(fmt.Sprint("mark", i, "a")), cborStr("no"), cborOf(0, 13800138000+uint64(i)),
		cborStr("raw"), cborBin(fmt.Sprint("\x00mark", i, "b")), cborStr("list"), cborList(cborStr(fmt.Sprint("mark", i, "c")), "\xf6"))
}

// TestCBORDamaged cuts a file and changes bytes of its structure.
func TestCBORDamaged(t *testing.T) {
	var people, marks, own []string
	for i := range 8 {
		own = append(own, cborOf(0, 13800138000+uint64(i)))
		people = append(people, cborPerson(i))
		marks = append(marks, fmt.Sprint("mark", i, "a"), fmt.Sprint("mark", i, "b"), fmt.Sprint("mark", i, "c"), fmt.Sprint(13800138000+i))
	}
	damaged(t, unpack.CBOR, []byte(cborList(people...)), marks, own)
}

// damaged holds that no mark of a damaged file is lost without a word. Bytes
// that are marks, as they are or as in own, are not changed.
func damaged(t *testing.T, f unpack.Whole, b []byte, marks, own []string) {
	t.Helper()
	check := func(what string, b []byte) {
		c := whole(f, b, roomy)
		lost := slices.DeleteFunc(slices.Clone(marks), c.holds)
		if len(lost) > 0 && len(c.misses) == 0 {
			t.Errorf("%s: %d are lost without a word, such as %q", what, len(lost), lost[0])
		}
	}
	if check("as it is", b); len(whole(f, b, roomy).misses) > 0 {
		t.Errorf("a sound file: %v", whole(f, b, roomy).misses)
	}
	for n := 1; n < len(b); n++ {
		check(fmt.Sprint("cut at ", n), b[:n])
	}
	keep := make([]bool, len(b))
	for _, s := range append(own, marks...) {
		for i := bytes.Index(b, []byte(s)); i >= 0 && i < len(b); i++ {
			if bytes.HasPrefix(b[i:], []byte(s)) {
				copy(keep[i:], slices.Repeat([]bool{true}, len(s)))
			}
		}
	}
	r := rand.New(rand.NewPCG(7, 11))
	for range 600 {
		c := bytes.Clone(b)
		i := r.IntN(len(c))
		if keep[i] {
			continue
		}
		c[i] ^= 1 << r.IntN(8)
		check(fmt.Sprintf("byte %d is %#x", i, c[i]), c)
	}
}

func TestLooksCBOR(t *testing.T) {
	var rows []string
	for i := range 40 {
		rows = append(rows, cborPerson(i))
	}
	plain := cborDict(cborStr("name"), cborStr("zhang"), cborStr("city"), cborStr("杭州"), cborStr("phone"), cborStr("13800138000"))
	for name, b := range map[string]string{
		"a list of maps": cborList(rows...), "a map": plain, "maps without control characters": cborList(slices.Repeat([]string{plain}, 20)...),
		"a tag": "\xd9\xd9\xf7" + cborList(cborOf(0, 1)), "numbers": cborList(cborOf(0, 13800138000), cborOf(0, 13900139000), cborOf(0, 13900139001)),
		"a token": "\xd2" + cborList(cborBin("\xa1\x01\x26"), "\xa0", cborBin(plain), cborBin("sig")) + plain,
	} {
		if !unpack.LooksCBOR([]byte(b[:min(len(b), 264)])) {
			t.Errorf("%s is not known", name)
		}
	}
	r, taken := rand.New(rand.NewPCG(3, 1)), 0
	for range 200000 {
		b := make([]byte, []int{8, 20, 60, 264}[r.IntN(4)])
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if b[0] = 0x80 | b[0]&0x3f; unpack.LooksCBOR(b) {
			taken++
		}
	}
	for _, s := range []string{"", "\x80", "你好，世界\n姓名,电话\n张三,13800138000\n", "\xB0\xB4\xD5\xD5\xD5\xC5\xC8\xFD 13800138000\r\n", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 password", "PK\x03\x04", "\x89PNG\r\n\x1a\n"} {
		if unpack.LooksCBOR([]byte(s)) || unpack.LooksCBOR([]byte(strings.Repeat(s, 20)[:min(264, 20*len(s))])) {
			t.Errorf("%q taken for CBOR", s)
		}
	}
	if taken > 0 {
		t.Errorf("%d of 200000 random heads taken for CBOR", taken)
	}
}

func FuzzCBOR(f *testing.F) {
	f.Add([]byte(cborList(cborPerson(1), "\xc4"+cborList("\x22", cborOf(0, 1e12)), "\xd8\x43"+cborBin("12345678"), "\x7f\x61a\xff")))
	f.Add([]byte("\xd0" + cborList(cborBin("\xa0"), "\xa0", cborBin("\x00"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		unpack.LooksCBOR(b)
		keepsBudget(t, unpack.CBOR, b)
	})
}
