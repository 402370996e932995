package intercept_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// Whatever was answered, the client's next request must find a connection:
// one that is good, or none.
func TestRequestsAfterARefusal(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{})
		c := s.client(h2)
		for n := range 20 * *reps {
			for _, path := range []string{"/?" + proxytest.Mark, "/"} {
				resp, err := c.Do(request(t, http.MethodPost, s.url(path), strings.NewReader("hello")))
				if err != nil {
					t.Fatalf("h2 %v: request %d: %v", h2, n, err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}
	}
}

// The rest of a body that nobody read is not the next request, however late
// it comes.
func TestLateBodyIsNoRequest(t *testing.T) {
	s := newStage(t, setup{options: intercept.Options{LeftoverTimeout: 40 * time.Millisecond}})
	c := s.raw()
	next := s.head("GET /smuggled") + "\r\n"
	fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n", s.head("POST /?"+proxytest.Mark), len(next))
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, nil)
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Fatalf("got %+v, %v", resp, err)
	}
	io.Copy(io.Discard, resp.Body)
	c.SetReadDeadline(time.Now().Add(300 * time.Millisecond)) // longer than the gateway waits for the rest
	if _, err := br.Peek(1); isTimeout(err) {
		t.Error("the connection is still open")
	}
	io.WriteString(c, next)
	c.SetReadDeadline(time.Now().Add(time.Second))
	if resp, err := http.ReadResponse(br, nil); err == nil {
		t.Errorf("the body was answered with %d as if it were a request", resp.StatusCode)
	}
	if n := len(s.origin.Received()); n != 0 {
		t.Errorf("origin got %d requests, want none", n)
	}
}
