package tree_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

func leaf(i int64) tree.Hash { return tree.LeafHash(fmt.Append(nil, "entry ", i)) }

func TestNamesAreThoseOfTlogTiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		level, index, hashes := rng.IntN(6), rng.Int64N(1<<rng.Int64N(40)), 1+rng.IntN(256)
		name := tree.Name(level, index, hashes)
		if want := torchwood.TilePath(tlog.Tile{H: tree.Height, L: level, N: index, W: hashes}); name != want {
			t.Fatalf("Name(%d, %d, %d) = %s, want %s", level, index, hashes, name, want)
		}
		if l, i, w, ok := tree.ParseName(name); !ok || l != level || i != index || w != hashes {
			t.Fatalf("ParseName(%s) = %d, %d, %d, %v", name, l, i, w, ok)
		}
	}
	for _, name := range []string{"", "tile", "tile/0", "tile/0/", "tile/0/7", "tile/00/007", "tile/0/x000/007", "tile/0/0007", "tile/0/007.p/256",
		"tile/0/007.p/0", "tile/0/007.p/01", "tile/0/007.p", "tile/8/000", "tile/-1/000", "tile/0/x001", "tile/0/001/002", "tile/entries/000", "/tile/0/000", "tile/0/+07"} {
		if _, _, _, ok := tree.ParseName(name); ok {
			t.Errorf("ParseName takes %q", name)
		}
	}
}

// TestLoadAtEverySize stops at each size, loads the tree and goes on.
func TestLoadAtEverySize(t *testing.T) {
	d := faultfs.New()
	tiles := tree.Tiles{Files: d, Dir: "log"}
	w, whole := tree.NewWriter(), tree.NewWriter()
	for i := range int64(600) {
		w.Add(leaf(i))
		whole.Add(leaf(i))
		s, err := w.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(d, "log"); err != nil {
			t.Fatal(err)
		}
		c := tree.Checkpoint{Origin: "o", Size: s.Size, Root: s.Root}
		if w, err = tree.Load(tiles, c); err != nil {
			t.Fatal(err)
		}
		if want, err := whole.Snapshot(); err != nil || want.Root != s.Root {
			t.Fatalf("root at %d entries is another than without loading", i+1)
		}
		c.Root[0] ^= 1
		if _, err := tree.Load(tiles, c); err == nil {
			t.Fatalf("tiles at %d entries are taken for another root", i+1)
		}
	}
}

func TestTreeWithoutEntries(t *testing.T) {
	s, err := tree.NewWriter().Snapshot()
	empty, _ := tlog.TreeHash(0, nil)
	if err != nil || s.Size != 0 || s.Root != empty {
		t.Fatalf("%+v, %v", s, err)
	}
	w, err := tree.Load(tree.Tiles{Files: faultfs.New(), Dir: "log"}, tree.Checkpoint{Origin: "o", Root: s.Root})
	if err != nil || w.Size() != 0 {
		t.Errorf("Load of nothing: %v", err)
	}
}

func TestReadTakesWiderTiles(t *testing.T) {
	var row []tree.Hash
	for i := range int64(256) {
		row = append(row, leaf(i))
	}
	for _, held := range []int{40, 41, 200, 256} {
		d := faultfs.New()
		if err := d.MakeDir("log/tile/0/000.p"); err != nil {
			t.Fatal(err)
		}
		d.Put("log/"+tree.Name(0, 0, held), tree.Encode(row[:held]))
		tiles := tree.Tiles{Files: d, Dir: "log"}
		if b, err := tiles.Read(0, 0, 40); err != nil || !bytes.Equal(b, tree.Encode(row[:40])) {
			t.Errorf("40 hashes of a tile with %d: %v", held, err)
		}
		if _, err := tiles.Read(0, 0, 201); (err == nil) != (held >= 201) || held < 201 && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("201 hashes of a tile with %d: %v", held, err)
		}
	}
	for _, at := range [][3]int64{{-1, 0, 1}, {0, -1, 1}, {0, 0, 0}, {0, 0, 257}} {
		if _, err := (tree.Tiles{Files: faultfs.New()}).Read(int(at[0]), at[1], int(at[2])); err == nil {
			t.Errorf("Read(%v) has an answer", at)
		}
	}
}

// TestWriteSurvivesEveryFault fails each step of writing tiles in each way,
// writes again, takes the power away and loads.
func TestWriteSurvivesEveryFault(t *testing.T) {
	for _, fault := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn} {
		for n := 0; ; n++ {
			d, w := faultfs.New(), tree.NewWriter()
			if err := d.MakeDir("log"); err != nil {
				t.Fatal(err)
			}
			for i := range int64(700) {
				w.Add(leaf(i))
			}
			s, err := w.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			d.FailAt(n, fault)
			first := s.Write(d, "log")
			d.Heal()
			if err := s.Write(d, "log"); err != nil {
				t.Fatalf("fault %v at step %d: again: %v", fault, n, err)
			}
			w.Written(s)
			if w.Unwritten() != 0 {
				t.Fatal("tiles wait that were written")
			}
			if _, err := tree.Load(tree.Tiles{Files: d.Crash(faultfs.Power), Dir: "log"}, tree.Checkpoint{Origin: "o", Size: s.Size, Root: s.Root}); err != nil {
				t.Fatalf("fault %v at step %d: %v", fault, n, err)
			}
			if first == nil {
				break // the fault lay behind the last step
			}
		}
	}
}

func TestLongEntryIsInTheTreeByItsHash(t *testing.T) {
	short, long := bytes.Repeat([]byte("a"), tree.MaxLeaf), bytes.Repeat([]byte("a"), tree.MaxLeaf+1)
	if !bytes.Equal(tree.Leaf(short), short) || len(tree.Leaf(long)) > 200 {
		t.Error("the longest leaf is 65535 bytes")
	}
	other := bytes.Clone(long)
	other[70] = 'b'
	if tree.LeafHash(long) == tree.LeafHash(other) {
		t.Error("two entries have one leaf")
	}
}
