package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

// TestStreamReplayAndReload sends again what a receiver has had, gives the
// gateway another stream while it runs, and takes one away.
func TestStreamReplayAndReload(t *testing.T) {
	t.Parallel()
	server := newNATS(t)
	dir, o := t.TempDir(), newOrigin(t)
	o.rootPEM(t, dir, "extra-roots.pem")
	one := func(name, to string) string {
		return fmt.Sprintf("  - {name: %s, kind: nats, servers: [%q], plain: true, stream: %s, subject: customs.%s, create: true}\n", name, server.address, to, name)
	}
	file := filepath.Join(dir, "customs.yaml")
	g := startGateway(t, dir, sampleConfig+"streams:\n"+one("bus", "BUS"))
	c := &city{gatewayProcess: g, origin: o, caFile: filepath.Join(dir, "ca.pem")}
	client := c.client(true)
	for range 5 {
		c.post(client, "/", "nothing to see")
	}
	level := func(name string) {
		t.Helper()
		waitFor(t, name+" to be level", func() bool {
			return strings.Contains(g.metrics(), "\ncustoms_stream_behind_entries{stream=\""+name+"\"} 0\n")
		})
	}
	level("bus")
	out := g.must("stream", "replay", "bus", "--from", "1", "--by", "auditor", "--reason", "the lake was emptied", "--lang", "en", "--config", file)
	if !strings.Contains(out, "goes back from entry") {
		t.Errorf("replay: %s", out)
	}
	g.waitOutput("a stream went back and sends entries again", 1)
	level("bus")
	if out, code := g.customs("stream", "replay", "bus", "--from", "2050-01-01", "--by", "auditor", "--lang", "en", "--config", file); code != 1 || !strings.Contains(out, "nothing is to be sent again") {
		t.Errorf("a replay of the future: exit %d %s", code, out)
	}
	if acts := g.must("audit", "list", "--acts", "--format", "json"); !strings.Contains(acts, `"stream.replay"`) {
		t.Errorf("the replay is not recorded: %s", acts)
	}

	put(t, file, sampleConfig+"streams:\n"+one("bus", "BUS")+one("lake", "LAKE"))
	g.reloads(`"msg":"reloaded"`, 1)
	level("lake")
	put(t, file, sampleConfig+"streams:\n"+one("lake", "LAKE")+"  - {name: x, kind: nats}\n")
	g.reloads("reload refused", 1)
	level("bus")
	put(t, file, sampleConfig+"streams:\n"+one("lake", "LAKE"))
	g.reloads(`"msg":"reloaded"`, 2)
	if strings.Contains(g.metrics(), `{stream="bus"}`) {
		t.Error("a stream that was taken away is still shown")
	}
	g.must("stream", "test", "lake", "--config", file)
	g.stop()
	data := filepath.Join(dir, "customs-data")
	p, err := stream.Load(disk.Files{}, data, "lake")
	if err != nil {
		t.Fatal(err)
	}
	got := server.ids("LAKE")
	for id := range got {
		if strings.HasPrefix(id, "test-") {
			delete(got, id)
		}
	}
	sameIDs(t, got, shippable(t, data, p.Scanned))
}

// reloads sends SIGHUP and waits until that was said n times.
func (g *gatewayProcess) reloads(said string, n int) {
	g.t.Helper()
	g.signal(syscall.SIGHUP)
	g.waitOutput(said, n)
}

func TestStreamsHoldRetentionBack(t *testing.T) {
	data := t.TempDir()
	at := func(name string, p stream.Position) {
		t.Helper()
		p.Stream = name
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(data, "streams", name), string(b))
	}
	need := func(want uint64, names ...string) {
		t.Helper()
		cfg := &config.Config{Data: data}
		for _, n := range names {
			cfg.Streams = append(cfg.Streams, config.Stream{Name: n})
		}
		if got, which, err := streamsBehind(cfg); got != want || err != nil || want < math.MaxUint64 && which == "" {
			t.Errorf("streamsBehind(%v) = %d of %q, %v, want %d", names, got, which, err, want)
		}
	}
	need(math.MaxUint64)
	need(1, "new")
	if err := (disk.Files{}).MakeDir(filepath.Join(data, "streams")); err != nil {
		t.Fatal(err)
	}
	at("bus", stream.Position{Scanned: 70})
	at("siem", stream.Position{Scanned: 90, Open: []stream.OpenFlow{{First: 33}}})
	need(71, "bus")
	need(33, "siem")
	need(33, "bus", "siem")
	need(1, "bus", "new")
	need(33) // the configuration was not given
	if got, _, err := streamsNeed(&config.Config{Data: data}); got != math.MaxUint64 || err != nil {
		t.Errorf("streams that were taken out of the configuration hold back %d, %v", got, err)
	}
	if err := stream.Order(disk.Files{}, data, "bus", &stream.Position{Scanned: 20}); err != nil {
		t.Fatal(err)
	}
	need(21, "bus")
	put(t, filepath.Join(data, "streams", "siem"), "{}")
	if _, _, err := streamsBehind(&config.Config{Data: data}); err == nil {
		t.Error("a position that cannot be read holds nothing back")
	}
}
