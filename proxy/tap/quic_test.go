package tap_test

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/tap"
)

// TestQUICShowsItsName: the ClientHello in Initial packets is in clear for
// whoever knows the protocol, and its flows are counted.
func TestQUICShowsItsName(t *testing.T) {
	for file, name := range map[string]string{"rfc9001-a2.hex": "v1", "rfc9369-a2.hex": "v2"} {
		text, err := os.ReadFile("../sniff/testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		initial, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		s := &script{t: t}
		s.udp(endpoint{"10.0.0.1", 40001}, endpoint{"203.0.113.1", 443}, initial)
		s.udp(endpoint{"10.0.0.1", 40001}, endpoint{"203.0.113.1", 443}, make([]byte, 300))
		s.udp(endpoint{"10.0.0.1", 40002}, endpoint{"203.0.113.1", 9000}, make([]byte, 1300))
		for _, private := range []bool{false, true} {
			flows, stats, err := read(t, s.pcap(), tap.Options{Private: func(string) bool { return private }})
			if err != nil || len(flows) != 2 || stats.QUIC != 1 || stats.QUICOut != 1500 {
				t.Fatalf("%s: %+v, %+v, %v", name, flows, stats, err)
			}
			f := flows[0]
			if f.Protocol != "quic" || f.Withheld != private || (f.SNI == "example.com") == private || !strings.HasPrefix(f.JA4, "q13d") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}
