package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestFoldingChangesNoCount(t *testing.T) {
	d := history(t, 3)
	want := load(t, d)
	for n := range 4 {
		l := open(t, d)
		if err := l.FoldNow(bg); err != nil {
			t.Fatal(err)
		}
		totals, pending := l.Show()
		l.Close()
		if got := load(t, d); got != want || got != fromSegments(t, d) {
			t.Fatalf("folding %d:\n%s\nwant\n%s", n, got, want)
		}
		if bases := files(d, "base-"); len(bases) != 1 {
			t.Errorf("bases %v, want one", bases)
		}
		l = open(t, d)
		if again, listed := l.Show(); fmt.Sprint(again, listed) != fmt.Sprint(totals, pending) {
			t.Errorf("opened again it counts\n%+v\nwant\n%+v", again, totals)
		}
		chapter(t, l, 10+n)
		l.Close()
		want = load(t, d)
	}
}

// TestFoldingIsReplay folds random histories at random moments.
func TestFoldingIsReplay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := faultfs.New()
		l, err := ledger.Open(options(d))
		if err != nil {
			r.Fatal(err)
		}
		defer l.Close() // also when a draw ends the run
		var ids []string
		for n := range rapid.IntRange(1, 25).Draw(r, "steps") {
			switch rapid.IntRange(0, 6).Draw(r, "step") {
			default:
				c := count(fmt.Sprint(n), policytest.Persons(rapid.IntRange(0, 20).Draw(r, "first"), rapid.IntRange(1, 6).Draw(r, "persons")))
				c.Basis = rapid.SampledFrom([]string{"SC", "SA", ""}).Draw(r, "basis")
				c.Filing = rapid.SampledFrom([]string{"", "F1", "F2"}).Draw(r, "filing")
				c.At = c.At.AddDate(rapid.IntRange(0, 1).Draw(r, "year"), 0, 0)
				c.Persons[0].SP = rapid.Bool().Draw(r, "sensitive")
				got, err := l.Reserve(bg, c)
				if err != nil {
					r.Fatal(err)
				}
				ids = append(ids, got.ID)
			case 0, 1:
				if len(ids) > 0 {
					i := rapid.IntRange(0, len(ids)-1).Draw(r, "reservation")
					switch rapid.IntRange(0, 2).Draw(r, "settling") {
					case 0:
						_ = l.Commit(bg, ids[i], true) // may be settled already
					case 1:
						_ = l.Commit(bg, ids[i], false)
					default:
						_ = l.Release(bg, ids[i])
					}
				}
			case 2:
				if err = l.EndSegment(bg); err == nil {
					err = l.FoldNow(bg)
				}
				if err != nil {
					r.Fatal(err)
				}
			}
		}
		l.Close()
		if got, want := load(t, d), fromSegments(t, d); got != want {
			r.Fatalf("base and segments\n%s\nsegments\n%s", got, want)
		}
		rep, err := ledger.Rebuild(bg, ledger.RebuildOptions{Dir: "data", Files: d, Key: key})
		if err != nil || !rep.Same() {
			r.Fatalf("Rebuild = %+v, %v", rep, err)
		}
	})
}

var faults = []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full, faultfs.Stop}

var losses = []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill}

// TestFoldingSurvivesEveryFault strikes every step of a folding: the counts
// stay, and the next folding succeeds.
func TestFoldingSurvivesEveryFault(t *testing.T) {
	made := folded(t)
	want := load(t, made)
	dry := clone(made)
	l := open(t, dry)
	before := len(dry.Ops())
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	for step := range len(dry.Ops()) - before {
		for _, fault := range some(step) {
			d := clone(made)
			l, err := ledger.Open(options(d))
			if err != nil {
				t.Fatal(err)
			}
			d.FailAt(step, fault)
			_ = l.FoldNow(bg)
			for _, loss := range losses {
				foldsAfter(t, d.Crash(loss), want, fmt.Sprintf("step %d, fault %d, loss %d", step, fault, loss))
			}
			l.Close()
		}
	}
}

// foldsAfter opens what a crash left: it counts the same, also after the next
// folding.
func foldsAfter(t *testing.T, d *faultfs.Disk, want, name string) {
	t.Helper()
	l, err := ledger.Open(options(d))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	totals, _ := l.Show()
	if err := l.FoldNow(bg); err != nil {
		t.Fatalf("%s: the next folding: %v", name, err)
	}
	after, _ := l.Show()
	l.Close()
	if got := load(t, d); got != want || fmt.Sprint(totals) != fmt.Sprint(after) {
		t.Fatalf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

// TestFoldErrorIsKeptAndTriedAgain runs on the bubble's clock.
func TestFoldErrorIsKeptAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := history(t, 2)
		o := options(d)
		o.CompactBytes = 200 // everything is due
		disk := &noBases{Disk: d}
		o.Files = disk
		l, err := ledger.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		synctest.Wait()
		if err := l.Folding(); err == nil || !strings.Contains(err.Error(), "fold the journal") || !errors.Is(err, errNoBase) {
			t.Fatalf("Folding = %v, want the fault of the disk", err)
		}
		if err := l.Ready(bg); err != nil {
			t.Errorf("Ready = %v; a ledger that cannot fold still counts", err)
		}
		must(t, l, count("meanwhile", policytest.Persons(0, 3)))
		disk.mended.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if err := l.Folding(); err != nil {
			t.Errorf("Folding = %v an hour after the disk was mended", err)
		}
		if len(files(d, "base-")) == 0 {
			t.Error("no base was written")
		}
	})
}
