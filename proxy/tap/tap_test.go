package tap_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/proxy/tap"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// script builds a capture packet by packet, a millisecond apart.
type script struct {
	t       testing.TB
	packets [][]byte
}

type endpoint struct {
	ip   string
	port uint16
}

var (
	client = endpoint{"10.1.2.3", 50123}
	server = endpoint{"203.0.113.7", 443}
)

func (s *script) add(ls ...gopacket.SerializableLayer) {
	s.t.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ls...); err != nil {
		s.t.Fatal(err)
	}
	s.packets = append(s.packets, bytes.Clone(b.Bytes()))
}

func (s *script) ip(from, to endpoint, proto layers.IPProtocol) (*layers.Ethernet, gopacket.SerializableLayer, gopacket.NetworkLayer) {
	eth := &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: layers.EthernetTypeIPv4}
	if strings.Contains(from.ip, ":") {
		eth.EthernetType = layers.EthernetTypeIPv6
		l := &layers.IPv6{Version: 6, NextHeader: proto, HopLimit: 64, SrcIP: net.ParseIP(from.ip), DstIP: net.ParseIP(to.ip)}
		return eth, l, l
	}
	l := &layers.IPv4{Version: 4, TTL: 64, Protocol: proto, SrcIP: net.ParseIP(from.ip).To4(), DstIP: net.ParseIP(to.ip).To4()}
	return eth, l, l
}

func (s *script) tcp(from, to endpoint, seq uint32, flags string, data []byte) {
	eth, l, network := s.ip(from, to, layers.IPProtocolTCP)
	t := &layers.TCP{SrcPort: layers.TCPPort(from.port), DstPort: layers.TCPPort(to.port), Seq: seq, Window: 65535,
		SYN: strings.Contains(flags, "S"), ACK: strings.Contains(flags, "A"), FIN: strings.Contains(flags, "F"), RST: strings.Contains(flags, "R")}
	t.SetNetworkLayerForChecksum(network)
	s.add(eth, l, t, gopacket.Payload(data))
}

func (s *script) udp(from, to endpoint, data []byte) {
	eth, l, network := s.ip(from, to, layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: layers.UDPPort(from.port), DstPort: layers.UDPPort(to.port)}
	u.SetNetworkLayerForChecksum(network)
	s.add(eth, l, u, gopacket.Payload(data))
}

// talk is a whole connection: handshake, out in segments, in, and its end.
func (s *script) talk(c, v endpoint, out, in []byte) {
	s.tcp(c, v, 100, "S", nil)
	s.tcp(v, c, 900, "SA", nil)
	seq := uint32(101)
	for len(out) > 0 {
		n := min(len(out), 200)
		s.tcp(c, v, seq, "A", out[:n])
		seq, out = seq+uint32(n), out[n:]
	}
	s.tcp(v, c, 901, "A", in)
	s.tcp(c, v, seq, "FA", nil)
	s.tcp(v, c, 901+uint32(len(in)), "FA", nil)
	s.tcp(c, v, seq+1, "A", nil)
}

func (s *script) pcap() []byte {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	for i, p := range s.packets {
		info := gopacket.CaptureInfo{Timestamp: began.Add(time.Duration(i) * time.Millisecond), CaptureLength: len(p), Length: len(p)}
		if err := w.WritePacket(info, p); err != nil {
			s.t.Fatal(err)
		}
	}
	return b.Bytes()
}

func (s *script) pcapng() []byte {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, p := range s.packets {
		info := gopacket.CaptureInfo{Timestamp: began.Add(time.Duration(i) * time.Millisecond), CaptureLength: len(p), Length: len(p)}
		if err := w.WritePacket(info, p); err != nil {
			s.t.Fatal(err)
		}
	}
	w.Flush()
	return b.Bytes()
}

func read(t testing.TB, capture []byte, o tap.Options) ([]tap.Flow, tap.Stats, error) {
	t.Helper()
	var flows []tap.Flow
	if o.Private == nil {
		o.Private = func(name string) bool { return strings.Contains(name, "13800138000") }
	}
	stats, err := tap.ReadFile(context.Background(), bytes.NewReader(capture), o, func(f tap.Flow) error {
		flows = append(flows, f)
		return nil
	})
	return flows, stats, err
}

