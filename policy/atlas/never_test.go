package atlas_test

import (
	"net/netip"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/atlas"
)

// What fronts other places has no place, whatever else is said of it.
func TestNever(t *testing.T) {
	mainland := atlas.Rule{Match: []string{"*.example.cn", "203.0.113.0/24"}, Country: "CN"}
	o := atlas.Options{Rules: []atlas.Rule{mainland}, Never: []string{"*.cdn.example.cn", "203.0.113.128/25", "114.114.114.114"}}
	a, err := atlas.New(o)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr
	tests := []struct {
		name, host string
		addr       netip.Addr
		overseas   bool
	}{
		{"a host beside it", "www.example.cn", addr("203.0.113.1"), false},
		{"a host that fronts", "a.cdn.example.cn", addr("203.0.113.1"), true},
		{"an address that fronts", "www.example.cn", addr("203.0.113.200"), true},
		{"the address as the host", "203.0.113.200", netip.Addr{}, true},
		{"a mapped address", "www.example.cn", addr("::ffff:203.0.113.200"), true},
		{"an address that the table knows", "x.example", addr("114.114.114.114"), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p := a.Place(tt.host, tt.addr); p.Overseas() != tt.overseas || tt.overseas && p != (policy.Place{}) {
				t.Errorf("got %+v", p)
			}
		})
	}
	o.Never = nil
	b, err := atlas.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest() == b.Digest() {
		t.Error("the list does not count in the digest")
	}
	if b.Place("x.example", addr("114.114.114.114")).Overseas() {
		t.Error("without the list the table does not place the address in the mainland, so the test proves nothing")
	}
	if _, err := atlas.New(atlas.Options{Never: []string{"a b"}}); err == nil {
		t.Error("a bad pattern was taken")
	}
}
