package upstream_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/proxy/upstream"
)

// deaf is a connection that takes nothing.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// The errors of net/http have no exported names; these come from it.
func TestLossOfARequestThatWasNotWritten(t *testing.T) {
	_, far := pair(t)
	dial := func(context.Context, netip.AddrPort, time.Duration) (net.Conn, error) { return deaf{far}, nil }
	p := upstream.NewPool(upstream.PoolOptions{Dial: dial})
	defer p.Close()
	c, err := p.Get(t.Context(), upstream.Key{Addr: netip.MustParseAddrPort("127.0.0.1:1"), Host: "origin.example", Scheme: "http"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://origin.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.RoundTrip(r); err == nil || upstream.LossOf(err) != upstream.Unprocessed {
		t.Errorf("%T %v is %d", err, err, upstream.LossOf(err))
	}
}

func TestLossOf(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want upstream.Loss
	}{
		{"end", fmt.Errorf("x: %w", io.EOF), upstream.Cut},
		{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, upstream.Cut},
		{"alert", &net.OpError{Op: "remote error", Err: io.EOF}, upstream.Unknown},
		{"time-out", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, upstream.Unknown},
		{"gone", context.Canceled, upstream.Unknown},
		{"a certificate", x509.UnknownAuthorityError{}, upstream.Unknown},
		{"anything", errors.New("x"), upstream.Unknown},
	}
	for _, tt := range tests {
		if got := upstream.LossOf(tt.err); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestIdempotent(t *testing.T) {
	for method, want := range map[string]bool{"GET": true, "HEAD": true, "OPTIONS": true, "PUT": true, "DELETE": true, "POST": false, "PATCH": false, "CONNECT": false, "get": false, "": false} {
		r := &http.Request{Method: method, Header: http.Header{}}
		if got := upstream.Idempotent(r); got != want {
			t.Errorf("%q: %v", method, got)
		}
		if r.Header.Set("Idempotency-Key", "1"); !upstream.Idempotent(r) {
			t.Errorf("%q with a key: not idempotent", method)
		}
	}
}
