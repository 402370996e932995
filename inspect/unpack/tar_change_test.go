package unpack_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// changed is how a container is changed.
type changed struct {
	spare [2]int // bytes of data in [from, to), which nothing checks
	swap  bool   // numbers are swapped as well
}

// try cuts a container off everywhere, hands over less of it than it says, and
// changes its bytes. All of the texts still come out, or something is missed.
func (how changed) try(t *testing.T, f unpack.Whole, b []byte, texts ...string) {
	t.Helper()
	see := func(what string, at int, c *collect) {
		for _, s := range texts {
			if len(c.misses) == 0 && !c.holds(s) {
				t.Errorf("%s at %d: %.20q is lost and nothing missed, %d parts", what, at, s, len(c.parts))
				return
			}
		}
	}
	if c := whole(f, b, roomy); len(c.misses) > 0 {
		t.Fatalf("unchanged: gaps %v", c.misses)
	} else {
		see("nothing", 0, c)
	}
	for n := range b {
		see("cut off", n, whole(f, b[:n], roomy))
		c := &collect{}
		if f(bytes.NewReader(b[:n]), int64(len(b)), roomy, c); len(c.misses) == 0 {
			t.Errorf("short of %d bytes: nothing missed", len(b)-n)
		}
	}
	r := rand.New(rand.NewPCG(7, 7))
	kinds := 3
	if how.swap {
		kinds = 4
	}
	for range 1500 {
		at := r.IntN(len(b))
		if at >= how.spare[0] && at < how.spare[1] {
			continue
		}
		x := bytes.Clone(b)
		switch r.IntN(kinds) {
		case 0:
			x[at] ^= 1 << r.IntN(8)
		case 1:
			x[at] = 0
		case 2:
			x[at] = 0xff
		case 3:
			at = min(at, len(b)-4)
			to := r.IntN(len(b) - 4)
			copy(x[at:at+4], b[to:to+4])
			copy(x[to:to+4], b[at:at+4])
		}
		see("changed", at, whole(f, x, roomy))
	}
}

// wholeTar opens a tar archive that is there as a whole.
func wholeTar(r io.ReaderAt, size int64, l unpack.Limits, out unpack.Out) {
	unpack.Tar(io.NewSectionReader(r, 0, size), l, out)
}

func TestTarSurvivesChanges(t *testing.T) {
	long := strings.Repeat("long/", 40) + "NAME"
	b := tarOf(t, holding(long, mark, tar.Header{Format: tar.FormatPAX, Uname: "OWNER"}))
	at := bytes.Index(b, []byte(mark))
	changed{spare: [2]int{at, at + len(mark)}}.try(t, wholeTar, b, mark, "OWNER", long)
	b = tarOf(t, holding(long, mark, tar.Header{Format: tar.FormatGNU}))
	from := bytes.Index(b, []byte(long)) // nothing checks a long name of GNU
	to := bytes.Index(b, []byte(mark)) + len(mark)
	changed{spare: [2]int{from, to}}.try(t, wholeTar, b, mark, long)
}

// rawTar is an archive of headers that archive/tar does not write.
func rawTar(kind byte, name string, size int, data string, edit func(h []byte)) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[124:], fmt.Sprintf("%011o", size))
	copy(h[257:], "ustar\x0000")
	h[156] = kind
	if edit != nil {
		edit(h)
	}
	return append(resum(h), data+strings.Repeat("\x00", (512-len(data)%512)%512)...)
}

// pax is an extended header of these records.
func pax(kind byte, records ...string) []byte {
	var b string
	for _, r := range records {
		b += fmt.Sprintf("%02d %s\n", len(r)+4, r)
	}
	return rawTar(kind, "x", len(b), b, nil)
}

func TestTarMissesWhatReadersDifferOn(t *testing.T) {
	end := make([]byte, 1024)
	join := func(b ...[]byte) []byte { return bytes.Join(append(b, end), nil) }
	file := func(data string) []byte { return rawTar('0', "a", len(data), data, nil) }
	gnu := func(at ...int) func(h []byte) {
		return func(h []byte) {
			copy(h[257:], "ustar  \x00")
			for i, n := range at {
				copy(h[386+12*i:], fmt.Sprintf("%011o", n))
			}
		}
	}
	half := strings.Repeat("x", 6) + mark[:6]
	tests := []struct {
		name string
		tar  []byte
		seen bool
		gap  inspect.GapReason
	}{
		{"file", join(file(mark)), true, ""},
		{"no end", file(mark), true, inspect.GapBroken},
		{"another size ahead", join(pax('x', "size=512"), file("")), false, inspect.GapBroken},
		{"the same size ahead", join(pax('x', "size=12"), file(mark)), true, ""},
		{"a size for all files", join(pax('g', "size=512"), file(mark)), true, inspect.GapBroken},
		{"records that are none", join(rawTar('x', "x", 8, "99 a=b\n\n", nil), file(mark)), true, inspect.GapBroken},
		{"any record", join(pax('x', "SCHILY.xattr.user="+mark), file("")), true, ""},
		{"any record for all", join(pax('g', "comment="+mark), file("")), true, ""},
		{"name under a longer one", join(pax('x', "path=other"), rawTar('0', mark, 0, "", nil)), true, ""},
		{"old records of Solaris", join(pax('X', "path="+mark), file("")), true, ""},
		{"data of a kind nobody knows", join(rawTar('Z', "a", 12, mark, nil)), true, ""},
		{"piece of a file", join(rawTar('M', "a", 12, mark, nil)), true, inspect.GapBroken},
		{"sparse, in order", join(rawTar('S', "a", 12, mark, gnu(0, 6, 6, 6))), true, ""},
		{"sparse, in another order", join(rawTar('S', "a", 12, half, gnu(6, 6, 0, 6))), false, inspect.GapBroken},
		{"sparse, pieces on each other", join(rawTar('S', "a", 12, half, gnu(0, 12, 6, 6))), false, inspect.GapBroken},
		{"sparse of pax, in order", join(pax('x', "GNU.sparse.map=0,6,6,6"), file(mark)), true, ""},
		{"sparse of pax, in another order", join(pax('x', "GNU.sparse.map=6,6,0,6"), file(half)), false, inspect.GapBroken},
		{"sparse of pax, record for record", join(pax('x', "GNU.sparse.offset=6", "GNU.sparse.numbytes=6", "GNU.sparse.offset=0", "GNU.sparse.numbytes=6"), file(half)), false, inspect.GapBroken},
		{"sparse with a map in the data", join(pax('x', "GNU.sparse.major=1"), file("2\n6\n6\n0\n6\n"+half)), false, inspect.GapBroken},
		{"sparse with a map in order", join(pax('x', "GNU.sparse.major=1"), file("2\n0\n6\n6\n6\n"+mark)), true, ""},
		{"sparse with half a map", join(pax('x', "GNU.sparse.major=1"), file("2\n0\n"+mark)), true, inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(wholeTar, tt.tar, roomy)
			if tt.seen && !c.holds(mark) {
				t.Errorf("the mark was not given out: %v", c.parts)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
}
