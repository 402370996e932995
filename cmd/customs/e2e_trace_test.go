package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// startTraced runs the gateway under strace.
func startTraced(t *testing.T, strace, dir string) (*gatewayProcess, string) {
	t.Helper()
	config := filepath.Join(dir, "customs.yaml")
	if err := os.WriteFile(config, []byte(declaringConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(dir, "trace")
	cmd := exec.Command(strace, "-D", "-f", "-y", "-s", "1000000", "-e", "trace=write,pwrite64,fsync,fdatasync", "-e", "signal=none",
		"-o", trace, program(t), "serve", "--config", config)
	g, err := runGateway(t, cmd, dir)
	if err != nil {
		if strings.Contains(g.output(), "ptrace") && !inCI() {
			t.Skip("strace may not trace here")
		}
		t.Fatalf("strace: %v\n%s", err, g.output())
	}
	return g, trace
}

var (
	traceLine   = regexp.MustCompile(`^(\d+) +(?:<\.\.\. )?(write|pwrite64|fsync|fdatasync)(\(| resumed)`)
	traceFile   = regexp.MustCompile(`^\d+ +\w+\(\d+<([^>]*)>`)
	traceWhole  = regexp.MustCompile(`, (\d+)(?:\) += \d+| <unfinished \.\.\.>)$`) // how much was to be written
	traceAnswer = regexp.MustCompile(`\) += (-?\d+)`)
	segmentPath = regexp.MustCompile(`^segment-\d+\.jsonl$`)
	linkInEntry = regexp.MustCompile(`\\"link\\":\\"(s\d+)\\"`)
	linkOnWire  = regexp.MustCompile(`"POST /(s\d+) HTTP/1\.1`)
)

// tracing reads a trace. An entry is durable once a sync of its own segment
// that began after the entry's write had ended, has ended well itself, and the
// segment's name is durable too. Syncs of tiles, of checkpoints and of other
// segments are no syncs of the entry.
type tracing struct {
	logDir  string
	written map[string]map[string]int // segment → entry → line at which its write ended
	begun   map[string]int            // segment → line at which its first write began
	named   map[string]bool           // segments whose name is durable
	durable map[string]bool           // entries
	open    map[string]traced         // unfinished calls by thread
	beside  map[string]bool           // other files of the log that were synced
}

type traced struct {
	file, call, whole string
	links             []string
	began             int
}

// orderOf returns how many upstream writes a trace shows, those that came too
// early, and which other files of the log were synced meanwhile.
func orderOf(trace, logDir string) (checked int, faults []string, beside map[string]bool) {
	r := &tracing{logDir: logDir, written: map[string]map[string]int{}, begun: map[string]int{}, named: map[string]bool{},
		durable: map[string]bool{}, open: map[string]traced{}, beside: map[string]bool{}}
	for at, line := range strings.Split(trace, "\n") {
		m := traceLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		line = strings.TrimSpace(line)
		if l := linkOnWire.FindStringSubmatch(line); l != nil && m[3] == "(" {
			if checked++; !r.durable[l[1]] {
				faults = append(faults, fmt.Sprintf("line %d: request %s was written upstream before its entry was durable", at+1, l[1]))
			}
			continue
		}
		r.line(at, m[1], m[2], line, m[3] == " resumed")
	}
	return checked, faults, r.beside
}

func (r *tracing) line(at int, thread, call, line string, resumed bool) {
	c, known := r.open[thread]
	if !resumed {
		file := traceFile.FindStringSubmatch(line)
		if file == nil || !strings.HasPrefix(file[1]+"/", r.logDir+"/") {
			return
		}
		c = traced{file: file[1], call: call, began: at}
		if w := traceWhole.FindStringSubmatch(line); w != nil {
			c.whole = w[1]
		}
		for _, l := range linkInEntry.FindAllStringSubmatch(line, -1) {
			c.links = append(c.links, l[1])
		}
		if _, ok := r.begun[c.file]; !ok && r.segment(c.file) && !strings.HasSuffix(call, "sync") {
			r.begun[c.file] = at
		}
		if strings.HasSuffix(line, "<unfinished ...>") {
			r.open[thread] = c
			return
		}
	} else if !known || c.call != call {
		return
	}
	delete(r.open, thread)
	if a := traceAnswer.FindAllStringSubmatch(line, -1); len(a) > 0 {
		r.end(c, at, a[len(a)-1][1])
	}
}

func (r *tracing) segment(file string) bool {
	return filepath.Dir(file) == r.logDir && segmentPath.MatchString(filepath.Base(file))
}

// end is a call that has returned.
func (r *tracing) end(c traced, at int, answer string) {
	sync := strings.HasSuffix(c.call, "sync")
	switch {
	case sync && answer != "0":
	case sync && c.file == r.logDir:
		for file, began := range r.begun {
			r.named[file] = r.named[file] || began < c.began
		}
		for file, entries := range r.written {
			r.cover(file, entries)
		}
	case !r.segment(c.file):
		r.beside[filepath.Base(filepath.Dir(c.file))] = r.beside[filepath.Base(filepath.Dir(c.file))] || sync
	case sync:
		entries := map[string]int{}
		for l, w := range r.written[c.file] {
			if w < c.began {
				entries[l] = synced
			} else {
				entries[l] = w
			}
		}
		r.written[c.file] = entries
		r.cover(c.file, entries)
	case answer == c.whole: // a write that fell short is none
		if r.written[c.file] == nil {
			r.written[c.file] = map[string]int{}
		}
		for _, l := range c.links {
			r.written[c.file][l] = at
		}
	}
}

const synced = -1

// cover makes durable what is synced in a segment that has a durable name.
func (r *tracing) cover(file string, entries map[string]int) {
	for l, w := range entries {
		if w == synced && r.named[file] {
			r.durable[l] = true
			delete(entries, l)
		}
	}
}

// The twin: a trace in the wrong order must be found out.
func TestOrderOfFindsFaults(t *testing.T) {
	const (
		head  = `7 write(9</d/audit/segment-00000001.jsonl>, "{\"segment\"", 5) = 5`
		sync  = `7 fdatasync(9</d/audit/segment-00000001.jsonl>) = 0`
		name  = `7 fsync(4</d/audit>)       = 0`
		write = `7 write(9</d/audit/segment-00000001.jsonl>, "{\"link\":\"s1\"}", 9) = 9`
		wire  = `8 write(12<TCP:[1->2]>, "POST /s1 HTTP/1.1\r\n", 9) = 9`
		begin = `5 fdatasync(9</d/audit/segment-00000001.jsonl> <unfinished ...>`
		end   = `5 <... fdatasync resumed>) = 0`
	)
	beside := func(call string) string { return strings.Replace(sync, "9</d/audit/segment-00000001.jsonl>", call, 1) }
	tests := []struct {
		name   string
		lines  []string
		faults int
	}{
		{"in order", []string{write, sync, wire}, 0},
		{"in order, by a sync that took its time", []string{write, begin, end, wire}, 0},
		{"in order, by a write that took its time", []string{`5 write(9</d/audit/segment-00000001.jsonl>, "{\"link\":\"s1\"}", 9 <unfinished ...>`, `5 <... write resumed>) = 9`, sync, wire}, 0},
		{"no sync at all", []string{write, wire}, 1},
		{"synced too late", []string{write, wire, sync}, 1},
		{"another file was synced", []string{write, `7 fdatasync(9</d/ledger/1>) = 0`, wire}, 1},
		{"the checkpoint was synced", []string{write, beside(`9</d/audit/checkpoint.new>`), beside(`9</d/audit/checkpoints/00000000000000000001.new>`), wire}, 1},
		{"a tile was synced", []string{write, beside(`9</d/audit/tile/0/000.p/1.new>`), wire}, 1},
		{"the directory was synced and not the segment", []string{write, name, wire}, 1},
		{"another segment was synced", []string{write, beside(`9</d/audit/segment-00000002.jsonl>`), wire}, 1},
		{"the compressed segment was synced", []string{write, beside(`9</d/audit/segment-00000001.jsonl.zst>`), wire}, 1},
		{"the entry is in a checkpoint only", []string{strings.Replace(write, "segment-00000001.jsonl", "checkpoint.new", 1), sync, wire}, 1},
		{"the sync failed", []string{write, `7 fdatasync(9</d/audit/segment-00000001.jsonl>) = -1 EIO (Input/output error)`, wire}, 1},
		{"the sync failed after its time", []string{write, begin, `5 <... fdatasync resumed>) = -1 EIO (Input/output error)`, wire}, 1},
		{"the write fell short", []string{`7 write(9</d/audit/segment-00000001.jsonl>, "{\"link\":\"s1\"}", 9) = 4`, sync, wire}, 1},
		{"the sync began before the write ended", []string{begin, write, end, wire}, 1},
		{"the sync has not ended", []string{write, begin, wire}, 1},
		{"never written", []string{sync, wire}, 1},
		{"a new segment whose name is not durable", []string{strings.ReplaceAll(write, "00001", "00002"), strings.ReplaceAll(sync, "00001", "00002"), wire}, 1},
		{"a new segment with a durable name", []string{strings.ReplaceAll(write, "00001", "00002"), strings.ReplaceAll(sync, "00001", "00002"), name, wire}, 0},
		{"a new segment whose name was synced before it was there", []string{name, strings.ReplaceAll(write, "00001", "00002"), strings.ReplaceAll(sync, "00001", "00002"), wire}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines := append([]string{head, sync, name}, tt.lines...)
			checked, faults, _ := orderOf(strings.Join(lines, "\n"), "/d/audit")
			if checked != 1 || len(faults) != tt.faults {
				t.Errorf("checked %d, faults %v; want %d", checked, faults, tt.faults)
			}
		})
	}
}
