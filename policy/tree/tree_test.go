package tree_test

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
)

// TestTreeIsThatOfRFC6962 compares with the hashes of x/mod's own tree.
func TestTreeIsThatOfRFC6962(t *testing.T) {
	var stored []tree.Hash
	reader := tlog.HashReaderFunc(func(at []int64) (out []tree.Hash, _ error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	w, dir := tree.NewWriter(), t.TempDir()
	tiles := tree.Tiles{Files: disk.Files{}, Dir: dir}
	for i := range int64(70000) {
		leaf := tree.LeafHash(fmt.Append(nil, "entry ", i))
		hashes, err := tlog.StoredHashesForRecordHash(i, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		w.Add(leaf)
		n := i + 1
		if n > 600 && n%257 != 0 && n%4096 != 0 && n < 65530 || n > 65540 && n < 69999 {
			continue
		}
		if n <= 600 && n%37 != 0 && n%256 > 2 {
			continue
		}
		s, err := w.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		want, err := tlog.TreeHash(n, reader)
		if err != nil || s.Root != want || s.Size != n {
			t.Fatalf("root at %d entries is not that of x/mod: %v", n, err)
		}
		if n%4096 == 0 || n > 65530 || n < 300 {
			if err := s.Write(disk.Files{}, dir); err != nil {
				t.Fatal(err)
			}
			w.Written(s)
			c := tree.Checkpoint{Origin: "o", Size: n, Root: s.Root}
			if w, err = tree.Load(tiles, c); err != nil {
				t.Fatal(err)
			}
			if _, err := tlog.ProveRecord(n, n/3, tiles.Hashes(c)); err != nil {
				t.Fatalf("proof at %d: %v", n, err)
			}
		}
	}
}
