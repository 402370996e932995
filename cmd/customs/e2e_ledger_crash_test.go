package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

var crashFaults = []struct {
	name  string
	fault faultfs.Fault
}{{"stop", faultfs.Stop}, {"lost", faultfs.Lost}, {"landed and reported failed", faultfs.Landed}, {"torn", faultfs.Torn}, {"full", faultfs.Full}}

var crashLosses = []struct {
	name string
	loss faultfs.Loss
}{{"power", faultfs.Power}, {"half", faultfs.Half}, {"kill", faultfs.Kill}}

// crash is one row: a fault at one operation, then the loss of the machine.
type crash struct {
	t      *testing.T
	at     int
	fault  int
	loss   int
	broken func(counting) counting // before the crash; nil for none
	where  string                  // step of the walk
	op     *faultfs.Op             // that was struck; nil when the walk ended before
}

func (c *crash) String() string {
	return fmt.Sprintf("%s at operation %d (%v, %s), then %s", crashFaults[c.fault].name, c.at, c.op, c.where, crashLosses[c.loss].name)
}

// TestCrashAtEveryStep strikes each operation of ledger, log and outbox on
// the disk, from their making through folding to a restart in the middle. By
// default one of five faults strikes each operation, and with -reps above 1
// every fault does with every loss.
func TestCrashAtEveryStep(t *testing.T) {
	points := map[string]int{}
	rows := 0
	for turn := 0; turn == 0 || turn < 4 && len(unreached(points)) > 0; turn++ {
		rows += crashEach(t, turn, points)
	}
	for _, p := range slices.Sorted(maps.Keys(points)) {
		t.Logf("%4d  %s", points[p], p)
	}
	t.Logf("%d crashes at %d kinds of points: all invariants hold", rows, len(points))
	for _, want := range unreached(points) {
		t.Errorf("no crash at %q: the walk does not reach it", want)
	}
}

// crashEach strikes every operation. Folding runs beside, so that no two walks
// have the same operations: a kind that one turn missed comes in another.
func crashEach(t *testing.T, turn int, points map[string]int) (rows int) {
	for at, beyond := 0, 0; beyond < 3; at++ {
		reached := false
		for fault := range crashFaults {
			for loss := range crashLosses {
				if *reps == 1 && (fault != (at+turn)%len(crashFaults) || loss != at/len(crashFaults)%len(crashLosses)) {
					continue
				}
				c := &crash{t: t, at: at, fault: fault, loss: loss}
				faults := c.row()
				for _, f := range faults {
					t.Errorf("%v: %s", c, f)
				}
				if t.Failed() {
					t.FailNow()
				}
				if c.op != nil {
					reached = true
					rows++
					points[c.point()]++
				}
			}
		}
		if !reached {
			beyond++
		}
	}
	return rows
}

// unreached are the kinds of points that have to be struck and were not.
func unreached(points map[string]int) (out []string) {
	for _, want := range []string{"ledger write", "ledger sync", "ledger rename", "ledger syncdir", "audit write", "audit sync", "alerts write", "alerts sync", "alerts rename"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(points)), func(p string) bool { return strings.HasPrefix(p, want) }) {
			out = append(out, want)
		}
	}
	return out
}

// point names an operation by store, kind and file.
func (c *crash) point() string {
	store, file := "disk", strings.TrimPrefix(c.op.Name, "data/")
	if i := strings.IndexByte(file, '/'); i >= 0 {
		store, file = file[:i], file[i+1:]
	} else if c.op.Kind == "syncdir" {
		store = file
	}
	if i := strings.IndexFunc(file, func(r rune) bool { return r >= '0' && r <= '9' }); i >= 0 {
		file = file[:i] + "N" + strings.TrimLeft(file[i:], "0123456789abcdef")
	}
	return store + " " + c.op.Kind + " " + file
}

