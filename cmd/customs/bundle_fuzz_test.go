package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// FuzzBundleServer answers a look for a bundle with anything.
func FuzzBundleServer(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: \"a\"\r\n\r\nbundle", "HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nbun",
		"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.7/\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n", "HTTP/9", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		src := newBundleSource("http://127.0.0.1/b?token=secret", nil)
		var servers sync.WaitGroup
		defer servers.Wait()
		dials := 0
		src.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
			dials++
			near, far := net.Pipe()
			servers.Go(func() {
				defer far.Close()
				if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
					far.Write(answer)
				}
			})
			return near, nil
		}
		b, err := src.fetch(context.Background())
		switch {
		case dials > bundleRedirects+2:
			t.Errorf("asked %d times", dials)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("the error quotes the query: %v", err)
		case err == nil && (len(b.body) > maxBundle || b.same):
			t.Errorf("%d bytes, same %v", len(b.body), b.same)
		}
	})
}
