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
	linkInEntry = regexp.MustCompile(`\\"link\\":\\"(s\d+)\\"`)
	linkOnWire  = regexp.MustCompile(`"POST /(s\d+) HTTP/1\.1`)
)

// orderOf reads a trace. An entry is durable once a sync of the log that began
// after the entry's write had ended, has ended itself. It returns how many
// upstream writes were checked, and those that came too early.
func orderOf(trace, logDir string) (checked int, faults []string) {
	written := map[string]int{} // entry → place in seq at which its write ended
	durable := map[string]bool{}
	type call struct {
		isSync bool
		links  []string
		began  int
	}
	open := map[string]call{} // unfinished calls by thread
	end := func(c call, at int) {
		if !c.isSync {
			for _, l := range c.links {
				written[l] = at
			}
			return
		}
		for l, w := range written {
			if w < c.began {
				durable[l] = true
				delete(written, l)
			}
		}
	}
	for at, line := range strings.Split(trace, "\n") {
		m := traceLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[3] == " resumed" {
			if c, ok := open[m[1]]; ok {
				delete(open, m[1])
				end(c, at)
			}
			continue
		}
		c := call{isSync: strings.HasSuffix(m[2], "sync"), began: at}
		switch {
		case strings.Contains(line, logDir):
			for _, l := range linkInEntry.FindAllStringSubmatch(line, -1) {
				c.links = append(c.links, l[1])
			}
		case linkOnWire.MatchString(line):
			checked++
			if l := linkOnWire.FindStringSubmatch(line)[1]; !durable[l] {
				faults = append(faults, fmt.Sprintf("line %d: request %s was written upstream before its entry was durable", at+1, l))
			}
			continue
		default:
			continue
		}
		if strings.HasSuffix(strings.TrimSpace(line), "<unfinished ...>") {
			open[m[1]] = c
			continue
		}
		end(c, at)
	}
	return checked, faults
}

// The twin: a trace in the wrong order must be found out.
func TestOrderOfFindsFaults(t *testing.T) {
	const (
		write = `7 write(9</d/audit/1>, "{\"link\":\"s1\"}", 9) = 9`
		sync  = `7 fdatasync(9</d/audit/1>) = 0`
		wire  = `8 write(12<TCP:[1->2]>, "POST /s1 HTTP/1.1\r\n", 9) = 9`
	)
	tests := []struct {
		name   string
		lines  []string
		faults int
	}{
		{"in order", []string{write, sync, wire}, 0},
		{"no sync at all", []string{write, wire}, 1},
		{"synced too late", []string{write, wire, sync}, 1},
		{"another file was synced", []string{write, `7 fdatasync(9</d/ledger/1>) = 0`, wire}, 1},
		{"the sync began before the write ended", []string{`5 fdatasync(9</d/audit/1> <unfinished ...>`, write, `5 <... fdatasync resumed>) = 0`, wire}, 1},
		{"the sync has not ended", []string{write, `5 fdatasync(9</d/audit/1> <unfinished ...>`, wire}, 1},
		{"never written", []string{sync, wire}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checked, faults := orderOf(strings.Join(tt.lines, "\n"), "/d/audit")
			if checked != 1 || len(faults) != tt.faults {
				t.Errorf("checked %d, faults %v; want %d", checked, faults, tt.faults)
			}
		})
	}
}
