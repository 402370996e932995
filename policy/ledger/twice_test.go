package ledger_test

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// A program that was killed is started again, and then the power goes: what it
// left in the machine's memory only must not be vouched for.
func TestKilledAndThenThePower(t *testing.T) {
	for n := range 4 {
		d := faultfs.New()
		l := open(t, d)
		settle(t, l, must(t, l, count("a", policytest.Persons(0, 3))).ID, false)
		for i := range n {
			if err := l.Release(bg, must(t, l, count("b", policytest.Persons(10*i+10, 3))).ID); err != nil {
				t.Fatal(err)
			}
		}
		for end := time.Now().Add(10 * time.Second); bytes.Count(d.Bytes(files(d, "journal-")[0]), []byte(`"op":"release"`)) < n; runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatal("the releases were not written")
			}
		}
		killed := d.Crash(faultfs.Kill)
		l.Close()
		l = open(t, killed)
		dark := killed.Crash(faultfs.Power)
		l.Close()
		l = open(t, dark)
		if got := before(t, l, count("peek", nil, anyone)); got < 3 {
			t.Errorf("%d of 3 are counted", got)
		}
		l.Close()
	}
}
