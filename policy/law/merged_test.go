package law_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// manyRows is a list with seven numbers in each of n rows.
func manyRows(n int) string {
	var b strings.Builder
	b.WriteString(ownList[:strings.Index(ownList, "  - id: member\n")])
	for i := range n {
		fmt.Fprintf(&b, "  - {id: row-%d, scenario: retail.s%d, data_class: pi, classes: [pi.name], verified: true, source: row,\n     rules: [", i, i)
		for k := 7; k > 0; k-- {
			fmt.Fprintf(&b, "{min: %d, pathway: SA}, ", k)
		}
		b.WriteString("{min: 0, pathway: NONE}]}\n")
	}
	return b.String()
}

func rulesOn(t testing.TB, b *law.Book, when string) *policy.Rules {
	t.Helper()
	d, err := time.Parse(time.RFC3339, when)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.At(d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func limitIDs(limits []policy.Limit) []string {
	var out []string
	for _, l := range limits {
		out = append(out, fmt.Sprintf("%s %s %d", l.ID, l.Kind, l.Max))
	}
	return out
}

// A verified list makes a limit of each of its numbers, with the ids that the
// policy reads in the merged document.
func TestListsAndMarksMakeLimits(t *testing.T) {
	b := opened(t, map[string]string{"n.yaml": ownList, "g.yaml": ownGeneral, "c.yaml": ownCatalogue})
	r := rulesOn(t, b, "2026-06-01T10:00:00+08:00")
	negative := []string{"list.CN-SH-TEST.member.1000000 ns 999999", "list.CN-SH-TEST.member.200000 ns 199999", "list.CN-SH-TEST.member-sensitive.5000 sp 4999"}
	if got := limitIDs(r.Zone["CN-SH-FTZ"]); !slices.Equal(got, negative) {
		t.Errorf("zone: %q", got)
	}
	if got, want := limitIDs(r.Zone["CN-SH-FTZ-LINGANG"]), append([]string{"list.CN-SH-GENERAL.service.max ns 99999"}, negative...); !slices.Equal(got, want) {
		t.Errorf("zone with both lists: %q, want %q", got, want)
	}
	if got := limitIDs(r.Scale); !slices.Contains(got, "scale.own.scale any 4999") || !slices.Contains(got, "scale.automotive.persons any 100000") || len(got) != 2 {
		t.Errorf("scale: %q", got)
	}
	for _, l := range r.Zone["CN-SH-FTZ"] {
		if !slices.Contains(l.Bases, "EX_FTZ_BELOW_LIST_THRESHOLD") || !slices.Contains(l.Bases, "EX_FTZ_GENERAL_LIST") ||
			!slices.Contains(l.Bases, "SC") || !slices.Contains(l.Bases, policy.BasisObserved) {
			t.Errorf("limit %s counts %v", l.ID, l.Bases)
		}
	}
	if slices.Contains(r.National[0].Bases, "EX_FTZ_GENERAL_LIST") || !slices.Equal(r.Scale[0].Bases, r.National[0].Bases) {
		t.Errorf("national %v, scale %v", r.National[0].Bases, r.Scale[0].Bases)
	}
	text, err := json.Marshal(r.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{`"limit":"list.CN-SH-TEST.member.200000"`, `"max_limit":"list.CN-SH-GENERAL.service.max"`, `"limit":"scale.own.scale"`, `"profile":"strict"`} {
		if !bytes.Contains(text, []byte(id)) {
			t.Errorf("the policy is not told %s", id)
		}
	}
}

func TestWhatNobodyVerifiedMakesNoLimits(t *testing.T) {
	tests := []struct{ name, file, old, new, gone string }{
		{"a list", ownList, "verified: true\nsource", "verified: false\nsource", "list."},
		{"an entry", ownList, "verified: true\n    source: row 2", "verified: false\n    source: row 2", "member-sensitive"},
		{"a general entry", ownGeneral, "verified: true\n    source: row 1", "verified: false\n    source: row 1", "list."},
		{"a mark", ownCatalogue, "source: ours\n    verified: true", "source: ours\n    verified: false", "scale.own"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for text, want := range map[string]bool{tt.file: true, sub(t, tt.file, tt.old, tt.new): false} {
				r := rulesOn(t, opened(t, map[string]string{"f.yaml": text}), "2026-06-01T10:00:00+08:00")
				all := fmt.Sprint(r.Scale, r.Zone)
				if strings.Contains(all, tt.gone) != want {
					t.Errorf("verified %v: limits %s", want, all)
				}
			}
		})
	}
	r := rulesOn(t, opened(t, nil), "2026-11-22T10:00:00+08:00")
	if len(r.Zone) != 0 || len(r.Data["lists"].([]any)) < 10 {
		t.Errorf("of the built-in lists, %d in force, the zones have limits %v; want none: nobody read the annexes", len(r.Data["lists"].([]any)), r.Zone)
	}
}

func TestExemptVolumesInCountEveryBasis(t *testing.T) {
	in := sub(t, builtinPack(t), "  national:\n", "  exempt: in\n  national:\n")
	r := rulesOn(t, opened(t, map[string]string{"cn-2024.yaml": in, "n.yaml": ownList}), "2026-06-01T10:00:00+08:00")
	for _, l := range r.Limits(policy.Exporter{Zone: "CN-SH-FTZ"}) {
		if l.Bases != nil {
			t.Errorf("limit %s counts only %v", l.ID, l.Bases)
		}
	}
}

// Files come and go at midnight in Shanghai.
func TestPagesTurnAtMidnightInShanghai(t *testing.T) {
	b := opened(t, map[string]string{"n.yaml": ownList, "c.yaml": ownCatalogue})
	tests := []struct {
		when        string
		list, marks bool
	}{
		{"2025-12-31T15:59:59Z", false, false},
		{"2025-12-31T16:00:00Z", true, false},
		{"2026-01-31T23:59:59+08:00", true, false},
		{"2026-02-01T00:00:00+08:00", true, true},
		{"2026-12-31T23:59:59.999999999+08:00", true, true},
		{"2027-01-01T00:00:00+08:00", false, true},
	}
	for _, tt := range tests {
		r := rulesOn(t, b, tt.when)
		if got := len(r.Zone["CN-SH-FTZ"]) > 0; got != tt.list {
			t.Errorf("%s: list in force %v, want %v", tt.when, got, tt.list)
		}
		if got := slices.ContainsFunc(r.Scale, func(l policy.Limit) bool { return l.ID == "scale.own.scale" }); got != tt.marks {
			t.Errorf("%s: mark in force %v, want %v", tt.when, got, tt.marks)
		}
		if r.Pack.ID != "cn-2024" {
			t.Errorf("%s: pack %s", tt.when, r.Pack.ID)
		}
	}
}

func TestDigestsAreStable(t *testing.T) {
	files := map[string]string{"n.yaml": ownList, "g.yaml": ownGeneral, "c.yaml": ownCatalogue}
	a, b := opened(t, files), opened(t, files)
	want := a.Snapshots()
	for range 5 { // maps are in another order each time
		if err := b.Reload(); err != nil {
			t.Fatal(err)
		}
		if got := b.Snapshots(); !maps.EqualFunc(got, want, bytes.Equal) {
			t.Fatal("the same files have other digests")
		}
	}
	other := opened(t, map[string]string{"n.yaml": sub(t, ownList, "min: 200000", "min: 200001"), "g.yaml": ownGeneral, "c.yaml": ownCatalogue})
	day := "2026-06-01T10:00:00+08:00"
	if rulesOn(t, a, day).Pack.Digest == rulesOn(t, other, day).Pack.Digest {
		t.Error("a number changed and the digest did not")
	}
	if before := "2025-06-01T10:00:00+08:00"; rulesOn(t, a, before).Pack != rulesOn(t, other, before).Pack {
		t.Error("the digest changed for a day on which the list was not in force")
	}
	commented := opened(t, map[string]string{"n.yaml": "# a comment\n" + ownList, "g.yaml": ownGeneral, "c.yaml": ownCatalogue})
	if rulesOn(t, a, day).Pack != rulesOn(t, commented, day).Pack {
		t.Error("a comment changed the digest")
	}
}

// A merged document stays small: it is handed to the policy as a whole.
func TestTheBuiltInLawIsSmall(t *testing.T) {
	b := opened(t, nil)
	for digest, s := range b.Snapshots() {
		if len(s) > 64<<10 {
			t.Errorf("%s has %d bytes", digest[:8], len(s))
		}
	}
	r := rulesOn(t, b, "2026-11-22T10:00:00+08:00")
	s, _ := b.Snapshot(r.Pack.Digest)
	t.Logf("%d documents; today's has %d bytes", len(b.Snapshots()), len(s))
}
