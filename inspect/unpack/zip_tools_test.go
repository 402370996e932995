package unpack_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// noise is text that no method stores as it is, with a mark at its end.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < n {
		b.WriteString([]string{"alpha ", "beta ", "gamma\n", "delta", "1", "22 "}[r.IntN(6)])
	}
	return b.String() + mark
}

func TestZipOfOtherPrograms(t *testing.T) {
	dir := t.TempDir()
	text := noise(50_000)
	put(t, dir, "a.txt", text)
	tests := []struct {
		name string
		args []string
		gap  inspect.GapReason
	}{
		{"7z deflate", []string{"7z", "a", "-tzip", "-mm=Deflate"}, ""},
		{"7z deflate64", []string{"7z", "a", "-tzip", "-mm=Deflate64"}, inspect.GapUnknownFormat},
		{"7z bzip2", []string{"7z", "a", "-tzip", "-mm=BZip2"}, ""},
		{"7z LZMA", []string{"7z", "a", "-tzip", "-mm=LZMA"}, ""},
		{"7z PPMd", []string{"7z", "a", "-tzip", "-mm=PPMd"}, inspect.GapUnknownFormat},
		{"7z ZipCrypto", []string{"7z", "a", "-tzip", "-psecret"}, inspect.GapEncrypted},
		{"7z AES", []string{"7z", "a", "-tzip", "-psecret", "-mem=AES256"}, inspect.GapEncrypted},
		{"zip", []string{"zip"}, ""},
		{"zip with a password", []string{"zip", "-P", "secret"}, inspect.GapEncrypted},
		{"zip with bzip2", []string{"zip", "-Z", "bzip2"}, ""},
		{"bsdtar", []string{"bsdtar", "--format", "zip", "-cf"}, ""},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := string(rune('a'+i)) + ".zip"
			ran(t, dir, tt.args[0], append(tt.args[1:], name, "a.txt")...)
			c := whole(unpack.Zip, read(t, dir, name), roomy)
			if tt.gap != "" {
				if c.misses[tt.gap] != 1 || len(c.misses) != 1 {
					t.Errorf("gaps %v, want %v", c.misses, tt.gap)
				}
				return
			}
			if got, _ := c.find("a.txt"); got != text || len(c.misses) > 0 || len(c.parts) != 1 {
				t.Errorf("%d bytes, %d parts, gaps %v", len(got), len(c.parts), c.misses)
			}
		})
	}
}

func TestZipOfPython(t *testing.T) {
	dir := t.TempDir()
	text := noise(50_000)
	put(t, dir, "a.txt", text)
	put(t, dir, "make.py", `
import zipfile
with zipfile.ZipFile("a.zip", "w") as z:
    for m in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        z.write("a.txt", str(m), m)
`)
	ran(t, dir, "python3", "make.py")
	c := whole(unpack.Zip, read(t, dir, "a.zip"), roomy)
	for _, p := range c.parts {
		if string(p.data) != text {
			t.Errorf("method %s: %d bytes", p.name, len(p.data))
		}
	}
	if len(c.parts) != 4 || len(c.misses) > 0 {
		t.Errorf("%d parts, gaps %v", len(c.parts), c.misses)
	}
}
