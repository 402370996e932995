package identity_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/identity"
)

func entry(uscc string, declare bool, prefixes ...string) identity.Entry {
	e := identity.Entry{Exporter: policy.Exporter{USCC: uscc}, MayDeclare: declare}
	for _, p := range prefixes {
		e.Clients = append(e.Clients, netip.MustParsePrefix(p))
	}
	return e
}

func TestWho(t *testing.T) {
	book, err := identity.New([]identity.Entry{
		entry("A", false, "10.0.0.0/8", "2001:db8::/32"),
		entry("C", false, "::/0"),
		entry("B", true, "10.1.0.0/16", "10.2.3.4/32"),
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, addr, uscc string
		declare          bool
	}{
		{"short prefix", "10.9.9.9", "A", false},
		{"longest prefix wins", "10.1.2.3", "B", true},
		{"single address", "10.2.3.4", "B", true},
		{"its neighbour", "10.2.3.5", "A", false},
		{"mapped address", "::ffff:10.1.2.3", "B", true},
		{"IPv6", "2001:db8::7", "A", false},
		{"IPv6 with zone", "2001:db8::7%eth0", "A", false},
		{"nobody", "192.0.2.1", "", false},
		{"all of IPv6", "::a00:1", "C", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := book.Who(netip.MustParseAddr(tt.addr))
			if got.Exporter.USCC != tt.uscc || got.MayDeclare != tt.declare || got.Exporter.Known() != (tt.uscc != "") {
				t.Errorf("Who(%s) = %+v", tt.addr, got)
			}
		})
	}
	if got := book.Who(netip.Addr{}); got.Exporter.Known() {
		t.Errorf("Who of no address = %+v", got)
	}
}

func TestReplaceKeepsTheOldOnError(t *testing.T) {
	book, err := identity.New([]identity.Entry{entry("A", false, "10.0.0.0/8")})
	if err != nil {
		t.Fatal(err)
	}
	err = book.Replace([]identity.Entry{entry("B", false, "10.0.0.0/8"), entry("C", false, "10.0.0.0/8", "10.1.2.3/8")})
	if err == nil || !strings.Contains(err.Error(), "already given to exporter B") || !strings.Contains(err.Error(), "write 10.0.0.0/8") {
		t.Errorf("Replace = %v, want both faults", err)
	}
	if got := book.Who(netip.MustParseAddr("10.0.0.1")).Exporter.USCC; got != "A" {
		t.Errorf("after a bad Replace: %q, want A", got)
	}
	if err := book.Replace([]identity.Entry{entry("B", false, "10.0.0.0/8")}); err != nil {
		t.Fatal(err)
	}
	if got := book.Who(netip.MustParseAddr("10.0.0.1")).Exporter.USCC; got != "B" {
		t.Errorf("after Replace: %q, want B", got)
	}
}
