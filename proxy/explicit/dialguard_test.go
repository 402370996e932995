package explicit_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

// guardRow is one form of an address. want is the reason code, "malformed"
// where there is no one reading, or the address that is dialled.
type guardRow struct{ form, want string }

func refusedRows(forms ...string) (rows []guardRow) {
	for _, f := range forms {
		rows = append(rows, guardRow{f, "DIAL_REFUSED"})
	}
	return rows
}

func malformedRows(forms ...string) (rows []guardRow) {
	for _, f := range forms {
		rows = append(rows, guardRow{f, "malformed"})
	}
	return rows
}

func guardRows() []guardRow {
	return slices.Concat(
		// Each network at both its borders.
		refusedRows("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0", "127.0.0.1",
			"127.255.255.255", "169.254.0.0", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.255",
			"192.0.2.0", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1",
			"198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255"),
		refusedRows("[::]", "[::1]", "[::2]", "[100::1]", "[100:0:0:1::1]", "[2001:db8::1]", "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]", "[2001:2::1]",
			"[2001:20::1]", "[2001:1ff:ffff::1]", "[2620:4f:8000::1]", "[3fff::1]", "[3fff:fff:ffff::1]", "[4000::1]", "[5f00::1]", "[fc00::1]",
			"[fdff:ffff::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ffff::1]"),
		// Another address is meant.
		refusedRows("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]", "[0:0:0:0:0:ffff:10.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
			"[::ffff:0:7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::a9fe:a9fe]",
			"[2002:7f00:1::1]", "[2002:a9fe:a9fe::]", "[2001::1]", "[2001:0:7f00:1::80ff:fffe]"),
		// As operating systems read numbers.
		refusedRows("2130706433", "0x7f000001", "0X7F000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0x7f.0x0.0x0.0x1",
			"127.0.0.01", "2852039166", "0xa9fea9fe", "169.254.43518", "0", "00000000000", "127.0.0.1.", "2130706433."),
		refusedRows("LOCALHOST", "localhost.", "LocalHost", "0x"),
		// As Unicode would map them.
		malformedRows("127。0。0。1", "127．0．0．1", "１２７.0.0.1", "①②⑦.0.0.1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "ｌｏｃａｌｈｏｓｔ", "xn--127-0-0-1-fd4e.xn--lgb"),
		// Metadata, by address and by name.
		refusedRows("169.254.169.254", "[fd00:ec2::254]", "[fd20:ce::254]", "100.100.100.200", "100.96.0.96", "168.63.129.16", "192.0.0.192", "169.254.170.2",
			"metadata.google.internal", "METADATA.google.internal.", "instance-data", "rebound.example"),
		// No one reading.
		malformedRows("[::1", "::1]", "[[::1]]", "[::1]]", "[127.0.0.1]", "[::1%25lo]", "[::1%lo]", "[fe80::1%25eth0]", "[::ffff:127.0.0.1%1]", "user@127.0.0.1", "user:pw@127.0.0.1",
			"good.example@127.0.0.1", "127.0.0.1#good.example", "127.0.0.1\\good.example", "127.0.0.256", "256.256.256.256", "1.2.3.4.5", "0x100000000",
			"4294967296", "127.0.0.1..", "127..0.1", ".127.0.0.1", "08.0.0.1", "127.0.0.1%00", "127.0.0.1%2e", "12７.0.0.٢", "localhost%00.example", "[v1.fe80::1]", "-1"),
		// What may be dialled, in the order of the guard: an address allowed by
		// itself, then metadata, then allowed networks, then the class.
		[]guardRow{{allowedAddress, allowedAddress}, {"127.9", allowedAddress}, {"0x7f000009", allowedAddress}, {"[::ffff:127.0.0.9]", allowedAddress},
			{"allowed.example", allowedAddress}, {"8.8.8.8", "8.8.8.8"}, {"[2606:4700::1]", "2606:4700::1"}, {"9.255.255.255", "9.255.255.255"}, {"11.0.0.0", "11.0.0.0"},
			{"100.63.255.255", "100.63.255.255"}, {"172.32.0.0", "172.32.0.0"}, {"198.20.0.0", "198.20.0.0"}, {"223.255.255.255", "223.255.255.255"},
			{"172.20.1.1", "172.20.1.1"}, {"172.20.0.9", "172.20.0.9"}, {"[64:ff9b:0:0::172.20.1.1]", "DIAL_REFUSED"}, {"100.100.100.100", "100.100.100.100"},
			{"mixed.example", "8.8.4.4"}, {"nowhere.example", "NAME_NOT_RESOLVED"}},
	)
}

func guardNames(_ context.Context, name string) ([]netip.Addr, error) {
	list, ok := map[string]string{"localhost": "127.0.0.1 ::1", "metadata.google.internal": "169.254.169.254", "instance-data": "169.254.169.254",
		"rebound.example": "127.0.0.1 10.0.0.1 ::1 ::ffff:169.254.169.254 fe80::1%lo", "allowed.example": "127.0.0.1 127.0.0.9",
		"mixed.example": "127.0.0.1 169.254.169.254 ::ffff:10.0.0.1 8.8.4.4", "good.example": "8.8.8.8"}[name]
	if !ok {
		return nil, errors.New("no such host")
	}
	var out []netip.Addr
	for _, s := range strings.Fields(list) {
		out = append(out, netip.MustParseAddr(s))
	}
	return out, nil
}

// Every form of an address, through the running door both ways: none opens a
// socket to where none may go.
func TestDialGuard(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix(allowedAddress + "/32"), netip.MustParsePrefix("172.20.0.0/16"),
		netip.MustParsePrefix("100.100.0.0/16")}
	g := newGuarded(t, upstream.GuardOptions{Lookup: guardNames, Allow: allow})
	rows := guardRows()
	if len(rows) < 80 {
		t.Errorf("%d rows, want 80 or more", len(rows))
	}
	for _, row := range rows {
		for _, way := range []struct {
			name string
			ask  func(string) string
		}{{"CONNECT", g.connect}, {"absolute", g.absolute}} {
			said := way.ask(row.form)
			dialled := g.took()
			t.Logf("%-8s %-34s %-22s %s", way.name, row.form, said, dialled)
			_, err := netip.ParseAddr(row.want)
			switch {
			case err == nil:
				if seen := slices.Compact(strings.Fields(dialled)); len(seen) != 1 || seen[0] != row.want {
					t.Errorf("%s %s: dialled %q, want %s (%s)", way.name, row.form, dialled, row.want, said)
				}
			case dialled != "":
				t.Errorf("%s %s: dialled %s", way.name, row.form, dialled)
			case row.want == "malformed" && (said == "200" || said == "DIAL_REFUSED"):
				t.Errorf("%s %s: %s, want it malformed", way.name, row.form, said)
			case row.want != "malformed" && said != row.want:
				t.Errorf("%s %s: %s, want %s", way.name, row.form, said, row.want)
			}
		}
	}
	if n := g.inside.Load(); n != 0 {
		t.Errorf("%d connections to where none may go", n)
	}
	if g.allowed.Load() == 0 {
		t.Error("no connection to the allowed address: the test can see nothing")
	}
}

