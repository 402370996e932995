package gate_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/gate"
)

var small = gate.Limits{FlowMemory: 2 * block, FlowSpill: 3 * block, Memory: 8 * block, Spill: 8 * block, ClientPercent: 100}

// FuzzDrop plays any order of writes, drops and reads against a plain slice.
func FuzzDrop(f *testing.F) {
	f.Add([]byte{0, 255, 0, 255, 1, 3, 200, 0, 255, 2, 7})
	f.Add([]byte{0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 1, 255, 1, 255, 0, 200, 3, 9, 2, 100})
	f.Fuzz(func(t *testing.T, script []byte) {
		dir := t.TempDir()
		s := open(t, dir, small)
		g := s.Gate(client)
		defer g.Close()
		r := g.NewReader()
		var want []byte
		var dropped, read int
		for len(script) >= 2 && len(want) < 64*block {
			op, n := script[0], int(script[1])*521
			script = script[2:]
			switch op % 4 {
			case 0:
				p := content(n, uint64(len(want)))
				k, err := g.Write(p)
				if want = append(want, p[:k]...); err == nil && k != n || err != nil && code(err) == "" {
					t.Fatalf("Write(%d) = %d, %v", n, k, err)
				}
			case 1: // what was read leaves
				dropped = max(dropped, min(read, dropped+n))
				g.Drop(int64(dropped))
			case 2:
				off := dropped + n
				p := make([]byte, 1+n)
				k, err := g.ReadAt(p, int64(off))
				if off = min(off, len(want)); !bytes.Equal(p[:k], want[off:min(len(want), off+len(p))]) || k < len(p) && err != io.EOF {
					t.Fatalf("ReadAt(%d) = %d, %v", off, k, err)
				}
			case 3:
				p := make([]byte, 1+n)
				k, err := r.Read(p)
				if !bytes.Equal(p[:k], want[read:read+k]) || err != nil && (err != io.EOF || read != len(want)) {
					t.Fatalf("Read at %d of %d = %d, %v", read, len(want), k, err)
				}
				read += k
			}
			if g.Size() != int64(len(want)) {
				t.Fatalf("size %d, want %d", g.Size(), len(want))
			}
		}
		g.Close()
		if m, d := s.Held(); m != 0 || d != 0 {
			t.Fatalf("%d bytes of memory and %d of spill are still taken", m, d)
		}
	})
}

func TestDropMakesRoom(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, small)
	g := s.Gate(client)
	defer g.Close()
	n, err := g.Write(content(9*block, 1))
	if n != 5*block || code(err) != policy.Oversize {
		t.Fatalf("Write took %d, %v; want what fits", n, err)
	}
	g.Drop(5*block - 1)
	if m, d := s.Held(); m != block || d != block {
		t.Errorf("%d of memory and %d of spill are held for one block that is spilled", m, d)
	}
	if _, err := g.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("dropped bytes can be read")
	}
	g.Drop(5 * block)
	if m, d := s.Held(); m != 0 || d != 0 || spillFiles(t, dir) != 0 {
		t.Errorf("everything was dropped, and %d of memory, %d of spill and %d files are held", m, d, spillFiles(t, dir))
	}
	if _, err := g.Write(content(block, 2)); err != nil {
		t.Fatal(err)
	}
	if m, d := s.Held(); m != block || d != 0 {
		t.Errorf("after the spill file went, %d of memory and %d of spill are held", m, d)
	}
	got := make([]byte, block)
	if n, err := g.ReadAt(got, 5*block); n != block || !bytes.Equal(got, content(block, 2)) {
		t.Errorf("ReadAt = %d, %v", n, err)
	}
}

// The file does not grow with what went through it.
func TestSpillPlacesAreUsedAgain(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, small).Gate(client)
	defer g.Close()
	data := content(block, 3)
	for i := range 64 {
		for range 4 - min(i, 1)*3 {
			if _, err := g.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		g.Drop(int64(i+1) * block)
	}
	if size := spillSize(t, dir); size > 4*(block+64) {
		t.Errorf("64 blocks went through a file of %d bytes", size)
	}
}

// Equal blocks are not equal in the file, nor a block and the one before it in
// its place: no nonce is used twice.
func TestSpilledBlocksDiffer(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, small).Gate(client)
	defer g.Close()
	same := make([]byte, 5*block)
	seen := map[string]bool{}
	for round := range 3 {
		if _, err := g.Write(same[:(5-round)*block]); code(err) != "" {
			break // what fits is in
		}
		for _, fd := range openIn(t, dir) {
			b, err := os.ReadFile(fd)
			if err != nil {
				t.Fatal(err)
			}
			for ; len(b) >= block; b = b[min(len(b), block+16):] {
				seen[string(b[:64])] = true
			}
		}
		g.Drop(g.Size() - block)
	}
	if len(seen) < 3 {
		t.Errorf("%d different blocks in the file", len(seen))
	}
}

func TestWritesRaceWithAReaderThatFollows(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), gate.Limits{FlowMemory: block, FlowSpill: 64 * block, Memory: 64 * block, Spill: 64 * block, ClientPercent: 100}).Gate(client)
	defer g.Close()
	want := content(40*block, 4)
	go func() {
		for rest := want; len(rest) > 0; {
			k := min(len(rest), 10_007)
			g.Write(rest[:k])
			rest = rest[k:]
		}
	}()
	var got []byte
	for r, p := g.NewReader(), make([]byte, 33_001); len(got) < len(want); {
		n, err := r.Read(p)
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		got = append(got, p[:n]...)
		g.Drop(int64(len(got)))
	}
	if !bytes.Equal(got, want) {
		t.Error("the reader saw other bytes than were written")
	}
}

// spillFiles counts the open files that lie in a directory and have no name.
func spillFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	for range openIn(t, dir) {
		n++
	}
	return n
}

func spillSize(t *testing.T, dir string) (size int64) {
	t.Helper()
	for _, fd := range openIn(t, dir) {
		info, err := os.Stat(fd)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

func openIn(t *testing.T, dir string) (out []string) {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Skip("no /proc to look through:", err)
	}
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, dir) {
			out = append(out, fd)
		}
	}
	return out
}
