package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
	"github.com/datacustoms/customs/policy/stream"
)

// certificate makes a server's certificate for 127.0.0.1, and the pool of it.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// syslogServer is a receiver of RFC 5425 that ends connections as it is told.
type syslogServer struct {
	t    testing.TB
	l    net.Listener
	r    *receiver
	end  func(n int) string // of the n-th connection: "", "reset", "bare", "leave", "mute", "talk"
	lock sync.Mutex
	n    int
	all  sync.WaitGroup
}

func newSyslogServer(t testing.TB, conf *tls.Config, end func(n int) string) *syslogServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &syslogServer{t: t, l: l, r: newReceiver(), end: end}
	s.all.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			s.all.Go(func() { s.serve(raw, conf) })
		}
	})
	t.Cleanup(func() { l.Close(); s.all.Wait() })
	return s
}

func (s *syslogServer) serve(raw net.Conn, conf *tls.Config) {
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(deadline))
	s.lock.Lock()
	end := s.end(s.n)
	s.n++
	s.lock.Unlock()
	conn := net.Conn(raw)
	if conf != nil {
		conn = tls.Server(raw, conf)
	}
	if end == "leave" {
		conn.(*tls.Conn).Handshake()
		return
	}
	in := bufio.NewReader(conn)
	parser := rfc5424.NewParser()
	for i := 0; ; i++ {
		if end == "reset" && i == 7 {
			raw.(*net.TCPConn).SetLinger(0)
			return
		}
		digits, err := in.ReadString(' ')
		if err != nil {
			break
		}
		n, err := strconv.Atoi(strings.TrimSuffix(digits, " "))
		if err != nil || n < 1 || n > stream.MaxSyslog+1024 {
			s.t.Errorf("a frame of %q", digits)
			return
		}
		line := make([]byte, n)
		if _, err := io.ReadFull(in, line); err != nil {
			break
		}
		m, err := parser.Parse(line)
		if err != nil {
			s.t.Errorf("go-syslog: %v in %s", err, line)
			return
		}
		s.r.Send(context.Background(), []stream.Message{{ID: idOf(m), Body: line}})
	}
	switch end {
	case "bare":
		raw.Close()
	case "mute":
		io.Copy(io.Discard, raw)
	case "talk":
		conn.Write(bytes.Repeat([]byte("no "), 4000))
		conn.Close()
	default:
		conn.Close()
	}
}

// idOf finds a message's id in its structured data.
func idOf(m any) string {
	data := m.(*rfc5424.SyslogMessage).StructuredData
	if data == nil {
		return ""
	}
	for _, params := range *data {
		if params["id"] != "" {
			return params["id"]
		}
	}
	return ""
}

func syslogBodies(o *stream.Options) {
	o.Encode = func(r *policy.Record) []byte { return export.SyslogLine(*r) }
	o.Act = stream.ActLine
}

// TestSyslogOverTLS drops connections in the middle of a batch, and ends others
// in ways that say nothing, and wants every message all the same.
func TestSyslogOverTLS(t *testing.T) {
	t.Parallel()
	pair, pool, _ := certificate(t)
	ends := []string{"reset", "leave", "", "talk"}
	server := newSyslogServer(t, &tls.Config{Certificates: []tls.Certificate{pair}}, func(n int) string {
		if n < len(ends) {
			return ends[n]
		}
		return ""
	})
	b := newBook(t, memory(), "d")
	b.some(600)
	var mu sync.Mutex
	classes := map[stream.Class]int{}
	s, stop := run(t, b, stream.NewSyslog(stream.SyslogOptions{Servers: []string{server.l.Addr().String()}, TLS: &tls.Config{RootCAs: pool}}), syslogBodies,
		func(o *stream.Options) {
			o.Tell = func(e stream.Event) { mu.Lock(); defer mu.Unlock(); classes[e.Class]++ }
		})
	server.r.wait(t, b.want)
	await(t, "the position to follow", func() bool { return s.State().Behind == 0 })
	stop()
	if st := s.State(); st.Failed < 3 {
		t.Errorf("only %d failures were seen: %+v", st.Failed, classes)
	}
}

