package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

const goodStreams = `streams:
  - name: siem
    kind: syslog
    servers: [log.example.cn:6514]
  - {name: lake, kind: kafka, servers: ["kafka1.example.cn:9093", "10.0.0.8:9093"], topic: customs.records, sasl: scram-sha-512, user: customs, password: pw}
  - {name: bus, kind: nats, servers: ["127.0.0.1:4222"], plain: true, stream: CUSTOMS, subject: customs.records, create: true, nkey: pw, format: ocsf, backlog: 64MiB, backlog_entries: 5000}
`

func TestStreams(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pw"), "secret\n")
	file := filepath.Join(dir, "c.yaml")
	write(t, file, goodStreams)
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Streams) != 3 || c.Streams[1].Password != filepath.Join(dir, "pw") || c.Streams[2].Nkey != filepath.Join(dir, "pw") ||
		c.Streams[2].Backlog != 64<<20 || c.Streams[2].BacklogEntries != 5000 || c.Streams[0].Plain {
		t.Errorf("streams = %+v", c.Streams)
	}
}

// TestStreamFaults wants every fault of one file at once.
func TestStreamFaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pw"), "secret\n")
	write(t, filepath.Join(dir, "open"), "secret\n")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
		t.Fatal(err)
	}
	syslog := "name: a, kind: syslog, servers: ['log.example.cn:6514']"
	nats := "name: a, kind: nats, servers: ['nats.example.cn:4222'], stream: S, subject: s"
	kafka := "name: a, kind: kafka, servers: ['kafka.example.cn:9093'], topic: t"
	tests := []struct{ name, data, want string }{
		{"nothing", "{format: record}", "has no name|has no kind|has no servers"},
		{"names", "{name: A, kind: syslog, servers: ['a:1']}, {name: ../a, kind: syslog, servers: ['a:1']}, {name: aaaaaaaaaabbbbbbbbbbccccccccccddd, kind: syslog, servers: ['a:1']}",
			"no name of a stream|no name of a stream|no name of a stream"},
		{"twice", "{" + syslog + "}, {" + syslog + "}", "same name as streams[0]"},
		{"too many", strings.TrimSuffix(numbered("{name: a%d, kind: syslog, servers: ['a:1']},", 9), ","), "9 are more than 8"},
		{"servers", "{name: a, kind: syslog, servers: []}, {name: b, kind: syslog, servers: [a, 'a:0', 'http://a:1']}", "no server|is no server|is no server|is no server"},
		{"plain to the world", "{name: a, kind: syslog, servers: ['log.example.cn:514', '203.0.113.9:514', '10.0.0.1:514', 'localhost:514'], plain: true}", "not on the local network|not on the local network"},
		{"keys that are missing", "{name: a, kind: nats, servers: ['a:1']}, {name: b, kind: kafka, servers: ['a:1']}", "has no stream|has no subject|has no topic"},
		{"keys of another kind", "{" + syslog + ", topic: t, subject: s}, {name: b, kind: kafka, servers: ['a:1'], topic: t, create: true}", "is for kafka alone|is for nats alone|is for nats alone"},
		{"a wildcard", "{name: a, kind: nats, servers: ['a:1'], stream: 'S.*', subject: 'x.>'}", "no name of a stream or subject|no name of a stream or subject"},
		{"a topic", "{name: a, kind: kafka, servers: ['a:1'], topic: 'a/b'}", "is no topic"},
		{"a mistyped kind", "{name: a, kind: kafca, servers: ['a:1'], topic: t}", "is not one of nats"},
		{"a format", "{" + syslog + ", format: ocsf}", "a syslog line holds the record"},
		{"a login for syslog", "{" + syslog + ", user: u, password: pw}", "syslog has no login"},
		{"two logins", "{" + nats + ", nkey: pw, credentials: pw}", "more than one of"},
		{"half a login", "{" + nats + ", user: u}", "there is no password"},
		{"the other half", "{" + nats + ", password: pw}", "there is no user"},
		{"no way", "{" + kafka + ", user: u, password: pw}", "belong together"},
		{"in clear", "{name: a, kind: nats, servers: ['127.0.0.1:1'], plain: true, stream: S, subject: s, user: u, password: pw}", "would go in clear"},
		{"secrets", "{" + nats + ", credentials: open}, {name: b, kind: nats, servers: ['a:1'], stream: S, subject: s, nkey: gone}", "can be read by others|no such file"},
		{"half a certificate", "{" + syslog + ", cert: pw}", "one of cert and key is missing"},
		{"no certificate", "{" + syslog + ", cert: pw, key: pw, roots: [pw]}", "cert: not PEM|roots: not PEM"},
		{"TLS without TLS", "{name: a, kind: syslog, servers: ['127.0.0.1:1'], plain: true, roots: []}", "not used without TLS"},
		{"a bound", "{" + syslog + ", backlog: 100, backlog_entries: 0}", "is not a size|is out of range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse(filepath.Join(dir, "c.yaml"), []byte("streams: ["+tt.data+"]\n"))
			var faults *config.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Parse = %v, want faults", err)
			}
			want := strings.Split(tt.want, "|")
			if len(faults.List) != len(want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults.List), len(want), err)
			}
			for i, f := range faults.List {
				if !strings.Contains(f.What, want[i]) || f.Mend == "" || f.Line == 0 {
					t.Errorf("fault %d is %v\nwant %q", i, f, want[i])
				}
			}
		})
	}
}
