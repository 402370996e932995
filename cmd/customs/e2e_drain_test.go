package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDrainIsSharedByAllDoors wants idle intercepted connections to be closed
// at once, however long a plain request keeps the front door busy, and the
// request that the limit cuts to be recorded all the same.
func TestDrainIsSharedByAllDoors(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig+"drain: 3s\n")
	idle := c.tunnel()
	fmt.Fprintf(idle, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", strings.TrimPrefix(c.origin.URL, "https://"))
	resp, err := http.ReadResponse(bufio.NewReader(idle), nil)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	busy, err := net.DialTimeout("tcp", c.proxy, deadline)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	io.WriteString(busy, "POST http://127.0.0.1:9/ HTTP/1.1\r\nHost: 127.0.0.1:9\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n")
	busy.SetReadDeadline(time.Now().Add(deadline))
	if line, err := bufio.NewReader(busy).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v, want 100", line, err)
	}
	c.signal(syscall.SIGTERM)
	began := time.Now()
	idle.SetReadDeadline(began.Add(deadline))
	io.Copy(io.Discard, idle)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the idle connection was closed after %v, beside a busy front door", took)
	}
	<-c.done
	if out := c.output(); strings.Count(out, `"msg":"flow"`) != 2 || !strings.Contains(out, "CLIENT_GONE") {
		t.Errorf("wrote %s", out)
	}
}
