package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/proxy/meter"
)

// blocks returns the fenced blocks of README.md in one language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside, wanted := false, false
	for _, line := range strings.SplitAfter(string(text), "\n") {
		fence, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case ok && !inside:
			if inside, wanted = true, fence == language; wanted {
				out = append(out, "")
			}
		case ok:
			inside = false
		case inside && wanted:
			out[len(out)-1] += line
		}
	}
	if len(out) == 0 {
		t.Fatalf("README.md has no %s block", language)
	}
	return out
}

// shown is one command of README.md with the output shown under it.
type shown struct {
	command string
	output  []string
}

func readmeCommands(t *testing.T) []shown {
	t.Helper()
	var out []shown
	for _, line := range strings.Split(strings.Join(blocks(t, "console"), ""), "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			out = append(out, shown{command: command})
		} else if len(out) > 0 && line != "" {
			last := &out[len(out)-1]
			last.output = append(last.output, line)
		}
	}
	return out
}

// TestReadme runs the commands of README.md, in order and in one folder, and
// compares what they print with what is shown; numbers, dates, ids and the
// log's name may differ, and a line of dots stands for any lines.
func TestReadme(t *testing.T) {
	needTool(t, "curl")
	dir := t.TempDir()
	if err := os.Symlink(program(t), filepath.Join(dir, "customs")); err != nil {
		t.Fatal(err)
	}
	ports := map[string]string{"8080": freePort(t), "8081": freePort(t), "8443": freePort(t)}
	ran := 0
	for _, c := range readmeCommands(t) {
		command, skip := replaced(c.command, ports)
		if skip {
			continue
		}
		ran++
		cmd := exec.Command("bash", "-c", command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), asProgram+"=1")
		if background, ok := strings.CutSuffix(command, " &"); ok {
			startDemo(t, dir, background, ports)
			continue
		}
		got, err := cmd.CombinedOutput()
		if _, exit := err.(*exec.ExitError); err != nil && !exit {
			t.Fatalf("%s: %v", command, err)
		}
		if want := strings.Join(c.output, "\n"); !like(string(got), want) {
			t.Errorf("$ %s\nprints\n%s\nREADME.md shows\n%s", c.command, got, want)
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands of README.md were run", ran)
	}
}

// replaced turns a command of README.md into one for a test: the program is
// the one under test, and the ports are free ones.
func replaced(command string, ports map[string]string) (string, bool) {
	if strings.HasPrefix(command, "go test") || strings.HasPrefix(command, "go build") {
		return "", true // .ci/run runs the one; the tests are built of the other
	}
	command = strings.Replace(command, "go run ./cmd/customs", "./customs", 1)
	for from, to := range ports {
		command = strings.ReplaceAll(command, ":"+from, ":"+to)
	}
	if strings.Contains(command, "demo --data") {
		flags := fmt.Sprintf("demo --proxy 127.0.0.1:%s --console 127.0.0.1:%s --origin 127.0.0.1:%s --data", ports["8080"], ports["8081"], ports["8443"])
		command = strings.Replace(command, "demo --data", flags, 1)
	}
	return command, false
}

// startDemo runs the demo until the test ends, and waits until it invites.
func startDemo(t *testing.T, dir, command string, ports map[string]string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "demo.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-c", "exec "+command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), asProgram+"=1"), log, log
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("demo ended with %v", err)
		}
		log.Close()
	})
	waitFor(t, "the demo to invite", func() bool {
		text, err := os.ReadFile(log.Name())
		return err == nil && strings.Contains(string(text), "Ctrl-C ends the demo")
	})
}

var (
	varies = regexp.MustCompile(`customs/\S+-[0-9a-f]{8}|[0-9a-z]{26}|[0-9a-f]{64}|\d+(\.\d+)?`)
	spaces = regexp.MustCompile(` {2,}`)
)

func normal(s string) []string {
	s = spaces.ReplaceAllString(varies.ReplaceAllString(strings.TrimSpace(s), "#"), "  ")
	return strings.Split(s, "\n")
}

// like compares output with what is shown, line by line.
func like(got, want string) bool {
	g, w := normal(got), normal(want)
	for len(w) > 0 {
		if w[0] == "..." {
			if len(w) == 1 {
				return true
			}
			for len(g) > 0 && g[0] != w[1] {
				g = g[1:]
			}
			w = w[1:]
			continue
		}
		if len(g) == 0 || strings.TrimSpace(g[0]) != strings.TrimSpace(w[0]) {
			return false
		}
		g, w = g[1:], w[1:]
	}
	return len(g) == 0
}

// The twin: the comparison must tell outputs apart.
func TestLike(t *testing.T) {
	tests := []struct {
		name, got, want string
		same            bool
	}{
		{"equal", "a 12 B\nb", "a 9 B\nb", true},
		{"another word", "a 12 B", "c 12 B", false},
		{"a line more", "a\nb", "a", false},
		{"a line less", "a", "a\nb", false},
		{"dots for some lines", "a\nx\ny\nb", "a\n...\nb", true},
		{"dots, then what never comes", "a\nx", "a\n...\nb", false},
		{"dots at the end", "a\nx", "a\n...", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if like(tt.got, tt.want) != tt.same {
				t.Errorf("like = %v", !tt.same)
			}
		})
	}
}

// TestReadmeConfig loads the configuration that README.md shows.
func TestReadmeConfig(t *testing.T) {
	for _, text := range blocks(t, "yaml") {
		if _, err := config.Parse("README.md", []byte(text)); err != nil {
			t.Error(err)
		}
	}
}

// TestReadmeTree compares the tree in README.md with the real one.
func TestReadmeTree(t *testing.T) {
	tree := regexp.MustCompile(`(?m)^([a-z/]+)/ `).FindAllStringSubmatch(strings.Join(blocks(t, ""), ""), -1)
	if len(tree) < 7 {
		t.Errorf("README.md shows only %d folders", len(tree))
	}
	for _, m := range tree {
		if info, err := os.Stat("../../" + m[1]); err != nil || !info.IsDir() {
			t.Errorf("README.md shows %s, which is not there", m[1])
		}
	}
}

// TestReadmeSaysWhatIsNotInspected wants every name of that list in the
// readme of each language.
func TestReadmeSaysWhatIsNotInspected(t *testing.T) {
	for _, file := range []string{"../../README.md", "../../deploy/README.zh-CN.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range meter.Uninspected() {
			if !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("%s does not name %s", file, name)
			}
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
