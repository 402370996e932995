package check_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func TestNetworkForms(t *testing.T) {
	testPlaces(t, []place{
		{"public", "ipv4", "client_ip=114.114.114.114 ok", "114.114.114.114", "114.114.114.114"},
		{"in an address of the web", "ipv4", "http://223.5.5.5:8080/", "223.5.5.5", "223.5.5.5"},
		{"a visitor", "ipv4", "36.110.7.9 - - [22/Nov/2026:10:00:00 +0800] ", "36.110.7.9", "36.110.7.9 +1"},
		{"no visitor", "ipv4", "36.110.7.9 - see [1]\n", "36.110.7.9", "36.110.7.9"},
		{"private", "ipv4", "client_ip=192.168.1.7", "192.168.1.7", "192.168.1.7 low"},
		{"for documentation", "ipv4", "from 203.0.113.7", "203.0.113.7", "203.0.113.7"},
		{"loopback", "ipv4", "127.0.0.1", "127.0.0.1", ""},
		{"multicast", "ipv4", "224.0.0.251", "224.0.0.251", ""},
		{"too great", "ipv4", "300.1.1.1", "300.1.1.1", ""},
		{"leading zeros", "ipv4", "10.01.2.3", "10.01.2.3", ""},
		{"a version", "ipv4", "v114.2.3.4", "114.2.3.4", ""},
		{"a program's version", "ipv4", "Chrome/120.1.2.3 Safari", "120.1.2.3", ""},
		{"a version by its word", "ipv4", "Version=14.1.2.3, Culture", "14.1.2.3", ""},
		{"a version in Chinese", "ipv4", "版本：14.1.2.3", "14.1.2.3", ""},
		{"a release", "ipv4", "lib 14.1.2.3-rc1", "14.1.2.3", ""},
		{"more numbers", "ipv4", "1.14.2.3.4", "14.2.3.4", ""},
		{"a net", "ipv4", "in 36.112.0.0/16", "36.112.0.0", ""},

		{"global", "ipv6", "ip 2408:8207:1850:2a00::1a2b.", "2408:8207:1850:2a00::1a2b.", "2408:8207:1850:2a00::1a2b"},
		{"whole", "ipv6", "2408:8207:1850:2a00:1:2:3:4", "2408:8207:1850:2a00:1:2:3:4", "2408:8207:1850:2a00:1:2:3:4"},
		{"for documentation", "ipv6", "2001:db8::1", "2001:db8::1", "2001:db8::1"},
		{"link local", "ipv6", "fe80::1ff:fe23:4567:890a", "fe80::1ff:fe23:4567:890a", "fe80::1ff:fe23:4567:890a low"},
		{"a scope", "ipv6", "face::bed", "face::bed", ""},
		{"loopback", "ipv6", "::1", "::1", ""},
		{"pairs", "ipv6", "20:11:22:33:44:55:66:77", "20:11:22:33:44:55:66:77", ""},

		{"with colons", "mac", "mac 3c:22:fb:01:02:a3", "3c:22:fb:01:02:a3", "3c:22:fb:01:02:a3>3C22FB0102A3"},
		{"with hyphens", "mac", "3C-22-FB-01-02-A3", "3C-22-FB-01-02-A3", "3C-22-FB-01-02-A3>3C22FB0102A3"},
		{"locally administered", "mac", "02:42:ac:11:00:02", "02:42:ac:11:00:02", "02:42:ac:11:00:02>0242AC110002 -1"},
		{"for documentation", "mac", "00:00:5e:00:53:af", "00:00:5e:00:53:af", "00:00:5e:00:53:af>00005E0053AF low"},
		{"multicast", "mac", "01:00:5e:00:00:fb", "01:00:5e:00:00:fb", ""},
		{"broadcast", "mac", "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff", ""},
		{"zero", "mac", "00:00:00:00:00:00", "00:00:00:00:00:00", ""},
		{"a fingerprint", "mac", "3c:22:fb:01:02:a3:77", "3c:22:fb:01:02:a3", ""},
		{"two separators", "mac", "3c:22:fb-01:02:a3", "3c:22:fb-01:02:a3", ""},
		{"no separators", "mac_plain", `"mac":"3c22fb0102a3"`, "mac", "3c22fb0102a3>3C22FB0102A3"},
		{"three groups", "mac_plain", "MAC地址：3c22.fb01.02a3", "MAC", "3c22.fb01.02a3>3C22FB0102A3"},
		{"digits only", "mac_plain", "mac: 202601020304", "mac", ""},
		{"longer", "mac_plain", "mac: 3c22fb0102a3ff", "mac", ""},
	})
}

