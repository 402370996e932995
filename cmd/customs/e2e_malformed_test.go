package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestMalformedLeavesARecord sends the built gateway what is no request, to the
// door and inside a tunnel, and wants the answer's record to be in the log.
func TestMalformedLeavesARecord(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig)
	host := strings.TrimPrefix(c.origin.URL, "https://")
	tests := []struct{ name, in, fault string }{
		{"bytes that are no line", "\x16\x03\x01\x02\x00", "request-line"},
		{"two lengths", "POST http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "content-length"},
		{"a CONNECT to no port", "CONNECT origin.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", ""},
		{"inside a tunnel", "POST / HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "transfer-encoding"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.DialTimeout("tcp", c.proxy, deadline)
			if tt.name == "inside a tunnel" {
				conn = c.tunnel()
			}
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(deadline))
			fmt.Fprint(conn, tt.in)
			b, err := io.ReadAll(conn)
			_, id, _ := strings.Cut(string(b), "X-Customs-Record: ")
			id, _, _ = strings.Cut(id, "\r\n")
			if err != nil || !strings.HasPrefix(string(b), "HTTP/1.1 400 ") || !strings.Contains(string(b), "REQUEST_MALFORMED") || id == "" {
				t.Fatalf("got %.600q, %v", b, err)
			}
			if tt.fault != "" && !strings.Contains(string(b), "X-Customs-Fault: "+tt.fault+"\r\n") {
				t.Errorf("got %.600q, want the fault %s", b, tt.fault)
			}
			if out, code := c.customs("audit", "show", id); code != 0 || !strings.Contains(out, "REQUEST_MALFORMED") {
				t.Errorf("audit show %s: exit %d\n%s", id, code, out)
			}
		})
	}
}
