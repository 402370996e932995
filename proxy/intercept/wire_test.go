package intercept_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// A head that breaks a rule is refused in its turn, with a record, and nothing
// behind it is a request; what came before it is served.
func TestBrokenHeadIsRefusedInItsTurn(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}})
		c := s.raw()
		good := s.head("GET /first") + "\r\n"
		io.WriteString(c, good+s.head("POST /second")+"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"+good+strings.Repeat("y", 100<<10))
		got, err := io.ReadAll(c)
		if err != nil || bytes.Count(got, []byte("HTTP/1.1 ")) != 2 || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) ||
			!bytes.Contains(got, []byte("HTTP/1.1 400 ")) || !bytes.Contains(got, []byte("X-Customs-Fault: content-length\r\n")) {
			t.Fatalf("got %q, %v", got, err)
		}
		r := s.records(2)[1]
		if !r.Intent.Decided.Has(policy.BadRequest) || r.Intent.Enforced != policy.Block || r.Intent.Host != name || !bytes.Contains(got, []byte("X-Customs-Record: "+r.ID)) {
			t.Errorf("%v: intent = %+v", mode, r.Intent)
		}
		if n := len(s.origin.Received()); n != 1 {
			t.Errorf("%v: origin got %d requests, want 1", mode, n)
		}
		if err := s.house.AwaitEvent(t.Context(), proxy.EventMalformed); err != nil {
			t.Error(err)
		}
	}
}

// Framing that breaks in the middle of a body is found by the server, and is
// the end of the connection.
func TestBrokenChunkIsRefused(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("POST /")+"Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n"+s.head("GET /smuggled")+"\r\n")
	got, err := io.ReadAll(c)
	if err != nil || bytes.Count(got, []byte("HTTP/1.1 ")) != 1 || !bytes.HasPrefix(got, []byte("HTTP/1.1 400 ")) || !bytes.Contains(got, []byte("REQUEST_MALFORMED")) {
		t.Errorf("got %q, %v", got, err)
	}
	s.records(1)
	s.untouched()
}

// A client may claim the field that stands in for a broken head.
func TestFieldOfTheChecksIsNotBelieved(t *testing.T) {
	s := newStage(t, setup{})
	c := s.raw()
	io.WriteString(c, s.head("GET /")+"Customs-Wire: chunk\r\nConnection: close\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 400 ")) {
		t.Errorf("got %.200q, %v", got, err)
	}
	if r := s.records(1)[0]; r.Intent.Method != "GET" {
		t.Errorf("intent = %+v", r.Intent)
	}
	s.untouched()
}
