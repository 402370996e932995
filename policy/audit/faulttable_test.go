package audit_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// positions is how many of the operations of each kind are struck.
var positions = flag.Int("positions", 1, "operations of each write point that the fault table strikes")

// point is one step of a protocol that makes something durable.
type point struct {
	name, kind, pattern string
}

// points are all of them, in the order in which a log comes to them.
var points = []point{
	{"segment: create", "create", "segment-00000001.jsonl"},
	{"segment: write", "write", "segment-00000001.jsonl"},
	{"segment: fsync", "sync", "segment-00000001.jsonl"},
	{"segment: fsync of directory", "syncdir", "data/audit"},
	{"rotation: create", "create", "segment-00000002.jsonl"},
	{"rotation: write", "write", "segment-00000002.jsonl"},
	{"rotation: fsync", "sync", "segment-00000002.jsonl"},
	{"tile: create", "create", "*.p/*.new"},
	{"tile: write", "write", "*.p/*.new"},
	{"tile: fsync", "sync", "*.p/*.new"},
	{"tile: rename", "rename", "*.p/*"},
	{"tile: fsync of directory", "syncdir", "*.p"},
	{"tile: new directory", "syncdir", "tile/0"},
	{"tile: removal of narrower ones", "remove", "*.p/[0-9]*"},
	{"checkpoint: create", "create", "checkpoint.new"},
	{"checkpoint: write", "write", "checkpoint.new"},
	{"checkpoint: fsync", "sync", "checkpoint.new"},
	{"checkpoint: rename", "rename", "checkpoint"},
	{"kept checkpoint: create", "create", "checkpoints/*.new"},
	{"kept checkpoint: write", "write", "checkpoints/*.new"},
	{"kept checkpoint: fsync", "sync", "checkpoints/*.new"},
	{"kept checkpoint: rename", "rename", "checkpoints/*"},
	{"kept checkpoint: fsync of directory", "syncdir", "checkpoints"},
	{"open flows: create", "create", "open-*.json.new"},
	{"open flows: write", "write", "open-*.json.new"},
	{"open flows: fsync", "sync", "open-*.json.new"},
	{"open flows: rename", "rename", "open-*.json"},
	{"open flows: fsync of directory", "syncdir", "data/index"},
	{"archive: create", "create", "segment-*.jsonl.zst.new"},
	{"archive: write", "write", "segment-*.jsonl.zst.new"},
	{"archive: fsync", "sync", "segment-*.jsonl.zst.new"},
	{"archive: rename", "rename", "segment-*.jsonl.zst"},
	{"archive: removal of the segment", "remove", "segment-*.jsonl"},
	{"deletion: create", "create", "segment-*.gone.new"},
	{"deletion: write", "write", "segment-*.gone.new"},
	{"deletion: fsync", "sync", "segment-*.gone.new"},
	{"deletion: rename", "rename", "segment-*.gone"},
	{"deletion: removal of the archive", "remove", "segment-*.jsonl.zst"},
}

type strikeKind struct {
	name  string
	fault faultfs.Fault
	only  string // kinds of operation that it is for; empty is all
}

var strikes = []strikeKind{
	{"lost", faultfs.Lost, ""},
	{"landed, reported failed", faultfs.Landed, ""},
	{"torn", faultfs.Torn, "write"},
	{"disk full", faultfs.Full, "create write"},
	{"stop before", faultfs.Stop, ""},
	{"stop after", faultfs.After, ""},
}

// losses are the ends of the program after a fault. What a fault leaves that
// does not stop the program is tried with a loss of power, which takes most;
// with more positions, with every end.
func losses(f faultfs.Fault) map[string]faultfs.Loss {
	switch {
	case *positions > 1:
		return map[string]faultfs.Loss{"kill": faultfs.Kill, "power": faultfs.Power, "half": faultfs.Half}
	case f == faultfs.After:
		return map[string]faultfs.Loss{"kill": faultfs.Kill, "power": faultfs.Power}
	}
	return map[string]faultfs.Loss{"power": faultfs.Power}
}

// TestFaultTable strikes every write point with every fault, then ends the
// program or the power, opens the log again, and wants: no acknowledged entry
// missing or changed, one record a flow, a tree that is consistent with every
// checkpoint ever published, and a log that takes entries. The table says how
// many entries were acknowledged before and after.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	table := make([][]string, len(points))
	t.Run("points", func(t *testing.T) {
		for i, p := range points {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				table[i] = p.rows(t)
			})
		}
	})
	n := 0
	for _, rows := range table {
		for _, row := range rows {
			n++
			t.Log(row)
		}
	}
	t.Logf("%d rows", n)
	if n < 160 {
		t.Errorf("only %d rows: some write points were not struck", n)
	}
}

func (p point) rows(t *testing.T) (out []string) {
	for _, s := range strikes {
		if s.only != "" && !strings.Contains(s.only, p.kind) {
			continue
		}
		for at := range *positions {
			var cells []string
			for name, loss := range losses(s.fault) {
				w := newLife(t)
				if w.live(p, s.fault, at, loss) {
					cells = append(cells, fmt.Sprintf("%s: %s", name, w.verdict()))
				}
			}
			if len(cells) > 0 { // there are operations enough
				slices.Sort(cells)
				out = append(out, fmt.Sprintf("%-36s %-22s %d  %s", p.name, s.name, at+1, strings.Join(cells, "  ")))
			}
		}
	}
	return out
}

// verdict is what one run shows.
func (w *life) verdict() string {
	if w.t.Failed() {
		return "FAILED"
	}
	return fmt.Sprintf("ok %2d", len(w.acked))
}
