package law_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefaultPackHoldsTheNationalNumbers(t *testing.T) {
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.At(at(t, "2026-11-22T10:00:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"national.ns.100000": 99_999, "national.ns.1000000": 999_999, "national.sp.1": 0, "national.sp.10000": 9_999}
	for _, l := range r.National {
		if want[l.ID] != l.Max || !slices.Contains(l.Bases, "SC") || !slices.Contains(l.Bases, policy.BasisObserved) {
			t.Errorf("limit %s has max %d and bases %v", l.ID, l.Max, l.Bases)
		}
		delete(want, l.ID)
	}
	if len(want) != 0 {
		t.Errorf("limits missing: %v", want)
	}
	if r.MinorAge != 14 || !r.BothKinds || r.Profile != "strict" || r.Pack.ID != "cn-2024" || len(r.Pack.Digest) != 64 {
		t.Errorf("got age %d, both %v, profile %s, pack %v", r.MinorAge, r.BothKinds, r.Profile, r.Pack)
	}
	if got := b.Pathway(policy.SA, "2025-01-01").Years; got != 3 {
		t.Errorf("Pathway(SA) lasts %d years, want 3", got)
	}
	if !r.Secret[inspect.MarkSecret] || !r.Important[inspect.MarkImportant] || r.Personal[inspect.USCC] {
		t.Error("class lists are wrong")
	}
}

func TestProfiles(t *testing.T) {
	tests := []struct {
		profile string
		class   inspect.Class
		want    bool
	}{
		{"gb45574-2025", inspect.ResidentID, false},
		{"gb35273-2020", inspect.ResidentID, true},
		{"strict", inspect.ResidentID, true},
		{"gb45574-2025", inspect.BankCard, true},
		{"strict", inspect.BankCard, true},
		{"strict", inspect.Mobile, false},
	}
	for _, tt := range tests {
		b, err := law.Open(law.Options{Profile: tt.profile})
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.At(at(t, "2026-01-01T00:00:00+08:00"))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Sensitive[tt.class]; got != tt.want {
			t.Errorf("%s in %s: sensitive = %v, want %v", tt.class, tt.profile, got, tt.want)
		}
	}
	if _, err := law.Open(law.Options{Profile: "lenient"}); err == nil || !strings.Contains(err.Error(), "gb45574-2025") {
		t.Errorf("unknown profile: %v", err)
	}
}

func builtinPack(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("cn-2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestALaterPackTakesOverOnItsShanghaiDay(t *testing.T) {
	dir := t.TempDir()
	next := strings.Replace(builtinPack(t), "id: cn-2024", "id: cn-2027", 1)
	next = strings.Replace(next, "effective_from: 2024-03-22", "effective_from: 2027-01-01\neffective_to: 2027-12-31", 1)
	next = strings.Replace(next, "reach: 10000,", "reach: 20000,", 1)
	write(t, dir, "next.yaml", next)
	b, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ when, want string }{
		{"2026-12-31T15:59:59Z", "cn-2024"},
		{"2026-12-31T16:00:00Z", "cn-2027"},
		{"2027-12-31T23:59:59+08:00", "cn-2027"},
	}
	for _, tt := range tests {
		r, err := b.At(at(t, tt.when))
		if err != nil || r.Pack.ID != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.when, r, err, tt.want)
		}
	}
	for _, when := range []string{"2028-01-01T00:00:00+08:00", "2024-03-21T23:59:59+08:00"} {
		if _, err := b.At(at(t, when)); err == nil || !strings.Contains(err.Error(), "cn-2024 (2024-03-22") {
			t.Errorf("%s: error must name the packs there are, got %v", when, err)
		}
	}
}

func TestFaultyPacksAreRefusedWithTheirPlace(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"exemption nobody knows", "EX_SMALL: {", "EX_SMALLX: {", "EX_SMALLX"},
		{"unknown field", "minor_age: 14", "minor_age: 14\nminor_ages: 14", "minor_ages"},
		{"duplicate key", "minor_age: 14", "minor_age: 14\nminor_age: 15", "minor_age"},
		{"bad date", "2024-03-22\n", "22.3.2024\n", "effective_from"},
		{"end before start", "effective_from: 2024-03-22", "effective_from: 2024-03-22\neffective_to: 2023-01-01", "effective_to"},
		{"unknown need", "need: sa_volume", "need: sa_maybe", "thresholds.national[1].need"},
		{"reach zero", "reach: 100000,", "reach: 0,", "thresholds.national[0].reach"},
		{"profile of unknown class", "      - pi.finance.iban\n", "      - pi.finance.ibam\n", "pi.finance.ibam"},
		{"union of nothing", "union_of: [gb45574-2025,", "union_of: [gb99999,", "gb99999"},
		{"denied host with a port", "  hosts: []", "  hosts: [court.example:443]", "denied.hosts[0]"},
		{"denied host that is not in ASCII", "  hosts: []", "  hosts: [法院.example]", "denied.hosts[0]"},
		{"two documents", "schema: dc.pack/1", "schema: dc.pack/1\n---\nschema: dc.pack/1", "document"},
		{"wrong type", "minor_age: 14", "minor_age: fourteen", "minor_age"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "cn-2024.yaml", strings.Replace(builtinPack(t), tt.old, tt.new, 1))
			_, err := open(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			if tt.name != "two documents" && !strings.Contains(err.Error(), ">") {
				t.Errorf("error shows no source line: %v", err)
			}
		})
	}
}

func TestOverlapIsRefused(t *testing.T) {
	dir := t.TempDir()
	closed := strings.Replace(builtinPack(t), "effective_from: 2024-03-22", "effective_from: 2024-03-22\neffective_to: 2027-06-30", 1)
	write(t, dir, "a.yaml", closed)
	next := strings.Replace(builtinPack(t), "id: cn-2024", "id: cn-2027", 1)
	write(t, dir, "b.yaml", strings.Replace(next, "effective_from: 2024-03-22", "effective_from: 2027-01-01", 1))
	if _, err := open(dir); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("got %v, want overlap", err)
	}
}

func TestReloadKeepsTheOldOnError(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "own.yaml", builtinPack(t))
	b, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "own.yaml", "schema: [")
	if err := b.Reload(); err == nil {
		t.Error("a broken pack was taken")
	}
	if _, err := b.At(at(t, "2026-01-01T00:00:00Z")); err != nil {
		t.Errorf("the old pack is gone: %v", err)
	}
	write(t, dir, "own.yaml", strings.Replace(builtinPack(t), "minor_age: 14", "minor_age: 16", 1))
	if err := b.Reload(); err != nil {
		t.Fatal(err)
	}
	if r, _ := b.At(at(t, "2026-01-01T00:00:00Z")); r.MinorAge != 16 {
		t.Errorf("age %d, want 16", r.MinorAge)
	}
	if _, err := open(filepath.Join(dir, "absent")); err == nil {
		t.Error("an absent directory was taken for an empty one")
	}
}

func ExampleBook_At() {
	book, err := law.Open(law.Options{Profile: "strict"})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := book.At(time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range rules.National {
		fmt.Println(l.ID, l.Max)
	}
	// Output:
	// national.ns.100000 99999
	// national.ns.1000000 999999
	// national.sp.1 0
	// national.sp.10000 9999
}
