package engine_test

import (
	"flag"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/synth"
)

var reps = flag.Int("reps", 1, "megabytes of each honest text, and hundreds of values of each class")

// TestAccuracy measures recall and false findings at medium on generated
// text. Run it with -v for the table, with -reps 10 for the full measure.
func TestAccuracy(t *testing.T) {
	e := open(t)
	judge := func(m inspect.Meta, data []byte) inspect.Report { return scan(t, e, m, data, 64<<10) }
	t.Run("recall", func(t *testing.T) {
		t.Logf("%-22s %-13s %6s %9s %9s", "class", "values", "count", "found", "exact")
		extra := map[string]int{}
		for _, class := range synth.Classes() {
			rows := inspecttest.MeasureRecall(judge, class, synth.New(101, day).Positives(class, 100+100**reps))
			wanted := 0
			for _, r := range rows {
				wanted += r.Want
				for what, n := range r.Extra {
					extra[what] += n
				}
				if r.Want > 0 {
					t.Log(r)
				}
			}
			for _, f := range inspecttest.JudgeRecall(rows) {
				t.Error(f)
			}
			if wanted < 100 {
				t.Errorf("%s: only %d values stand in the documents", class, wanted)
			}
		}
		for what, n := range extra {
			t.Logf("beside the labels: %d of %s", n, what)
		}
	})
	t.Run("false findings", func(t *testing.T) {
		for _, kind := range synth.HonestKinds() {
			c := synth.New(102, day).Honest(kind, *reps<<20)
			f := inspecttest.NewFalse(kind)
			f.Add(kind, len(c.Data), judge(inspect.Meta{}, c.Data))
			report(t, f, nil)
		}
	})
}

// report logs a count and fails on what is too much.
func report(t *testing.T, f *inspecttest.False, trueByNature map[inspect.Class]string) {
	t.Helper()
	for _, row := range f.Table(trueByNature) {
		t.Log(row)
	}
	for _, fault := range f.Judge(trueByNature) {
		t.Error(fault)
	}
	for _, rule := range f.Rules() {
		for _, p := range f.Places[rule] {
			t.Logf("    %s: %s", rule, p)
		}
	}
}
