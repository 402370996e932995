package ledger_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// acknowledged is what a ledger said to a writer: the numbers of persons who
// are final, who are claimed, and who were only asked for.
type acknowledged struct{ final, claimed, asked, free map[int]bool }

// write sends six flows through a ledger whose segments hold two or three of
// them. It goes on after errors, as a gateway does.
func write(l *ledger.Ledger) acknowledged {
	ack := acknowledged{map[int]bool{}, map[int]bool{}, map[int]bool{}, map[int]bool{}}
	for n := range 6 {
		mine := map[int]bool{3 * n: true, 3*n + 1: true, 3*n + 2: true, 0: true}
		for p := range mine {
			ack.asked[p] = true
		}
		c := count(fmt.Sprint(n), policytest.Persons(3*n, 3))
		c.Persons = append(c.Persons, policytest.Persons(0, 1)...)
		c.Filing = "F1"
		r, err := l.Reserve(bg, c)
		if err != nil {
			continue
		}
		for p := range mine {
			ack.claimed[p] = true
		}
		switch {
		case n == 4:
			continue // stays open
		case n%3 == 2:
			_ = l.Release(bg, r.ID)
			for p := range mine {
				ack.free[p] = true
			}
			continue
		}
		if err := l.Commit(bg, r.ID, n == 3); err == nil {
			for p := range mine {
				ack.final[p] = true
			}
		}
	}
	return ack
}

// least is how many persons must count, and most how many may.
func (a acknowledged) bounds() (least, most int64) {
	for p := range a.asked {
		if a.final[p] || a.claimed[p] && !a.free[p] {
			least++
		}
	}
	return least, int64(len(a.asked))
}

// TestRotationSurvivesEveryFault strikes every step of a journal whose segments
// end all the time, with the folding at work beside it, and then the disk is
// mended, or the machine loses power.
func TestRotationSurvivesEveryFault(t *testing.T) {
	small := func(d *faultfs.Disk) ledger.Options {
		o := options(d)
		o.CompactBytes, o.Wait = 700, -1
		return o
	}
	dry := faultfs.New()
	l := openWith(t, small(dry))
	begun := len(dry.Ops())
	write(l)
	steps := len(dry.Ops()) - begun
	if n := len(files(dry, "journal-")); n < 3 {
		t.Fatalf("%d segments; the test is to see several end", n)
	}
	for step := range steps + 10 {
		for _, fault := range some(step) {
			name := fmt.Sprintf("step %d, fault %d", step, fault)
			run := func() (*faultfs.Disk, *ledger.Ledger, acknowledged) {
				d := faultfs.New()
				l, err := ledger.Open(small(d))
				if err != nil {
					t.Fatal(err)
				}
				d.FailAt(step, fault)
				return d, l, write(l)
			}
			d, l, ack := run()
			for _, loss := range losses {
				reopened(t, small(d.Crash(loss)), ack, fmt.Sprintf("%s, loss %d", name, loss))
			}
			l.Close()
			if fault == faultfs.Stop {
				continue
			}
			d, l, ack = run()
			d.Heal()
			mended(t, l, name)
			if err := l.Close(); err != nil {
				t.Errorf("%s: Close after the disk was mended: %v", name, err)
			}
			reopened(t, small(d), ack, name+", closed")
		}
	}
}

var every = flag.Bool("every", false, "every fault at every step of the journal, not one in turn")

func some(step int) []faultfs.Fault {
	if *every {
		return faults
	}
	return faults[step%len(faults):][:1]
}

func mended(t *testing.T, l *ledger.Ledger, name string) {
	t.Helper()
	if _, err := l.Reserve(bg, count("after", policytest.Persons(0, 1))); err != nil {
		t.Fatalf("%s: Reserve after the disk was mended: %v", name, err)
	}
	if err := l.Ready(bg); err != nil {
		t.Errorf("%s: Ready after the disk was mended: %v", name, err)
	}
}

// reopened checks that nobody is lost who was acknowledged.
func reopened(t *testing.T, o ledger.Options, ack acknowledged, name string) {
	t.Helper()
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer l.Close()
	least, most := ack.bounds()
	for _, limit := range []policy.Limit{{Kind: policy.CountAny}, {Kind: policy.CountAny, Filing: "F1", Validity: true}} {
		if got := peek(t, l, limit); got < least || got > most {
			t.Fatalf("%s: counts %d, want %d to %d", name, got, least, most)
		}
	}
	if !strings.Contains(name, "closed") {
		return
	}
	rep, err := ledger.Rebuild(bg, ledger.RebuildOptions{Dir: o.Dir, Files: o.Files})
	if err != nil || !rep.Same() {
		t.Fatalf("%s: Rebuild = %+v, %v", name, rep, err)
	}
}

func peek(t *testing.T, l *ledger.Ledger, limit policy.Limit) int64 {
	t.Helper()
	b, err := l.Peek(bg, count("peek", nil, limit))
	if err != nil {
		t.Fatal(err)
	}
	return b[0].Before
}