// hello is a real ClientHello.
func hello(t testing.TB, name string) []byte {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	go func() {
		defer b.Close()
		tls.Client(b, &tls.Config{ServerName: name, NextProtos: []string{"h2", "http/1.1", "my-own"}}).Handshake()
	}()
	buf := make([]byte, 16<<10)
	n, err := a.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

func TestTLSFlow(t *testing.T) {
	s := &script{t: t}
	out := append(hello(t, "Upload.Example.SG"), bytes.Repeat([]byte("x"), 1000)...)
	s.talk(client, server, out, []byte("answer"))
	for name, capture := range map[string][]byte{"pcap": s.pcap(), "pcapng": s.pcapng()} {
		flows, stats, err := read(t, capture, tap.Options{})
		if err != nil || len(flows) != 1 {
			t.Fatalf("%s: %d flows, %v", name, len(flows), err)
		}
		f := flows[0]
		if f.Protocol != "tls" || f.SNI != "upload.example.sg" || fmt.Sprint(f.ALPN) != "[h2 http/1.1 other]" || !strings.HasPrefix(f.JA4, "t13d") {
			t.Errorf("%s: %+v", name, f)
		}
		if f.Client.String() != client.ip || f.ClientPort != client.port || f.Server.String() != server.ip || f.ServerPort != 443 || f.Midstream {
			t.Errorf("%s: ends: %+v", name, f)
		}
		if f.BytesOut != int64(len(out)) || f.BytesIn != 6 || f.Missing != 0 || f.PacketsIn != 3 || !f.Start.Equal(began) || !f.End.After(began) {
			t.Errorf("%s: volume: %+v", name, f)
		}
		if stats.Flows != 1 || stats.Packets != int64(len(s.packets)) {
			t.Errorf("%s: stats %+v", name, stats)
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	out := append(hello(t, "a.example"), bytes.Repeat([]byte("y"), 3000)...)
	s := &script{t: t}
	s.talk(client, server, out, []byte("in"))
	p := s.packets
	p[3], p[6], p[9] = p[9], p[3], p[6]                            // out of order
	p = append(p[:8:8], append([][]byte{p[7], p[5]}, p[8:]...)...) // retransmitted
	s.packets = p
	flows, _, err := read(t, s.pcap(), tap.Options{})
	if err != nil || len(flows) != 1 || flows[0].BytesOut != int64(len(out)) || flows[0].SNI != "a.example" {
		t.Errorf("%+v %v", flows, err)
	}
}

func TestProtocols(t *testing.T) {
	quic := append([]byte{0xc3, 0, 0, 0, 1}, make([]byte, 1200)...)
	s := &script{t: t}
	s.talk(endpoint{"10.0.0.1", 40001}, endpoint{"203.0.113.1", 80}, []byte("POST /a?b HTTP/1.1\r\nHost: secret.example\r\n\r\n"), nil)
	s.talk(endpoint{"10.0.0.1", 40002}, endpoint{"203.0.113.1", 8080}, []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), nil)
	s.talk(endpoint{"10.0.0.1", 40003}, endpoint{"203.0.113.1", 22}, []byte("SSH-2.0-x\r\n"), nil)
	s.talk(endpoint{"2001:db8::1", 40004}, endpoint{"2001:db8::2", 443}, hello(t, "six.example"), nil)
	s.udp(endpoint{"10.0.0.1", 40005}, endpoint{"203.0.113.1", 443}, quic)
	s.udp(endpoint{"203.0.113.1", 443}, endpoint{"10.0.0.1", 40005}, quic)
	s.udp(endpoint{"10.0.0.1", 40006}, endpoint{"192.0.2.53", 53}, make([]byte, 30))
	s.talk(endpoint{"10.0.0.1", 40007}, endpoint{"203.0.113.1", 443}, hello(t, "u13800138000.example"), nil)
	flows, _, err := read(t, s.pcap(), tap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint16]tap.Flow{}
	for _, f := range flows {
		got[f.ClientPort] = f
	}
	for port, want := range map[uint16]string{40001: "http/1", 40002: "http/2", 40003: "unknown", 40004: "tls", 40005: "quic", 40006: "dns", 40007: "tls"} {
		if got[port].Protocol != want {
			t.Errorf("port %d = %q, want %q", port, got[port].Protocol, want)
		}
	}
	if f := got[40007]; f.SNI != "" || !f.Withheld {
		t.Errorf("a name that may be personal data is shown: %+v", f)
	}
	if f := got[40005]; f.BytesOut != 1205 || f.BytesIn != 1205 {
		t.Errorf("datagrams: %+v", f)
	}
	if text, _ := json.Marshal(flows); bytes.Contains(text, []byte("secret.example")) || bytes.Contains(text, []byte("13800138000")) {
		t.Error("a flow shows what it must not")
	}
	if len(got) != len(flows) {
		t.Errorf("%d flows of %d client ports: late packets count twice", len(flows), len(got))
	}
}

func TestMidstream(t *testing.T) {
	s := &script{t: t}
	s.tcp(server, client, 5000, "A", []byte("the server speaks"))
	s.tcp(client, server, 7000, "A", []byte("and the client"))
	s.tcp(client, server, 9000, "A", []byte("later"))
	flows, _, err := read(t, s.pcap(), tap.Options{})
	if err != nil || len(flows) != 1 {
		t.Fatalf("%+v %v", flows, err)
	}
	f := flows[0]
	if !f.Midstream || f.ServerPort != 443 || f.BytesOut != 19 || f.BytesIn != 17 || f.Missing == 0 {
		t.Errorf("%+v", f)
	}
}

func TestFlowTableIsBounded(t *testing.T) {
	s := &script{t: t}
	for i := range 500 {
		c := endpoint{"10.9.0.1", uint16(20000 + i)}
		s.tcp(c, server, 1, "S", nil)
		s.udp(c, endpoint{"192.0.2.1", 9}, []byte("x"))
	}
	flows, stats, err := read(t, s.pcap(), tap.Options{MaxFlows: 10})
	if err != nil || len(flows) != 1000 || stats.Forced == 0 {
		t.Errorf("%d flows, %+v, %v", len(flows), stats, err)
	}
}

func TestBrokenCaptures(t *testing.T) {
	s := &script{t: t}
	s.talk(client, server, hello(t, "a.example"), []byte("in"))
	classic, ng := s.pcap(), s.pcapng()
	huge := bytes.Clone(ng)
	block := bytes.Index(huge, []byte{6, 0, 0, 0})
	copy(huge[block+4:], []byte{0xfc, 0xff, 0xff, 0xff})
	long := bytes.Clone(ng)
	copy(long[block+20:], []byte{0xff, 0xff, 0xff, 0x7f})
	tests := []struct {
		name    string
		capture []byte
		want    string
	}{
		{"nothing", nil, "too short"},
		{"text", []byte("hello, world"), "neither pcap nor pcapng"},
		{"header alone cut", classic[:20], "cut off"},
		{"cut in a packet header", classic[:24+10], "cut off"},
		{"cut behind a packet header", classic[:24+16], "cut off"},
		{"cut in a packet", classic[:len(classic)-3], "cut off"},
		{"pcapng cut", ng[:len(ng)-5], "cut off"},
		{"pcapng cut in a block head", ng[:block+3], "cut off"},
		{"pcapng block of 4 GiB", huge, "cannot be"},
		{"pcapng packet longer than its block", long, "cannot be"},
		{"noise behind the header", append(bytes.Clone(classic[:24]), bytes.Repeat([]byte{0xff}, 64)...), "exceeds"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := read(t, tt.capture, tap.Options{})
			var bad *tap.Error
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "near byte") {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
	flows, _, err := read(t, classic[:len(classic)-3], tap.Options{})
	if err == nil || len(flows) != 1 || flows[0].SNI != "a.example" {
		t.Errorf("what was before the break is lost: %+v %v", flows, err)
	}
}

func TestEmitStops(t *testing.T) {
	s := &script{t: t}
	s.talk(client, server, hello(t, "a.example"), nil)
	stop := errors.New("stop")
	_, err := tap.ReadFile(context.Background(), bytes.NewReader(s.pcap()), tap.Options{}, func(tap.Flow) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tap.ReadFile(ctx, bytes.NewReader(s.pcap()), tap.Options{}, func(tap.Flow) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzReadFile(f *testing.F) {
	s := &script{t: f}
	s.talk(client, server, hello(f, "a.example"), []byte("in"))
	s.udp(client, server, []byte("x"))
	f.Add(s.pcap())
	f.Add(s.pcapng())
	f.Add(s.pcap()[:100])
	f.Fuzz(func(t *testing.T, capture []byte) {
		_, stats, err := read(t, capture, tap.Options{MaxFlows: 8})
		if err == nil && stats.Packets == 0 && len(capture) < 24 {
			t.Error("a capture without a header was read")
		}
	})
}

func BenchmarkReadFile(b *testing.B) {
	s := &script{t: b}
	for i := range 50 {
		s.talk(endpoint{"10.0.0.1", uint16(30000 + i)}, server, append(hello(b, "a.example"), make([]byte, 20000)...), make([]byte, 1000))
	}
	capture := s.pcap()
	b.SetBytes(int64(len(capture)))
	for b.Loop() {
		tap.ReadFile(context.Background(), bytes.NewReader(capture), tap.Options{}, func(tap.Flow) error { return nil })
	}
}

func ExampleReadFile() {
	_, err := tap.ReadFile(context.Background(), io.LimitReader(strings.NewReader(""), 0), tap.Options{}, func(f tap.Flow) error {
		fmt.Println(f.Client, f.SNI)
		return nil
	})
	fmt.Println(err)
	// Output: capture: after packet 0, near byte 0: the capture is cut off: the file is too short for a capture: unexpected EOF
}
