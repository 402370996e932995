package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tunnel opens an intercepted HTTP/1.1 connection to the origin by hand.
func (c *city) tunnel() net.Conn {
	c.t.Helper()
	host := strings.TrimPrefix(c.origin.URL, "https://")
	raw, err := net.DialTimeout("tcp", c.proxy, deadline)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { raw.Close() })
	fmt.Fprintf(raw, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", host, host)
	if line, err := bufio.NewReader(raw).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		c.t.Fatalf("CONNECT: %q, %v", line, err)
	}
	roots := c.client(false).Transport.(*http.Transport).TLSClientConfig.RootCAs
	conn := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// slowPost begins an upload, sends some of it and waits for the answer, which
// must come although the upload goes on. It returns how long that took.
func (c *city) slowPost(head string, some int) (status int, took time.Duration) {
	c.t.Helper()
	conn := c.tunnel()
	host := strings.TrimPrefix(c.origin.URL, "https://")
	fmt.Fprintf(conn, "POST /slow HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", host, head)
	if some > 0 {
		fmt.Fprintf(conn, "%x\r\n%s\r\n", some, textBody(some))
	}
	start := time.Now()
	conn.SetReadDeadline(start.Add(deadline))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		c.t.Fatalf("no answer during the upload: %v", err)
	}
	resp.Body.Close()
	return resp.StatusCode, time.Since(start)
}

// TestEarly413 wants an early refusal to reach an uploader that is not done:
// the gateway's own, by stated length and by what came, and the origin's.
func TestEarly413(t *testing.T) {
	small := sampleConfig + "limits: {flow_memory: 64KiB, flow_spill: 64KiB}\n"
	c := newCity(t, small)
	observed := newCity(t, strings.Replace(sampleConfig, "mode: enforce", "mode: observe", 1))
	observed.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	}))
	tests := []struct {
		name string
		city *city
		head string
		some int
	}{
		{"too long by its own word", c, "Content-Length: 10000000", 0},
		{"too long by what came", c, "Transfer-Encoding: chunked", 300 << 10},
		{"the origin's, observed", observed, "Transfer-Encoding: chunked", 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, took := tt.city.slowPost(tt.head, tt.some)
			if status != http.StatusRequestEntityTooLarge {
				t.Errorf("status %d", status)
			}
			t.Logf("seen after %s", took.Round(time.Millisecond))
		})
	}
}

// TestHeldStreamDoesNotStallSiblings leaves one h2 upload of 4 MiB unfinished
// and wants others on the same connection to go through.
func TestHeldStreamDoesNotStallSiblings(t *testing.T) {
	c := newCity(t, sampleConfig)
	client := c.client(true)
	c.post(client, "/warm", "one connection for all")
	body, feed := io.Pipe()
	held := make(chan error, 1)
	go func() {
		resp, err := client.Post(c.origin.URL+"/held", "text/plain", body)
		if err == nil {
			resp.Body.Close()
		}
		held <- err
	}()
	if _, err := feed.Write(textBody(4 << 20)); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for i := range 20 {
		if status, _, answer := c.post(client, fmt.Sprint("/sibling", i), string(textBody(100<<10))); status != http.StatusOK {
			t.Fatalf("sibling %d: %d %s", i, status, answer)
		}
	}
	t.Logf("20 siblings of 100 KiB in %s beside a held stream", time.Since(start).Round(time.Millisecond))
	feed.Close()
	if err := <-held; err != nil {
		t.Errorf("the held stream itself: %v", err)
	}
	for _, a := range c.origin.arrivals() {
		if a.proto != "HTTP/2.0" {
			t.Errorf("%s arrived as %s", a.path, a.proto)
		}
	}
}

// TestOriginDiesMidResponse wants an error at the client, never a clean end.
func TestOriginDiesMidResponse(t *testing.T) {
	c := newCity(t, sampleConfig)
	c.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("length") {
			w.Header().Set("Content-Length", "1000000")
		}
		w.Write(textBody(100_000))
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	for _, h2 := range []bool{false, true} {
		for _, path := range []string{"/", "/?length"} {
			resp, err := c.client(h2).Get(c.origin.URL + path)
			if err != nil {
				continue
			}
			n, err := io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err == nil {
				t.Errorf("h2 %v, %s: %d bytes and a clean end", h2, path, n)
			}
		}
	}
}

// TestAuthorityMismatch names another host inside the tunnel.
func TestAuthorityMismatch(t *testing.T) {
	c := newCity(t, sampleConfig)
	conn := c.tunnel()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: other.example.sg\r\n\r\n")
	conn.SetReadDeadline(time.Now().Add(deadline))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(string(answer), "AUTHORITY_MISMATCH") {
		t.Errorf("%d %s", resp.StatusCode, answer)
	}
	if n := len(c.origin.arrivals()); n != 0 {
		t.Errorf("origin saw %d requests", n)
	}
}

// TestDrain ends the gateway in the middle of an upload: the upload finishes,
// nothing new begins, and the program ends well.
func TestDrain(t *testing.T) {
	c := newCity(t, sampleConfig)
	body, feed := io.Pipe()
	answered := make(chan error, 1)
	client := c.client(false)
	go func() {
		resp, err := client.Post(c.origin.URL+"/slow", "text/plain", body)
		if err == nil {
			if resp.Body.Close(); resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d", resp.StatusCode)
			}
		}
		answered <- err
	}()
	if _, err := feed.Write(textBody(1 << 20)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the gate to hold some of it", func() bool {
		_, metrics := c.get("/metrics")
		return regexp.MustCompile(`customs_held_bytes\{where="memory"\} [1-9]`).MatchString(metrics)
	})
	c.signal(syscall.SIGTERM)
	c.waitOutput(`"msg":"draining"`, 1)
	waitFor(t, "the proxy to take no new client", func() bool {
		conn, err := net.Dial("tcp", c.proxy)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	feed.Write(textBody(1000))
	feed.Close()
	if err := <-answered; err != nil {
		t.Errorf("the upload that was under way: %v", err)
	}
	<-c.done
	if code := c.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d\n%s", code, c.output())
	}
}
