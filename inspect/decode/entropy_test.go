package decode_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/decode"
)

// entropyOf is the share of b that looks random.
func entropyOf(b []byte) float64 {
	var e decode.Entropy
	e.Write(b)
	e.Finish()
	return float64(e.Bytes()) / float64(len(b))
}

func ctr(n int) []byte {
	c, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		panic(err)
	}
	b := make([]byte, n)
	cipher.NewCTR(c, make([]byte, 16)).XORKeyStream(b, b)
	return b
}

// chinese makes prose of characters that are as frequent as words are.
func chinese(n int) string {
	r := rand.New(rand.NewPCG(7, 8))
	var b strings.Builder
	for b.Len() < n {
		k := 0x4e00 + int(float64(0x51a0)*math.Pow(r.Float64(), 3))
		b.WriteRune(rune(k))
		if r.IntN(12) == 0 {
			b.WriteString("，")
		}
	}
	return b.String()
}

func records(n int) []byte {
	r := rand.New(rand.NewPCG(9, 9))
	var b []byte
	for len(b) < n {
		b = fmt.Appendf(b, `{"id":%d,"name":"user%d","amount":%d.%02d,"note":"the order was shipped to the warehouse"}`+"\n", r.Uint32(), r.IntN(1e6), r.IntN(1e5), r.IntN(100))
	}
	return b
}

func packed(t testing.TB, name string, b []byte) []byte {
	var out bytes.Buffer
	var w interface {
		Write([]byte) (int, error)
		Close() error
	}
	var err error
	switch name {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w, err = flate.NewWriter(&out, 9)
	case "zstd":
		w, err = zstd.NewWriter(&out)
	case "xz":
		w, err = xz.NewWriter(&out)
	case "br":
		w = brotli.NewWriterLevel(&out, 5)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()[min(64, out.Len()):]
}

func TestEntropy(t *testing.T) {
	utf := chinese(60000)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(utf)
	if err != nil {
		t.Fatal(err)
	}
	var units, sine, floats, proto []byte
	for _, u := range utf16.Encode([]rune(utf)) {
		units = binary.LittleEndian.AppendUint16(units, u)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 30000 {
		sine = binary.LittleEndian.AppendUint16(sine, uint16(int16(9000*math.Sin(float64(i)/17))))
		floats = binary.LittleEndian.AppendUint64(floats, math.Float64bits(r.Float64()*1000))
		name := fmt.Sprintf("user %d of the warehouse", r.IntN(1e6))
		proto = append(append(append(proto, 0x0a, byte(len(name))), name...), 0x10, byte(r.Uint32())|0x80, byte(r.Uint32())&0x7f)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	elf, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	js := records(200000)
	tests := []struct {
		name      string
		data      []byte
		low, high float64
	}{
		{"AES in counter mode", ctr(64 << 10), 0.97, 1},
		{"gzip", packed(t, "gzip", js), 0.9, 1},
		{"deflate", packed(t, "deflate", []byte(utf)), 0.9, 1},
		{"zstd", packed(t, "zstd", js), 0.85, 1},
		{"xz", packed(t, "xz", js), 0.9, 1},
		{"br", packed(t, "br", js), 0.85, 1},
		{"base64 of AES", []byte(base64.StdEncoding.EncodeToString(ctr(48 << 10))), 0, 0},
		{"hexadecimal of AES", []byte(hex.EncodeToString(ctr(48 << 10))), 0, 0},
		{"Chinese in UTF-8", []byte(utf), 0, 0},
		{"Chinese in GB18030", []byte(gb), 0, 0},
		{"Chinese in UTF-16", units, 0, 0},
		{"JSON", js, 0, 0},
		{"machine code", elf[0x1000:min(len(elf), 2<<20)], 0, 0.02},
		{"sound", sine, 0, 0.01},
		{"protobuf with strings", proto, 0, 0},
		{"floating point", floats, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := entropyOf(tt.data)
			t.Logf("%.4f of %d bytes", got, len(tt.data))
			if got < tt.low || got > tt.high {
				t.Errorf("%.4f of %d bytes look random, want %v to %v", got, len(tt.data), tt.low, tt.high)
			}
		})
	}
	short := []struct {
		name      string
		data      []byte
		low, high float64
	}{
		{"AES", ctr(64 << 10), 0.97, 1}, {"JSON", js, 0, 0}, {"UTF-8", []byte(utf), 0, 0}, {"GB18030", []byte(gb), 0, 0}, {"UTF-16", units, 0, 0.001},
		{"base64", []byte(base64.StdEncoding.EncodeToString(ctr(48 << 10))), 0, 0}, {"machine code", elf[0x1000:min(len(elf), 1<<20)], 0, 0.02}, {"protobuf", proto, 0, 0},
	}
	for _, tt := range short {
		for _, n := range []int{128, 200, 300, 511} {
			var random, all float64
			for p := tt.data; len(p) >= n; p = p[n:] {
				random, all = random+entropyOf(p[:n]), all+1
			}
			t.Logf("%s in streams of %d bytes: %.4f", tt.name, n, random/all)
			if got := random / all; got < tt.low || got > tt.high {
				t.Errorf("%s: %.4f of streams of %d bytes look random, want %v to %v", tt.name, got, n, tt.low, tt.high)
			}
		}
	}
}

func TestEntropyInPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	data := append(append(records(5000)[:4900], ctr(9000)...), records(3000)...)
	for _, n := range []int{0, 127, 128, 400, 511, 512, 513, 7000, len(data)} {
		for _, from := range []int{0, 5000} {
			p := data[min(from, len(data)-n):][:n]
			whole := entropyOf(append(p[:n:n], 0)[:n]) * float64(n)
			for range 20 {
				var e decode.Entropy
				for q := p; len(q) > 0; {
					k := 1 + r.IntN(min(len(q), 700))
					e.Write(q[:k])
					q = q[k:]
				}
				if e.Finish(); n > 0 && math.Abs(float64(e.Bytes())-whole) > 0.01 {
					t.Fatalf("%d bytes: %d, whole %v", n, e.Bytes(), whole)
				}
			}
		}
	}
}

func FuzzEntropy(f *testing.F) {
	f.Add(ctr(1300), uint16(100))
	f.Fuzz(func(t *testing.T, p []byte, n uint16) {
		var a, b decode.Entropy
		a.Write(p)
		k := min(int(n), len(p))
		b.Write(p[:k])
		b.Write(p[k:])
		a.Finish()
		if b.Finish(); a.Bytes() != b.Bytes() || a.Bytes() > int64(len(p)) {
			t.Errorf("%d and %d of %d", a.Bytes(), b.Bytes(), len(p))
		}
	})
}

func BenchmarkEntropy(b *testing.B) {
	for _, x := range []struct {
		name string
		data []byte
	}{{"json", records(16 << 10)[:16<<10]}, {"chinese", []byte(chinese(16 << 10))[:16<<10]}, {"random", ctr(16 << 10)}} {
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(x.data)))
			var e decode.Entropy
			for b.Loop() {
				e.Write(x.data)
			}
		})
	}
}
