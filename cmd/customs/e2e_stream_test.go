package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

var outage = flag.Duration("outage", 2*time.Second, "how long a receiver of a stream is down; a closing note takes 60s")

// natsProcess is a real nats-server whose store outlives it.
type natsProcess struct {
	t         testing.TB
	bin, conf string
	address   string
	cmd       *exec.Cmd
	ended     chan struct{}
}

func newNATS(t *testing.T) *natsProcess {
	t.Helper()
	bin := needTool(t, "nats-server")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &natsProcess{t: t, bin: bin, address: l.Addr().String()}
	l.Close()
	dir := t.TempDir()
	s.conf = filepath.Join(dir, "nats.conf")
	put(t, s.conf, fmt.Sprintf("listen: %q\njetstream {store_dir: %q}\n", s.address, filepath.Join(dir, "store")))
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *natsProcess) start() {
	s.t.Helper()
	cmd := exec.Command(s.bin, "-c", s.conf)
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	s.cmd, s.ended = cmd, ended
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), "Server is ready") {
				close(ready)
			}
		}
		cmd.Wait()
	}()
	select {
	case <-ready:
	case <-ended:
		s.t.Fatal("nats-server ended at once")
	case <-time.After(deadline):
		s.t.Fatal("nats-server is not ready")
	}
}

// kill ends the server at once.
func (s *natsProcess) kill() {
	s.cmd.Process.Kill()
	<-s.ended
}

// ids reads a stream from its beginning: how often each id stands in it.
func (s *natsProcess) ids(name string) map[string]int {
	s.t.Helper()
	out := map[string]int{}
	for _, m := range s.messages(name) {
		out[m.Headers().Get(stream.HeaderID)]++
	}
	return out
}

// messages reads a stream from its beginning, as a consumer gets it.
func (s *natsProcess) messages(name string) (out []jetstream.Msg) {
	s.t.Helper()
	nc, err := nats.Connect("nats://" + s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	st, err := js.Stream(ctx, name)
	if err != nil {
		s.t.Fatal(err)
	}
	all := st.CachedInfo().State.Msgs
	c, err := js.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
	if err != nil {
		s.t.Fatal(err)
	}
	for uint64(len(out)) < all {
		batch, err := c.Fetch(int(min(all-uint64(len(out)), 1000)), jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			s.t.Fatal(err)
		}
		before := len(out)
		for m := range batch.Messages() {
			out = append(out, m)
		}
		if len(out) == before {
			s.t.Fatalf("the stream gave %d of %d messages: %v", len(out), all, batch.Error())
		}
	}
	return out
}

// shippable are the ids of all that a log holds up to an entry.
func shippable(t testing.TB, data string, last uint64) map[string]policy.EntryKind {
	t.Helper()
	out := map[string]policy.EntryKind{}
	source := audit.Source{Files: disk.Files{}, Dir: data}
	if err := audit.Records(context.Background(), source, func(r policy.Record) error {
		if r.Complete && r.Last <= last {
			out[r.ID] = policy.KindOutcome
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := audit.Read(context.Background(), source, func(e policy.Entry) error {
		if e.Kind == policy.KindAdmin && e.Seq <= last {
			out[stream.ActID(&e)] = policy.KindAdmin
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStreamOutlivesAnOutage is a gateway under load whose NATS server is killed
// for a time. With a backlog that is far too small somebody is told once, and
// nothing is lost.
func TestStreamOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	server := newNATS(t)
	dir, o := t.TempDir(), newPlainOrigin(t)
	newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
	g := startGateway(t, dir, declaringConfig+fmt.Sprintf(`streams:
  - {name: bus, kind: nats, servers: ["%s"], plain: true, stream: CUSTOMS, subject: customs.log, create: true, backlog_entries: 150}
`, server.address))
	people := synth.New(5, time.Now()).Adults(200)
	wg := load(g.proxy, o.URL, "a", people[:50], nil) // 100 entries
	wg.Wait()
	waitFor(t, "records to arrive", func() bool {
		return strings.Contains(g.metrics(), "\ncustoms_stream_behind_entries{stream=\"bus\"} 0\n")
	})
	g.must("stream", "list", "--config", filepath.Join(dir, "customs.yaml"))

	server.kill()
	began := time.Now()
	for round := 0; round == 0 || time.Since(began) < *outage; round++ {
		wg := load(g.proxy, o.URL, fmt.Sprint("b", round, "-"), people, nil)
		wg.Wait()
	}
	waitFor(t, "somebody to be told", func() bool { return strings.Contains(g.output(), "a stream of the log has fallen behind") })
	if out, code := g.customs("stream", "list", "--lang", "en", "--config", filepath.Join(dir, "customs.yaml")); code != 1 || !strings.Contains(out, "above its backlog") {
		t.Errorf("stream list: exit %d\n%s", code, out)
	}
	server.start()
	waitFor(t, "all to arrive", func() bool {
		return strings.Contains(g.metrics(), "\ncustoms_stream_behind_entries{stream=\"bus\"} 0\n")
	})
	waitFor(t, "the end of the crossing", func() bool { return strings.Contains(g.output(), "a stream is back within its backlog") })
	g.stop()
	data := filepath.Join(dir, "customs-data")
	p, err := stream.Load(disk.Files{}, data, "bus")
	if err != nil || len(p.Open) > 0 {
		t.Fatalf("position %+v, %v", p, err)
	}
	twice := sameIDs(t, server.ids("CUSTOMS"), shippable(t, data, p.Scanned))
	if n := strings.Count(g.output(), "a stream of the log has fallen behind"); n != 1 {
		t.Errorf("the crossing was told %d times", n)
	}
	t.Logf("down for %s; %d records and %d acts of %d entries arrived, %d of them more than once, %d tries failed", time.Since(began).Round(time.Second),
		p.Records, p.Acts, p.Scanned, twice, p.Failed)
	if len(o.names()) < 250 {
		t.Errorf("only %d requests went through", len(o.names()))
	}
}

// sameIDs wants exactly the ids of a log at a consumer, and returns how many
// came more than once.
func sameIDs(t testing.TB, got map[string]int, want map[string]policy.EntryKind) (twice int) {
	t.Helper()
	missing, extra := 0, 0
	for id := range want {
		if got[id] == 0 {
			missing++
		}
	}
	for id, n := range got {
		if want[id] == "" {
			extra++
		}
		if n > 1 {
			twice++
		}
	}
	if missing > 0 || extra > 0 || len(want) == 0 {
		t.Errorf("of %d ids %d are missing at the receiver, and %d are there that the log does not hold", len(want), missing, extra)
	}
	return twice
}
