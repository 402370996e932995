package atlas_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/atlas"
)

func TestUnread(t *testing.T) {
	const motors, trading = "91310115MA1K3ABC99", "91330100799655058B"
	locked := []inspect.GapReason{"unknown_format", "encrypted"}
	o := atlas.Options{Rules: []atlas.Rule{
		{Match: []string{"vault.example.sg", "203.0.113.0/24"}, Country: "SG", Unread: locked},
		{Match: []string{"own.example.sg"}, Country: "SG", Unread: locked, UnreadFor: []string{motors}},
		{Match: []string{"*.example.sg"}, Country: "SG"},
		{Match: []string{"late.example.sg"}, Country: "SG", Unread: locked},
	}}
	a, err := atlas.New(o)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host, addr, exporter string
		want                       bool
	}{
		{"by name", "vault.example.sg", "198.51.100.1", motors, true},
		{"by address", "x.example.com", "203.0.113.9", trading, true},
		{"by IPv4 inside IPv6", "x.example.com", "::ffff:203.0.113.9", trading, true},
		{"for one exporter", "own.example.sg", "198.51.100.1", motors, true},
		{"for another exporter", "own.example.sg", "198.51.100.1", trading, false},
		{"nobody known", "vault.example.sg", "198.51.100.1", "", false},
		{"a rule that grants nothing", "a.example.sg", "198.51.100.1", motors, false},
		{"the first match wins", "late.example.sg", "198.51.100.1", motors, false},
		{"no rule", "x.example.com", "198.51.100.1", motors, false},
	}
	for _, tt := range tests {
		f := &policy.Flow{Session: &policy.Session{Exporter: policy.Exporter{USCC: tt.exporter}},
			Destination: policy.Destination{Host: tt.host, Addr: netip.MustParseAddr(tt.addr), Place: policy.Place{Country: "SG", Source: "filing"}}}
		got := a.Unread(f)
		if (len(got) > 0) != tt.want || tt.want && !slices.Equal(got, []inspect.GapReason{"encrypted", "unknown_format"}) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if a.Unread(&policy.Flow{Destination: policy.Destination{Host: "vault.example.sg"}}) != nil {
		t.Error("a flow without a session was granted something")
	}
	o.Rules[0].Unread = locked[:1]
	if b, err := atlas.New(o); err != nil || a.Digest() == b.Digest() {
		t.Errorf("another grant has the same digest: %v", err)
	}
	o.Rules[0].Unread = []inspect.GapReason{inspect.GapLimitFindings}
	if _, err := atlas.New(o); err == nil || !strings.Contains(err.Error(), "uncounted") {
		t.Errorf("persons may go uncounted: %v", err)
	}
}
