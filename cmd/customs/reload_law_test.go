package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// actsOf reads the acts of that name in a log.
func actsOf(t *testing.T, h *house, act string) (out []policy.Admin) {
	t.Helper()
	err := audit.Read(context.Background(), audit.Source{Files: disk.Files{}, Dir: h.cfg.Data}, func(e policy.Entry) error {
		if e.Admin != nil && e.Admin.Act == act {
			out = append(out, *e.Admin)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A pack that asks less, as one that was signed before and is older, is loud.
func TestAPackThatAsksLessIsToldAndRecorded(t *testing.T) {
	strict, loose := pack(t, "reach: 100000, need: sc_or_cert", "reach: 90000, need: sc_or_cert"), pack(t, "reach: 100000, need: sc_or_cert", "reach: 200000, need: sc_or_cert")
	h, dir := opened(t, map[string]string{"packs/cn-2024.yaml": strict})
	core, logs := observer.New(zap.ErrorLevel)
	h.log = zap.New(core)
	h.warnLaw()
	if n := len(logs.TakeAll()); n != 0 {
		t.Errorf("%d lines about a stricter pack", n)
	}
	for _, tt := range []struct {
		text, note string
		loud       bool
	}{{loose, "asks LESS than before: thresholds.national", true}, {strict, "asks for no less", false}, {strict, "", false}} {
		putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), tt.text)
		before := len(actsOf(t, h, "law.packs"))
		h.reload(context.Background(), "")
		acts := actsOf(t, h, "law.packs")
		if tt.note == "" {
			if len(acts) != before {
				t.Errorf("nothing changed, and it was recorded: %+v", acts)
			}
			continue
		}
		rules, err := h.law.At(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if last := acts[len(acts)-1]; len(acts) != before+1 || !strings.Contains(last.Note, tt.note) || last.Digest != rules.Pack.Digest {
			t.Errorf("recorded %+v, want %q of %s", acts, tt.note, rules.Pack.Digest)
		}
		loud := logs.FilterMessageSnippet("ask LESS").Len()
		if logs.TakeAll(); (loud == 1) != tt.loud {
			t.Errorf("%q: %d lines", tt.note, loud)
		}
	}
	putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), loose)
	h.reload(context.Background(), "")
	logs.TakeAll()
	h.warnLaw()
	if n := logs.FilterMessageSnippet("LESS than the built-in").Len(); n != 1 {
		t.Errorf("at start: %d lines", n)
	}
	if acts := actsOf(t, h, "reload"); len(acts) != 4 || !strings.Contains(acts[3].Note, ", pack cn-2024@") {
		t.Errorf("reloads %+v", acts)
	}
}

// What cannot be kept does not come into force: neither pack nor policy.
func TestWhatCannotBeArchivedDoesNotComeIntoForce(t *testing.T) {
	h, dir := opened(t, map[string]string{"rego/own.rego": "package customs.operator\n"})
	if err := os.RemoveAll(h.path(archiveDir)); err != nil {
		t.Fatal(err)
	}
	put(t, h.path(archiveDir), "a file where the directory was")
	book, digest := h.law.Load(), h.decider.Digest()
	putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), pack(t, "both_kinds: true", "both_kinds: false"))
	put(t, filepath.Join(dir, "rego", "own.rego"), "package customs.operator\n\ndeny contains \"all\" if true\n")
	h.reload(context.Background(), "")
	if h.law.Load() != book || h.decider.Digest() != digest {
		t.Error("law or policy came into force without a copy")
	}
	if err := os.Remove(h.path(archiveDir)); err != nil {
		t.Fatal(err)
	}
	h.reload(context.Background(), "")
	if h.law.Load() == book || h.decider.Digest() == digest {
		t.Error("the archive was mended, and nothing came into force")
	}
}
