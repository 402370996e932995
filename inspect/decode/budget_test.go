package decode_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// TestBudget holds each bound to its reason, and what is held to its end.
func TestBudget(t *testing.T) {
	live := decode.NewLive(150)
	l := decode.Limits{Bytes: 10, Parts: 2, Hold: 100, Time: 1, Pace: 20_000, Live: live}.WithDefaults()
	b := decode.Budget{Limits: l}
	if first, second := b.Spend(10), b.Spend(1); first != "" || second != inspect.GapLimitBytes {
		t.Error("bytes are not bounded")
	}
	if first, second := b.Work(1), b.Work(1); first != "" || second != inspect.GapLimitTime {
		t.Error("work is not bounded")
	}
	b.Wire(5)
	for i, want := range []inspect.GapReason{"", "", inspect.GapLimitEntries} {
		if got := b.Part(); got != want {
			t.Errorf("part %d: %q, want %q", i, got, want)
		}
	}
	if !b.Hold(60) || b.Hold(60) || b.Left() != 40 {
		t.Errorf("memory is not bounded: %d left", b.Left())
	}
	other := decode.Budget{Limits: l}
	if other.Hold(100) {
		t.Error("two scans hold more than all may")
	}
	if b.End(); b.Left() != 100 || !other.Hold(100) {
		t.Error("what a scan held is not given back at its end")
	}
}
