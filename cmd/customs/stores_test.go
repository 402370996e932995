package main_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

var everyLoss = flag.Bool("every-loss", false, "crash at every operation with every kind of loss, not with one in turn")

// walked is how many flows a walk has: enough for each way that a flow ends.
const walked = 5

// stores are ledger and log on one disk, as the program assembles them.
type stores struct {
	ledger *ledger.Ledger
	log    *audit.Log
}

func openStores(d *faultfs.Disk) (stores, error) {
	clock := (&policytest.Clock{}).Now
	log, err := audit.Open(audit.Options{Dir: "data", Node: "n1", Files: d, Now: clock, SegmentBytes: 2500})
	if err != nil {
		return stores{}, err
	}
	led, err := ledger.Open(ledger.Options{Dir: "data", Key: bytes.Repeat([]byte{1}, 32), Files: d, Now: clock, CompactBytes: 1500})
	if err != nil {
		log.Close()
		return stores{}, err
	}
	return stores{led, log}, nil
}

func (s stores) close() {
	s.ledger.Close()
	s.log.Close()
}

func persons(flow int) policy.Count {
	return policy.Count{Flow: fmt.Sprint("f", flow), Entity: policytest.Exporter, At: policytest.Start, Basis: "SC",
		Persons: append(policytest.Persons(100+flow, 1), policytest.Persons(0, 1)...),
		Limits:  []policy.Limit{{ID: "n", Kind: policy.CountNS, Max: 1000}}}
}

// walk takes flows through the state machine as the gateway does and returns
// which of them sent a byte. Every third flow's upstream refuses it, and every
// fifth is blocked after its persons were reserved. step hears where it is.
func (s stores) walk(step func(string)) (sent []int) {
	ctx := context.Background()
	for flow := range walked {
		step("reserve")
		r, err := s.ledger.Reserve(ctx, persons(flow))
		if err != nil {
			continue
		}
		step("intent")
		intent := policytest.Intent(r.Flow, policy.Pass)
		if flow%5 == 4 {
			intent = policytest.Intent(r.Flow, policy.Block)
		}
		_, err = s.log.Append(ctx, intent)
		if err != nil || flow%5 == 4 {
			step("release")
			_ = s.ledger.Release(ctx, r.ID)
			continue
		}
		step("outcome")
		if flow%3 == 2 {
			_, _ = s.log.Append(ctx, policytest.Outcome(r.Flow, policy.SentNone))
			step("release")
			_ = s.ledger.Release(ctx, r.ID)
			continue
		}
		sent = append(sent, flow)
		_, _ = s.log.Append(ctx, policytest.Outcome(r.Flow, policy.SentAll))
		step("commit")
		_ = s.ledger.Commit(ctx, r.ID, false)
	}
	return sent
}

// TestCrashAtEveryStep stops the program, or breaks the disk, at every
// operation of the state machine, takes the power away, and wants from what a
// restart finds: no released flow without an entry, nobody uncounted, one
// record a flow, and who is counted without having been sent is in doubt.
func TestCrashAtEveryStep(t *testing.T) {
	faults := []faultfs.Fault{faultfs.Stop, faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full}
	names := []string{"stop", "lost", "landed", "torn", "full"}
	losses := []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill}
	rows := map[string]int{}
	for i, fault := range faults {
		for at := 0; ; at++ {
			var reached bool
			for j, loss := range losses {
				if j != at%len(losses) && !*everyLoss {
					continue
				}
				var where string
				where, reached = crashOnce(t, fault, at, loss)
				rows[fmt.Sprintf("%-8s %s", where, names[i])]++
				if t.Failed() {
					t.Fatalf("%s at operation %d (%s), loss %d", names[i], at, where, loss)
				}
			}
			if !reached {
				break
			}
		}
	}
	var table []string
	for row, n := range rows {
		table = append(table, fmt.Sprintf("%s: %d crashes, all invariants hold", row, n))
	}
	slices.Sort(table)
	for _, row := range table {
		t.Log(row)
	}
	if len(table) < 20 {
		t.Errorf("only %d rows: the walk does not reach every step", len(table))
	}
}

func crashOnce(t *testing.T, fault faultfs.Fault, at int, loss faultfs.Loss) (where string, reached bool) {
	d := faultfs.New()
	s, err := openStores(d)
	if err != nil {
		t.Fatal(err)
	}
	first := len(d.Ops())
	d.FailAt(at, fault)
	sent := s.walk(func(step string) {
		if len(d.Ops()) <= first+at {
			where = step
		}
	})
	reached = len(d.Ops()) > first+at
	after := d.Crash(loss)
	s.close()
	s, err = openStores(after)
	if err != nil {
		t.Error(err)
		return where, reached
	}
	defer s.close()
	settle(t, s, after, sent)
	return where, reached
}

func settle(t *testing.T, s stores, d *faultfs.Disk, sent []int) {
	ctx, now := context.Background(), (&policytest.Clock{}).Now
	if _, err := policy.Recover(ctx, s.ledger, s.log, "n1", now, s.log.Settled); err != nil {
		t.Error(err)
		return
	}
	source := audit.Source{Files: d, Dir: "data"}
	records := map[string]policy.Record{}
	err := audit.Records(ctx, source, func(r policy.Record) error {
		if _, twice := records[r.ID]; twice || !r.Complete {
			t.Errorf("flow %s: two records, or one that is not complete", r.ID)
		}
		records[r.ID] = r
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := audit.Verify(ctx, source); err != nil {
		t.Error(err)
	}
	for _, flow := range sent {
		if r, ok := records[fmt.Sprint("f", flow)]; !ok || !r.Intent.Enforced.Releases() {
			t.Errorf("flow %d was sent and has no entry that releases it", flow)
		}
	}
	checkCounts(t, s, sent)
}

func checkCounts(t *testing.T, s stores, sent []int) {
	_, pending := s.ledger.Show()
	doubt := map[string]bool{}
	for _, p := range pending {
		if !p.InDoubt {
			t.Errorf("flow %s is still open after recovery", p.Flow)
		}
		doubt[p.Flow] = true
	}
	for flow := range walked {
		c := persons(flow)
		c.Persons = c.Persons[:1] // the flow's own person
		b, err := s.ledger.Peek(context.Background(), c)
		if err != nil {
			t.Error(err)
			return
		}
		counted, left := b[0].After == b[0].Before, slices.Contains(sent, flow)
		if left && !counted {
			t.Errorf("flow %d was sent and its person is not counted", flow)
		}
		if counted && !left && !doubt[c.Flow] {
			t.Errorf("flow %d was not sent; its person is counted and not in doubt", flow)
		}
	}
}
