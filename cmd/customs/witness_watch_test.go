package main

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/tree"
)

// TestSilentWitnessAlarms wants a witness that nobody can reach to be told of
// once a day, after the time that is configured and not before, and never where
// there was nothing to cosign.
func TestSilentWitnessAlarms(t *testing.T) {
	now := time.Now()
	l := newLookout(t, t.TempDir(), nil, &clockWatch{}, now)
	defer l.close()
	line, err := tree.CosignerKey("w.example", ed25519.NewKeyFromSeed([]byte(strings.Repeat("w", 32))).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	cfg := *l.cfg
	cfg.Data = t.TempDir() // without a checkpoint
	cfg.Audit.Witnesses = []config.Witness{{URL: "http://127.0.0.1:1", Key: line}}
	if l.watch.pusher, err = newPusher(&cfg, nil); err != nil {
		t.Fatal(err)
	}
	look := func(name string, after time.Duration, want int) {
		t.Helper()
		if err := l.tellWitnesses(t.Context(), now.Add(after)); err != nil {
			t.Fatal(name, err)
		}
		if got := l.marks(alert.Witness); len(got) != want || slices.ContainsFunc(got, func(m string) bool { return !strings.HasPrefix(m, "w.example silent ") }) {
			t.Errorf("%s: raised %v, want %d", name, got, want)
		}
	}
	look("nothing to cosign", 100*time.Hour, 0)
	l.watch.pusher.Offer([]byte("a checkpoint"), tree.Checkpoint{})
	look("not yet", 23*time.Hour, 0)
	look("after a day", 25*time.Hour, 1)
	look("the same day", 25*time.Hour+time.Second, 1)
	look("the next day", 49*time.Hour, 2)
}
