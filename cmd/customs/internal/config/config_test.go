package config_test

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
)

var update = flag.Bool("update", false, "rewrite golden files and the reference")

const fixed = `data: ./customs-data            # keys, stores, log
listen: {proxy: 127.0.0.1:8080, console: 127.0.0.1:8081}
mode: enforce
law: {spi: strict}
ca: {cert: ca.pem, key: ca.key} # absent: made at first start under data
upstream:
  allow: [127.0.0.0/8]
exporters:
  - {uscc: 91310115MA1K3ABC99, name: Example Motors, clients: [10.0.0.0/8, 127.0.0.0/8]}
destinations:
  - {match: ["*.example.sg", "203.0.113.0/24"], country: SG}
`

func TestParseFixedPart(t *testing.T) {
	c, err := config.Parse(filepath.Join("/etc/customs", "customs.yaml"), []byte(fixed))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Data = "/etc/customs/customs-data"
	want.CA = config.CA{Cert: "/etc/customs/ca.pem", Key: "/etc/customs/ca.key"}
	want.Upstream.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	want.Exporters = []config.Exporter{{USCC: "91310115MA1K3ABC99", Name: "Example Motors",
		Clients: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")}}}
	want.Destinations = []config.Destination{{Match: []string{"*.example.sg", "203.0.113.0/24"}, Country: "SG"}}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestParseValues(t *testing.T) {
	c, err := config.Parse("c.yaml", []byte(`
listen: {proxy: "[::1]:3128", console: ":9090"}
exporters:
  - uscc: 914403001922038216   # digits alone are a number to YAML
    clients: [192.0.2.7, 2001:db8::/32]
    ciio: false
    city: 4403
    may_declare: true
    group: [91330100799655058B]
limits: {flow_memory: 64KiB, client_percent: 10}
timeouts: {dial: 1500ms}
drain: 2m
`))
	if err != nil {
		t.Fatal(err)
	}
	e := c.Exporters[0]
	if e.USCC != "914403001922038216" || e.City != "4403" || e.CIIO != policy.No || !e.MayDeclare || e.Clients[0].String() != "192.0.2.7/32" {
		t.Errorf("exporter = %+v", e)
	}
	if c.Limits.FlowMemory != 64<<10 || c.Limits.ClientPercent != 10 || c.Timeouts.Dial != 1500*time.Millisecond || c.Drain != 2*time.Minute {
		t.Errorf("limits = %+v, timeouts = %+v, drain = %v", c.Limits, c.Timeouts, c.Drain)
	}
	if c.Timeouts.Head != config.Default().Timeouts.Head {
		t.Error("a key that is absent lost its default")
	}
}

func TestParseNothing(t *testing.T) {
	for _, data := range []string{"", "# only a comment\n", "---\n", "exporters:\nlimits:\n"} {
		c, err := config.Parse("c.yaml", []byte(data))
		if err != nil {
			t.Errorf("Parse(%q): %v", data, err)
			continue
		}
		want := config.Default()
		want.Data = "customs-data"
		if !reflect.DeepEqual(c, want) {
			t.Errorf("Parse(%q) = %+v, want the defaults", data, c)
		}
	}
}

// TestFaults wants, for each bad file, the place, what and mending of every
// fault: want holds "line:column what-part / mend-part" a line.
func TestFaults(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"mistyped key", "lisen: {}\n", `1:1 unknown key "lisen" / did you mean "listen"?`},
		{"mistyped inner key", "listen: {proxi: 127.0.0.1:1}\n", `1:10 unknown key "proxi" in listen / did you mean "proxy"?`},
		{"foreign key", "kubernetes: 1\n", `1:1 unknown key "kubernetes" / known keys: data, listen`},
		{"key twice", "mode: enforce\nmode: observe\n", `2:1 key "mode" is given twice / keep one`},
		{"list for mapping", "listen: [a]\n", `1:9 listen must be a mapping / known keys: proxy, console`},
		{"mapping for list", "exporters: {a: 1}\n", `1:12 exporters must be a list / - value`},
		{"text for list", "upstream: {allow: 10.0.0.0/8}\n", `1:19 upstream.allow must be a list / value`},
		{"list for text", "mode: [enforce]\n", `1:7 mode must be a text / one value`},
		{"nothing for text", "mode:\n", `1:7 mode must be a text / one value`},
		{"text for number", "limits: {connections: many}\n", `1:23 is not a number / digits`},
		{"number too large", "limits: {client_percent: 101}\n", `1:26 out of range / from 1 to 100`},
		{"bool for text", "mode: true\n", `1:7 mode must be a text / `},
		{"quoted bool", "exporters: [{uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8], ciio: \"true\"}]\n", `1:69 must be true or false / `},
		{"bad mode", "mode: enforced\n", `1:7 is not one of enforce, observe / did you mean "enforce"?`},
		{"bad profile", "law: {spi: lax}\n", `1:12 is not one of strict / write one of them`},
		{"bad address", "listen: {proxy: example.com:8080}\n", `1:17 no address to listen on / IP address`},
		{"no port", "listen: {proxy: 127.0.0.1}\n", `1:17 no address to listen on / address:port`},
		{"port too large", "listen: {proxy: 127.0.0.1:70000}\n", `1:17 no address to listen on / address:port`},
		{"same address", "listen: {proxy: 127.0.0.1:9, console: 127.0.0.1:9}\n", `1:1 same address / another port`},
		{"bad network", "upstream: {allow: [10.0.0.0/33]}\n", `1:20 is not a network / address and a prefix`},
		{"host bits", "upstream: {allow: [10.1.2.3/8]}\n", `1:20 is not a network / write 10.0.0.0/8`},
		{"short code", "exporters: [{uscc: 913101, clients: [10.0.0.0/8]}]\n", `1:20 6 characters / all 18`},
		{"code off by one", "exporters: [{uscc: 91310115MA1K3ABC98, clients: [10.0.0.0/8]}]\n", `1:20 check characters are wrong / business licence`},
		{"code in lower case", "exporters: [{uscc: 91310115ma1k3abc99, clients: [10.0.0.0/8]}]\n", `1:20 lower-case / write 91310115MA1K3ABC99`},
		{"exporter without clients", "exporters:\n  - uscc: 91310115MA1K3ABC99\n", `2:5 exporters[0] has no clients / add clients`},
		{"network twice", "exporters:\n  - {uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8]}\n  - {uscc: 91330100799655058B, clients: [192.0.2.0/24, 10.0.0.0/8]}\n",
			`3:56 10.0.0.0/8 also belongs to exporters[0] / one exporter`},
		{"code twice", "exporters:\n  - {uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8]}\n  - {uscc: 91310115MA1K3ABC99, clients: [192.0.2.0/24]}\n",
			`3:12 same code as exporters[0] / one entry`},
		{"no such country", "destinations: [{match: [a.example], country: XX}]\n", `1:46 is no country / two letters`},
		{"country in lower case", "destinations: [{match: [a.example], country: sg}]\n", `1:46 no country code / write SG`},
		{"old country", "destinations: [{match: [a.example], country: UK}]\n", `1:46 no country code / write GB`},
		{"host in upper case", "destinations: [{match: [A.example], country: SG}]\n", `1:25 matches no host / a.example`},
		{"star in the middle", "destinations: [{match: [a.*.example], country: SG}]\n", `1:25 matches no host / *.suffix`},
		{"mistyped reason", "destinations: [{match: [a.example], country: SG, unread: {allow: [encryptet]}}]\n", `1:67 is not one of encrypted / did you mean "encrypted"?`},
		{"a reason that uncounts persons", "destinations: [{match: [a.example], country: SG, unread: {allow: [limit_findings]}}]\n", `1:67 is not one of encrypted / `},
		{"unread without reasons", "destinations: [{match: [a.example], country: SG, unread: {}}]\n", `1:58 unread has no allow / add allow`},
		{"unread in the mainland", "destinations: [{match: [a.example], country: CN, unread: {allow: [broken]}}]\n", `1:50 not read anyway / leave unread out`},
		{"unread for nobody", "destinations: [{match: [a.example], country: SG, unread: {allow: [broken], exporters: []}}]\n", `1:76 no exporter / mean all`},
		{"unread for somebody else", "exporters: [{uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8]}]\n" +
			"destinations: [{match: [a.example], country: SG, unread: {allow: [broken], exporters: [91330100799655058B]}}]\n", `2:88 no exporter of this file / add it`},
		{"size without unit", "limits: {memory: 1000000}\n", `1:18 is not a size / 64KiB`},
		{"duration without unit", "drain: 30\n", `1:8 is not a duration / 30s`},
		{"no time at all", "drain: 0s\n", `1:8 is not a duration / 30s`},
		{"flow larger than all", "limits: {flow_memory: 2MiB, memory: 1MiB}\n", `1:1 limits.memory is less / must fit`},
		{"missing roots", "upstream: {roots: [nowhere.pem]}\n", `1:20 no such file / the path is`},
		{"roots of something else", "upstream: {roots: [config.go]}\n", `1:20 not PEM / the path is`},
		{"missing rules", "inspect: {rules: [config.go, nowhere.yaml]}\n", `1:30 no such file or directory / the path is`},
		{"a folder for rules", "inspect: {rules: [testdata]}\n", `1:19 is a directory / the path is`},
		{"missing policy", "policy: {dir: nowhere}\n", `1:15 no such file or directory / the path is`},
		{"file for directory", "policy: {dir: config.go}\n", `1:15 is not a directory / the path is`},
		{"half a CA", "ca: {cert: ca.pem}\n", `1:1 one of cert and key / both`},
		{"alias", "mode: &m enforce\ndata: *m\n", "1:7 anchors, aliases / write the value\n2:7 anchors, aliases / write the value"},
		{"not YAML", "listen: {proxy: [}\n", `1:18 / mend the YAML`},
		{"two documents", "mode: enforce\n---\nmode: observe\n", `3:5 second document / remove the line`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse("c.yaml", []byte(tt.data))
			var faults *config.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Parse = %v, want faults", err)
			}
			want := strings.Split(tt.want, "\n")
			if len(faults.List) != len(want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults.List), len(want), err)
			}
			for i, w := range want {
				f := faults.List[i]
				place, rest, _ := strings.Cut(w, " ")
				what, mend, _ := strings.Cut(rest, " / ")
				if rest[0] == '/' {
					what, mend = "", rest[2:]
				}
				if got := fmt.Sprintf("%d:%d", f.Line, f.Column); got != place {
					t.Errorf("place = %s, want %s\n%v", got, place, f)
				}
				if !strings.Contains(f.What, what) || !strings.Contains(f.Mend, mend) {
					t.Errorf("got %q / %q, want %q / %q", f.What, f.Mend, what, mend)
				}
			}
		})
	}
}

