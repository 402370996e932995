package synth_test

import (
	"bytes"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
)

func TestHonest(t *testing.T) {
	for _, kind := range synth.HonestKinds() {
		a, b := synth.New(3, day).Honest(kind, 20_000), synth.New(3, day).Honest(kind, 20_000)
		if len(a.Data) < 20_000 || len(a.Data) > 30_000 || !bytes.Equal(a.Data, b.Data) || len(a.Labels) > 0 {
			t.Errorf("%s: %d bytes, %d labels", kind, len(a.Data), len(a.Labels))
		}
		if bytes.Contains(a.Data, []byte("%!")) {
			t.Errorf("%s: a verb was not filled", kind)
		}
	}
	if c := synth.New(3, day).Honest("no such kind", 10); len(c.Data) != 0 {
		t.Error("an unknown kind gives text")
	}
}
