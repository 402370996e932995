package atlas_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/atlas"
)

func TestPlace(t *testing.T) {
	a, err := atlas.New(atlas.Options{Rules: []atlas.Rule{
		{Match: []string{"hq.example.sg", "*.example.sg", "203.0.113.0/24"}, Country: "SG"},
		{Match: []string{"10.0.0.0/8", "127.0.0.1"}, Country: "CN"},
		{Match: []string{"*.sg"}, Country: "MY"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host, addr string
		want             policy.Place
	}{
		{"exact host", "hq.example.sg", "", policy.Place{Country: "SG", Source: "config"}},
		{"below a suffix", "a.b.example.sg", "", policy.Place{Country: "SG", Source: "config"}},
		{"the suffix itself is not below it", "example.sg", "", policy.Place{Country: "MY", Source: "config"}},
		{"first match wins over the table", "x.example.sg", "27.36.0.1", policy.Place{Country: "SG", Source: "config"}},
		{"network", "h.example.com", "203.0.113.9", policy.Place{Country: "SG", Source: "config"}},
		{"address as host", "203.0.113.9", "", policy.Place{Country: "SG", Source: "config"}},
		{"private address that is configured", "db.corp", "10.1.2.3", policy.Place{Country: "CN", Source: "config"}},
		{"IPv4 inside IPv6", "db.corp", "::ffff:10.1.2.3", policy.Place{Country: "CN", Source: "config"}},
		{"mainland by the table", "h.example.com", "27.36.0.1", policy.Place{Country: "CN", Source: "table"}},
		{"last address of a range", "h.example.com", "27.47.255.255", policy.Place{Country: "CN", Source: "table"}},
		{"Hong Kong is its own", "h.example.com", "101.1.4.1", policy.Place{Country: "HK", Source: "table"}},
		{"Taiwan is its own", "h.example.com", "1.34.0.1", policy.Place{Country: "TW", Source: "table"}},
		{"first row of the table", "h.example.com", "1.0.0.0", policy.Place{Country: "AU", Source: "table"}},
		{"gap between ranges", "h.example.com", "131.143.46.1", policy.Place{}},
		{"IPv6 of the mainland", "h.example.com", "2001:250::1", policy.Place{Country: "CN", Source: "table"}},
		{"IPv6 of Hong Kong", "h.example.com", "2001:2e0::1", policy.Place{Country: "HK", Source: "table"}},
		{"NAT64 of the mainland", "h.example.com", "64:ff9b::1b24:1", policy.Place{Country: "CN", Source: "table"}},
		{"loopback", "localhost", "127.0.0.2", policy.Place{}},
		{"private", "h.example.com", "192.168.1.1", policy.Place{}},
		{"nothing resolved", "h.example.com", "", policy.Place{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var addr netip.Addr
			if tt.addr != "" {
				addr = netip.MustParseAddr(tt.addr)
			}
			if got := a.Place(tt.host, addr); got != tt.want {
				t.Errorf("Place(%s, %s) = %+v, want %+v", tt.host, tt.addr, got, tt.want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		rule atlas.Rule
		want string
	}{
		{"country in small letters", atlas.Rule{Match: []string{"a.sg"}, Country: "sg"}, "capital"},
		{"no match", atlas.Rule{Country: "SG"}, "empty"},
		{"star inside", atlas.Rule{Match: []string{"a.*.sg"}, Country: "SG"}, "no host"},
		{"bad network", atlas.Rule{Match: []string{"10.0.0.0/33"}, Country: "SG"}, "no host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := atlas.New(atlas.Options{Rules: []atlas.Rule{tt.rule}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := atlas.New(atlas.Options{MMDB: filepath.Join(t.TempDir(), "none.mmdb")}); err == nil {
		t.Error("a missing country database was accepted")
	}
	bad := filepath.Join(t.TempDir(), "bad.mmdb")
	if err := os.WriteFile(bad, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := atlas.New(atlas.Options{MMDB: bad}); err == nil {
		t.Error("a broken country database was accepted")
	}
}

func TestDigestFollowsRules(t *testing.T) {
	of := func(country string) string {
		a, err := atlas.New(atlas.Options{Rules: []atlas.Rule{{Match: []string{"a.example"}, Country: country}}})
		if err != nil {
			t.Fatal(err)
		}
		return a.Digest()
	}
	if first, again := of("SG"), of("SG"); first == of("MY") || first != again {
		t.Error("digest does not follow the rules")
	}
	if v := atlas.Version(); !strings.Contains(v, "2.3.") {
		t.Errorf("Version() = %q", v)
	}
}

func TestPackAgrees(t *testing.T) {
	v4 := []atlas.Range{{From: 10, To: 19, Country: "SG"}, {From: 20, To: 29, Country: "SG"}, {From: 40, To: 49, Country: "CN"},
		{From: 1<<32 - 16, To: 1<<32 - 1, Country: "JP"}}
	v6 := []atlas.Range{{From: 0, To: 5, Country: "US"}, {From: 1 << 63, To: 1<<64 - 1, Country: "CN"}}
	var buf bytes.Buffer
	if err := atlas.Pack(&buf, atlas.Head{Version: "1"}, v4, v6); err != nil {
		t.Fatal(err)
	}
	look, err := atlas.Decode(&buf)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{"0.0.0.9": "", "0.0.0.10": "SG", "0.0.0.29": "SG", "0.0.0.30": "", "0.0.0.40": "CN",
		"0.0.0.50": "", "255.255.255.255": "JP", "::1": "US", "0:0:0:6::": "", "ffff::": "CN"} {
		if got := look(netip.MustParseAddr(addr)); got != want {
			t.Errorf("lookup(%s) = %q, want %q", addr, got, want)
		}
	}
	if err := atlas.Pack(&buf, atlas.Head{}, []atlas.Range{{From: 5, To: 9, Country: "SG"}, {From: 9, To: 12, Country: "CN"}}, nil); err == nil {
		t.Error("overlapping ranges were packed")
	}
}

func FuzzDecode(f *testing.F) {
	var buf bytes.Buffer
	err := atlas.Pack(&buf, atlas.Head{Version: "1"}, []atlas.Range{{From: 1, To: 2, Country: "SG"}}, []atlas.Range{{From: 1, To: 2, Country: "CN"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte("{\"schema\":\"dc.atlas/1\",\"countries\":255,\"v4\":1048576,\"v6\":1048576}\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		look, err := atlas.Decode(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, a := range []string{"0.0.0.1", "255.255.255.255", "::", "ffff::"} {
			if got := look(netip.MustParseAddr(a)); got != "" && len(got) != 2 {
				t.Errorf("lookup(%s) = %q", a, got)
			}
		}
	})
}

func BenchmarkPlace(b *testing.B) {
	a, err := atlas.New(atlas.Options{})
	if err != nil {
		b.Fatal(err)
	}
	addr := netip.MustParseAddr("101.1.4.1")
	a.Place("h.example.com", addr)
	b.ReportAllocs()
	for b.Loop() {
		a.Place("h.example.com", addr)
	}
}
