package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy/ledger"
)

var size = flag.Int("rows", 300_000, "rows of the test of the table's size")

func hashed(n int) ledger.Person {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	sum := sha256.Sum256(b[:])
	return ledger.Person(sum[:13])
}

// crowded makes persons that stand in each other's way.
func crowded(n int) (p ledger.Person) {
	p[0], p[1], p[7], p[12] = byte(n>>9)&3*85, byte(n>>8)&1*255, byte(n>>4)&15, byte(n)&15
	return p
}

// sameTable checks that a table holds exactly what a map holds, in order.
func sameTable(t rapid.TB, table ledger.Table, want map[ledger.Person]uint32) {
	t.Helper()
	if table.Len() != len(want) {
		t.Errorf("%d rows, want %d", table.Len(), len(want))
	}
	for p, state := range want {
		if got := table.Get(p); got != state {
			t.Fatalf("state %d, want %d", got, state)
		}
	}
	if got := maps.Collect(table.Rows()); !maps.Equal(got, want) {
		t.Errorf("iterates over %d rows, want %d", len(got), len(want))
	}
	var last *ledger.Person
	for p := range table.Rows() {
		if last != nil && bytes.Compare(last[:], p[:]) >= 0 {
			t.Fatal("rows are not in order")
		}
		last = &p
	}
}

func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, want := ledger.NewTable(), map[ledger.Person]uint32{}
		make := rapid.SampledFrom([]func(int) ledger.Person{hashed, crowded}).Draw(t, "persons")
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				p, state := make(rapid.IntRange(0, 1500).Draw(t, "person")), rapid.Uint32Range(1, ledger.MaxStates).Draw(t, "state")
				table.Put(p, state)
				want[p] = state
			},
			"put many": func(t *rapid.T) {
				from := rapid.IntRange(0, 1500).Draw(t, "from")
				for i := range rapid.IntRange(0, 200).Draw(t, "number") {
					p := make(from + i)
					table.Put(p, uint32(i+1))
					want[p] = uint32(i + 1)
				}
			},
			"reserve": func(t *rapid.T) { table.Reserve(rapid.IntRange(0, 12000).Draw(t, "room")) },
			"get": func(t *rapid.T) {
				p := make(rapid.IntRange(0, 2000).Draw(t, "person"))
				if got := table.Get(p); got != want[p] {
					t.Fatalf("state %d, want %d", got, want[p])
				}
			},
		})
		sameTable(t, table, want)
	})
}

func TestTableGrowsAndStaysInOrder(t *testing.T) {
	table, want := ledger.NewTable(), map[ledger.Person]uint32{}
	for i := range 40_000 {
		table.Put(hashed(i), uint32(i%7)+1)
		want[hashed(i)] = uint32(i%7) + 1
	}
	sameTable(t, table, want)
	sorted := slices.SortedFunc(maps.Keys(want), func(a, b ledger.Person) int { return bytes.Compare(a[:], b[:]) })
	loaded := ledger.NewTable()
	loaded.Reserve(len(sorted))
	room := loaded.Size()
	for _, p := range sorted {
		loaded.Put(p, want[p])
	}
	sameTable(t, loaded, want)
	if loaded.Size() != room {
		t.Errorf("loading grew a table from %d to %d bytes that had room reserved", room, loaded.Size())
	}
}

// A person takes at most 24 bytes at every size, also while the table grows.
func TestTableSize(t *testing.T) {
	table := ledger.NewTable()
	worst, sum, looks := 0.0, 0.0, 0
	for i := range *size {
		table.Put(hashed(i), 1)
		if i > *size/2 && i%(*size/100) == 0 {
			each := float64(table.Size()) / float64(table.Len())
			worst, sum, looks = max(worst, each), sum+each, looks+1
		}
	}
	t.Logf("%d persons: %.2f bytes a person, %.2f on average while growing, %.2f at most", *size,
		float64(table.Size())/float64(*size), sum/float64(looks), worst)
	if worst > 24 {
		t.Errorf("%.2f bytes a person", worst)
	}
}

// FuzzTable reads operations from bytes: persons of few different hashes.
func FuzzTable(f *testing.F) {
	f.Add([]byte("a few rows that come and go"))
	f.Add(bytes.Repeat([]byte{1, 255, 0, 7}, 100))
	f.Fuzz(func(t *testing.T, b []byte) {
		table, want := ledger.NewTable(), map[ledger.Person]uint32{}
		for len(b) >= 3 && len(want) < 2000 {
			n, state := int(b[0])<<4|int(b[1]>>4), uint32(b[2])+1
			if b[1]&1 == 0 {
				table.Put(crowded(n), state)
				want[crowded(n)] = state
			} else if b[1]&15 == 15 {
				table.Reserve(n * 4)
			} else if table.Get(crowded(n)) != want[crowded(n)] {
				t.Fatal("a row is not what was put")
			}
			b = b[3:]
		}
		sameTable(t, table, want)
	})
}