func (c *crash) row() []string {
	d := faultfs.New()
	d.FailAt(c.at, crashFaults[c.fault].fault)
	r := &hearer{got: map[string]int{}}
	seen := walked{origin: map[string]bool{}}
	w, err := openWorks(d, r, c.broken)
	c.where = "making"
	if err == nil {
		w, seen = w.walk(func(step string) {
			if n := len(d.Ops()); n <= c.at {
				c.where = step
			} else if n > c.at+12 && crashFaults[c.fault].fault == faultfs.Full {
				d.Heal() // somebody made room
			}
			if step == "fold" && c.broken == nil {
				awaitFold(c.t, d, c.at)
			}
		})
	}
	if ops := d.Ops(); len(ops) > c.at {
		c.op = &ops[c.at]
	}
	after := d.Crash(crashLosses[c.loss].loss)
	if w != nil && err == nil {
		w.close()
	}
	return c.check(after, r, seen)
}

// awaitFold waits until a base is there, unless something was struck: what was
// struck may have been the folding.
func awaitFold(t *testing.T, d *faultfs.Disk, at int) {
	waitFor(t, "a folding", func() bool {
		return len(d.Ops()) > at || slices.ContainsFunc(d.Files(), func(n string) bool {
			return strings.HasPrefix(n, "data/ledger/base-") && !strings.HasSuffix(n, ".tmp")
		})
	})
}

// check starts again and compares; then the power goes once more, and what
// recovery settled must stand. At the end the ledger, counted again from the
// first line of its journal, must be the same, and agree with the log.
func (c *crash) check(d *faultfs.Disk, r *hearer, seen walked) (out []string) {
	var last *sets
	for round := range 2 {
		w, err := openWorks(d, r, nil)
		if err != nil {
			return append(out, fmt.Sprintf("start %d: %v", round+1, err))
		}
		if _, err := w.recover(); err != nil {
			out = append(out, fmt.Sprintf("recovery %d: %v", round+1, err))
		}
		s, err := w.look(seen)
		if err != nil {
			out = append(out, err.Error())
		} else {
			out = append(out, s.faults()...)
			out = append(out, s.since(last)...)
		}
		last = s
		out = append(out, w.alarms(c.t, seen)...)
		if round == 0 {
			d = d.Crash(faultfs.Power)
		}
		w.close()
	}
	if last != nil && c.broken == nil {
		out = append(out, countedAgain(d, last)...)
	}
	return out
}

// since says who was counted before and is not any more.
func (s *sets) since(before *sets) (out []string) {
	for _, name := range s.tried {
		if before != nil && before.counted[name] && !s.counted[name] {
			out = append(out, "counted before the last loss of power and not after it: "+name)
		}
	}
	return out
}

// countedAgain counts from the journal and compares with the counters and the log.
func countedAgain(d *faultfs.Disk, s *sets) []string {
	report, err := ledger.Rebuild(context.Background(), ledger.RebuildOptions{Dir: "data", Files: d, Intents: func(yield func(ledger.Intent, error) bool) {
		err := audit.Records(context.Background(), audit.Source{Files: d, Dir: "data"}, func(r policy.Record) error {
			if in, named := namedBy(r, s); named {
				yield(in, nil)
			}
			return nil
		})
		if err != nil {
			yield(ledger.Intent{}, err)
		}
	}})
	if err != nil {
		return []string{err.Error()}
	}
	if !report.Same() || report.Open != len(s.doubt) {
		return append(report.Differs, fmt.Sprintf("counted again: %d open of %d, not named by the log %v, %s", report.Open, len(s.doubt), report.Unnamed, report.Present))
	}
	return nil
}

// namedBy is what the log says of a record's reservation.
func namedBy(r policy.Record, s *sets) (in ledger.Intent, named bool) {
	h := r.Intent.Reservation
	if h == nil || h.ID == "" {
		return in, false
	}
	in = ledger.Intent{ID: h.ID, Flow: r.ID, Commitment: h.Commitment, Sent: r.Outcome.Sent, InDoubt: r.Outcome.InDoubt}
	i := slices.IndexFunc(legs, func(l leg) bool { return l.name == r.ID })
	switch word := legs[i].settle; {
	case s.doubt[r.ID]:
	case word == "sent":
		in.Settled = policy.SentAll
	case word == "not-sent":
		in.Settled = policy.SentNone
	}
	return in, true
}
