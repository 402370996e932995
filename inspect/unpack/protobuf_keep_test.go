package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// TestProtobufKeepsAll puts a number into each place that a message has.
func TestProtobufKeepsAll(t *testing.T) {
	const tel = 13800138000
	varint := func(v uint64) string { return string(binary.AppendUvarint(nil, v)) }
	fixed := func(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }
	frame := func(flag byte, s string) string {
		return string(flag) + string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s
	}
	inner := string(joined(protoBytes(1, "李四"), protoNumber(2, tel)))
	tests := []struct {
		name, b, want string
	}{
		{"a varint", string(protoNumber(9, tel)), "13800138000"},
		{"zigzag", string(protoNumber(9, 2*tel)), "13800138000"},
		{"fixed", "\x09" + fixed(tel), "13800138000"},
		{"a double", "\x09" + fixed(math.Float64bits(tel)), "13800138000"},
		{"a packed list of one", string(protoBytes(3, varint(tel))), "13800138000"},
		{"a packed list of fixed ones", string(protoBytes(3, fixed(7)+fixed(tel))), "13800138000"},
		{"packed doubles", string(protoBytes(3, fixed(math.Float64bits(1.5))+fixed(math.Float64bits(tel)))), "13800138000"},
		{"a packed list that is UTF-8", string(protoBytes(3, varint(0x70|0x1F<<7|0x18<<14|0x33<<28))), "13690605552"},
		{"a string behind a digit", string(protoBytes(6, strings.Repeat("x", 45)+" 13800138000")), "\n" + strings.Repeat("x", 45)},
		{"a message in a message", string(protoBytes(1, string(protoBytes(1, inner)))), "李四\t13800138000"},
		{"a message that is text as well", string(protoBytes(1, string(protoBytes(14, "\"李\"")))), "\"李\""},
		{"GB18030", string(protoBytes(1, "\xD5\xC5\xC8\xFD tel 13800138000")), "\xD5\xC5\xC8\xFD tel 13800138000"},
		{"frames of gRPC", frame(0, inner) + frame(0, inner), "李四\t13800138000\n李四"},
		{"a frame that is packed", frame(1, "\x1f\x8b\x08xxxxxxxxx"), "\x1f\x8b\x08xxxxxxxxx"},
		{"messages with their lengths", varint(uint64(len(inner))) + inner + varint(uint64(len(inner))) + inner, "李四\t13800138000\n李四"},
		{"a compressed field", string(protoBytes(5, zlibbed("hidden"))), zlibbed("hidden")},
		{"a field that comes again", string(joined(protoBytes(1, "13800138000"), protoBytes(1, "13900139000"))), "13800138000\n13900139000"},
		{"a long text of lines", string(protoBytes(1, strings.Repeat("a: b\n", 80))), strings.Repeat("a: b\n", 80)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Protobuf, []byte("\x0a\x01x"+tt.b), roomy)
			if strings.Contains(tt.name, "frame") || strings.HasPrefix(tt.name, "messages") {
				c = whole(unpack.Protobuf, []byte(tt.b), roomy)
			}
			for i := range c.parts {
				c.parts[i].data = append([]byte("\n"), c.parts[i].data...)
				c.parts[i].data = bytes.ReplaceAll(c.parts[i].data, []byte("x\t"), []byte("x\n"))
			}
			if !c.holds(tt.want) || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", c.parts, c.misses, tt.want)
			}
		})
	}
	if c := whole(unpack.Protobuf, []byte(frame(1, "snappy or so")), roomy); c.misses[inspect.GapUnknownFormat] == 0 {
		t.Errorf("a frame packed in an unknown way: misses %v", c.misses)
	}
}

// TestProtobufDamaged cuts a message and breaks its bytes.
func TestProtobufDamaged(t *testing.T) {
	var b []byte
	for i := range 40 {
		b = append(b, protoBytes(1, string(joined(protoBytes(1, fmt.Sprint("name", i)), protoNumber(2, 13800138000+uint64(i)))))...)
	}
	for n := range len(b) {
		c := whole(unpack.Protobuf, b[:n], roomy)
		if gone := n / 18; len(c.misses) == 0 && gone > 1 && !c.holds(fmt.Sprint(13800138000+gone-2)) {
			t.Errorf("cut at %d: misses %v", n, c.misses)
		}
	}
}

// TestLooksLikeOther counts how often other content is taken for a message.
func TestLooksLikeOther(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	var pic bytes.Buffer
	dots := image.NewGray(image.Rect(0, 0, 300, 300))
	for i := range dots.Pix {
		dots.Pix[i] = byte(r.Uint32())
	}
	_ = jpeg.Encode(&pic, dots, nil)
	zipped := zlibbed(strings.Repeat(pic.String(), 2))
	text := strings.Repeat("姓名,电话\n张三,13800138000\r\nThe quick brown fox\t\x1b[0m\x00 jumps\n", 4000)
	for name, b := range map[string]string{"a picture": pic.String(), "packed bytes": zipped, "text": text} {
		taken, n := 0, 0
		for i := 0; i+512 < len(b); i += 7 {
			n++
			if unpack.LooksLikeProtobuf([]byte(b[i : i+512])) {
				taken++
			}
		}
		if t.Logf("%s: %d of %d", name, taken, n); taken > n/5000 {
			t.Errorf("%s: %d of %d heads taken for a message", name, taken, n)
		}
	}
}

func BenchmarkLooksLikeProtobuf(b *testing.B) {
	person := joined(protoBytes(1, "张三"), protoNumber(2, 13800138000), protoNumber(3, 7))
	head := bytes.Repeat(protoBytes(1, string(person)), 50)[:512]
	noise := make([]byte, 512)
	r := rand.New(rand.NewPCG(4, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, h := range map[string][]byte{"message": head, "noise": noise} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				unpack.LooksLikeProtobuf(h)
			}
		})
	}
}
