package law_test

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
)

// A snapshot gives back the very rules that it was taken of.
func TestSnapshotsRoundTrip(t *testing.T) {
	books := map[string]*law.Book{
		"built-in": opened(t, nil),
		"own":      opened(t, map[string]string{"n.yaml": ownList, "g.yaml": ownGeneral, "c.yaml": ownCatalogue}),
		"exempt":   opened(t, map[string]string{"cn-2024.yaml": sub(t, builtinPack(t), "  national:\n", "  exempt: in\n  national:\n"), "n.yaml": ownList}),
	}
	for name, b := range books {
		days := 0
		for _, day := range []string{"2024-03-22", "2025-05-16", "2025-05-17", "2026-01-01", "2026-06-01", "2027-01-01", "2030-01-01"} {
			r := rulesOn(t, b, day+"T12:00:00+08:00")
			s, ok := b.Snapshot(r.Pack.Digest)
			if sum := sha256.Sum256(s); !ok || hex.EncodeToString(sum[:]) != r.Pack.Digest {
				t.Fatalf("%s on %s: the digest is not that of the snapshot", name, day)
			}
			got, err := law.FromSnapshot(s, "")
			if err != nil || !reflect.DeepEqual(got, r) {
				t.Fatalf("%s on %s: %v; the rules differ", name, day, err)
			}
			other, err := law.FromSnapshot(s, "gb45574-2025")
			if err != nil || other.Pack != r.Pack || other.Profile != "gb45574-2025" || len(other.Sensitive) >= len(r.Sensitive) {
				t.Fatalf("%s on %s under another profile: %v", name, day, err)
			}
			days++
		}
		if len(b.Snapshots()) < 2 || days != 7 {
			t.Errorf("%s has %d snapshots", name, len(b.Snapshots()))
		}
	}
	if _, ok := books["own"].Snapshot(strings.Repeat("0", 64)); ok {
		t.Error("a digest of nothing has a snapshot")
	}
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	b := opened(t, map[string]string{"n.yaml": ownList, "c.yaml": ownCatalogue})
	r := rulesOn(t, b, "2026-06-01T12:00:00+08:00")
	s, _ := b.Snapshot(r.Pack.Digest)
	good := string(s)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no merged rule pack"},
		{"another document", "[]", "no merged rule pack"},
		{"null", "null", "schema"},
		{"cut", good[:len(good)/2], "no merged rule pack"},
		{"more after it", good + "{}", "after its end"},
		{"unknown field", sub(t, good, `{"schema"`, `{"skema":1,"schema"`), "no merged rule pack"},
		{"another schema", sub(t, good, "dc.pack/1", "dc.pack/9"), "schema"},
		{"list of another schema", sub(t, good, "dc.list/1", "dc.list/9"), "lists[0]"},
		{"null for a list", sub(t, good, `"lists":[`, `"lists":[null,`), "lists[0]"},
		{"bad number", sub(t, good, `"reach":100000`, `"reach":0`), "thresholds.national[0].reach"},
		{"bad rule", sub(t, good, `"min":200000`, `"min":2000000`), "entries[0].rules[1].min"},
		{"bad mark", sub(t, good, `"effect":"published"`, `"effect":"maybe"`), "effect"},
		{"no profile", sub(t, good, `"strict":{`, `"loose":{`), "profile"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := law.FromSnapshot([]byte(tt.text), "strict"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}
