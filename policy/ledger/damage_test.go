package ledger_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestDamageIsNamed(t *testing.T) {
	seg := func(n int) string { return fmt.Sprintf("data/ledger/journal-%08d", n) }
	const base = "data/ledger/base-00000003"
	half := func(name string) func(*faultfs.Disk) {
		return func(d *faultfs.Disk) { b := d.Bytes(name); d.Put(name, b[:len(b)/2]) }
	}
	gone := func(names ...string) func(*faultfs.Disk) {
		return func(d *faultfs.Disk) {
			for _, name := range names {
				d.Remove(name)
			}
		}
	}
	swap := func(a, b string) func(*faultfs.Disk) {
		return func(d *faultfs.Disk) { x, y := d.Bytes(a), d.Bytes(b); d.Put(a, y); d.Put(b, x) }
	}
	flip := func(name string) func(*faultfs.Disk) {
		return func(d *faultfs.Disk) { b := d.Bytes(name); b[len(b)/2] ^= 1; d.Put(name, b) }
	}
	foreign := func(name string) func(*faultfs.Disk) {
		return func(d *faultfs.Disk) { d.Put(name, folded(t).Bytes(name)) }
	}
	// Segments 1 to 3 are in the base; 4 to 6 come after it, of which 4 is empty.
	tests := []struct {
		name string
		do   func(*faultfs.Disk)
		want string
	}{
		{"segment missing", gone(seg(5)), "journal-00000005 is missing; restore"},
		{"newest segment missing", gone(seg(6)), "journal-00000006 is missing; restore"},
		{"all segments after the base missing", gone(seg(4), seg(5), seg(6)), "journal-00000006 is missing"},
		{"all files missing but the keys", func(d *faultfs.Disk) {
			gone(append(append(files(d, "journal-"), files(d, "base-")...), "data/ledger/newest")...)(d)
		}, "the journal is missing but its keys are there; restore"},
		{"base and its segments missing", gone(base, seg(1), seg(2), seg(3)), "journal-00000001 is missing"},
		{"segment cut", half(seg(5)), "journal-00000005 holds"},
		{"newest segment cut", half(seg(6)), "journal-00000006 holds"},
		{"segment empty", func(d *faultfs.Disk) { d.Put(seg(5), nil) }, "journal-00000005, record 1 at byte 0"},
		{"byte of a segment changed", flip(seg(5)), "journal-00000005, record"},
		{"byte of the newest segment changed", flip(seg(6)), "journal-00000006, record"},
		{"segments swapped", swap(seg(5), seg(6)), "segment 6 under another's name"},
		{"segment of another ledger", foreign(seg(5)), "journal-00000005"},
		{"newest segment of another ledger", foreign(seg(6)), "journal-0000000"},
		{"base of another ledger", foreign(base), "does not continue base-00000003"},
		{"base cut", half(base), "base-00000003, byte"},
		{"base empty", func(d *faultfs.Disk) { d.Put(base, nil) }, "base-00000003, byte 0"},
		{"byte of a base changed", flip(base), "base-00000003, byte"},
		{"base under another name", func(d *faultfs.Disk) { d.Put("data/ledger/base-00000005", d.Bytes(base)) }, "base 3 under another's name"},
		{"note of the newest segment changed", flip("data/ledger/newest"), "newest: line"},
		{"first format", func(d *faultfs.Disk) {
			d.Put(seg(4), ledger.Sign([]byte("00000000 "+`{"op":"head","schema":"dc.ledger/1","key":"00"}`+"\n")))
		}, "dc.ledger/1"},
	}
	made := folded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := clone(made)
			tt.do(d)
			_, err := ledger.Load(d, "data")
			if err == nil && strings.Contains(tt.want, "keys") {
				_, err = ledger.Open(options(d))
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Load = %v, want %q", err, tt.want)
			}
			before := strings.Join(d.Files(), " ")
			if _, err := ledger.Open(options(d)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
			if after := strings.Join(slices.DeleteFunc(d.Files(), func(n string) bool { return path.Base(n) == "lock" }), " "); after != before {
				t.Errorf("Open left %s of %s", after, before)
			}
		})
	}
}

// TestNoByteIsTakenOnTrust changes every byte of every file once: the ledger is
// refused, or it counts the same.
func TestNoByteIsTakenOnTrust(t *testing.T) {
	made := folded(t)
	want := load(t, made)
	stride := 23
	if *every {
		stride = 1
	}
	for _, name := range slices.Concat(files(made, "base-"), files(made, "journal-")[3:], files(made, "newest")) {
		good := made.Bytes(name)
		for i := 0; i < len(good); i += stride {
			b := slices.Clone(good)
			b[i] ^= 1 << (i % 8)
			made.Put(name, b)
			if v, err := ledger.Load(made, "data"); err == nil && shown(v) != want {
				t.Fatalf("%s with byte %d changed counts\n%s\nwant\n%s", path.Base(name), i, shown(v), want)
			}
		}
		made.Put(name, good)
	}
}

func TestATornLastLineIsLeftBehind(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	must(t, l, count("a", policytest.Persons(0, 2)))
	must(t, l, count("b", policytest.Persons(2, 2)))
	d = d.Crash(faultfs.Kill)
	const name = "data/ledger/journal-00000001"
	b := d.Bytes(name)
	d.Put(name, b[:len(b)-5])
	l = open(t, d)
	if u, _ := l.Unsettled(bg); l.Cut() == 0 || len(u) != 1 {
		t.Errorf("torn last line: cut %d, %d reservations", l.Cut(), len(u))
	}
	l.Close()
	l = open(t, d)
	if u, _ := l.Unsettled(bg); l.Cut() != 0 || len(u) != 1 {
		t.Errorf("opened again: cut %d, %d reservations", l.Cut(), len(u))
	}
}
