package tree_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

func testKey(t testing.TB, c string) (note.Signer, note.Verifier) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize)))
	s, err := tree.NewSigner("log", key)
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.VerifierKey("log", key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.ParseKeys("# the log's key\n\n" + line + "\n")
	if err != nil || len(v) != 1 {
		t.Fatalf("%v, %v", v, err)
	}
	return s, v[0]
}

// FuzzOpenCheckpoint wants that nothing opens but what the key signed.
func FuzzOpenCheckpoint(f *testing.F) {
	s, v := testKey(f, "k")
	other, _ := testKey(f, "o")
	c := tree.Checkpoint{Origin: "log", Size: 7}
	signed, err := c.Sign(s)
	if err != nil {
		f.Fatal(err)
	}
	foreign, err := c.Sign(other)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(foreign)
	f.Add(tree.AddSignature(signed, "other", 3, make([]byte, 64)))
	f.Add([]byte("log\n9223372036854775807\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, n, err := tree.OpenCheckpoint(text, v)
		if err == nil && (got != c || !tree.Signed(n, v)) {
			t.Errorf("opened %q", text)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(tree.Checkpoint{Origin: "log", Size: 7}.Text())
	f.Add("log\n07\nAAAA\n")
	f.Add("log\n72057594037927937\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := tree.ParseCheckpoint(text)
		if err == nil && (c.Text() != text || c.Size < 0 || c.Size > 1<<56) {
			t.Errorf("%q was read as %+v", text, c)
		}
	})
}

func FuzzParseName(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/8")
	f.Add("tile/7/000")
	f.Fuzz(func(t *testing.T, name string) {
		level, index, hashes, ok := tree.ParseName(name)
		if ok && (tree.Name(level, index, hashes) != name || index < 0) {
			t.Errorf("%q was read as %d, %d, %d", name, level, index, hashes)
		}
	})
}

// FuzzLoad feeds tiles that were not written by us: a tree is loaded only from
// the right ones.
func FuzzLoad(f *testing.F) {
	w := tree.NewWriter()
	for i := range int64(300) {
		w.Add(leaf(i))
	}
	s, err := w.Snapshot()
	if err != nil {
		f.Fatal(err)
	}
	good := faultfs.New()
	if err := s.Write(good, "log"); err != nil {
		f.Fatal(err)
	}
	low, high := "log/"+tree.Name(0, 1, 44), "log/"+tree.Name(1, 0, 1)
	f.Add(good.Bytes(low), good.Bytes(high))
	f.Add(good.Bytes(low)[:40], []byte{})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := faultfs.New()
		for _, dir := range []string{"log/tile/0/001.p", "log/tile/1/000.p"} {
			if err := d.MakeDir(dir); err != nil {
				t.Fatal(err)
			}
		}
		d.Put(low, a)
		d.Put(high, b)
		loaded, err := tree.Load(tree.Tiles{Files: d, Dir: "log"}, tree.Checkpoint{Origin: "log", Size: 300, Root: s.Root})
		if err != nil {
			return
		}
		if again, err := loaded.Snapshot(); err != nil || again.Root != s.Root {
			t.Errorf("loaded another tree: %v", err)
		}
	})
}