func TestDeviceForms(t *testing.T) {
	testPlaces(t, []place{
		{"the textbook's", "imei", "490154203237518", "", "490154203237518>490154203237518"},
		{"in groups", "imei", "35-209900-176148-1", "", "35-209900-176148-1>352099001761481"},
		{"a wrong check digit", "imei", "490154203237519", "", ""},
		{"no reporting body", "imei", "200154203237513", "", ""},
		{"hexadecimal", "meid", `"meid":"a0000009ab1234"`, "meid", "a0000009ab1234>A0000009AB1234"},
		{"with a software version", "meid", "imeisv=3520990017614823", "imeisv", "3520990017614823>35209900176148"},
		{"a whole IMEI", "meid", "imei=490154203237518", "imei", ""},

		{"of the mainland", "imsi", "460001234567890", "", "460001234567890>460001234567890"},
		{"of no network", "imsi", "460101234567890", "", ""},
		{"of 20 digits", "iccid", "89860012345678901234", "", "89860012345678901234>8986001234567890123"},
		{"with a check digit", "iccid", "89860012345678901238", "", "89860012345678901238>8986001234567890123 +1"},
		{"of another industry", "iccid", "88860012345678901234", "", ""},
		{"of no operator", "iccid", "89864412345678901234", "", ""},
		{"letters", "iccid_hex", "iccid: 898600A1234567890123", "iccid", "898600A1234567890123>898600A123456789012"},

		{"Android", "device_id", `"android_id":"9774d56d682e549c"`, "android_id", "9774d56d682e549c>9774D56D682E549C"},
		{"a UUID", "device_id", "设备ID：550e8400-e29b-41d4-a716-446655440000", "设备", "550e8400-e29b-41d4-a716-446655440000>550E8400E29B41D4A716446655440000"},
		{"zeros", "ad_id", "idfa=00000000-0000-0000-0000-000000000000", "idfa", ""},
		{"a UUID", "ad_id", `"idfa":"550E8400-E29B-41D4-A716-446655440000"`, "idfa", "550E8400-E29B-41D4-A716-446655440000"},
		{"a number", "device_id", "device_id: 1024", "device_id", ""},
	})
}

func TestIMEI(t *testing.T) {
	for digits, want := range map[string]bool{"490154203237518": true, "490154203237519": false, "": false} {
		if got := check.IMEI([]byte(digits)); got != want {
			t.Errorf("IMEI(%q) = %v, want %v", digits, got, want)
		}
	}
}

func TestAddressesAsTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]{2,40}|([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|([0-9a-f]{1,4}:){1,6}(:[0-9a-f]{1,4}){1,2}`).Draw(t, "address")
		want, err := netip.ParseAddr(s)
		if a, ok := check.IPv4([]byte(s)); ok != (err == nil && want.Is4()) || ok && netip.AddrFrom4(a) != want {
			t.Fatalf("IPv4(%q) = %v, %v; the library has %v, %v", s, a, ok, want, err)
		}
		a, ok := check.IPv6([]byte(s))
		var b [16]byte
		for i, x := range a {
			b[2*i], b[2*i+1] = byte(x>>8), byte(x)
		}
		if ok != (err == nil && want.Is6()) || ok && netip.AddrFrom16(b) != want {
			t.Fatalf("IPv6(%q) = %x, %v; the library has %v, %v", s, a, ok, want, err)
		}
	})
}
