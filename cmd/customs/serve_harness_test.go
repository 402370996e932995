package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// gatewayProcess is a running customs serve.
type gatewayProcess struct {
	t       testing.TB
	cmd     *exec.Cmd
	dir     string // working directory; data is dir/customs-data
	proxy   string // host:port
	console string
	done    chan struct{} // closed when the process ended

	mu  sync.Mutex
	out bytes.Buffer // everything it wrote
}

// deadline bounds every wait of these tests.
const deadline = 30 * time.Second

// startGateway runs customs serve with a configuration in dir. In the text,
// the listen addresses should have port 0.
func startGateway(t testing.TB, dir, config string, env ...string) *gatewayProcess {
	t.Helper()
	g, err := tryGateway(t, dir, config, env...)
	if err != nil {
		t.Fatalf("customs serve: %v\n%s", err, g.output())
	}
	return g
}

func tryGateway(t testing.TB, dir, config string, env ...string) (*gatewayProcess, error) {
	t.Helper()
	path := filepath.Join(dir, "customs.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return runGateway(t, exec.Command(program(t), "serve", "--config", path), dir, env...)
}

// program is what these tests run as a process: the test binary in the guise of
// customs, or the binary that CUSTOMS_BIN names, as an acceptance run does.
func program(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("CUSTOMS_BIN"); bin != "" {
		return bin
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

func runGateway(t testing.TB, cmd *exec.Cmd, dir string, env ...string) (*gatewayProcess, error) {
	g := &gatewayProcess{t: t, cmd: cmd, dir: dir, done: make(chan struct{})}
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), env...)
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.WaitDelay = 5 * time.Second // a child that outlives it must not hold the pipe
	if err := cmd.Start(); err != nil {
		return g, err
	}
	go func() {
		cmd.Wait()
		w.Close()
	}()
	ready := make(chan struct{})
	go g.read(r, ready)
	t.Cleanup(g.stop)
	select {
	case <-ready:
		return g, nil
	case <-g.done:
		return g, fmt.Errorf("ended before it listened")
	case <-time.After(deadline):
		return g, fmt.Errorf("did not listen within %s", deadline)
	}
}

// read keeps the output and picks the addresses out of the start-up line.
func (g *gatewayProcess) read(r io.Reader, ready chan struct{}) {
	defer close(g.done)
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		g.mu.Lock()
		g.out.WriteString(line)
		g.mu.Unlock()
		var start struct{ Msg, Proxy, Console string }
		if g.proxy == "" && json.Unmarshal([]byte(line), &start) == nil && start.Msg == "listening" {
			g.proxy, g.console = start.Proxy, start.Console
			close(ready)
		}
		if err != nil {
			return
		}
	}
}

func (g *gatewayProcess) output() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.String()
}

// waitOutput waits until the gateway has written text n times.
func (g *gatewayProcess) waitOutput(text string, n int) {
	g.t.Helper()
	waitFor(g.t, fmt.Sprintf("%d lines with %q", n, text), func() bool { return strings.Count(g.output(), text) >= n })
}

func (g *gatewayProcess) signal(s syscall.Signal) {
	if err := g.cmd.Process.Signal(s); err != nil {
		g.t.Errorf("signal %v: %v", s, err)
	}
}

// stop ends the process, first politely, and waits for it.
func (g *gatewayProcess) stop() {
	g.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-g.done:
		fitsSchemas(g.t, g.dir)
	case <-time.After(deadline):
		g.cmd.Process.Kill()
		<-g.done
		g.t.Errorf("gateway did not end on SIGTERM:\n%s", g.output())
	}
}

// kill ends the process as a power cut would, and waits for it.
func (g *gatewayProcess) kill() {
	g.cmd.Process.Kill()
	<-g.done
}

// customs runs a command of the program on this gateway's data.
func (g *gatewayProcess) customs(args ...string) (string, int) {
	args = append(args, "--data", filepath.Join(g.dir, "customs-data"))
	var out, errs bytes.Buffer
	code := run(args, &out, &errs)
	return out.String() + errs.String(), code
}

// get fetches a page of the console.
func (g *gatewayProcess) get(path string) (int, string) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.console+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// waitFor polls a condition of another process, which no channel reports.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
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

// onlyInCI leaves a long test with somebody else's program to .ci/run.
func onlyInCI(t testing.TB) {
	t.Helper()
	if !inCI() {
		t.Skip("runs in .ci/run, or with CUSTOMS_CI=1")
	}
}

// needTool skips when a program is missing, or fails in CI.
func needTool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && inCI() {
		t.Fatalf("%s is required in CI", name)
	}
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}