func TestFaultsShowTheirPlace(t *testing.T) {
	data := "listen: {proxy: 127.0.0.1:8080}\nmod: enforce\nexporters:\n" +
		"  - {name: 示例汽车, uscc: 91310115MA1K3ABC98, clients: [10.0.0.0/8]}\n" +
		"destinations:\n\t- x\n"
	_, err := config.Parse("customs.yaml", []byte(data))
	if err == nil || !strings.Contains(err.Error(), "customs.yaml:6:") {
		t.Fatalf("tab in the indentation: %v", err)
	}
	data = strings.ReplaceAll(data, "\t- x", "  - {match: [a.example], country: ZZ}")
	_, err = config.Parse("customs.yaml", []byte(data))
	golden(t, "three_faults.txt", fmt.Sprintln(err))
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load of a missing file = %v", err)
	}
}

func TestHalfAnAuthorityOnDisk(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.yaml")
	write(t, file, "ca: {cert: ca.pem, key: ca.key}\n")
	if _, err := config.Load(file); err != nil {
		t.Errorf("neither file exists yet: %v", err)
	}
	write(t, filepath.Join(dir, "ca.pem"), "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
	if _, err := config.Load(file); err == nil || !strings.Contains(err.Error(), "ca.key: no such file") {
		t.Errorf("key is missing: %v", err)
	}
}

func TestLimitsOnFiles(t *testing.T) {
	for name, data := range map[string]string{
		"larger than":  "#" + strings.Repeat("x", 256<<10),
		"is not UTF-8": "mode: \xc4\xe3\n",
	} {
		if _, err := config.Parse("c.yaml", []byte(data)); err == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}

func TestSize(t *testing.T) {
	for _, s := range []string{"0B", "1B", "1023B", "1KiB", "64KiB", "1MiB", "8GiB", "3TiB"} {
		n, err := config.ParseSize(s)
		if err != nil || n.String() != s {
			t.Errorf("ParseSize(%q) = %v, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "1", "MiB", "-1MiB", "1.5MiB", "9999999999999TiB", "1mib"} {
		if n, err := config.ParseSize(s); err == nil {
			t.Errorf("ParseSize(%q) = %v, want an error", s, n)
		}
	}
}

func write(t *testing.T, file, data string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}
