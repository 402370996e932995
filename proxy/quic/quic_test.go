package quic_test

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	quicgo "github.com/quic-go/quic-go"
	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/quic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is a running door.
type gate struct {
	t     *testing.T
	house *proxytest.House
	at    net.Addr
}

func open(t *testing.T, o proxytest.HouseOptions, q quic.Options) *gate {
	t.Helper()
	house, gateway, err := proxytest.NewHouse(o)
	if err != nil {
		t.Fatal(err)
	}
	book, err := identity.New([]identity.Entry{{Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"}, Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	if err != nil {
		t.Fatal(err)
	}
	q.Gateway, q.Book = gateway, book
	door, err := quic.New(q)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background(), conn) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(door.Shutdown(ctx), <-served); err != nil {
			t.Error(err)
		}
	})
	return &gate{t, house, conn.LocalAddr()}
}

// dial tries to open a connection as a browser would.
func (g *gate) dial(name string, versions ...quicgo.Version) (time.Duration, error) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 5*time.Second)
	defer cancel()
	start := time.Now()
	conn, err := quicgo.DialAddr(ctx, g.at.String(), &tls.Config{ServerName: name, NextProtos: []string{"h3"}, InsecureSkipVerify: true},
		&quicgo.Config{Versions: versions})
	if err == nil {
		conn.CloseWithError(0, "")
	}
	return time.Since(start), err
}

// TestRealClientIsRefusedAtOnce by the error of the protocol and not by time,
// in both versions, with the record in what it says.
func TestRealClientIsRefusedAtOnce(t *testing.T) {
	for _, version := range []quicgo.Version{quicgo.Version1, quicgo.Version2} {
		g := open(t, proxytest.HouseOptions{}, quic.Options{})
		took, err := g.dial("origin.example", version)
		var refused *quicgo.TransportError
		if !errors.As(err, &refused) || !refused.Remote || refused.ErrorCode != quicgo.ConnectionRefused {
			t.Fatalf("%s: %v after %s", version, err, took)
		}
		records, err := g.house.Records(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		r := records[0]
		if want := "QUIC_REFUSED record=" + r.ID; refused.ErrorMessage != want {
			t.Errorf("%s: told %q, want %q", version, refused.ErrorMessage, want)
		}
		if took > time.Second || r.Intent.Door != "quic" || r.Intent.Protocol != "quic" || r.Intent.Host != "origin.example" || r.Intent.Exporter != "91310115MA1K3ABC99" ||
			r.Intent.Enforced != policy.Block || r.Intent.Decided.Reasons[0].Code != policy.QUICRefused {
			t.Errorf("%s: after %s, record %+v", version, took, r.Intent)
		}
	}
}

// TestRecordIsShared by the connections of one client to one name, within the
// window, and by no others.
func TestRecordIsShared(t *testing.T) {
	g := open(t, proxytest.HouseOptions{}, quic.Options{})
	var told []string
	for _, name := range []string{"one.example", "one.example", "ONE.example.", "two.example"} {
		_, err := g.dial(name)
		told = append(told, err.Error())
	}
	records, err := g.house.Records(t.Context(), 2)
	if err != nil || len(records) != 2 || told[0] != told[1] || told[0] != told[2] || told[0] == told[3] {
		t.Errorf("%d records, told %q, %v", len(records), told, err)
	}
}

// TestNothingWithoutRecord: a broken log, a name that holds data, too many.
func TestNothingWithoutRecord(t *testing.T) {
	t.Run("broken log", func(t *testing.T) {
		t.Parallel()
		g := open(t, proxytest.HouseOptions{Broken: true}, quic.Options{})
		conn := g.send(t, initial(t), 3)
		silence(t, conn)
	})
	t.Run("name with data", func(t *testing.T) {
		t.Parallel()
		g := open(t, proxytest.HouseOptions{}, quic.Options{})
		_, err := g.dial(strings.ToLower(proxytest.Mark) + ".example")
		records, _ := g.house.Records(t.Context(), 1)
		if err == nil || len(records) != 1 || strings.Contains(strings.ToUpper(records[0].Intent.Host), proxytest.Mark) {
			t.Errorf("%v, %+v", err, records)
		}
	})
	t.Run("too many", func(t *testing.T) {
		t.Parallel()
		g := open(t, proxytest.HouseOptions{}, quic.Options{Rate: 1})
		for _, name := range []string{"a.example", "b.example"} { // two at once
			if _, err := g.dial(name); err == nil {
				t.Error("no error")
			}
		}
		silence(t, g.send(t, initial(t), 3))
		if records, _ := g.house.Records(t.Context(), 2); len(records) != 2 {
			t.Errorf("%d records", len(records))
		}
	})
}

// initial is the client's packet of RFC 9001 A.2.
func initial(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../sniff/testdata/rfc9001-a2.hex")
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (g *gate) send(t *testing.T, b []byte, times int) net.Conn {
	t.Helper()
	conn, err := net.Dial("udp4", g.at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for range times {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

func silence(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 2000)); err == nil {
		t.Errorf("an answer of %d bytes", n)
	}
}

// TestAnswers: a whole Initial gets one short answer a datagram, and what
// cannot be read gets none.
func TestAnswers(t *testing.T) {
	g := open(t, proxytest.HouseOptions{}, quic.Options{})
	conn := g.send(t, initial(t), 1)
	buf := make([]byte, 2000)
	for range 3 { // a lost answer is repeated
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, err := conn.Read(buf)
		if err != nil || n > len(initial(t))/6 || buf[0]&0xc0 != 0xc0 {
			t.Fatalf("answer of %d bytes, %v", n, err)
		}
		conn.Write(initial(t))
	}
	if records, _ := g.house.Records(t.Context(), 1); len(records) != 1 {
		t.Errorf("%d records of one connection", len(records))
	}
	unknown := initial(t)
	unknown[1] = 0x1a // a version of RFC 9000's for greasing
	broken := initial(t)
	broken[700] ^= 1
	var all []net.Conn
	for _, b := range [][]byte{unknown, broken, initial(t)[:1199], append([]byte{0x40}, unknown...), []byte("hello")} {
		all = append(all, g.send(t, b, 2))
	}
	for _, conn := range all {
		silence(t, conn)
	}
}
