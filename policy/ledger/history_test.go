package ledger_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

const other = "91330100799655058B"

// clone returns a disk with the same files.
func clone(d *faultfs.Disk) *faultfs.Disk {
	out := faultfs.New()
	for _, dir := range []string{"data", "data/ledger", "data/ledger/keys"} {
		_ = out.MakeDir(dir)
	}
	for _, name := range d.Files() {
		out.Put(name, d.Bytes(name))
	}
	return out
}

// at returns options with a clock of its own.
func at(d *faultfs.Disk, now time.Time) ledger.Options {
	o := options(d)
	o.Now = func() time.Time { return now }
	return o
}

func openWith(t testing.TB, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func settle(t testing.TB, l *ledger.Ledger, id string, inDoubt bool) {
	t.Helper()
	if err := l.Commit(bg, id, inDoubt); err != nil {
		t.Fatal(err)
	}
}

// chapter does a little of everything: two filings, a group, sensitive data,
// an opening, and reservations that stay open or in doubt.
func chapter(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	name := func(what string) string { return fmt.Sprintf("%s-%d", what, n) }
	filed := count(name("filed"), policytest.Persons(5*n, 12))
	filed.Filing = fmt.Sprintf("F%d", n%2)
	settle(t, l, must(t, l, filed).ID, false)
	sensitive := policytest.Persons(7*n, 9)
	for i := range sensitive {
		sensitive[i].SP = i%2 == 0
	}
	grouped := count(name("grouped"), sensitive)
	grouped.Entity, grouped.Members, grouped.Basis = other, []string{policytest.Exporter, other}, "SA"
	settle(t, l, must(t, l, grouped).ID, false)
	must(t, l, count(name("open"), policytest.Persons(100+n, 2)))
	settle(t, l, must(t, l, count(name("doubt"), policytest.Persons(200+n, 2))).ID, true)
	if err := l.Release(bg, must(t, l, count(name("released"), policytest.Persons(300+n, 2))).ID); err != nil {
		t.Fatal(err)
	}
	o := ledger.Opening{ID: name("opening"), Entity: policytest.Exporter, Year: 2026, Kind: policy.CountSP, Basis: "SC", Persons: 10}
	if err := l.Preset(bg, o); err != nil {
		t.Fatal(err)
	}
}

// history returns a disk with that many closed segments.
func history(t testing.TB, segments int) *faultfs.Disk {
	t.Helper()
	d := faultfs.New()
	for n := range segments {
		l := open(t, d)
		chapter(t, l, n)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// folded returns a disk with a base of the first segments and more after it.
func folded(t testing.TB) *faultfs.Disk {
	t.Helper()
	d := history(t, 3)
	l := open(t, d)
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	l.Close()
	for n := range 2 {
		l := open(t, d)
		chapter(t, l, 3+n)
		l.Close()
	}
	return d
}

// shown is everything that a reader sees, in words.
func shown(v *ledger.View) string {
	var b strings.Builder
	for _, t := range v.Totals() {
		fmt.Fprintf(&b, "%+v\n", t)
	}
	for _, p := range v.Pending() {
		fmt.Fprintf(&b, "%+v\n", p)
	}
	return b.String()
}

func load(t testing.TB, d *faultfs.Disk) string {
	t.Helper()
	v, err := ledger.Load(d, "data")
	if err != nil {
		t.Fatal(err)
	}
	return shown(v)
}

// files returns the ledger's files of a kind.
func files(d *faultfs.Disk, kind string) []string {
	var out []string
	for _, name := range d.Files() {
		if strings.HasPrefix(path.Base(name), kind) {
			out = append(out, name)
		}
	}
	return out
}

// fromSegments is what the segments alone come to.
func fromSegments(t testing.TB, d *faultfs.Disk) string {
	t.Helper()
	d = clone(d)
	for _, name := range files(d, "base-") {
		if err := d.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	return load(t, d)
}
