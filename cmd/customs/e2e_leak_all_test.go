package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// overheard is a syslog receiver that keeps every byte.
type overheard struct {
	net.Listener
	mu  sync.Mutex
	got bytes.Buffer
}

func (o *overheard) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.got.Write(p)
}

func (o *overheard) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.got.Bytes())
}

func overhear(t *testing.T) *overheard {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &overheard{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(o, c)
				c.Close() // by which the sender knows that all arrived
			}()
		}
	}()
	return o
}

// TestNothingLeaksLater sends known values through every path with evidence,
// streams and debug messages on, closes and compresses the segment, gives every
// command that reads or writes about the log, and searches all there is.
func TestNothingLeaksLater(t *testing.T) {
	t.Parallel()
	syslog := overhear(t)
	streams := fmt.Sprintf("streams:\n  - {name: lines, kind: syslog, servers: [%q], plain: true}\n", syslog.Addr())
	var bus *natsProcess
	if _, err := exec.LookPath("nats-server"); err == nil || inCI() {
		bus = newNATS(t)
		streams += fmt.Sprintf("  - {name: bus, kind: nats, servers: [%q], plain: true, stream: CUSTOMS, subject: customs.log, create: true, format: ocsf}\n", bus.address)
	}
	settings := sampleConfig + "log: {level: debug}\n" + streams + "evidence:\n  for: [block, hold]\n  auditors:\n"
	for i := range 2 {
		public, err := makeIdentity(filepath.Join(t.TempDir(), "key"), false, nil)
		if err != nil {
			t.Fatal(err)
		}
		settings += fmt.Sprintf("    - {name: a%d, key: %s}\n", i+1, public)
	}
	c := newCity(t, settings)
	values := marked()
	var seen bytes.Buffer
	for _, v := range values {
		leakPaths(t, c, v, &seen)
	}
	all := func() bool {
		return !regexp.MustCompile(`customs_stream_behind_entries\{[^}]*\} [1-9]`).MatchString(c.metrics())
	}
	waitFor(t, "the streams to be at the end", all)
	seen.WriteString(c.metrics())
	c.stop()
	archiveAll(t, filepath.Join(c.dir, "customs-data"))
	commandAll(t, c, &seen, bus != nil)

	config := filepath.Join(c.dir, "customs.yaml")
	before := len(syslog.bytes())
	if out, code := c.customs("stream", "replay", "lines", "--from", "1", "--by", "anna", "--reason", "again", "--config", config); code != 0 {
		t.Errorf("stream replay: exit %d\n%s", code, out)
	}
	again, err := runGateway(t, exec.Command(program(t), "serve", "--config", config), c.dir)
	if err != nil {
		t.Fatalf("start again: %v\n%s", err, again.output())
	}
	waitFor(t, "all lines to be sent again", func() bool { return len(syslog.bytes()) > 2*before })
	again.stop()
	seen.WriteString(c.output() + again.output())
	seen.Write(syslog.bytes())
	if bus != nil {
		for _, m := range bus.messages("CUSTOMS") {
			fmt.Fprintln(&seen, m.Subject(), m.Headers())
			seen.Write(m.Data())
		}
	}
	if len(syslog.bytes()) < 1000 || !bytes.Contains(seen.Bytes(), []byte("FILING_NOT_FOUND")) {
		t.Error("nothing came that could be searched")
	}
	searchAll(t, c, seen.Bytes(), values)
}

// archiveAll closes the open segment and compresses it.
func archiveAll(t *testing.T, data string) {
	t.Helper()
	o := logOptions(&config.Config{Data: data}, keysIn(t, data))
	o.SegmentBytes = 1
	l, err := audit.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Append(t.Context(), policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "reload", Note: "a new segment"}})
	if err = errors.Join(err, l.Archive(t.Context()), l.Close()); err != nil {
		t.Fatal(err)
	}
	if packed, _ := filepath.Glob(filepath.Join(data, "audit", "*.zst")); len(packed) == 0 {
		t.Fatal("no segment was compressed")
	}
}

// commandAll gives the commands about a log, in both languages, and keeps what
// they say. What they write is below the directory of the gateway.
func commandAll(t *testing.T, c *city, seen *bytes.Buffer, bus bool) {
	t.Helper()
	config := filepath.Join(c.dir, "customs.yaml")
	say := func(line string, more ...string) string {
		t.Helper()
		var out bytes.Buffer
		args := append(append(strings.Fields(line), more...), "--config", config)
		if code := run(args, &out, &out); code == 2 || out.Len() == 0 {
			t.Errorf("%v: exit %d\n%s", args, code, out.Bytes())
		}
		seen.Write(out.Bytes())
		return out.String()
	}
	who := []string{"--by", "anna", "--reason", "search"}
	record := regexp.MustCompile(`"id":"([0-9a-z]+)"`).FindStringSubmatch(say("audit list --action block --format json"))
	if record == nil {
		t.Fatal("no record was listed")
	}
	say("keys list")
	say("keys rotate log", who...)
	say("evidence list")
	say("evidence show " + record[1])
	say("audit hold add --from 2026-01-01 --to 2099-01-01", who...)
	incident := regexp.MustCompile(`inc-[0-9]+-[a-z0-9]+`).FindString(say("incident open --kind leak --lang en --records "+record[1], who...))
	for _, lang := range []string{"en", "zh"} {
		for _, line := range []string{"audit list --lang " + lang, "audit list --acts --lang " + lang, "audit verify --lang " + lang, "audit retain --dry-run --by anna --lang " + lang,
			"audit hold list --lang " + lang, "incident list --lang " + lang, "incident show " + incident + " --lang " + lang, "incident draft " + incident + " --lang " + lang,
			"stream list --lang " + lang, "keys list --lang " + lang} {
			say(line)
		}
		for i, kind := range exportedKinds {
			name := fmt.Sprintf("out-%s-%d%s", lang, i, kind[1])
			say("audit export --lang "+lang+" --kind "+kind[0], "--out", filepath.Join(c.dir, name))
		}
	}
	say("incident candidates")
	say("audit show " + record[1])
	say("audit prove " + record[1])
	say("stream test lines")
	if bus {
		say("stream test bus")
	}
	say("audit reindex")
}

// exportedKinds are the exports, with the ends of their files' names.
var exportedKinds = [][2]string{{"records"}, {"records --format csv", ".csv"}, {"records --format xlsx", ".xlsx"}, {"provision", ".json"}, {"provision --format md", ".md"},
	{"provision --format xlsx", ".xlsx"}, {"risk-report", ".md"}, {"pi-audit", ".zip"}, {"pi-audit"}, {"ocsf"}, {"csv", ".csv"}, {"xlsx", ".xlsx"}, {"syslog"}, {"tiles"}}
