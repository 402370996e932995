package stream_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/datacustoms/customs/policy/stream"
)

// natsServer is a nats-server process.
type natsServer struct {
	t        testing.TB
	bin, dir string
	port     string
	conf     string
	cmd      *exec.Cmd
	ended    chan struct{}
}

func newNATSServer(t testing.TB, conf string) *natsServer {
	t.Helper()
	bin, err := exec.LookPath("nats-server")
	if err != nil && os.Getenv("CUSTOMS_CI") == "1" {
		t.Fatal("nats-server is required in CI")
	}
	if err != nil {
		t.Skip("nats-server is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	s := &natsServer{t: t, bin: bin, dir: t.TempDir(), port: port}
	s.conf = filepath.Join(s.dir, "nats.conf")
	text := fmt.Sprintf("listen: 127.0.0.1:%s\njetstream {store_dir: %q}\n%s", port, filepath.Join(s.dir, "js"), conf)
	if err := os.WriteFile(s.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start()
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *natsServer) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.bin, "-c", s.conf)
	out, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	s.ended = ended
	cmd := s.cmd
	var log strings.Builder
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			log.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "Server is ready") {
				close(ready)
			}
		}
		cmd.Wait()
	}()
	select {
	case <-ready:
	case <-ended:
		s.t.Fatalf("nats-server: %s", log.String())
	case <-time.After(deadline):
		s.t.Fatal("nats-server is not ready")
	}
}

func (s *natsServer) kill() {
	s.cmd.Process.Kill()
	<-s.ended
}

func (s *natsServer) address() string { return "127.0.0.1:" + s.port }

// makeStream makes a stream that takes no message above a size.
func (s *natsServer) makeStream(name, subject string, largest int32) {
	s.t.Helper()
	nc, err := nats.Connect("nats://" + s.address())
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err == nil {
		_, err = js.CreateStream(bg, jetstream.StreamConfig{Name: name, Subjects: []string{subject}, MaxMsgSize: largest})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// all reads a stream from its beginning: how often each id stands in it.
func (s *natsServer) all(name string) map[string]int {
	s.t.Helper()
	nc, err := nats.Connect("nats://" + s.address())
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		s.t.Fatal(err)
	}
	st, err := js.Stream(bg, name)
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]int{}
	for seq := uint64(1); seq <= st.CachedInfo().State.LastSeq; seq++ {
		m, err := st.GetMsg(bg, seq)
		if err != nil {
			s.t.Fatal(err)
		}
		if m.Header.Get(stream.HeaderID) != m.Header.Get("Nats-Msg-Id") {
			s.t.Errorf("message %d has two ids", seq)
		}
		out[m.Header.Get(stream.HeaderID)]++
	}
	return out
}

// TestNATSServerThatIsKilled wants every message in the stream, also those of
// the time without a server.
func TestNATSServerThatIsKilled(t *testing.T) {
	t.Parallel()
	server := newNATSServer(t, "")
	b := newBook(t, memory(), "d")
	b.some(300)
	sink := stream.NewNATS(stream.NATSOptions{Servers: []string{server.address()}, Stream: "CUSTOMS", Subject: "customs.records", Create: true})
	s, stop := run(t, b, sink)
	await(t, "some to arrive", func() bool { return s.State().Records > 0 })
	server.kill()
	b.some(300)
	await(t, "a failure", func() bool { return s.State().Fault != "" })
	server.start()
	await(t, "all to arrive", func() bool { return s.State().Behind == 0 })
	stop()
	got := server.all("CUSTOMS")
	for id := range b.want {
		if got[id] == 0 {
			t.Errorf("%s is not in the stream", id)
		}
	}
	if len(got) != len(b.want) {
		t.Errorf("%d ids in the stream, want %d", len(got), len(b.want))
	}
}

// TestNATSRefusals names each way in which a server cannot be used.
func TestNATSRefusals(t *testing.T) {
	t.Parallel()
	open := newNATSServer(t, "max_payload: 2000\n")
	closed := newNATSServer(t, "authorization {users: [{user: u, password: right, permissions: {publish: {deny: [\"customs.>\"]}}}]}\n")
	pair, pool, _ := certificate(t)
	_ = pair
	trial := stream.TrialOf("n1", "7", time.Now(), false)
	long := trial
	long.Body = make([]byte, 3000)
	middle := trial
	middle.Body = make([]byte, 1000)
	open.makeStream("SMALL", "small.x", 500)
	tests := []struct {
		name string
		o    stream.NATSOptions
		m    stream.Message
		want stream.Class
	}{
		{"no such stream", stream.NATSOptions{Servers: []string{open.address()}, Stream: "NONE", Subject: "customs.x"}, trial, stream.ClassTarget},
		{"made on demand", stream.NATSOptions{Servers: []string{open.address()}, Stream: "MADE", Subject: "customs.x", Create: true}, trial, ""},
		{"a subject of another stream", stream.NATSOptions{Servers: []string{open.address()}, Stream: "MADE", Subject: "other.x"}, trial, stream.ClassTarget},
		{"above the server's limit", stream.NATSOptions{Servers: []string{open.address()}, Stream: "MADE", Subject: "customs.x"}, long, stream.ClassTooLarge},
		{"above the stream's limit", stream.NATSOptions{Servers: []string{open.address()}, Stream: "SMALL", Subject: "small.x"}, middle, stream.ClassTooLarge},
		{"no login", stream.NATSOptions{Servers: []string{closed.address()}, Stream: "S", Subject: "customs.x", Create: true}, trial, stream.ClassLogin},
		{"a wrong password", stream.NATSOptions{Servers: []string{closed.address()}, Stream: "S", Subject: "customs.x", Create: true, User: "u", Password: "wrong"}, trial, stream.ClassLogin},
		{"no right to publish", stream.NATSOptions{Servers: []string{closed.address()}, Stream: "S", Subject: "customs.x", Create: true, User: "u", Password: "right"}, trial, stream.ClassLogin},
		{"TLS that is not there", stream.NATSOptions{Servers: []string{open.address()}, TLS: tlsOf(pool), Stream: "MADE", Subject: "customs.x"}, trial, stream.ClassTLS},
		{"a credentials file that is gone", stream.NATSOptions{Servers: []string{open.address()}, Stream: "S", Subject: "s", Nkey: "/gone"}, trial, stream.ClassLogin},
		{"nothing listens", stream.NATSOptions{Servers: []string{"127.0.0.1:1"}, Stream: "S", Subject: "s"}, trial, stream.ClassRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := contextFor(2 * time.Second)
			defer cancel()
			sink := stream.NewNATS(tt.o)
			defer sink.Close()
			err := sink.Send(ctx, []stream.Message{tt.m})
			if got := stream.ClassOf(err); got != tt.want {
				t.Errorf("class %q (%v, %v), want %q", got, err, errors.Unwrap(err), tt.want)
			}
		})
	}
}