// TestSyslogConnections names each way in which a receiver cannot be used.
func TestSyslogConnections(t *testing.T) {
	t.Parallel()
	pair, pool, _ := certificate(t)
	own := &tls.Config{RootCAs: pool}
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	tests := []struct {
		name   string
		server *tls.Config
		client *tls.Config
		end    string
		want   stream.Class
	}{
		{"an orderly end", &tls.Config{Certificates: []tls.Certificate{pair}}, own, "", ""},
		{"an end of TCP alone, after all was read", &tls.Config{Certificates: []tls.Certificate{pair}}, own, "bare", bareClass()},
		{"a receiver that leaves early", &tls.Config{Certificates: []tls.Certificate{pair}}, own, "leave", stream.ClassUnsure},
		{"a receiver that talks", &tls.Config{Certificates: []tls.Certificate{pair}}, own, "talk", stream.ClassUnsure},
		{"a receiver that never ends", &tls.Config{Certificates: []tls.Certificate{pair}}, own, "mute", stream.ClassTimeout},
		{"an unknown authority", &tls.Config{Certificates: []tls.Certificate{pair}}, &tls.Config{RootCAs: x509.NewCertPool()}, "", stream.ClassCertificate},
		{"no TLS there", nil, own, "bare", stream.ClassTLS},
		{"plain on both sides", nil, nil, "", ""},
		{"nothing listens", nil, own, "dead", stream.ClassRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address := dead.Addr().String()
			if tt.end != "dead" {
				address = newSyslogServer(quiet{t}, tt.server, func(int) string { return tt.end }).l.Addr().String()
			}
			limit := deadline
			if tt.want == stream.ClassTimeout {
				limit = 500 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(bg, limit)
			defer cancel()
			sink := stream.NewSyslog(stream.SyslogOptions{Servers: []string{address}, TLS: tt.client})
			long := stream.TrialOf("n1", "7", time.Now(), true) // more than a receiver that leaves has in its hands
			long.Body = append(long.Body, bytes.Repeat([]byte("x"), stream.MaxSyslog/2)...)
			err := sink.Send(ctx, slices.Repeat([]stream.Message{long}, 16))
			got := stream.ClassOf(err)
			if tt.end == "leave" && got == stream.ClassClosed { // before or after the last write
				got = stream.ClassUnsure
			}
			if got != tt.want {
				t.Errorf("class %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

// bareClass is what an end of TCP says where nobody can see what was read.
func bareClass() stream.Class {
	if runtime.GOOS == "linux" {
		return ""
	}
	return stream.ClassUnsure
}

// quiet takes no notice of what a server of clear text reads of TLS.
type quiet struct{ *testing.T }

func (quiet) Errorf(string, ...any) {}

// FuzzSyslogFrames wants go-syslog to read back whatever stands in an act.
func FuzzSyslogFrames(f *testing.F) {
	f.Add("reload", "configuration", `{"a":"]\""}`)
	f.Add("x\n", `a"b]c\d`, "")
	f.Fuzz(func(t *testing.T, act, object, text string) {
		e := policy.Entry{Seq: 7, Node: "n1", Time: time.Unix(1, 0), Admin: &policy.Admin{Act: act, Object: object}}
		line := stream.ActLine(&e, []byte(text))
		m, err := rfc5424.NewParser(rfc5424.WithBestEffort()).Parse(line)
		if err != nil && text == "" {
			t.Fatalf("%v in %q", err, line)
		}
		if id := idOf(m); id != stream.ActID(&e) {
			t.Errorf("id %q of %q", id, line)
		}
	})
}

func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(deadline)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited %s for %s", deadline, what)
		}
	}
}
