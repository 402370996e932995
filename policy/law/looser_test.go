package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/law"
)

func TestWhatAsksLessIsTold(t *testing.T) {
	builtin, at := opened(t, nil), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct{ name, old, new, want string }{
		{"a threshold raised", "reach: 100000, need: sc_or_cert", "reach: 200000, need: sc_or_cert", "from 100000 persons (ns)"},
		{"a threshold lowered", "reach: 100000, need: sc_or_cert", "reach: 50000, need: sc_or_cert", ""},
		{"persons counted once", "both_kinds: true", "both_kinds: false", "both_kinds"},
		{"a fault that may be overlooked", "may_relax: []", "may_relax: [PURPOSE_UNDECLARED]", "may_relax: PURPOSE_UNDECLARED"},
		{"an older minor", "minor_age: 14", "minor_age: 13", "minor_age"},
		{"other words", "title: ", "title: my own ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			own := opened(t, map[string]string{"cn-2024.yaml": sub(t, builtinPack(t), tt.old, tt.new)})
			got := own.Looser(builtin, at)
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if back := builtin.Looser(own, at); tt.want != "" && len(back) > 0 {
				t.Errorf("the other way round: %q", back)
			}
		})
	}
}

func TestListsAndMarksThatAskLess(t *testing.T) {
	builtin, at := opened(t, nil), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	own := opened(t, map[string]string{"n.yaml": ownList, "c.yaml": ownCatalogue})
	if got := own.Looser(builtin, at); len(got) != 1 || !strings.HasPrefix(got[0], "zone list ") {
		t.Errorf("a new list and new marks: %q", got)
	}
	if got := builtin.Looser(own, at); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return !strings.HasPrefix(s, "mark ") }) {
		t.Errorf("marks left out: %q", got)
	}
	changed := opened(t, map[string]string{"n.yaml": sub(t, ownList, "min: 200000", "min: 200001"), "c.yaml": ownCatalogue})
	if got := changed.Looser(own, at); len(got) != 1 || !strings.Contains(got[0], "another than before") {
		t.Errorf("a changed row: %q", got)
	}
}

// Catalogues may together list more than one may, and what came into force so
// must be readable again.
func TestASnapshotOfManyCataloguesRoundTrips(t *testing.T) {
	files := map[string]string{}
	for n := range 2 {
		text := fmt.Sprintf("schema: dc.catalogue/1\nid: OWN-%d\ntitle: made up\neffective_from: 2025-01-01\nimportant:\n", n)
		for i := range 600 {
			text += fmt.Sprintf("  - {id: own.c%d.m%d, title_zh: 标记, title_en: mark, effect: suspected, scenarios: [icv.rnd], source: made up, verified: false}\n", n, i)
		}
		files[fmt.Sprintf("c%d.yaml", n)] = text
	}
	b := opened(t, files)
	r := rulesOn(t, b, "2026-06-01T12:00:00+08:00")
	s, _ := b.Snapshot(r.Pack.Digest)
	if _, err := law.FromSnapshot(s, ""); err != nil {
		t.Errorf("what was in force cannot be read again: %v", err)
	}
}

func TestSnapshotsWithOtherLimitsAreRefused(t *testing.T) {
	b := opened(t, map[string]string{"n.yaml": ownList, "g.yaml": ownGeneral, "c.yaml": ownCatalogue})
	r := rulesOn(t, b, "2026-06-01T12:00:00+08:00")
	s, _ := b.Snapshot(r.Pack.Digest)
	for _, tt := range []struct{ name, old, new string }{
		{"that of another number", `.200000"`, `.900000"`},
		{"one of the nation", `"limit":"scale.own.scale"`, `"limit":"national.ns.100000"`},
		{"none", `"limit":"scale.own.scale"`, `"limit":""`},
		{"that of another entry", `"max_limit":"list.`, `"max_limit":"lost.`},
	} {
		if _, err := law.FromSnapshot([]byte(sub(t, string(s), tt.old, tt.new)), ""); err == nil || !strings.Contains(err.Error(), "limits") {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}
