package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// h2specKnown are the cases of h2spec that do not pass, and why. Each is of
// the HTTP/2 server in net/http, which answers our side of every intercepted
// connection.
var h2specKnown = map[string]string{
	"http2/4.2: Sends a large size HEADERS frame that exceeds the SETTINGS_MAX_FRAME_SIZE": "h2spec sends 20 kB and takes 16,384 for the limit; " +
		"the server announces 1 MiB (defaultMaxReadFrameSize), by which the frame is right, and answers it",
	"http2/6.5.3: Sends multiple values of SETTINGS_INITIAL_WINDOW_SIZE": "the server hangs up on SETTINGS with an entry twice (processSettings, " +
		"\"This isn't actually in the spec\"), which is stricter than to take the last",
	"http2/8.1.2.2: Sends a HEADERS frame that contains the connection-specific header field": "the server answers 400 (new400Handler) where RST_STREAM " +
		"is asked for; the request reaches no handler, so nothing of it is forwarded",
	"http2/8.1.2.2: Sends a HEADERS frame that contains the TE header field with any value other than \"trailers\"": "as for the connection-specific header field",
}

// established is the gateway's answer to a CONNECT.
const established = "HTTP/1.1 200 Connection Established\r\n\r\n"

// TestH2Spec runs h2spec into the interception, by way of a forwarder that
// opens the tunnels. A case that is not in h2specKnown passes, and one that is
// fails, or the table is out of date.
func TestH2Spec(t *testing.T) {
	onlyInCI(t)
	tool := needTool(t, "h2spec")
	t.Parallel()
	c := newCity(t, sampleConfig)
	addr := forwardTunnels(t, c)
	report := filepath.Join(t.TempDir(), "report.xml")
	host, port, _ := net.SplitHostPort(addr)
	ctx, cancel := context.WithTimeout(t.Context(), 3*deadline)
	defer cancel()
	// The server closes a connection one second after its GOAWAY: cases that
	// wait for the close need more than that.
	out, err := exec.CommandContext(ctx, tool, "-t", "-k", "-h", host, "-p", port, "-o", "2", "-S", "-j", report).CombinedOutput()
	var failed *exec.ExitError // the status says that a case failed
	if err != nil && (!errors.As(err, &failed) || ctx.Err() != nil) {
		t.Fatalf("h2spec: %v\n%s", err, out)
	}
	raw, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("h2spec wrote no report: %v\n%s", err, out)
	}
	passed := 0
	for _, r := range h2specResults(t, raw) {
		switch why, known := h2specKnown[r.name]; {
		case r.fault == "" && known:
			t.Errorf("%s: passes, but the table says: %s", r.name, why)
		case r.fault == "":
			passed++
		case known:
			t.Logf("%s: %s", r.name, why)
		default:
			t.Errorf("%s: %s", r.name, r.fault)
		}
	}
	if passed < 140 {
		t.Errorf("%d cases passed, want 140", passed)
	}
	t.Logf("%d cases passed, %d are known", passed, len(h2specKnown))
}

type h2specResult struct{ name, fault string }

// h2specResults reads the report that is meant for JUnit.
func h2specResults(t *testing.T, raw []byte) (all []h2specResult) {
	var report struct {
		Suites []struct {
			Cases []struct {
				Package string `xml:"package,attr"`
				Name    string `xml:"classname,attr"`
				Failure *struct {
					Text string `xml:",chardata"`
				} `xml:"failure"`
				Error *struct {
					Text string `xml:",chardata"`
				} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Suites {
		for _, c := range s.Cases {
			r := h2specResult{name: c.Package + ": " + c.Name}
			for _, f := range []*struct {
				Text string `xml:",chardata"`
			}{c.Failure, c.Error} {
				if f != nil {
					r.fault = strings.Join(strings.Fields("failed "+f.Text), " ")
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// forwardTunnels listens at one address for both sides: h2spec names the
// address it dials in its requests, so that must be the origin's. What comes
// from h2spec goes into a tunnel of the gateway, what comes from the gateway
// to the origin.
func forwardTunnels(t *testing.T, c *city) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer from.Close()
				stop := context.AfterFunc(ctx, func() { from.Close() })
				defer stop()
				forward(from, c, l.Addr().String())
			})
		}
	})
	return l.Addr().String()
}

func forward(from net.Conn, c *city, addr string) {
	hello := make([]byte, 8<<10)
	from.SetReadDeadline(time.Now().Add(deadline))
	n, err := io.ReadAtLeast(from, hello, 5)
	if err != nil {
		return
	}
	from.SetReadDeadline(time.Time{})
	to := strings.TrimPrefix(c.origin.URL, "https://")
	tool := bytes.Contains(hello[:n], []byte("h2-16")) // which nobody else offers any more
	if tool {
		to = c.proxy
	}
	conn, err := net.DialTimeout("tcp", to, deadline)
	if err != nil {
		return
	}
	defer conn.Close()
	if tool {
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", addr, addr)
		answer := make([]byte, len(established)) // nothing follows it before the hello
		if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != established {
			return
		}
	}
	conn.Write(hello[:n])
	done := make(chan struct{})
	go func() { defer close(done); io.Copy(from, conn); from.Close() }()
	io.Copy(conn, from)
	conn.Close()
	<-done
}
