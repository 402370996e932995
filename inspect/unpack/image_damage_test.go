package unpack_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// TestImageDamaged holds that no picture looks read, whatever is broken, and
// that what stands behind its end comes out.
func TestImageDamaged(t *testing.T) {
	jpg, pn, gf := drawn(t)
	r := rand.New(rand.NewPCG(6, 1))
	for name, b := range map[string][]byte{
		"JPEG": append(append(bytes.Clone(jpg[:2]), segment(0xE1, "Exif\x00\x00"+string(exif(binary.BigEndian)))...), jpg[2:]...),
		"PNG":  pn, "GIF": gf, "TIFF": exif(binary.LittleEndian), "BigTIFF": bigTIFF(), "HEIC": heic(), "MP4": film(),
	} {
		for range 150 {
			c := bytes.Clone(b)
			if c[r.IntN(len(c))] ^= 1 << r.IntN(8); r.IntN(2) == 0 {
				c = c[:1+r.IntN(len(c))]
			}
			if got := whole(unpack.Image, c, roomy); got.misses[inspect.GapUnknownFormat] == 0 {
				t.Fatalf("%s: misses %v", name, got.misses)
			}
		}
		for _, tail := range []string{"PK\x03\x04 tel 13800138000", "\x1f\x8b\x08 tel 13800138000"} {
			got := whole(unpack.Image, append(bytes.Clone(b), tail...), roomy)
			if rest, ok := got.find(""); !ok || rest != tail {
				t.Errorf("%s: behind it came %q", name, got.parts)
			}
		}
	}
}

// TestImageBounds gives small files that claim much.
func TestImageBounds(t *testing.T) {
	_, pn, _ := drawn(t)
	jpg := []byte{0xFF, 0xD8}
	for range 20_000 {
		jpg = append(jpg, 0xFF, 0xFE, 0, 3, 'a')
	}
	le := binary.LittleEndian
	dirs := []byte("II*\x00\x08\x00\x00\x00") // a directory whose tags all lead to the same bytes
	dirs = append(dirs, 0xFF, 0x7F)
	for range 0x7FFF {
		dirs = append(dirs, 0, 0xC0, 7, 0)
		dirs = le.AppendUint32(le.AppendUint32(dirs, 380_000), 8)
	}
	many := bytes.Repeat(pn, 2000)
	for name, b := range map[string][]byte{"comments": jpg, "one place many times": dirs, "many pictures": many} {
		if _, spent := sqliteTakes(unpack.Image, b, roomy); spent > time.Minute {
			t.Errorf("%s: %v", name, spent)
		}
	}
}
