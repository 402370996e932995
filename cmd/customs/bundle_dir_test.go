package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/rego"
)

// A look for a bundle takes up the bundle alone: modules of policy.dir that
// somebody is still writing come into force with a reload.
func TestABundleTakesUpNoModulesByTheWay(t *testing.T) {
	h, dir := opened(t, map[string]string{"rego/own.rego": "package customs.operator\n"})
	src, at := filepath.Join(dir, "policy"), filepath.Join(dir, bundleFile)
	if err := os.Mkdir(src, 0o700); err != nil {
		t.Fatal(err)
	}
	publish := func(rule string) {
		t.Helper()
		put(t, filepath.Join(src, "x.rego"), "package customs.operator\n\ndeny contains \""+rule+"\" if false\n")
		b, err := rego.SignBundle(src, packKey().signer)
		if err != nil {
			t.Fatal(err)
		}
		put(t, at, string(b))
	}
	holds := func(text string) bool { return strings.Contains(string(h.decider.Snapshot()), text) }
	publish("first")
	h.cfg.Policy.Bundle, h.cfg.Policy.Keys = at, []string{packKey().public}
	if err := h.swap(context.Background(), h.cfg); err != nil || !holds("first") {
		t.Fatal(err)
	}
	publish("second")
	if h.lookForBundle(context.Background()); !holds("second") {
		t.Error("a new bundle was not taken up")
	}
	put(t, filepath.Join(dir, "rego", "own.rego"), "package customs.operator\n\ndeny contains \"draft\" if false\n")
	publish("third")
	if h.lookForBundle(context.Background()); holds("draft") || holds("third") || h.badBundle == "" {
		t.Errorf("draft %v, third %v, told %v", holds("draft"), holds("third"), h.badBundle)
	}
	if err := h.swap(context.Background(), h.cfg); err != nil || !holds("draft") || !holds("third") || h.badBundle != "" {
		t.Errorf("after a reload: %v, draft %v, third %v", err, holds("draft"), holds("third"))
	}
}
