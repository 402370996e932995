package witness_test

import (
	"fmt"
	"testing"

	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// TestCrashes strikes every step of keeping a checkpoint and cuts the power:
// the witness never forgets what it gave out, and goes on.
func TestCrashes(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	c5, s5 := log.grow(5)
	c9, s9 := log.grow(9)
	first, second := log.body(0, c5, s5), log.body(5, c9, s9)
	faults := map[string]faultfs.Fault{"lost": faultfs.Lost, "landed": faultfs.Landed, "torn": faultfs.Torn, "full": faultfs.Full, "stop": faultfs.Stop}
	losses := map[string]faultfs.Loss{"power": faultfs.Power, "half": faultfs.Half, "kill": faultfs.Kill}
	rows := 0
	for step := range 7 {
		for name, fault := range faults {
			for lname, loss := range losses {
				rows++
				at := fmt.Sprintf("step %d %s then %s", step, name, lname)
				d := faultfs.New()
				w := open(t, d, "w", log.key)
				if code, _, _ := post(t, w, first); code != 200 {
					t.Fatal(at, code)
				}
				d.FailAt(step, fault)
				code, _, _ := post(t, w, second)
				if code != 200 && code != 500 {
					t.Errorf("%s: answered %d", at, code)
				}
				d = d.Crash(loss)
				w = open(t, d, "w", log.key)
				again, text, _ := post(t, w, second)
				switch {
				case code == 200 && (again != 409 || text != "9\n"):
					t.Errorf("%s: what was cosigned is forgotten: %d %q", at, again, text)
				case again != 200 && text != "9\n":
					t.Errorf("%s: it does not go on: %d %q", at, again, text)
				}
				if code, _, _ := post(t, w, log.body(9, c9, s9)); code != 200 {
					t.Errorf("%s: the newest is not cosigned again: %d", at, code)
				}
			}
		}
	}
	t.Logf("%d rows", rows)
}

// TestFullDiskHeals wants a witness that could not write to go on by itself.
func TestFullDiskHeals(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	c5, s5 := log.grow(5)
	d := faultfs.New()
	w := open(t, d, "w", log.key)
	d.FailAt(0, faultfs.Full)
	for range 2 {
		if code, _, _ := post(t, w, log.body(0, c5, s5)); code != 500 {
			t.Errorf("a full disk: %d", code)
		}
	}
	d.Heal()
	if code, _, _ := post(t, w, log.body(0, c5, s5)); code != 200 {
		t.Errorf("after space came back: %d", code)
	}
}
