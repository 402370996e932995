package config_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// keyPair makes a key pair of that name.
func keyPair(t *testing.T, name string) (private, public string) {
	t.Helper()
	private, public, err := sign.Generate(name)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func TestSignedParts(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "packs"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, law := keyPair(t, "law.example")
	_, wang := keyPair(t, "wang")
	_, zhao := keyPair(t, "zhao")
	c, err := config.Parse(filepath.Join(dir, "c.yaml"), []byte(fmt.Sprintf(`
law: {packs: packs, keys: [%q]}
policy: {bundle: "https://10.1.2.3:8443/bundle.tar.gz", keys: [%q], poll: 1s}
review:
  reviewers:
    - %s
    - %s
exporters:
  - {uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8], zone: CN-SH-FTZ-LINGANG, zone_export: true}
`, law, law, wang, zhao)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Law.Keys[0] != law || c.Policy.Keys[0] != law || c.Policy.Poll != time.Second || len(c.Review.Reviewers) != 2 {
		t.Errorf("law %+v, policy %+v, review %+v", c.Law, c.Policy, c.Review)
	}
	if c.Policy.Bundle != "https://10.1.2.3:8443/bundle.tar.gz" || c.Exporters[0].ZoneExport != policy.Yes {
		t.Errorf("bundle %q, zone_export %q", c.Policy.Bundle, c.Exporters[0].ZoneExport)
	}
}

// renamed writes a public key under another name, as its owner could.
func renamed(t *testing.T, name, public string) string {
	t.Helper()
	key := strings.SplitN(public, "+", 3)[2]
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], key)
}

// TestSignedFaults wants "line:column what-part / mend-part" of each one fault.
// KEY, SAME, ALIAS and PRIVATE stand for keys.
func TestSignedFaults(t *testing.T) {
	private, public := keyPair(t, "wang")
	_, same := keyPair(t, "wang")
	alias := renamed(t, "li", public)
	tests := []struct{ name, data, want string }{
		{"packs without keys", "law: {packs: testdata}\n", `1:7 no key whose signature counts / customs keygen`},
		{"bundle without keys", "policy: {bundle: config.go}\n", `1:10 no key whose signature counts / customs keygen`},
		{"no key at all", "law: {keys: [wang]}\n", `1:14 is no public key / NAME+`},
		{"a private key", "review: {reviewers: [PRIVATE]}\n", `1:22 is a private key / make a new key`},
		{"one name twice", "review: {reviewers: [KEY, SAME]}\n", `has the same name wang / name of its own`},
		{"one key twice", "review: {reviewers: [KEY, ALIAS]}\n", `the same key as review.reviewers[0] / one person`},
		{"bundle that is not there", "policy: {bundle: nowhere.tar.gz, keys: [KEY]}\n", `1:18 no such file / the path is`},
		{"bundle by another protocol", "policy: {bundle: \"ftp://10.0.0.1/b\", keys: [KEY]}\n", `1:18 no address of a bundle / http`},
		{"bundle without a host", "policy: {bundle: \"https:///b\", keys: [KEY]}\n", `1:18 no address of a bundle / http`},
		{"bundle with a login", "policy: {bundle: \"http://a:b@10.0.0.1/b\", keys: [KEY]}\n", `1:18 has a login / leave them out`},
		{"bundle far away", "policy: {bundle: \"http://203.0.113.7/b\", keys: [KEY]}\n", `1:18 not on the local network / loopback`},
		{"too often", "policy: {poll: 500ms}\n", `1:16 out of range / from 1s to 24h`},
		{"too seldom", "policy: {poll: 25h}\n", `1:16 out of range / from 1s to 24h`},
		{"mistyped key", "review: {reviewer: []}\n", `1:10 unknown key "reviewer" in review / "reviewers"`},
		{"zone in words", "exporters: [{uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8], zone: shanghai-lingang}]\n", `1:69 no code of a zone / CN-SH-FTZ-LINGANG`},
		{"zone_export of words", "exporters: [{uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8], zone_export: maybe}]\n", `1:76 must be true or false / `},
	}
	words := strings.NewReplacer("PRIVATE", private, "ALIAS", alias, "SAME", same, "KEY", public)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse("c.yaml", []byte(words.Replace(tt.data)))
			var faults *config.Faults
			if !errors.As(err, &faults) || len(faults.List) != 1 {
				t.Fatalf("Parse = %v, want one fault", err)
			}
			if strings.Contains(err.Error(), strings.TrimPrefix(private, "PRIVATE+KEY+")) {
				t.Error("the fault quotes a private key")
			}
			f := faults.List[0]
			what, mend, _ := strings.Cut(tt.want, " / ")
			if place, rest, ok := strings.Cut(what, " "); ok && strings.Contains(place, ":") {
				what = rest
				if got := fmt.Sprintf("%d:%d", f.Line, f.Column); got != place {
					t.Errorf("place = %s, want %s", got, place)
				}
			}
			if !strings.Contains(f.What, what) || !strings.Contains(f.Mend, mend) {
				t.Errorf("got %q / %q, want %q / %q", f.What, f.Mend, what, mend)
			}
		})
	}
}

func TestLocalAddr(t *testing.T) {
	for text, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.0.0.1": true, "172.16.5.5": true, "192.168.1.1": true, "169.254.1.1": true,
		"fe80::1": true, "fd00::1": true, "::ffff:10.0.0.1": true,
		"8.8.8.8": false, "172.32.0.1": false, "100.64.0.1": false, "2001:db8::1": false, "0.0.0.0": false, "::": false,
		"224.0.0.1": false, "::ffff:8.8.8.8": false,
	} {
		if got := config.LocalAddr(netip.MustParseAddr(text)); got != want {
			t.Errorf("LocalAddr(%s) = %v, want %v", text, got, want)
		}
	}
}
