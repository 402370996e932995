package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// child is a gateway that this program runs as a process of its own.
type child struct {
	cmd   *exec.Cmd
	proxy string
	log   bytes.Buffer // written by the process, read after its end
	ended chan error
}

// childConfig makes every client of this machine a known exporter, and puts
// the origin on loopback overseas so that bodies are read.
const childConfig = `data: data
listen: {proxy: %q, console: %q}
ca: {cert: ca.pem, key: ca.key}
upstream: {roots: [origin.pem], allow: [127.0.0.0/8]}
exporters:
  - {uscc: 91310115MA1K3ABC99, name: bench, clients: [127.0.0.0/8], ciio: false}
destinations:
  - {match: [127.0.0.1], country: SG}
log: {level: error}
`

// startChild starts "customs serve" with everything it keeps in dir, and
// waits until it is ready.
func startChild(ctx context.Context, dir string, originCert []byte) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	var console string
	c := &child{ended: make(chan error, 1)}
	if c.proxy, console, err = freeAddresses(); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "customs.yaml")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "origin.pem"), originCert, 0o600),
		os.WriteFile(file, fmt.Appendf(nil, childConfig, c.proxy, console), 0o600)); err != nil {
		return nil, fmt.Errorf("prepare the gateway: %w", err)
	}
	c.cmd = exec.CommandContext(ctx, exe, "serve", "--config", file)
	c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = dir, io.Discard, &c.log
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 10 * time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	go func() { c.ended <- c.cmd.Wait() }()
	if err := c.wait(ctx, console); err != nil {
		c.stop()
		return nil, fmt.Errorf("the gateway did not become ready: %w\n%s", err, c.log.Bytes())
	}
	return c, nil
}

// freeAddresses finds two loopback addresses that nobody listens on now.
func freeAddresses() (a, b string, err error) {
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer first.Close()
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer second.Close()
	return first.Addr().String(), second.Addr().String(), nil
}

// wait polls /readyz until it answers 200, the process ends, or half a minute
// is over.
func (c *child) wait(ctx context.Context, console string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-c.ended:
			c.ended <- err
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+console+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

// stop asks the process to end, and ends it after ten seconds.
func (c *child) stop() {
	c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-c.ended:
		c.ended <- err
	case <-time.After(10 * time.Second):
		c.cmd.Process.Kill()
		err := <-c.ended
		c.ended <- err
	}
}