// rebinding says what the name server of somebody hostile answers.
func rebinding(name string, n int) []string {
	public, inside := "8.8.8.8", []string{"127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254", "::ffff:127.0.0.1"}
	switch name {
	case "first.example": // good until somebody trusts it
		if n < 2 {
			return []string{public}
		}
		return inside
	case "flip.example":
		if n%4 < 2 {
			return []string{public}
		}
		return inside
	case "mixed.example":
		return append(append([]string{}, inside...), public)
	case "behind.example":
		return append([]string{public}, inside...)
	case "bad.example":
		return inside
	case "alias.example":
		return []string{"other.example"}
	case "other.example":
		return []string{"bad.example"}
	case "good-alias.example":
		return []string{"mixed.example"}
	case "circle.example":
		return []string{"circle.example"}
	case "translated.example":
		return []string{"64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b:1::a9fe:a9fe"}
	case "many.example": // too many for one datagram
		out := make([]string, 200)
		for i := range out {
			out[i] = inside[i%len(inside)]
		}
		return out
	}
	return nil
}

// A name server that answers one thing to the check and another to the dial:
// there is one look-up, and what was checked is dialled.
func TestDialGuardAgainstRebinding(t *testing.T) {
	dns, err := proxytest.NewDNS(rebinding)
	if err != nil {
		t.Fatal(err)
	}
	defer dns.Close()
	g := newGuarded(t, upstream.GuardOptions{Lookup: dns.Lookup, Keep: time.Nanosecond})
	public := 0
	for _, name := range []string{"first", "flip", "mixed", "behind", "bad", "alias", "good-alias", "circle", "translated", "many", "none"} {
		for range 4 {
			for _, ask := range []func(string) string{g.connect, g.absolute} {
				said := ask(name + ".example")
				dialled := g.took()
				t.Logf("%-12s %-20s %s", name, said, dialled)
				switch dialled {
				case "":
					if said != "DIAL_REFUSED" && said != "NAME_NOT_RESOLVED" {
						t.Errorf("%s: %s", name, said)
					}
				case "8.8.8.8":
					public++
				default:
					t.Errorf("%s: dialled %s", name, dialled)
				}
			}
		}
	}
	if n := g.inside.Load(); n != 0 || public == 0 || dns.Asked() == 0 {
		t.Errorf("%d connections inside, %d to the public address, %d questions", n, public, dns.Asked())
	}
	records, err := g.house.Records(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if a := r.Intent.Address; a != "" && a != "8.8.8.8" {
			t.Errorf("a record shows %s", a)
		}
	}
}
