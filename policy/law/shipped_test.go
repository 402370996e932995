package law_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
)

// The lists that public material knows of, with the days on which they rule.
// None was compared with its annex, so none is verified.
func TestTheZoneListsThatAreShipped(t *testing.T) {
	want := []struct{ id, kind, zone, from, to string }{
		{"CN-BJ-2024", "negative", "CN-BJ-FTZ", "2024-08-30", "2026-05-10"},
		{"CN-BJ-2025", "negative", "CN-BJ", "2026-05-11", ""},
		{"CN-CQ-2025", "negative", "CN-CQ-FTZ", "2025-09-01", ""},
		{"CN-FJ-2025", "negative", "CN-FJ-FTZ", "2025-12-25", ""},
		{"CN-GD-2025", "negative", "CN-GD-HETAO", "2026-05-01", ""},
		{"CN-GX-2025", "negative", "CN-GX-FTZ", "2025-09-01", ""},
		{"CN-HI-2024", "negative", "CN-HI-FTP", "2025-02-20", ""},
		{"CN-JS-2025", "negative", "CN-JS-FTZ", "2025-09-01", ""},
		{"CN-SH-2024", "negative", "CN-SH-FTZ-LINGANG", "2025-02-08", "2026-03-31"},
		{"CN-SH-2025", "negative", "CN-SH", "2026-04-01", ""},
		{"CN-SH-LINGANG-GENERAL-2024", "general", "CN-SH-FTZ-LINGANG", "2024-05-17", "2025-05-16"},
		{"CN-TJ-2024", "negative", "CN-TJ-FTZ", "2024-05-09", ""},
		{"CN-ZJ-2024", "negative", "CN-ZJ-FTZ", "2025-04-10", ""},
	}
	lists := opened(t, nil).Lists()
	if len(lists) != len(want) {
		t.Errorf("%d lists, want %d", len(lists), len(want))
	}
	for _, w := range want {
		i := slices.IndexFunc(lists, func(l *law.List) bool { return l.ID == w.id })
		if i < 0 {
			t.Errorf("%s is missing", w.id)
			continue
		}
		l := lists[i]
		if l.Type != w.kind || !slices.Contains(l.Zones, w.zone) || l.From != w.from || l.To != w.to || len(l.Entries) == 0 {
			t.Errorf("%s: %s %v %s to %s with %d entries", l.ID, l.Type, l.Zones, l.From, l.To, len(l.Entries))
		}
		if l.Verified || slices.ContainsFunc(l.Entries, func(e law.Entry) bool { return e.Verified }) {
			t.Errorf("%s says that somebody compared it with its annex", l.ID)
		}
	}
}

// Every scenario that a list or mark names is in the catalogue, and every
// class is one that the program knows.
func TestShippedNamesAreKnown(t *testing.T) {
	b := opened(t, nil)
	var codes []string
	for _, c := range b.Catalogues() {
		for _, s := range c.Scenarios {
			codes = append(codes, s.Code)
		}
	}
	scenario := func(at, s string) {
		branch, any := strings.CutSuffix(s, "*")
		if !slices.ContainsFunc(codes, func(c string) bool { return c == s || any && strings.HasPrefix(c, branch) }) {
			t.Errorf("%s: the catalogue has no scenario %s", at, s)
		}
	}
	classes := knownClasses(t)
	class := func(at, c string) {
		if !classes[c] {
			t.Errorf("%s: no class %s", at, c)
		}
	}
	for _, l := range b.Lists() {
		for _, s := range l.Covers {
			scenario(l.ID, s)
		}
		for _, e := range l.Entries {
			scenario(l.ID+" "+e.ID, e.Scenario)
			for _, c := range e.Classes {
				class(l.ID+" "+e.ID, c)
			}
		}
	}
	for _, k := range b.Catalogues() {
		for _, m := range k.Important {
			for _, s := range m.Scenarios {
				scenario(m.ID, s)
			}
			for _, c := range m.Classes {
				class(m.ID, c)
			}
		}
	}
	for _, family := range []string{"icv.", "bio.", "fund.", "mnc.hr", "mnc.finance", "mnc.procurement", "aviation.", "retail.", "hotel.",
		"reinsurance.", "shipping.", "bank.", "credit.", "geo.", "weather.", "ai.training", "trade.logistics"} {
		if !slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(c, family) }) {
			t.Errorf("no scenario %s", family)
		}
	}
}

// knownClasses reads the names from where they are defined.
func knownClasses(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "inspect", "class.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`Class = "([a-z0-9._]+)"`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = true
	}
	return out
}

// Which marks decide. One that holds for everybody would stop honest traffic:
// each hangs on a class that is meant by the law itself, or on a scenario.
func TestTheMarksThatDecide(t *testing.T) {
	want := map[string]string{"automotive.persons": "published", "hgr.genomic": "approval"}
	b := opened(t, nil)
	personal := b.Packs()[0].Classes.Personal
	for _, k := range b.Catalogues() {
		for _, m := range k.Important {
			if !m.Verified {
				if m.Scale != nil && m.Scale.Limit != "" {
					t.Errorf("%s makes a limit and nobody verified it", m.ID)
				}
				continue
			}
			if want[m.ID] != m.Effect {
				t.Errorf("%s has effect %s, want %q", m.ID, m.Effect, want[m.ID])
			}
			delete(want, m.ID)
			if m.ID == "automotive.persons" {
				if !slices.Equal(m.Scenarios, []string{"icv.*"}) || m.Scale.Reach != 100_001 || m.Scale.Kind != "any" {
					t.Errorf("%s: %v %+v; it is for vehicles, from more than 100,000 persons on", m.ID, m.Scenarios, m.Scale)
				}
				// Parts and vehicle data without persons are not meant.
				for _, c := range m.Classes {
					if !slices.Contains(personal, c) {
						t.Errorf("%s: %s is not personal", m.ID, c)
					}
				}
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// What came with the program can be overruled file by file.
func TestAnOperatorWhoReadTheAnnexReplacesTheList(t *testing.T) {
	own := sub(t, sub(t, ownList, "id: CN-SH-TEST", "id: CN-SH-2025"), "effective_from: 2026-01-01\neffective_to: 2026-12-31", "effective_from: 2026-04-01")
	b := opened(t, map[string]string{"shanghai.yaml": own})
	for _, l := range b.Lists() {
		if l.ID == "CN-SH-2025" && !l.Verified {
			t.Error("the built-in list is still there")
		}
	}
	if r := rulesOn(t, b, "2026-06-01T00:00:00+08:00"); len(r.Zone["CN-SH-FTZ"]) != 3 {
		t.Errorf("limits %v", r.Zone)
	}
}
